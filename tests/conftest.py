"""Fixtures that tests of every level share."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

# Before Textual is imported: its frames are not to be waited for.
os.environ["TEXTUAL_FPS"] = "250"

from textual.css.stylesheet import Stylesheet

from caz_tui.data.service import PortfolioService
from tests.quiet import quiet
from tests.support import Desk, FrozenClock, make_demonstration

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from textual.css.model import RuleSet

_CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("quick", max_examples=25, deadline=None, suppress_health_check=_CHECKS)
# For a search through the night: pytest --hypothesis-profile=thorough
settings.register_profile("thorough", max_examples=2_000, deadline=None, suppress_health_check=_CHECKS)
settings.load_profile("quick")


@pytest.fixture(autouse=True, scope="session")
def _no_sleeping_pilot() -> Iterator[None]:
    """Let the pilot wait for what it waits for, instead of for some time."""
    with pytest.MonkeyPatch.context() as patch:
        for module in ("textual.app", "textual.pilot"):
            patch.setattr(f"{module}.wait_for_idle", quiet)
        yield


@pytest.fixture(autouse=True, scope="session")
def _collect_what_tests_leave() -> Iterator[None]:
    """Keep the app from taking all there is for permanent: here it is also what earlier tests left behind."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("caz_tui.app._spare_collector", lambda: None)
        yield


@pytest.fixture(autouse=True, scope="session")
def _parse_styles_once() -> Iterator[None]:
    """Let all apps of a test run share what their style sheets were parsed into."""
    parse = Stylesheet._parse_rules
    parsed: dict[object, list[RuleSet]] = {}

    def parse_once(self: Stylesheet, *source: Any, **more: Any) -> list[RuleSet]:
        key = (source, *more.items(), frozenset(self._variables.items()))
        if key not in parsed:
            parsed[key] = parse(self, *source, **more)
        return parsed[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parse_once)
        yield


@pytest.fixture
async def empty_service(tmp_path: Path) -> AsyncIterator[PortfolioService]:
    """A service on a new, empty database, with the clock standing still."""
    service = await PortfolioService.open(tmp_path / "carteira.db", user="operador", clock=FrozenClock())
    yield service
    await service.close()


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a demonstration portfolio, made once, to be copied and not to be written to."""
    return make_demonstration(tmp_path_factory.mktemp("demonstration") / "demonstracao.db", FrozenClock())


@pytest.fixture
async def service(tmp_path: Path, demonstration: Path) -> AsyncIterator[PortfolioService]:
    """A service on the demonstration portfolio, with the clock standing still."""
    path = tmp_path / demonstration.name
    shutil.copyfile(demonstration, path)
    service = await PortfolioService.open(path, user="operador", clock=FrozenClock())
    yield service
    await service.close()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A database that the tests of a module fill again and again."""
    desk = Desk(tmp_path_factory.mktemp("mesa") / "carteira.db")
    yield desk
    desk.close()
