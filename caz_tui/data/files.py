"""Files beside the database."""

from __future__ import annotations

import os
import sqlite3
import time
from itertools import count
from typing import TYPE_CHECKING

from caz_tui.data.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE_SECONDS = 10.0
RETRY_SECONDS = 0.005


def free_name(path: Path) -> Path:
    """Return the path, with a number behind it when a file of that name is there already."""
    if not path.exists():
        return path
    return next(candidate for number in count(2) if not (candidate := path.with_name(f"{path.name}.{number}")).exists())


def refuse_missing(path: Path) -> None:
    """Refuse a database, or a copy of one, that is not there.

    Raises:
        StorageError: it is not.
    """
    if not path.is_file():
        raise StorageError(f"Não há banco em {path}.")


def connect(path: Path) -> sqlite3.Connection:
    """Open a database as a file, for tasks that concern it whole; transactions are begun by hand."""
    return sqlite3.connect(path, timeout=PATIENCE_SECONDS, isolation_level=None)


def copy_pages(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Copy a database whole; raises ``TimeoutError`` for one that stays locked, which the driver itself does not."""
    deadline = time.monotonic() + PATIENCE_SECONDS

    def lose_patience(status: int, _remaining: int, _total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > deadline:
            raise TimeoutError

    # All pages in one step: in smaller ones a busy writer makes it begin again for ever. Tried often: such a writer
    # leaves gaps of a millisecond.
    source.backup(target, pages=-1, progress=lose_patience, sleep=RETRY_SECONDS)


def create_private(path: Path) -> None:
    """Make an empty file that nobody else may read; raises ``FileExistsError`` rather than replace one."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
