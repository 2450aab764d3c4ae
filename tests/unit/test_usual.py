"""The statements of the usual lists are compiled before anybody asks for them, and nothing else happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine
from sqlalchemy.util import LRUCache

from caz_tui.data.choices import Field, Order, Tab
from caz_tui.data.query import ClientQuery, ClientView
from caz_tui.data.usual import USUAL_VIEWS

if TYPE_CHECKING:
    import pytest
    from sqlalchemy.sql.compiler import SQLCompiler

    from caz_tui.data.service import PortfolioService
    from tests.unit.asking import Statement


async def test_what_was_prepared_is_not_compiled_again(
    service: PortfolioService, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Other tests may have left the same statements in the one they share.
    cache: LRUCache[Any, Any] = LRUCache(500)
    monkeypatch.setattr(Engine, "_compiled_cache", property(lambda _: cache, lambda *_: None), raising=False)
    for view in USUAL_VIEWS:
        await service.prepare(view)
    compiled: list[str] = []
    dialect = service._database._engine.sync_engine.dialect
    compiler = dialect.statement_compiler

    def counted(*args: Any, **named: Any) -> SQLCompiler:
        done = compiler(*args, **named)
        compiled.append(str(done))
        return done

    monkeypatch.setattr(dialect, "statement_compiler", counted)
    asked = [
        ClientView(order=Order(Field.CITY, descending=True)),
        ClientView(Tab.WITHOUT_PLAN),
        ClientView(query=ClientQuery.parse("situacao:cancelado")),
        ClientView(query=ClientQuery.parse("b")),
        ClientView(query=ClientQuery.parse("inexistente")),
    ]
    for view in asked:
        await service.page(view, 0, 20)
    assert compiled == []
    await service.page(ClientView(query=ClientQuery.parse("uf:SP cidade:campinas")), 0, 20)
    assert compiled


async def test_preparing_leaves_nothing_behind_that_a_list_would_be_read_by(service: PortfolioService) -> None:
    view = ClientView(order=Order(Field.PLAN))
    await service.prepare(view)
    assert not service._walks._walks
    assert not service._walks.totals


async def test_no_word_is_looked_for_in_every_client(service: PortfolioService, asked: list[Statement]) -> None:
    service._database.search = None
    for view in USUAL_VIEWS:
        await service.prepare(view)
    assert asked
    assert not [one for one in asked if "clients.search" in one[0]]
