"""How large a spreadsheet may be; the process that opens files and the one that asks it agree on these."""

from __future__ import annotations

MOST_COLUMNS = 64
LONGEST_CELL_CHARS = 2_000
"""What a cell may hold; tags, a list in one cell, may fill what Excel lets a cell hold."""
LONGEST_CARRIED_CELL_CHARS = 32_767
LONGEST_HEADER_CHARS = 200
LONGEST_RECORD_CHARS = 4 * 1024 * 1024
"""What one line of a CSV, its embedded line breaks counted in, may hold before it is taken for an open quote."""

LARGEST_CSV_BYTES = 1024**3
LARGEST_XLSX_BYTES = 20 * 1024**2
LARGEST_UNPACKED_BYTES = 200 * 1024**2
LARGEST_UNPACKED_RATIO = 100
MOST_PARTS = 2_000
MOST_ERROR_CELLS = 10_000
MOST_XLSX_ROWS = 1_048_576

BATCH_CHARS = 128 * 1024
BATCH_ROWS = 1_000
LONGEST_MESSAGE_BYTES = 32 * 1024**2

CSV_MEMORY_BYTES = 512 * 1024**2
XLSX_MEMORY_BYTES = 1024**3
CSV_CPU_SECONDS = 1_800
XLSX_CPU_SECONDS = 120
