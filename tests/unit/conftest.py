"""Fixtures for what needs no terminal."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from tests.unit.program import HEADERS, PURCHASE_HEADERS, PURCHASES, Office, fill, numbered, write_sheet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from caz_tui.data.address import Place
    from caz_tui.data.service import PortfolioService
    from tests.unit.asking import Statement


@pytest.fixture
def office(
    fresh_place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Office:
    """A folder, no database yet or an empty one on a server, and the command line, away from the developer's files."""
    monkeypatch.delenv("CAZ_BANCO", raising=False)
    for name in ("HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    return Office(tmp_path, capsys, fresh_place)


@pytest.fixture(scope="session")
def small_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with some of everything, made once: five clients, three of them on a plan and with tags, purchases."""
    folder = tmp_path_factory.mktemp("pequeno")
    rows = [
        *((*row, "vip, são joão", "Plano Exclusivo", "Escritório") for row in numbered(3)),
        *((*row, "", "", "") for row in numbered(2, first=10)),
    ]
    headers = (*HEADERS, "Etiquetas", "Plano", "Pago por")
    sheets = (
        write_sheet(folder / "clientes.csv", headers, rows),
        write_sheet(folder / "compras.csv", PURCHASE_HEADERS, PURCHASES),
    )
    asyncio.run(fill(folder / "carteira.db", *sheets))
    return folder / "carteira.db"


@pytest.fixture
def held(office: Office, small_database: Path) -> Office:
    """An office whose database holds something to lose."""
    shutil.copy(small_database, office.database)
    return office


@pytest.fixture
def asked(service: PortfolioService) -> Iterator[list[Statement]]:
    """What the service of a test asks its database for."""
    found: list[Statement] = []
    engine = service._database._engine.sync_engine

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if statement.startswith("SELECT"):
            found.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)
