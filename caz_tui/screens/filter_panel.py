"""Mais filtros: the seven criteria of the portal and three more, with the number of clients they leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static

from caz_tui import formats
from caz_tui.commands import Place, bindings_for
from caz_tui.data.choices import Field
from caz_tui.data.query import Choice, ClientQuery, ClientView, choices_of
from caz_tui.screens.base import Dialog
from caz_tui.screens.filter_state import (
    EXPIRY_PRESETS,
    EXPORT_PRESETS,
    PanelState,
    format_states,
    format_texts,
    format_words,
    left_alone,
    panel_state,
    parse_states,
    parse_texts,
    parse_words,
)
from caz_tui.screens.latest import Latest
from caz_tui.terminal.text import shown
from caz_tui.widgets.check_group import CheckGroup, ChoiceGroup, RadioGroup
from caz_tui.widgets.date_choice import DateChoice
from caz_tui.widgets.field import FormField, sentence, text_input
from caz_tui.widgets.suggest_input import SuggestInput

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult
    from textual.await_complete import AwaitComplete

    from caz_tui.data.choices import Tab
    from caz_tui.data.query import Match
    from caz_tui.data.service import PortfolioService

_CHOICE_FIELDS = (Field.SITUATION, Field.LICENCE_HISTORY, Field.CHARGES)
_ANY = ""


class FilterPanel(Dialog[ClientQuery]):
    """Edits a query; what it cannot show of it stays as it is, and is named."""

    CSS_PATH = "filter_panel.tcss"
    help_places = (Place.FILTERS,)
    BINDINGS = [*bindings_for(Place.FILTERS), Binding("enter", "apply", show=False)]

    def __init__(self, service: PortfolioService, query: ClientQuery, tab: Tab) -> None:
        super().__init__()
        self._service = service
        self._base = query
        self._tab = tab
        self._total: int | None = None
        self._wanted: ClientView | None = None
        self._counting = Latest(self, self._count_clients, interrupts=True)
        self._dates: dict[Field, DateChoice] = {}
        self._groups: dict[Field, CheckGroup] = {}
        self._typed_at_first: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """Put the criteria in the order in which the portal has them."""
        state = panel_state(self._base)
        words, plans, states, tags = _texts(state)
        self._words = text_input(words)
        self._renewal = RadioGroup(
            ((_ANY, "Tanto faz"), *choices_of(Field.AUTO_RENEWS)), next(_slugs(state, Field.AUTO_RENEWS), _ANY)
        )
        for field in _CHOICE_FIELDS:
            self._groups[field] = CheckGroup(choices_of(field), _slugs(state, field))
        for field, presets in ((Field.EXPIRES_ON, EXPIRY_PRESETS), (Field.LAST_EXPORT, EXPORT_PRESETS)):
            matches = state.matches.get(field, ())
            self._dates[field] = DateChoice(presets, matches, self._service.today)
        self._plans = SuggestInput(plans, several=True)
        self._states = text_input(states)
        self._tags = SuggestInput(tags, several=True)
        with Vertical(id="window"):
            with VerticalScroll(id="fields", can_focus=False):
                yield FormField("Nome do cliente", self._words, id="nome")
                for field in (Field.SITUATION, Field.LICENCE_HISTORY):
                    yield FormField(field.label, self._groups[field], id=field.value)
                yield FormField(Field.AUTO_RENEWS.label, self._renewal, id=Field.AUTO_RENEWS.value)
                for field in self._dates:
                    yield FormField(field.label, self._dates[field], id=field.value)
                yield FormField(Field.CHARGES.label, self._groups[Field.CHARGES], id=Field.CHARGES.value)
                with Horizontal(id="others"):
                    yield FormField("Plano", self._plans, id="plano")
                    yield FormField("UF", self._states, id="uf")
                    yield FormField("Etiqueta", self._tags, id="etiqueta")
                yield Static(id="left-alone", markup=False)
            with Horizontal(classes="foot"):
                yield Static(id="count", markup=False)
                yield Button("Limpar", id="clear")
                yield Button("Cancelar", id="cancel")
                yield Button("Aplicar", id="apply", variant="primary")

    def on_mount(self) -> None:
        """Start on the name, and count."""
        window = self.query_one("#window")
        window.border_title = "Mais filtros"
        window.border_subtitle = "enter aplica · espaço marca · f4 limpa · esc cancela"
        self._begin()

    def ask_again(self, query: ClientQuery, tab: Tab) -> None:
        """Start anew on another query, when it is about to be shown again."""
        self._base, self._tab, self._total = query, tab, None
        state = panel_state(query)
        with self.prevent(Input.Changed):
            text_fields = (self._words, self._plans, self._states, self._tags)
            for text_field, text in zip(text_fields, _texts(state), strict=True):
                text_field.value = text
        for field, group in self._groups.items():
            group.ask(_slugs(state, field))
        self._renewal.ask((next(_slugs(state, Field.AUTO_RENEWS), _ANY),))
        for field, choice in self._dates.items():
            choice.ask(state.matches.get(field, ()), self._service.today)
        self.query_one("#fields").scroll_home(animate=False)
        self.query_one("#count", Static).update("", layout=False)
        # Its text is selected when it is come to.
        self.set_focus(None)
        self.set_focus(self._words)
        # With what it asks for one frame is enough.
        self.hold_frame()
        self._begin()

    def _begin(self) -> None:
        self._typed_at_first = self._typed()
        self._show_left_alone()
        self._count()
        # Nobody sees it before something is typed.
        self.call_after_refresh(self._offer_known)

    def has_typed(self) -> bool:
        """Tell whether a text was typed; choices are made again in no time and ask nothing."""
        return self._typed() != self._typed_at_first

    def _typed(self) -> tuple[str, ...]:
        return tuple(field.value for field in self.query(Input))

    @work
    async def _offer_known(self) -> None:
        self._plans.offer(await self._service.known_plans())
        self._tags.offer(await self._service.known_tags())

    def state(self) -> tuple[PanelState, dict[str, str]]:
        """Return what the panel holds, and for each field that is wrong half a sentence about it."""
        words = panel_state(self._base).words
        matches: dict[Field, tuple[Match, ...]] = {}
        problems: dict[str, str] = {}
        for field, group in self._groups.items():
            matches[field] = tuple(Choice(slug) for slug, _ in choices_of(field) if slug in group.chosen)
        matches[Field.AUTO_RENEWS] = (Choice(self._renewal.value),) if self._renewal.value else ()
        try:
            words = parse_words(self._words.value)
        except ValueError as error:
            problems["nome"] = str(error)
        for field, control, parse in (
            (Field.PLAN, self._plans, parse_texts),
            (Field.STATE, self._states, parse_states),
            (Field.TAGS, self._tags, parse_texts),
        ):
            try:
                matches[field] = parse(control.value)
            except ValueError as error:
                problems[field.value] = str(error)
        for field, choice in self._dates.items():
            try:
                matches[field] = choice.matches
            except ValueError as error:
                problems[field.value] = str(error)
        return PanelState(words, {field: wanted for field, wanted in matches.items() if wanted}), problems

    @on(ChoiceGroup.Changed)
    @on(DateChoice.Changed)
    @on(Input.Changed)
    def _count(self) -> None:
        """Say what is wrong, or start counting what the criteria leave."""
        state, problems = self.state()
        for field in self.query(FormField):
            reason = problems.get(field.id or "", "")
            field.problem = sentence(reason) if reason else ""
        count = self.query_one("#count", Static)
        if problems:
            self._wanted = None
            count.update("Corrija o que está marcado com ▲", layout=False)
            return
        self._wanted = ClientView(tab=self._tab, query=state.query(self._base))
        self._counting.want(self._wanted)

    async def _count_clients(self, view: ClientView) -> None:
        left = await self._service.count(view)
        whole = await self._service.count(ClientView(tab=view.tab)) if self._total is None else self._total
        if view != self._wanted:
            return
        self._total = whole
        total = formats.count(whole, "cliente")
        self.query_one("#count", Static).update(
            Content.assemble((formats.integer(left), "bold"), (f" de {total}", "$muted")), layout=False
        )
        self.release_frame()

    def dismiss(self, result: ClientQuery | None = None) -> AwaitComplete:
        """Close the window, which counts nothing any more while it is kept."""
        self._wanted = None
        self._counting.stop()
        return super().dismiss(result)

    def _show_left_alone(self) -> None:
        chips = left_alone(self._base).describe()
        listed = " · ".join(chip.text for chip in chips)
        line = self.query_one("#left-alone", Static)
        line.display = bool(chips)
        line.update(shown(f"Continua valendo: {listed}"))

    def on_input_submitted(self) -> None:
        """Apply from within a text field."""
        self.action_apply()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Clear, leave or apply."""
        match event.button.id:
            case "clear":
                self.action_clear()
            case "cancel":
                self.action_leave()
            case _:
                self.action_apply()

    def action_apply(self) -> None:
        """Hand back the query, unless something is wrong: then go there."""
        state, problems = self.state()
        if not problems:
            self.dismiss(state.query(self._base))
            return
        wrong = next(field for field in self.query(FormField) if field.id in problems)
        control = wrong.controls[0]
        (control.wrong_input if isinstance(control, DateChoice) else control).focus()

    def action_clear(self) -> None:
        """Ask for nothing at all, not even for what the panel cannot show."""
        self._base = ClientQuery()
        self._show_left_alone()
        for field in self.query(Input):
            field.value = ""
        for group in self._groups.values():
            group.chosen = frozenset()
        for choice in self._dates.values():
            choice.clear()
        self._renewal.value = _ANY
        self._words.focus()


def _texts(state: PanelState) -> tuple[str, str, str, str]:
    """Return what stands in the text fields: name, plans, federative units, tags."""
    plans, states, tags = (state.matches.get(field, ()) for field in (Field.PLAN, Field.STATE, Field.TAGS))
    return format_words(state.words), format_texts(plans), format_states(states), format_texts(tags)


def _slugs(state: PanelState, field: Field) -> Iterator[str]:
    return (match.slug for match in state.matches.get(field, ()) if isinstance(match, Choice))
