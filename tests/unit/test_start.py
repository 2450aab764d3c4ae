"""What is imported before the first frame: nothing that only the data, or another screen, needs."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from caz_tui.data.errors import StorageError
from caz_tui.data.pending import PendingService

if TYPE_CHECKING:
    from tests.unit.program import Office

FIRST_FRAME = """
import json, os, re, sys
from caz_tui.terminal.environment import scrub
scrub(os.environ)
import caz_tui.cli, caz_tui.console.presence, caz_tui.data.drafts
from caz_tui.bare_asyncio import asyncio
from caz_tui.terminal import spared
spared.spare()
from caz_tui.console import desk

modules, keys = [], sys.argv[3:]

def look(app):
    shown = app.export_screenshot()
    if "Minha&#160;carteira" in shown and keys:
        app.simulate_key(keys.pop())
    if not modules and re.search(sys.argv[2], shown):
        modules.extend(sys.modules)
        app.exit(0)

async def shown(app):
    await app.run_async(headless=True, size=(80, 24))

desk.DeskApp.post_display_hook, desk._shown = look, shown
asyncio.run(desk.run(desk.Path(sys.argv[1]), "ana", None))
print(json.dumps(modules))
"""

NOT_FOR_THE_FIRST_FRAME = (
    "sqlalchemy", "pydantic", "alembic", "aiosqlite", "sqlite3", "ssl", "openpyxl", "python_calamine", "xlsxwriter",
    "_hashlib", "csv", "email", "tempfile", "shutil",
    "caz_tui.data.engine", "caz_tui.data.readings", "caz_tui.data.schemas", "caz_tui.data.service",
    "caz_tui.data.imports", "caz_tui.data.demo",
    "caz_tui.screens.my_clients", "caz_tui.screens.client_form", "caz_tui.screens.import_dialog",
    "caz_tui.screens.palette", "textual.widgets._text_area", "textual.widgets._data_table", "textual.widgets._markdown",
    "textual.widgets._tree", "textual.widgets._select", "textual.widgets._option_list",
)  # fmt: skip
NOT_FOR_THE_FIRST_SCREENS = (
    "sqlalchemy", "pydantic", "aiosqlite", "caz_tui.data.service", "caz_tui.data.schemas",
    "caz_tui.screens.client_form", "caz_tui.screens.filter_panel",
)  # fmt: skip


def python(script: str, *arguments: str) -> str:
    """Return the last line that a script in a process of its own prints."""
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def test_the_first_frame_needs_no_data(small_database: Path) -> None:
    modules = set(json.loads(python(FIRST_FRAME, str(small_database), "Minha&#160;carteira")))
    assert "caz_tui.screens.home" in modules
    assert not [name for name in NOT_FOR_THE_FIRST_FRAME if name in modules]


@pytest.mark.parametrize(
    ("shown", "keys"), [("3&#160;de&#160;32", ()), ("Empresa&#160;1", ("2",))], ids=["figures", "clients"]
)
def test_the_first_screens_need_no_sqlalchemy(small_database: Path, shown: str, keys: tuple[str, ...]) -> None:
    modules = set(json.loads(python(FIRST_FRAME, str(small_database), shown, *keys)))
    assert "caz_tui.data.first_look" in modules
    assert not [name for name in NOT_FOR_THE_FIRST_SCREENS if name in modules]


def test_what_stands_in_for_textuals_palette_makes_way_for_it() -> None:
    script = (
        "from caz_tui.terminal import spared; spared.spare()\n"
        "import sys; import textual.app; import textual.command as palette\n"
        "early = 'textual.fuzzy' in sys.modules, palette.CommandPalette\n"
        "from textual.command import Command\n"
        "now = palette.CommandPalette; print(early[0], early[1] is not now, issubclass(now, textual.screen.Screen))"
    )
    assert python(script) == "False True True"


def test_what_textual_only_calls_late_is_there_when_it_does() -> None:
    script = (
        "from caz_tui.terminal import spared; spared.spare()\n"
        "import sys; import textual.app; from textual.notifications import Notification\n"
        "is_early = 'UUID' in vars(sys.modules['uuid']), 'tempfile' in sys.modules\n"
        "note, folder = Notification('a'), textual.app.user_downloads_path()\n"
        "from uuid import UUID; from textual.suggestions import get_suggestion\n"
        "print(is_early, UUID(note.identity).version, folder.is_absolute(), get_suggestion('colr', ['color']))"
    )
    assert python(script) == "(False, False) 4 True color"


def test_the_collector_looks_for_garbage_where_a_command_works(small_database: Path) -> None:
    script = (
        "import caz_tui.__main__, gc, sys; from caz_tui.cli import main; is_early = gc.isenabled();"
        "status = main(['--banco', sys.argv[1], 'carteira']); print(is_early, status, gc.isenabled())"
    )
    assert python(script, str(small_database)) == "False 0 True"


def test_the_orm_is_never_imported() -> None:
    script = (
        "import sys; import caz_tui.data.service; print([name for name in sys.modules if 'sqlalchemy.orm' in name])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"


def test_tls_is_there_for_who_asks() -> None:
    assert python("import caz_tui.cli, sys; print('ssl' in sys.modules); import ssl; print(ssl.SSLContext)").endswith(
        "'ssl.SSLContext'>"
    )
    assert python("import caz_tui.cli, sys; print('ssl' in sys.modules)") == "False"
    assert python("import ssl, caz_tui.cli, asyncio; print(asyncio.base_events.ssl is ssl)") == "True"


def test_the_data_needs_neither_openssl_nor_what_is_said_of_other_packages() -> None:
    script = (
        "import caz_tui.cli, caz_tui.console.presence, pathlib, sys;"
        "import caz_tui.data.service, caz_tui.data.schemas, caz_tui.data.dialects.sqlite as dialect;"
        "dialect.SqliteDialect(pathlib.Path('x.db')).make_engine();"
        "print(sorted({'_hashlib', '_ssl', 'email', 'zipfile', 'importlib.metadata._meta'} & sys.modules.keys()))"
    )
    assert python(script) == "[]"


def test_hashes_are_those_of_openssl_and_it_is_there_for_who_asks() -> None:
    script = (
        "{}import caz_tui.cli, sys; from caz_tui.bare_hashlib import hashlib, hmac;"
        "print('_hashlib' in sys.modules, hashlib.sha256(b'a').hexdigest(), hmac.new(b'k', b'a', 'sha256').hexdigest())"
    )
    spared, whole = python(script.format("")).split(), python(script.format("import hashlib;")).split()
    assert (spared[0], whole[0]) == ("False", "True")
    assert spared[1:] == whole[1:]
    assert python("import caz_tui.cli, _hashlib; print(len(_hashlib.new('sha256').digest()))") == "32"


def test_what_is_said_of_packages_is_there_for_who_asks() -> None:
    script = "import caz_tui.data.schemas, importlib.metadata as said; print(said.version('sqlalchemy')[0], {})"
    assert python(script.format("len(said.entry_points()) > 0")) == "2 True"
    script = (
        "import caz_tui.data; from sqlalchemy import create_engine, exc\n"
        "try: create_engine('nosuch://')\nexcept exc.NoSuchModuleError: print('unknown')"
    )
    assert python(script) == "unknown"


def test_the_package_of_the_asyncio_engine_is_whole_for_who_asks() -> None:
    script = (
        "import caz_tui.data.engine, sqlalchemy.ext.asyncio as package;"
        "from sqlalchemy.ext.asyncio import AsyncSession, AsyncEngine;"
        "print(AsyncSession.__name__, package.AsyncEngine is AsyncEngine, AsyncEngine.__module__)"
    )
    assert python(script) == "AsyncSession True sqlalchemy.ext.asyncio.engine"


async def test_calls_wait_until_the_portfolio_is_open(small_database: Path, tmp_path: Path) -> None:
    pending = PendingService(Path(shutil.copy(small_database, tmp_path / "carteira.db")), user="ana")
    asking = asyncio.create_task(pending.is_empty())
    try:
        await asyncio.sleep(0)
        assert not asking.done()
        pending.begin()
        assert await asking is False
        assert pending.today == (await pending.opened()).today
    finally:
        await pending.close()


async def test_what_cannot_be_opened_is_told_to_all_who_wait(held: Office) -> None:
    held.sql("UPDATE alembic_version SET version_num = '9999'")
    pending = PendingService(held.database, user="ana")
    pending.begin()
    for _ in range(2):
        with pytest.raises(StorageError, match="versão mais nova"):
            await pending.count()
    await pending.close()


def test_a_file_that_is_no_database_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("nada")
    with pytest.raises(StorageError, match="não é um banco"):
        PendingService(tmp_path / "x.db", user="ana")


async def test_leaving_before_anything_was_opened_opens_nothing(tmp_path: Path) -> None:
    pending = PendingService(tmp_path / "x.db", user="ana")
    asking = asyncio.create_task(pending.is_empty())
    await asyncio.sleep(0)
    await pending.close()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert not (tmp_path / "x.db").exists()
