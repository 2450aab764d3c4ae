"""What another process writes reaches a running screen, which nobody touches."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from caz_tui.cli import main
from tests.pty.terminal import Terminal
from tests.unit.program import query

if TYPE_CHECKING:
    from caz_tui.data.address import Place
    from tests.server import Server

PROGRAM = str(Path(sys.executable).with_name("caz-tui"))


@pytest.mark.both_engines
def test_an_import_of_somebody_else_is_shown_by_itself(demonstration_place: Place, tmp_path: Path) -> None:
    database = str(demonstration_place)
    sheet = tmp_path / "nova.csv"
    sheet.write_text("Cliente;CNPJ/CPF\nAaaa Primeira do Bairro;12ABC34501DE35\n", encoding="utf-8")
    with Terminal([PROGRAM, "--banco", database]) as terminal:
        terminal.wait_for("Minha carteira")
        terminal.press("2")
        terminal.wait_for(r"\d clientes · ordem")
        terminal.press("down", "down")
        terminal.wait_for(r"linha 3\b")
        assert main(["--banco", database, "importar", str(sheet)]) == 0
        # One more above, and the cursor is on the client it was on.
        terminal.wait_for(r"linha 4\b")
        terminal.press("g")
        terminal.wait_for("▌  Aaaa Primeira")
        terminal.press("q")
        assert terminal.wait_exit() == 0


def test_a_server_that_goes_and_comes_back_loses_nothing_that_was_typed(
    server: Server, demonstration_template: str
) -> None:
    address = server.create(demonstration_template)
    url = str(address)
    with Terminal([PROGRAM, "--banco", url], cols=120, rows=40) as terminal:
        terminal.wait_for("Minha carteira")
        terminal.press("2")
        terminal.wait_for(r"\d clientes · ordem")
        terminal.press("e")
        terminal.wait_for("f2 confirma")
        terminal.type("Zzz ")
        server.stop()
        try:
            terminal.wait_for("Sem conexão com o servidor")
            terminal.press("f2")
            # Asked for while it is away, and said in the form, which stays.
            terminal.wait_for("▲ O servidor .* não aceitou a conexão|▲ A conexão com o servidor caiu")
        finally:
            server.start()
        terminal.wait_for("A conexão com o servidor voltou")
        terminal.wait_for("Zzz ")
        terminal.press("f2")
        terminal.wait_gone("f2 confirma")
        assert "Sem conexão" not in terminal.screen_text()
        terminal.press("q")
        assert terminal.wait_exit() == 0
    names = query(address, "SELECT name FROM clients WHERE name LIKE '%%Zzz%%'")
    assert len(names) == 1
    server.drop(address)
