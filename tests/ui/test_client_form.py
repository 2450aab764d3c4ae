from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.widgets import Button, Input, TextArea

from caz_tui.data.choices import Charges, LicenceHistory, Payer, Situation
from caz_tui.data.documents import complete, lookalikes, mask
from caz_tui.data.figures import EXCLUSIVE_PLAN
from caz_tui.data.readings import Client, ExportPeriod
from caz_tui.data.schemas import ClientChanges
from caz_tui.screens.client_fields import changes_of, collisions, period_of, texts_of, value_text
from caz_tui.screens.client_form import ClientForm
from caz_tui.screens.confirm import Confirm
from caz_tui.screens.form_dialog import WrongFields
from caz_tui.screens.stale_client import StaleClientDialog
from caz_tui.widgets.cycle import Cycle
from caz_tui.widgets.field import FormField
from tests.support import NOON
from tests.ui.dialog_host import HOSTILE, SIZES, TINY, DialogHost, first_row, settled, until
from tests.unit.strategies import portfolios

if TYPE_CHECKING:
    from caz_tui.data.service import PortfolioService

CPF, CNPJ = "52998224725", "12ABC34501DE35"


def field(app: DialogHost, name: str) -> FormField:
    return app.screen.query_one(f"FormField#{name}", FormField)


def type_into(app: DialogHost, **texts: str) -> None:
    """Put texts into fields, whatever their controls are."""
    for name, text in texts.items():
        control = field(app, name).controls[0]
        if isinstance(control, TextArea):
            control.text = text
        else:
            assert isinstance(control, Input | Cycle)
            control.value = text


async def some_client(service: PortfolioService, query: str = "situacao:ativo pago_por:cliente") -> Client:
    return await service.client((await first_row(service, query)).id)


@pytest.mark.parametrize("size", [*SIZES, TINY])
@pytest.mark.parametrize("is_new", [True, False])
async def test_every_field_can_be_reached(service: PortfolioService, size: tuple[int, int], is_new: bool) -> None:
    client = None if is_new else await some_client(service)
    app = DialogHost()
    async with app.run_test(size=size) as pilot:
        await app.open(ClientForm(service, client), pilot)
        if size == TINY:
            await pilot.press("tab", "f2")
            await settled(pilot)
            return
        assert ("Novo cliente" if is_new else "Editar cliente") in app.text()
        controls = [widget for widget in app.screen.focus_chain if not isinstance(widget, Button)]
        assert len(controls) == (19 if is_new else 20)
        for control in controls:
            assert app.focused is control
            assert app.is_whole_on_screen(control), control
            for button in app.screen.query(Button):
                assert app.is_whole_on_screen(button)
            await pilot.press("tab")


async def test_a_letter_lays_nothing_out(service: PortfolioService, monkeypatch: pytest.MonkeyPatch) -> None:
    layouts: list[object] = []
    app = DialogHost()
    async with app.run_test(size=(100, 30)) as pilot:
        await app.open(ClientForm(service, None), pilot)
        monkeypatch.setattr(ClientForm, "_refresh_layout", lambda screen, *_, **__: layouts.append(screen))
        await pilot.press(*"Padaria São João, que tem um nome mais longo do que o campo")
        assert "longo do que o campo" in app.text()
        assert not layouts


