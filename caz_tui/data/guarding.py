"""Tasks on a database as a whole: who is kept from them, and what the trail says of them.

Whoever has the file can copy it with any program, so that nobody is let in here: only those whom the database itself
knows as somebody who sees less, or changes less, are told so.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from caz_tui.data.choices import Role
from caz_tui.data.clients import note
from caz_tui.data.engine import Database
from caz_tui.data.errors import AccessGone, NotAllowed, StorageError
from caz_tui.data.files import connect, first_row
from caz_tui.data.tables import SCHEMA_REVISION, alembic_version, users

if TYPE_CHECKING:
    from caz_tui.data.address import Place
    from caz_tui.data.clients import Author

COPIED: Final = "Copiou o banco"


async def refuse_lesser(place: Place, name: str) -> None:
    """Refuse a task on a database as a whole to somebody whom it knows, and not as an active administrator.

    Raises:
        NotAllowed: they are no administrator.
        AccessGone: they have no access any more.
        StorageError: the database cannot be asked now.
    """
    known = _in_file(place, name) if isinstance(place, Path) else await _on_server(place, name)
    if known is None:
        return
    role, is_active = known
    if not is_active:
        raise AccessGone(f"O acesso de {name} foi desativado; fale com um administrador.")
    if role is not Role.ADMINISTRATOR:
        raise NotAllowed(f"Copiar ou trocar o banco inteiro é do administrador; {name} tem o papel {role.label}.")


async def note_copy(path: Path, author: Author, copy: Path) -> None:
    """Write into the trail of a database that it was copied, where it can be written as it is."""
    # An older one would be upgraded by opening it, and that is not what was asked for.
    if _value(path, f"SELECT version_num FROM {alembic_version.name}") != (SCHEMA_REVISION,):  # noqa: S608 - our own name
        return
    with suppress(StorageError):
        database = await Database.open(path, must_exist=True)
        try:
            async with database.write() as connection:
                await note(connection, author, COPIED, str(copy))
        finally:
            await database.close()


def _in_file(path: Path, name: str) -> tuple[Role, bool] | None:
    found = _value(path, f"SELECT role, active FROM {users.name} WHERE name = ?", name)  # noqa: S608 - our own name
    return (Role(found[0]), bool(found[1])) if found else None


async def _on_server(place: Place, name: str) -> tuple[Role, bool] | None:
    database = await Database.open(place)
    try:
        async with database.read() as connection:
            asking = select(users.c.role, users.c.active).where(users.c.name == name)
            found = (await connection.execute(asking)).first()
    finally:
        await database.close()
    return (Role(found.role), bool(found.active)) if found else None


def _value(path: Path, question: str, *values: str) -> tuple[Any, ...] | None:
    """Return the first row of an answer; None where there is none, or no sound database with such a table."""
    if not path.is_file():
        return None
    try:
        with closing(connect(path)) as connection:
            return first_row(connection, question, values)
    except TimeoutError as error:
        raise StorageError(f"O banco {path} está ocupado por outro programa. Nada foi mudado.") from error
    except sqlite3.Error:
        return None
