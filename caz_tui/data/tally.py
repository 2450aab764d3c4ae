"""What the figures of Início are made of, and the licences, bought and in use: from what was counted and read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caz_tui.data import figures
from caz_tui.data.choices import Attention, Payer, PurchaseStatus, Situation
from caz_tui.data.query import ClientQuery
from caz_tui.data.readings import Licences, PortfolioSummary, Purchase, PurchaseItem
from caz_tui.data.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

_PAYERS = (*Payer, None)


def summary_queries(today: date) -> list[ClientQuery]:
    """Return the queries whose counts ``summary_of`` takes, in its order."""
    return [
        ClientQuery(),
        *(figures.by_payer(payer) for payer in _PAYERS),
        *(figures.by_situation(situation) for situation in Situation),
        *(figures.attention(what) for what in Attention),
        *(figures.expiring_in_week(week, today) for week in range(figures.WEEKS_AHEAD)),
    ]


def summary_of(counted: Iterable[int], clients_by_plan: dict[str, int], licences: Licences) -> PortfolioSummary:
    """Return the figures of Minha carteira.

    Args:
        counted: how many clients each of ``summary_queries`` holds.
        clients_by_plan: how many clients each plan has.
        licences: those of the Plano Exclusivo.
    """
    counts = iter(counted)
    total = next(counts)
    payers = {payer: next(counts) for payer in _PAYERS}
    situations = {situation: next(counts) for situation in Situation}
    return PortfolioSummary(
        total=total,
        active=situations[Situation.ACTIVE],
        by_payer=payers,
        by_situation=situations,
        by_plan=clients_by_plan,
        attention={what: next(counts) for what in Attention},
        expiring_by_week=tuple(counts),
        licences=licences,
    )


def purchases_of(
    stored: Iterable[Mapping[str, Any]], items: Iterable[Mapping[str, Any]], today: date
) -> tuple[Purchase, ...]:
    """Return purchases from their columns and those of their items: the Plano Exclusivo in force first."""
    items_of: dict[int, list[PurchaseItem]] = {}
    for item in items:
        line = PurchaseItem(
            product=item["product"], quantity=item["quantity"], unit_price_cents=item["unit_price_cents"]
        )
        items_of.setdefault(item["purchase_id"], []).append(line)
    found = (_purchase(columns, tuple(items_of.get(columns["id"], ())), today) for columns in stored)
    return tuple(sorted(found, key=lambda purchase: purchase.active_licences == 0))


def _purchase(stored: Mapping[str, Any], items: tuple[PurchaseItem, ...], today: date) -> Purchase:
    texts = [fold(text) for text in (stored["description"], *(item.product for item in items))]
    status, renews_on = PurchaseStatus(stored["status"]), stored["renews_on"]
    return Purchase(
        number=stored["number"],
        bought_on=stored["bought_on"],
        description=stored["description"],
        payment_method=stored["payment_method"],
        status=status,
        renews_on=renews_on,
        items=items,
        in_force=status in (PurchaseStatus.PAID, PurchaseStatus.OPEN) and (renews_on is None or renews_on >= today),
        is_licence_batch=any(fold(figures.EXCLUSIVE_PLAN) in text or text.startswith("licenca") for text in texts),
    )


def licences_of(purchases: Iterable[Purchase], in_use: int) -> Licences:
    """Return the licences of the Plano Exclusivo in force, those in use, and when the first batch renews."""
    batches = [purchase for purchase in purchases if purchase.active_licences]
    return Licences(
        bought=sum(batch.active_licences for batch in batches),
        in_use=in_use,
        renews_on=min((batch.renews_on for batch in batches if batch.renews_on), default=None),
    )
