"""The JSON of clients and purchases: what the command line prints is what a file holds, key by key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caz_tui.data.clock import SAO_PAULO

if TYPE_CHECKING:
    from datetime import datetime

    from caz_tui.data.readings import ClientRow, Purchase
    from caz_tui.data.schemas import Benefit, Dossier


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


def dossier_json(dossier: Dossier) -> dict[str, Any]:
    """Return everything kept about a client as JSON has it."""
    client = dossier.client
    return {
        "cliente": {
            **client_json(client),
            "observacoes": client.notes,
            "suporte": client.support_id,
            "arquivado": client.archived,
            "carteira": client.carteira,
            "cadastrado_em": _moment(client.created_at),
            "cadastrado_por": client.created_by,
            "alterado_em": _moment(client.updated_at),
        },
        "licencas": [
            {
                "quando": _moment(event.at),
                "quem": event.by,
                "o_que": event.what,
                "plano": event.plan,
                "plano_anterior": event.previous_plan,
                "pago_por": event.payer.value if event.payer else None,
                "prazo": event.term.value if event.term else None,
                "vencimento": event.expires_on.isoformat() if event.expires_on else None,
                "renovacao": event.auto_renews,
            }
            for event in dossier.timeline
        ],
        "compras": [purchase_json(purchase) for purchase in dossier.purchases],
        "historico": [
            {
                "quando": _moment(entry.at),
                "quem": entry.by,
                "acao": entry.action,
                "mudancas": {change.field.value: [change.before, change.after] for change in entry.changes},
            }
            for entry in dossier.history
        ],
    }


def _moment(at: datetime) -> str:
    return at.astimezone(SAO_PAULO).isoformat(timespec="seconds")


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