async def test_a_new_client_with_every_field(service: PortfolioService) -> None:
    app = DialogHost()
    async with app.run_test(size=(140, 45)) as pilot:
        await app.open(ClientForm(service, None), pilot)
        await pilot.press(*"Padaria São João Ltda", "enter", *"Pão Quente", "enter", *"12abc34501de35", "enter")
        assert field(app, "document").query_one(Input).value == "12.ABC.345/01DE-35"
        await pilot.press(*"ana@padaria.com.br", "enter", *"11987654321", "enter")
        assert field(app, "phone").query_one(Input).value == "(11) 98765-4321"
        await pilot.press(*"Santos", "enter", "s", "s", "s", "enter", *"MEI, Prioridade", "enter", *"S-1", "enter")
        await pilot.press("e", "enter", *"Controle I", "enter", "c", "enter", *"31/12/2026", "enter", "n", "enter")
        await pilot.press("a", "enter", "e", "enter", *"01/10/2026", "enter", *"31/10/2026", "enter")
        await pilot.press(*"uma linha", "enter", *"outra", "f2")
        await settled(pilot)
    created = app.results[0]
    assert created == await service.client(created.id)
    expected = {
        "name": "Padaria São João Ltda",
        "trade_name": "Pão Quente",
        "document": CNPJ,
        "email": "ana@padaria.com.br",
        "phone": "+5511987654321",
        "city": "Santos",
        "state": "SP",
        "tags": ("MEI", "Prioridade"),
        "support_id": "S-1",
        "situation": Situation.TRIAL,
        "plan": "Controle I",
        "payer": Payer.CLIENT,
        "expires_on": service.today.replace(month=12, day=31),
        "auto_renews": False,
        "licence_history": LicenceHistory.ACTIVE,
        "ca_charges": Charges.UP_TO_DATE,
        "last_export": ExportPeriod(start=date(2026, 10, 1), end=date(2026, 10, 31)),
        "notes": "uma linha\noutra",
        "archived": False,
    }
    assert {name: getattr(created, name) for name in expected} == expected


async def test_what_is_wrong_is_said_beside_each_field_and_nothing_is_lost(service: PortfolioService) -> None:
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(ClientForm(service, None), pilot)
        type_into(app, document="123", email="ana@", phone="12", expires_on="31/02/2026", notes="uma\nnota")
        await pilot.press("f2")
        await settled(pilot)
        problems = {name: field(app, name).problem for name in ("name", "document", "email", "phone", "expires_on")}
        assert problems == {
            "name": "Falta o nome do cliente.",
            "document": "O documento precisa ter 14 caracteres (CNPJ) ou 11 algarismos (CPF).",
            "email": "O e-mail não tem a forma nome@dominio.com.br.",
            "phone": "O telefone precisa de DDD e número, como (11) 98765-4321, ou de código do país, como +351…",
            "expires_on": "A data 31/02/2026 não existe; escreva dd/mm/aaaa.",
        }
        assert app.focused is field(app, "name").controls[0]
        assert "▲ Falta o nome do cliente." in app.text()
        type_into(app, name="Ana", document=CPF, email="", phone="", expires_on="")
        await pilot.press("f2")
        await settled(pilot)
    assert (app.results[0].name, app.results[0].notes) == ("Ana", "uma\nnota")


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        ("01/10/2026", "", "Falta o fim do período exportado."),
        ("31/10/2026", "01/10/2026", "O fim do período exportado vem antes do início."),
    ],
)
async def test_a_wrong_period_is_said_beside_it(service: PortfolioService, start: str, end: str, reason: str) -> None:
    app = DialogHost()
    async with app.run_test(size=(140, 45)) as pilot:
        await app.open(ClientForm(service, await some_client(service)), pilot)
        first, last = field(app, "last_export").query(Input)
        first.value, last.value = start, end
        await pilot.press("f2")
        await settled(pilot)
        assert field(app, "last_export").problem == reason
        assert app.focused is first


async def test_a_taken_document_is_said_beside_it(service: PortfolioService) -> None:
    other = await some_client(service)
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(ClientForm(service, None), pilot)
        type_into(app, name="Ana", document=other.document)
        await pilot.press("f2")
        await settled(pilot)
        assert f"já é de {other.name}" in field(app, "document").problem
        assert app.results == []


