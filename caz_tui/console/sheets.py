"""``importar`` and ``exportar``: spreadsheets in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caz_tui import formats
from caz_tui.console.listing import view_of
from caz_tui.console.output import Progress, say, show, show_json
from caz_tui.data.imports import ImportOptions

if TYPE_CHECKING:
    from argparse import Namespace

    from caz_tui.data.imports import ImportReport
    from caz_tui.data.service import PortfolioService

MOST_LISTED = 50
REFUSED_STATUS = 1


async def import_file(service: PortfolioService, asked: Namespace) -> int:
    """Import a spreadsheet, or say what would happen; return 1 when the file was refused."""
    options = ImportOptions(
        mapping=dict(asked.mapa),
        dry_run=asked.simular,
        skip_invalid=asked.pular_invalidas,
        pad_documents=asked.completar_zeros,
    )
    progress = Progress("Importando")
    try:
        report = await service.import_sheet(asked.file, options, progress)
    finally:
        progress.done()
    refused = bool(report.rejections) and not asked.pular_invalidas
    _say_problems(report)
    if asked.format == "json":
        show_json(
            {
                "lidas": report.read,
                "inseridas": report.inserted,
                "atualizadas": report.updated,
                "repetidas": report.repeated,
                "rejeitadas": report.rejected,
                "arquivo_rejeitadas": str(report.rejects_path) if report.rejects_path else None,
            }
        )
    else:
        show(
            f"{formats.count(report.read, 'linha lida', 'linhas lidas')}: "
            f"{formats.count(report.inserted, 'inserida')}, {formats.count(report.updated, 'atualizada')}, "
            f"{formats.count(report.repeated, 'repetida')}, {formats.count(report.rejected, 'rejeitada')}."
        )
    if refused:
        say("O arquivo foi recusado e nada foi gravado; corrija as linhas ou use --pular-invalidas.")
    elif asked.simular:
        say("Foi só uma simulação; nada foi gravado.")
    return REFUSED_STATUS if refused else 0


def _say_problems(report: ImportReport) -> None:
    for rejection in report.rejections[:MOST_LISTED]:
        value = f"“{rejection.value}”" if rejection.value else ""
        what = " ".join(filter(None, (rejection.field, value)))
        say(
            f"linha {rejection.line}: {what}: {rejection.reason}"
            if what
            else f"linha {rejection.line}: {rejection.reason}"
        )
    hidden = len(report.rejections) - MOST_LISTED
    if hidden > 0:
        say(f"… e mais {formats.count(hidden, 'problema')}.")
    for warning in report.warnings[:MOST_LISTED]:
        say(f"Atenção: {warning}")
    if report.rejects_path:
        say(f"As linhas rejeitadas estão em {report.rejects_path}.")


async def export_file(service: PortfolioService, asked: Namespace) -> int:
    """Export clients, purchases or benefits to a file."""
    if asked.compras:
        count, noun = await service.export_purchases(asked.file), "compra"
    elif asked.beneficios:
        count, noun = await service.export_benefits(asked.file), "benefício"
    else:
        progress = Progress("Exportando")
        try:
            count, noun = await service.export_sheet(asked.file, view_of(asked), progress), "cliente"
        finally:
            progress.done()
    say(f"{formats.count(count, noun)} em {asked.file}.")
    return 0
