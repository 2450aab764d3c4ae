"""The users of a database: who may open it, in which role, with which carteiras. Everything here is noted in the trail.

Whoever calls has been let in as an administrator; see ``gate``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from caz_tui.data.access import person_name
from caz_tui.data.carteiras import ids_of
from caz_tui.data.choices import Role
from caz_tui.data.clients import note
from caz_tui.data.errors import NotFound, Refused
from caz_tui.data.founding import user_row
from caz_tui.data.readings import Person
from caz_tui.data.schemas import User
from caz_tui.data.tables import carteiras, user_carteiras, users

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection

    from caz_tui.data.clients import Author
    from caz_tui.data.gate import Visit


async def whoever(visit: Visit) -> Person:
    """Return who is at the keyboard."""
    names: tuple[str, ...] = ()
    if visit.scope.carteiras is not None:
        given = select(carteiras.c.name).where(carteiras.c.id.in_(visit.scope.carteiras))
        names = tuple(await visit.connection.scalars(given.order_by(carteiras.c.name_folded)))
    return Person(name=visit.author.name, role=visit.role, carteiras=names)


async def listed(connection: AsyncConnection) -> tuple[User, ...]:
    """Return every user in order of name, those without access included."""
    given: dict[int, list[str]] = {}
    pairs = select(user_carteiras.c.user_id, carteiras.c.name).join(
        carteiras, carteiras.c.id == user_carteiras.c.carteira_id
    )
    for user_id, name in await connection.execute(pairs.order_by(carteiras.c.name_folded)):
        given.setdefault(user_id, []).append(name)
    rows = await connection.execute(select(users).order_by(users.c.name))
    return tuple(_user(row, tuple(given.get(row.id, ()))) for row in rows)


async def create(visit: Visit, name: str, role: Role, named: Sequence[str] = ()) -> User:
    """Add a user.

    Raises:
        Refused: the name is taken or would not do, or carteiras are given to somebody who sees all.
        NotFound: there is no carteira of one of the names.
    """
    connection, author = visit.connection, visit.author
    try:
        name = person_name(name)
    except ValueError as error:
        raise Refused(f"O nome {error}.") from None
    if await connection.scalar(select(users.c.id).where(users.c.name == name)) is not None:
        raise Refused(f"{name} já é um usuário; use «usuarios papel» para mudar o que pode.")
    await _register(connection, author)
    if name == author.name:
        # Whoever works alone and names themselves is there now; what is left is the role.
        return await set_role(visit, name, role)
    created = await connection.execute(insert(users).values(user_row(name, role, author)))
    await _give(connection, int((created.inserted_primary_key or (0,))[0]), role, named)
    user = await _fetch(connection, name)
    await note(connection, author, "Criou o usuário", _described(user))
    return user


async def set_role(visit: Visit, name: str, role: Role) -> User:
    """Change what a user may do; carteiras are kept only by an analyst.

    Raises:
        NotFound: there is no such user.
        Refused: nobody would be left to administer.
    """
    connection, author = visit.connection, visit.author
    await _register(connection, author)
    before = await _fetch(connection, name)
    await connection.execute(update(users).where(users.c.name == name).values(role=role.value))
    if role is not Role.ANALYST:
        await connection.execute(delete(user_carteiras).where(user_carteiras.c.user_id == await _id(connection, name)))
    await _refuse_without_administrator(connection)
    await note(connection, author, "Mudou o papel", f"{name}: {before.role.label} → {role.label}")
    return await _fetch(connection, name)


async def set_carteiras(visit: Visit, name: str, named: Sequence[str]) -> User:
    """Give an analyst these carteiras in the place of those they had.

    Raises:
        NotFound: there is no such user, or no carteira of one of the names.
        Refused: the user is no analyst.
    """
    connection, author = visit.connection, visit.author
    await _register(connection, author)
    before = await _fetch(connection, name)
    await _give(connection, await _id(connection, name), before.role, named)
    after = await _fetch(connection, name)
    await note(
        connection, author, "Mudou as carteiras", f"{name}: {_listed(before.carteiras)} → {_listed(after.carteiras)}"
    )
    return after


async def set_active(visit: Visit, name: str, *, active: bool) -> User:
    """Take a user's access away, or give it back; the next call of a session that is open finds out.

    Raises:
        NotFound: there is no such user.
        Refused: nobody would be left to administer.
    """
    connection, author = visit.connection, visit.author
    await _register(connection, author)
    before = await _fetch(connection, name)
    if before.active == active:
        raise Refused(f"{name} já está {'ativo' if active else 'desativado'}.")
    await connection.execute(update(users).where(users.c.name == name).values(active=active))
    await _refuse_without_administrator(connection)
    await note(connection, author, "Reativou o usuário" if active else "Desativou o usuário", _described(before))
    return await _fetch(connection, name)


async def _register(connection: AsyncConnection, author: Author) -> None:
    """Make an administrator by being alone one by name, before there are others and only names count."""
    if await connection.scalar(select(users.c.id).where(users.c.name == author.name)) is None:
        await connection.execute(insert(users).values(user_row(author.name, Role.ADMINISTRATOR, author)))


async def _give(connection: AsyncConnection, user_id: int, role: Role, named: Sequence[str]) -> None:
    if named and role is not Role.ANALYST:
        raise Refused(f"O papel {role.label} vê todos os clientes; carteiras são de quem é Analista.")
    ids = await ids_of(connection, named)
    await connection.execute(delete(user_carteiras).where(user_carteiras.c.user_id == user_id))
    if ids:
        rows = [{"user_id": user_id, "carteira_id": carteira_id} for carteira_id in ids]
        await connection.execute(insert(user_carteiras), rows)


async def _refuse_without_administrator(connection: AsyncConnection) -> None:
    left = select(func.count()).where(users.c.role == Role.ADMINISTRATOR.value, users.c.active.is_(True))
    if not await connection.scalar(left):
        raise Refused("O banco precisa de um administrador ativo; dê o papel a outra pessoa antes.")


async def _id(connection: AsyncConnection, name: str) -> int:
    found = await connection.scalar(select(users.c.id).where(users.c.name == name))
    if found is None:
        raise NotFound(f"Não há usuário com o nome {name}.")
    return int(found)


async def _fetch(connection: AsyncConnection, name: str) -> User:
    user_id = await _id(connection, name)
    row = (await connection.execute(select(users).where(users.c.id == user_id))).one()
    given = (
        select(carteiras.c.name)
        .join(user_carteiras, user_carteiras.c.carteira_id == carteiras.c.id)
        .where(user_carteiras.c.user_id == user_id)
    )
    return _user(row, tuple(await connection.scalars(given.order_by(carteiras.c.name_folded))))


def _user(row: Row[Any], given: tuple[str, ...]) -> User:
    return User(
        name=row.name,
        role=Role(row.role),
        active=row.active,
        carteiras=given,
        created_at=row.created_at,
        created_by=row.created_by,
    )


def _described(user: User) -> str:
    carteiras_too = f"; {_listed(user.carteiras)}" if user.role is Role.ANALYST else ""
    return f"{user.name} ({user.role.label}{carteiras_too})"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "nenhuma carteira"
