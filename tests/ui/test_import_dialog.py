from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button, DataTable, OptionList, Static

from caz_tui.data.errors import SheetError
from caz_tui.data.query import ClientQuery, ClientView
from caz_tui.screens.confirm import Confirm
from caz_tui.screens.import_dialog import COLUMNS, DONE, FILE, OUTCOME, ImportDialog
from caz_tui.screens.import_steps import ColumnsStep, FileStep, OutcomeStep
from caz_tui.widgets.cycle import Cycle
from tests.ui.dialog_host import SIZES, TINY, DialogHost, first_row, settled

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from caz_tui.data.service import PortfolioService

GOOD = "Razão Social;CNPJ/CPF;Situação;UF\nPadaria São João;12.ABC.345/01DE-35;Ativo;SP\nAna;529.982.247-25;;RJ\n"
BAD = "Razão Social;CNPJ/CPF;Situação\nPadaria;12.ABC.345/01DE-35;SUSPENSO\nAna;529.982.247-25;Ativo\n"
UNKNOWN = "DENOM;DOC;SIT;[@click=app.quit]x[/]\nPadaria;12.ABC.345/01DE-35;Ativo;[/]\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "planilhas"
    place.mkdir()
    for name, text in (("boa.csv", GOOD), ("ruim.csv", BAD), ("outra.csv", UNKNOWN), ("nota.doc", "x")):
        (place / name).write_text(text, encoding="utf-8")
    (place / "sub").mkdir()
    (place / "sub" / "dentro.csv").write_text(GOOD, encoding="utf-8")
    monkeypatch.chdir(place)
    return place


def names_in(place: Path) -> set[str]:
    return {path.name for path in place.iterdir()}


def dialog(app: DialogHost) -> ImportDialog:
    assert isinstance(app.screen, ImportDialog)
    return app.screen


async def take_file(app: DialogHost, pilot: Pilot[None], service: PortfolioService, path: str) -> None:
    await app.open(ImportDialog(service), pilot)
    await pilot.press(*path, "enter")
    await settled(pilot)


@pytest.mark.parametrize("size", SIZES)
async def test_a_recognised_sheet_goes_in_with_enter_alone(
    empty_service: PortfolioService, size: tuple[int, int]
) -> None:
    app = DialogHost()
    async with app.run_test(size=size) as pilot:
        await take_file(app, pilot, empty_service, "boa.csv")
        assert dialog(app).step == COLUMNS
        assert "boa.csv · clientes · 4 colunas reconhecidas de 4" in app.text()
        assert "→ CNPJ/CPF" in app.text()
        assert "Padaria São João" in app.text()
        await pilot.press("enter")
        await settled(pilot)
        assert dialog(app).step == OUTCOME
        assert "2 lidas   2 inseridas   0 atualizadas   0 repetidas   0 rejeitadas" in app.text()
        assert "Nada foi gravado ainda" in app.text()
        assert await empty_service.is_empty()
        await pilot.press("enter")
        await settled(pilot)
        assert dialog(app).step == DONE
        assert "✓ A planilha está na carteira." in app.text()
        await pilot.press("enter")
        await settled(pilot)
    assert app.results == [True]
    assert (await first_row(empty_service, "são joão")).document == "12ABC34501DE35"


@pytest.mark.parametrize("size", SIZES)
async def test_buttons_stay_on_the_screen_at_every_step(
    empty_service: PortfolioService, size: tuple[int, int], folder: Path
) -> None:
    lines = "".join(f"Empresa {number};x{number};{'Y' * 80}\n" for number in range(200))
    (folder / "longa.csv").write_text("Razão Social;CNPJ/CPF;Situação\n" + lines, encoding="utf-8")
    app = DialogHost()
    async with app.run_test(size=size) as pilot:
        await take_file(app, pilot, empty_service, "longa.csv")
        for _ in range(2):
            for button in app.screen.query(Button):
                assert app.is_whole_on_screen(button)
            await pilot.press("f2")
            await settled(pilot)
        assert dialog(app).step == OUTCOME
        assert "200 lidas" in app.text()
        assert "e mais 300 problemas" in str(app.screen.query_one("#warnings", Static).content)


