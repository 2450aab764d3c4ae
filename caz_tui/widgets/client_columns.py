"""The columns of the client table, and the words in which a client's values stand in them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rich.cells import cell_len

from caz_tui import formats
from caz_tui.data.choices import Field, Situation
from caz_tui.widgets.table_layout import Cell, Column

if TYPE_CHECKING:
    from datetime import date

    from caz_tui.data.readings import ClientRow

NEAR_DAYS = 60
"""How close an expiry must be for the days left to stand beside it."""
SOON_DAYS = 30
ROOMY_CELLS = 120
"""From this width on the table has room for whole names."""
_MOST_DAYS_PAST = 999
_MOST_DAYS_PAST_WHERE_TIGHT = 99

_SITUATION_CELLS = max(map(cell_len, map(formats.situation, Situation)))
# All but "Muito recomendado", which its star and its beginning tell: the name needs the room.
_SHORT_SITUATION_CELLS = cell_len(formats.situation(Situation.NOT_CONNECTED))
_PLAN_CELLS = len("Plano Exclusivo")


def client_columns(today: date, *, roomy: bool) -> tuple[Column[ClientRow], ...]:
    """Return the columns of the client table in their order; the first stays when the others scroll."""
    when_due = partial(expiry, today=today) if roomy else partial(tight_expiry, today=today)
    return (
        Column(Field.NAME, "Cliente", 30 if roomy else 18, lambda row: (row.name, ""), flex=2, max_width=60),
        Column(Field.DOCUMENT, "CNPJ/CPF", 18, lambda row: (formats.document(row.document), ""), rank=4),
        Column(Field.SITUATION, "Situação", _SITUATION_CELLS if roomy else _SHORT_SITUATION_CELLS, _situation, rank=0),
        Column(Field.PLAN, "Plano", _PLAN_CELLS, _plan, rank=1),
        Column(Field.PAYER, "Pago por", 10, _payer, rank=5),
        Column(Field.EXPIRES_ON, "Vencimento", 17 if roomy else 13, when_due, rank=2),
        Column(Field.AUTO_RENEWS, "Renova", 6, lambda row: _yes_no(row.auto_renews), rank=3),
        Column(Field.LICENCE_HISTORY, "Histórico", 10, lambda row: (row.licence_history.label, ""), rank=8),
        Column(Field.CHARGES, "Cobranças CA", 15, _charges, rank=6),
        Column(Field.LAST_EXPORT, "Última exportação", 23, _last_export, rank=7),
        Column(Field.TRADE_NAME, "Nome fantasia", 20, lambda row: _text(row.trade_name), rank=9),
        Column(Field.CITY, "Cidade", 18, lambda row: _text(row.city), rank=10),
        Column(Field.STATE, "UF", 4, lambda row: _text(row.state), rank=11),
        Column(Field.EMAIL, "E-mail", 26, lambda row: _text(row.email), rank=12, ellipsis="middle"),
        Column(Field.PHONE, "Telefone", 16, lambda row: _text(row.phone and formats.phone(row.phone)), rank=13),
        Column(Field.TAGS, "Etiquetas", 20, lambda row: _text(", ".join(row.tags)), rank=14, sortable=False),
        Column(Field.ARCHIVED, "Arquivado", 9, lambda row: _yes_no(row.archived), rank=15, sortable=False),
    )


def expiry(row: ClientRow, today: date) -> Cell:
    """Return when a client's plan expires, with the days left or gone beside it when they matter."""
    if row.expires_on is None:
        return formats.NOTHING, "muted"
    text = formats.short_day(row.expires_on)
    days = (row.expires_on - today).days
    if not -_MOST_DAYS_PAST <= days <= NEAR_DAYS:
        return text, "problem" if days < 0 else ""
    return f"{text} {formats.distance(row.expires_on, today)}", tone_of_expiry(row, today)


def tight_expiry(row: ClientRow, today: date) -> Cell:
    """Return when a client's plan expires in 13 cells: beside the days the year goes without saying."""
    if row.expires_on is None:
        return formats.NOTHING, "muted"
    days = (row.expires_on - today).days
    tone = tone_of_expiry(row, today)
    if not -_MOST_DAYS_PAST_WHERE_TIGHT <= days <= NEAR_DAYS:
        return formats.short_day(row.expires_on), tone
    return f"{row.expires_on:%d/%m} {formats.distance(row.expires_on, today)}", tone


def tone_of_expiry(row: ClientRow, today: date) -> str:
    """Return how pressing the end of a client's plan is: past, soon without renewal, or neither."""
    if row.expires_on is None:
        return "muted"
    days = (row.expires_on - today).days
    if days < 0:
        return "problem"
    return "attention" if days <= SOON_DAYS and not row.auto_renews else ""


def _situation(row: ClientRow) -> Cell:
    return formats.situation(row.situation), formats.TONE_OF_SITUATION[row.situation]


def _charges(row: ClientRow) -> Cell:
    glyph = formats.GLYPH_OF_CHARGES[row.ca_charges]
    return f"{glyph} {row.ca_charges.label}", formats.TONE_OF_CHARGES[row.ca_charges]


def _plan(row: ClientRow) -> Cell:
    return _text(row.plan)


def _payer(row: ClientRow) -> Cell:
    return _text(row.payer and row.payer.label)


def _last_export(row: ClientRow) -> Cell:
    return formats.period(row.last_export), "" if row.last_export else "muted"


def _yes_no(value: bool | None) -> Cell:  # noqa: FBT001 - the value is what is shown
    return formats.yes_no(value), "" if value else "muted"


def _text(value: str | None) -> Cell:
    return (value, "") if value else (formats.NOTHING, "muted")
