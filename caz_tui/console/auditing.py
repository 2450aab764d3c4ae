"""``auditoria``: the trail listed, proved whole, and anchored outside the database."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from caz_tui import formats
from caz_tui.console.arguments import FAILED_STATUS
from caz_tui.console.output import say, show, show_json, table
from caz_tui.data.clock import SAO_PAULO
from caz_tui.data.documents import mask
from caz_tui.data.errors import NotFound, PortfolioError
from caz_tui.data.schemas import TrailQuery
from caz_tui.data.trail import Anchor

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable
    from pathlib import Path

    from caz_tui.data.schemas import FieldChange, TrailEntry
    from caz_tui.data.service import PortfolioService

_HEADERS = ("Nº", "Quando", "Quem", "O quê", "Sobre", "Mudanças")


async def audit(service: PortfolioService, asked: Namespace) -> int:
    """List the trail, or prove it; the exit status is 1 when it is broken."""
    if asked.verify:
        return await _verify(service)
    if asked.anchor is not None:
        return await _anchor(service, asked.anchor)
    if asked.compare is not None:
        return await _compare(service, asked.compare)
    wanted = TrailQuery(who=asked.who, client=asked.client, action=asked.action, since=asked.since, until=asked.until)
    entries = await service.trail(wanted, asked.last)
    if not entries and asked.client is not None and not await service.trail(TrailQuery(client=asked.client), 1):
        raise NotFound(f"A trilha não fala de nenhum cliente com o documento ou id {_said(asked.client)}.")
    if asked.format == "json":
        show_json([_json(entry) for entry in entries])
        return 0
    for line in table(_HEADERS, map(_cells, entries), frozenset({0})):
        show(line)
    return 0


async def _verify(service: PortfolioService) -> int:
    broken = await service.trail_broken_at()
    if broken is not None:
        say(f"A trilha de auditoria foi rompida no registro {formats.integer(broken)}: mudado ou retirado por fora.")
        return FAILED_STATUS
    newest = await service.trail_anchor()
    show(f"Trilha íntegra: {formats.count(newest.number, 'registro')}.")
    return 0


async def _anchor(service: PortfolioService, path: Path) -> int:
    newest = await service.trail_anchor()
    try:
        await asyncio.to_thread(_append, path, f"{newest.number} {newest.seal}\n")
    except OSError as error:
        raise PortfolioError(f"A âncora não pôde ser gravada em {path}.") from error
    show(f"Âncora gravada em {path}: registro {formats.integer(newest.number)}.")
    return 0


async def _compare(service: PortfolioService, path: Path) -> int:
    anchors = await asyncio.to_thread(_read, path)
    for anchor in anchors:
        if anchor.number and not await service.trail_holds(anchor):
            say(f"O registro {formats.integer(anchor.number)}, ancorado em {path}, foi mudado ou cortado da trilha.")
            return FAILED_STATUS
    status = await _verify(service)
    if status == 0:
        show(f"Confere com {formats.count(len(anchors), 'âncora')} de {path}.")
    return status


def _said(client: str | int) -> str:
    return mask(client) if isinstance(client, str) else str(client)


def _append(path: Path, line: str) -> None:
    with path.open("a", encoding="ascii") as file:
        file.write(line)


def _read(path: Path) -> list[Anchor]:
    try:
        words = [line.split() for line in path.read_text(encoding="ascii").splitlines() if line.strip()]
        return [Anchor(int(number), seal) for number, seal in words]
    except OSError as error:
        raise PortfolioError(f"A âncora {path} não pôde ser lida.") from error
    except ValueError as error:
        raise PortfolioError(f"O arquivo {path} não é uma âncora do caz-tui.") from error


def _json(entry: TrailEntry) -> dict[str, object]:
    return {
        "numero": entry.number,
        "quando": entry.at.astimezone(SAO_PAULO).isoformat(timespec="seconds"),
        "quem": entry.by,
        "acao": entry.action,
        "sobre": entry.subject,
        "mudancas": {change.field.value: [change.before, change.after] for change in entry.changes},
    }


def _cells(entry: TrailEntry) -> tuple[str, ...]:
    when = entry.at.astimezone(SAO_PAULO)
    return (
        formats.integer(entry.number),
        f"{when:%d/%m/%Y %H:%M:%S}",
        entry.by,
        entry.action,
        entry.subject,
        "; ".join(_words(entry.changes)),
    )


def _words(changes: Iterable[FieldChange]) -> Iterable[str]:
    for change in changes:
        yield f"{change.field.label}: {change.before} → {change.after}"
