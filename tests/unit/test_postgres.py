"""PostgreSQL: what is particular to it. That it answers as SQLite does is proved where the answers are."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import subprocess
import sys
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import insert, select, text

from caz_tui.console.places import database_place
from caz_tui.data import clients, engine
from caz_tui.data.address import ServerAddress, identity, masked, place_of
from caz_tui.data.dialects import base, postgres, postgres_trouble, postgres_watch
from caz_tui.data.engine import Database
from caz_tui.data.errors import ServerGone, StorageError
from caz_tui.data.migrations import upgrade
from caz_tui.data.query import ClientQuery, ClientView
from caz_tui.data.schemas import ClientChanges
from caz_tui.data.service import PortfolioService
from caz_tui.data.tables import SCHEMA_REVISION, audit_entries, settings
from caz_tui.data.verification import verify
from tests.server import run_on
from tests.support import FrozenClock, open_and_close

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from tests.server import Server
    from tests.unit.program import Office

PATIENCE_SECONDS = 20
SECRET = "s3gr3do"


@pytest.fixture
def address(server: Server, empty_template: str) -> Iterator[ServerAddress]:
    """A database of its own with empty tables."""
    address = server.create(empty_template)
    yield address
    server.drop(address)


@pytest.fixture
def bare(server: Server) -> Iterator[ServerAddress]:
    """A database of its own without any table."""
    address = server.create()
    yield address
    server.drop(address)


async def refusal(address: ServerAddress) -> str:
    with pytest.raises(StorageError) as caught:
        await open_and_close(address)
    return str(caught.value)


# Addresses


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("postgresql://ana@servidor/caz", ServerAddress("servidor", None, "ana", "caz")),
        ("postgresql+psycopg://servidor:5433/caz", ServerAddress("servidor", 5433, None, "caz")),
        ("postgres:///caz?host=%2Fvar%2Frun", ServerAddress("/var/run", None, None, "caz")),
        ("postgresql://%2Fvar%2Frun/caz", ServerAddress("/var/run", None, None, "caz")),
        ("postgresql://s/caz?esquema=matriz", ServerAddress("s", None, None, "caz", "matriz")),
        ("postgresql://s/caz?direto=d:6000", ServerAddress("s", None, None, "caz", None, ("d", 6000))),
        ("postgresql:///?service=caz", ServerAddress(options=(("service", "caz"),))),
        ("postgresql://[::1]:5/c%C3%A3o", ServerAddress("::1", 5, None, "cão")),
    ],
)
def test_an_address_is_understood_and_written_again(url: str, wanted: ServerAddress) -> None:
    found = place_of(url)
    assert found == wanted
    again = place_of(str(found))
    assert isinstance(again, ServerAddress)
    assert (again.host, again.port, again.user, again.database, again.schema) == (
        wanted.host, wanted.port, wanted.user, wanted.database, wanted.schema,
    )  # fmt: skip
    assert identity(wanted) == str(wanted)


@pytest.mark.parametrize(
    "url",
    [
        "mysql://s/caz",
        "postgresql://s:porta/caz",
        "postgresql://s:99999/caz",
        "postgresql://s/caz?esquema=Matriz",
        "postgresql://s/caz?esquema=a;b",
        "postgresql://s/caz?senha=x",
        "postgresql://s/caz?password=x",
        "postgresql://s/caz?port=x",
        "postgresql://s/caz?direto=:1",
        "postgresql://s/caz#x",
        f"postgresql://ana:{SECRET}@s:porta/caz",
        f"postgresql://ana:{SECRET}#@s/caz",
        f"mysql://ana:{SECRET}@s/caz",
    ],
)
def test_what_is_no_address_is_refused_without_a_word_of_it(url: str) -> None:
    with pytest.raises(StorageError) as caught:
        place_of(url)
    assert SECRET not in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a_password_is_shown_nowhere() -> None:
    address = place_of(f"postgresql://ana:{SECRET}@servidor/caz")
    assert isinstance(address, ServerAddress)
    assert address.for_library()["password"] == SECRET
    assert SECRET not in f"{address} {address!r} {identity(address)}"
    made = postgres.PostgresDialect(address).make_engine()
    assert SECRET not in f"{made!r} {made.url!r} {made.url.render_as_string(hide_password=False)}"
    assert masked(f"não entendo: postgresql://ana:{SECRET}@s/x e y") == "não entendo: postgresql://ana:***@s/x e y"


def test_a_password_among_the_arguments_is_refused(office: Office) -> None:
    url = f"postgresql://ana:{SECRET}@servidor/caz"
    outcome = office.run("--banco", url, "clientes")
    assert outcome.status == 1
    assert "senha não pode ir no comando" in outcome.err
    assert SECRET not in outcome.err
    outcome = office.run("clientes", f"--bancoo={url}")
    assert outcome.status == 2
    assert SECRET not in outcome.err + outcome.out
    assert database_place(None, {"CAZ_BANCO": url}) == place_of(url)


# Opening


async def test_tables_are_made_once_however_many_start_at_once(bare: ServerAddress) -> None:
    databases = await asyncio.gather(*(Database.open(bare) for _ in range(4)))
    for database in databases:
        assert await database._revision() == SCHEMA_REVISION
        await database.close()
    assert await verify(bare) == ()


async def test_offices_in_schemas_of_one_database_know_nothing_of_each_other(bare: ServerAddress) -> None:
    offices = [ServerAddress(bare.host, None, bare.user, bare.database, name) for name in ("matriz", "filial")]
    services = [await PortfolioService.open(office, user="ana") for office in offices]
    for number, service in enumerate(services):
        await service.create(ClientChanges(name=f"Açaí {number}", document="52998224725"))
    for number, service in enumerate(services):
        [row] = (await service.page(ClientView(query=ClientQuery.parse("açai")), 0, 10)).rows
        assert (row.name, await service.trail_broken_at()) == (f"Açaí {number}", None)
        await service.close()
    assert [await verify(office) for office in offices] == [(), ()]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"host": "servidor.invalid"}, "não foi encontrado"),
        ({"host": "127.0.0.1", "port": 1}, "não aceitou a conexão"),
        ({"host": "/nenhures"}, "não aceitou a conexão"),
        ({"database": "nenhum"}, "Não há o banco nenhum"),
        ({"user": "ninguém"}, "não conhece o usuário"),
        ({"options": (("service", "nenhum"),)}, "serviço"),
    ],
)
async def test_what_keeps_one_out_is_said_in_a_sentence(
    address: ServerAddress, change: dict[str, Any], sentence: str
) -> None:
    fields = {"host": address.host, "user": address.user, "database": address.database, **change}
    said = await refusal(ServerAddress(**fields))
    assert sentence in said
    assert said.endswith(".")
    assert "\n" not in said


async def test_a_wrong_password_is_said_without_it(server: Server, address: ServerAddress) -> None:
    rules = server.folder / "data" / "pg_hba.conf"
    before = rules.read_text()
    server.run("CREATE ROLE caz_bia LOGIN PASSWORD 'outra'")
    try:
        rules.write_text("local all caz_bia scram-sha-256\n" + before)
        server.reload()
        wrong = ServerAddress(address.host, None, "caz_bia", address.database, password=SECRET)
        said = await refusal(wrong)
        assert "não aceitou o usuário ou a senha" in said
        assert SECRET not in said
    finally:
        rules.write_text(before)
        server.reload()
        server.run("DROP ROLE caz_bia")


async def test_an_old_server_is_refused(address: ServerAddress, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "OLDEST_MAJOR", 99)
    assert "precisa do 99 ou mais novo" in await refusal(address)


async def test_another_program_s_database_and_a_newer_one_are_refused(
    bare: ServerAddress, address: ServerAddress
) -> None:
    run_on(bare, "CREATE TABLE coisas (id int)")
    assert "não é do caz-tui" in await refusal(bare)
    run_on(address, "UPDATE alembic_version SET version_num = '9999'")
    assert "versão mais nova" in await refusal(address)


async def test_whoever_may_only_read_is_told(server: Server, address: ServerAddress) -> None:
    server.run("CREATE ROLE caz_leitor LOGIN")
    try:
        run_on(address, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO caz_leitor")
        service = await PortfolioService.open(
            ServerAddress(address.host, None, "caz_leitor", address.database), user="ana"
        )
        with pytest.raises(StorageError, match="não tem permissão"):
            await service.create(ClientChanges(name="Açaí", document="52998224725"))
        await service.close()
    finally:
        run_on(address, "DROP OWNED BY caz_leitor")
        server.run("DROP ROLE caz_leitor")


def test_without_the_driver_it_says_what_to_install(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "caz_tui.data.dialects.postgres")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    outcome = office.run("--banco", "postgresql://s/caz", "clientes")
    assert outcome.status == 1
    assert "caz-tui[postgres]" in outcome.err


# The trail


async def test_the_trail_has_no_gap_where_a_transaction_was_taken_back(address: ServerAddress) -> None:
    database = await Database.open(address)
    service = PortfolioService(database, user="ana")

    async def fail() -> None:
        async with database.write() as connection:
            await connection.execute(
                insert(audit_entries),
                [{"at": service._author.clock.now(), "by": "x", "action": "x", "subject": "x", "changes": {}}] * 3,
            )
            raise ZeroDivisionError

    await service.note("a", "b")
    with pytest.raises(ZeroDivisionError):
        await fail()
    await service.note("c", "d")
    assert await service.trail_broken_at() is None
    assert (await service.trail_anchor()).number == 2
    await service.close()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_entries",
        "TRUNCATE audit_entries",
        "UPDATE audit_entries SET by = 'x'",
        "UPDATE audit_entries SET seal = NULL",
        "UPDATE audit_entries SET changes = '{}'",
        "UPDATE audit_entries SET id = id + 100",
    ],
)
async def test_the_server_keeps_entries(address: ServerAddress, statement: str) -> None:
    service = await PortfolioService.open(address, user="ana")
    client = await service.create(ClientChanges(name="Açaí", document="52998224725"))
    await service.update(client.id, ClientChanges(email="a@b.example"), client.version)
    await service.close()
    with pytest.raises(psycopg.errors.RestrictViolation, match="audit entries stay"):
        run_on(address, statement)
    assert await verify(address) == ()


async def test_what_is_wrong_is_found(address: ServerAddress) -> None:
    service = await PortfolioService.open(address, user="ana")
    client = await service.create(ClientChanges(name="Açaí", document="52998224725"))
    await service.update(client.id, ClientChanges(email="a@b.example"), client.version)
    await service.close()
    run_on(
        address,
        "ALTER TABLE audit_entries DISABLE TRIGGER audit_entries_stay_as_they_are; "
        "UPDATE audit_entries SET by = 'x' WHERE id = 2; UPDATE clients SET name_folded = 'x'; "
        "ALTER TABLE client_tags DISABLE TRIGGER ALL; INSERT INTO client_tags VALUES ('x', 99)",
    )
    problems = await verify(address)
    assert any("falta o gatilho audit_entries_stay_as_they_are" in problem for problem in problems)
    assert any("apontam para uma linha de clients" in problem for problem in problems)
    run_on(
        address,
        "ALTER TABLE audit_entries ENABLE TRIGGER audit_entries_stay_as_they_are; DELETE FROM client_tags",
    )
    problems = await verify(address)
    assert "Cliente 1: fora de compasso em name_folded." in problems
    assert "Auditoria: o registro 2 foi mudado ou retirado por fora do programa." in problems


# Search


@pytest.mark.parametrize("few", [0, 5_000])
@pytest.mark.parametrize("word", ["adar", "ltda", "são joão", "33.297.189", "ze", "a", "%", "_", "' OR 1", "\\", "ção"])
async def test_the_index_changes_no_answer(
    server: Server, demonstration_template: str, monkeypatch: pytest.MonkeyPatch, few: int, word: str
) -> None:
    monkeypatch.setattr(base, "MOST_LOOKED_UP", few)
    address = server.address(demonstration_template)
    service = await PortfolioService.open(address, user="ana")
    without = await PortfolioService.open(address, user="ana")
    assert service._database.search is not None
    without._database.search = None
    view = ClientView(query=ClientQuery.parse(word))
    try:
        assert (await service.page(view, 0, 500)).rows == (await without.page(view, 0, 500)).rows
        assert await service.count(view) == await without.count(view)
    finally:
        await service.close()
        await without.close()


# Live


async def test_what_one_writes_the_others_are_told(address: ServerAddress) -> None:
    mine, theirs = [await PortfolioService.open(address, user=name) for name in ("ana", "bia")]
    told = asyncio.Event()
    watching = asyncio.create_task(mine.watch(told.set))
    # It has begun, and nobody knows what was written until then.
    await asyncio.wait_for(told.wait(), PATIENCE_SECONDS)
    told.clear()
    assert await mine.count(ClientView()) == 0
    await theirs.create(ClientChanges(name="Açaí", document="52998224725"))
    await asyncio.wait_for(told.wait(), PATIENCE_SECONDS)
    assert await mine.count(ClientView()) == 1
    await stopped(watching)
    for service in (mine, theirs):
        await service.close()


async def test_behind_a_pooler_the_newest_entry_is_asked_for(
    address: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_watch, "ASK_SECONDS", 0.01)
    mine, theirs = [await PortfolioService.open(address, user=name) for name in ("ana", "bia")]
    told = asyncio.Event()
    watch = mine._database.dialect.watch(lambda _sentence: None)
    assert isinstance(watch, postgres_watch.ServerWatch)
    watch._hears = False
    monkeypatch.setattr(type(mine._database.dialect), "watch", lambda _self, _trouble: watch)
    monkeypatch.setattr(psycopg.ConnectionInfo, "backend_pid", 1)
    await theirs.create(ClientChanges(name="Açaí", document="52998224725"))
    watching = asyncio.create_task(mine.watch(told.set))
    await asyncio.wait_for(told.wait(), PATIENCE_SECONDS)
    told.clear()
    assert watch._seen > 0
    await theirs.create(ClientChanges(name="Bazar", document="11144477735"))
    await asyncio.wait_for(told.wait(), PATIENCE_SECONDS)
    await stopped(watching)
    for service in (mine, theirs):
        await service.close()


async def until(holds: Callable[[], bool]) -> None:
    """Return when something holds."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not holds():  # noqa: ASYNC110 - what is waited for knows no event
            await asyncio.sleep(0.01)


