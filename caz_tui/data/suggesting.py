"""What is offered while somebody types: clients for the palette, plans and tags for the forms."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, false, func, not_, select, true

from caz_tui.data import kept_counts
from caz_tui.data.gate import EVERY_CLIENT
from caz_tui.data.query import Word
from caz_tui.data.schemas import Suggestion
from caz_tui.data.selects import begins_with, part_condition, scope_condition
from caz_tui.data.tables import client_tags, clients
from caz_tui.data.text import fold

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncConnection

    from caz_tui.data.dialects.base import Search
    from caz_tui.data.gate import Scope
    from caz_tui.data.selects import Condition

MOST_SUGGESTED_VALUES = 200


async def suggested_clients(
    connection: AsyncConnection,
    text: str,
    limit: int,
    today: date,
    *,
    search: Search | None,
    scope: Scope = EVERY_CLIENT,
) -> tuple[Suggestion, ...]:
    """Return clients whose searched texts hold every word, those whose names begin with the first of them first.

    Archived clients are among them. Each list is walked in order of name until there are enough; words that few clients
    have are looked up.
    """
    # A lone accent folds to nothing.
    words = [word for word in map(fold, text.split()) if word]
    if not words:
        return ()
    long = [word for word in words if len(word) >= search.least_letters] if search else []
    looked_up = [search.matches(word) for word in await search.rare(connection, long)] if search else []
    looks_up_scope = scope.is_small and not looked_up
    holds: list[Condition] = [
        scope_condition(scope, looks_up=looks_up_scope),
        *looked_up,
        *(part_condition(Word(word), today) for word in words),
    ]
    begins = begins_with(clients.c.name_folded, words[0])
    found: list[Suggestion] = []
    for where in (begins, not_(begins)):
        # The index by name has a stretch for each of the two.
        named: list[Any] = []
        for is_archived in (false(), true()):
            asking = (
                select(clients.c.id, clients.c.name, clients.c.document, clients.c.name_folded)
                .where(clients.c.archived == is_archived, where, *holds)
                .order_by(clients.c.name_folded, clients.c.name, clients.c.id)
                .limit(limit - len(found))
            )
            named += (await connection.execute(asking)).all()
        named.sort(key=lambda row: (row.name_folded, row.name, row.id))
        found += [
            Suggestion(id=row.id, name=row.name, document=row.document) for row in islice(named, limit - len(found))
        ]
        if len(found) >= limit:
            break
    return tuple(found)


async def known_plans(connection: AsyncConnection, scope: Scope = EVERY_CLIENT) -> tuple[str, ...]:
    """Return the plans in use, most used first."""
    kind = kept_counts.BY_KIND.c
    found = await connection.scalars(
        select(func.min(kind.plan))
        .where(kind.plan.is_not(None), kept_counts.within(kept_counts.BY_KIND, scope))
        .group_by(kind.plan_folded)
        .order_by(func.sum(kind.clients).desc(), kind.plan_folded)
        .limit(MOST_SUGGESTED_VALUES)
    )
    return tuple(str(name) for name in found)


async def known_tags(connection: AsyncConnection, scope: Scope = EVERY_CLIENT) -> tuple[str, ...]:
    """Return the tags in use, in their folded form."""
    tags = select(client_tags.c.tag_folded).distinct().order_by(client_tags.c.tag_folded).limit(MOST_SUGGESTED_VALUES)
    if scope.carteiras is None:
        return tuple(await connection.scalars(tags))
    # From the few clients to their tags; from the few tags to the first of many clients that has each.
    if scope.is_small:
        tags = tags.join(clients, clients.c.id == client_tags.c.client_id)
        return tuple(await connection.scalars(tags.where(scope_condition(scope, looks_up=True))))
    every = select(client_tags.c.tag_folded).distinct().subquery()
    tagged = and_(client_tags.c.tag_folded == every.c.tag_folded, clients.c.id == client_tags.c.client_id)
    own = exists().where(tagged, scope_condition(scope)).correlate(every)
    asking = select(every.c.tag_folded).where(own).order_by(every.c.tag_folded).limit(MOST_SUGGESTED_VALUES)
    return tuple(await connection.scalars(asking))
