"""Files beside the database."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any

from caz_tui.data.database_file import address
from caz_tui.data.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

PATIENCE_SECONDS = 10.0
RETRY_SECONDS = 0.005
UNFINISHED = ".parcial"
"""How the name of a file ends that is not whole."""

_STEP_PAGES = 1024


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
    """Open a database as a file, for tasks that concern it whole; transactions are begun by hand.

    Raises:
        sqlite3.Error: there is none, or it does not open.
    """
    return sqlite3.connect(address(path), uri=True, timeout=PATIENCE_SECONDS, isolation_level=None)


def copy_pages(
    source: sqlite3.Connection, target: sqlite3.Connection, told: Callable[[int, float], None] = lambda *_: None
) -> None:
    """Copy a database whole, as it is at one moment.

    Args:
        source: the database.
        target: what it is copied over.
        told: told the pages copied and the fraction of them; what it raises ends the copy.

    Raises:
        TimeoutError: one of them stays locked, of which the driver itself does not get tired.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS

    def look(status: int, remaining: int, total: int) -> None:
        if status not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            told(total - remaining, 1 - remaining / total if total else 1.0)
        elif time.monotonic() > deadline:
            raise TimeoutError

    # Within one look at the source: a busy writer would make it begin again for ever.
    source.execute("BEGIN")
    try:
        first_row(source, "SELECT count(*) FROM sqlite_master", deadline=deadline)
        source.backup(target, pages=_STEP_PAGES, progress=look, sleep=RETRY_SECONDS)
    finally:
        if source.in_transaction:
            source.execute("ROLLBACK")


def first_row(
    source: sqlite3.Connection, question: str, values: Sequence[str] = (), deadline: float | None = None
) -> tuple[Any, ...] | None:
    """Return the first row of an answer, which a busy writer lets happen in gaps of a millisecond.

    Raises:
        TimeoutError: the database stays locked until the deadline (``time.monotonic``).
    """
    deadline = time.monotonic() + PATIENCE_SECONDS if deadline is None else deadline
    source.execute("PRAGMA busy_timeout=0")
    while True:
        try:
            row: tuple[Any, ...] | None = source.execute(question, values).fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            if time.monotonic() > deadline:
                raise TimeoutError from error
            time.sleep(RETRY_SECONDS)
        else:
            return row


@contextmanager
def arriving(path: Path) -> Iterator[Path]:
    """Give the name of an empty, private file, which gets its own name when it is whole and on the disk.

    Nothing is left of one that is not, except by a process that is killed, and that has ``UNFINISHED`` for its ending.

    Raises:
        FileExistsError: there is something of that name already.
        OSError: it cannot be made.
    """
    unfinished = path.with_name(f".{path.name}.{os.urandom(4).hex()}{UNFINISHED}")
    os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    try:
        yield unfinished
        sync(unfinished)
        _name(unfinished, path)
        sync(path.parent)
    finally:
        for leftover in (unfinished, unfinished.with_name(f"{unfinished.name}-journal")):
            leftover.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Return when a file, or what a folder lists, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _name(unfinished: Path, path: Path) -> None:
    """Give a file its name, and take it from no other."""
    try:
        path.hardlink_to(unfinished)
    except FileExistsError:
        raise
    except OSError:
        # A memory stick knows one name a file.
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        unfinished.rename(path)
