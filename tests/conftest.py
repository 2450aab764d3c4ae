"""Fixtures that tests of every level share."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

# Before Textual is imported: its frames are not to be waited for.
os.environ["TEXTUAL_FPS"] = "250"

from sqlalchemy import Engine
from sqlalchemy.util import LRUCache
from textual.css.stylesheet import Stylesheet

from caz_tui.data.service import PortfolioService
from tests.quiet import quiet
from tests.support import QUICK_EXAMPLES, Desk, FrozenClock, make_demonstration, open_and_close

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from textual.css.model import RuleSet

    from caz_tui.data.address import Place
    from tests.server import Server

_CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("quick", max_examples=QUICK_EXAMPLES, deadline=None, suppress_health_check=_CHECKS)
# For a search through the night: pytest --hypothesis-profile=thorough
settings.register_profile("thorough", max_examples=2_000, deadline=None, suppress_health_check=_CHECKS)
settings.load_profile("quick")


_MEMORY = Path("/dev/shm")
_ROOM_BYTES = 2**30
if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _ROOM_BYTES:
    # A commit waits for the disk there is; no test cuts the power.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))

_GC_THRESHOLDS = (10_000, 5, 10)
_STATEMENTS_KEPT = 2_000


def pytest_collection_finish() -> None:
    """Keep the garbage collector from walking all that was imported and all tests again and again, as the app does."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GC_THRESHOLDS)


@pytest.fixture
def no_collector() -> Iterator[None]:
    """Nothing goes but by itself."""
    was_enabled = gc.isenabled()
    gc.disable()
    yield
    if was_enabled:
        gc.enable()


@pytest.fixture(autouse=True, scope="session")
def _no_sleeping_pilot() -> Iterator[None]:
    """Let the pilot wait for what it waits for, instead of for some time."""
    with pytest.MonkeyPatch.context() as patch:
        for module in ("textual.app", "textual.pilot"):
            patch.setattr(f"{module}.wait_for_idle", quiet)
        yield


@pytest.fixture(autouse=True, scope="session")
def _rest_at_once() -> Iterator[None]:
    """Let a table ask and draw ahead as soon as nothing moves: no fingers follow."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("caz_tui.widgets.windowed_table.PAUSE_SECONDS", 0.0)
        patch.setattr("caz_tui.widgets.windowed_table.FIRST_ROWS_SECONDS", 0.0)
        yield


@pytest.fixture(autouse=True, scope="session")
def _parse_styles_once() -> Iterator[None]:
    """Let all apps of a test run share what their style sheets were parsed into."""
    parse = Stylesheet._parse_rules
    parsed: dict[object, list[RuleSet]] = {}
    latest: tuple[dict[str, str], frozenset[tuple[str, str]]] = ({}, frozenset())

    def parse_once(self: Stylesheet, *source: Any, **more: Any) -> list[RuleSet]:
        nonlocal latest
        if self._variables is not latest[0]:
            latest = self._variables, frozenset(self._variables.items())
        key = (source, *more.items(), latest[1])
        if key not in parsed:
            parsed[key] = parse(self, *source, **more)
        return parsed[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parse_once)
        yield


class _CompiledOnce(LRUCache[Any, Any]):
    """Statements as they were compiled, for all databases of one kind; SQLAlchemy keeps them for one database."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_of_a_kind(key), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_of_a_kind(key), value)


def _of_a_kind(key: tuple[Any, ...]) -> tuple[Any, ...]:
    dialect, *statement = key
    return type(dialect), *statement


@pytest.fixture(autouse=True, scope="session")
def _compile_statements_once() -> Iterator[None]:
    """Let all databases of a test run share what their statements were compiled into: it is the same for each."""
    compiled = _CompiledOnce(_STATEMENTS_KEPT)
    with pytest.MonkeyPatch.context() as patch:
        # Each engine would put an empty one of its own there.
        patch.setattr(Engine, "_compiled_cache", property(lambda _: compiled, lambda *_: None), raising=False)
        yield


ENGINES = ("sqlite", "postgres")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is marked ``both_engines`` on each."""
    if "engine" in metafunc.fixturenames and metafunc.definition.get_closest_marker("both_engines"):
        metafunc.parametrize("engine", ENGINES, indirect=True, scope="session")


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> str:
    """The engine that a test is run on: SQLite, unless it is marked to be run on both."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The PostgreSQL server of this run."""
    from tests.server import Server  # noqa: PLC0415 - most tests need none

    server = Server()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def empty_template(server: Server) -> str:
    """The name of a database with empty tables, to be copied."""
    address = server.create()
    asyncio.run(open_and_close(address))
    return str(address.database)


@pytest.fixture(scope="session")
def demonstration_template(server: Server) -> str:
    """The name of a database with a demonstration portfolio, to be copied."""
    address = server.create()
    make_demonstration(address, FrozenClock())
    return str(address.database)


@pytest.fixture
def fresh_place(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Where a test finds an empty database of its own, or may make one."""
    if engine == "sqlite":
        yield tmp_path / "carteira.db"
        return
    server, template = (request.getfixturevalue(name) for name in ("server", "empty_template"))
    address = server.create(template)
    yield address
    server.drop(address)


@pytest.fixture
def demonstration_place(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Where a test finds a demonstration portfolio of its own."""
    if engine == "sqlite":
        demonstration = request.getfixturevalue("demonstration")
        yield Path(shutil.copyfile(demonstration, tmp_path / demonstration.name))
        return
    server, template = (request.getfixturevalue(name) for name in ("server", "demonstration_template"))
    address = server.create(template)
    yield address
    server.drop(address)


@pytest.fixture(scope="session")
def founded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an empty database that the one who founded it has left, to be copied and not to be written to."""
    path = tmp_path_factory.mktemp("fundado") / "carteira.db"

    async def found() -> None:
        await (await PortfolioService.open(path, user="operador", clock=FrozenClock())).close()

    asyncio.run(found())
    return path


@pytest.fixture
def founded_place(engine: str, fresh_place: Place, request: pytest.FixtureRequest) -> Place:
    """Where a test finds an empty database of its own, founded where that need not be done each time."""
    if engine == "sqlite":
        # With the file by which writers take turns, which lies beside it.
        shutil.copytree(
            request.getfixturevalue("founded_file").parent, Path(str(fresh_place)).parent, dirs_exist_ok=True
        )
    return fresh_place


@pytest.fixture
async def empty_service(founded_place: Place) -> AsyncIterator[PortfolioService]:
    """A service on a new, empty database, with the clock standing still."""
    service = await PortfolioService.open(founded_place, user="operador", clock=FrozenClock())
    yield service
    await service.close()


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a demonstration portfolio, made once, to be copied and not to be written to."""
    return make_demonstration(tmp_path_factory.mktemp("demonstration") / "demonstracao.db", FrozenClock())


@pytest.fixture
async def service(demonstration_place: Place) -> AsyncIterator[PortfolioService]:
    """A service on the demonstration portfolio, with the clock standing still."""
    service = await PortfolioService.open(demonstration_place, user="operador", clock=FrozenClock())
    yield service
    await service.close()


@pytest.fixture(scope="module")
def desk(engine: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A database that the tests of a module fill again and again."""
    if engine == "sqlite":
        desk = Desk(tmp_path_factory.mktemp("mesa") / "carteira.db")
    else:
        desk = Desk(request.getfixturevalue("server").create(request.getfixturevalue("empty_template")))
    yield desk
    desk.close()
