"""How values are written for people in Brazil: dates, money, counts, documents, and the glyph beside each meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caz_tui.data.choices import Charges, PurchaseStatus, Situation
from caz_tui.data.documents import mask

if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from caz_tui.data.readings import ExportPeriod
    from caz_tui.data.schemas import Assigned

NOTHING = "–"

document = mask

GLYPH_OF_SITUATION = {
    Situation.ACTIVE: "●",
    Situation.TRIAL: "◐",
    Situation.OVERDUE: "▲",
    Situation.BLOCKED: "■",
    Situation.CANCELLED: "✕",
    Situation.NOT_CONNECTED: "○",
    Situation.HIGHLY_RECOMMENDED: "★",
}
TONE_OF_SITUATION = {
    Situation.ACTIVE: "ok",
    Situation.TRIAL: "accent",
    Situation.OVERDUE: "problem",
    Situation.BLOCKED: "problem",
    Situation.CANCELLED: "muted",
    Situation.NOT_CONNECTED: "muted",
    Situation.HIGHLY_RECOMMENDED: "attention",
}
GLYPH_OF_CHARGES = {Charges.NONE: " ", Charges.UP_TO_DATE: "●", Charges.OPEN: "◷", Charges.OVERDUE: "▲"}
TONE_OF_CHARGES = {Charges.NONE: "muted", Charges.UP_TO_DATE: "", Charges.OPEN: "attention", Charges.OVERDUE: "problem"}
GLYPH_OF_STATUS = {
    PurchaseStatus.PAID: "●",
    PurchaseStatus.OPEN: "◷",
    PurchaseStatus.OVERDUE: "▲",
    PurchaseStatus.CANCELLED: "✕",
}
TONE_OF_STATUS = {
    PurchaseStatus.PAID: "ok",
    PurchaseStatus.OPEN: "attention",
    PurchaseStatus.OVERDUE: "problem",
    PurchaseStatus.CANCELLED: "muted",
}


def situation(value: Situation) -> str:
    """Return a situation with its glyph: ``● Ativo``."""
    return f"{GLYPH_OF_SITUATION[value]} {value.label}"


def purchase_status(value: PurchaseStatus) -> str:
    """Return how a purchase stands with its glyph: ``● Paga``."""
    return f"{GLYPH_OF_STATUS[value]} {value.label}"


def integer(value: int) -> str:
    """Return a whole number with points between thousands: ``1.284``."""
    return f"{value:,}".replace(",", ".")


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun in agreement: ``1 cliente``, ``1.284 clientes``."""
    return f"{integer(number)} {noun if number == 1 else plural or noun + 's'}"


def money(cents: int) -> str:
    """Return integer cents as ``R$ 1.234.567,89``."""
    sign = "-" if cents < 0 else ""
    reais, rest = divmod(abs(cents), 100)
    return f"{sign}R$ {integer(reais)},{rest:02d}"


def day(value: date | None) -> str:
    """Return a date as ``dd/mm/aaaa``, or a dash."""
    return f"{value.day:02}/{value.month:02}/{value.year:04}" if value else NOTHING


def short_day(value: date | None) -> str:
    """Return a date as ``dd/mm/aa``, or a dash."""
    return f"{value.day:02}/{value.month:02}/{value.year % 100:02}" if value else NOTHING


def moment(value: datetime, zone: ZoneInfo) -> str:
    """Return a moment as ``dd/mm/aaaa hh:mm`` in a time zone."""
    return f"{value.astimezone(zone):%d/%m/%Y %H:%M}"


def distance(value: date, today: date) -> str:
    """Return how far a date is: ``hoje``, ``em 12 d``, ``há 3 d``."""
    days = (value - today).days
    if days == 0:
        return "hoje"
    return f"em {integer(days)} d" if days > 0 else f"há {integer(-days)} d"


def period(value: ExportPeriod | None) -> str:
    """Return an exported period, one day standing for itself, or ``nunca``."""
    if value is None:
        return "nunca"
    if value.start == value.end:
        return day(value.end)
    return f"{day(value.start)} a {day(value.end)}"


def yes_no(value: bool | None) -> str:  # noqa: FBT001 - the value is what is formatted
    """Return ``sim``, ``não`` or a dash."""
    return NOTHING if value is None else "sim" if value else "não"


def phone(value: str | None) -> str:
    """Return an E.164 number as people write it: ``(11) 98765-4321`` for Brazil, unchanged for the rest."""
    if value is None:
        return NOTHING
    if value.startswith("+55") and len(value) in {13, 14}:
        area, number = value[3:5], value[5:]
        return f"({area}) {number[:-4]}-{number[-4:]}"
    return value


def bar(part: int, whole: int, width: int) -> str:
    """Return a bar of ``width`` cells filled in proportion, with at least one cell for anything above zero."""
    filled = 0 if whole <= 0 else min(width, max(round(part * width / whole), 1 if part else 0))
    return "█" * filled + "░" * (width - filled)


def sparkline(values: tuple[int, ...]) -> str:
    """Return values as one row of blocks, the largest being the tallest."""
    tallest = max(values, default=0)
    levels = "▁▂▃▄▅▆▇█"
    return "".join(levels[round(value * (len(levels) - 1) / tallest)] if tallest else levels[0] for value in values)


def assigned(done: Assigned) -> str:
    """Return what became of clients that were put into a carteira, or taken out of theirs."""
    if done.carteira is None:
        return f"{count(done.moved, 'cliente')} fora de carteira."
    there = f"; {count(done.already, 'já estava nela', 'já estavam nela')}" if done.already else ""
    return f"{count(done.moved, 'cliente')} na carteira {done.carteira}{there}."