async def test_a_sheet_with_bad_lines_goes_in_only_without_them(empty_service: PortfolioService, folder: Path) -> None:
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await take_file(app, pilot, empty_service, "ruim.csv")
        await pilot.press("enter")
        await settled(pilot)
        assert "▲ 1 linha recusada: assim nada entra" in app.words()
        assert "Linha 2 · Situação: SUSPENSO – valor desconhecido" in app.words()
        assert app.screen.query_one("#go-on", Button).disabled
        await pilot.press("f2", "enter")
        await settled(pilot)
        assert dialog(app).step == OUTCOME
        await pilot.press("space")
        await settled(pilot)
        assert "2 lidas   1 inseridas   0 atualizadas   0 repetidas   1 rejeitadas" in app.text()
        await pilot.press("f2")
        await settled(pilot)
        assert "As linhas recusadas estão em" in app.words()
        await pilot.press("enter")
        await settled(pilot)
    assert app.results == [True]
    assert await empty_service.count(ClientView()) == 1
    assert "ruim-rejeitadas.csv" in names_in(folder)


async def test_lost_zeros_are_given_back_when_asked_to(empty_service: PortfolioService, folder: Path) -> None:
    (folder / "zeros.csv").write_text("Razão Social;CNPJ/CPF\nPetrobras;191\n", encoding="utf-8")
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await take_file(app, pilot, empty_service, "zeros.csv")
        await pilot.press("enter")
        await settled(pilot)
        assert "perdeu os zeros à esquerda" in app.words() or "1 rejeitadas" in app.text()
        app.screen.query_one(OutcomeStep).options.chosen = frozenset(("pad",))
        await settled(pilot)
        counts = str(app.screen.query_one("#counts", Static).content)
        assert "1 lidas" in counts


@pytest.mark.parametrize("size", SIZES)
async def test_unknown_columns_are_mapped(empty_service: PortfolioService, size: tuple[int, int]) -> None:
    app = DialogHost()
    async with app.run_test(size=size) as pilot:
        await take_file(app, pilot, empty_service, "outra.csv")
        assert "Razão Social *" in app.text()
        assert "ignorada" in app.text()
        await pilot.press("f2")
        await settled(pilot)
        assert "Falta dizer que coluna tem: Razão Social, CNPJ/CPF." in app.words()
        assert dialog(app).step == COLUMNS
        await pilot.press("right", "tab", "right", "right", "f2")
        await settled(pilot)
        assert dialog(app).step == OUTCOME
        assert "1 inseridas" in app.text()
        await pilot.press("escape")
        assert app.screen.query_one(ColumnsStep).mapping == {"nome": "DENOM", "documento": "DOC"}
        await pilot.press("escape")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert app.screen.query_one(ColumnsStep).mapping == {"nome": "DENOM", "documento": "DOC"}
        await pilot.press("f2")
        await settled(pilot)
        await pilot.press("f2")
        await settled(pilot)
        await pilot.press("f2")
        await settled(pilot)
    assert app.results == [True]
    assert (await first_row(empty_service, "padaria")).document == "12ABC34501DE35"


async def test_hostile_headers_and_cells_are_text(empty_service: PortfolioService, folder: Path) -> None:
    name = "[@click=app.quit]x[.csv"
    (folder / name).write_text(UNKNOWN + "\x1b]0;t\x07;[/];[/];[x=\n", encoding="utf-8")
    app = DialogHost()
    async with app.run_test(size=(140, 45)) as pilot:
        await app.open(ImportDialog(empty_service), pilot)
        assert name in app.text()
        await pilot.press(*name, "enter")
        await settled(pilot)
        assert dialog(app).step == COLUMNS
        assert "[@click=app.quit]x[/]" in app.text()
        assert "\x1b" not in app.text()
        await pilot.click("#kind")
        await pilot.click(DataTable)
        for cycle in app.screen.query(Cycle):
            cycle.action_move(-1)
        await settled(pilot)
        assert app.text().count("[@click=app.quit]x[/]") >= 2
        await pilot.press("f2")
        await settled(pilot)
        assert "\x1b" not in app.text()
        assert app.is_running


