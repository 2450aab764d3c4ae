"""The command line as tests use it: in this process where speed counts, as a program where the system counts."""

from __future__ import annotations

import csv
import io
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from caz_tui.cli import main
from caz_tui.data.address import ServerAddress
from caz_tui.data.documents import complete
from caz_tui.data.imports import ImportOptions
from caz_tui.data.service import PortfolioService
from caz_tui.data.tables import metadata
from tests.support import FrozenClock

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pytest

    from caz_tui.data.address import Place

CHECKOUT = Path(__file__).parents[2]
HEADERS = ("Razão Social", "CNPJ/CPF", "Situação", "Cidade")
JSON_KEYS = [
    "id", "nome", "fantasia", "documento", "situacao", "plano", "pago_por", "vencimento", "renovacao", "historico",
    "exportacao", "cobrancas", "email", "telefone", "cidade", "uf", "etiquetas",
]  # fmt: skip
PURCHASE_HEADERS = (
    "Compra", "Data", "Descrição", "Forma de pagamento", "Situação", "Renovação", "Produto", "Quantidade",
    "Valor unitário",
)  # fmt: skip
PURCHASES = (
    (
        "2026-0214",
        "14/02/2026",
        "Plano Exclusivo",
        "Boleto",
        "Paga",
        "31/12/2199",
        "Licença Plano Exclusivo",
        "30",
        "1.234,56",
    ),
    ("2026-0214", "14/02/2026", "Plano Exclusivo", "Boleto", "Paga", "31/12/2199", "Implantação", "2", "R$ 100,00"),
    ("77", "01/03/2026", "Curso", "", "Em aberto", "", "Curso", "1", "0,5"),
)
BENEFIT_HEADERS = ("Benefício", "Data", "Valor")
TIMEOUT_SECONDS = 60

_SHAPE = "SELECT type, name, sql FROM sqlite_master ORDER BY type, name"
_SHAPE_ON_SERVER = """SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()
    UNION ALL SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"""


class Outcome(NamedTuple):
    """What a run of the program left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Office:
    """A folder, in it or on a server a database, and the program run on it."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    place: Place

    @property
    def database(self) -> Path:
        """The file of the database."""
        assert isinstance(self.place, Path)
        return self.place

    def run(self, *words: str | Path, database: Path | None = None) -> Outcome:
        """Run a command in this process; whatever happens, it speaks Portuguese and shows no traceback."""
        self.capsys.readouterr()
        try:
            status = main(["--banco", str(database or self.place), *map(str, words)])
        except SystemExit as left:
            status = int(left.code or 0)
        outcome = Outcome(status, *self.capsys.readouterr())
        assert "Traceback" not in outcome.err
        assert "erro inesperado" not in outcome.err, outcome.err
        return outcome

    def ask(self, *words: str | Path) -> Any:
        """Run a question that must succeed and return its JSON."""
        outcome = self.run(*words, "--formato", "json")
        assert (outcome.status, outcome.err) == (0, "")
        return outcome.json

    def clients(self, *words: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("clientes", *words)
        return found

    def file(self, name: str, content: bytes | str) -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def sheet(self, name: str, headers: Sequence[str], *rows: Sequence[str]) -> Path:
        return write_sheet(self.folder / name, headers, rows)

    def imported(self, name: str, headers: Sequence[str], *rows: Sequence[str]) -> Outcome:
        """Import a sheet that must be accepted."""
        outcome = self.run("importar", self.sheet(name, headers, *rows))
        assert outcome.status == 0, outcome.err
        return outcome

    def content(self) -> list[str]:
        """Return every row of every table."""
        return dump(self.place)

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run a statement behind the program's back."""
        return run_sql(self.place, statement, values)


async def fill(database: Path, *sheets: Path) -> None:
    """Import sheets without the command line around it."""
    service = await PortfolioService.open(database, user="operador", clock=FrozenClock())
    for sheet in sheets:
        await service.import_sheet(sheet, ImportOptions())
    await service.close()


def write_sheet(path: Path, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    """Write a CSV as a Brazilian spreadsheet program does."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([headers, *rows])
    path.write_bytes(text.getvalue().encode())
    return path


def dump(place: Place) -> list[str]:
    """Return every row of every table of a database."""
    if isinstance(place, ServerAddress):
        rows = (query(place, f"SELECT t::text FROM {table.name} AS t ORDER BY 1") for table in metadata.sorted_tables)
        return [str(row) for found in rows for row in found]
    with closing(sqlite3.connect(place)) as connection:
        return list(connection.iterdump())


def run_sql(place: Place, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """Run a statement on a database, wherever it is, behind the program's back."""
    if isinstance(place, ServerAddress):
        return query(place, statement, values)
    with closing(sqlite3.connect(place)) as connection, connection:
        return connection.execute(statement, values).fetchall()


def shape(place: Place) -> list[tuple[Any, ...]]:
    """Return the indexes and triggers of a database."""
    return run_sql(place, _SHAPE_ON_SERVER if isinstance(place, ServerAddress) else _SHAPE)


def query(address: ServerAddress, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """Run a statement on a server behind the program's back; JSON comes as its text, as from SQLite."""
    import psycopg  # noqa: PLC0415 - most tests need none
    from psycopg.types.string import TextLoader  # noqa: PLC0415

    with psycopg.connect(**address.for_library(), autocommit=True) as connection:  # type: ignore[arg-type]
        connection.adapters.register_loader("json", TextLoader)
        cursor = connection.execute(statement.replace("?", "%s").encode(), values or None)
        return cursor.fetchall() if cursor.description else []


def environment(home: Path, **extra: str) -> dict[str, str]:
    """Return next to nothing for an environment: a home of its own and how to find the program."""
    coverage = {name: value for name, value in os.environ.items() if name.startswith("COV_CORE")}
    return {"PATH": "/usr/bin:/bin", "HOME": str(home), "PYTHONPATH": str(CHECKOUT), **coverage, **extra}


def program(*words: str | Path) -> list[str]:
    """Return the command that runs the real program."""
    return [sys.executable, "-m", "caz_tui", *map(str, words)]


def run_program(home: Path, *words: str | Path, **extra: str) -> Outcome:
    """Run the real program with its output piped."""
    done = subprocess.run(
        program(*words),
        env=environment(home, **extra),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())


def cnpj(number: int) -> str:
    """Return a valid CNPJ, another for each number up to 100,000."""
    return complete(f"{number * 617 + 10_000_000:08d}0001")


def read_rows(path: Path) -> list[list[str]]:
    """Return the rows of a CSV that the program wrote."""
    text = path.read_text(encoding="utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def numbered(count: int, first: int = 1) -> Iterable[tuple[str, str, str, str]]:
    """Yield rows of plain clients under ``HEADERS``."""
    for number in range(first, first + count):
        yield f"Empresa {number}", cnpj(number), "Ativo", "Campinas"
