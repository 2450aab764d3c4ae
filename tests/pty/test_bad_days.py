"""Bad days of the installed program in a real terminal: its file goes away, it is killed right after it said yes."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from caz_tui.cli import main
from tests.pty.new_client import type_a_new_client
from tests.pty.terminal import Terminal
from tests.unit.program import cnpj, dump

PROGRAM = str(Path(sys.executable).with_name("caz-tui"))
GONE = "foi apagado ou trocado por"
KILLS = int(os.environ.get("CAZ_TORTURE_KILLS", "20")) // 20
"""How often the program is killed right after it said that a client is saved."""


@pytest.fixture
def database(demonstration: Path, tmp_path: Path) -> Path:
    """A copy of the demonstration portfolio."""
    return Path(shutil.copyfile(demonstration, tmp_path / "carteira.db"))


def times_told(text: str) -> int:
    """Return how often the notes on a screen say that the file has gone, wherever the lines of a note end."""
    ends = (line.rpartition("▌")[2].split() for line in text.splitlines())
    return " ".join(word for end in ends for word in end).count(GONE)


@pytest.mark.parametrize("is_replaced", [False, True])
def test_a_file_that_goes_under_a_session_is_told_in_one_sentence(
    database: Path, tmp_path: Path, is_replaced: bool
) -> None:
    with Terminal([PROGRAM, "--banco", str(database)], cols=120, env={"HOME": str(tmp_path)}) as terminal:
        terminal.wait_for("Minha carteira")
        terminal.press("2")
        terminal.wait_for("Todos 297")
        terminal.wait_quiet()
        ghost = database.rename(tmp_path / "fantasma.db")
        if is_replaced:
            shutil.copyfile(ghost, database)
        left = dump(ghost)
        terminal.wait_for(lambda text: times_told(text) > 0)
        terminal.wait_quiet()
        assert times_told(terminal.screen_text()) == 1
        # Nothing typed is lost to it, and nothing is written.
        terminal.press("n")
        terminal.wait_for("Novo cliente")
        terminal.type("Padaria Fantasma")
        terminal.press("tab", "tab")
        terminal.type(cnpj(7))
        terminal.press("f2")
        terminal.wait_for(lambda text: times_told(text) > 0)
        terminal.wait_for("Padaria Fantasma")
        terminal.press("escape")
        terminal.wait_for("Descartar o que")
        terminal.press("s")
        terminal.wait_gone("Novo cliente")
        terminal.press("q")
        assert terminal.wait_exit() == 0
    assert database.exists() is is_replaced
    assert dump(ghost) == left
    if is_replaced:
        assert dump(database) == left


def test_what_the_screen_confirmed_is_there_after_a_kill(database: Path, tmp_path: Path) -> None:
    rng = random.Random(4)
    for number in range(KILLS):
        name = f"Padaria Confirmada {number}"
        with Terminal([PROGRAM, "--banco", str(database)], cols=120, env={"HOME": str(tmp_path)}) as terminal:
            type_a_new_client(terminal, name)
            terminal.press("tab", "tab")
            terminal.type(cnpj(rng.randrange(10_000)))
            terminal.press("f2")
            terminal.wait_gone("Novo cliente")
            terminal.process.kill()
            terminal.process.wait()
        with closing(sqlite3.connect(database)) as connection:
            assert connection.execute("SELECT count(*) FROM clients WHERE name = ?", (name,)).fetchone() == (1,)
    assert main(["--banco", str(database), "banco", "verificar"]) == 0
