"""``banco``: taking care of the database file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caz_tui.console.arguments import FAILED_STATUS
from caz_tui.console.output import Progress, say, show
from caz_tui.data import maintenance, verification
from caz_tui.data.engine import Database
from caz_tui.data.files import refuse_missing
from caz_tui.data.tables import SCHEMA_REVISION

if TYPE_CHECKING:
    from argparse import Namespace
    from pathlib import Path


async def run(path: Path, asked: Namespace) -> int:
    """Run one of the tasks; return 1 when the database is not sound."""
    match asked.task:
        case "migrar":
            refuse_missing(path)
            database = await Database.open(path)
            await database.close()
            say(f"O banco {path} está na versão {SCHEMA_REVISION}, a desta versão do programa.")
        case "backup":
            progress = Progress("Copiando")
            copy = await maintenance.backup(path, asked.file, progress)
            progress.done()
            show(str(copy))
            say("A cópia está íntegra.")
        case "restaurar":
            previous = await maintenance.restore(asked.file, path)
            say(
                f"O banco {path} agora é a cópia {asked.file}."
                + (f" O anterior ficou em {previous}." if previous else "")
            )
        case _:
            problems = await verification.verify(path)
            for problem in problems:
                show(problem)
            say("O banco está íntegro e os números batem." if not problems else "O banco tem problemas.")
            return FAILED_STATUS if problems else 0
    return 0
