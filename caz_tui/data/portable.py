"""The JSON of clients and purchases: what the command line prints is what a file holds, key by key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from caz_tui.data.schemas import Benefit, ClientRow, Purchase


def client_json(row: ClientRow) -> dict[str, Any]:
    """Return a client as JSON has it: slugs, ISO dates, the bare document."""
    period = row.last_export
    return {
        "id": row.id,
        "nome": row.name,
        "fantasia": row.trade_name,
        "documento": row.document,
        "situacao": row.situation.value,
        "plano": row.plan,
        "pago_por": row.payer.value if row.payer else None,
        "vencimento": row.expires_on.isoformat() if row.expires_on else None,
        "renovacao": row.auto_renews,
        "historico": row.licence_history.value,
        "exportacao": {"inicio": period.start.isoformat(), "fim": period.end.isoformat()} if period else None,
        "cobrancas": row.ca_charges.value,
        "email": row.email,
        "telefone": row.phone,
        "cidade": row.city,
        "uf": row.state,
        "etiquetas": list(row.tags),
    }


def purchase_json(purchase: Purchase) -> dict[str, Any]:
    """Return a purchase with its items as JSON has it: money in integer cents."""
    return {
        "numero": purchase.number,
        "data": purchase.bought_on.isoformat(),
        "descricao": purchase.description,
        "forma_pagamento": purchase.payment_method,
        "situacao": purchase.status.value,
        "renovacao": purchase.renews_on.isoformat() if purchase.renews_on else None,
        "total_centavos": purchase.total_cents,
        "itens": [
            {
                "produto": item.product,
                "quantidade": item.quantity,
                "valor_unitario_centavos": item.unit_price_cents,
                "total_centavos": item.total_cents,
            }
            for item in purchase.items
        ],
    }


def benefit_json(benefit: Benefit) -> dict[str, Any]:
    """Return a benefit as JSON has it: money in integer cents."""
    return {
        "beneficio": benefit.description,
        "data": benefit.credited_on.isoformat(),
        "valor_centavos": benefit.amount_cents,
    }
