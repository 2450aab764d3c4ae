"""The registry of commands, and what is made from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from caz_tui.commands import COMMANDS, Place, commands_in, key_table
from caz_tui.screens.my_clients import MyClientsScreen

if TYPE_CHECKING:
    from textual.binding import Binding

GUIDE = Path(__file__).parents[2] / "docs" / "guia-do-usuario.md"
BEGIN, END = "<!-- teclas: feita do registro de comandos; um teste confere -->\n", "<!-- fim das teclas -->"
TAKEN_BY_TERMINALS = {"ctrl+a", "ctrl+b", "ctrl+s", "ctrl+q"}


def test_the_guide_has_the_key_table_of_the_registry() -> None:
    table = GUIDE.read_text("utf-8").split(BEGIN)[1].split(END)[0]
    assert table == key_table()


def test_no_key_is_one_that_terminals_take() -> None:
    assert not [command for command in COMMANDS if TAKEN_BY_TERMINALS & set(command.keys)]


def test_no_key_means_two_things_in_one_place() -> None:
    # Inside Ações and in details the same letter may act on the client; a place alone must be unambiguous.
    for place in Place:
        keys = [key for command in COMMANDS if command.place is place for key in command.keys]
        assert len(keys) == len(set(keys)), place


def test_keys_that_only_the_menu_takes_are_listed_there_and_no_others() -> None:
    direct = {key for binding in MyClientsScreen.BINDINGS for key in cast("Binding", binding).key.split(",")}
    of_the_menu = {command.keys[0] for command in commands_in(Place.CLIENT)}
    listed = {key for command in commands_in(Place.CLIENTS) for key in command.keys}
    assert of_the_menu & direct == {"e", "c"} == of_the_menu & listed
    assert "Ações" in Place.CLIENT.value


def test_every_command_says_what_it_does() -> None:
    for command in COMMANDS:
        assert command.help
        assert command.label
        assert bool(command.keys) == bool(command.shown_key)
