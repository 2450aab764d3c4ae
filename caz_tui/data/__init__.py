"""Everything that is not a terminal: values, queries, storage, spreadsheets."""

from caz_tui.data import no_plugins

# Before anything here imports what would look for them.
no_plugins.spare()
