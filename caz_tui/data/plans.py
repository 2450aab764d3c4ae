"""The names of plans, which are free text: each is spelled as the first who wrote it did, accents and case aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import false, func, or_, select, true

from caz_tui.data.tables import clients
from caz_tui.data.text import fold

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from caz_tui.data.schemas import ClientChanges

_ARCHIVED_OR_NOT = or_(clients.c.archived == false(), clients.c.archived == true())
"""The indexes begin with it: said like this, a plan is looked up in them."""


class Spellings:
    """How each plan is spelled; a plan that is not known yet is known from then on as it is asked for first."""

    def __init__(self, known: dict[str, str]) -> None:
        """Take the spelling of each plan that is known, by its folded form."""
        self._of_key = known
        self._of_text: dict[str, str] = {}

    def of(self, plan: str) -> str:
        """Return how a plan is spelled."""
        found = self._of_text.get(plan)
        if found is None:
            found = self._of_text[plan] = self._of_key.setdefault(fold(plan), plan)
        return found


async def spellings(connection: AsyncConnection) -> Spellings:
    """Return how the plans of all clients are spelled."""
    known: dict[str, str] = {}
    for is_archived in (false(), true()):
        # Along the index by plan, which has a stretch for each.
        asking = (
            select(clients.c.plan_folded, func.min(clients.c.plan).label("plan"))
            .where(clients.c.archived == is_archived, clients.c.plan_folded.is_not(None))
            .group_by(clients.c.plan_folded)
        )
        for row in await connection.execute(asking):
            known[row.plan_folded] = min(row.plan, known.get(row.plan_folded, row.plan))
    return Spellings(known)


async def respelled(connection: AsyncConnection, wanted: ClientChanges, client_id: int | None = None) -> ClientChanges:
    """Return what is wanted of a client with the plan as other clients have it spelled, if any of them has it.

    Args:
        connection: in the transaction of the write.
        wanted: all fields of the client.
        client_id: the client, when it is there already: whoever alone has a plan may spell it anew.
    """
    if wanted.plan is None:
        return wanted
    asking = select(func.min(clients.c.plan)).where(_ARCHIVED_OR_NOT, clients.c.plan_folded == fold(wanted.plan))
    known: str | None = await connection.scalar(asking.where(clients.c.id != (client_id or 0)))
    return wanted if known in (None, wanted.plan) else wanted.model_copy(update={"plan": known})
