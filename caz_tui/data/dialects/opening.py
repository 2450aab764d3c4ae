"""From a place to the dialect that deals with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from caz_tui.data.dialects.sqlite import SqliteDialect
from caz_tui.data.errors import StorageError

if TYPE_CHECKING:
    from caz_tui.data.address import Place
    from caz_tui.data.dialects.base import Dialect


def dialect_for(place: Place) -> Dialect:
    """Return how the database at a place is dealt with.

    Raises:
        StorageError: it is on a server, and the driver for it is not installed.
    """
    if isinstance(place, Path):
        return SqliteDialect(place)
    try:
        # The driver costs start-up time, and most offices have no server.
        from caz_tui.data.dialects.postgres import PostgresDialect  # noqa: PLC0415
    except ImportError:
        raise StorageError(
            "Falta o que fala com o PostgreSQL; instale o caz-tui com o complemento: pip install 'caz-tui[postgres]'."
        ) from None
    return PostgresDialect(place)
