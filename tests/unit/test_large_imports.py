"""An import so large that the indexes are made behind it: the same portfolio, or the one that was there before."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from sqlalchemy import select, text

from caz_tui.data import import_clients
from caz_tui.data.address import ServerAddress
from caz_tui.data.dialects.sqlite import SqliteDialect
from caz_tui.data.engine import Database
from caz_tui.data.imports import ImportOptions
from caz_tui.data.query import ClientQuery, ClientView
from caz_tui.data.schemas import ClientChanges
from caz_tui.data.service import PortfolioService
from caz_tui.data.sheets import packed_lines
from caz_tui.data.sheets.packed_lines import PackedLines
from caz_tui.data.sheets.records import ClientLine
from caz_tui.data.tables import audit_entries, client_tags, clients, licence_events
from caz_tui.data.verification import verify
from tests.support import FrozenClock
from tests.unit.program import cnpj, dump, shape, write_sheet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from caz_tui.data.address import Place

pytestmark = pytest.mark.both_engines

WIDE = ("Razão Social", "CNPJ/CPF", "Situação", "Plano", "Pago por", "Vencimento do plano", "Etiquetas", "Cidade")
PLANS = ("", "Controle", "Avançado")
KNOWN = 150
NEW = 1_300


def rows(first: int, count: int, seed: int) -> Iterator[tuple[str, ...]]:
    """Yield clients with a bit of everything."""
    rng = random.Random(seed)
    for number in range(first, first + count):
        yield (
            f"{rng.choice(('Padaria', 'Ótica', 'Oficina'))} {number} Ltda",
            cnpj(number),
            rng.choice(("Ativo", "Em atraso", "Bloqueado")),
            rng.choice(PLANS),
            rng.choice(("cliente", "escritorio", "")),
            rng.choice(("", "01/02/2027")),
            rng.choice(("", "vip", "vip, São João")),
            rng.choice(("Belém", "")),
        )


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """A file of clients that the portfolio has when the large one comes."""
    return write_sheet(tmp_path / "poucos.csv", WIDE, rows(1, KNOWN, 1))


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A file of most of these, changed, and of many more."""
    return write_sheet(tmp_path / "muitos.csv", WIDE, rows(21, NEW, 2))


@pytest.fixture
def always_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_clients, "MANY_CLIENTS", 1)


async def filled(place: Place, *sheets: Path) -> PortfolioService:
    service = await PortfolioService.open(place, user="operador", clock=FrozenClock())
    for sheet in sheets:
        await service.import_sheet(sheet, ImportOptions())
    return service


async def content(place: Place) -> list[Any]:
    """Return what an import writes, but for the seals, whose key is another one in each database."""
    database = await Database.open(place)
    found: list[Any] = []
    async with database.read() as connection:
        for table in (clients, client_tags, licence_events, audit_entries):
            columns = [column for column in table.c if column.name != "seal"]
            asking = select(*columns).order_by(*table.primary_key.columns)
            found += [tuple(row) for row in await connection.execute(asking)]
    await database.close()
    return found


async def found(service: PortfolioService, words: str) -> list[int]:
    view = ClientView(query=ClientQuery.parse(words))
    return sorted(row.id for row in (await service.page(view, 0, 5_000)).rows)


@pytest.mark.parametrize("is_bulk", [True, False])
async def test_a_large_import_writes_what_a_small_one_does(
    fresh_place: Place, few: Path, many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_bulk: bool
) -> None:
    # A file of its own, with its indexes kept throughout.
    plain_place = tmp_path / "linha a linha.db"
    with patch("caz_tui.data.import_clients.SOME_CLIENTS", NEW + 1):
        plain = await filled(plain_place, few, many)
    large = await filled(fresh_place, few)
    before = shape(fresh_place)
    monkeypatch.setattr(import_clients, "MANY_CLIENTS", NEW - KNOWN if is_bulk else NEW)
    steps: list[tuple[int, float]] = []
    with patch.object(SqliteDialect, "bulk", autospec=True, side_effect=SqliteDialect.bulk) as made:
        report = await large.import_sheet(many, ImportOptions(), lambda *step: steps.append(step))
    assert (report.inserted, report.updated) == (NEW - KNOWN + 20, KNOWN - 20)
    assert made.called is (is_bulk and not isinstance(fresh_place, ServerAddress))
    assert steps == sorted(steps)
    assert steps[-1] == (NEW, 1.0)
    try:
        for words in ("ótica", "tica 77", "ltda", "belem", "etiqueta:vip", "situacao:bloqueado plano:controle"):
            assert await found(large, words) == await found(plain, words), words
        assert await found(large, "tica 77")
    finally:
        await plain.close()
        await large.close()
    assert await content(fresh_place) == await content(plain_place)
    assert shape(fresh_place) == before
    assert await verify(fresh_place) == ()


