"""The doors of Início: each figure is the count of a query, and the same query is the list behind it."""

from __future__ import annotations

from datetime import date, timedelta

from caz_tui.data.choices import Attention, Charges, Field, Payer, Situation
from caz_tui.data.query import NO, WITHOUT_PAYER, Choice, ClientQuery, Criterion, Span, TextMatch
from caz_tui.data.text import fold

EXPIRING_DAYS = 30
STALE_EXPORT_DAYS = 35
WEEKS_AHEAD = 12
EXCLUSIVE_PLAN = "Plano Exclusivo"


def uses_licence(plan: str | None, payer: Payer | None, *, archived: bool) -> bool:
    """Tell whether a client with this plan and payer uses a licence of the Plano Exclusivo."""
    return plan is not None and payer is Payer.OFFICE and not archived and fold(plan) == fold(EXCLUSIVE_PLAN)


def _asking(*criteria: Criterion) -> ClientQuery:
    return ClientQuery(criteria)


def attention(what: Attention) -> ClientQuery:
    """Return the clients that a line of "Precisa de atenção" counts."""
    match what:
        case Attention.EXPIRING:
            return _asking(
                Criterion(Field.EXPIRES_ON, (Span(0, EXPIRING_DAYS),)), Criterion(Field.AUTO_RENEWS, (Choice(NO),))
            )
        case Attention.CHARGES_OVERDUE:
            return _asking(Criterion(Field.CHARGES, (Choice(Charges.OVERDUE.value),)))
        case Attention.NOT_CONNECTED:
            return by_situation(Situation.NOT_CONNECTED)
        case Attention.NOT_EXPORTED:
            recently = Criterion(Field.LAST_EXPORT, (Span(-STALE_EXPORT_DAYS, None),), negated=True)
            return by_situation(Situation.ACTIVE) & _asking(recently)
        case Attention.RECOMMENDED:
            return by_situation(Situation.HIGHLY_RECOMMENDED)


def by_situation(situation: Situation) -> ClientQuery:
    """Return the clients in a situation."""
    return _asking(Criterion(Field.SITUATION, (Choice(situation.value),)))


def by_payer(payer: Payer | None) -> ClientQuery:
    """Return the clients whose plan someone pays, or that have nobody who does."""
    return _asking(Criterion(Field.PAYER, (Choice(payer.value if payer else WITHOUT_PAYER),)))


def by_plan(plan: str) -> ClientQuery:
    """Return the clients on a plan."""
    return _asking(Criterion(Field.PLAN, (TextMatch(plan),)))


def licence_users() -> ClientQuery:
    """Return the clients that use a licence of the Plano Exclusivo."""
    return by_plan(EXCLUSIVE_PLAN) & by_payer(Payer.OFFICE)


def expiring_in_week(week: int, today: date) -> ClientQuery:
    """Return the clients whose plan expires in a week, 0 being the seven days from today."""
    first = today + timedelta(weeks=week)
    return _asking(Criterion(Field.EXPIRES_ON, (Span(first, first + timedelta(days=6)),)))
