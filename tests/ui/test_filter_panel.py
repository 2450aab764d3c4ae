from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button, Input, Static

from caz_tui.data.choices import Field, Tab
from caz_tui.data.query import ClientQuery, ClientView
from caz_tui.data.schemas import ClientChanges
from caz_tui.screens.confirm import Confirm
from caz_tui.screens.filter_panel import FilterPanel
from caz_tui.widgets.field import FormField
from tests.ui.dialog_host import HOSTILE, SIZES, TINY, DialogHost, settled

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from caz_tui.data.service import PortfolioService

SEVEN_CRITERIA = (
    "Nome do cliente",
    "Situação",
    "Histórico da licença",
    "Renovação automática",
    "Vencimento do plano",
    "Última exportação",
    "Cobranças CA",
)
EVERYTHING = (
    'padaria "são joão" situacao:ativo historico:ativa renovacao:nao vencimento:30d exportacao:nunca '
    "cobrancas:em_atraso plano:controle* uf:SP,RJ etiqueta:mei"
)


def count_line(app: DialogHost) -> str:
    return str(app.screen.query_one("#count", Static).content)


def field(app: DialogHost, name: str) -> FormField:
    return app.screen.query_one(f"FormField#{name}", FormField)


async def show(app: DialogHost, pilot: Pilot[None], service: PortfolioService, query: str, tab: Tab = Tab.ALL) -> None:
    await app.open(FilterPanel(service, ClientQuery.parse(query), tab), pilot)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("query", ["", EVERYTHING])
async def test_all_criteria_and_buttons_are_on_the_screen_at_once(
    service: PortfolioService, size: tuple[int, int], query: str
) -> None:
    app = DialogHost()
    async with app.run_test(size=size) as pilot:
        await show(app, pilot, service, query)
        for label in (*SEVEN_CRITERIA, "Plano", "UF", "Etiqueta"):
            assert label in app.text()
        for widget in (*app.screen.query(FormField), *app.screen.query(Button), app.screen.query_one("#count")):
            assert app.is_whole_on_screen(widget), widget
        for label in ("Limpar", "Cancelar", "Aplicar"):
            assert label in app.text()


async def test_a_small_terminal_is_no_reason_to_fall_over(service: PortfolioService) -> None:
    app = DialogHost()
    async with app.run_test(size=TINY) as pilot:
        await show(app, pilot, service, EVERYTHING)
        await pilot.press("tab", "space", "tab", "tab", "right", "enter")
        await settled(pilot)
        assert len(app.results) == 1


@pytest.mark.parametrize("tab", [Tab.ALL, Tab.PAID_BY_OFFICE])
async def test_the_count_follows_each_change(service: PortfolioService, tab: Tab) -> None:
    total = await service.count(ClientView(tab=tab))
    active = await service.count(ClientView(tab=tab, query=ClientQuery.parse("situacao:ativo")))
    named = await service.count(ClientView(tab=tab, query=ClientQuery.parse("situacao:ativo ltda")))
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(app, pilot, service, "", tab)
        assert count_line(app) == f"{total} de {total} clientes"
        await pilot.press("tab", "space")
        await settled(pilot)
        assert count_line(app) == f"{active} de {total} clientes"
        await pilot.press("shift+tab", *"ltda")
        await settled(pilot)
        assert count_line(app) == f"{named} de {total} clientes"


async def test_an_untouched_panel_gives_the_query_back(service: PortfolioService) -> None:
    query = ClientQuery.parse(EVERYTHING + " -uf:BA cidade:campinas renovacao:sim,nao")
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(FilterPanel(service, query, Tab.ALL), pilot)
        assert "Continua valendo: Exceto UF: BA · Cidade: campinas" in app.text()
        await pilot.press("f2")
        await settled(pilot)
    assert app.results == [query]


async def test_every_criterion_can_be_set_with_keys(service: PortfolioService) -> None:
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(app, pilot, service, "")
        await pilot.press(*"padaria", "tab", "space", "right", "space")
        await pilot.press("tab", "right", "right", "space")
        await pilot.press("tab", "right", "right", "space")
        await pilot.press("tab", "right", "right", "right", "right", "tab", "tab")
        await pilot.press("tab", "right", "tab", "tab")
        await pilot.press("tab", "end", "space")
        await pilot.press("tab", *"Controle*", "tab", *"sp,rj", "tab", *"mei", "enter")
        await settled(pilot)
    assert str(app.results[0]) == (
        "padaria situacao:ativo,em_teste historico:ativa renovacao:nao vencimento:30d exportacao:nunca "
        "cobrancas:em_atraso plano:Controle* uf:SP,RJ etiqueta:mei"
    )


