"""What another process writes reaches a running screen, which nobody touches."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from caz_tui.cli import main
from tests.pty.terminal import Terminal

PROGRAM = str(Path(sys.executable).with_name("caz-tui"))


def test_an_import_of_somebody_else_is_shown_by_itself(demonstration: Path, tmp_path: Path) -> None:
    database = Path(shutil.copyfile(demonstration, tmp_path / "carteira.db"))
    sheet = tmp_path / "nova.csv"
    sheet.write_text("Cliente;CNPJ/CPF\nAaaa Primeira do Bairro;12ABC34501DE35\n", encoding="utf-8")
    with Terminal([PROGRAM, "--banco", str(database)]) as terminal:
        terminal.wait_for("Minha carteira")
        terminal.press("2")
        terminal.wait_for(r"\d clientes · ordem")
        terminal.press("down", "down")
        terminal.wait_for(r"linha 3\b")
        assert main(["--banco", str(database), "importar", str(sheet)]) == 0
        # One more above, and the cursor is on the client it was on.
        terminal.wait_for(r"linha 4\b")
        terminal.press("g")
        terminal.wait_for("▌  Aaaa Primeira")
        terminal.press("q")
        assert terminal.wait_exit() == 0
