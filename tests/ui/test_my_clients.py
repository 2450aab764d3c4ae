"""Meus clientes: tabs, search, filters, order, and a cursor that keeps its client."""

from __future__ import annotations

import asyncio
from functools import partialmethod
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert, select, update
from textual.events import Key

from caz_tui.app import DeskApp
from caz_tui.data.choices import Field, Order, Situation, Tab
from caz_tui.data.errors import StorageError
from caz_tui.data.query import ClientQuery, ClientView
from caz_tui.data.schemas import ClientChanges
from caz_tui.data.service import PortfolioService
from caz_tui.data.tables import clients
from caz_tui.screens.base import ListWanted
from caz_tui.screens.client_details import ClientDetails
from caz_tui.screens.client_form import ClientForm
from caz_tui.screens.import_dialog import ImportDialog
from caz_tui.screens.my_clients import MyClientsScreen
from caz_tui.terminal.painting import FrugalScreen
from caz_tui.widgets.chips import Chips
from caz_tui.widgets.client_tabs import tab_labels
from caz_tui.widgets.count_line import CountLine
from caz_tui.widgets.details_pane import DetailsPane
from caz_tui.widgets.figures import FigureBlock
from caz_tui.widgets.search_line import SearchLine
from caz_tui.widgets.windowed_table import WindowedTable
from tests.ui.client_desk import SIZES, TINY, Desk, desk_on_clients

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import RenderableType
    from textual.screen import Screen

    from caz_tui.data.readings import Page

HOSTILE = ("[/]", "[@click=app.quit]clique[/]", "[bold", "\x1b]52;c;YQ==\x07", "a\u202eb", "[x=y", "\x9b2J")


def chips_of(desk: Desk) -> list[str]:
    return [chip.text for chip in desk.clients.query_one(Chips).chips]


def line_of(desk: Desk) -> SearchLine:
    return desk.clients.query_one(SearchLine)


def count_of(desk: Desk) -> str:
    return str(desk.clients.query_one(CountLine).render()).strip()


async def names_in(service: PortfolioService, view: ClientView) -> list[str]:
    page = await service.page(view, 0, 10_000)
    return [row.name for row in page.rows]


def names_shown(desk: Desk, number: int) -> list[str]:
    table = desk.clients.table
    rows = [table._window.get(index) for index in range(number)]
    return [row.name for row in rows if row is not None]


async def rename_all(service: PortfolioService, names: tuple[str, ...]) -> None:
    """Give the first clients names that no one could have typed."""
    async with service._database.write() as connection:
        ids = (await connection.scalars(select(clients.c.id).order_by(clients.c.id).limit(len(names)))).all()
        for client_id, name in zip(ids, names, strict=True):
            folded = {"name_folded": f"  {name.casefold()}", "search": name.casefold()}
            texts = {"trade_name": name, "plan": name, "city": name, "email": name}
            await connection.execute(
                update(clients).where(clients.c.id == client_id).values(name=name, archived=False, **folded, **texts)
            )
    service._walks.clear()


@pytest.mark.parametrize("size", SIZES)
async def test_the_count_of_every_tab_is_the_length_of_its_list(
    service: PortfolioService, size: tuple[int, int]
) -> None:
    async with desk_on_clients(service, size) as desk:
        counts = await service.tab_counts()
        for tab in Tab:
            assert desk.clients.tab is tab
            assert desk.clients.table.total == counts[tab] == await service.count(ClientView(tab))
            assert desk.shows(f"{counts[tab]}")
            await desk.press("G")
            assert desk.clients.table.cursor_row == counts[tab] - 1
            assert desk.clients.table.row_under_cursor is not None
            await desk.press("right_square_bracket")
        assert desk.clients.tab is Tab.ALL


