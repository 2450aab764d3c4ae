"""What a process does that will be killed in the middle of it; each says what was confirmed as soon as it was."""

from __future__ import annotations

import asyncio
import contextlib
import io
import random
from pathlib import Path
from typing import TYPE_CHECKING

from caz_tui.cli import main
from caz_tui.data import import_clients, maintenance
from caz_tui.data.address import place_of
from caz_tui.data.engine import Database
from caz_tui.data.errors import Refused
from caz_tui.data.schemas import ClientChanges
from caz_tui.data.service import PortfolioService

# The child must not import anything when it is already being timed.
from caz_tui.data.dialects import postgres  # noqa: F401 # isort: skip
from caz_tui.data.migrations import upgrade  # noqa: F401 # isort: skip
from caz_tui.console import maintenance as console_maintenance, sheets  # noqa: F401 # isort: skip

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

FOUGHT_FOR = 5


def run(task: str, arguments: tuple[str, ...], tell: Connection) -> None:
    """Do a task, by name."""
    tasks: dict[str, Callable[..., None]] = {
        "edit": _edit, "import": _command, "load": _load, "restore": _command, "backup": _backup,
        "migrate": _open, "start": _open,
    }  # fmt: skip
    tell.send("go")
    tasks[task](tell, *arguments)


def _edit(tell: Connection, place: str, seed: str) -> None:
    """Edit clients and add new ones without a break; say each version that was confirmed."""

    async def edit() -> None:
        rng = random.Random(seed)
        service = await PortfolioService.open(place_of(place), user="vítima")
        number = 0
        while True:
            number += 1
            client = await service.client(rng.randint(1, FOUGHT_FOR))
            changes = ClientChanges(email=f"v{seed}-{number}@escritorio.example", tags=(f"t{number}",))
            with contextlib.suppress(Refused):
                written = await service.update(client.id, changes, client.version)
                tell.send((written.id, written.version, written.email))

    asyncio.run(edit())


def _load(tell: Connection, *words: str) -> None:
    """Run a command that takes every import for a large one."""
    import_clients.MANY_CLIENTS = 1  # type: ignore[misc]
    _command(tell, *words)


def _command(tell: Connection, *words: str) -> None:
    """Run a command of the program; say its exit status."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        status = main(words)
    tell.send(status)


def _backup(tell: Connection, path: str, copy: str) -> None:
    asyncio.run(maintenance.backup(Path(path), Path(copy)))
    tell.send(0)


def _open(tell: Connection, place: str) -> None:
    """Make a database, or bring it up to date."""

    async def open_once() -> None:
        await (await Database.open(place_of(place))).close()

    asyncio.run(open_once())
    tell.send(0)
