"""A form that is half filled in, as a person leaves it when something happens to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.pty.terminal import Terminal


def type_a_new_client(terminal: Terminal, name: str) -> None:
    """Go to Meus clientes, open the form of a new client and type its name."""
    terminal.wait_for("Minha carteira")
    terminal.press("2")
    terminal.wait_for("Todos")
    terminal.press("n")
    terminal.wait_for("Novo cliente")
    terminal.type(name)
    terminal.wait_for(name)
