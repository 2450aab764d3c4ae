"""``clientes``, ``carteira`` and ``pagamentos``: questions answered on standard output."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from caz_tui import formats
from caz_tui.console.output import JsonRows, aligned, is_terminal, show, show_csv, show_json, table
from caz_tui.data.choices import Tab
from caz_tui.data.portable import client_json, purchase_json
from caz_tui.data.query import ClientQuery, ClientView
from caz_tui.data.sheets.writing import clients_csv, purchases_csv

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

    from caz_tui.data.readings import ClientRow, Purchase
    from caz_tui.data.service import PortfolioService

RowT = TypeVar("RowT")

PAGE_ROWS = 1_000
_WIDTHS = (44, 18, 19, 20, 10, 10, 6)
_HEADERS = ("Cliente", "CNPJ/CPF", "Situação", "Plano", "Pago por", "Vencimento", "Renova")


def view_of(asked: Namespace) -> ClientView:
    """Return the view that ``--aba``, the query and ``--ordenar`` ask for.

    Raises:
        QueryError: the query names something unknown.
    """
    return ClientView(Tab(asked.aba), ClientQuery.parse(asked.query), asked.order)


async def list_clients(service: PortfolioService, asked: Namespace) -> int:
    """Write the clients of a view, and into the audit trail that they were read."""
    view = view_of(asked)
    total = await service.count(view)
    read = total if asked.limite is None else min(total, asked.limite)
    await service.note("Listou clientes", f"{formats.count(read, 'cliente')} ({view.title})")
    if asked.format == "csv":
        show_csv("".join(clients_csv([], byte_order_mark=not is_terminal(sys.stdout))))
        async for whole in _batches(partial(service.whole_clients, view), asked.limite):
            _, lines = clients_csv([whole])
            show_csv(lines)
        return 0
    pages = _batches(partial(_rows, service, view), asked.limite)
    if asked.format == "json":
        rows = JsonRows()
        async for page in pages:
            rows.add(client_json(row) for row in page)
        rows.end()
    else:
        show(aligned(_HEADERS, _WIDTHS))
        async for page in pages:
            for row in page:
                show(aligned(_cells(row), _WIDTHS))
    return 0


async def _rows(service: PortfolioService, view: ClientView, offset: int, limit: int) -> tuple[ClientRow, ...]:
    return (await service.page(view, offset, limit)).rows


async def _batches(
    read: Callable[[int, int], Awaitable[tuple[RowT, ...]]], limit: int | None
) -> AsyncIterator[tuple[RowT, ...]]:
    offset = 0
    while limit is None or offset < limit:
        wanted = PAGE_ROWS if limit is None else min(PAGE_ROWS, limit - offset)
        rows = await read(offset, wanted)
        if rows:
            yield rows
        offset += len(rows)
        if len(rows) < wanted:
            return


def _cells(row: ClientRow) -> tuple[str, ...]:
    return (
        row.name,
        formats.document(row.document),
        formats.situation(row.situation),
        row.plan or formats.NOTHING,
        row.payer.label if row.payer else formats.NOTHING,
        formats.day(row.expires_on),
        formats.yes_no(row.auto_renews),
    )


async def show_summary(service: PortfolioService, asked: Namespace) -> int:
    """Write the figures of Minha carteira."""
    summary = await service.summary()
    by_payer = {payer.value if payer else "sem_plano": count for payer, count in summary.by_payer.items()}
    licences = {
        "compradas": summary.licences.bought,
        "em_uso": summary.licences.in_use,
        "livres": summary.licences.free,
    }
    if asked.format == "json":
        show_json(
            {
                "total": summary.total,
                "ativos": summary.active,
                "por_pagador": by_payer,
                "por_situacao": {situation.value: count for situation, count in summary.by_situation.items()},
                "por_plano": summary.by_plan,
                "licencas": licences,
            }
        )
        return 0
    rows = [
        ("Clientes", summary.total),
        ("Ativos", summary.active),
        *((f"Pago: {payer.label if payer else 'sem plano'}", count) for payer, count in summary.by_payer.items()),
        *((formats.situation(situation), count) for situation, count in summary.by_situation.items()),
        *((f"Plano: {plan}", count) for plan, count in summary.by_plan.items()),
        *((f"Licenças do Plano Exclusivo: {name.replace('_', ' ')}", count) for name, count in licences.items()),
    ]
    for line in table(
        ("Minha carteira", ""), ((label, formats.integer(count)) for label, count in rows), frozenset({1})
    ):
        show(line)
    return 0


async def show_payments(service: PortfolioService, asked: Namespace) -> int:
    """Write the purchases, or one with its items and licences."""
    if asked.number is None:
        purchases = await service.purchases()
        if asked.format == "json":
            show_json([purchase_json(purchase) for purchase in purchases])
        elif asked.format == "csv":
            _show_purchases_csv(purchases)
        else:
            _show_purchases(purchases)
        return 0
    details = await service.purchase(asked.number)
    if asked.format == "json":
        show_json(
            {
                **purchase_json(details.purchase),
                "licencas_ativas": details.purchase.active_licences,
                "em_uso": details.licences.in_use,
                "livres": details.licences.free,
            }
        )
    elif asked.format == "csv":
        _show_purchases_csv([details.purchase])
    else:
        _show_purchases([details.purchase])
        show("")
        rows = [
            (
                item.product,
                formats.integer(item.quantity),
                formats.money(item.unit_price_cents),
                formats.money(item.total_cents),
            )
            for item in details.purchase.items
        ]
        rows.append(
            ("Total", formats.integer(details.purchase.quantity), "", formats.money(details.purchase.total_cents))
        )
        for line in table(("Produto", "Quantidade", "Valor unitário", "Total"), rows, frozenset({1, 2, 3})):
            show(line)
        show("")
        licences = details.licences
        show(
            f"Licenças ativas: {formats.integer(details.purchase.active_licences)} · "
            f"em uso: {formats.integer(licences.in_use)} · livres: {formats.integer(licences.free)}"
        )
    return 0


def _show_purchases_csv(purchases: Iterable[Purchase]) -> None:
    show_csv(purchases_csv(purchases, byte_order_mark=not is_terminal(sys.stdout)))


def _show_purchases(purchases: Iterable[Purchase]) -> None:
    rows = [
        (
            formats.day(purchase.bought_on),
            purchase.number,
            purchase.description,
            purchase.payment_method,
            purchase.status.label,
            formats.money(purchase.total_cents),
        )
        for purchase in purchases
    ]
    headers = ("Data", "Compra", "Descrição", "Forma de pagamento", "Situação", "Valor")
    for line in table(headers, rows, frozenset({5})):
        show(line)
