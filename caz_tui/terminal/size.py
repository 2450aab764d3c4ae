"""How small a terminal may be."""

from __future__ import annotations

from typing import Final

MIN_COLUMNS: Final = 60
MIN_ROWS: Final = 15


def too_small(columns: int, rows: int) -> bool:
    """Tell whether no screen fits, so that one sentence stands in its place.

    Args:
        columns: width in cells.
        rows: height in cells.

    Returns:
        True below 60 by 15.
    """
    return columns < MIN_COLUMNS or rows < MIN_ROWS
