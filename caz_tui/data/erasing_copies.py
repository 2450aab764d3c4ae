"""Erasing a client's personal data from the copies that the program itself left beside the database.

They are databases of this or an older schema, which nobody works in: what is erased is followed by a VACUUM, so that
nothing of it is left in the file either.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

from caz_tui.data.copies import kept_copies, rules_of
from caz_tui.data.documents import mask
from caz_tui.data.erasing import tells
from caz_tui.data.files import connect
from caz_tui.data.rows import SEARCH_SEPARATOR
from caz_tui.data.trail import erased

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_HEADER: Final = b"SQLite format 3\0"
_AUTOMATIC: Final = (".antes-da-atualizacao", ".antes-da-restauracao")
_FOLDED: Final = {"trade_name": "trade_name_folded", "email": "email_folded", "city": "city_folded"}


def copies_beside(path: Path) -> tuple[Path, ...]:
    """Return the copies of a database that were made beside it, by upgrades, restorations and undirected backups.

    The copies of each day are among them, wherever they are kept.
    """
    dated = f"{path.stem}-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*"
    found = {copy for suffix in _AUTOMATIC for copy in path.parent.glob(f"{path.name}{suffix}*")}
    found |= {*path.parent.glob(dated), *kept_copies(path, rules_of(path))}
    return tuple(sorted(copy for copy in found if _is_database(copy)))


async def erase_in_copies(path: Path, document: str, names: Collection[str]) -> tuple[Path, ...]:
    """Erase some fields of a client in the copies beside a database; return those in which it could not be done."""
    return await asyncio.to_thread(_erase_in_copies, path, document, names)


def _erase_in_copies(path: Path, document: str, names: Collection[str]) -> tuple[Path, ...]:
    # What was erased stands in the database itself, as it was, until its write-ahead log is brought in.
    with closing(connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    failed = []
    for copy in copies_beside(path):
        try:
            with closing(connect(copy)) as connection:
                _erase(connection, document, names)
        except (sqlite3.Error, OSError, ValueError):
            failed.append(copy)
    return tuple(failed)


def _is_database(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return not path.is_symlink() and file.read(len(_HEADER)) == _HEADER
    except OSError:
        return False


def _erase(connection: sqlite3.Connection, document: str, names: Collection[str]) -> None:
    found = connection.execute("SELECT id, email, phone FROM clients WHERE document = ?", (document,)).fetchone()
    if found is None:
        return
    client_id, email, phone = found
    columns = {name: "[]" if name == "tags" else None for name in names}
    columns |= {_FOLDED[name]: None for name in names if name in _FOLDED}
    connection.execute("BEGIN IMMEDIATE")
    try:
        sets = ", ".join(f"{name} = ?" for name in columns)
        connection.execute(f"UPDATE clients SET {sets} WHERE id = ?", (*columns.values(), client_id))  # noqa: S608 - our own names
        _search_anew(connection, client_id, document)
        connection.execute("DELETE FROM client_tags WHERE client_id = ?", (client_id,))
        views = connection.execute("SELECT name, name || ' ' || query FROM saved_views").fetchall()
        telling = [(name,) for name, text in views if tells(text, email, phone)]
        connection.executemany("DELETE FROM saved_views WHERE name = ?", telling)
        entries = connection.execute("SELECT id, changes FROM audit_entries WHERE client_id = ?", (client_id,))
        for number, changes in entries.fetchall():
            if not set(names).isdisjoint(json.loads(changes)):
                connection.execute("UPDATE audit_entries SET changes = ? WHERE id = ?", (erased(changes), number))
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'client_search'").fetchone():
            connection.execute("INSERT INTO client_search(client_search) VALUES ('rebuild')")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("VACUUM")


def _search_anew(connection: sqlite3.Connection, client_id: int, document: str) -> None:
    """Write what is searched of a client without what is no longer there."""
    asking = "SELECT name_folded, trade_name_folded, email_folded FROM clients WHERE id = ?"
    name, trade_name, email = connection.execute(asking, (client_id,)).fetchone()
    parts = (name, trade_name, document.lower(), mask(document).lower(), email)
    search = SEARCH_SEPARATOR.join(part for part in parts if part)
    connection.execute("UPDATE clients SET search = ? WHERE id = ?", (search, client_id))
