"""Processes killed outright at random moments: what was confirmed is there, nothing is there by half.

On both engines, but for the copies of a file. ``make torture`` kills a thousand of them.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import shutil
import sqlite3
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from caz_tui.data.address import ServerAddress
from caz_tui.data.files import UNFINISHED
from caz_tui.data.migrations.upgrade import upgrade_now
from caz_tui.data.schemas import ClientChanges
from caz_tui.data.service import PortfolioService
from caz_tui.data.verification import verify
from tests.support import FrozenClock, make_demonstration, open_and_close
from tests.unit import victims
from tests.unit.program import HEADERS, cnpj, dump, numbered, run_sql, shape, write_sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from caz_tui.data.address import Place

KILLS = int(os.environ.get("CAZ_TORTURE_KILLS", "20"))
TASKS = 11
"""The tests below, those on both engines counted twice."""
EACH = -(-KILLS // TASKS)
WORKER = "caz_tui.data.sheets.worker"
NEW_CLIENTS = 40
LOADED_CLIENTS = 2_000
PATIENCE_SECONDS = 10
GUESTS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"

forking = multiprocessing.get_context("forkserver")
forking.set_forkserver_preload([victims.__name__])


class Killer:
    """Starts a task in a process of its own and kills it at a moment between nothing done and all done."""

    def __init__(self, task: str) -> None:
        self.task = task
        self.rng = random.Random(task)
        self.longest_seconds = 0.0
        self.finished = 0

    def whole(self, *arguments: str) -> None:
        """Let the task come to its end once, to know how long it takes."""
        begin = time.monotonic()
        assert self._run(60, arguments)[-1] == 0
        self.longest_seconds = time.monotonic() - begin

    def kill(self, *arguments: str) -> list[Any]:
        """Kill it at a random moment, and return what was confirmed to it before."""
        said = self._run(self.rng.uniform(0, self.longest_seconds * 1.1), arguments)
        self.finished += bool(said and said[-1] == 0)
        return said

    def _run(self, seconds: float, arguments: tuple[str, ...]) -> list[Any]:
        ours, theirs = forking.Pipe(duplex=False)
        process = forking.Process(target=victims.run, args=(self.task, arguments, theirs))
        process.start()
        theirs.close()
        assert ours.recv() == "go"
        deadline = time.monotonic() + seconds
        said = []
        try:
            while (left := deadline - time.monotonic()) > 0 and ours.poll(left):
                said.append(ours.recv())
            process.kill()
            while True:
                said.append(ours.recv())
        except EOFError:
            pass
        process.join()
        process.close()
        ours.close()
        return said


@pytest.fixture
def killer(request: pytest.FixtureRequest) -> Iterator[Killer]:
    """What kills, named after the test."""
    killer = Killer(request.function.__name__.rpartition("_")[2])
    yield killer
    sys.stdout.write(
        f"{killer.task}: {EACH} killed within {killer.longest_seconds:.2f} s, {killer.finished} of them late\n"
    )


@pytest.fixture
def path(demonstration: Path, tmp_path: Path) -> Path:
    """A file with a demonstration portfolio."""
    return shutil.copyfile(demonstration, tmp_path / "carteira.db")


@pytest.fixture
def renewed(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], Place]]:
    """Gives a new database of a kind ("demonstration" or "bare"), in the place of the one before."""
    if engine == "sqlite":
        path = tmp_path / "em uso" / "carteira.db"

        def new_file(kind: str) -> Place:
            shutil.rmtree(path.parent, ignore_errors=True)
            path.parent.mkdir()
            return path if kind == "bare" else shutil.copyfile(request.getfixturevalue(kind), path)

        yield new_file
        return
    server = request.getfixturevalue("server")
    made: list[ServerAddress] = []

    def new_database(kind: str) -> Place:
        take_away()
        template = () if kind == "bare" else (request.getfixturevalue(f"{kind}_template"),)
        made.append(server.create(*template))
        return made[-1]

    def take_away() -> None:
        while made:
            server.drop(made.pop())

    yield new_database
    take_away()


def is_well(place: Place) -> None:
    """Prove a database well, as ``banco verificar`` does, when the server has noticed that who was killed has gone."""
    if isinstance(place, ServerAddress):
        wait_for(lambda: run_sql(place, GUESTS) == [(0,)])
    assert asyncio.run(verify(place)) == ()


CHANGED_ODDLY = """SELECT clients.id, version, count(audit_entries.id) FROM clients
    LEFT JOIN audit_entries ON client_id = clients.id GROUP BY clients.id HAVING version <> count(audit_entries.id)"""


def count(place: Place, table: str) -> int:
    found: int = run_sql(place, f"SELECT count(*) FROM {table}")[0][0]
    return found


@pytest.mark.both_engines
def test_kill_an_edit(killer: Killer, demonstration_place: Place) -> None:
    place = demonstration_place
    killer.longest_seconds = 0.25
    for turn in range(EACH):
        entries = count(place, "audit_entries")
        confirmed = killer.kill(str(place), str(turn))
        is_well(place)
        assert run_sql(place, CHANGED_ODDLY) == []
        # One more may have been written, of which nobody was told.
        assert count(place, "audit_entries") - entries - len(confirmed) in (0, 1)
        for client_id, version, email in confirmed:
            [(found, its_email)] = run_sql(place, f"SELECT version, email FROM clients WHERE id = {client_id}")
            assert found >= version
            assert found > version or its_email == email


@pytest.mark.both_engines
def test_kill_an_import(killer: Killer, demonstration_place: Place, tmp_path: Path) -> None:
    place = demonstration_place

    def sheet(turn: int) -> tuple[str, ...]:
        lines = [
            *numbered(NEW_CLIENTS, first=1 + turn * NEW_CLIENTS),
            ("Conhecida", cnpj(99_999), "Ativo", f"Cidade {turn}"),
        ]
        return ("--banco", str(place), "importar", str(write_sheet(tmp_path / "clientes.csv", HEADERS, lines)))

    killer.whole(*sheet(0))
    for turn in range(1, EACH + 1):
        words = sheet(turn)
        before, imports = count(place, "clients"), imported(place)
        confirmed = killer.kill(*words)
        is_well(place)
        added = count(place, "clients") - before
        city = run_sql(place, "SELECT city FROM clients WHERE name = 'Conhecida'")
        is_written = imported(place) > imports
        assert is_written or not confirmed
        assert added == (NEW_CLIENTS if is_written else 0)
        assert (city == [(f"Cidade {turn}",)]) is is_written
        assert not readers()


@pytest.mark.both_engines
def test_kill_a_load(killer: Killer, renewed: Callable[[str], Place], tmp_path: Path) -> None:
    sheet = write_sheet(tmp_path / "clientes.csv", HEADERS, numbered(LOADED_CLIENTS))

    def load(place: Place) -> tuple[str, ...]:
        return ("--banco", str(place), "importar", str(sheet))

    place = renewed("demonstration")
    before, clients = dump(place), count(place, "clients")
    killer.whole(*load(place))
    wanted = shape(place)
    for _ in range(EACH):
        place = renewed("demonstration")
        confirmed = killer.kill(*load(place))
        is_well(place)
        # As it was, or whole: the indexes and triggers that are away meanwhile, too.
        assert shape(place) == wanted
        if imported(place):
            assert count(place, "clients") == clients + LOADED_CLIENTS
        else:
            assert not confirmed
            assert dump(place) == before


def imported(place: Place) -> int:
    return len(run_sql(place, "SELECT id FROM audit_entries WHERE action LIKE 'Importou%'"))


@pytest.mark.both_engines
def test_kill_a_start(killer: Killer, renewed: Callable[[str], Place]) -> None:
    place = renewed("bare")
    killer.whole(str(place))
    wanted = shape(place)
    for _ in range(EACH):
        place = renewed("bare")
        killer.kill(str(place))
        # Whoever starts next makes it, or goes on with it.
        asyncio.run(open_and_close(place))
        is_well(place)
        assert shape(place) == wanted
        assert run_sql(place, "SELECT count(*) FROM settings WHERE name = 'audit_key'") == [(1,)]


def wait_for(holds: Callable[[], bool]) -> None:
    """Wait, for some seconds at most, for what nobody tells of."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    with forking.Pipe()[0] as nobody:
        while not holds() and time.monotonic() < deadline:
            nobody.poll(0.01)