@pytest.mark.usefixtures("always_large")
async def test_the_search_index_keeps_in_step_after_a_large_import(fresh_place: Place, few: Path, many: Path) -> None:
    service = await filled(fresh_place, few, many)
    [known] = await found(service, cnpj(77))
    client = await service.client(known)
    await service.update(known, ClientChanges(name="Inconfundível"), client.version)
    assert await found(service, "confund") == [known]
    assert known not in await found(service, client.name)
    await service.close()
    assert await verify(fresh_place) == ()


@pytest.mark.usefixtures("always_large")
@pytest.mark.parametrize("share", [0.35, 0.6, 0.8, 0.97])
async def test_cancelling_a_large_import_leaves_nothing(
    fresh_place: Place, few: Path, many: Path, share: float
) -> None:
    service = await filled(fresh_place, few)
    before = dump(fresh_place)

    def stop(_lines: int, done: float) -> None:
        if done >= share:
            task.cancel()

    task = asyncio.create_task(service.import_sheet(many, ImportOptions(), stop))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert dump(fresh_place) == before
    assert (await service.import_sheet(many, ImportOptions())).inserted == NEW - KNOWN + 20
    await service.close()
    assert await verify(fresh_place) == ()


@pytest.mark.parametrize(
    ("many_clients", "what"),
    [
        (1, "search_index.pause"),
        (1, "import_clients._update"),
        (1, "search_index.make_anew"),
        (NEW, "import_clients._update"),
        (NEW, "search_index._fill"),
    ],
)
async def test_a_large_import_that_fails_leaves_nothing(
    fresh_place: Place, few: Path, many: Path, monkeypatch: pytest.MonkeyPatch, many_clients: int, what: str
) -> None:
    monkeypatch.setattr(import_clients, "MANY_CLIENTS", many_clients)
    service = await filled(fresh_place, few)
    before = dump(fresh_place)

    async def fail(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    if isinstance(fresh_place, ServerAddress) and what.startswith("search_index"):
        # A server keeps its indexes throughout, and knows nothing of what would fail.
        with patch(f"caz_tui.data.{what}", fail):
            assert (await service.import_sheet(many, ImportOptions())).inserted == NEW - KNOWN + 20
        await service.close()
        return
    with patch(f"caz_tui.data.{what}", fail), pytest.raises(RuntimeError, match="a fault of ours"):
        await service.import_sheet(many, ImportOptions())
    assert dump(fresh_place) == before
    # The service goes on as if nothing had happened.
    assert (await service.import_sheet(many, ImportOptions())).inserted == NEW - KNOWN + 20
    await service.close()
    await service.close()


@pytest.mark.parametrize("kind", ["gathering", "bulk"])
async def test_the_cache_is_as_it_was_whatever_happens(tmp_path: Path, kind: str) -> None:
    database = await Database.open(tmp_path / "carteira.db")
    dialect = database.dialect
    async with database.write() as connection:

        async def cache_size() -> int:
            return int(await connection.scalar(text("PRAGMA cache_size")) or 0)

        def ready() -> AbstractAsyncContextManager[None]:
            return dialect.gathering(connection) if kind == "gathering" else dialect.bulk(connection, (clients,))

        usual = await cache_size()
        async with ready():
            assert await cache_size() < usual < 0
        assert await cache_size() == usual
        with pytest.raises(RuntimeError, match="a fault"):
            async with ready():
                raise RuntimeError("a fault")
        assert await cache_size() == usual
        await connection.rollback()
    await database.close()


def test_packed_lines_come_as_they_went(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed_lines, "ROWS_AT_ONCE", 2)
    lines = PackedLines(("document", "name"))
    given = [ClientLine(number + 2, (cnpj(number), f"Empresa {number}")) for number in range(5)]
    for line in (*given, given[1]._replace(line=9), ClientLine(10, (cnpj(3), "Outra")), given[4]._replace(line=11)):
        lines.add(line)
    assert list(lines.take_out_disagreeing()) == [(cnpj(3), [5, 10], {"name"})]
    kept = [given[0], given[1], given[2], given[4]]
    assert [pair for batch in lines.batches() for pair in batch] == [(line.values[0], line) for line in kept]
    assert {document: len(more) for document, more in lines.repeats.items()} == {cnpj(1): 1, cnpj(4): 1}
    assert len(lines) == 4