async def test_typed_dates_make_a_period(service: PortfolioService) -> None:
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(app, pilot, service, "vencimento:30d")
        first, last = field(app, "vencimento").query(Input)
        assert (first.placeholder, last.placeholder) == ("24/11/2026", "24/12/2026")
        first.focus()
        await pilot.press(*"01/12/2026", "tab", *"31/12/2026")
        assert "Período…" in app.text()
        await pilot.press("enter")
        await settled(pilot)
    assert [str(query) for query in app.results] == ["vencimento:2026-12-01..2026-12-31"]


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        ("31/02/2026", "", "A data 31/02/2026 não existe"),
        ("", "1/2", "Não é uma data"),
        ("31/12/2026", "01/12/2026", "O período começa depois de terminar"),
    ],
)
async def test_a_wrong_date_says_why_and_is_not_applied(
    service: PortfolioService, first: str, last: str, reason: str
) -> None:
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(app, pilot, service, "")
        inputs = list(field(app, "exportacao").query(Input))
        inputs[0].focus()
        await pilot.press(*first, "tab", *last)
        await settled(pilot)
        assert reason in field(app, "exportacao").problem
        assert reason in app.text()
        assert "Corrija" in count_line(app)
        await pilot.press("f2")
        await settled(pilot)
        assert app.results == []
        assert app.focused in inputs
        for widget in app.screen.query(Button):
            assert app.is_whole_on_screen(widget)


async def test_a_state_that_does_not_exist_is_not_applied(service: PortfolioService) -> None:
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(app, pilot, service, "")
        field(app, "uf").query_one(Input).value = "SP, XX"
        await settled(pilot)
        await pilot.press("enter")
        assert "UF não existe" in field(app, "uf").problem
        assert app.results == []


async def test_clearing_asks_for_nothing_at_all(service: PortfolioService) -> None:
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(app, pilot, service, EVERYTHING + " -uf:BA")
        await pilot.press("f4")
        await settled(pilot)
        assert "Continua valendo" not in app.text()
        await pilot.press("enter")
        await settled(pilot)
    assert app.results == [ClientQuery()]


async def test_leaving_asks_only_when_something_was_typed(service: PortfolioService) -> None:
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(app, pilot, service, "")
        await pilot.press("tab", "space", "escape")
        await settled(pilot)
        assert app.results == [None]
        await show(app, pilot, service, "")
        await pilot.press("x", "escape")
        await settled(pilot)
        assert isinstance(app.screen, Confirm)
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, FilterPanel)
        await pilot.press("escape", "s")
        await settled(pilot)
        assert app.results == [None, None]


async def test_a_relative_period_that_is_no_preset_stays(service: PortfolioService) -> None:
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(app, pilot, service, "vencimento:45d exportacao:nunca,..2026-01-01")
        assert app.text().count("Outro prazo") == 2
        assert "08/01/2027" in app.text()
        await pilot.press("f2")
        await settled(pilot)
    assert [str(query) for query in app.results] == ["vencimento:45d exportacao:nunca,..2026-01-01"]


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_values_are_text(service: PortfolioService, name: str) -> None:
    query = ClientQuery.parse("situacao:ativo")
    plain = name if name.isprintable() else "[/]"
    await service.create(ClientChanges(name="X", document="529.982.247-25", plan=plain, tags=(plain,)))
    hostile = query & ClientQuery.parse('-cidade:"[@click=app.quit]x[/]" plano:"[/]"')
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(FilterPanel(service, hostile, Tab.ALL), pilot)
        assert "[@click=app.quit]x[/]" in app.text()
        plan = field(app, "plano").query_one(Input)
        plan.value = name
        await settled(pilot)
        assert "\x1b" not in app.text()
        assert bool(field(app, "plano").problem) == (not name.isprintable())
        plan.focus()
        plan.value = plain[:1]
        await settled(pilot)
        await pilot.click("#left-alone")
        await settled(pilot)
        assert app.is_running


async def test_suggestions_complete_the_last_of_several(service: PortfolioService) -> None:
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(app, pilot, service, "")
        plan = field(app, "plano").query_one(Input)
        plan.focus()
        await pilot.press(*"x, avanc")
        await settled(pilot)
        await pilot.press("right")
        assert plan.value.startswith("x, Avançado")
        first = plan.value
        await pilot.press("down")
        assert plan.value.startswith("x, ")
        assert plan.value != first
        assert panel_query(app).matches(Field.PLAN)


def panel_query(app: DialogHost) -> ClientQuery:
    assert isinstance(app.screen, FilterPanel)
    state, problems = app.screen.state()
    assert not problems
    return state.query(ClientQuery())