async def test_a_refusal_is_said_in_the_form(service: PortfolioService) -> None:
    free = (await service.licences()).free
    for number in range(free):
        document = complete(f"{90_000_000 + number:08d}0009")
        await service.create(ClientChanges(name="x", document=document, plan=EXCLUSIVE_PLAN, payer=Payer.OFFICE))
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(ClientForm(service, None), pilot)
        type_into(app, name="Ana", document=CPF, plan=EXCLUSIVE_PLAN, payer="escritorio")
        await pilot.press("f2")
        await settled(pilot)
        assert "Não há licença livre do Plano Exclusivo" in app.text()
        for button in app.screen.query(Button):
            assert app.is_whole_on_screen(button)
        assert app.results == []


async def test_only_what_was_changed_is_sent(service: PortfolioService) -> None:
    client = await some_client(service)
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(ClientForm(service, client), pilot)
        type_into(app, city="Ilhéus")
        await pilot.press("f2")
        await settled(pilot)
    assert app.results[0].city == "Ilhéus"
    changes = (await service.history(client.id))[0].changes
    assert [change.field.attribute for change in changes] == ["city"]


async def test_saving_without_a_change_writes_nothing(service: PortfolioService) -> None:
    client = await some_client(service)
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(ClientForm(service, client), pilot)
        await pilot.press("f2")
        await settled(pilot)
    assert app.results == [client]


async def test_a_document_one_character_off_is_warned_of_once(service: PortfolioService) -> None:
    other = await service.create(ClientChanges(name="Padaria [/]", document=CNPJ, archived=True))
    document = lookalikes(other.document)[0]
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(ClientForm(service, None), pilot)
        type_into(app, name="Ana", document=document)
        await pilot.press("f2")
        await settled(pilot)
        assert f"difere em um só caractere do de Padaria [/] ({mask(other.document)})" in app.words()
        assert app.results == []
        await pilot.press("f2")
        await settled(pilot)
    assert app.results[0].document == document


async def test_edits_of_other_fields_come_together(service: PortfolioService) -> None:
    client = await some_client(service)
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(ClientForm(service, client), pilot)
        type_into(app, city="Ilhéus", notes="minha nota")
        await service.update(client.id, ClientChanges(trade_name="Outro nome"), client.version)
        await pilot.press("f2")
        await settled(pilot)
    saved = app.results[0]
    assert (saved.city, saved.notes, saved.trade_name) == ("Ilhéus", "minha nota", "Outro nome")


@pytest.mark.parametrize("size", SIZES)
async def test_a_field_shows_the_beginning_of_what_does_not_fit(
    service: PortfolioService, size: tuple[int, int]
) -> None:
    name, email = "Comércio " * 20, "adm@" + "comercio" * 7 + ".com.br"
    client = replace(await some_client(service), name=name.strip(), email=email)
    app = DialogHost()
    async with app.run_test(size=size) as pilot:
        await app.open(ClientForm(service, client), pilot)
        assert "Cliente               Comércio Comércio" in app.text()
        await pilot.press("end")
        await settled(pilot)
        assert "Cliente               Comércio Comércio" not in app.text()
        await pilot.press(*["tab"] * 3)
        await settled(pilot)
        assert "Cliente               Comércio Comércio" in app.text()
        assert "E-mail                adm@comercio" in app.text()


async def test_a_field_has_the_cursor_at_the_end_of_what_fits(service: PortfolioService) -> None:
    client = replace(await some_client(service), name="Padaria")
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(ClientForm(service, client), pilot)
        field = app.focused
        assert isinstance(field, Input)
        assert (field.cursor_position, field.selected_text) == (7, "Padaria")
        await pilot.press("X")
        assert field.value == "X"


async def test_the_least_terminal_has_all_four_buttons(service: PortfolioService) -> None:
    client = await some_client(service)
    app = DialogHost()
    async with app.run_test(size=(60, 15)) as pilot:
        theirs = replace(client, city="Do outro")
        await app.open(StaleClientDialog(client, ClientChanges(city="Minha"), theirs, ("city",)), pilot)
        assert all(app.is_whole_on_screen(button) for button in app.screen.query(Button))


