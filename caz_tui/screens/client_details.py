"""Detalhes do cliente: every field, the licence's life, what pays for it, the notes, who changed what."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import work
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from caz_tui import formats
from caz_tui.commands import Place, bindings_for, commands_in
from caz_tui.data.access import Permission
from caz_tui.data.choices import Field
from caz_tui.data.clock import SAO_PAULO
from caz_tui.data.errors import NotFound
from caz_tui.data.query import ClientView, Selection
from caz_tui.screens.assign_carteira import AssignCarteira
from caz_tui.screens.client_actions import ClientActions, alone
from caz_tui.screens.personal_data import ExportDossier, erasure_question
from caz_tui.session import EVERYDAY
from caz_tui.terminal.text import shown
from caz_tui.widgets.details_pane import field_values
from caz_tui.widgets.pairs import Pairs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.widget import Widget

    from caz_tui.data.readings import Client, ClientRow, Purchase
    from caz_tui.data.schemas import AuditEntry, LicenceEvent
    from caz_tui.data.service import PortfolioService
    from caz_tui.session import Session
    from caz_tui.widgets.pairs import Pair

_ABOUT_LICENCE = (
    Field.SITUATION, Field.PLAN, Field.PAYER, Field.EXPIRES_ON, Field.AUTO_RENEWS, Field.LICENCE_HISTORY,
    Field.LAST_EXPORT, Field.CHARGES,
)  # fmt: skip
_ABOUT_CLIENT = (Field.TRADE_NAME, Field.EMAIL, Field.PHONE, Field.CITY, Field.STATE, Field.TAGS, Field.CARTEIRA)
_SECTIONS = {
    "timeline": "Histórico da licença",
    "purchases": "Compras que pagam o plano",
    "notes": "Observações",
    "history": "Quem mudou o quê",
}
_NONE_YET = {
    "timeline": "nada registrado",
    "purchases": "nenhuma compra do escritório",
    "notes": "nenhuma",
    "history": "nada registrado",
}
_LABEL_CELLS = 22
_MOMENT_CELLS = 18


class DetailsPage(VerticalScroll, inherit_bindings=False):
    """A page scrolled with the keys of the tables."""

    BINDINGS = [
        command.binding()
        for command in commands_in(Place.TABLE)
        if command.name in {"cursor_down", "cursor_up", "page_down", "page_up", "first", "last"}
    ]

    def action_cursor_down(self) -> None:
        """Scroll one line down."""
        self.scroll_to(y=self.scroll_y + 1, animate=False)

    def action_cursor_up(self) -> None:
        """Scroll one line up."""
        self.scroll_to(y=self.scroll_y - 1, animate=False)

    def action_page_down(self) -> None:
        """Scroll one page down."""
        self.scroll_to(y=self.scroll_y + max(1, self.size.height - 1), animate=False)

    def action_page_up(self) -> None:
        """Scroll one page up."""
        self.scroll_to(y=self.scroll_y - max(1, self.size.height - 1), animate=False)

    def action_first(self) -> None:
        """Scroll to the beginning."""
        self.scroll_to(y=0, animate=False)

    def action_last(self) -> None:
        """Scroll to the end."""
        self.scroll_to(y=self.max_scroll_y, animate=False)


class ClientDetails(ClientActions):
    """One client, whole."""

    CSS_PATH = "client_details.tcss"
    AUTO_FOCUS = "DetailsPage"
    BINDINGS = bindings_for(Place.DETAILS)
    place = Place.DETAILS
    hidden_actions = frozenset({"details"})

    def __init__(self, service: PortfolioService, client_id: int, session: Session = EVERYDAY) -> None:
        """Take the data, the client, and what governs the session: where files may go, which drafts there are."""
        super().__init__(service)
        self._client_id = client_id
        self._session = session
        self._client: Client | None = None
        self._is_deleted = False

    def compose_content(self) -> Iterable[Widget]:
        """Return the heading and the page below it."""
        yield Static(id="heading")
        with DetailsPage():
            with Horizontal(id="fields"):
                yield Pairs(_LABEL_CELLS, id="licence-fields")
                yield Pairs(_LABEL_CELLS, id="client-fields")
            for name, title in _SECTIONS.items():
                yield Pairs(_MOMENT_CELLS, title=title, id=name, classes="section")

    def key_line_places(self) -> tuple[Place, ...]:
        """Return the places of this screen: its own, and the client it shows."""
        return (Place.DETAILS, Place.CLIENT, Place.EVERYWHERE)

    def load(self) -> None:
        """Read the client anew."""
        super().load()
        self._read()

    @work(exclusive=True, group="client")
    async def _read(self) -> None:
        try:
            client = await self.service.client(self._client_id)
        except NotFound as error:
            self._leave_the_gone(error)
            return
        timeline = await self.service.timeline(client.id)
        purchases = await self.service.purchases_for(client)
        history = await self.service.history(client.id)
        self._client = client
        self.query_one("#heading", Static).update(_heading(client))
        values = dict(field_values(client, self.service.today))
        self._show("licence-fields", ((field.label, values[field]) for field in _ABOUT_LICENCE))
        self._show("client-fields", self._about(values), _origin(client))
        self._show("timeline", map(_event_pair, timeline))
        self._show("purchases", map(_purchase_pair, purchases))
        self._show("notes", [("", shown(line)) for line in (client.notes or "").splitlines()])
        self._show("history", *map(_entry_pairs, history))

    def _leave_the_gone(self, error: NotFound) -> None:
        if not self.is_current:
            # A dialog stands over the page; what it was for is found out on coming back.
            self._is_stale = True
            return
        if not self._is_deleted:
            self.refuse(error)
        self.dismiss()

    def _show(self, name: str, *groups: Iterable[Pair]) -> None:
        pairs = tuple(pair for group in groups for pair in group)
        self.query_one(f"#{name}", Pairs).pairs = pairs or (("", Content.styled(_NONE_YET[name], "$muted")),)

    @staticmethod
    def _about(values: Mapping[Field, Content]) -> Iterable[Pair]:
        return ((field.label, values[field]) for field in _ABOUT_CLIENT if field in values)

    @alone
    async def action_export_dossier(self) -> None:
        """Write everything kept about the client to a file."""
        if self._client is not None:
            done = await self.app.push_screen_wait(ExportDossier(self.service, self._client, self._session.folder))
            if done:
                self.done(done)

    @alone
    async def action_assign_carteira(self) -> None:
        """Put the client into a carteira."""
        client = self._client
        if client is None or not self.may(Permission.ADMINISTER):
            return
        selection = Selection(ClientView(), only=frozenset({client.id}))
        done = await self.app.push_screen_wait(AssignCarteira(self.service, selection, client.name))
        if done is not None:
            self.done(formats.assigned(done))

    @alone
    async def action_erase_personal_data(self) -> None:
        """Erase the client's personal data."""
        client = self._client
        if client is None or not self.may(Permission.ADMINISTER):
            return
        if not await self.app.push_screen_wait(erasure_question(client)):
            return
        out_of_reach = await self.service.erase_personal_data(client.id, client.version)
        drafts = self._session.drafts
        if drafts is not None:
            await asyncio.to_thread(drafts.forget_about, client.document)
        self.done(f"Os dados pessoais de {client.name} foram apagados.")
        for copy in out_of_reach:
            self.refuse(f"A cópia {copy} não pôde ser aberta e ainda tem os dados; apague-a.")

    def client_acted_on(self) -> ClientRow | None:
        """Return the client that is shown."""
        return self._client

    def client_deleted(self) -> None:
        """Take note that the client went from here, so that its absence surprises nobody."""
        self._is_deleted = True


