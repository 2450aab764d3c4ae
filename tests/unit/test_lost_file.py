"""The file of the database taken away, or another put in its place, under an open session."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from caz_tui.data.database_file import Identity, identity
from caz_tui.data.dialects import sqlite
from caz_tui.data.errors import StorageError
from caz_tui.data.query import ClientView
from caz_tui.data.schemas import ClientChanges
from tests.support import file_of
from tests.unit.program import cnpj, dump

if TYPE_CHECKING:
    from pathlib import Path

    from caz_tui.data.service import PortfolioService

SENTENCE = "foi apagado ou trocado por outro; daqui nada mais se grava. Saia e entre de novo."
CHANGES = ClientChanges(name="Fantasma", document=cnpj(7))


async def refuses_all(service: PortfolioService) -> None:
    for call in (service.summary, lambda: service.count(ClientView()), lambda: service.create(CHANGES)):
        with pytest.raises(StorageError, match=SENTENCE):
            await call()


async def test_a_file_that_was_removed_is_not_made_anew(service: PortfolioService) -> None:
    await service.summary()
    file_of(service).unlink()
    await refuses_all(service)
    assert not file_of(service).exists()
    assert [path.name for path in file_of(service).parent.iterdir()] == []


@pytest.mark.parametrize("has_same_content", [True, False])
async def test_a_file_that_was_replaced_is_neither_read_nor_written(
    service: PortfolioService, tmp_path: Path, has_same_content: bool
) -> None:
    await service.summary()
    other = tmp_path / "outro.db"
    shutil.copyfile(file_of(service), other)
    if not has_same_content:
        other.write_bytes(b"outra coisa")
    ghost = file_of(service).rename(tmp_path / "fantasma.db")
    other.rename(file_of(service))
    content, left = file_of(service).read_bytes(), dump(ghost)
    await refuses_all(service)
    assert file_of(service).read_bytes() == content
    assert dump(ghost) == left


@pytest.mark.parametrize("is_replaced", [False, True])
async def test_a_file_that_goes_while_a_connection_is_opened_is_neither_made_nor_read(
    service: PortfolioService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_replaced: bool
) -> None:
    path, ghost = file_of(service), tmp_path / "fantasma.db"
    await service._database.close()

    def looked_at_just_before(looked_at: Path) -> Identity | None:
        found = identity(looked_at)
        if not ghost.exists():
            path.rename(ghost)
            if is_replaced:
                shutil.copyfile(ghost, path)
        return found

    monkeypatch.setattr(sqlite, "identity", looked_at_just_before)
    with pytest.raises(StorageError, match=SENTENCE):
        await service.summary()
    assert path.exists() is is_replaced
    await refuses_all(service)


async def test_a_write_under_which_the_file_goes_is_undone(service: PortfolioService, tmp_path: Path) -> None:
    ghost = tmp_path / "fantasma.db"
    before = dump(service.path)

    async def write() -> None:
        async with service._database.write() as connection:
            await connection.exec_driver_sql("UPDATE clients SET name = 'Fantasma'")
            file_of(service).rename(ghost)

    with pytest.raises(StorageError, match=SENTENCE):
        await write()
    await refuses_all(service)
    # Its journal has the name that the file had.
    assert dump(ghost) == before
    ghost.rename(file_of(service))
    assert await service.count(ClientView()) == 297


async def test_a_file_that_comes_back_is_gone_on_with(service: PortfolioService, tmp_path: Path) -> None:
    aside = file_of(service).rename(tmp_path / "ao lado.db")
    await refuses_all(service)
    aside.rename(file_of(service))
    assert (await service.create(CHANGES)).name == "Fantasma"