@pytest.mark.parametrize(
    ("keys", "city", "trade_name"),
    [
        (["f2"], "Minha", "Meu nome"),
        (["right", "space", "f2"], "Minha", "Nome do outro"),
        (["tab", "right", "space", "f2"], "Do outro", "Meu nome"),
    ],
)
async def test_the_second_to_save_chooses_field_by_field(
    service: PortfolioService, keys: list[str], city: str, trade_name: str
) -> None:
    client = await some_client(service)
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(ClientForm(service, client), pilot)
        type_into(app, city="Minha", trade_name="Meu nome", notes="só minha")
        theirs = ClientChanges(city="Do outro", trade_name="Nome do outro", support_id="só do outro")
        await service.update(client.id, theirs, client.version)
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(app.screen, StaleClientDialog))
        for text in ("o meu: Minha", "o do outro: Do outro", f"antes: {value_text(client.city)}"):
            assert text in app.text()
        assert "só minha" not in app.text()
        await pilot.press(*keys)
        await settled(pilot)
    saved = app.results[0]
    assert (saved.city, saved.trade_name) == (city, trade_name)
    assert (saved.notes, saved.support_id) == ("só minha", "só do outro")


@pytest.mark.parametrize(("button", "city"), [("#mine", "Minha"), ("#theirs", "Do outro")])
async def test_all_can_be_chosen_at_once(service: PortfolioService, button: str, city: str) -> None:
    client = await some_client(service)
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(ClientForm(service, client), pilot)
        type_into(app, city="Minha")
        await service.update(client.id, ClientChanges(city="Do outro"), client.version)
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(app.screen, StaleClientDialog))
        await pilot.click(button)
        await pilot.press("f2")
        await settled(pilot)
    assert app.results[0].city == city


async def test_going_back_from_the_choice_keeps_what_was_typed(service: PortfolioService) -> None:
    client = await some_client(service)
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(ClientForm(service, client), pilot)
        type_into(app, city="Minha")
        await service.update(client.id, ClientChanges(city="Do outro"), client.version)
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(app.screen, StaleClientDialog))
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(app.screen, ClientForm)
        assert field(app, "city").query_one(Input).value == "Minha"
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(app.screen, StaleClientDialog))
        await pilot.press("f2")
        await settled(pilot)
    assert app.results[0].city == "Minha"


async def test_a_plan_and_its_payer_are_chosen_together(service: PortfolioService) -> None:
    client = await some_client(service)
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(ClientForm(service, client), pilot)
        type_into(app, auto_renews="nao" if client.auto_renews else "sim")
        await service.update(client.id, ClientChanges(plan="Plano do outro"), client.version)
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(app.screen, StaleClientDialog))
        assert "Plano do outro" in app.text()
        await pilot.press("left", "space", "f2")
        await settled(pilot)
    assert app.results[0].plan == client.plan
    assert app.results[0].auto_renews is not client.auto_renews


async def test_a_client_that_is_gone_is_said_and_what_was_typed_stays(service: PortfolioService) -> None:
    client = await some_client(service, "situacao:nao_conectado")
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(ClientForm(service, client), pilot)
        type_into(app, city="Ilhéus")
        await service.delete(client.id, client.version)
        await pilot.press("f2")
        await settled(pilot)
        assert "O cliente não existe mais" in app.words()
        assert field(app, "city").query_one(Input).value == "Ilhéus"


