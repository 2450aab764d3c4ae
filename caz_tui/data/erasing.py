"""Erasing personal data (LGPD): how to reach somebody goes, who the client is for the tax office stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, update

from caz_tui.data import trail
from caz_tui.data.clients import fetch, record
from caz_tui.data.dialects.base import dialect_of
from caz_tui.data.documents import CNPJ_LENGTH
from caz_tui.data.errors import StaleClient
from caz_tui.data.rows import columns_of, merged
from caz_tui.data.schemas import ClientChanges
from caz_tui.data.tables import client_tags, clients

if TYPE_CHECKING:
    from caz_tui.data.gate import Visit
    from caz_tui.data.readings import Client

PERSONAL_FIELDS: Final = ("email", "phone", "city", "tags", "notes")
"""What is erased of every client: contacts, and texts in which anything may have been written."""

_ALSO_OF_A_PERSON: Final = ("trade_name",)
"""A company's trade name is in its registration; a person has none, so what stands there is a name they go by."""

ACTION: Final = "Apagou os dados pessoais"


def personal_fields(client: Client) -> tuple[str, ...]:
    """Return the attributes that are erased of a client."""
    return PERSONAL_FIELDS if len(client.document) == CNPJ_LENGTH else (*PERSONAL_FIELDS, *_ALSO_OF_A_PERSON)


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
    await record(connection, author, ACTION, current)
    return await fetch(connection, client_id)
