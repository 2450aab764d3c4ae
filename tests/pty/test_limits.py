"""The limits of a session in a real terminal: covered when idle, closed when its time is over, counted by locks."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
from pathlib import Path

import pytest

from tests.pty.new_client import type_a_new_client
from tests.pty.sshd import AT_HOME
from tests.pty.terminal import MODES_AT_REST, Terminal

PROGRAM = str(Path(sys.executable).with_name("caz-tui"))
COVERED = "Tela coberta: menos de um minuto sem teclas"


@pytest.fixture
def database(demonstration: Path, tmp_path: Path) -> Path:
    """A copy of the demonstration portfolio."""
    return Path(shutil.copyfile(demonstration, tmp_path / "carteira.db"))


def hurried(database: Path, *, idle: float = 0, longest: float = 0) -> list[str]:
    return [sys.executable, "-m", "tests.pty.hurried_desk", str(database), str(idle), str(longest)]


def words(terminal: Terminal) -> list[str]:
    return [line.strip() for line in terminal.lines() if line.strip()]


@pytest.mark.parametrize("economy", ["1", "0"])
def test_an_idle_screen_is_covered_and_any_key_brings_it_back(database: Path, economy: str) -> None:
    with Terminal(hurried(database, idle=3), env={"CAZ_ECONOMIA": economy}) as terminal:
        terminal.wait_for(r"Clientes +297")
        terminal.wait_for("próximas 12 semanas")
        terminal.wait_quiet()
        before = terminal.screen_text()
        terminal.wait_for(COVERED)
        assert len(words(terminal)) == 1
        # What a resize draws stays beneath, too.
        terminal.resize(100, 30)
        terminal.wait_for(lambda _: COVERED in terminal.screen_text() and len(words(terminal)) == 1)
        terminal.resize(80, 24)
        terminal.wait_quiet(0.2)
        assert len(words(terminal)) == 1
        # The key does nothing else: q would leave, 2 would open Meus clientes.
        terminal.press("q")
        terminal.wait_for("Minha carteira")
        terminal.wait_gone(COVERED)
        terminal.wait_for(lambda text: text == before)
        assert terminal.alive


def test_what_is_typed_is_there_when_the_cover_goes(database: Path) -> None:
    with Terminal(hurried(database, idle=2)) as terminal:
        type_a_new_client(terminal, "Padaria Nova")
        terminal.wait_for(COVERED)
        assert "Padaria" not in terminal.screen_text()
        terminal.click(3, 3)
        terminal.wait_for("Padaria Nova")
        terminal.type(" do Largo")
        terminal.wait_for("Padaria Nova do Largo")


def test_a_screen_that_was_stopped_and_continued_is_covered_again(database: Path) -> None:
    with Terminal(hurried(database, idle=2)) as terminal:
        terminal.wait_for("Minha carteira")
        terminal.send_signal(signal.SIGTSTP)
        os.waitid(os.P_PID, terminal.pid, os.WSTOPPED)
        terminal.send_signal(signal.SIGCONT)
        terminal.wait_for("Minha carteira")
        terminal.wait_for(COVERED)


def test_a_restricted_session_does_not_stop(database: Path, tmp_path: Path) -> None:
    program = [sys.executable, str(AT_HOME), str(tmp_path), "--restrito", "--banco", str(database)]
    with Terminal(program, env={"CAZ_BANCO": "/nada.db"}) as terminal:
        terminal.wait_for("Minha carteira")
        terminal.send_signal(signal.SIGTSTP)
        terminal.press("ctrl+z", "2")
        terminal.wait_for("Todos 297")
        terminal.press("q")
        assert terminal.wait_exit() == 0


def test_a_session_ends_when_its_time_is_over(database: Path) -> None:
    with Terminal(hurried(database, longest=4)) as terminal:
        terminal.wait_for("Esta sessão termina em menos de um minuto; salve")
        assert terminal.wait_exit() == 0
        assert terminal.modes == MODES_AT_REST
        assert "A sessão chegou ao limite de menos de um minuto e foi encerrada" in " ".join(words(terminal))


def test_one_person_has_so_many_sessions(database: Path, tmp_path: Path) -> None:
    command = [PROGRAM, "--banco", str(database), "--maximo-sessoes", "1", "--usuario"]
    env = {"HOME": str(tmp_path)}
    with Terminal([*command, "maria"], env=env) as first:
        first.wait_for("Minha carteira")
        with Terminal([*command, "maria"], env=env) as second:
            assert second.wait_exit() == 1
            assert re.search("maria já tem 1 sessão aberta, o máximo permitido", " ".join(words(second)))
        with Terminal([*command, "joana"], env=env) as other:
            other.wait_for("Minha carteira")
        # Killed, it no longer counts.
        first.process.kill()
        first.process.wait()
        with Terminal([*command, "maria"], env=env) as third:
            third.wait_for("Minha carteira")