async def test_a_list_is_read_when_its_tab_is_first_opened(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        read = [tab for tab in Tab if desk.clients._tables[tab].total]
        assert read == [Tab.ALL]
        await desk.press("left_square_bracket")
        assert desk.clients.tab is Tab.WITHOUT_PLAN
        assert desk.app.focused is desk.clients.table
        assert desk.clients.table.total


async def test_tabs_turned_faster_than_they_are_shown_end_where_they_should(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        for _ in range(3):
            desk.clients.action_next_tab()
        await desk.settle()
        assert desk.clients.tab is Tab.WITHOUT_PLAN
        assert desk.app.focused is desk.clients.table


async def test_a_click_on_a_tab_opens_it(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.pilot.click("#--content-tab-pagos-por-mim")
        await desk.settle()
        assert desk.clients.tab is Tab.PAID_BY_OFFICE
        assert desk.clients.table.total == (await service.tab_counts())[Tab.PAID_BY_OFFICE]


async def test_search_as_you_type_ends_at_the_last_letter(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press("slash")
        await desk.type("padaria")
        view = ClientView(Tab.ALL, ClientQuery.parse("padaria"))
        expected = await names_in(service, view)
        assert 0 < len(expected) < 60
        assert names_shown(desk, desk.clients.table.total) == expected
        assert count_of(desk).startswith(f"{len(expected)} de ")
        await desk.press("enter")
        assert desk.app.focused is desk.clients.table
        await desk.press("escape")
        assert line_of(desk).value == ""
        assert desk.clients.table.total == await service.count(ClientView())


async def test_at_most_one_search_runs_and_one_waits(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        running, most, searched = 0, 0, 0
        page = service.page

        async def counted(view: ClientView, offset: int, limit: int) -> Page:
            nonlocal running, most, searched
            running, searched = running + 1, searched + 1
            most = max(most, running)
            try:
                return await page(view, offset, limit)
            finally:
                running -= 1

        service.page = counted  # type: ignore[method-assign]
        for end in range(1, len("comercio") + 1):
            line_of(desk).value = "comercio"[:end]
        await desk.settle()
        assert most == 1
        assert searched < len("comercio")
        assert names_shown(desk, 5) == (await names_in(service, ClientView(Tab.ALL, ClientQuery.parse("comercio"))))[:5]


async def test_escape_clears_the_search_and_then_leaves_it(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press("slash")
        await desk.type("padaria")
        await desk.press("escape")
        assert line_of(desk).value == ""
        assert line_of(desk).has_focus
        await desk.press("escape")
        assert desk.app.focused is desk.clients.table


async def test_the_key_of_the_search_is_no_search(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press("slash", "slash")
        assert line_of(desk).value == ""
        await desk.type("0001")
        await desk.press("slash")
        assert line_of(desk).value == "0001/"
        await desk.press("escape", "escape")
        await desk.type("/a")
        await desk.press("enter", "slash", "slash")
        assert line_of(desk).value == "a"


async def test_down_goes_from_the_search_to_the_list(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press("slash")
        await desk.type("padaria")
        await desk.press("down")
        assert desk.app.focused is desk.clients.table
        assert desk.clients.table.cursor_row == 0


async def test_letters_are_only_letters_in_the_search(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press("slash")
        await desk.type("qFfs123aecn")
        assert line_of(desk).value == "qFfs123aecn"
        assert isinstance(desk.top(), MyClientsScreen)


async def test_criteria_typed_apply_at_once_and_become_chips_on_enter(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press("slash")
        await desk.type("ltda situacao:ativo uf:SP")
        query = ClientQuery.parse("ltda situacao:ativo uf:SP")
        expected = await service.count(ClientView(Tab.ALL, query))
        assert desk.clients.table.total == expected > 0
        assert chips_of(desk) == []
        await desk.press("enter")
        assert chips_of(desk) == ["Situação: Ativo", "UF: SP"]
        assert line_of(desk).value == "ltda"
        assert desk.clients.table.total == expected
        await desk.press("slash", "delete")
        await desk.type("uf:SP")
        await desk.press("enter")
        assert chips_of(desk) == ["Situação: Ativo", "UF: SP"]


async def test_a_malformed_query_says_so_and_leaves_the_result(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press("slash")
        await desk.type("padaria")
        before = desk.clients.table.total
        line_of(desk).value = "padaria situacao:feliz"
        await desk.settle()
        assert desk.shows("feliz não é um valor de situacao")
        assert desk.clients.table.total == before
        await desk.press("enter")
        assert line_of(desk).value == "padaria situacao:feliz"
        await desk.press("escape")
        assert not desk.shows("não é um valor")
        assert desk.clients.table.total == await service.count(ClientView())


async def test_chips_are_removed_one_by_one(service: PortfolioService) -> None:
    async with desk_on_clients(service, (140, 45)) as desk:
        await desk.show(ClientView(Tab.ALL, ClientQuery.parse("situacao:ativo renovacao:sim uf:SP padaria")))
        assert len(chips_of(desk)) == 3
        assert line_of(desk).value == "padaria"
        await desk.press("backspace")
        assert chips_of(desk) == ["Situação: Ativo", "Renovação automática: Sim"]
        desk.clients.query_one(Chips).focus()
        await desk.press("right", "left", "delete")
        assert chips_of(desk) == ["Renovação automática: Sim"]
        view = ClientView(Tab.ALL, ClientQuery.parse("renovacao:sim padaria"))
        assert desk.clients.table.total == await service.count(view)
        chips = desk.clients.query_one(Chips)
        await desk.pilot.click(Chips, offset=(chips.size.width - 1, 0))
        await desk.settle()
        assert chips_of(desk) == []
        assert not chips.display
        assert desk.app.focused is desk.clients.table


async def test_chips_that_do_not_fit_are_counted(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        text = "situacao:ativo,em_teste,em_atraso renovacao:sim uf:SP vencimento:..2026-12-31 cobrancas:em_dia"
        await desk.show(ClientView(Tab.ALL, ClientQuery.parse(text)))
        assert desk.shows("… +4")
        assert line_of(desk).size.width >= 8


async def test_f_capital_clears_search_and_filters(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.show(ClientView(Tab.ALL, ClientQuery.parse("situacao:cancelado zzz")))
        assert desk.shows("Nenhum cliente com esses filtros. F limpa os filtros.")
        await desk.press("F")
        assert chips_of(desk) == []
        assert line_of(desk).value == ""
        assert desk.clients.table.total == await service.count(ClientView())


async def test_an_empty_tab_says_why(service: PortfolioService) -> None:
    async with service._database.write() as connection:
        await connection.execute(update(clients).values(payer=None))
    async with desk_on_clients(service) as desk:
        await desk.press("right_square_bracket")
        assert desk.shows("Nenhum cliente paga o próprio plano.")


async def test_an_empty_portfolio_says_what_to_do(empty_service: PortfolioService) -> None:
    async with desk_on_clients(empty_service) as desk:
        await desk.press("escape", "2")
        assert desk.shows("A carteira está vazia. i importa uma planilha, n cadastra um cliente.")
        assert desk.shows("0 clientes")
        await desk.press("n")
        assert isinstance(desk.top(), ClientForm)


async def test_sorting_by_the_same_column_reverses(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press("s", "v")
        assert desk.clients.order == Order(field=Field.EXPIRES_ON)
        assert desk.shows("ordem: Vencimento ▲")
        assert names_shown(desk, 20) == (await names_in(service, desk.clients.view))[:20]
        await desk.press("s", "v")
        assert desk.clients.order == Order(field=Field.EXPIRES_ON, descending=True)
        assert desk.shows("Vencimento ▼")
        assert names_shown(desk, 20) == (await names_in(service, desk.clients.view))[:20]
        header = desk.clients.table
        await desk.pilot.click(header, offset=(5, 0))
        await desk.settle()
        assert desk.clients.order == Order(field=Field.NAME)


async def test_every_column_the_menu_offers_can_be_sorted_by(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        for letter in "dspgvrhbxfiuetc":
            await desk.press("s", letter)
            assert desk.clients.order.field is not None
            assert names_shown(desk, 10) == (await names_in(service, desk.clients.view))[:10]
        assert desk.clients.order == Order(field=Field.NAME)


async def test_the_filter_panel_gives_chips(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press("f")
        await desk.type("ltda")
        await desk.press("tab", "space", "f2")
        assert chips_of(desk) == ["Situação: Ativo"]
        assert line_of(desk).value == "ltda"
        view = ClientView(Tab.ALL, ClientQuery.parse("ltda situacao:ativo"))
        assert desk.clients.table.total == await service.count(view)


async def test_a_door_opens_with_tab_search_filters_and_order(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        order = Order(field=Field.CITY, descending=True)
        await desk.show(ClientView(Tab.PAID_BY_CLIENT, ClientQuery.parse("me renovacao:sim"), order))
        assert (desk.clients.tab, desk.clients.order) == (Tab.PAID_BY_CLIENT, order)
        assert line_of(desk).value == "me"
        assert chips_of(desk) == ["Renovação automática: Sim"]
        assert names_shown(desk, 5) == (await names_in(service, desk.clients.view))[:5]


async def test_a_door_opens_on_the_first_visit(service: PortfolioService) -> None:
    view = ClientView(Tab.WITHOUT_PLAN, ClientQuery.parse("situacao:nao_conectado"))
    app = DeskApp(service)
    async with app.run_test() as pilot:
        desk = Desk(pilot)
        await desk.settle()
        app.screen.post_message(ListWanted(view))
        await desk.settle()
        assert desk.top() is desk.clients
        assert desk.clients.view == view
        assert names_shown(desk, 60) == await names_in(service, view)


async def test_a_list_that_was_left_uncounted_is_counted_on_coming_back(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        count = service.count

        async def leaving(view: ClientView) -> int:
            service.count = count  # type: ignore[method-assign]
            desk.clients.action_next_tab()
            return await count(view)

        service.count = leaving  # type: ignore[method-assign]
        desk.clients.typed = query = ClientQuery.parse("l")
        await desk.settle()
        assert desk.clients.tab is Tab.PAID_BY_CLIENT
        await desk.press("left_square_bracket", "G")
        assert desk.clients.table.total_is_exact
        assert desk.clients.table.total == desk.clients.table.cursor_row + 1
        assert desk.clients.table.total == await count(ClientView(Tab.ALL, query))


async def test_the_cursor_stays_on_a_client_that_an_edit_moves(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press("down", "down", "space")
        marked = desk.clients.table.marks
        client = desk.client
        await desk.press("e", "home")
        await desk.type("Zz")
        await desk.press("f2")
        assert desk.client.id == client.id
        assert desk.client.name == f"Zz{client.name}"
        assert desk.clients.table.cursor_row == await service.place_of(desk.clients.view, client.id)
        assert desk.clients.table.cursor_row > 200
        assert desk.clients.table.marks == marked
        assert desk.clients.query_one(CountLine).line == desk.clients.table.cursor_row + 1
        assert desk.said() == [f"Zz{client.name} foi salvo."]


async def test_the_cursor_goes_to_a_new_client(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press("n")
        await desk.type("Mercearia Nova")
        await desk.press("tab", "tab")
        await desk.type("12ABC34501DE35")
        await desk.press("f2")
        assert desk.client.name == "Mercearia Nova"
        assert desk.said() == ["Mercearia Nova foi cadastrado."]


async def test_what_others_wrote_comes_with_f5(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press("down", "down", "down")
        client = desk.client
        await service.update(client.id, ClientChanges(name="Aaa"), client.version)
        await desk.press("f5")
        assert desk.client.id == client.id
        assert desk.clients.table.cursor_row == 0


async def test_what_others_write_comes_by_itself_and_leaves_the_cursor_alone(service: PortfolioService) -> None:
    other = await PortfolioService.open(service.path, user="bia")
    try:
        async with desk_on_clients(service) as desk:
            await desk.press("end", "pageup", "pageup")
            client, line = desk.client, desk.clients.table.cursor_row
            top = desk.clients.table.scroll_offset.y
            last = (await other.page(desk.clients.view, line + 2, 1)).rows[0]
            await other.update(last.id, ClientChanges(name="Aaa"), last.version)
            await desk.settle()
            assert desk.client.id == client.id
            assert desk.clients.table.cursor_row == line + 1
            assert desk.clients.table.scroll_offset.y == top + 1
            await desk.press("1")
            total = desk.app.screen.query_one("#portfolio", FigureBlock).figures[0].number
            assert total is not None
            await other.create(ClientChanges(name="Zeta", document="12ABC34501DE35", situation=Situation.TRIAL))
            await desk.settle()
            assert desk.app.screen.query_one("#portfolio", FigureBlock).figures[0].number == total + 1
    finally:
        await other.close()


async def test_marks_are_counted_and_outlive_a_search(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press("space", "space")
        assert desk.shows("2 marcados")
        await desk.press("slash")
        await desk.type("padaria")
        assert desk.shows("2 marcados")
        await desk.press("enter", "asterisk")
        assert desk.shows(f"{desk.clients.table.total} marcados")
        await desk.press("escape")
        assert not desk.shows("marcado")


async def test_go_to_row(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press("colon")
        await desk.type("200")
        await desk.press("enter")
        assert desk.clients.table.cursor_row == 199
        assert desk.client.name == (await names_in(service, ClientView()))[199]
        await desk.press("colon")
        await desk.type("dez")
        await desk.press("enter")
        assert desk.clients.table.cursor_row == 199
        assert desk.said() == ["Linha não é um número: dez."]


async def test_views_are_saved_opened_and_dropped(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        view = ClientView(Tab.PAID_BY_OFFICE, ClientQuery.parse("renovacao:nao"), Order(field=Field.EXPIRES_ON))
        await desk.show(view)
        await desk.press("v")
        await desk.type("A renovar")
        await desk.press("enter")
        await desk.press("F", "left_square_bracket", "s", "c", "V")
        assert desk.shows("A renovar")
        await desk.press("enter")
        assert desk.clients.view == view
        await desk.press("V", "x", "s")
        assert desk.shows("Nenhuma visão salva.")
        assert await service.saved_views() == ()


async def test_enter_opens_the_details_and_escape_comes_back(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press("down", "enter")
        assert isinstance(desk.top(), ClientDetails)
        await desk.press("escape")
        assert desk.top() is desk.clients
        assert desk.clients.table.cursor_row == 1


async def test_i_opens_the_import(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press("i")
        assert isinstance(desk.top(), ImportDialog)


async def test_wide_terminals_show_the_client_under_the_cursor(service: PortfolioService) -> None:
    async with desk_on_clients(service, (140, 45)) as desk:
        pane = desk.clients.query_one(DetailsPane)
        assert pane.display
        await desk.press("down", "down")
        assert pane.client == desk.client
        assert desk.shows("Cobranças CA")
        await desk.pilot.resize_terminal(100, 30)
        await desk.settle()
        assert not desk.clients.query_one(DetailsPane).display
        assert desk.shows("CNPJ/CPF")


async def test_narrow_terminals_show_the_columns_that_matter(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        header = next(line for line in desk.lines() if "Cliente ▲" in line)
        for label in ("Situação", "Plano", "Vencimento", "Renova"):
            assert label in header
        assert desk.shows("enter detalhes  a ações")
        assert desk.shows("? ajuda")


async def test_narrow_terminals_cut_nothing_but_names_and_one_situation(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.show(ClientView(order=Order(Field.EXPIRES_ON)))
        rows = desk.lines()[6:21]
        assert [row[22:].find("…") for row in rows] == [-1] * len(rows)
        assert desk.shows(" 09/08/26 ")
        assert desk.shows(" 28/08 há 88 d ")
        await desk.show(ClientView(query=ClientQuery.parse("situacao:muito_recomendado,nao_conectado")))
        assert desk.shows(" ★ Muito recome… ")
        assert desk.shows(" ○ Não conectado ")
        await desk.show(ClientView(tab=Tab.PAID_BY_OFFICE))
        assert desk.shows(" Plano Exclusivo ")


@pytest.mark.parametrize(
    ("counts", "cells", "expected"),
    [
        (
            (297, 168, 83, 38),
            97,
            "Todos 297|Planos pagos pelo cliente 168|Planos pagos por mim 83|Sem plano contratado 38",
        ),
        ((297, 168, 83, 38), 80, "Todos 297|Pagos pelo cliente 168|Pagos por mim 83|Sem plano 38"),
        ((297, 168, 83, 38), 60, "Todos 297|Pelo cliente 168|Por mim 83|Sem plano 38"),
        ((1_284, 702, 396, 186), 60, "Todos 1.284|Cliente 702|Por mim 396|Sem plano 186"),
        ((1_000_000, 600_000, 300_000, 100_000), 60, "Todos|Cliente|Por mim|Sem plano"),
    ],
)
def test_tabs_have_the_longest_names_that_fit(counts: tuple[int, ...], cells: int, expected: str) -> None:
    assert "|".join(tab_labels(dict(zip(Tab, counts, strict=True)), cells).values()) == expected


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (60, "enter detalhes  a ações  f mais filtros  q sair  ? ajuda"),
        (80, "enter detalhes  a ações  f mais filtros  s ordenar  espaço marcar  ? ajuda"),
        (
            100,
            "enter detalhes  a ações  f mais filtros  [ ] guias  s ordenar  espaço marcar  / procurar  ? ajuda",
        ),
        (
            140,
            "↑↓ mover  enter detalhes  a ações  f mais filtros  [ ] guias  s ordenar  espaço marcar  / procurar",
        ),
    ],
)
async def test_the_line_of_keys_has_what_matters_most(service: PortfolioService, width: int, line: str) -> None:
    async with desk_on_clients(service, (width, 24)) as desk:
        shown = desk.lines()[-1].strip()
        assert shown.startswith(line)
        assert shown.endswith("ctrl+p comandos  ? ajuda" if width == 140 else "  ? ajuda")


async def test_the_last_tab_is_whole_on_the_least_terminal(service: PortfolioService) -> None:
    async with desk_on_clients(service, (60, 15)) as desk:
        assert desk.shows("Sem plano 38")


async def test_a_tiny_terminal_breaks_nothing(service: PortfolioService) -> None:
    async with desk_on_clients(service, TINY) as desk:
        await desk.press("down", "right_square_bracket", "slash")
        await desk.type("situacao:x")
        await desk.press("escape", "escape", "s", "escape", "a", "escape", "enter", "escape", "ctrl+p", "escape")
        await desk.show(ClientView(Tab.ALL, ClientQuery.parse("situacao:ativo uf:SP padaria")))
        assert desk.top() is desk.clients


async def test_the_keys_work_again_after_a_terminal_that_was_too_small(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press("down")
        await desk.pilot.resize_terminal(*TINY)
        await desk.settle()
        await desk.pilot.resize_terminal(80, 24)
        await desk.settle()
        await desk.press("down")
        assert desk.clients.table.cursor_row == 2
        assert desk.shows("linha 3")


async def test_what_is_resized_under_a_dialog_fits(service: PortfolioService) -> None:
    async with desk_on_clients(service, (80, 24)) as desk:
        narrow = desk.lines()
    async with desk_on_clients(service, (140, 45)) as desk:
        wide = desk.lines()
        await desk.press("s")
        for size, expected in (((80, 24), narrow), ((140, 45), wide)):
            await desk.pilot.resize_terminal(*size)
            await desk.settle()
            await desk.press("escape")
            assert desk.lines() == expected
            await desk.press("s")


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_text_is_shown_and_does_nothing(service: PortfolioService, size: tuple[int, int]) -> None:
    await rename_all(service, HOSTILE)
    async with desk_on_clients(service, size) as desk:
        shown = "\n".join(desk.lines())
        assert "[/]" in shown
        assert "[@click=app.q" in shown
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(shown)
        for _ in HOSTILE:
            await desk.press("a", "escape", "down")
        await desk.show(ClientView(Tab.ALL, ClientQuery.parse('plano:"[@click=app.quit]x" cidade:"[/]"')))
        assert desk.shows("[")
        await desk.pilot.click(Chips)
        await desk.settle()
        assert desk.app.is_running
        assert desk.app.return_value is None


async def test_a_failing_database_is_told_and_survived(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:

        async def failing(*_: Any, **__: Any) -> Page:
            raise StorageError("O banco está ocupado.")

        page, service.page = service.page, failing  # type: ignore[method-assign]
        await desk.press("slash")
        await desk.type("pad")
        assert "O banco está ocupado." in desk.said()
        service.page = page  # type: ignore[method-assign]
        await desk.type("a")
        assert desk.clients.table.total == await service.count(ClientView(Tab.ALL, ClientQuery.parse("pada")))


async def test_a_long_list_is_shown_before_it_is_counted(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        seen: list[tuple[int, bool]] = []
        count = service.count

        async def counting(view: ClientView) -> int:
            table = desk.clients.table
            seen.append((table.total, table.total_is_exact))
            assert "+ " in f"{count_of(desk)} "
            return await count(view)

        service.count = counting  # type: ignore[method-assign]
        await desk.press("slash")
        await desk.type("l")
        assert seen == [(desk.clients.table.body_lines + 1, False)]
        assert desk.clients.table.total_is_exact
        assert count_of(desk).startswith(f"{desk.clients.table.total} de ")


async def test_what_was_counted_once_is_not_counted_again(
    service: PortfolioService, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk_on_clients(service) as desk:
        asked: list[ClientView] = []
        count = PortfolioService.count

        async def counting(self: PortfolioService, view: ClientView) -> int:
            asked.append(view)
            return await count(self, view)

        monkeypatch.setattr(PortfolioService, "count", counting)
        await desk.press("s", "v")
        assert desk.clients.order.field is Field.EXPIRES_ON
        counts = await service.tab_counts()
        for tab in (Tab.PAID_BY_CLIENT, Tab.PAID_BY_OFFICE, Tab.WITHOUT_PLAN):
            await desk.press("]")
            assert desk.clients.tab is tab
            assert (desk.clients.table.total, desk.clients.table.total_is_exact) == (counts[tab], True)
        assert not asked
        await desk.press("slash")
        await desk.type("l")
        assert len(asked) <= 1


async def test_scrolling_reads_the_rows_it_shows(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        expected = await names_in(service, ClientView())
        for key in ("pagedown",) * 12 + ("G", "pageup", "pageup", "g"):
            await desk.press(key)
            assert desk.client.name == expected[desk.clients.table.cursor_row]


async def test_archived_clients_are_found_when_asked_for(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        await desk.press("slash")
        await desk.type("arquivado:sim")
        expected = await service.count(ClientView(Tab.ALL, ClientQuery.parse("arquivado:sim")))
        assert desk.clients.table.total == expected


async def test_only_the_active_table_may_be_focused(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        chain = [widget for widget in desk.clients.focus_chain if isinstance(widget, WindowedTable)]
        assert chain == [desk.clients.table]
        assert desk.client.situation in Situation


async def test_inserted_elsewhere_comes_with_f5(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        before = desk.clients.table.total
        async with service._database.write() as connection:
            row = (await connection.execute(select(clients).limit(1))).one()._asdict()
            row |= {"id": 999_999, "document": "A87HBZHB000161", "archived": False}
            await connection.execute(insert(clients).values(row))
        service._walks.clear()
        await desk.press("f5")
        assert desk.clients.table.total == before + 1
        assert desk.shows(f"Todos {before + 1}")


async def test_another_list_in_the_same_tab_lays_nothing_out(
    service: PortfolioService, monkeypatch: pytest.MonkeyPatch
) -> None:
    layouts: list[object] = []
    lay_out = MyClientsScreen._refresh_layout

    def counted(screen: MyClientsScreen, *args: Any, **kwargs: Any) -> None:
        layouts.append(screen)
        lay_out(screen, *args, **kwargs)

    async with desk_on_clients(service) as desk:
        await desk.press("/")
        monkeypatch.setattr(MyClientsScreen, "_refresh_layout", counted)
        await desk.press("p", "a", "enter", "s", "v")
        assert desk.clients.order.field is Field.EXPIRES_ON
        assert not layouts
        assert 1 <= desk.clients.table.total < 300


async def test_the_next_list_does_not_wait_for_the_count_of_the_last_one(
    service: PortfolioService, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = asyncio.Event()
    count = PortfolioService.count

    async def slow_count(self: PortfolioService, view: ClientView) -> int:
        await counted.wait()
        return await count(self, view)

    names: list[str] = []
    async with desk_on_clients(service) as desk:
        monkeypatch.setattr(PortfolioService, "count", slow_count)
        for view in (ClientView(Tab.ALL, ClientQuery.parse(word)) for word in ("l", "uf:SP")):
            desk.clients.typed = view.query
            names = await names_in(service, view)
            while names_shown(desk, 3) != names[:3]:  # noqa: ASYNC110 - no event tells
                await asyncio.sleep(0)
        assert names[:3] != (await names_in(service, ClientView(Tab.ALL)))[:3]
        counted.set()
        await desk.settle()
        assert desk.clients.table.total_is_exact
        assert desk.clients.table.total == len(names)
        assert names_shown(desk, 3) == names[:3]


async def test_a_list_is_read_to_its_end_while_it_is_being_counted(
    service: PortfolioService, monkeypatch: pytest.MonkeyPatch
) -> None:
    never, was_read = asyncio.Event(), asyncio.Event()
    count, reset, feed = PortfolioService.count, WindowedTable.reset, WindowedTable.feed

    async def endless_count(self: PortfolioService, view: ClientView) -> int:
        await never.wait()
        return await count(self, view)

    def observed(take: Callable[..., None]) -> Callable[..., None]:
        def observed_take(*positional: object, **named: object) -> None:
            take(*positional, **named)
            was_read.set()

        return observed_take

    async with desk_on_clients(service) as desk:
        view = ClientView(Tab.ALL, ClientQuery.parse("l"))
        names, table = await names_in(service, view), desk.clients.table
        monkeypatch.setattr(PortfolioService, "count", endless_count)
        monkeypatch.setattr(WindowedTable, "reset", observed(reset))
        monkeypatch.setattr(WindowedTable, "feed", observed(feed))
        desk.clients.typed = view.query
        while table.total != len(names):
            await was_read.wait()
            was_read.clear()
            assert table.total_is_exact or count_of(desk).startswith((f"{table.total}+ ", "…"))
            table.action_page_down()
        while table.cursor_row != len(names) - 1:
            table.action_page_down()
        assert table.row_under_cursor is not None
        assert table.row_under_cursor.name == names[-1]
        never.set()
        await desk.settle()
        assert count_of(desk).startswith(f"{len(names)} de ")
        assert table.cursor_row == len(names) - 1


async def test_what_rows_read_ahead_leave_is_collected_without_a_frame(
    service: PortfolioService, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []

    def told(screen: FrugalScreen[object]) -> None:
        assert isinstance(screen, MyClientsScreen)
        read.append(len(screen.table._window))

    monkeypatch.setattr(FrugalScreen, "done_unseen", told)
    async with desk_on_clients(service) as desk:
        await desk.press("s", "v")
        # Behind the page that comes next.
        assert len(read) == 1
        assert read[0] > desk.clients.table.body_lines + 1


@pytest.mark.parametrize("comes", [True, False], ids=["rows that come", "rows that keep one waiting"])
async def test_a_jump_waits_a_moment_for_its_rows(
    service: PortfolioService, monkeypatch: pytest.MonkeyPatch, *, comes: bool
) -> None:
    holes: list[bool] = []
    display, page, may_come = DeskApp._display, service.page, asyncio.Event()

    def watched(app: DeskApp, screen: Screen[Any], renderable: RenderableType | None) -> None:
        if isinstance(screen, MyClientsScreen) and renderable is not None:
            holes.append(any("·" in screen.table.render_line(y).text for y in range(1, screen.table.size.height)))
        display(app, screen, renderable)

    async def late(*args: Any, **more: Any) -> Page:
        await may_come.wait()
        return await page(*args, **more)

    async with desk_on_clients(service) as desk:
        # However long the test's machine takes.
        held = partialmethod(FrugalScreen.hold_frame, 3600.0 if comes else 0.0)
        monkeypatch.setattr(MyClientsScreen, "hold_frame", held)
        monkeypatch.setattr(DeskApp, "_display", watched)
        monkeypatch.setattr(service, "page", late)
        holes.clear()
        desk.app.post_message(Key("G", "G"))
        while not (holes or (comes and desk.clients._held_until)):  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0)
        may_come.set()
        await desk.settle()
        assert holes[-1] is False
        assert (True in holes) is not comes
        assert desk.clients.table.cursor_row == desk.clients.table.total - 1


async def test_rows_that_are_asked_for_with_every_key_do_not_keep_the_frame(service: PortfolioService) -> None:
    async with desk_on_clients(service) as desk:
        screen = desk.clients
        screen.hold_frame(3600.0, once=True)
        held_until = screen._held_until
        screen.hold_frame(7200.0, once=True)
        assert screen._held_until == held_until
        screen.release_frame()
        screen.refresh()
        await desk.settle()
        screen.hold_frame(7200.0, once=True)
        assert screen._held_until > held_until
        screen.release_frame()
