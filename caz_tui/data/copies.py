"""The copy of each day: made by the first session of the day, or by a task of the system, and kept by count."""

from __future__ import annotations

import asyncio
import fcntl
import os
import re
import shutil
import sqlite3
import threading
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import delete, insert

from caz_tui.bare_hashlib import hashlib
from caz_tui.data.clients import Author, note
from caz_tui.data.clock import today
from caz_tui.data.engine import Database
from caz_tui.data.errors import Refused, StorageError
from caz_tui.data.files import UNFINISHED, connect, refuse_missing
from caz_tui.data.maintenance import Told, copy_whole
from caz_tui.data.system_reasons import reason
from caz_tui.data.tables import settings
from caz_tui.data.turns import turn_in_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from caz_tui.data.clock import Clock

DEFAULT_KEPT: Final = 7
DEFAULT_FOLDER: Final = "copias"

_KEPT: Final = "copies_kept"
_FOLDER: Final = "copies_folder"
_LOCK: Final = ".vez"
_ROOM_FACTOR: Final = 2
"""A copy is made only where this many would fit: one that fills the disk would stop the work it protects."""

_GENTLENESS: Final = 10


class CopyRules(NamedTuple):
    """How many daily copies are kept (0 for none), and where."""

    kept: int
    folder: Path


def rules_of(path: Path) -> CopyRules:
    """Return what an administrator settled for the copies of a database, or what holds when nobody did.

    Raises:
        StorageError: there is no database, or it cannot be read.
    """
    refuse_missing(path)
    try:
        with closing(connect(path)) as connection:
            found = dict(
                connection.execute("SELECT name, value FROM settings WHERE name IN (?, ?)", (_KEPT, _FOLDER)).fetchall()
            )
    except sqlite3.Error as error:
        raise StorageError(f"O banco {path} não pôde ser lido.") from error
    return CopyRules(int(found.get(_KEPT, DEFAULT_KEPT)), Path(found.get(_FOLDER) or path.parent / DEFAULT_FOLDER))


async def set_rules(path: Path, author: Author, kept: int | None, folder: Path | None) -> CopyRules:
    """Settle how many copies are kept or where, leaving what is None as it is, and return what holds now.

    Raises:
        StorageError: there is no database, or it cannot be written to.
        Refused: the folder is not one, cannot be made, or takes no file.
    """
    refuse_missing(path)
    place = None if folder is None else await asyncio.to_thread(_made, folder)
    settled = {_KEPT: None if kept is None else str(kept), _FOLDER: place}
    database = await Database.open(path)
    try:
        async with database.write() as connection:
            for name, value in settled.items():
                if value is not None:
                    await connection.execute(delete(settings).where(settings.c.name == name))
                    await connection.execute(insert(settings).values(name=name, value=value))
            said = {"manter": settled[_KEPT], "pasta": place}
            words = ", ".join(f"{name} {value}" for name, value in said.items() if value is not None)
            await note(connection, author, "Mudou as cópias diárias", words)
    finally:
        await database.close()
    return rules_of(path)


def _made(folder: Path) -> str:
    """Make a folder that is not there, and return its whole path."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # A folder that is there may be somebody else's; whoever settles this has the account that will copy.
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Refused(f"A pasta {folder} não pode guardar cópias ({reason(error)}).") from error
    return str(folder.absolute())


def kept_copies(path: Path, rules: CopyRules) -> list[Path]:
    """Return the daily copies there are of a database, oldest first."""
    stem = re.escape(_stem(path, rules))
    named = re.compile(rf"{stem}-\d{{4}}-\d\d-\d\d{re.escape(path.suffix)}")
    try:
        return sorted(file for file in rules.folder.iterdir() if named.fullmatch(file.name))
    except OSError:
        return []


def copy_of_day(path: Path, rules: CopyRules, day: date) -> Path:
    """Return where the copy of a day is, or would be."""
    return rules.folder / f"{_stem(path, rules)}-{day:%Y-%m-%d}{path.suffix}"


def copy_daily(path: Path, day: date, told: Told = lambda *_: None) -> Path | None:
    """Make the copy of a day, prove it sound, and forget those beyond the number that is kept.

    Args:
        path: the database.
        day: today.
        told: told the pages copied and the fraction of them; what it raises ends the copy.

    Returns:
        The copy; None when there is one of that day, when somebody else is making it, or when none are wanted.

    Raises:
        StorageError: it could not be made; all is as it was.
    """
    rules = rules_of(path)
    target = copy_of_day(path, rules, day)
    if not rules.kept or target.exists():
        return None
    try:
        rules.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(rules.folder) as is_alone:
            if not is_alone or target.exists():
                return None
            for leftover in rules.folder.glob(f".{_stem(path, rules)}-*{UNFINISHED}*"):
                leftover.unlink(missing_ok=True)
            _refuse_crowded(path, rules.folder)
            # Without WAL nobody can commit while pages are read: better to wait for a turn than to be refused.
            with turn_in_thread(path) as end_turn:

                def tell(done: int, fraction: float) -> None:
                    told(done, fraction)
                    if fraction >= 1:
                        end_turn()

                copy_whole(path, target, tell)
            for old in _beyond(kept_copies(path, rules), target, rules.kept):
                old.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(f"A pasta {rules.folder} não pode guardar cópias ({reason(error)}).") from error
    return target


class DailyCopy:
    """The copy of today, made in a thread of its own while somebody works."""

    def __init__(self, path: Path, clock: Clock, failed: Callable[[str], None]) -> None:
        """Take the database, what tells the day, and who is told, in the thread, why there is no copy."""
        self._path = path
        self._day = today(clock)
        self._failed = failed
        self._stop = threading.Event()
        # A daemon: leaving never waits for a copy, and what is left of one is cleared away by the next.
        self._thread = threading.Thread(target=self._run, name="daily-copy", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, patience_seconds: float) -> None:
        """Give it up, and wait a little for it to clear away what it began."""
        self._stop.set()
        self._thread.join(patience_seconds)

    def _run(self) -> None:
        try:
            copy_daily(self._path, self._day, self._told)
        except StorageError as error:
            if not self._stop.is_set():
                self._failed(str(error))

    def _told(self, _done: int, fraction: float) -> None:
        if self._stop.is_set():
            raise InterruptedError
        if fraction >= 1:
            _be_gentle()


def _be_gentle() -> None:
    """Let everybody else go first from now on: not sooner, while others wait for what this thread holds."""
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _GENTLENESS)


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Tell whether nobody else makes copies in a folder meanwhile."""
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(lock)


def _refuse_crowded(path: Path, folder: Path) -> None:
    if shutil.disk_usage(folder).free < _ROOM_FACTOR * path.stat().st_size:
        raise StorageError(f"A cópia de hoje não foi feita: o disco de {folder} está quase cheio.")


def _beyond(found: list[Path], newest: Path, kept: int) -> list[Path]:
    """Return the copies that are too many beside the one just made."""
    # A day that is still to come was a clock that was wrong.
    others = sorted((one for one in found if one != newest), key=lambda one: (one.name < newest.name, one.name))
    return others[: max(0, len(others) - (kept - 1))]


def _stem(path: Path, rules: CopyRules) -> str:
    """Return how the names of a database's copies begin: in a folder for many, no two databases share one."""
    if rules.folder == path.parent / DEFAULT_FOLDER:
        return path.stem
    return f"{path.stem}-{hashlib.sha256(str(path.absolute()).encode(errors='surrogateescape')).hexdigest()[:6]}"