async def stopped(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


# A server that goes and comes back


async def test_a_server_that_was_restarted_is_not_noticed_by_who_asks_next(
    server: Server, address: ServerAddress
) -> None:
    service = await PortfolioService.open(address, user="ana")
    client = await service.create(ClientChanges(name="Açaí", document="52998224725"))
    await asyncio.to_thread(server.stop)
    with pytest.raises(ServerGone):
        await service.count(ClientView())
    with pytest.raises(ServerGone):
        await service.update(client.id, ClientChanges(name="Outro"), client.version)
    await asyncio.to_thread(server.start)
    assert (await service.update(client.id, ClientChanges(name="Novo"), client.version)).name == "Novo"
    await asyncio.to_thread(server.crash)
    await asyncio.to_thread(server.start)
    assert (await service.client(client.id)).name == "Novo"
    assert await service.trail_broken_at() is None
    await service.close()


@pytest.mark.parametrize("is_pooled", [False, True])
async def test_whoever_watches_is_told_that_the_server_went_and_that_it_is_back(
    server: Server, address: ServerAddress, monkeypatch: pytest.MonkeyPatch, is_pooled: bool
) -> None:
    if is_pooled:
        monkeypatch.setattr(postgres_watch, "ASK_SECONDS", 0.01)
        monkeypatch.setattr(psycopg.ConnectionInfo, "backend_pid", 1)
    service = await PortfolioService.open(address, user="ana")
    said: list[str] = []
    told = asyncio.Event()
    watching = asyncio.create_task(service.watch(told.set, said.append))
    await asyncio.wait_for(told.wait(), PATIENCE_SECONDS)
    told.clear()
    await asyncio.to_thread(server.stop)
    await until(lambda: bool(said))
    assert said == [postgres_trouble.LOST]
    await asyncio.to_thread(server.start)
    # Before whoever watches is back.
    await service.note("Anotou", "algo")
    # What was written meanwhile is seen: everything is read again.
    await asyncio.wait_for(told.wait(), PATIENCE_SECONDS)
    assert said == [postgres_trouble.LOST, ""]
    await stopped(watching)
    await service.close()


def spoil_the_next_commit(monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Any], Awaitable[None]]) -> None:
    """Let something happen to the next commit instead of its being sent; the driver then asks in vain."""
    commit = psycopg.AsyncConnection.commit

    async def spoilt(self: Any) -> None:
        monkeypatch.setattr(psycopg.AsyncConnection, "commit", commit)
        await spoil(self)
        await self.execute("SELECT 1")

    monkeypatch.setattr(psycopg.AsyncConnection, "commit", spoilt)


