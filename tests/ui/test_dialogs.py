from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Button, Input, Static

from caz_tui.data.choices import Order
from caz_tui.data.query import ClientQuery, ClientView
from caz_tui.data.readings import ExportPeriod
from caz_tui.data.schemas import ClientChanges
from caz_tui.screens.ask_line import AskLine
from caz_tui.screens.base import PortfolioChanged, SheetWanted
from caz_tui.screens.client_form import ClientForm
from caz_tui.screens.confirm import Confirm
from caz_tui.screens.export_dialog import ExportDialog
from caz_tui.screens.register_export import RegisterExport, previous_month
from caz_tui.screens.welcome import DemoWanted, Welcome
from caz_tui.widgets.check_group import CheckGroup, RadioGroup
from caz_tui.widgets.cycle import Cycle
from caz_tui.widgets.path_input import completions
from tests.ui.dialog_host import HOSTILE, SIZES, TINY, DialogHost, first_row, settled, until

if TYPE_CHECKING:
    from pathlib import Path

    from caz_tui.data.service import PortfolioService

SITUATIONS = (("a", "Ativo"), ("t", "Em teste"), ("x", "[@click=app.quit]x[/]"))


@pytest.mark.parametrize(
    ("dangerous", "keys", "answer"),
    [
        (False, ["enter"], True),
        (True, ["enter"], False),
        (True, ["f2"], False),
        (True, ["right", "enter"], True),
        (False, ["left", "enter"], False),
        (True, ["s"], True),
        (False, ["n"], False),
        (False, ["escape"], None),
    ],
)
async def test_a_question_is_answered(dangerous: bool, keys: list[str], answer: bool | None) -> None:
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(Confirm("Excluir?", dangerous=dangerous), pilot)
        await pilot.press(*keys)
        await settled(pilot)
    assert app.results == [answer]


@pytest.mark.parametrize("size", [*SIZES, TINY])
@pytest.mark.parametrize("name", HOSTILE)
async def test_a_question_with_a_hostile_name_is_text(size: tuple[int, int], name: str) -> None:
    app = DialogHost()
    async with app.run_test(size=size) as pilot:
        question = Confirm(f"Excluir {name}?", details=f"{name}\n3 compras", confirm=f"Sim {name}", stay=name)
        await app.open(question, pilot)
        if size != TINY:
            assert "3 compras" in app.text()
            if name.isprintable():
                assert app.text().count(name) == 4
            await pilot.click("#question")
        assert "\x1b" not in app.text()
        assert app.is_running


async def test_a_long_question_keeps_its_buttons() -> None:
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(Confirm("Excluir " + "Açaí da Praça " * 20, details="Vão junto as compras. " * 20), pilot)
        for button in app.screen.query(Button):
            assert app.is_whole_on_screen(button)


async def test_a_window_is_closed_once_and_takes_along_what_is_above_it() -> None:
    app = DialogHost()
    async with app.run_test() as pilot:
        beneath, question, above = (Confirm(text) for text in ("Um?", "Dois?", "Três?"))
        for dialog in (beneath, question, above):
            await app.open(dialog, pilot)
        question.dismiss(True)
        question.dismiss(False)
        above.dismiss(True)
        await settled(pilot)
        assert app.screen is beneath
        assert app.results == [None, True]


async def test_a_line_is_asked_for() -> None:
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(AskLine("Salvar visão", "Nome"), pilot)
        await pilot.press("space", "enter")
        await settled(pilot)
        assert "▲ Falta preencher Nome." in app.text()
        assert app.results == []
        await pilot.press(*"vencendo", "enter")
        await settled(pilot)
    assert app.results == ["vencendo"]


