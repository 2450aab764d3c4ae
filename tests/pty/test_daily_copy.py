"""The copy of the day, made behind a running desk, and the bar that a person sees who waits for one."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

from caz_tui.data.clock import SystemClock, today
from tests.pty.sshd import wait_until
from tests.pty.terminal import Terminal
from tests.unit.program import dump

PROGRAM = str(Path(sys.executable).with_name("caz-tui"))


@pytest.fixture
def database(demonstration: Path, tmp_path: Path) -> Path:
    """A copy of the demonstration portfolio."""
    return Path(shutil.copyfile(demonstration, tmp_path / "carteira.db"))


def test_the_first_session_of_the_day_makes_it(database: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copias" / f"carteira-{today(SystemClock())}.db"
    with Terminal([PROGRAM, "--banco", str(database)], env={"HOME": str(tmp_path)}) as terminal:
        terminal.wait_for("Minha carteira")
        wait_until(copy.exists)
        wait_until(lambda: copy.stat().st_nlink == 1)
        made = copy.stat()
        assert made.st_mode & 0o777 == 0o600
        assert dump(copy) == dump(database)
        terminal.press("q")
        assert terminal.wait_exit() == 0
    assert copy.parent.stat().st_mode & 0o777 == 0o700
    with Terminal([PROGRAM, "--banco", str(database)], env={"HOME": str(tmp_path)}) as terminal:
        terminal.wait_for("Minha carteira")
        terminal.wait_quiet(0.5)
        terminal.press("q")
        assert terminal.wait_exit() == 0
    assert copy.stat() == made
    assert sorted(path.name for path in copy.parent.iterdir()) == [".vez", copy.name]


def test_why_there_is_none_is_told_and_nothing_else_is_wrong(database: Path, tmp_path: Path) -> None:
    (tmp_path / "copias").write_text("no folder")
    with Terminal([PROGRAM, "--banco", str(database)], cols=120, env={"HOME": str(tmp_path)}) as terminal:
        terminal.wait_for("não pode guardar cópias")
        terminal.press("2")
        terminal.wait_for("Todos 297")
        terminal.press("q")
        assert terminal.wait_exit() == 0


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (("backup", "x.db"), "Copiando █+ 100%"),
        (("restaurar", "y.db"), "Restaurando █+ 100%"),
        (("verificar",), "Conferindo ░+   0%"),
    ],
)
def test_a_person_who_waits_sees_a_bar(database: Path, tmp_path: Path, words: tuple[str, ...], shown: str) -> None:
    shutil.copyfile(database, tmp_path / "y.db")
    with Terminal([PROGRAM, "--banco", str(database), "banco", *words], cwd=tmp_path) as terminal:
        assert terminal.wait_exit() == 0
        assert re.search(shown, terminal.wire.decode())
        assert "█" not in terminal.screen_text()
