"""What the first screens show before SQLAlchemy is there: the same as the service says, or nothing."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from contextlib import closing
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from caz_tui.console.presence import Presence
from caz_tui.console.visits import Attendance
from caz_tui.data import first_look
from caz_tui.data.choices import Field, Order, Role, Tab
from caz_tui.data.clock import SystemClock
from caz_tui.data.engine import Database
from caz_tui.data.errors import AccessGone, StorageError
from caz_tui.data.first_look import RECORDED, FirstLook
from caz_tui.data.pending import PendingService
from caz_tui.data.query import ClientQuery, ClientView
from caz_tui.data.recording import record
from caz_tui.data.schemas import ClientChanges, TrailQuery
from caz_tui.data.service import PortfolioService
from tests.support import NOON, FrozenClock, file_of, make_demonstration

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

SINCE = date(2026, 11, 4)


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_demonstration(tmp_path_factory.mktemp("demonstracao") / "carteira.db", SystemClock())


@pytest.fixture
async def service(demonstration: Path, tmp_path: Path) -> AsyncIterator[PortfolioService]:
    path = shutil.copyfile(demonstration, tmp_path / "carteira.db")
    service = await PortfolioService.open(path, user="ana")
    yield service
    await service.close()


@pytest.fixture
def look(service: PortfolioService) -> Iterator[FirstLook]:
    look = look_at(service)
    yield look
    look.close()


def look_at(service: PortfolioService, user: str = "ana") -> FirstLook:
    found = FirstLook.at(file_of(service), user)
    assert found is not None
    return found


async def test_the_statements_are_those_that_the_service_sends() -> None:
    # make first-look writes them anew.
    assert await record() == json.loads(RECORDED.read_text(encoding="utf-8"))


async def test_it_says_what_the_service_says(service: PortfolioService, look: FirstLook) -> None:
    assert look.summary(service.today) == await service.summary()
    assert look.tab_counts() == await service.tab_counts()
    assert look.is_empty() is await service.is_empty() is False
    assert look.me() == await service.me()
    assert look.office_name() == await service.office_name()
    await service.set_office_name("Escritório São João")
    assert look.office_name() == "Escritório São João"
    for tab in Tab:
        view = ClientView(tab)
        assert look.count(view) == await service.count(view)
        for limit in (1, 60, 10_000):
            page = look.page(view, 0, limit)
            assert page is not None
            assert page.rows == (await service.page(view, 0, limit)).rows


async def test_clients_with_everything_and_with_nothing(service: PortfolioService, look: FirstLook) -> None:
    for row in (await service.page(ClientView(), 0, 40)).rows:
        client = await service.client(row.id)
        await service.update(client.id, ClientChanges(tags=("a", 'ção "x"')), client.version)
    blank = await service.create(ClientChanges(name="Á", document="52998224725"))
    page = look.page(ClientView(), 0, 10_000)
    assert page is not None
    assert page.rows == (await service.page(ClientView(), 0, 10_000)).rows
    assert {row.tags for row in page.rows if row.id != blank.id} >= {("a", 'ção "x"')}


async def test_a_period_that_something_else_wrote_backwards_is_shown(
    service: PortfolioService, look: FirstLook
) -> None:
    with closing(sqlite3.connect(file_of(service))) as connection, connection:
        connection.execute("UPDATE clients SET export_start = '2026-02-28', export_end = '2026-02-01'")
    page = look.page(ClientView(), 0, 10)
    assert page is not None
    assert page.rows == (await service.page(ClientView(), 0, 10)).rows
    assert {row.last_export and row.last_export.start for row in page.rows} == {date(2026, 2, 28)}
    assert (await service.client(page.rows[0].id)).last_export == page.rows[0].last_export


@pytest.mark.parametrize(
    ("view", "offset"),
    [
        (ClientView(), 1),
        (ClientView(query=ClientQuery.parse("padaria")), 0),
        (ClientView(order=Order(Field.PLAN)), 0),
        (ClientView(order=Order(descending=True)), 0),
    ],
    ids=str,
)
def test_other_lists_are_left_to_the_service(look: FirstLook, view: ClientView, offset: int) -> None:
    assert look.page(view, offset, 10) is None


def test_counts_of_what_is_searched_are_left_to_the_service(look: FirstLook) -> None:
    assert look.count(ClientView(query=ClientQuery.parse("padaria"))) is None


async def test_an_analyst_is_left_to_the_service(service: PortfolioService) -> None:
    await service.create_user("maria", Role.ANALYST, [])
    look = look_at(service, "maria")
    answers = [look.me(), look.summary(SINCE), look.page(ClientView(), 0, 10), look.is_empty()]
    assert answers == [None] * len(answers)
    look.close()


async def test_a_reader_sees_all_of_it(service: PortfolioService) -> None:
    await service.create_user("leo", Role.READER)
    look = look_at(service, "leo")
    assert look.summary(service.today) == await service.summary()
    assert look.role is Role.READER
    look.close()


async def test_who_is_no_user_sees_nothing(service: PortfolioService) -> None:
    await service.create_user("leo", Role.READER)
    look = look_at(service, "estranho")
    answers = [look.me(), look.summary(SINCE), look.tab_counts()]
    assert answers == [None] * len(answers)
    await service.set_user_active("leo", active=False)
    look.close()
    look = look_at(service, "leo")
    assert look.page(ClientView(), 0, 10) is None
    look.close()


@pytest.mark.parametrize("statement", ["UPDATE alembic_version SET version_num = '0004'", "DROP TABLE alembic_version"])
def test_another_schema_is_left_to_the_service(demonstration: Path, tmp_path: Path, statement: str) -> None:
    path = shutil.copyfile(demonstration, tmp_path / "carteira.db")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)
    assert FirstLook.at(path, "ana") is None


def test_no_file_and_none_of_ours(tmp_path: Path) -> None:
    assert FirstLook.at(tmp_path / "nada.db", "ana") is None
    assert not (tmp_path / "nada.db").exists()
    (tmp_path / "texto.db").write_text("nada " * 2_000)
    assert FirstLook.at(tmp_path / "texto.db", "ana") is None


def test_a_file_that_is_locked_is_left_to_the_service(
    look: FirstLook, service: PortfolioService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_look, "_TIMEOUT_SECONDS", 0.0)
    with closing(sqlite3.connect(file_of(service), isolation_level=None)) as connection:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        assert look.summary(SINCE) is None


async def test_it_writes_nothing(look: FirstLook) -> None:
    with pytest.raises(sqlite3.Error, match="readonly"), closing(look._connect()) as connection:
        connection.execute("DELETE FROM clients")


async def test_whoever_leaves_does_not_wait_for_it(look: FirstLook) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    look._recorded["calls"]["me"] += [[endless, []]]
    # Before, between or in the middle of its statements.
    asking = asyncio.create_task(asyncio.to_thread(look.me))
    await asyncio.sleep(0)
    look.close()
    assert await asyncio.wait_for(asking, 30) is None


# In the place of the service


async def pending_on(service: PortfolioService) -> PendingService:
    pending = PendingService(file_of(service), user="ana")
    pending.begin()
    return pending


async def test_the_first_screens_do_without_the_service(service: PortfolioService) -> None:
    pending = await pending_on(service)
    try:
        assert await pending.summary() == await service.summary()
        assert await pending.me() == await service.me()
        assert await pending.page(ClientView(), 0, 60) == await service.page(ClientView(), 0, 60)
        assert (pending.role, pending.is_open, pending.has_shown) == (Role.ADMINISTRATOR, False, True)
        assert (await pending.client(1)).id == 1
        assert pending.is_open
        assert await pending.summary() == await service.summary()
    finally:
        await pending.close()


@pytest.mark.parametrize("fails", [False, True])
async def test_the_rows_of_a_list_are_read_before_what_stands_around_them(
    service: PortfolioService, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    pending, read, real = await pending_on(service), [], FirstLook._read

    def noted(look: FirstLook, call: str, **named: Any) -> Any:
        read.append(call.split(maxsplit=1)[0])
        if fails and call.startswith("page"):
            raise OSError("o disco falhou")
        return real(look, call, **named)

    monkeypatch.setattr(FirstLook, "_read", noted)
    calls = [pending.summary(), pending.me(), pending.page(ClientView(), 0, 10), pending.tab_counts()]
    try:
        results = await asyncio.wait_for(asyncio.gather(*calls, return_exceptions=True), 30)
        assert read[0] == "page"
        assert sorted(read) == ["me", "page", "summary", "tab_counts"]
        assert [isinstance(result, OSError) for result in results] == [False, False, fails, False]
        assert not pending.is_open
    finally:
        await pending.close()


async def test_what_was_written_meanwhile_is_told(service: PortfolioService) -> None:
    pending = await pending_on(service)
    told = asyncio.Event()
    watching: asyncio.Task[Any] | None = None
    try:
        before = await pending.summary()
        await service.create(ClientChanges(name="Nova", document="52998224725"))
        watching = asyncio.create_task(pending.watch(told.set, lambda _: None))
        await asyncio.wait_for(told.wait(), 30)
        assert (await pending.summary()).total == before.total + 1
    finally:
        if watching is not None:
            watching.cancel()
        await pending.close()


@pytest.mark.parametrize("is_replaced", [False, True])
async def test_a_file_that_went_meanwhile_is_not_opened(service: PortfolioService, is_replaced: bool) -> None:
    pending, path = await pending_on(service), file_of(service)
    await pending.summary()
    ghost = path.rename(path.with_name("fantasma.db"))
    if is_replaced:
        shutil.copyfile(ghost, path)
    for ask in (pending.summary, partial(pending.page, ClientView(), 0, 10), partial(pending.client, 1)):
        with pytest.raises(StorageError, match="foi apagado ou trocado por outro"):
            await ask()
    await pending.close()
    assert path.exists() is is_replaced


@pytest.mark.parametrize("is_replaced", [False, True])
async def test_a_file_that_goes_while_it_is_opened_is_told_as_such(
    service: PortfolioService, monkeypatch: pytest.MonkeyPatch, is_replaced: bool
) -> None:
    pending, path = await pending_on(service), file_of(service)
    await pending.summary()
    opened = PortfolioService.open

    async def goes_first(*args: Any, **named: Any) -> PortfolioService:
        path.rename(path.with_name("fantasma.db"))
        if is_replaced:
            path.write_bytes(b"outra coisa")
        return await opened(*args, **named)

    monkeypatch.setattr(PortfolioService, "open", goes_first)
    with pytest.raises(StorageError, match="foi apagado ou trocado por outro"):
        await pending.client(1)
    await pending.close()
    assert path.exists() is is_replaced


async def test_who_may_not_come_in_is_told_so(service: PortfolioService) -> None:
    await service.create_user("leo", Role.READER)
    pending = PendingService(file_of(service), user="estranho")
    pending.begin()
    with pytest.raises(AccessGone, match="não está entre os usuários"):
        await pending.summary()
    await pending.close()


async def test_whoever_has_seen_something_has_been_there(service: PortfolioService, tmp_path: Path) -> None:
    pending = await pending_on(service)
    attendance = Attendance(pending, Presence(tmp_path / "abertas", "x", "ana", NOON), FrozenClock())
    try:
        await pending.summary()
        assert not pending.is_open
        await attendance.end("fechou o programa")
        entries = await service.trail(TrailQuery(who="ana"), 10)
        assert [entry.action for entry in entries[-2:]] == ["Entrou", "Saiu"]
    finally:
        await pending.close()


async def test_an_empty_database(tmp_path: Path) -> None:
    await (await Database.open(tmp_path / "carteira.db")).close()
    look = FirstLook.at(tmp_path / "carteira.db", "ana")
    assert look is not None
    assert look.is_empty() is True
    summary, page = look.summary(SINCE), look.page(ClientView(), 0, 10)
    assert summary is not None
    assert (summary.total, summary.by_plan, summary.licences.bought) == (0, {}, 0)
    assert page is not None
    assert page.rows == ()
    look.close()
