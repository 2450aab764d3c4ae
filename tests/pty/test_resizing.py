"""A terminal that is too small says so, and the screen comes back when it grows."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.pty.terminal import Terminal

PROGRAM = str(Path(sys.executable).with_name("caz-tui"))


def test_20x5_and_back() -> None:
    with Terminal([PROGRAM, "--demo"], cols=80, rows=24) as terminal:
        terminal.wait_for("Minha carteira")
        terminal.resize(20, 5)
        terminal.wait_for("Terminal pequeno")
        terminal.press("2")
        terminal.resize(100, 30)
        terminal.wait_for(r"Todos \d")
        terminal.press("down", "f")
        terminal.wait_for("Mais filtros ─")
        terminal.resize(20, 5)
        terminal.wait_for("Terminal pequeno")
        terminal.resize(80, 24)
        terminal.wait_for("Mais filtros ─")
        terminal.wait_quiet()
        terminal.type("padaria")
        terminal.wait_for("Nome do cliente +padaria")
        terminal.press("enter")
        terminal.wait_for("/ padaria")
        terminal.press("q")
        assert terminal.wait_exit() == 0


def test_starting_at_20x5() -> None:
    with Terminal([PROGRAM, "--demo"], cols=20, rows=5) as terminal:
        terminal.wait_for("Terminal pequeno")
        terminal.press("q")
        assert terminal.wait_exit() == 0