async def test_a_file_is_picked_from_the_list(empty_service: PortfolioService) -> None:
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(ImportDialog(empty_service), pilot)
        listed = [option.id for option in app.screen.query_one(OptionList).options]
        assert listed == ["boa.csv", "outra.csv", "ruim.csv", "sub/"]
        await pilot.press("down", "end", "enter")
        await settled(pilot)
        assert app.screen.query_one(FileStep).path_input.value == "sub/"
        await pilot.press("down", "enter")
        await settled(pilot)
        assert dialog(app).step == COLUMNS
        assert "dentro.csv" in app.text()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("nada.csv", None),
        ("vazia.csv", b""),
        ("falsa.xlsx", b"PK\x03\x04lixo"),
        ("nula.csv", b"a;b\0\n"),
        ("sub", None),
    ],
)
async def test_what_is_no_spreadsheet_is_said(
    empty_service: PortfolioService, folder: Path, name: str, content: bytes | None
) -> None:
    if content is not None:
        (folder / name).write_bytes(content)
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await take_file(app, pilot, empty_service, name)
        assert dialog(app).step == FILE
        assert "▲" in app.text()
        assert str(app.screen.query_one("#trouble", Static).content).strip("▲ ")
        assert app.screen.query_one(FileStep).path_input.value == name


async def test_a_blank_path_is_said(empty_service: PortfolioService) -> None:
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await take_file(app, pilot, empty_service, "")
        assert "▲ Falta o caminho do arquivo." in app.text()


async def test_esc_goes_back_step_by_step_and_asks_before_it_leaves(empty_service: PortfolioService) -> None:
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await take_file(app, pilot, empty_service, "boa.csv")
        await pilot.press("enter")
        await settled(pilot)
        for step in (OUTCOME, COLUMNS, FILE):
            assert dialog(app).step == step
            await pilot.press("escape")
            await settled(pilot)
        assert isinstance(app.screen, Confirm)
        await pilot.press("s")
        await settled(pilot)
    assert app.results == [None]
    assert await empty_service.is_empty()


async def test_a_file_that_breaks_between_steps_is_said(empty_service: PortfolioService, folder: Path) -> None:
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await take_file(app, pilot, empty_service, "boa.csv")
        (folder / "boa.csv").unlink()
        await pilot.press("f2")
        await settled(pilot)
        assert dialog(app).step == COLUMNS
        assert str(app.screen.query_one("#trouble", Static).content).startswith("▲ ")


async def test_a_writing_import_is_waited_for(empty_service: PortfolioService, monkeypatch: pytest.MonkeyPatch) -> None:
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await take_file(app, pilot, empty_service, "boa.csv")
        await pilot.press("enter")
        await settled(pilot)

        async def refuse(*_: object) -> None:
            dialog(app).action_leave()
            raise SheetError("O disco encheu.")

        monkeypatch.setattr(empty_service, "import_sheet", refuse)
        await pilot.press("f2")
        await settled(pilot)
        assert dialog(app).step == OUTCOME
        assert "▲ O disco encheu." in app.text()
        monkeypatch.undo()


async def test_purchases_are_imported_too(empty_service: PortfolioService, folder: Path) -> None:
    head = "Compra;Data;Descrição;Forma de pagamento;Situação;Renovação;Produto;Quantidade;Valor unitário\n"
    line = "2026-1;14/02/2026;Licenças;Boleto;Paga;14/02/2027;Plano Exclusivo;400;1.188,00\n"
    (folder / "compras.csv").write_text(head + line, encoding="utf-8")
    app = DialogHost()
    async with app.run_test(size=(140, 45)) as pilot:
        await take_file(app, pilot, empty_service, "compras.csv")
        assert "compras.csv · compras · 9 colunas reconhecidas de 9" in app.text()
        for _ in range(3):
            await pilot.press("f2")
            await settled(pilot)
    assert app.results == [True]
    assert [purchase.quantity for purchase in await empty_service.purchases()] == [400]


async def test_a_second_import_updates(service: PortfolioService, folder: Path) -> None:
    row = await first_row(service, "situacao:ativo")
    (folder / "uma.csv").write_text(f"Nome;CNPJ;Cidade\n{row.name};{row.document};Ilhéus\n", encoding="utf-8")
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await take_file(app, pilot, service, "uma.csv")
        await pilot.press("f2")
        await settled(pilot)
        assert "0 inseridas   1 atualizadas" in app.text()
        await pilot.press("f2")
        await settled(pilot)
        await pilot.press("escape")
        await settled(pilot)
    assert app.results == [True]
    assert await service.count(ClientView(query=ClientQuery.parse("cidade:ilhéus"))) == 1


async def test_a_small_terminal_is_no_reason_to_fall_over(empty_service: PortfolioService) -> None:
    app = DialogHost()
    async with app.run_test(size=TINY) as pilot:
        await take_file(app, pilot, empty_service, "boa.csv")
        await pilot.press("f2")
        await settled(pilot)
        assert app.is_running