async def write_a_colour(database: Database, noted: bool = True) -> None:
    async with database.write() as connection:
        await connection.execute(insert(settings).values(name="cor", value="azul"))
        if noted:
            await clients.note(connection, clients.Author("ana", FrozenClock()), "Pintou", "a porta")


async def colour(database: Database) -> str | None:
    async with database.read() as connection:
        found: str | None = await connection.scalar(select(settings.c.value).where(settings.c.name == "cor"))
        return found


@pytest.mark.parametrize("noted", [True, False])
@pytest.mark.parametrize("arrives", [True, False])
async def test_a_commit_whose_answer_was_lost_is_looked_up(
    server: Server, address: ServerAddress, monkeypatch: pytest.MonkeyPatch, arrives: bool, noted: bool
) -> None:
    database = await Database.open(address)

    async def lose_the_answer(driver: Any) -> None:
        if arrives:
            await driver.execute("COMMIT")
        await asyncio.to_thread(server.run, f"SELECT pg_terminate_backend({driver.info.backend_pid})")

    spoil_the_next_commit(monkeypatch, lose_the_answer)
    if arrives:
        await write_a_colour(database, noted)
    else:
        with pytest.raises(ServerGone, match="nada foi gravado"):
            await write_a_colour(database, noted)
    assert await colour(database) == ("azul" if arrives else None)
    await database.close()