def readers() -> list[str]:
    """Return the processes that still read a sheet for somebody who has gone, when they have had time to notice."""
    wait_for(lambda: not _children_of_nobody())
    return _children_of_nobody()


def _children_of_nobody() -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (entry / "cmdline").read_text(encoding="utf-8", errors="replace")
            parent = (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1]
            if WORKER in command and parent == "1":
                found.append(command)
    return found


def old_database(path: Path, template: Path) -> Path:
    """Make a database of the first schema with what the template holds."""
    sqlite3.connect(path).close()
    upgrade_now(path, "0001")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("ATTACH ? AS new", (str(template),))
        tables = [name for (name,) in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")]
        for table in tables:
            columns = [row[1] for row in connection.execute(f"PRAGMA main.table_info({table})")]
            if table != "alembic_version" and columns:
                listed = ", ".join(f'"{column}"' for column in columns)
                only = " WHERE name <> 'audit_key'" if table == "settings" else ""
                connection.execute(f"INSERT INTO main.{table} ({listed}) SELECT {listed} FROM new.{table}{only}")
    for copy in path.parent.glob(f"{path.name}.antes*"):
        copy.unlink()
    return path


def test_kill_a_migrate(killer: Killer, demonstration: Path, tmp_path: Path) -> None:
    old = old_database(tmp_path / "antiga.db", demonstration)
    before, clients = dump(old), count(old, "clients")
    path = tmp_path / "em uso" / "carteira.db"

    def fresh() -> Path:
        shutil.rmtree(path.parent, ignore_errors=True)
        path.parent.mkdir()
        return shutil.copyfile(old, path)

    killer.whole(str(fresh()))
    for _ in range(EACH):
        killer.kill(str(fresh()))
        for copy in path.parent.glob("*.antes-da-atualizacao*"):
            if not copy.name.startswith("."):
                assert dump(copy) == before
        is_well(path)
        assert count(path, "clients") == clients


def test_kill_a_backup(killer: Killer, tmp_path: Path) -> None:
    path = make_demonstration(tmp_path / "carteira.db", FrozenClock(), 2_000)
    content = dump(path)
    killer.whole(str(path), str(tmp_path / "inteira.db"))
    for turn in range(EACH):
        copy = tmp_path / f"copia{turn}.db"
        confirmed = killer.kill(str(path), str(copy))
        assert copy.exists() or not confirmed
        if copy.exists():
            assert dump(copy) == content
            copy.unlink()
        for left in tmp_path.glob(f".copia{turn}.db*"):
            assert UNFINISHED in left.name
            left.unlink()
    is_well(path)
    assert dump(path) == content


def test_kill_a_restore(killer: Killer, path: Path, tmp_path: Path) -> None:
    copy = shutil.copyfile(path, tmp_path / "copia.db")
    for number in (3, 4, 5):
        change_city(path, number)
    newer, older = dump(path), dump(copy)
    newer_file = shutil.copyfile(path, tmp_path / "nova.db")

    def put_back() -> tuple[str, ...]:
        for name in tmp_path.glob("*carteira.db*"):
            name.unlink()
        shutil.copyfile(newer_file, path)
        return ("--banco", str(path), "banco", "restaurar", str(copy))

    killer.whole(*put_back())
    for _ in range(EACH):
        confirmed = killer.kill(*put_back())
        is_well(path)
        content = dump(path)
        assert content == older or (content == newer and not confirmed)
        for aside in tmp_path.glob("carteira.db.antes-da-restauracao*"):
            assert dump(aside) == newer
        if content == older:
            assert list(tmp_path.glob("carteira.db.antes-da-restauracao*"))


def change_city(path: Path, number: int) -> None:
    """Change a client through the program."""

    async def change() -> None:
        service = await PortfolioService.open(path, user="ana")
        client = await service.client(number)
        await service.update(number, ClientChanges(city="Outra"), client.version)
        await service.close()

    asyncio.run(change())