@pytest.mark.parametrize("change", ["text", "choice", "notes", "nothing"])
async def test_leaving_asks_when_anything_differs(service: PortfolioService, change: str) -> None:
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.open(ClientForm(service, await some_client(service)), pilot)
        texts = {"text": {"city": "x"}, "choice": {"state": "AC"}, "notes": {"notes": "x"}}.get(change, {})
        type_into(app, **texts)
        await pilot.press("escape")
        await settled(pilot)
        if change == "nothing":
            assert app.results == [None]
        else:
            assert isinstance(app.screen, Confirm)
            await pilot.press("enter")
            await settled(pilot)
            assert isinstance(app.screen, ClientForm)


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_values_are_text(
    service: PortfolioService, size: tuple[int, int], subtests: pytest.Subtests
) -> None:
    app = DialogHost()
    async with app.run_test(size=size) as pilot:
        for number, name in enumerate(name for name in HOSTILE if name.isprintable()):
            with subtests.test(name=name):
                everything = ClientChanges(
                    name=name, document=complete(f"{90_000_000 + number:08d}0009"), trade_name=name, plan=name,
                    city=name, tags=(name,), notes=f"{name}\n{name}",
                )  # fmt: skip
                client = await service.create(everything)
                await app.open(ClientForm(service, client), pilot)
                assert app.text().count(name) >= 5
                type_into(app, city=f"{name} meu")
                theirs = await service.update(client.id, ClientChanges(city=f"{name} do outro"), client.version)
                field(app, "plan").query_one(Input).focus()
                await pilot.press("down", "end", "backspace", "f2")
                await until(pilot, lambda: isinstance(app.screen, StaleClientDialog))
                assert f"{name} do outro" in app.text()
                await pilot.click("#why")
                await pilot.press("f2")
                await settled(pilot)
                assert len(app.results) == number + 1
                assert app.results[-1].version == theirs.version + 1
                assert app.is_running


def _client(changes: ClientChanges) -> Client:
    fields: dict[str, Any] = {name: getattr(changes, name) for name in ClientChanges.model_fields}
    return Client(id=1, version=1, created_at=NOON, created_by="x", updated_at=NOON, **fields)


@given(portfolios(least=1, most=1))
def test_texts_that_were_not_touched_change_nothing(portfolio: list[ClientChanges]) -> None:
    client = _client(portfolio[0])
    texts = texts_of(client)
    assert changes_of(texts, texts).model_fields_set == set()


@given(portfolios(least=1, most=1))
def test_texts_read_back(portfolio: list[ClientChanges]) -> None:
    client = _client(portfolio[0])
    nothing = dict.fromkeys(texts_of(client), "\0")
    changes = changes_of(texts_of(client), nothing)
    assert {name: getattr(changes, name) for name in ClientChanges.model_fields} == {
        name: getattr(client, name) for name in ClientChanges.model_fields
    }


@given(portfolios(least=2, most=2), st.data())
def test_collisions_are_what_both_changed_and_differs(portfolio: list[ClientChanges], data: st.DataObject) -> None:
    base, other = (_client(changes) for changes in portfolio)
    names = st.sets(st.sampled_from(["city", "notes", "phone", "name", "plan", "payer"]))
    mine_names, their_names = data.draw(names), data.draw(names)
    mine = ClientChanges(**{name: getattr(other, name) for name in mine_names})
    theirs = replace(base, **{name: getattr(other, name) for name in their_names})
    assert not set(collisions(base, mine, theirs)) & (mine_names & their_names)
    unlike = replace(base, city="sua cidade")
    clash = collisions(base, ClientChanges(city="minha cidade"), unlike)
    assert clash == ("city",)


@pytest.mark.parametrize(("start", "end"), [("", "1/1/2026"), ("1/1/2026", ""), ("x", "x"), ("2/1/2026", "1/1/2026")])
def test_half_a_period_is_refused(start: str, end: str) -> None:
    with pytest.raises(ValueError, match=r"período|data"):
        period_of(start, end)
    assert period_of(" ", "") is None


def test_all_problems_are_told_at_once() -> None:
    at_first = texts_of(ClientChanges())
    with pytest.raises(WrongFields) as caught:
        changes_of({**at_first, "email": "x", "export_start": "x", "name": "a" * 201}, at_first)
    assert caught.value.problems.keys() == {"email", "last_export", "name"}
