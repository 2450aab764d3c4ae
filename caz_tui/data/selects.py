"""From a ``ClientView`` to SQL: conditions, orders, and the keys by which a list is walked."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    and_,
    exists,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
    tuple_,
)

from caz_tui.data.choices import Field, LicenceHistory, Payer, Tab
from caz_tui.data.documents import bare
from caz_tui.data.expressions import out_of_indexes, position_in, unindexed
from caz_tui.data.gate import EVERY_CLIENT
from caz_tui.data.query import (
    ANY_TEXT,
    NEVER,
    WITHOUT_PAYER,
    YES,
    YES_NO_FIELDS,
    Choice,
    Criterion,
    Span,
    TextMatch,
    Word,
)
from caz_tui.data.tables import READ_BY_NAME, carteiras, client_tags, clients
from caz_tui.data.text import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date

    from caz_tui.data.choices import Order
    from caz_tui.data.gate import Scope
    from caz_tui.data.query import ClientQuery, ClientView, Match
    from caz_tui.data.rows import Columns

Condition = ColumnElement[bool]
_NOTHING: Mapping[str, Condition] = MappingProxyType({})

_c = clients.c
# The plus takes a column out of the choice of an index, although its values are still read from whichever is chosen.
_ARCHIVED_UNINDEXED: ColumnElement[bool] = out_of_indexes(clients.c.archived)
_CARTEIRA_UNINDEXED: ColumnElement[int] = literal_column("+clients.carteira_id", Integer)

_FILTER_COLUMN: dict[Field, ColumnElement[Any]] = {
    Field.NAME: _c.name_folded,
    Field.TRADE_NAME: _c.trade_name_folded,
    Field.DOCUMENT: _c.document,
    Field.SITUATION: _c.situation,
    Field.PLAN: _c.plan_folded,
    Field.PAYER: _c.payer,
    Field.EXPIRES_ON: _c.expires_on,
    Field.AUTO_RENEWS: _c.auto_renews,
    Field.LICENCE_HISTORY: _c.licence_history,
    Field.LAST_EXPORT: _c.export_end,
    Field.CHARGES: _c.ca_charges,
    Field.EMAIL: _c.email_folded,
    Field.PHONE: _c.phone,
    Field.CITY: _c.city_folded,
    Field.STATE: _c.state,
    Field.SUPPORT_ID: _c.support_id_folded,
    Field.ARCHIVED: _c.archived,
}
_READ_BY_NAME = {field for field, column in _FILTER_COLUMN.items() if column.key in READ_BY_NAME}
SORT_FIELDS = tuple(field for field in _FILTER_COLUMN if field is not Field.ARCHIVED)
_ALWAYS_SET = {Field.NAME, Field.DOCUMENT, Field.SITUATION, Field.LICENCE_HISTORY, Field.CHARGES}
_PHONE_MASK = re.compile(r"[\s().\-/]")


def view_condition(
    view: ClientView,
    today: date,
    *,
    scope: Scope = EVERY_CLIENT,
    looked_up: Mapping[str, Condition] = _NOTHING,
    found_by: Collection[Criterion] | None = None,
    among: Condition | None = None,
) -> Condition:
    """Return what a client must satisfy to be in a view.

    Args:
        view: tab and query.
        today: what relative dates count from.
        scope: which clients there are for whoever asks.
        looked_up: the folded words to look up in the search index, each with the condition that does it; the others
            are looked for client by client.
        found_by: the criteria an index may be searched for; None leaves the choice to the database. With none (empty)
            words in the search index are asked of each client that is met, too.
        among: a condition that holds for all of them, by which they are looked up.
    """
    looks_up_scope = scope.is_small and not looked_up
    tab = tab_condition(view.tab)
    condition = and_(
        scope_condition(scope, looks_up=looks_up_scope),
        tab if found_by is None or view.tab is Tab.ALL else unindexed(tab),
        query_condition(view.query, today, looked_up=looked_up, found_by=found_by),
        *(() if among is None else (among,)),
    )
    # Archived clients leave every tab unless the query itself asks for them.
    if view.query.asks_for_archived:
        return condition
    # In no index, or one would be walked whole beside the clients looked up.
    looks_up = (looked_up and found_by is None) or looks_up_scope or among is not None
    archived = _ARCHIVED_UNINDEXED if looks_up else _c.archived
    return and_(archived == false(), condition)


def scope_condition(scope: Scope, *, looks_up: bool = False) -> Condition:
    """Return what a client must satisfy to exist for somebody.

    Args:
        scope: which clients do.
        looks_up: whether they are to be found by their carteira; any other index then only sorts them.
    """
    if scope.carteiras is None:
        return true()
    return (_c.carteira_id if looks_up else _CARTEIRA_UNINDEXED).in_(scope.carteiras)


def tab_condition(tab: Tab) -> Condition:
    """Return who is in a tab, archived clients aside."""
    match tab:
        case Tab.PAID_BY_CLIENT:
            return and_(_c.payer == Payer.CLIENT.value, _c.licence_history == LicenceHistory.ACTIVE.value)
        case Tab.PAID_BY_OFFICE:
            return _c.payer == Payer.OFFICE.value
        case Tab.WITHOUT_PLAN:
            return _c.plan_folded.is_(None)
        case _:
            return true()


def query_condition(
    query: ClientQuery,
    today: date,
    *,
    looked_up: Mapping[str, Condition] = _NOTHING,
    found_by: Collection[Criterion] | None = None,
) -> Condition:
    """Return what a client must satisfy for every part of a query to hold; see ``view_condition``."""
    found = (looked_up[word] for word in words_of(query) if word in looked_up)
    parts = (
        part_condition(part, today) if found_by is None or part in found_by else unindexed(part_condition(part, today))
        for part in query.parts
    )
    return and_(true(), *found, *parts)


def are_read_by_name(parts: Iterable[Criterion]) -> bool:
    """Tell whether the index by name holds all that some criteria ask for."""
    return all(part.field in _READ_BY_NAME for part in parts)


def can_find(part: Criterion) -> bool:
    """Tell whether an index can be searched for a criterion: it asks for one stretch of it, or for some values."""
    if part.negated or part.field not in SORT_FIELDS:
        return False
    values = (isinstance(match, Choice) and match.slug not in {NEVER, WITHOUT_PAYER} for match in part.matches)
    return len(part.matches) == 1 or all(values)


def words_of(query: ClientQuery) -> tuple[str, ...]:
    """Return the words of a query in their folded form."""
    return tuple(fold(part.text) for part in query.parts if isinstance(part, Word))


def part_condition(part: Word | Criterion, today: date) -> Condition:
    """Return what a client must satisfy for one part of a query to hold."""
    if isinstance(part, Word):
        # Said of indexed words too: the index knows more letters to be alike than folding does.
        return position_in(_c.search, fold(part.text)) > 0
    accepted = or_(false(), *(_match_condition(part.field, match, today) for match in part.matches))
    if not part.negated:
        return accepted
    # Without a value a comparison is neither true nor false; the complement takes those clients in.
    return not_(func.coalesce(accepted, false()))


def _match_condition(field: Field, match: Match, today: date) -> Condition:
    if field is Field.TAGS:
        assert isinstance(match, TextMatch)
        tagged = and_(
            client_tags.c.client_id == _c.id, _text_condition(client_tags.c.tag_folded, fold(match.text), match)
        )
        return exists().where(tagged).correlate(clients)
    if field is Field.CARTEIRA:
        assert isinstance(match, TextMatch)
        if match == ANY_TEXT:
            return _CARTEIRA_UNINDEXED.is_not(None)
        named = _text_condition(carteiras.c.name_folded, fold(match.text), match)
        return _CARTEIRA_UNINDEXED.in_(select(carteiras.c.id).where(named))
    column = _FILTER_COLUMN[field]
    match match:
        case Choice(slug) if slug in {NEVER, WITHOUT_PAYER}:
            return column.is_(None)
        case Choice(slug) if field in YES_NO_FIELDS:
            return column == (slug == YES)
        case Choice(slug):
            return column == slug
        case TextMatch(text):
            return _text_condition(column, _comparable(field, text, prefix=match.prefix), match)
        case Span():
            first, last = match.resolve(today)
            ends = [column >= first] if first else []
            return and_(*ends, column <= last) if last else and_(*ends)


def _text_condition(column: ColumnElement[Any], text: str, match: TextMatch) -> Condition:
    if not match.prefix:
        return column == text
    return begins_with(column, text) if text else column.is_not(None)


def begins_with(column: ColumnElement[Any], text: str) -> Condition:
    """Return that a column begins with a text of one letter or more."""
    # A range, not LIKE: it uses the index and gives no character a meaning of its own.
    return and_(column >= text, column < _next_text(text)) if _next_text(text) else column >= text


def begins_otherwise(column: ColumnElement[Any], part: str, text: str) -> tuple[Condition, Condition]:
    """Return the two stretches of what begins with a part of a text, but not with the text."""
    behind, end = _next_text(text), _next_text(part)
    after = and_(column >= behind, *([column < end] if end else [])) if behind else false()
    return and_(column >= part, column < text), after


def _next_text(prefix: str) -> str:
    """Return the least text after every text that begins with a prefix, or nothing when there is none."""
    for place in range(len(prefix) - 1, -1, -1):
        code = ord(prefix[place]) + 1
        if code == 0xD800:
            code = 0xE000
        if code <= 0x10FFFF:
            return prefix[:place] + chr(code)
    return ""


def _comparable(field: Field, text: str, *, prefix: bool) -> str:
    """Return a text in the form its column holds."""
    if field is Field.DOCUMENT:
        return bare(text)
    if field is Field.PHONE:
        digits = _PHONE_MASK.sub("", text)
        return digits if digits.startswith("+") or (prefix and not digits) else f"+55{digits}"
    return fold(text)


def sort_key(order: Order) -> list[ColumnElement[Any]]:
    """Return the columns a list is sorted by, in an order an index holds; their values tell any two clients apart."""
    column = _FILTER_COLUMN[order.field]
    if order.field is Field.NAME:
        return [_c.name_folded, _c.name, _c.id]
    # No two clients have the same document, so nothing is left for their names to decide.
    return [column, _c.id] if order.field is Field.DOCUMENT else [column, _c.name_folded, _c.id]


def with_sort_key(columns: Columns, order: Order) -> Columns:
    """Return some columns and, behind them, those that a list is sorted by."""
    return (*columns, *(column.label(f"key_{place}") for place, column in enumerate(sort_key(order))))


def segments(order: Order) -> tuple[Condition, ...]:
    """Return the runs a sorted list consists of: clients with a value, then those without."""
    if order.field in _ALWAYS_SET:
        return (true(),)
    column = _FILTER_COLUMN[order.field]
    return column.is_not(None), column.is_(None)


def segment_of(order: Order, key: tuple[Any, ...]) -> int:
    """Return which of the runs a sort key stands in."""
    return int(order.field not in _ALWAYS_SET and key[0] is None)


def directed(
    order: Order, segment: int, *, backwards: bool = False, along_index: bool = True
) -> list[ColumnElement[Any]]:
    """Return the ORDER BY of one run; the run without a value is in order of name whichever way the list goes."""
    descending = (order.descending and segment == 0) != backwards
    # The column by which a run has no value is said too: PostgreSQL does not see that it decides nothing there.
    columns = [column if along_index else unindexed(column) for column in sort_key(order)]
    return [column.desc() if descending else column.asc() for column in columns]


def beyond(order: Order, segment: int, key: tuple[Any, ...], *, backwards: bool, inclusive: bool) -> Condition:
    """Return what stands after (or before) a key within its run."""
    columns = tuple_(*sort_key(order)[segment:])
    values = tuple_(*key[segment:])
    descending = (order.descending and segment == 0) != backwards
    if inclusive:
        return columns <= values if descending else columns >= values
    return columns < values if descending else columns > values
