"""The screens: each owns its state and talks to the service."""