async def test_an_unchanged_line_is_left_without_a_question() -> None:
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(AskLine("Ir à linha", "Linha", "12"), pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert app.results == [None]
        await app.open(AskLine("Ir à linha", "Linha", "12"), pilot)
        await pilot.press("end", "3", "escape")
        await settled(pilot)
        assert isinstance(app.screen, Confirm)
        await pilot.press("n", "enter")
        await settled(pilot)
    assert app.results == [None, "123"]


@pytest.mark.parametrize("size", [*SIZES, TINY])
async def test_the_previous_month_is_registered(service: PortfolioService, size: tuple[int, int]) -> None:
    client = await service.client((await first_row(service, "situacao:ativo exportacao:nunca")).id)
    app = DialogHost()
    async with app.run_test(size=size) as pilot:
        await app.open(RegisterExport(service, client), pilot)
        await pilot.press("f2")
        await settled(pilot)
    start, end = previous_month(service.today)
    assert app.results[0].last_export == ExportPeriod(start=start, end=end)
    assert (await service.history(client.id))[0].action == "Registrou exportação"


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        ("31/02/2026", "01/03/2026", "a data 31/02/2026 não existe"),
        ("01/10/2026", "x", "falta o fim"),
        ("01/10/2026", "1/1", "não é uma data"),
        ("01/10/2026", "30/09/2026", "o fim do período exportado vem antes do início"),
        ("", "", "falta o período exportado"),
    ],
)
async def test_a_wrong_period_is_said_beside_it(service: PortfolioService, start: str, end: str, reason: str) -> None:
    client = await service.client((await first_row(service, "situacao:ativo exportacao:nunca")).id)
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(RegisterExport(service, client), pilot)
        await pilot.press("ctrl+u", *start, "tab", "ctrl+u", *end, "enter")
        await settled(pilot)
        assert reason.lower() in app.words().lower()
        assert app.results == []


async def test_registering_goes_over_what_else_was_changed_meanwhile(service: PortfolioService) -> None:
    client = await service.client((await first_row(service, "situacao:ativo exportacao:nunca")).id)
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(RegisterExport(service, client), pilot)
        other = await service.update(client.id, ClientChanges(city="Ilhéus"), client.version)
        await pilot.press("f2")
        await settled(pilot)
        assert app.results[0].city == "Ilhéus"

        await app.open(RegisterExport(service, other), pilot)
        await pilot.press("ctrl+u", *"01/09/2026", "tab", "ctrl+u", *"30/09/2026", "f2")
        await settled(pilot)
        assert "Outra pessoa acabou de registrar 01/10/2026 a 31/10/2026" in app.words()
        await pilot.press("f2")
        await settled(pilot)
    assert str(app.results[1].last_export.start) == "2026-09-01"


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "json"])
async def test_the_list_goes_to_a_file(service: PortfolioService, tmp_path: Path, suffix: str) -> None:
    view = ClientView(query=ClientQuery.parse("situacao:ativo"), order=Order())
    path = tmp_path / f"carteira.{suffix}"
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(ExportDialog(service, view), pilot)
        assert f"{await service.count(view)} clientes de Todos · Situação: Ativo" in app.text()
        assert "~/carteira-2026-11-24.csv" in app.text()
        app.screen.query_one(Input).value = str(path)
        await pilot.press("enter")
        await settled(pilot)
        assert app.results == [True]
        assert path.stat().st_size > 0
    if suffix == "json":
        assert len(json.loads(path.read_text(encoding="utf-8"))) == await service.count(view)


@pytest.mark.parametrize(("key", "replaced"), [("enter", False), ("s", True)])
async def test_a_file_is_replaced_only_when_asked_to(
    service: PortfolioService, tmp_path: Path, key: str, replaced: bool
) -> None:
    path = tmp_path / "carteira.csv"
    path.write_text("de antes", encoding="utf-8")
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(ExportDialog(service, ClientView()), pilot)
        app.screen.query_one(Input).value = str(path)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press(key)
        await settled(pilot)
    assert app.results == ([True] if replaced else [])
    assert (path.read_text(encoding="utf-8") == "de antes") != replaced


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "Falta o nome do arquivo"),
        ("carteira.doc", "O nome precisa terminar em .csv, .xlsx ou .json"),
        ("pasta.csv", "Já existe uma pasta com esse nome"),
        ("nada/carteira.csv", "▲"),
    ],
)
async def test_a_path_that_will_not_do_is_said(
    service: PortfolioService, tmp_path: Path, name: str, reason: str
) -> None:
    (tmp_path / "pasta.csv").mkdir()
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(ExportDialog(service, ClientView()), pilot)
        app.screen.query_one(Input).value = str(tmp_path / name) if name else ""
        await pilot.press("enter")
        await settled(pilot)
        assert reason in app.text()
        assert app.results == []


