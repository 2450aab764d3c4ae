"""The portfolio into files, read in one look at the data and written in a thread."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from caz_tui.data.sheets.writing import clients_file, suffix_of, write_benefits, write_dossier, write_purchases
from caz_tui.data.windows import Walk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from contextlib import AbstractContextManager
    from datetime import date
    from pathlib import Path

    from caz_tui.data.dialects.base import Search
    from caz_tui.data.gate import Gate
    from caz_tui.data.query import ClientView
    from caz_tui.data.readings import Purchase
    from caz_tui.data.schemas import Benefit, Dossier

ExportProgress = Callable[[int, float], None]
"""Told how many clients have been written and the fraction of the work done, 0 to 1; on the event loop."""

BATCH_ROWS = 1_000


async def run(
    gate: Gate,
    path: Path,
    view: ClientView,
    today: date,
    progress: ExportProgress | None = None,
    *,
    search: Search | None,
) -> int:
    """Write a view to a CSV, XLSX or JSON file, by its suffix, and return how many clients it holds.

    Raises:
        SheetError: the format is unknown or the file cannot be written; a file that was there is as it was.
    """
    suffix_of(path)
    written = 0
    async with gate.read() as (connection, _, _, scope), _apart(clients_file(path)) as file:
        walk = Walk(view, today, search=search, scope=scope)
        total = await walk.count(connection)
        while written < total:
            batch = await walk.clients(connection, written, BATCH_ROWS)
            written += await asyncio.to_thread(file.write, batch)
            if progress is not None:
                progress(written, written / total)
    return written


async def run_purchases(path: Path, purchases: Sequence[Purchase]) -> int:
    """Write purchases to a file and return how many; raises ``SheetError``."""
    return await asyncio.to_thread(write_purchases, path, purchases)


async def run_benefits(path: Path, benefits: Sequence[Benefit]) -> int:
    """Write benefits to a file and return how many; raises ``SheetError``."""
    return await asyncio.to_thread(write_benefits, path, benefits)


async def run_dossier(path: Path, dossier: Dossier) -> None:
    """Write everything kept about a client to a JSON file; raises ``SheetError``."""
    await asyncio.to_thread(write_dossier, path, dossier)


@asynccontextmanager
async def _apart(manager: AbstractContextManager[Any]) -> AsyncIterator[Any]:
    """Enter and leave a context manager in a thread, since both wait for the disk."""
    value = await asyncio.to_thread(manager.__enter__)
    try:
        yield value
    except BaseException:
        if not await asyncio.to_thread(manager.__exit__, *sys.exc_info()):
            raise
    else:
        await asyncio.to_thread(manager.__exit__, None, None, None)
