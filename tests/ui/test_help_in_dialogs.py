"""Help and palette over a dialog: its own keys by F1, and nothing typed lost by ctrl+p."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from caz_tui.screens.base import CLOSE_FIRST
from caz_tui.screens.client_form import ClientForm
from caz_tui.screens.filter_panel import FilterPanel
from caz_tui.screens.help import HelpScreen
from caz_tui.screens.menu import Menu
from caz_tui.screens.palette import Palette
from tests.ui.client_desk import SIZES, desk_on_clients

if TYPE_CHECKING:
    from caz_tui.data.service import PortfolioService


LISTED = {
    ("e",): ("Formulários e janelas", "f2          Confirma o formulário", "tab         Vai ao próximo campo"),
    ("f",): ("Mais filtros", "espaço      Marca.", "f4          Limpa todos os campos."),
    ("a",): ("Ações", "z           Arquivar", "enter       Faz o que está na linha."),
    ("a", "z"): ("s           Sim.", "n           Não."),
    ("ctrl+p",): ("enter       Faz o que está na linha.",),
    ("V",): ("x           Exclui.",),
    ("i",): ("enter       Continua.",),
}
"""What help has to list, by the keys that open a window."""


@pytest.mark.parametrize("size", SIZES)
async def test_f1_lists_the_keys_of_a_window(
    service: PortfolioService, size: tuple[int, int], subtests: pytest.Subtests
) -> None:
    async with desk_on_clients(service, size) as desk:
        for keys, listed in LISTED.items():
            with subtests.test(keys=keys):
                await desk.press(*keys)
                window = desk.top()
                assert window is not desk.clients
                await desk.press("f1")
                assert isinstance(desk.top(), HelpScreen)
                for text in (*listed, "esc         Fecha"):
                    assert desk.shows(text)
                assert not desk.shows("Abre o Início")
                await desk.press("f1")
                assert desk.top() is window
                await desk.press("escape")
                assert desk.top() is desk.clients


async def test_a_question_mark_is_a_letter_in_a_text_field_alone(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press("n", "question_mark")
        assert desk.field().value == "?"
        await desk.press("escape", "s", "a", "question_mark")
        assert isinstance(desk.top(), HelpScreen)


async def test_the_palette_takes_the_place_of_help_and_menus(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        for key, kind in (("f1", HelpScreen), ("a", Menu), ("s", Menu)):
            await desk.press(key)
            assert isinstance(desk.top(), kind)
            await desk.press("ctrl+p")
            assert isinstance(desk.top(), Palette)
            await desk.press("ctrl+p")
            assert desk.top() is desk.clients


@pytest.mark.parametrize(("key", "kind"), [("e", ClientForm), ("f", FilterPanel)])
async def test_the_palette_does_not_close_what_can_be_typed_in(
    service: PortfolioService, key: str, kind: type[object]
) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press(key)
        await desk.type("x")
        await desk.press("ctrl+p")
        assert isinstance(desk.top(), kind)
        assert desk.said() == [CLOSE_FIRST]
        assert desk.field().value == "x"
