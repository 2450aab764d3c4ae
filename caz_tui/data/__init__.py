"""Everything that is not a terminal: values, queries, storage, spreadsheets."""
