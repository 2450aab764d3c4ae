"""What the tests in a real terminal share: a portfolio of today, because the program there has the real clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from caz_tui.data.clock import SystemClock
from tests.support import make_demonstration

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server import Server


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a demonstration portfolio, made once, to be copied and not to be written to."""
    return make_demonstration(tmp_path_factory.mktemp("demonstration") / "demonstracao.db", SystemClock())


@pytest.fixture(scope="session")
def demonstration_template(server: Server) -> str:
    """The name of a database on the server with such a portfolio, to be copied."""
    address = server.create()
    make_demonstration(address, SystemClock())
    return str(address.database)