@pytest.mark.parametrize("noted", [True, False])
@pytest.mark.parametrize("arrives", [True, False])
async def test_a_commit_is_looked_up_when_the_server_is_back(
    server: Server, address: ServerAddress, monkeypatch: pytest.MonkeyPatch, arrives: bool, noted: bool
) -> None:
    database = await Database.open(address)
    restarting: list[asyncio.Task[None]] = []

    async def crash(driver: Any) -> None:
        if arrives:
            await driver.execute("COMMIT")
        await asyncio.to_thread(server.crash)
        restarting.append(asyncio.create_task(asyncio.to_thread(server.start)))

    spoil_the_next_commit(monkeypatch, crash)
    # Without an entry in the trail nothing can be told for certain after a crash.
    sentence = "nada foi gravado" if noted else "confira se foi gravado"
    with nullcontext() if arrives and noted else pytest.raises(ServerGone, match=sentence):
        await write_a_colour(database, noted)
    await restarting[0]
    assert await colour(database) == ("azul" if arrives else None)
    await database.close()


async def test_a_commit_that_nobody_can_tell_of_is_not_confirmed(
    server: Server, address: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "PATIENCE_SECONDS", 1)
    database = await Database.open(address)
    spoil_the_next_commit(monkeypatch, lambda _driver: asyncio.to_thread(server.crash))
    try:
        with pytest.raises(ServerGone, match="confira se foi gravado"):
            await write_a_colour(database)
    finally:
        await asyncio.to_thread(server.start)
        await database.close()


