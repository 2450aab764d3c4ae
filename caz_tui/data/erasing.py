"""Erasing personal data (LGPD): how to reach somebody goes, who the client is for the tax office stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select, update

from caz_tui.data import trail
from caz_tui.data.clients import fetch, record
from caz_tui.data.dialects.base import dialect_of
from caz_tui.data.documents import CNPJ_LENGTH
from caz_tui.data.errors import StaleClient
from caz_tui.data.rows import columns_of, merged
from caz_tui.data.schemas import ClientChanges
from caz_tui.data.tables import client_tags, clients, saved_views
from caz_tui.data.text import fold

if TYPE_CHECKING:
    from caz_tui.data.gate import Visit
    from caz_tui.data.readings import Client

PERSONAL_FIELDS: Final = ("email", "phone", "city", "tags", "notes")
"""What is erased of every client: contacts, and texts in which anything may have been written."""

_ALSO_OF_A_PERSON: Final = ("trade_name",)
"""A company's trade name is in its registration; a person has none, so what stands there is a name they go by."""

_LEAST_DIGITS: Final = 8
"""A telephone number without its area code."""

ACTION: Final = "Apagou os dados pessoais"


def personal_fields(client: Client) -> tuple[str, ...]:
    """Return the attributes that are erased of a client."""
    return PERSONAL_FIELDS if len(client.document) == CNPJ_LENGTH else (*PERSONAL_FIELDS, *_ALSO_OF_A_PERSON)


def tells(view: str, email: str | None, phone: str | None) -> bool:
    """Tell whether the text of a saved view has an e-mail or a telephone number in it, however it is written there."""
    number = _digits(phone or "")[-_LEAST_DIGITS:]
    return bool(email and fold(email) in fold(view)) or (len(number) == _LEAST_DIGITS and number in _digits(view))


def _digits(text: str) -> str:
    return "".join(char for char in text if char in "0123456789")


async def erase(visit: Visit, client_id: int, version: int) -> Client:
    """Erase a client's personal data, and their values from its part of the trail; return what is left.

    Raises:
        NotFound: there is no such client (any more).
        StaleClient: someone else changed it since.
    """
    connection, author = visit.connection, visit.author
    current = await fetch(connection, client_id, visit.scope)
    if current.version != version:
        raise StaleClient(current)
    names = personal_fields(current)
    blank = {name: getattr(ClientChanges(), name) for name in names}
    wanted = merged(current, ClientChanges.model_construct(set(names), **blank))
    await dialect_of(connection).forget_thoroughly(connection)
    columns = {**columns_of(wanted), "version": current.version + 1, "updated_at": author.clock.now()}
    await connection.execute(update(clients).where(clients.c.id == client_id).values(columns))
    await connection.execute(delete(client_tags).where(client_tags.c.client_id == client_id))
    await trail.erase(connection, client_id, names)
    views = await connection.execute(select(saved_views.c.name, saved_views.c.query))
    # What asks for a contact tells it on, and would find nothing any more.
    telling = [view.name for view in views if tells(f"{view.name} {view.query}", current.email, current.phone)]
    await connection.execute(delete(saved_views).where(saved_views.c.name.in_(telling)))
    await record(connection, author, ACTION, current)
    return await fetch(connection, client_id)
