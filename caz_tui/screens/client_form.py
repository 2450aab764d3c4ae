"""Cadastrar and Editar: every field of a client in one form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static, TextArea

from caz_tui.data.choices import FIELD_OF_ATTRIBUTE, Charges, Field, LicenceHistory, Payer, Situation
from caz_tui.data.documents import lookalikes, mask, may_have_lookalikes
from caz_tui.data.errors import StaleClient
from caz_tui.data.query import NO, YES, Choice, ClientQuery, ClientView, Criterion, TextMatch, choices_of
from caz_tui.data.readings import Client
from caz_tui.data.schemas import ClientChanges
from caz_tui.formats import GLYPH_OF_SITUATION
from caz_tui.screens.client_fields import (
    EXPORT_END,
    EXPORT_START,
    LAST_EXPORT,
    changes_of,
    collisions,
    texts_of,
    tidy,
    value_text,
)
from caz_tui.screens.form_dialog import FormDialog, problems_found
from caz_tui.screens.stale_client import StaleClientDialog
from caz_tui.terminal.visible import visible
from caz_tui.widgets.cycle import Cycle
from caz_tui.widgets.field import FormField, date_input, text_input
from caz_tui.widgets.suggest_input import SuggestInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual import events
    from textual.widget import Widget

    from caz_tui.data.choices import Labelled
    from caz_tui.data.drafts import Draft
    from caz_tui.data.errors import FieldProblem
    from caz_tui.data.service import PortfolioService

_NOTHING = ("", "–")
_YES_NO = ((YES, "Sim"), (NO, "Não"))
_SITUATIONS = tuple((member.value, f"{GLYPH_OF_SITUATION[member]} {member.label}") for member in Situation)


class ClientForm(FormDialog[Client]):
    """A new client, or a known one; only the fields that were changed are sent."""

    CSS_PATH = "client_form.tcss"

    def __init__(self, service: PortfolioService, client: Client | None, draft: Draft | None = None) -> None:
        """Take the data, the client to edit or None for a new one, and what was typed in another session."""
        super().__init__("Editar cliente" if client else "Novo cliente")
        self._draft = draft
        self._service = service
        self._base = client
        self._initial = texts_of(client or ClientChanges())
        self._confirmed_document = ""
        texts = self._initial | (dict(draft.typed) if draft else {})
        self._plan = SuggestInput(texts["plan"])
        self._tags = SuggestInput(texts["tags"], several=True, placeholder="separadas por vírgula")
        self._notes = TextArea(texts["notes"], tab_behavior="focus", show_line_numbers=False, compact=True)
        self._notes.cursor_blink = False
        self._inputs: dict[str, Input] = {
            **{name: text_input(texts[name]) for name in ("name", "trade_name", "email", "city", "support_id")},
            "document": text_input(texts["document"], placeholder="com ou sem máscara"),
            "phone": text_input(texts["phone"], placeholder="com DDD"),
            **{name: date_input(texts[name]) for name in ("expires_on", EXPORT_START, EXPORT_END)},
            "plan": self._plan,
            "tags": self._tags,
        }
        choices: dict[str, tuple[tuple[str, str], ...]] = {
            "state": (_NOTHING, *choices_of(Field.STATE)),
            "situation": _SITUATIONS,
            "payer": (_NOTHING, *_options(Payer)),
            "auto_renews": (_NOTHING, *_YES_NO),
            "licence_history": _options(LicenceHistory),
            "ca_charges": _options(Charges),
            "archived": _YES_NO,
        }
        self._cycles = {
            name: Cycle(options, texts[name] if texts[name] in dict(options) else self._initial[name])
            for name, options in choices.items()
        }

    def compose_fields(self) -> Iterable[Widget]:
        """Return who the client is, how it stands, and the notes."""
        left = ("name", "trade_name", "document", "email", "phone", "city", "state", "tags", "support_id")
        right = ("situation", "plan", "payer", "expires_on", "auto_renews", "licence_history", "ca_charges")
        period = Horizontal(
            self._inputs[EXPORT_START], Static("até", classes="to"), self._inputs[EXPORT_END], classes="period"
        )
        archived = () if self._base is None else (self._field("archived"),)
        yield Horizontal(
            Vertical(*(self._field(name) for name in left), id="client-column", classes="column"),
            Vertical(
                *(self._field(name) for name in right),
                FormField(Field.LAST_EXPORT.label, period, id=LAST_EXPORT),
                *archived,
                id="plan-column",
                classes="column",
            ),
            id="columns",
        )
        yield FormField(Field.NOTES.label, self._notes, id="notes")

    def _field(self, name: str) -> FormField:
        control = self._inputs.get(name) or self._cycles[name]
        return FormField(FIELD_OF_ATTRIBUTE[name].label, control, id=name)

    def on_mount(self) -> None:
        """Start on the name, and learn what others wrote."""
        super().on_mount()
        self._offer_known()

    @work
    async def _offer_known(self) -> None:
        self._plan.offer(await self._service.known_plans())
        self._tags.offer(await self._service.known_tags())

    def draft(self) -> Draft | None:
        """Return the fields that were changed, and the client they were changed from."""
        typed = {name: text for name, text in self.texts().items() if text != self._initial[name]}
        if not typed:
            return None
        from caz_tui.data.drafts import Draft  # noqa: PLC0415 - only a session that is cut off needs it

        return Draft(
            client=self._base,
            client_id=self._base.id if self._base else None,
            typed=typed,
            name=self._draft.name if self._draft else "",
        )

    def texts(self) -> dict[str, str]:
        """Return what stands in every field."""
        return {
            **{name: field.value for name, field in self._inputs.items()},
            **{name: cycle.value for name, cycle in self._cycles.items()},
            "notes": self._notes.text,
        }

    def has_typed(self) -> bool:
        """Tell whether anything differs from what was there at first."""
        return self.texts() != self._initial

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Write a document or a telephone in its usual form once it is left."""
        for name in ("document", "phone"):
            field = self._inputs[name]
            if event.widget is field:
                field.value = tidy(name, field.value)

    def say_refused(self, problems: tuple[FieldProblem, ...]) -> None:
        """Say what the service refused beside the fields it names."""
        self.say_problems({Field(problem.field).attribute: problem.reason for problem in problems})

    async def save(self) -> Client | None:
        """Write what was changed; when someone else was faster, bring both edits together first."""
        while True:
            changes = self._changes()
            if changes.document and await self._looks_mistyped(changes.document):
                return None
            try:
                if self._base is None:
                    return await self._service.create(changes)
                return await self._service.update(self._base.id, changes, self._base.version)
            except StaleClient as error:
                if not await self._settle(changes, error.theirs):
                    return None

    def _changes(self) -> ClientChanges:
        if self._base is not None:
            return changes_of(self.texts(), self._initial)
        # A blank name or document has to be refused, although it is what was there at first.
        return changes_of(self.texts(), {**self._initial, "name": "\0", "document": "\0"})

    def wrong_now(self) -> Mapping[str, str]:
        """Return what is wrong with the fields."""
        return problems_found(self._changes)

    async def _looks_mistyped(self, document: str) -> bool:
        """Warn once of a client whose document differs in a single character."""
        if document == self._confirmed_document or not may_have_lookalikes(document):
            return False
        alike = Criterion(Field.DOCUMENT, tuple(TextMatch(other) for other in lookalikes(document)))
        anywhere = Criterion(Field.ARCHIVED, (Choice(YES), Choice(NO)))
        if not alike.matches:
            return False
        found = (await self._service.page(ClientView(query=ClientQuery((alike, anywhere))), 0, 2)).rows
        others = [row for row in found if self._base is None or row.id != self._base.id]
        if not others:
            return False
        self._confirmed_document = document
        self.say_warning(
            f"Este documento difere em um só caractere do de {others[0].name} ({mask(others[0].document)}). "
            "Confira; salvar de novo grava assim mesmo."
        )
        return True

    async def _settle(self, mine: ClientChanges, theirs: Client) -> bool:
        """Go on from what someone else saved, keeping what was typed here; False when the person goes back."""
        base = self._base
        assert base is not None
        names = collisions(base, mine, theirs)
        kept: frozenset[str] = frozenset(mine.model_fields_set)
        if names:
            chosen = await self.app.push_screen_wait(StaleClientDialog(base, mine, theirs, names))
            if chosen is None:
                return False
            kept = kept - set(names) | chosen
        else:
            self._tell_merged(base, theirs)
        self._base = theirs
        self._initial = texts_of(theirs)
        fresh = {name: text for name, text in self._initial.items() if _attribute(name) not in kept}
        self._put(fresh)
        if names:
            before = texts_of(base)
            self._put({name: before[name] for name in kept - mine.model_fields_set if name in before})
        return True

    def _tell_merged(self, base: Client, theirs: Client) -> None:
        changed = ", ".join(
            f"{field.label} ({value_text(getattr(theirs, name))})"
            for name, field in FIELD_OF_ATTRIBUTE.items()
            if getattr(theirs, name) != getattr(base, name)
        )
        if changed:
            self.app.notify(visible(f"Outra pessoa também alterou este cliente: {changed}."), markup=False)

    def _put(self, texts: dict[str, str]) -> None:
        for name, text in texts.items():
            if name in self._inputs:
                self._inputs[name].value = text
            elif name in self._cycles:
                self._cycles[name].value = text
            elif self._notes.text != text:
                self._notes.text = text


def _options(choices: type[Labelled]) -> tuple[tuple[str, str], ...]:
    return tuple((member.value, member.label) for member in choices)


def _attribute(name: str) -> str:
    return LAST_EXPORT if name in {EXPORT_START, EXPORT_END} else name