async def test_a_writer_waits_for_its_turn_and_is_told_when_it_takes_too_long(
    address: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "PATIENCE_SECONDS", 1)
    service, other = [await PortfolioService.open(address, user=name) for name in ("ana", "bia")]
    async with other._database.write():
        assert await service.count(ClientView()) == 0
        with pytest.raises(StorageError, match="ocupado por outra gravação"):
            await service.create(ClientChanges(name="Açaí", document="52998224725"))
        slower = asyncio.create_task(service.create(ClientChanges(name="Açaí", document="52998224725")))
        await asyncio.sleep(0)
    assert (await slower).name == "Açaí"
    for one in (service, other):
        await one.close()


# Upgrades


async def test_an_older_database_is_brought_up_to_date_once(
    address: ServerAddress, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    newer_program(monkeypatch, tmp_path, "op.add_column('clients', sa.Column('colour', sa.Text()))")
    databases = await asyncio.gather(*(Database.open(address) for _ in range(3)))
    for database in databases:
        assert await database._revision() == "9001"
        async with database.read() as connection:
            assert (await connection.execute(text("SELECT colour FROM clients"))).all() == []
        await database.close()


async def test_an_upgrade_that_fails_leaves_all_as_it_was(
    address: ServerAddress, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    newer_program(monkeypatch, tmp_path, "op.drop_table('client_tags'); op.execute('SELECT 1/0')")
    assert "falhou e foi desfeita" in await refusal(address)
    run_on(address, "SELECT count(*) FROM client_tags")


def newer_program(monkeypatch: pytest.MonkeyPatch, folder: Path, change: str) -> None:
    """Let this program have one more migration."""
    scripts = folder / "migrations"
    shutil.copytree(Path(upgrade.__file__).parent, scripts)
    (scripts / "versions" / "9001_next.py").write_text(
        f"import sqlalchemy as sa\nfrom alembic import op\nrevision = '9001'\ndown_revision = '{SCHEMA_REVISION}'\n"
        f"branch_labels = depends_on = None\ndef upgrade():\n    {change}\n"
    )
    config = upgrade._config

    def with_one_more() -> Any:
        made = config()
        made.set_main_option("script_location", str(scripts))
        return made

    monkeypatch.setattr(upgrade, "_config", with_one_more)
    monkeypatch.setattr(engine, "SCHEMA_REVISION", "9001")
    # Alembic tells its steps to whoever configured logging.
    logging.getLogger("alembic").setLevel(logging.WARNING)


# The program


def test_the_program_works_on_a_server(office: Office, address: ServerAddress) -> None:
    url = str(address)
    assert office.run("--banco", url, "carteira", "--formato", "json").json["total"] == 0
    done = subprocess.run(
        [sys.executable, "-m", "caz_tui", "clientes"],
        env={**os.environ, "CAZ_BANCO": url},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    for task, file in (("backup", ()), ("restaurar", ("x.db",))):
        outcome = office.run("--banco", url, "banco", task, *file)
        assert outcome.status == 1
        assert "caz-tui banco copiar" in outcome.err
        assert "pg_dump" in outcome.err
    assert office.run("--banco", url, "banco", "verificar").err == "O banco está íntegro e os números batem.\n"
