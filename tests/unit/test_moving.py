"""An office moved from SQLite to PostgreSQL and back is the same office, or it was not moved at all."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given

from caz_tui.data import moving
from caz_tui.data.clients import Author, insert_new, note
from caz_tui.data.dialects.postgres import PostgresDialect
from caz_tui.data.engine import Database
from caz_tui.data.errors import StorageError
from caz_tui.data.moving import Proof, move, proofs
from caz_tui.data.schemas import ClientChanges
from caz_tui.data.service import PortfolioService
from caz_tui.data.verification import verify
from tests.support import FrozenClock, dear
from tests.unit.program import dump
from tests.unit.strategies import portfolios

if TYPE_CHECKING:
    from collections.abc import Iterator

    from caz_tui.data.address import Place, ServerAddress
    from tests.server import Server
    from tests.unit.program import Office


@pytest.fixture
def empty(server: Server, empty_template: str) -> Iterator[ServerAddress]:
    """An empty database on the server."""
    address = server.create(empty_template)
    yield address
    server.drop(address)


async def held_in(place: Place) -> dict[str, Proof]:
    database = await Database.open(place)
    try:
        return await proofs(database)
    finally:
        await database.close()


async def test_there_and_back(demonstration: Path, tmp_path: Path, empty: ServerAddress) -> None:
    source = Path(shutil.copyfile(demonstration, tmp_path / "origem.db"))
    told: list[float] = []
    rows = await move(source, empty, lambda _done, fraction: told.append(fraction))
    back = tmp_path / "volta.db"
    assert await move(empty, back) == rows
    held = await held_in(source)
    assert rows == sum(proof.rows for proof in held.values())
    assert held["clients"].rows == 300
    assert await held_in(empty) == held == await held_in(back)
    assert told == sorted(told)
    assert told[-1] == 1.0
    for place in (empty, back):
        assert await verify(place) == ()


@dear(5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(portfolios())
def test_whatever_an_office_holds(
    server: Server, empty_template: str, tmp_path_factory: pytest.TempPathFactory, portfolio: list[ClientChanges]
) -> None:
    folder = tmp_path_factory.mktemp("mudanca")
    address = server.create(empty_template)

    async def there_and_back() -> None:
        database = await Database.open(folder / "origem.db")
        author = Author("zé\\\t\n\"'", FrozenClock())
        async with database.write() as connection:
            for changes in portfolio:
                await insert_new(connection, changes, author)
                await note(connection, author, "Cadastrou", f"{changes.name}\\N\t")
        await database.close()
        await move(folder / "origem.db", address)
        await move(address, folder / "volta.db")
        held = await held_in(folder / "origem.db")
        assert await held_in(folder / "volta.db") == held == await held_in(address)

    try:
        asyncio.run(there_and_back())
    finally:
        server.drop(address)


async def test_work_goes_on_where_it_was_left(tmp_path: Path, empty: ServerAddress) -> None:
    source, back = tmp_path / "origem.db", tmp_path / "volta.db"
    documents = ["52998224725", "12ABC34501DE35", "11144477735"]
    numbers = []
    for place, following, document in (
        (source, empty, documents[0]),
        (empty, back, documents[1]),
        (back, None, documents[2]),
    ):
        service = await PortfolioService.open(place, user="ana")
        client = await service.create(ClientChanges(name="Açaí", document=document, situation="nao_conectado"))
        numbers.append(client.id)
        # The number of a client that is gone belongs to the trail.
        await service.delete(client.id, client.version)
        assert await service.trail_broken_at() is None
        await service.note("Viu", "algo")
        anchor = await service.trail_anchor()
        await service.close()
        if following is not None:
            await move(place, following)
            moved = await PortfolioService.open(following, user="ana")
            assert await moved.trail_holds(anchor)
            await moved.close()
    assert numbers == [1, 2, 3]


async def test_a_place_that_holds_something_is_left_as_it_is(
    demonstration: Path, tmp_path: Path, empty: ServerAddress
) -> None:
    service = await PortfolioService.open(empty, user="ana")
    await service.set_office_name("Nosso")
    await service.close()
    before = dump(empty)
    source = Path(shutil.copyfile(demonstration, tmp_path / "origem.db"))
    with pytest.raises(StorageError, match="já tem dados"):
        await move(source, empty)
    assert dump(empty) == before
    with pytest.raises(StorageError, match="mesmo banco"):
        await move(source, source)
    with pytest.raises(StorageError, match="Não há banco"):
        await move(tmp_path / "falta.db", empty)


async def test_a_copy_that_is_not_equal_is_not_kept(
    demonstration: Path, tmp_path: Path, empty: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Path(shutil.copyfile(demonstration, tmp_path / "origem.db"))
    before = dump(empty)
    insert = PostgresDialect.insert_stored

    async def lose_one(self: PostgresDialect, connection: object, table: object, rows: list[object]) -> None:
        await insert(self, connection, table, rows[1:] if str(table) == "benefits" else rows)  # type: ignore[arg-type]

    monkeypatch.setattr(PostgresDialect, "insert_stored", lose_one)
    with pytest.raises(StorageError, match="tabela benefits não ficou igual"):
        await move(source, empty)
    assert dump(empty) == before


async def test_nobody_writes_to_the_source_meanwhile(
    demonstration: Path, tmp_path: Path, empty: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Path(shutil.copyfile(demonstration, tmp_path / "origem.db"))
    service = await PortfolioService.open(source, user="ana")
    copy = moving._copy
    writing: list[asyncio.Task[None]] = []

    async def copy_while_somebody_writes(*words: object) -> Proof:
        if not writing:
            writing.append(asyncio.create_task(service.note("Viu", "algo")))
            await asyncio.sleep(0)
        assert not writing[0].done()
        return await copy(*words)  # type: ignore[arg-type]

    monkeypatch.setattr(moving, "_copy", copy_while_somebody_writes)
    await move(source, empty)
    await writing[0]
    assert (await held_in(source))["audit_entries"].rows == (await held_in(empty))["audit_entries"].rows + 1
    await service.close()


@pytest.mark.both_engines
def test_only_an_administrator_takes_an_office_elsewhere(office: Office, tmp_path: Path) -> None:
    for name, role in (("maria", "analista"), ("leo", "leitura")):
        assert office.run("usuarios", "criar", name, "--papel", role).status == 0
    before, target = office.content(), tmp_path / "fora.db"
    for name in ("maria", "leo"):
        outcome = office.run("--usuario", name, "banco", "copiar", str(office.place), target)
        assert (outcome.status, outcome.out) == (1, "")
        assert outcome.err.startswith("Copiar ou trocar o banco inteiro é do administrador")
    assert office.content() == before
    assert not target.exists()
    assert office.run("banco", "copiar", str(office.place), target).status == 0
    assert office.run("auditoria", "--verificar").status == 0
    assert office.run("auditoria", "--verificar", database=target).status == 0
    for place in (None, target):
        newest = office.run("auditoria", "--ultimos", "1", "--formato", "json", database=place).json[0]
        assert newest["acao"] == "Copiou o banco"


def test_the_command_moves_an_office(held: Office, empty: ServerAddress) -> None:
    outcome = held.run("banco", "copiar", held.database, str(empty))
    assert (outcome.status, outcome.out) == (0, "")
    assert outcome.err.endswith("os dois são iguais.\n")
    assert held.run("clientes", "--formato", "json", database=str(empty)).json == held.ask("clientes")  # type: ignore[arg-type]
    for place in (held.database, str(empty)):
        (newest,) = held.run("auditoria", "--acao", "Copiou", "--formato", "json", database=place).json  # type: ignore[arg-type]
        assert (newest["acao"], newest["sobre"]) == ("Copiou o banco", str(empty))
    before = held.content()
    outcome = held.run("banco", "copiar", held.database, str(empty))
    assert outcome.status == 1
    assert "já tem dados" in outcome.err
    assert held.content() == before
    outcome = held.run("banco", "copiar", held.database, "postgresql://a:b@s/caz")
    assert outcome.status == 1
    assert "senha não pode ir no comando" in outcome.err
