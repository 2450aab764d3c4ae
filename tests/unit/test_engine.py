"""The database file: what is refused and how that is said, and that nothing confirmed is ever lost."""

from __future__ import annotations

import asyncio
import multiprocessing
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, text

from caz_tui.data.dialects import sqlite as engine
from caz_tui.data.dialects.one_trip import ROWS_A_TRIP, OneTripConnection, connected
from caz_tui.data.engine import Database
from caz_tui.data.errors import StaleClient, StorageError
from caz_tui.data.query import ClientView
from caz_tui.data.schemas import ClientChanges
from caz_tui.data.service import PortfolioService
from caz_tui.data.tables import SCHEMA_REVISION, settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROCESSES = 8
UPDATES_EACH = 15


async def _open_and_close(path: Path) -> None:
    await (await Database.open(path)).close()


async def _refusal(path: Path) -> str:
    with pytest.raises(StorageError) as caught:
        await _open_and_close(path)
    return str(caught.value)


def _content(path: Path) -> bytes:
    return path.read_bytes()


def _write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _make_read_only(path: Path) -> None:
    path.chmod(0o400)


def _query(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute(statement)
        other.commit()


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A database that is there already and closed."""
    path = tmp_path / "carteira.db"
    await _open_and_close(path)
    return path


@pytest.fixture
def locked(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Let another program hold a lock on the database."""
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 20)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:

        def hold(kind: str) -> None:
            other.execute(f"BEGIN {kind}")

        yield hold


async def test_a_database_is_made_with_its_folder_and_opens_again(tmp_path: Path) -> None:
    path = tmp_path / "novo" / "carteira.db"
    for _ in range(2):
        database = await Database.open(path)
        assert database.path == path
        assert await database._revision() == SCHEMA_REVISION
        await database.close()
    assert path.parent.stat().st_mode & 0o077 == 0


