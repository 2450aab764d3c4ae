"""Taking care of the database file: a copy while others work, and putting a copy back."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, TypeVar

from caz_tui.data.clock import SystemClock
from caz_tui.data.database_file import address
from caz_tui.data.errors import StorageError
from caz_tui.data.files import arriving, connect, copy_pages, free_name, refuse_missing, sync
from caz_tui.data.sheets.atomic import cannot_write
from caz_tui.data.tables import SCHEMA_REVISION, alembic_version

if TYPE_CHECKING:
    from pathlib import Path

ResultT = TypeVar("ResultT")


Told = Callable[[int, float], None]
"""Told how much of something is done (pages, clients), and the fraction of the whole from 0 to 1."""


async def backup(path: Path, copy: Path | None, progress: Told | None = None) -> Path:
    """Copy a database while others may be writing to it, prove the copy sound, and return its path.

    Args:
        path: The database.
        copy: Where to; None chooses a dated name beside the database. A file that is there already is not replaced.
        progress: Told the pages copied and the fraction of them, in a thread.

    Raises:
        StorageError: there is no such database, the copy exists already, or it could not be made whole.
    """
    refuse_missing(path)
    now = SystemClock().now().astimezone()
    target = copy or free_name(path.with_name(f"{path.stem}-{now:%Y-%m-%d-%H%M}{path.suffix}"))
    if target.exists():
        raise StorageError(f"Já há um arquivo em {target}; escolha outro nome.")
    await apart(lambda told: copy_whole(path, target, told), progress)
    return target


async def restore(copy: Path, path: Path, progress: Told | None = None) -> Path | None:
    """Put a copy in the place of a database and return where the database that stood there is now, if one did.

    Args:
        copy: The copy.
        path: The database.
        progress: Told the pages copied and the fraction of the whole task, in a thread.

    Raises:
        StorageError: the copy is not a sound database of this program, or the place cannot be written to; nothing was
            changed.
    """
    refuse_missing(copy)
    return await apart(lambda told: _restore(copy, path, told), progress)


async def apart(work: Callable[[Told], ResultT], progress: Told | None = None) -> ResultT:
    """Do long work in a thread; when it is cancelled it ends where it next tells how far it is."""
    stop = threading.Event()

    def told(done: int, fraction: float) -> None:
        if stop.is_set():
            raise InterruptedError
        if progress is not None:
            progress(done, fraction)

    try:
        return await asyncio.to_thread(work, told)
    finally:
        stop.set()


def copy_whole(source_path: Path, target_path: Path, told: Told) -> None:
    """Copy a database to a new file and prove the copy sound; nothing is left of one that is not.

    Raises:
        StorageError: it could not be made, or there is something of that name already.
    """
    try:
        with arriving(target_path) as unfinished:
            _fill(unfinished, source_path, target_path, told)
    except (sqlite3.Error, TimeoutError) as error:
        raise StorageError(f"A cópia {target_path} não pôde ser feita: {_reason(error, source_path)}.") from error
    except OSError as error:
        raise StorageError(cannot_write(target_path.name, error)) from None


def _fill(unfinished: Path, source_path: Path, target_path: Path, told: Told) -> None:
    with closing(connect(source_path)) as source, closing(connect(unfinished)) as target:
        # It is synced as a whole, and whoever dies on the way leaves nothing that anybody takes for a copy.
        target.execute("PRAGMA synchronous=OFF")
        copy_pages(source, target, told)
        _refuse_unsound(target, f"A cópia {target_path} não pôde ser feita: {source_path} está danificado.")


def _restore(copy: Path, path: Path, told: Told) -> Path | None:
    _refuse_foreign(copy)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(cannot_write(path.name, error)) from None
    incoming = free_name(path.with_name(f"{path.name}.restaurando"))
    copy_whole(copy, incoming, _part_of(told, 0, 3))
    try:
        previous = _replace(path, incoming, told) if path.exists() else None
        if previous is None:
            incoming.replace(path)
        sync(path.parent)
    except (sqlite3.Error, OSError) as error:
        raise StorageError(f"A cópia não foi restaurada: {_reason(error, path)}. Nada foi mudado.") from error
    finally:
        incoming.unlink(missing_ok=True)
    return previous


def _copy_as_it_is(source_path: Path, target_path: Path, told: Told) -> None:
    with closing(connect(source_path)) as source, closing(connect(target_path)) as target:
        copy_pages(source, target, told)


def _part_of(told: Told, part: int, parts: int) -> Told:
    """Return what is told of one part of a task, as what is told of the task."""
    return lambda done, fraction: told(done, (part + fraction) / parts)


def _replace(path: Path, incoming: Path, told: Told) -> Path:
    """Set a database aside and put another in its place; return where the first one is now."""
    previous = free_name(path.with_name(f"{path.name}.antes-da-restauracao"))
    is_aside = False
    try:
        # Inside the same file: whoever has it open goes on in what was restored, not in a file without a name.
        with closing(connect(path)) as target:
            # Nobody writes between the copy that is set aside and what takes its place; a writer cannot be copied from.
            target.execute("BEGIN IMMEDIATE")
            with arriving(previous) as unfinished:
                _copy_as_it_is(path, unfinished, _part_of(told, 1, 3))
            is_aside = True
            target.execute("ROLLBACK")
            # Whatever the file was: what comes into it now is for its owner alone.
            path.chmod(0o600)
            with closing(connect(incoming)) as source:
                copy_pages(source, target, _part_of(told, 2, 3))
    except sqlite3.DatabaseError as error:
        if is_aside:
            previous.unlink()
        if _code(error) not in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            raise
        # Nobody can be working in a file that does not open; its journals go with it.
        for suffix in ("-journal", "-wal", "-shm", ""):
            part = path.with_name(path.name + suffix)
            if part.exists():
                part.replace(previous.with_name(previous.name + suffix))
        incoming.replace(path)
    except BaseException:
        if is_aside:
            previous.unlink()
        raise
    return previous


def _refuse_foreign(copy: Path) -> None:
    try:
        with closing(sqlite3.connect(address(copy, "ro"), uri=True)) as connection:
            revision = connection.execute(f"SELECT version_num FROM {alembic_version.name}").fetchone()  # noqa: S608 - our own name
            connection.execute("SELECT id FROM clients LIMIT 1").fetchone()
            _refuse_unsound(connection, f"A cópia {copy} está danificada; nada foi mudado.")
    except sqlite3.Error as error:
        if _code(error) == sqlite3.SQLITE_CORRUPT:
            raise StorageError(f"A cópia {copy} está danificada; nada foi mudado.") from error
        raise StorageError(f"O arquivo {copy} não é um banco do caz-tui; nada foi mudado.") from error
    if revision != (SCHEMA_REVISION,):
        # Alembic costs start-up time, so it is imported only when the schema is another.
        from caz_tui.data.migrations.upgrade import is_known  # noqa: PLC0415

        if not (revision and is_known(revision[0])):
            raise StorageError(
                f"A cópia {copy} é de uma versão mais nova do caz-tui; atualize o programa. Nada foi mudado."
            )


def _refuse_unsound(connection: sqlite3.Connection, sentence: str) -> None:
    if connection.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
        raise StorageError(sentence)


def _code(error: sqlite3.Error) -> int:
    # The low byte is the primary code; the rest refines it.
    return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF


def _reason(error: sqlite3.Error | OSError, path: Path) -> str:
    code = _code(error) if isinstance(error, sqlite3.Error) else 0
    if isinstance(error, TimeoutError) or code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return f"{path} está ocupado por outro programa"
    return {
        sqlite3.SQLITE_NOTADB: f"{path} não é um banco do caz-tui",
        sqlite3.SQLITE_CORRUPT: f"{path} está danificado",
        sqlite3.SQLITE_FULL: "o disco está cheio",
        sqlite3.SQLITE_READONLY: f"{path} está só para leitura",
    }.get(code, f"o sistema não deixou ler ou gravar {path}")
