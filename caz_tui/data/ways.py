"""How the clients of some criteria are found. SQLite, which keeps no statistics here, often errs.

Where one criterion is satisfied by few, those are looked up and sorted. Otherwise a list is walked by name, and what is
asked for is read within the index by name. Where hardly anybody satisfies all of the criteria a walk would pass most of
the names: then those are looked up who satisfy the rarest, or the two rarest, which are two stretches of two indexes.
"""

from __future__ import annotations

from math import inf, prod
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import and_, false, func, select

from caz_tui.data import kept_counts
from caz_tui.data.choices import Tab
from caz_tui.data.dialects.base import dialect_of
from caz_tui.data.expressions import unindexed
from caz_tui.data.query import ClientQuery, ClientView, Criterion
from caz_tui.data.selects import are_read_by_name, can_find, part_condition
from caz_tui.data.tables import clients

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from sqlalchemy import Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from caz_tui.data.gate import Scope
    from caz_tui.data.selects import Condition

FEW_CLIENTS = 1_000
"""Up to this many clients that satisfy the only criterion are looked up and sorted; for more the list is walked."""
FEW_OF_SEVERAL = 5_000
"""The same where others narrow the list further, so that a walk may have to go far."""
MOST_COUNTED = 25_000
"""Up to how many clients are counted to learn how rare a criterion is: some milliseconds."""

# Microseconds a client, measured at a million.
PASSED = 0.2
LOOKED_UP = 4.0
GATHERED = 0.6

_ROWS: Final = 80
"""How many rows are asked for, twice over: criteria that go against each other make a walk longer than it seems."""


class Way(NamedTuple):
    """How a list is found.

    Attributes:
        found_by: the criteria whose clients are looked up and sorted: one, or two for those who satisfy both; with none
            the list is walked.
        is_empty: whether it is known that nobody is in it.
    """

    found_by: tuple[Criterion, ...] = ()
    is_empty: bool = False


class _Rarity(NamedTuple):
    """What is known of how many clients satisfy which criteria."""

    clients: int
    """How many there are in all."""
    together: dict[tuple[Criterion, ...], int]
    """Those who satisfy several criteria, as kept."""
    each: dict[Criterion, int]
    """Those who satisfy one that an index can be searched for."""
    uncounted: frozenset[Criterion]
    """Those of these that were not counted to the end: more than ``MOST_COUNTED`` satisfy them."""

    @property
    def share(self) -> float:
        """The part of all clients that satisfies everything, as far as is known, if no criterion goes with another."""
        counts: dict[tuple[Criterion, ...], int] = {}
        known: set[Criterion] = set()
        by_parts = sorted(self.together.items(), key=lambda item: -len(item[0]))
        for parts, count in (*by_parts, *(((part,), count) for part, count in self.each.items())):
            if known.isdisjoint(parts):
                counts[parts] = count
                if not self.uncounted.isdisjoint(parts):
                    # A tenth of all is as good a guess as any.
                    counts[parts] = max(count, self.clients // 10)
                known.update(parts)
        return prod(count / max(1, self.clients) for count in counts.values())


async def way_to(
    connection: AsyncConnection, view: ClientView, criteria: Collection[Criterion], today: date, scope: Scope
) -> Way:
    """Return how the clients of some criteria are best found."""
    findable = [part for part in criteria if can_find(part)]
    if not findable:
        return Way()
    is_alone = len(criteria) == 1 and view.tab is Tab.ALL
    few = FEW_CLIENTS if is_alone else FEW_OF_SEVERAL
    if is_alone or dialect_of(connection).knows_how_many:
        counts = await _counts(connection, {part: _up_to(few, part, today) for part in findable})
        rarest, count = min(counts.items(), key=itemgetter(1))
        return Way((rarest,) if count <= few else ())
    known = await _rarity(connection, view, findable, today, scope)
    if 0 in known.together.values():
        return Way(is_empty=True)
    ranked = sorted(known.each.items(), key=itemgetter(1))
    rarest, count = ranked[0]
    if count <= few:
        return Way((rarest,))
    share = known.share
    passed = min(known.clients, _ROWS / share if share else inf)
    costs: dict[tuple[Criterion, ...], float] = {(): passed * (PASSED if are_read_by_name(criteria) else LOOKED_UP)}
    if rarest not in known.uncounted:
        costs[rarest,] = count * LOOKED_UP
    if len(ranked) > 1 and known.uncounted.isdisjoint((rarest, ranked[1][0])):
        gathered = count + ranked[1][1]
        costs[rarest, ranked[1][0]] = gathered * GATHERED + min(count, known.clients * share) * LOOKED_UP
    return Way(min(costs, key=costs.__getitem__))


def who_satisfies(found_by: Collection[Criterion], today: date) -> Condition:
    """Return the condition that finds who satisfies some criteria by their indexes, the first one's clients first."""
    condition: Condition | None = None
    for part in found_by:
        # In the order of the index: who is in the set before is asked of each client of its stretch.
        beside = () if condition is None else (unindexed(clients.c.id).in_(select(clients.c.id).where(condition)),)
        condition = and_(clients.c.archived == false(), part_condition(part, today), *beside)
    assert condition is not None
    return clients.c.id.in_(select(clients.c.id).where(condition))


async def _rarity(
    connection: AsyncConnection, view: ClientView, findable: Collection[Criterion], today: date, scope: Scope
) -> _Rarity:
    """Return how many clients satisfy what, of the criteria that an index can be searched for and of those kept."""
    together = kept_counts.counting_together(view, today, scope)
    kept = {part: kept_counts.counting(ClientView(query=ClientQuery((part,))), today) for part in findable}
    each = {part: _up_to(MOST_COUNTED, part, today) if one is None else one for part, one in kept.items()}
    everybody = kept_counts.counting(ClientView(), today)
    assert everybody is not None
    counts = await _counts(connection, {"all": everybody, **together, **each})
    uncounted = frozenset(part for part, one in kept.items() if one is None and counts[part] > MOST_COUNTED)
    return _Rarity(
        counts["all"], {parts: counts[parts] for parts in together}, {part: counts[part] for part in each}, uncounted
    )


async def _counts(connection: AsyncConnection, asked: Mapping[Any, Select[Any]]) -> dict[Any, int]:
    """Return what some statements count, in one trip."""
    counted = await connection.execute(select(*(one.scalar_subquery() for one in asked.values())))
    return dict(zip(asked, map(int, counted.one()), strict=True))


def _up_to(most: int, part: Criterion, today: date) -> Select[Any]:
    """Return the statement that counts who satisfies a criterion, up to one more than a number."""
    some = select(clients.c.id).where(clients.c.archived == false(), part_condition(part, today)).limit(most + 1)
    return select(func.count().label("clients")).select_from(some.subquery())
