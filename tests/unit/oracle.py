"""The rules of lists in plain Python: who is in a tab and a query, and in what order. No SQL, no shared code."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, NamedTuple

from caz_tui.data.choices import Field, LicenceHistory, Payer, Tab
from caz_tui.data.query import Choice, Criterion, Span, TextMatch, Word

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from caz_tui.data.choices import Order
    from caz_tui.data.query import ClientView, Match
    from caz_tui.data.schemas import ClientChanges


class Known(NamedTuple):
    """A client as it was written, and the id it was given."""

    id: int
    fields: ClientChanges
    carteira: str | None = None


def plain(text: str) -> str:
    """Return a text without accents and case, one character at a time."""
    parts = (
        part for char in unicodedata.normalize("NFKD", text) for part in unicodedata.normalize("NFKD", char.casefold())
    )
    return "".join(part for part in parts if not unicodedata.combining(part))


def expected(clients: Iterable[Known], view: ClientView, today: date) -> list[int]:
    """Return the ids of the clients in a view, in its order."""
    members = [client for client in clients if is_in_view(client, view, today)]
    return [client.id for client in in_order(members, view.order)]


def is_in_view(client: Known, view: ClientView, today: date) -> bool:
    speaks_of_archived = any(isinstance(part, Criterion) and part.field is Field.ARCHIVED for part in view.query.parts)
    if client.fields.archived and not speaks_of_archived:
        return False
    return is_in_tab(client, view.tab) and all(_holds(client, part, today) for part in view.query.parts)


def is_in_tab(client: Known, tab: Tab) -> bool:
    fields = client.fields
    if tab is Tab.PAID_BY_CLIENT:
        return fields.payer is Payer.CLIENT and fields.licence_history is LicenceHistory.ACTIVE
    if tab is Tab.PAID_BY_OFFICE:
        return fields.payer is Payer.OFFICE
    if tab is Tab.WITHOUT_PLAN:
        return fields.plan is None
    return True


def in_order(clients: Iterable[Known], order: Order) -> list[Known]:
    """Return clients sorted; those without a value last and by name whichever way the rest goes."""
    everyone = list(clients)
    having = [client for client in everyone if _sort_value(client, order.field) is not None]
    lacking = [client for client in everyone if _sort_value(client, order.field) is None]
    having.sort(key=lambda client: _sort_key(client, order.field), reverse=order.descending)
    lacking.sort(key=lambda client: (plain(client.fields.name), client.id))
    return having + lacking


def _sort_key(client: Known, field: Field) -> tuple[Any, ...]:
    if field is Field.NAME:
        return plain(client.fields.name), client.fields.name, client.id
    return _sort_value(client, field), plain(client.fields.name), client.id


def _sort_value(client: Known, field: Field) -> Any:
    value = _value(client, field)
    if field in (Field.NAME, Field.TRADE_NAME, Field.PLAN, Field.EMAIL, Field.CITY, Field.SUPPORT_ID):
        return None if value is None else plain(value)
    return value


def _value(client: Known, field: Field) -> Any:
    fields = client.fields
    if field is Field.CARTEIRA:
        return client.carteira
    if field is Field.LAST_EXPORT:
        return fields.last_export.end if fields.last_export else None
    value = getattr(fields, field.attribute)
    return str(value) if isinstance(value, str) else value


def _holds(client: Known, part: Word | Criterion, today: date) -> bool:
    if isinstance(part, Word):
        return any(plain(part.text) in text for text in _searched(client))
    return any(_accepts(client, part.field, match, today) for match in part.matches) != part.negated


def _searched(client: Known) -> list[str]:
    fields = client.fields
    texts = (fields.name, fields.trade_name, fields.document, masked(fields.document), fields.email)
    return [plain(text) for text in texts if text]


def masked(document: str) -> str:
    places = {2: ".", 5: ".", 8: "/", 12: "-"} if len(document) == 14 else {3: ".", 6: ".", 9: "-"}
    return "".join(places.get(place, "") + char for place, char in enumerate(document))


def _accepts(client: Known, field: Field, match: Match, today: date) -> bool:
    value = _value(client, field)
    if isinstance(match, Choice):
        if match.slug in ("nunca", "sem_plano"):
            return value is None
        if field in (Field.AUTO_RENEWS, Field.ARCHIVED):
            return value is (match.slug == "sim")
        return bool(value == match.slug)
    if isinstance(match, Span):
        return value is not None and _in_span(value, match, today)
    if field is Field.TAGS:
        return any(_agrees(plain(tag), plain(match.text), match) for tag in value)
    if value is None:
        return False
    if field is Field.DOCUMENT:
        return _agrees(value, "".join(char for char in match.text if char not in " .-/").upper(), match)
    if field is Field.PHONE:
        return _agrees(value, _phone(match), match)
    return _agrees(plain(value), plain(match.text), match)


def _phone(match: TextMatch) -> str:
    digits = "".join(char for char in match.text if not char.isspace() and char not in "().-/")
    if digits.startswith("+") or (match.prefix and not digits):
        return digits
    return "+55" + digits


def _agrees(value: str, wanted: str, match: TextMatch) -> bool:
    return value.startswith(wanted) if match.prefix else value == wanted


def _in_span(value: date, span: Span, today: date) -> bool:
    days = (value - today).days
    ends = [end if isinstance(end, int) or end is None else (end - today).days for end in (span.first, span.last)]
    return (ends[0] is None or ends[0] <= days) and (ends[1] is None or days <= ends[1])
