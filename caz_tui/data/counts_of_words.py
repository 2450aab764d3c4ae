"""How many clients of a list have its words, counted without a look at every one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, func, select, true

from caz_tui.data.choices import Tab
from caz_tui.data.expressions import unindexed
from caz_tui.data.query import ClientQuery, ClientView, Criterion, Word
from caz_tui.data.selects import begins_with, query_condition, view_condition, words_of
from caz_tui.data.tables import clients
from caz_tui.data.words_known import Owners

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from caz_tui.data.dialects.base import Search
    from caz_tui.data.gate import Scope
    from caz_tui.data.selects import Condition
    from caz_tui.data.words_known import WordsKnown

_MOST_ARCHIVED: Final = 1_000
"""Of how many archived clients the ids are kept."""


async def counting(
    connection: AsyncConnection, view: ClientView, today: date, scope: Scope, search: Search, known: WordsKnown
) -> Select[Any] | None:
    """Return the statement that counts a list; None where its clients have to be looked at."""
    words = set(words_of(view.query))
    if not words or view.query.asks_for_archived or any(len(word) < search.least_letters for word in words):
        return None
    word, *more = words
    elsewhere = None if more else known.elsewhere.get(word)
    if elsewhere is not None:
        return _by_names(view, today, scope, word, elsewhere)
    asks_for_more = view.tab is not Tab.ALL or scope.carteiras is not None
    if asks_for_more or any(isinstance(part, Criterion) for part in view.query.parts):
        return None
    return await _within_index(connection, view, today, words, search, known)


def _by_names(view: ClientView, today: date, scope: Scope, word: str, elsewhere: tuple[int, ...]) -> Select[Any]:
    """Return what counts those whose names begin with a word where they stand, and looks at the few who have it too."""
    others = ClientQuery(tuple(part for part in view.query.parts if not isinstance(part, Word)))
    begins = begins_with(clients.c.name_folded, word)
    beginning = view_condition(ClientView(view.tab, others), today, scope=scope, found_by=())
    looked_up = {word: clients.c.id.in_(elsewhere)}
    few = view_condition(view, today, scope=scope, looked_up=looked_up)
    return select(_number(and_(beginning, begins)) + (_number(few) if elsewhere else 0))


async def _within_index(
    connection: AsyncConnection, view: ClientView, today: date, words: set[str], search: Search, known: WordsKnown
) -> Select[Any] | None:
    """Return what counts who has some words in the search index, and takes off the archived ones, who are fewer."""
    everybody = search.has_all(words)
    if everybody is None:
        return None
    among = [await _archived(connection, word, search, known) for word in words]
    archived = and_(*among, query_condition(view.query, today))
    found = select(func.count()).select_from(everybody.subquery())
    return select(found.scalar_subquery() - _number(archived))


async def _archived(connection: AsyncConnection, word: str, search: Search, known: WordsKnown) -> Condition:
    """Return a condition that every archived client with a word satisfies, and no other client."""
    parts = [part for part in known.archived if part in word]
    if not parts:
        owners = await known.owners(connection, search, word)
        if owners is None:
            return clients.c.archived == true()
        those = and_(clients.c.archived == true(), unindexed(clients.c.id).in_(owners.selected()))
        found = await Owners.among(connection, select(clients.c.id).where(those).limit(_MOST_ARCHIVED + 1))
        if found.number > _MOST_ARCHIVED:
            return those
        known.archived[word] = found.those
        parts = [word]
    return clients.c.id.in_(min((known.archived[part] for part in parts), key=len))


def _number(condition: Condition) -> Any:  # noqa: ANN401 - whatever the engine counts with
    return select(func.count()).select_from(clients).where(condition).scalar_subquery()
