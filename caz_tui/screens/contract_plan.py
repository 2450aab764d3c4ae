"""Contratar um plano, and its sister Renovar ou trocar plano."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError
from textual import on, work
from textual.content import Content
from textual.widgets import Input, Static

from caz_tui import formats
from caz_tui.data.choices import FIELD_OF_ATTRIBUTE, Payer, Term
from caz_tui.data.clock import add_months
from caz_tui.data.errors import StaleClient
from caz_tui.data.figures import EXCLUSIVE_PLAN
from caz_tui.data.readings import Client
from caz_tui.data.schemas import Contract, problems_of
from caz_tui.data.text import fold
from caz_tui.screens.client_fields import value_text
from caz_tui.screens.form_dialog import FormDialog, WrongFields, problems_found
from caz_tui.terminal.text import shown
from caz_tui.widgets.check_group import ChoiceGroup, RadioGroup
from caz_tui.widgets.field import FormField
from caz_tui.widgets.suggest_input import SuggestInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from textual.widget import Widget

    from caz_tui.data.readings import Licences
    from caz_tui.data.service import PortfolioService

_PAYERS = ((Payer.CLIENT.value, "O cliente"), (Payer.OFFICE.value, "O escritório (por mim)"))
_TERMS = tuple((term.value, term.label) for term in Term)
_YES_NO = (("sim", "Sim"), ("nao", "Não"))


class ContractPlan(FormDialog[Client]):
    """Asks plan, payer, term and renewal, and says at once what will come of them."""

    DEFAULT_CSS = """
    ContractPlan #who { height: auto; margin-bottom: 1; }
    ContractPlan #outcome { height: auto; margin: 1 0 0 22; }
    """

    def __init__(self, service: PortfolioService, client: Client) -> None:
        super().__init__("Contratar um plano" if client.situation.is_prospect else "Renovar ou trocar plano")
        self.confirm_label = "Contratar" if client.situation.is_prospect else "Salvar"
        self._service = service
        self._client = client
        self._licences: Licences | None = None
        self._plan = SuggestInput(client.plan or "", placeholder="↓ mostra os planos conhecidos")
        self._payer = RadioGroup(_PAYERS, (client.payer or Payer.CLIENT).value)
        self._term = RadioGroup(_TERMS, Term.YEARLY.value)
        self._renewal = RadioGroup(_YES_NO, "nao" if client.auto_renews is False else "sim")

    def compose_fields(self) -> Iterable[Widget]:
        """Return the client, the four fields, and what will come of them."""
        yield Static(shown(self._client.name, "bold"), id="who")
        yield FormField("Plano", self._plan, id="plan")
        yield FormField("Quem paga", self._payer, id="payer")
        yield FormField("Período", self._term, id="term")
        yield FormField("Renovação automática", self._renewal, id="auto_renews")
        yield Static(id="outcome", markup=False)

    def on_mount(self) -> None:
        """Offer the known plans and count the licences."""
        super().on_mount()
        self._offer_plans(())
        self._show_outcome()
        self._read()

    @work
    async def _read(self) -> None:
        self._offer_plans(await self._service.known_plans())
        self._licences = await self._service.licences()
        self._show_outcome()

    def _offer_plans(self, known: tuple[str, ...]) -> None:
        mine = (self._client.plan,) if self._client.plan else ()
        self._plan.offer((*mine, EXCLUSIVE_PLAN, *known))

    @on(Input.Changed)
    @on(ChoiceGroup.Changed)
    def _show_outcome(self) -> None:
        term = Term(self._term.value)
        ends = expiry(self._client, self._plan.value, term, self._service.today)
        lines = [shown(f"Vence em {formats.day(ends)}", "bold")]
        if self._client.expires_on and self._is_same_plan:
            lines.append(shown(f"O plano atual vence em {formats.day(self._client.expires_on)}", "$muted"))
        if fold(self._plan.value.strip()) == fold(EXCLUSIVE_PLAN) and self._payer.value == Payer.OFFICE:
            lines.append(self._licences_line())
        self.query_one("#outcome", Static).update(Content("\n").join(lines))

    def _licences_line(self) -> Content:
        """Say what the plan does to the licences of the Plano Exclusivo."""
        if self._licences is None:
            return shown("")
        bought = formats.integer(self._licences.bought)
        held = self._client
        if held.payer is Payer.OFFICE and not held.archived and fold(held.plan or "") == fold(EXCLUSIVE_PLAN):
            return shown(f"Continua com a licença que já usa, uma de {bought}.", "$muted")
        if self._licences.free == 0:
            return shown(f"▲ Nenhuma licença livre: as {bought} compradas estão em uso.", "$error")
        free = formats.count(self._licences.free, "licença livre", "licenças livres")
        return shown(f"{free} de {bought} do Plano Exclusivo; este cliente usa uma.", "$muted")

    @property
    def _is_same_plan(self) -> bool:
        return self._client.plan is not None and fold(self._client.plan) == fold(self._plan.value.strip())

    def _terms(self) -> Contract:
        try:
            return Contract(
                plan=self._plan.value,
                payer=Payer(self._payer.value),
                term=Term(self._term.value),
                auto_renews=self._renewal.value == "sim",
            )
        except ValidationError as error:
            raise WrongFields(problems_of(error)) from None

    def wrong_now(self) -> Mapping[str, str]:
        """Return what is wrong with the terms."""
        return problems_found(self._terms)

    async def save(self) -> Client | None:
        """Contract the plan."""
        terms = self._terms()
        try:
            return await self._service.contract(self._client.id, terms, self._client.version)
        except StaleClient as error:
            self._take_fresh(error.theirs)
            return None

    def _take_fresh(self, theirs: Client) -> None:
        """Go on from what someone else saved in the meantime, having said what it was."""
        base = self._client
        changed = [
            f"{field.label}: {value_text(getattr(base, name))} → {value_text(getattr(theirs, name))}"
            for name, field in FIELD_OF_ATTRIBUTE.items()
            if getattr(base, name) != getattr(theirs, name)
        ]
        self._client = theirs
        self._show_outcome()
        self.say_trouble(
            "Outra pessoa alterou este cliente enquanto a janela estava aberta "
            f"({'; '.join(changed)}). Confira e salve de novo para seguir assim mesmo."
        )


def expiry(client: Client, plan: str, term: Term, today: date) -> date:
    """Return when a term would end: it starts where a running one of the same plan ends, and today otherwise."""
    same_plan = client.plan is not None and fold(client.plan) == fold(plan.strip())
    starts_on = max(client.expires_on or today, today) if same_plan else today
    return add_months(starts_on, term.months)
