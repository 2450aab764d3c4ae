"""The menu of the columns by which the list of clients can be sorted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caz_tui.data.choices import Field, Order
from caz_tui.screens import dialogs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from caz_tui.screens.menu import Menu

_LETTERS = {
    Field.NAME: "c",
    Field.DOCUMENT: "d",
    Field.SITUATION: "s",
    Field.PLAN: "p",
    Field.PAYER: "g",
    Field.EXPIRES_ON: "v",
    Field.AUTO_RENEWS: "r",
    Field.LICENCE_HISTORY: "h",
    Field.CHARGES: "b",
    Field.LAST_EXPORT: "x",
    Field.TRADE_NAME: "f",
    Field.CITY: "i",
    Field.STATE: "u",
    Field.EMAIL: "e",
    Field.PHONE: "t",
}
FIELD_OF_LETTER = {letter: field for field, letter in _LETTERS.items()}
ARROWS = {False: "▲", True: "▼"}


def sort_menu(kept: Menu | None, fields: Iterable[Field], order: Order) -> Menu:
    """Return the menu of some fields; the one the list is sorted by offers the other direction.

    Args:
        kept: the menu that was shown before, if it is there still, which shows these now.
        fields: what the list can be sorted by.
        order: what it is sorted by.
    """
    entries = [dialogs.MenuEntry(_LETTERS[field], _label(field, order)) for field in fields]
    if kept is None:
        return dialogs.Menu("Ordenar por", entries)
    kept.offer(entries)
    return kept


def _label(field: Field, order: Order) -> str:
    if field is not order.field:
        return field.label
    return f"{field.label} {ARROWS[order.descending]} inverter"


def chosen_order(field: Field, order: Order) -> Order:
    """Return the order after someone chose a field: its reverse if the list is sorted by it already."""
    return order.reversed() if field is order.field else Order(field=field)
