"""``cliente``: all that is kept about one client, and the erasure of how to reach it (LGPD)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caz_tui import formats
from caz_tui.console import places
from caz_tui.console.output import say, show, show_json, table
from caz_tui.console.people import confirm
from caz_tui.data.address import identity
from caz_tui.data.choices import FIELD_OF_ATTRIBUTE, Field
from caz_tui.data.clock import SAO_PAULO
from caz_tui.data.documents import bare, mask
from caz_tui.data.drafts import Drafts
from caz_tui.data.erasing import personal_fields
from caz_tui.data.errors import NotFound
from caz_tui.data.portable import dossier_json
from caz_tui.data.query import NO, YES, Choice, ClientQuery, ClientView, Criterion, TextMatch

if TYPE_CHECKING:
    from argparse import Namespace

    from caz_tui.data.readings import ClientRow
    from caz_tui.data.schemas import Dossier
    from caz_tui.data.service import PortfolioService


async def run(service: PortfolioService, asked: Namespace) -> int:
    """Export or erase what is kept about a client."""
    if asked.task == "exportar":
        return await export(service, asked)
    return await erase(service, asked, Drafts(places.drafts_path(), service.user, identity(service.path)))


async def export(service: PortfolioService, asked: Namespace) -> int:
    """Write everything kept about a client to standard output."""
    found = await service.dossier((await _client(service, asked.document)).id)
    if asked.format == "json":
        show_json(dossier_json(found))
    else:
        _show(found)
    return 0


async def erase(service: PortfolioService, asked: Namespace, drafts: Drafts) -> int:
    """Erase a client's personal data, after a question."""
    client = await service.client((await _client(service, asked.document)).id)
    fields = ", ".join(FIELD_OF_ATTRIBUTE[name].label for name in personal_fields(client))
    status = confirm(
        f"Apagar de vez {fields} de {client.name} ({mask(client.document)})? Nome, documento, plano e a trilha ficam.",
        asked=asked.sem_confirmar,
    )
    if status:
        return status
    out_of_reach = await service.erase_personal_data(client.id, client.version)
    forgotten = drafts.forget_about(client.document)
    say(f"Os dados pessoais de {client.name} foram apagados, também da trilha e das cópias ao lado do banco.")
    if forgotten:
        say(f"Também: {formats.count(forgotten, 'rascunho')} desse cliente.")
    for copy in out_of_reach:
        say(f"A cópia {copy} não pôde ser aberta e ainda tem os dados; apague-a.")
    say("Cópias guardadas em outro lugar ainda têm os dados.")
    return 0


async def _client(service: PortfolioService, document: str) -> ClientRow:
    wanted = Criterion(Field.DOCUMENT, (TextMatch(bare(document)),))
    anywhere = Criterion(Field.ARCHIVED, (Choice(YES), Choice(NO)))
    rows = (await service.page(ClientView(query=ClientQuery((wanted, anywhere))), 0, 1)).rows
    if not rows:
        raise NotFound(f"Não há cliente com o documento {document}.")
    return rows[0]


def _show(dossier: Dossier) -> None:
    found = dossier_json(dossier)
    rows: list[tuple[str, str]] = []
    for name, value in found["cliente"].items():
        text = ", ".join(value) if isinstance(value, list) else formats.NOTHING if value is None else str(value)
        if isinstance(value, bool):
            text = formats.yes_no(value)
        elif isinstance(value, dict):
            text = f"{value['inicio']} a {value['fim']}"
        rows.append((name, text))
    for line in table(("Campo", "Valor"), rows):
        show(line)
    show("")
    steps = [
        (formats.moment(event.at, SAO_PAULO), event.by, event.what, event.plan or formats.NOTHING)
        for event in dossier.timeline
    ]
    for line in table(("Licença", "Quem", "O quê", "Plano"), steps):
        show(line)
    show("")
    bought = [
        (one.number, formats.day(one.bought_on), one.description, formats.money(one.total_cents))
        for one in dossier.purchases
    ]
    for line in table(("Compra", "Data", "Descrição", "Valor"), bought, frozenset({3})):
        show(line)
    show("")
    entries = [
        (
            formats.moment(entry.at, SAO_PAULO),
            entry.by,
            entry.action,
            "; ".join(f"{change.field.label}: {change.before} → {change.after}" for change in entry.changes),
        )
        for entry in dossier.history
    ]
    for line in table(("Histórico", "Quem", "O quê", "Mudanças"), entries):
        show(line)
