"""``banco``: taking care of the database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from caz_tui import formats
from caz_tui.console.arguments import FAILED_STATUS
from caz_tui.console.output import Progress, say, show
from caz_tui.console.places import account, named_place
from caz_tui.data import copies, guarding, maintenance, verification
from caz_tui.data.clients import Author
from caz_tui.data.clock import SystemClock, today
from caz_tui.data.engine import Database
from caz_tui.data.errors import StorageError
from caz_tui.data.files import refuse_missing
from caz_tui.data.tables import SCHEMA_REVISION

if TYPE_CHECKING:
    from argparse import Namespace

    from caz_tui.data.address import Place


async def run(place: Place, asked: Namespace) -> int:
    """Run one of the tasks; return 1 when the database is not sound."""
    match asked.task:
        case "migrar":
            if isinstance(place, Path):
                refuse_missing(place)
            database = await Database.open(place)
            await database.close()
            say(f"O banco {place} está na versão {SCHEMA_REVISION}, a desta versão do programa.")
        case "backup" if asked.daily:
            await _copy_daily(_file(place))
        case "copias":
            await _copies(_file(place), asked)
        case "backup":
            path, author = _file(place), _author(asked)
            await guarding.refuse_lesser(path, author.name)
            with Progress("Copiando") as progress:
                copy = await maintenance.backup(path, asked.file, progress)
            await guarding.note_copy(path, author, copy)
            show(str(copy))
            say("A cópia está íntegra.")
        case "restaurar":
            await guarding.refuse_lesser(_file(place), _author(asked).name)
            with Progress("Restaurando") as progress:
                previous = await maintenance.restore(asked.file, _file(place), progress)
            say(
                f"O banco {place} agora é a cópia {asked.file}."
                + (f" O anterior ficou em {previous}." if previous else "")
            )
        case "copiar":
            await _copy(named_place(asked.source), named_place(asked.target), _author(asked))
        case _:
            with Progress("Conferindo") as progress:
                problems = await verification.verify(place, progress)
            for problem in problems:
                show(problem)
            say("O banco está íntegro e os números batem." if not problems else "O banco tem problemas.")
            return FAILED_STATUS if problems else 0
    return 0


async def _copy_daily(path: Path) -> None:
    day = today(SystemClock())
    with Progress("Copiando") as progress:
        made = await maintenance.apart(lambda told: copies.copy_daily(path, day, told), progress)
    if made is None:
        say("A cópia de hoje já está feita, está sendo feita, ou as cópias diárias estão desligadas.")
    else:
        show(str(made))
        say("A cópia está íntegra.")


async def _copies(path: Path, asked: Namespace) -> None:
    if asked.keep is None and asked.folder_of_copies is None:
        rules = copies.rules_of(path)
    else:
        author = _author(asked)
        # Where the copies go is where the whole database goes.
        await guarding.refuse_lesser(path, author.name)
        rules = await copies.set_rules(path, author, asked.keep, asked.folder_of_copies)
    for copy in copies.kept_copies(path, rules):
        show(str(copy))
    if rules.kept:
        say(f"Cópias diárias em {rules.folder}: {formats.count(rules.kept, 'mantida')}, as mais novas.")
    else:
        say("As cópias diárias estão desligadas.")


def _file(place: Place) -> Path:
    """Return the file of a database; raises ``StorageError`` for one on a server, which is copied in other ways."""
    if isinstance(place, Path):
        return place
    raise StorageError(
        f"O banco {place} está num servidor: copie-o com «caz-tui banco copiar {place} carteira.db», ou inteiro com "
        "pg_dump e pg_restore."
    )


def _author(asked: Namespace) -> Author:
    return Author(asked.usuario or account(), SystemClock())


async def _copy(source: Place, target: Place, author: Author) -> None:
    from caz_tui.data.moving import move  # noqa: PLC0415 - for this one task

    if isinstance(source, Path):
        refuse_missing(source)
    await guarding.refuse_lesser(source, author.name)
    with Progress("Copiando") as progress:
        rows = await move(source, target, progress, author=author)
    say(f"{formats.count(rows, 'linha copiada', 'linhas copiadas')} de {source} para {target}; os dois são iguais.")
