"""Reusable widgets: given values they show them, and they post messages."""
