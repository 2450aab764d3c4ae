"""The demonstration's purchases and benefits, dated from today."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from caz_tui.data.choices import PurchaseStatus
from caz_tui.data.clock import add_months

if TYPE_CHECKING:
    from datetime import date

LICENCE_PRICE_CENTS = 118_800


class DemoPurchase(NamedTuple):
    """A purchase's columns and those of its items."""

    columns: dict[str, Any]
    items: tuple[dict[str, Any], ...]


def batch_bought_on(today: date) -> date:
    """Return when the Plano Exclusivo in force was bought: nine months ago, so that it renews in three."""
    return add_months(today, -9) + timedelta(days=4)


def batch_renews_on(today: date) -> date:
    """Return when the Plano Exclusivo in force renews."""
    return add_months(batch_bought_on(today), 12)


def licences_bought(users: int) -> int:
    """Return a round number of licences, some more than there are users."""
    return -(-(users + max(4, users // 20)) // 10) * 10


def purchases(today: date, licence_users: int) -> list[DemoPurchase]:
    """Return the office's purchases over three years."""
    bought = batch_bought_on(today)
    licences = licences_bought(licence_users)
    a_year_before, two_years_before = add_months(bought, -12), add_months(bought, -24)
    cancelled_on = add_months(today, -6)
    paid, overdue = PurchaseStatus.PAID, PurchaseStatus.OVERDUE
    return [
        _batch(bought, licences, LICENCE_PRICE_CENTS, paid),
        _batch(a_year_before, max(10, licences * 4 // 5), 109_900, paid),
        _batch(two_years_before, max(10, licences // 2), 99_000, paid),
        _batch(cancelled_on, max(10, licences // 10), LICENCE_PRICE_CENTS, PurchaseStatus.CANCELLED),
        _single(today - timedelta(days=8), "Treinamento Conta Azul Mais", "Boleto", PurchaseStatus.OPEN, 4, 39_000),
        _single(today - timedelta(days=47), "Consultoria de implantação", "Boleto", overdue, 1, 185_000),
        _single(add_months(today, -4), "Certificação da equipe", "Cartão de crédito", paid, 6, 24_990),
        _single(add_months(today, -15), "Ingressos do encontro de parceiros", "Pix", paid, 3, 45_000),
    ]


def _batch(bought_on: date, licences: int, price_cents: int, status: PurchaseStatus) -> DemoPurchase:
    extra = max(2, licences // 20)
    return DemoPurchase(
        _columns(bought_on, "Plano Exclusivo", "Boleto", status, renews_on=add_months(bought_on, 12)),
        (
            _item("Licença Plano Exclusivo – anual", licences - extra, price_cents),
            _item("Licença adicional", extra, price_cents),
        ),
    )


def _single(
    bought_on: date, what: str, method: str, status: PurchaseStatus, quantity: int, price_cents: int
) -> DemoPurchase:
    return DemoPurchase(
        _columns(bought_on, what, method, status, renews_on=None), (_item(what, quantity, price_cents),)
    )


def _columns(
    bought_on: date, description: str, method: str, status: PurchaseStatus, *, renews_on: date | None
) -> dict[str, Any]:
    return {
        "number": f"{bought_on:%Y-%m%d}",
        "bought_on": bought_on,
        "description": description,
        "payment_method": method,
        "status": status.value,
        "renews_on": renews_on,
    }


def _item(product: str, quantity: int, unit_price_cents: int) -> dict[str, Any]:
    return {"product": product, "quantity": quantity, "unit_price_cents": unit_price_cents}


def benefits(today: date) -> list[dict[str, Any]]:
    """Return what the partner programme credited in the last year and a half."""
    return [
        {"credited_on": add_months(today, -months), "description": description, "amount_cents": amount_cents}
        for months, description, amount_cents in (
            (1, "Comissão por indicação de clientes", 64_350),
            (2, "Desconto por volume de licenças", 237_600),
            (4, "Comissão por indicação de clientes", 41_580),
            (6, "Bônus de meta do trimestre", 150_000),
            (8, "Cashback da renovação", 118_800),
            (9, "Desconto por volume de licenças", 219_800),
            (12, "Bônus de certificação da equipe", 90_000),
            (17, "Comissão por indicação de clientes", 29_700),
        )
    ]