def _heading(client: Client) -> Content:
    archived = Content.styled("  arquivado", "$warning") if client.archived else Content("")
    return Content.assemble(shown(client.name, "bold"), "  ", (formats.document(client.document), "$muted"), archived)


def _origin(client: Client) -> Iterable[Pair]:
    yield Field.SUPPORT_ID.label, shown(client.support_id or formats.NOTHING)
    yield "Cadastrado em", shown(f"{formats.moment(client.created_at, SAO_PAULO)} por {client.created_by}")


def _event_pair(event: LicenceEvent) -> Pair:
    plan = event.plan or "sem plano"
    if event.previous_plan and event.previous_plan != event.plan:
        plan = f"{event.previous_plan} → {plan}"
    facts = [event.what, plan]
    if event.payer:
        facts.append(f"pago por {event.payer.label.lower()}")
    if event.term:
        facts.append(event.term.label.lower())
    if event.expires_on:
        facts.append(f"até {formats.day(event.expires_on)}")
    return formats.moment(event.at, SAO_PAULO), Content.assemble(shown(" · ".join(facts)), _by(event.by))


def _purchase_pair(purchase: Purchase) -> Pair:
    renewal = f"renova em {formats.day(purchase.renews_on)}" if purchase.renews_on else "sem renovação"
    facts = (
        purchase.number,
        purchase.description,
        formats.count(purchase.quantity, "licença"),
        purchase.status.label.lower(),
        renewal,
        formats.money(purchase.total_cents),
    )
    return formats.day(purchase.bought_on), shown(" · ".join(facts))


def _entry_pairs(entry: AuditEntry) -> Iterable[Pair]:
    yield formats.moment(entry.at, SAO_PAULO), Content.assemble(shown(entry.action), _by(entry.by))
    for change in entry.changes:
        before_and_after = (shown(change.before), (" → ", "$muted"), shown(change.after))
        yield "", Content.assemble((f"{change.field.label}: ", "$muted"), *before_and_after)


def _by(name: str) -> Content:
    return Content.assemble((" · ", "$muted"), shown(name, "$muted"))
