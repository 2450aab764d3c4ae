"""The front door: options in, exit status out; imports nothing heavy before it knows what is asked."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

from caz_tui import crashes
from caz_tui.bare_asyncio import asyncio
from caz_tui.console import arguments, places
from caz_tui.console.output import OutputLost, finish, has_terminal, say
from caz_tui.data.errors import PortfolioError
from caz_tui.terminal.environment import scrub

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence
    from typing import NoReturn

FAILED_STATUS = arguments.FAILED_STATUS
USAGE_STATUS = arguments.USAGE_STATUS
INTERRUPTED_STATUS = 130
SECONDS_A_MINUTE = 60


def run() -> NoReturn:
    """Run the program and leave with its exit status."""
    # The files hold clients' data: nobody but their owner reads them.
    os.umask(0o077)
    scrub(os.environ)
    sys.exit(main(sys.argv[1:]))


def main(words: Sequence[str]) -> int:
    """Do what a command line asks for and return the exit status: 0 done, 1 refused or failed, 2 wrong usage."""
    crashes.log_to(places.log_path())
    try:
        # A pipe may be read by anything; the terminal says itself what it can show.
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")
        asked = arguments.parse(words)
        if asked.restrito:
            asked = _restrict(asked)
        if sys.stdout is None:
            say("A saída padrão está fechada; não há onde mostrar o resultado.")
            return FAILED_STATUS
        status = _do(asked)
        finish()
    except PortfolioError as error:
        say(str(error))
        return FAILED_STATUS
    except KeyboardInterrupt:
        say("Interrompido; o que não foi confirmado não foi gravado.")
        return INTERRUPTED_STATUS
    except OutputLost as lost:
        # The interpreter must not try to flush what is left.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if lost.reason:
            say(f"O resultado não pôde ser escrito na saída padrão: {lost.reason}.")
        return FAILED_STATUS if lost.reason else 0
    except Exception as error:  # noqa: BLE001 - the last gate before the user
        crashes.keep(error)
        say(f"{crashes.UNEXPECTED} Detalhes em {places.log_path()}.")
        return FAILED_STATUS
    return status


def _restrict(asked: Namespace) -> Namespace:
    """Make the session a restricted one, and return what it is to do; what the environment says no longer counts."""
    from caz_tui.console import restricted  # noqa: PLC0415 - only sessions over SSH need it

    asked = restricted.enter(asked, os.environ)
    crashes.log_to(places.log_path())
    return asked


def _person(asked: Namespace) -> str:
    named: str | None = asked.usuario
    return named or places.account()


def _do(asked: Namespace) -> int:
    if asked.command == "desk":
        return _open_desk(asked)
    gc.enable()
    place = places.database_place(asked.banco, os.environ)
    if asked.command == "banco":
        from caz_tui.console import maintenance  # noqa: PLC0415

        return asyncio.run(maintenance.run(place, asked))
    return asyncio.run(_answer(asked))


def _open_desk(asked: Namespace) -> int:
    if not has_terminal():
        return USAGE_STATUS
    # Nothing that is imported or built for the first frame is garbage; the app lets the collector in afterwards.
    gc.disable()
    from caz_tui.terminal import spared  # noqa: PLC0415 - commands show no screen

    spared.spare()
    from caz_tui.console import desk  # noqa: PLC0415 - Textual is imported for the full screen alone
    from caz_tui.console.presence import Presence  # noqa: PLC0415
    from caz_tui.data.address import identity  # noqa: PLC0415
    from caz_tui.data.clock import SystemClock  # noqa: PLC0415
    from caz_tui.data.drafts import Drafts  # noqa: PLC0415
    from caz_tui.session import Session  # noqa: PLC0415

    place = None if asked.demo is not None else places.database_place(asked.banco, os.environ)
    person = _person(asked)
    if asked.maximo_sessoes is not None:
        from caz_tui.console import slots  # noqa: PLC0415 - where an administrator counts sessions

        # Held until the process ends.
        slots.claim(places.sessions_path(), person, asked.maximo_sessoes)
    came_at = SystemClock().now()
    session = Session(
        folder=asked.folder,
        idle_seconds=asked.bloqueio and asked.bloqueio * SECONDS_A_MINUTE,
        longest_seconds=asked.duracao_maxima and asked.duracao_maxima * SECONDS_A_MINUTE,
        drafts=Drafts(places.drafts_path(), person, identity(place)) if place else None,
    )
    return asyncio.run(
        desk.run(
            place,
            person,
            asked.demo,
            session,
            lambda: Presence(places.presence_path(), identity(place), person, came_at) if place else None,
        )
    )


async def _answer(asked: Namespace) -> int:
    from caz_tui.console import auditing, listing, one_client, people, sheets  # noqa: PLC0415
    from caz_tui.data.service import PortfolioService  # noqa: PLC0415

    command = {
        "clientes": listing.list_clients,
        "carteira": listing.show_summary,
        "pagamentos": listing.show_payments,
        "importar": sheets.import_file,
        "exportar": sheets.export_file,
        "auditoria": auditing.audit,
        "usuarios": people.manage_users,
        "carteiras": people.manage_carteiras,
        "cliente": one_client.run,
    }[asked.command]
    place = places.database_place(asked.banco, os.environ)
    service = await PortfolioService.open(place, user=_person(asked), must_exist=bool(asked.restrito))
    try:
        return await command(service, asked)
    finally:
        await service.close()