async def test_indexes_are_always_made_in_the_same_order(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        asked = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'index' AND name LIKE 'ix_%' ORDER BY rowid"
        found = connection.execute(asked).fetchall()
    by_table: dict[str, list[str]] = {}
    for table, name in found:
        by_table.setdefault(table, []).append(name)
    assert len(by_table["clients"]) > 15
    assert all(names == sorted(names) for names in by_table.values())


async def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    path = _write(tmp_path / "vazio.db", b"")
    await _open_and_close(path)
    assert _content(path).startswith(b"SQLite format 3")


async def test_settings_that_lose_nothing(path: Path) -> None:
    database = await Database.open(path)
    journal = "wal" if sqlite3.sqlite_version_info >= (3, 51, 3) else "delete"
    wanted = {"foreign_keys": 1, "synchronous": 2, "journal_mode": journal, "trusted_schema": 1}
    async with database.read() as connection:
        assert {name: await connection.scalar(text(f"PRAGMA {name}")) for name in wanted} == wanted
    await database.close()


@pytest.mark.parametrize(
    "content",
    [b"Raz\xe3o Social;CNPJ\n", b"SQLite format 3", b"\x00" * 4_096, b"PK\x03\x04", "Razão".encode() * 1_000],
)
async def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = _write(tmp_path / "planilha.csv", content)
    assert await _refusal(path) == f"O arquivo {path} não é um banco do caz-tui."
    assert _content(path) == content


async def test_a_folder_is_no_database(tmp_path: Path) -> None:
    assert await _refusal(tmp_path) == f"O banco {tmp_path} não é um arquivo."


async def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    _write(tmp_path / "arquivo", b"")
    assert "há um arquivo no lugar da pasta" in await _refusal(tmp_path / "arquivo" / "carteira.db")


async def test_another_program_s_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "outro.db"
    _query(path, "CREATE TABLE coisas (id INTEGER)")
    before = _content(path)
    assert await _refusal(path) == f"O banco {path} não é do caz-tui."
    assert _content(path) == before


async def test_a_newer_database_is_refused(path: Path) -> None:
    _query(path, "UPDATE alembic_version SET version_num = '9999'")
    before = _content(path)
    assert "foi criado por uma versão mais nova do caz-tui" in await _refusal(path)
    assert _content(path) == before


async def test_a_read_only_file_is_refused(path: Path) -> None:
    _make_read_only(path)
    assert "está só para leitura" in await _refusal(path)


async def test_a_damaged_database_is_told(path: Path) -> None:
    content = _content(path)
    _write(path, content[:100] + b"\xff" * 3_000 + content[3_100:])
    assert await _refusal(path) in {
        f"O banco {path} está danificado; restaure uma cópia com «caz-tui banco restaurar».",
        f"O arquivo {path} não é um banco do caz-tui.",
    }


async def test_a_database_that_someone_holds_is_told(path: Path, locked: Callable[[str], None]) -> None:
    locked("EXCLUSIVE")
    assert "está ocupado por outro programa" in await _refusal(path)


async def test_reading_goes_on_while_someone_writes_and_writing_waits(
    path: Path, locked: Callable[[str], None]
) -> None:
    service = await PortfolioService.open(path, user="operador")
    locked("IMMEDIATE")
    assert await service.count(ClientView()) == 0
    with pytest.raises(StorageError, match="ocupado por outro programa"):
        await service.create(ClientChanges(name="Açaí", document="52998224725"))
    await service.close()


async def test_a_transaction_that_fails_leaves_nothing(path: Path) -> None:
    database = await Database.open(path)

    async def fail() -> None:
        async with database.write() as connection:
            await connection.execute(insert(settings).values(name="a", value="b"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with database.read() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM settings WHERE name <> 'audit_key'")) == 0
    await database.close()


async def test_a_full_disk_is_told_and_loses_nothing(path: Path) -> None:
    database = await Database.open(path)

    async def fill_the_disk() -> None:
        async with database.write() as connection:
            await connection.execute(insert(settings).values(name="antes", value="x"))
            await connection.execute(text("PRAGMA max_page_count = 1"))
            await connection.execute(insert(settings).values(name="depois", value="x" * 1_000_000))

    with pytest.raises(StorageError, match="O disco está cheio; nada foi gravado"):
        await fill_the_disk()
    async with database.read() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM settings WHERE name <> 'audit_key'")) == 0
        assert await connection.scalar(text("PRAGMA integrity_check")) == "ok"
    await database.close()


async def test_first_starts_at_once_make_one_database(tmp_path: Path) -> None:
    path = tmp_path / "carteira.db"
    databases = await asyncio.gather(*(Database.open(path) for _ in range(4)))
    for database in databases:
        assert await database._revision() == SCHEMA_REVISION
        await database.close()


async def test_what_others_commit_is_noticed_through_every_connection(path: Path) -> None:
    mine = await PortfolioService.open(path, user="ana")
    theirs = await PortfolioService.open(path, user="bruno")
    for _ in range(2):
        async with mine._database.read(), mine._database.read():
            await mine.changed_elsewhere()
        await mine.changed_elsewhere()
    while await mine.changed_elsewhere():
        pass
    assert await mine.count(ClientView()) == 0
    await theirs.create(ClientChanges(name="Açaí", document="52998224725"))
    async with mine._database.read():
        assert await mine.changed_elsewhere()
    assert await mine.count(ClientView()) == 1
    await mine.close()
    await theirs.close()


async def _count_up(path: Path) -> None:
    service = await PortfolioService.open(path, user="operador")
    for _ in range(UPDATES_EACH):
        while True:
            client = await service.client(1)
            counted = ClientChanges(notes=str(int(client.notes or 0) + 1))
            try:
                await service.update(1, counted, client.version)
            except StaleClient:
                continue
            break
    await service.close()


def _count_up_in_a_process(path: str) -> None:
    asyncio.run(_count_up(Path(path)))


def test_processes_that_write_at_once_lose_no_update(tmp_path: Path) -> None:
    path = tmp_path / "carteira.db"

    async def prepare() -> None:
        service = await PortfolioService.open(path, user="operador")
        await service.create(ClientChanges(name="Açaí", document="52998224725", notes="0"))
        await service.close()

    asyncio.run(prepare())
    # Each process is its own program, but need not read the libraries from disk again.
    forking = multiprocessing.get_context("forkserver")
    forking.set_forkserver_preload([__name__])
    processes = [forking.Process(target=_count_up_in_a_process, args=(str(path),)) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    with closing(sqlite3.connect(path)) as reader:
        (found,) = reader.execute("SELECT notes, version FROM clients").fetchall()
        (audited,) = reader.execute("SELECT count(*) FROM audit_entries").fetchone()
    assert found == (str(PROCESSES * UPDATES_EACH), PROCESSES * UPDATES_EACH + 1)
    assert audited == PROCESSES * UPDATES_EACH + 1


async def one_trip(path: Path) -> tuple[OneTripConnection, list[object]]:
    """Return a connection, and a list that grows with every trip to its thread."""
    connection = await connected(str(path))
    assert isinstance(connection, OneTripConnection)
    trips: list[object] = []
    real = connection._execute

    async def counted(*what: object) -> object:
        trips.append(what)
        return await real(*what)  # type: ignore[no-untyped-call]

    connection._execute = counted  # type: ignore[method-assign]
    return connection, trips


MANY = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ?) SELECT i FROM n"


@pytest.mark.parametrize("rows", [0, 1, ROWS_A_TRIP - 1, ROWS_A_TRIP, ROWS_A_TRIP + 1, 3 * ROWS_A_TRIP])
async def test_a_statement_and_its_rows_are_one_trip(path: Path, rows: int) -> None:
    connection, trips = await one_trip(path)
    wanted = [(row,) for row in range(1, max(1, rows) + 1)]
    try:
        async with connection.cursor() as cursor:
            await cursor.execute(MANY, (max(1, rows),))
            assert await cursor.fetchall() == wanted
        assert len(trips) == (1 if len(wanted) < ROWS_A_TRIP else 2)
        async with connection.cursor() as cursor:
            await cursor.execute(MANY, (max(1, rows),))
            assert [row async for row in cursor] == wanted
        async with connection.cursor() as cursor:
            await cursor.execute(MANY, (max(1, rows),))
            assert len(cursor._rows) <= ROWS_A_TRIP
            assert await cursor.fetchone() == (1,)
            assert await cursor.fetchmany(7) == wanted[1:8]
            assert await cursor.fetchall() == wanted[8:]
    finally:
        await connection.close()


async def test_what_a_statement_did_is_known_after_its_trip(path: Path) -> None:
    connection, trips = await one_trip(path)
    try:
        cursor = connection.cursor()
        await cursor.execute("CREATE TEMP TABLE t (i INTEGER PRIMARY KEY, x)")
        await cursor.executemany("INSERT INTO t (x) VALUES (?)", [(1,), (2,), (3,)])
        assert cursor.rowcount == 3
        await cursor.execute("INSERT INTO t (x) VALUES (9) RETURNING i")
        assert (await cursor.fetchone(), await cursor.fetchone(), cursor.lastrowid) == ((4,), None, 4)
        with pytest.raises(sqlite3.IntegrityError):
            await cursor.execute("INSERT INTO t (i, x) VALUES (1, 1)")
        assert cursor._open is None
        await cursor.execute("SELECT count(*) FROM t")
        assert await cursor.fetchall() == [(4,)]
        assert len(trips) == 5
    finally:
        await connection.close()
