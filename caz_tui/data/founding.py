"""The first administrator: whoever creates a database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from caz_tui.data.choices import Role
from caz_tui.data.tables import users

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from caz_tui.data.clients import Author


def found(connection: Connection, author: Author) -> None:
    """Make whoever creates a database its first administrator."""
    connection.execute(insert(users).values(user_row(author.name, Role.ADMINISTRATOR, author)))


def user_row(name: str, role: Role, author: Author) -> dict[str, Any]:
    """Return a new user as it is stored."""
    return {
        "name": name,
        "role": role.value,
        "active": True,
        "created_at": author.clock.now(),
        "created_by": author.name,
    }
