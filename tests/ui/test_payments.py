"""Pagamentos, its Ações and Detalhes da compra."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, insert, update
from textual.widgets import Input

from caz_tui import formats
from caz_tui.data.tables import benefits, clients, licence_events, purchase_items, purchases
from caz_tui.screens.base import ClientWanted
from caz_tui.screens.confirm import Confirm
from caz_tui.screens.export_purchases import ExportPurchases
from caz_tui.screens.menu import Menu, MenuEntry
from caz_tui.screens.payments import PaymentsScreen
from caz_tui.screens.payments_details import PaymentsDetails
from caz_tui.theme import LIGHT
from caz_tui.widgets.short_table import ShortTable
from caz_tui.widgets.windowed_table import WindowedTable
from tests.ui.client_desk import desk_on_clients
from tests.ui.desk_host import DeskHost, settled

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from caz_tui.data.service import PortfolioService

SIZES = [(80, 24), (140, 45)]
HOSTILE = [
    "[/] fecha",
    "[@click=app.quit]clique[/]",
    "[x=y] \x1b[2J\x1b]52;c;YQ==\x07",
    "\u202etxt.\u2066 z\u0301\u0301\u0301\u0301\u0301\u200b",
    "\x00\x9b31m\r\nfim",
]
OBEYED = "\x00\x07\x1b\x9b\r\u202e\u2066\u200b"
TODAY = date(2026, 11, 24)


def table(app: DeskHost, name: str) -> ShortTable[Any]:
    found: ShortTable[Any] = app.screen.query_one(f"#{name}", ShortTable)
    return found


def line_with(app: DeskHost, text: str) -> str:
    return next(line for line in app.lines() if text in line)


async def add_purchase(service: PortfolioService, number: str, text: str, **columns: object) -> None:
    values = {
        "number": number,
        "bought_on": TODAY,
        "description": text,
        "payment_method": text,
        "status": "paga",
        "renews_on": None,
    }
    async with service._database.write() as connection:
        added = await connection.execute(insert(purchases).values(**{**values, **columns}))
        assert added.inserted_primary_key is not None
        item = {"purchase_id": added.inserted_primary_key[0], "product": text}
        await connection.execute(insert(purchase_items).values(**item, quantity=3, unit_price_cents=1_050))


@pytest.mark.parametrize("size", SIZES)
async def test_figures_and_lists(service: PortfolioService, size: tuple[int, int]) -> None:
    app = DeskHost(PaymentsScreen(service))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        summary = await service.payments_summary()
        for label in ("Pago em 12 meses", "Em aberto", "Próxima renovação", "Benefícios acumulados"):
            assert app.shows(label)
        figures = line_with(app, "em 96 d")
        for figure in (
            formats.money(summary.paid_in_12_months_cents),
            formats.money(summary.open_cents),
            formats.day(summary.next_renewal),
            formats.money(summary.benefits_cents),
        ):
            assert figure in figures
        assert app.shows(f"total {formats.money(summary.benefits_cents)}")
        assert summary.benefits_cents == sum(one.amount_cents for one in await service.benefits())
        assert table(app, "purchases").row_count == len(await service.purchases())
        assert table(app, "benefits").row_count == len(await service.benefits())
        heads = line_with(app, "Compra ")
        for label in ("Data", "Compra", "Descrição", "Situação", "Valor"):
            assert label in heads


async def test_the_plano_exclusivo_in_force_stands_first(service: PortfolioService) -> None:
    app = DeskHost(PaymentsScreen(service))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        first = (await service.purchases())[0]
        assert first.active_licences
        lines = app.lines()
        under_heads = lines[next(i for i, line in enumerate(lines) if "Descrição" in line) + 1]
        assert under_heads.startswith("▌")
        for text in (first.number, "Plano Exclusivo", "● Paga", formats.money(first.total_cents)):
            assert text in under_heads


async def test_numbers_and_dates_end_at_the_same_cell(service: PortfolioService) -> None:
    app = DeskHost(PaymentsScreen(service))
    async with app.run_test(size=(140, 45)) as pilot:
        await settled(pilot)
        rows = [line for line in app.lines() if " R$ " in line and "/20" in line and "Plano Exclusivo" in line]
        assert len(rows) > 2
        assert len({len(row) for row in rows}) == 1
        assert {row.index("/20") for row in rows} == {rows[0].index("/20")}


async def test_keys_move_the_bar(service: PortfolioService) -> None:
    app = DeskHost(PaymentsScreen(service))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        bought = await service.purchases()
        await pilot.press("j", "j", "k")
        assert line_with(app, bought[1].number).startswith("▌")
        assert not line_with(app, bought[0].number).startswith("▌")
        await pilot.press("G")
        assert line_with(app, bought[-1].number).startswith("▌")
        await pilot.press("g")
        assert line_with(app, bought[0].number).startswith("▌")
        await pilot.press("tab", "down", "end")
        assert app.focused is table(app, "benefits")
        assert table(app, "benefits").cursor_row == len(await service.benefits()) - 1
        await pilot.press("enter")
        assert app.screen is app.under_test


async def test_the_cursor_stays_when_the_terminal_changes(service: PortfolioService) -> None:
    app = DeskHost(PaymentsScreen(service))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        chosen = (await service.purchases())[2]
        await pilot.press("j", "j")
        await pilot.resize_terminal(200, 45)
        await settled(pilot)
        assert line_with(app, chosen.number).startswith("▌")
        assert formats.day(chosen.bought_on) in line_with(app, chosen.number)
        assert table(app, "benefits").region.x > table(app, "purchases").region.x
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert line_with(app, chosen.number).startswith("▌")


async def test_tones_follow_the_theme(service: PortfolioService) -> None:
    app = DeskHost(PaymentsScreen(service))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("j")
        dark = table(app, "purchases").get_cell_at((0, 5)).spans  # type: ignore[arg-type]
        app.theme = LIGHT.name
        await pilot.pause()
        light = table(app, "purchases").get_cell_at((0, 5)).spans  # type: ignore[arg-type]
        assert dark
        assert dark != light
        assert table(app, "purchases").cursor_row == 1


async def test_enter_opens_the_details_and_esc_comes_back(service: PortfolioService) -> None:
    app = DeskHost(PaymentsScreen(service))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("j", "enter")
        await settled(pilot)
        assert isinstance(app.screen, PaymentsDetails)
        assert app.shows(f"Compra {(await service.purchases())[1].number}")
        await pilot.press("escape")
        assert app.screen is app.under_test
        assert table(app, "purchases").cursor_row == 1


@pytest.mark.parametrize("keys", [("a", "enter"), ("a", "d"), ("a", "down", "up", "enter")])
async def test_the_menu_opens_the_details(service: PortfolioService, keys: tuple[str, ...]) -> None:
    app = DeskHost(PaymentsScreen(service))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("a")
        assert isinstance(app.screen, Menu)
        assert app.shows("Ver detalhes da compra")
        assert app.shows("Exportar compras")
        await pilot.press(*keys[1:])
        await settled(pilot)
        assert isinstance(app.screen, PaymentsDetails)
        await pilot.press("escape", "a", "escape")
        assert app.screen is app.under_test


async def test_purchases_are_exported(service: PortfolioService, tmp_path: Path) -> None:
    path = tmp_path / "compras.csv"
    app = DeskHost(PaymentsScreen(service))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        for answer in (None, "n", "s"):
            await pilot.press("a", "E")
            await pilot.pause()
            assert isinstance(app.screen, ExportPurchases)
            app.screen.query_one(Input).value = str(path)
            await pilot.press("enter")
            if answer is None:
                await settled(pilot)
            else:
                while not isinstance(app.screen, Confirm):
                    await pilot.pause()
                path.write_text("antes")
                await pilot.press(answer)
                await settled(pilot)
            if answer == "n":
                assert path.read_text() == "antes"
                await pilot.press("escape")
                await pilot.pause()
                assert app.shows("Descartar o que foi digitado?")
                await pilot.press("s")
                await pilot.pause()
            else:
                assert "2026-0228" in path.read_text(encoding="utf-8-sig")


async def test_only_the_table_with_the_keys_has_the_thick_bar(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press("3")
        bars = [line[0] for line in desk.lines() if line[:1] in {"▌", "▏"}]
        assert bars == ["▌", "▏"]
        await desk.press("tab")
        bars = [line[0] for line in desk.lines() if line[:1] in {"▌", "▏"}]
        assert bars == ["▏", "▌"]


async def test_one_purchase_goes_to_a_file(service: PortfolioService, tmp_path: Path) -> None:
    number = (await service.purchases())[1].number
    async with desk_on_clients(service) as desk:
        await desk.press("3", "down", "enter", "e")
        assert desk.shows(f"Exportar compra {number}")
        assert desk.field().value.endswith(f"compra-{number}.csv")
        desk.field().value = str(tmp_path / "uma.csv")
        await desk.press("f2")
        assert desk.said() == [f"1 compra exportada para {tmp_path / 'uma.csv'}"]
    header, *items = (tmp_path / "uma.csv").read_text("utf-8-sig").splitlines()
    assert items
    assert all(number in line for line in items)
    assert header.startswith("Compra;")


@pytest.mark.parametrize(("size", "label"), [((80, 24), "Forma de…"), ((140, 45), "Forma de pagamento")])
async def test_the_payment_method_has_the_word_of_the_files(
    service: PortfolioService, size: tuple[int, int], label: str
) -> None:
    async with desk_on_clients(service, size) as desk:
        await desk.press("3")
        assert desk.shows(f" {label} ")


async def test_a_file_that_cannot_be_written_is_refused_in_the_form(service: PortfolioService, tmp_path: Path) -> None:
    app = DeskHost(PaymentsScreen(service))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("E")
        app.screen.query_one(Input).value = str(tmp_path / "compras.docx")
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, ExportPurchases)
        assert app.shows("▲")


async def test_nothing_bought_yet(empty_service: PortfolioService) -> None:
    app = DeskHost(PaymentsScreen(empty_service))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert app.shows("Nenhuma compra registrada. i importa uma planilha de compras.")
        assert app.shows("Nenhum benefício creditado.")
        await pilot.press("enter", "E", "a")
        assert isinstance(app.screen, Menu)
        assert app.shows("Ver detalhes da compra · nenhuma compra")
        await pilot.press("enter", "d", "E", "down", "end")
        assert isinstance(app.screen, Menu)


@pytest.mark.parametrize("size", SIZES)
async def test_the_total_is_the_sum_of_quantidade(service: PortfolioService, size: tuple[int, int]) -> None:
    purchase = (await service.purchases())[0]
    app = DeskHost(PaymentsDetails(service, purchase.number))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        licences = await service.licences()
        total = line_with(app, "Total de licenças ativas")
        summed = sum(item.quantity for item in purchase.items)
        assert total.split()[4] == formats.integer(summed) == formats.integer(licences.bought)
        assert total.endswith(formats.money(purchase.total_cents))
        for item in purchase.items:
            line = line_with(app, item.product[:20])
            assert formats.integer(item.quantity) in line
            assert line.endswith(formats.money(item.total_cents))
        in_use = line_with(app, "Em uso")
        assert f"Em uso {licences.in_use} " in in_use
        assert f"{licences.free} disponíveis" in in_use
        assert app.shows("Benefícios para parceiros › Pagamentos › Compra 2026-0228")
        assert app.shows("Plano Exclusivo · comprado em 28/02/2026 · Boleto · ● paga · renova em")
        assert app.shows("28/02/2027 (em 96 d)")
        assert app.shows("Cancelar licenças: até 29/01/2027 (30 dias antes da renovação)")
        assert app.shows("enter abrir cliente  e exportar")
        assert app.shows(" esc voltar  ")


async def test_the_clients_that_use_the_licences(service: PortfolioService) -> None:
    purchase = (await service.purchases())[0]
    users = await service.licence_users()
    app = DeskHost(PaymentsDetails(service, purchase.number))
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        listed = app.screen.query_one(WindowedTable)
        assert listed.total == len(users) == (await service.licences()).in_use
        line = line_with(app, users[0].name)
        assert f"{users[0].previous_plan} → Exclusivo" in line
        assert f"desde {formats.day(users[0].since)}" in line
        await pilot.press("j", "j", "enter")
        await pilot.press("G", "enter")
        assert app.asked == [ClientWanted(users[2].id), ClientWanted(users[-1].id)]


async def test_purchases_that_put_no_licence_in_force(service: PortfolioService) -> None:
    await add_purchase(service, "V-1", "Plano Exclusivo", renews_on=date(2026, 11, 23))
    await add_purchase(service, "T-1", "Treinamento")
    for number, note in (("V-1", "não está em vigor"), ("T-1", "não é de licenças do Plano Exclusivo")):
        app = DeskHost(PaymentsDetails(service, number))
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            assert not app.shows("Total de licenças ativas")
            assert line_with(app, "Total  ").split() == ["Total", "3", "R$", "31,50"]
            assert app.shows(note)
            assert not app.shows("Em uso")
            assert not app.shows("Cancelar licenças")
            await pilot.press("enter", "escape")
            assert app.screen is not app.under_test


async def test_licences_of_several_purchases_and_nobody_using_them(service: PortfolioService) -> None:
    first = (await service.purchases())[0]
    await add_purchase(service, "P-2", "Plano Exclusivo", renews_on=date(2027, 3, 1))
    async with service._database.write() as connection:
        await connection.execute(update(clients).values(plan=None, plan_folded=None, payer=None))
    app = DeskHost(PaymentsDetails(service, "P-2"))
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        assert line_with(app, "Total de licenças ativas").split()[4] == "3"
        assert app.shows(f"com {first.active_licences} licenças de outras compras")
        assert app.shows("Nenhum cliente usa uma licença ainda.")
        await pilot.press("enter")
        assert app.asked == []


async def test_a_user_of_unknown_past(service: PortfolioService) -> None:
    async with service._database.write() as connection:
        await connection.execute(delete(licence_events))
    app = DeskHost(PaymentsDetails(service, (await service.purchases())[0].number))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert app.shows("– → Exclusivo")


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_texts_are_shown_as_text(service: PortfolioService, size: tuple[int, int]) -> None:
    for index, text in enumerate(HOSTILE):
        await add_purchase(service, f"[/]{index}{text}", f"{text} Plano Exclusivo", renews_on=date(2027, 5, 1))
        async with service._database.write() as connection:
            values = {"credited_on": TODAY, "description": text, "amount_cents": 100}
            await connection.execute(insert(benefits).values(**values))
            await connection.execute(update(clients).values(name=text.lstrip("\x00")))
    app = DeskHost(PaymentsScreen(service))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        shown = "".join(app.lines())
        assert "[/] fecha" in shown
        assert not set(shown) & set(OBEYED)
        for _ in await service.purchases():
            row = app.screen.query_one("#purchases", ShortTable).cursor_row
            await pilot.press("enter")
            await settled(pilot)
            assert isinstance(app.screen, PaymentsDetails)
            assert not set("".join(app.lines())) & set(OBEYED)
            await pilot.click(offset=(4, 3))
            await pilot.press("escape", "a")
            assert isinstance(app.screen, Menu)
            assert not set("".join(app.lines())) & set(OBEYED)
            await pilot.press("escape", "j")
            assert app.screen.query_one("#purchases", ShortTable).cursor_row >= row
        assert app.is_running


@pytest.mark.parametrize("size", [(20, 5), (1, 1), (60, 15), (300, 90)])
async def test_odd_terminals_do_no_harm(service: PortfolioService, size: tuple[int, int]) -> None:
    number = (await service.purchases())[0].number
    for screen, text in (
        (PaymentsScreen(service), "Benefícios acumulados"),
        (PaymentsDetails(service, number), "Total de licenças ativas"),
    ):
        app = DeskHost(screen)
        async with app.run_test(size=size) as pilot:
            await settled(pilot)
            await pilot.press("j", "G", "tab", "j", "shift+tab", "g", "a", "down")
            await pilot.resize_terminal(80, 24)
            await settled(pilot)
            if isinstance(app.screen, Menu):
                await pilot.press("escape")
                await settled(pilot)
            assert app.screen is app.under_test
            assert app.shows(text)


async def test_a_menu_does_what_can_be_done_and_says_why_not() -> None:
    entries = [
        MenuEntry("c", "Contratar", enabled=False, reason="já tem plano"),
        MenuEntry("j", "Juntar [/]"),
        MenuEntry("z", "Arquivar"),
    ]
    app = DeskHost(Menu("[@click=app.quit]Ações", entries, subject="[/] cliente"))  # type: ignore[arg-type]
    results: list[str | None] = []
    async with app.run_test(size=(60, 20)) as pilot:
        for keys in (
            ["c", "down", "up", "enter"],
            ["down", "down", "enter"],
            ["j"],
            ["z"],
            ["escape"],
            ["end", "enter"],
        ):
            await app.push_screen(Menu("Ações", entries), results.append)
            assert app.shows("c  Contratar · já tem plano")
            assert app.shows("Juntar [/]")
            await pilot.press(*keys)
            await pilot.pause()
        await app.push_screen(Menu("Ações", entries), results.append)
        await pilot.click("MenuList", offset=(4, 0))
        await pilot.click("MenuList", offset=(4, 2))
        assert results == ["j", "z", "j", "z", None, "z", "z"]
        assert app.shows("[@click=app.quit]Ações")
        assert app.shows("[/] cliente")
