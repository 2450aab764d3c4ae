"""The search in the middle of words finds the same with its index as without, and the index keeps in step."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine

from caz_tui.data.choices import Field, Order, Tab
from caz_tui.data.dialects import base
from caz_tui.data.query import ClientQuery, ClientView
from caz_tui.data.schemas import ClientChanges
from caz_tui.data.search_index import TrigramTable
from caz_tui.data.service import PortfolioService
from caz_tui.data.text import fold
from tests.support import FrozenClock

if TYPE_CHECKING:
    from pathlib import Path

WORDS = (
    "adar",
    "ltda",
    "são joão",
    "33.297.189",
    "ze",
    "a",
    "%",
    "_",
    "' OR 1",
    "xyzxyz",
    "padaria são",
    "ção",
    "@",
)


async def found(service: PortfolioService, text: str, tab: Tab = Tab.ALL) -> tuple[list[int], int]:
    view = ClientView(tab, ClientQuery.parse(text), Order(field=Field.PLAN))
    total = await service.count(view)
    return [row.id for row in (await service.page(view, 0, 1_000)).rows], total


@pytest.mark.parametrize("few", [0, 5_000])
async def test_the_index_changes_no_answer(
    service: PortfolioService, demonstration: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(base, "MOST_LOOKED_UP", few)
    bare = shutil.copyfile(demonstration, tmp_path / "sem_indice.db")
    with closing(sqlite3.connect(bare)) as connection:
        for name in ("insert", "delete", "update"):
            connection.execute(f"DROP TRIGGER client_search_{name}")
        connection.execute("DROP TABLE client_search")
        connection.commit()
    without = await PortfolioService.open(bare, user="operador", clock=FrozenClock())
    try:
        for word in WORDS:
            for tab in Tab:
                ids, total = await found(service, word, tab)
                assert (ids, total) == await found(without, word, tab), (word, tab)
                assert len(ids) == total
    finally:
        await without.close()


async def test_the_index_keeps_in_step(empty_service: PortfolioService) -> None:
    created = await empty_service.create(ClientChanges(name="Padaria Inconfundível", document="52998224725"))
    assert await found(empty_service, "confund") == ([created.id], 1)
    changed = await empty_service.update(created.id, ClientChanges(name="Outro Nome"), created.version)
    assert await found(empty_service, "confund") == ([], 0)
    assert await found(empty_service, "utro nom") == ([created.id], 1)
    await empty_service.delete(changed.id, changed.version)
    assert await found(empty_service, "utro nom") == ([], 0)


def test_letters_of_ascii_are_found_by_themselves_alone() -> None:
    every = (chr(code) for code in range(0x80, sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)
    others = sorted({letter for char in every for letter in fold(char) if not letter.isascii()})
    assert len(others) > 100_000
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE VIRTUAL TABLE client_search USING fts5(search, tokenize='trigram')")
        ours = sorted({fold(chr(code)) for code in range(0x20, 0x7F)})
        texts = [(letter * 3,) for letter in (*ours, *others)]
        connection.exec_driver_sql("INSERT INTO client_search VALUES (?)", texts)
        for rowid, letter in enumerate(ours, 1):
            selecting = TrigramTable().has_all([letter * 3])
            assert selecting is not None
            assert [row.rowid for row in connection.execute(selecting)] == [rowid]
    engine.dispose()
    assert TrigramTable().has_all(["abc", f"{others[0]}bc"]) is None
    assert TrigramTable().has_elsewhere(f"{others[0]}bc") is None


def test_what_is_searched_begins_with_the_name(demonstration: Path) -> None:
    with closing(sqlite3.connect(demonstration)) as connection:
        begins = "substr(search || char(10), 1, length(name_folded) + 1) = name_folded || char(10)"
        asked = f"SELECT count(*), sum({begins}) FROM clients"
        every, those = connection.execute(asked).fetchone()
    assert every == those > 0