@pytest.mark.parametrize("size", SIZES)
async def test_the_greeting_offers_the_ways_to_begin(empty_service: PortfolioService, size: tuple[int, int]) -> None:
    app = DialogHost()
    async with app.run_test(size=size) as pilot:
        await app.open(Welcome(empty_service), pilot)
        for offer in ("Importar uma planilha", "Cadastrar um cliente", "Ver a demonstração", "Começar assim mesmo"):
            assert offer in app.text()
        await pilot.press("enter")
        await settled(pilot)
        await app.open(Welcome(empty_service), pilot)
        await pilot.press("d")
        await settled(pilot)
        await app.open(Welcome(empty_service), pilot)
        await pilot.press("escape")
        await settled(pilot)
    assert [type(message) for message in app.asked] == [SheetWanted, DemoWanted]
    assert await empty_service.is_empty()


async def test_the_greeting_leads_to_the_first_client(empty_service: PortfolioService) -> None:
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(Welcome(empty_service), pilot)
        await pilot.press("down", "enter")
        await settled(pilot)
        assert isinstance(app.screen, ClientForm)
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(app.screen, Welcome)
        await pilot.press("n")
        await settled(pilot)
        await pilot.press(*"Padaria", "tab", "tab", *"52998224725", "f2")
        await settled(pilot)
    assert [type(message) for message in app.asked] == [PortfolioChanged]
    assert app.results == [None]
    assert (await first_row(empty_service, "padaria")).document == "52998224725"


class GroupApp(App[None]):
    def compose(self) -> ComposeResult:
        yield CheckGroup(SITUATIONS, ("t",), id="checks")
        yield RadioGroup((("s", "Sim"), ("n", "Não")), "n", id="radios")
        yield Cycle((("", "–"), ("ba", "BA"), ("ce", "CE"), ("hostile", "[/]")), "ba", id="cycle")
        yield Static("fim")


async def test_groups_and_cycles_by_keyboard_and_mouse() -> None:
    app = GroupApp()
    async with app.run_test(size=(22, 10)) as pilot:
        checks, radios, cycle = app.query_one(CheckGroup), app.query_one(RadioGroup), app.query_one(Cycle)
        assert checks.size.height == 3
        await pilot.press("tab") if app.focused is not checks else None
        await pilot.press("space", "down", "space", "down", "space", "home")
        assert checks.chosen == {"a", "x"}
        assert checks.cursor == 0
        await pilot.press("end", "space", "up", "up", "left")
        assert checks.chosen == {"a"}
        assert checks.cursor == 0
        await pilot.press("tab", "left")
        assert radios.value == "s"
        await pilot.press("down")
        assert radios.value == "n"
        await pilot.press("home")
        assert radios.value == "s"
        await pilot.press("tab", "c")
        assert cycle.value == "ce"
        await pilot.press("right")
        assert cycle.value == "hostile"
        await pilot.press("right", "right")
        assert cycle.value == "ba"
        await pilot.press("end", "home", "left")
        assert cycle.value == "hostile"
        await pilot.click(CheckGroup, offset=(2, 1))
        assert checks.chosen == {"a", "t"}
        await pilot.click(CheckGroup, offset=(8, 2))
        assert checks.chosen == {"a", "t", "x"}
        await pilot.click(Cycle, offset=(0, 0))
        assert cycle.value == "ce"
        assert app.is_running


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["a.csv", "B.xlsx", "pasta/"]),
        ("b", ["B.xlsx"]),
        (".", [".oculto.csv"]),
        ("pasta/", ["pasta/c.csv"]),
        ("nada/", []),
        ("\0", []),
    ],
)
def test_paths_are_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, expected: list[str]) -> None:
    for name in ("a.csv", "B.xlsx", "c.doc", ".oculto.csv", "\x1b.csv", "a\u202e.csv"):
        (tmp_path / name).touch()
    (tmp_path / "pasta").mkdir()
    (tmp_path / "pasta" / "c.csv").touch()
    monkeypatch.chdir(tmp_path)
    assert completions(text, (".csv", ".xlsx")) == expected
    assert completions(f"{tmp_path}/b", (".csv", ".xlsx")) == [f"{tmp_path}/B.xlsx"]


def test_the_previous_month_ends_where_it_ends() -> None:
    assert previous_month(date(2026, 3, 31)) == (date(2026, 2, 1), date(2026, 2, 28))
    assert previous_month(date(2026, 1, 1)) == (date(2025, 12, 1), date(2025, 12, 31))
