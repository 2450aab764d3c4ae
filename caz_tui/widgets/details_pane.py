"""What is known of the client under the cursor, beside the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from caz_tui import formats
from caz_tui.data.choices import Field
from caz_tui.terminal.text import shown
from caz_tui.widgets.client_columns import NEAR_DAYS, tone_of_expiry
from caz_tui.widgets.pairs import Pairs

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from textual.app import ComposeResult

    from caz_tui.data.readings import ClientRow

PANE_CELLS = 42
_LABEL_CELLS = 13
_IN_HEADING = frozenset({Field.NAME, Field.TRADE_NAME, Field.DOCUMENT})
_SHORT_LABELS = {
    Field.EXPIRES_ON: "Vencimento",
    Field.AUTO_RENEWS: "Renova",
    Field.LICENCE_HISTORY: "Histórico",
    Field.LAST_EXPORT: "Exportação",
}
_STYLE_OF_TONE = {
    "ok": "$success",
    "accent": "$accent",
    "attention": "$warning",
    "problem": "$error",
    "muted": "$muted",
    "": "",
}


class DetailsPane(VerticalScroll, can_focus=False):
    """The client under the cursor of the list, from what the list knows of it."""

    DEFAULT_CSS = f"""
    DetailsPane {{
        width: {PANE_CELLS}; height: 1fr; padding: 0 1 0 2; border-left: solid $border;
        scrollbar-size-vertical: 1;
    }}
    DetailsPane > #pane-heading {{ width: 100%; margin-bottom: 1; }}
    """

    client: reactive[ClientRow | None] = reactive["ClientRow | None"](None, repaint=False)

    def __init__(self, today: date) -> None:
        super().__init__()
        self.today = today

    def compose(self) -> ComposeResult:
        """Make room for the client."""
        yield Static(id="pane-heading")
        yield Pairs(_LABEL_CELLS)

    def watch_client(self) -> None:
        """Show another client; one that is hidden on a narrow terminal costs nothing."""
        if self.display:
            self._fill()

    def on_show(self) -> None:
        """Show the client that came under the cursor while there was no room for it."""
        self._fill()

    def _fill(self) -> None:
        client = self.client
        heading = self.query_one("#pane-heading", Static)
        content = _heading(client) if client else Content("")
        lines = len(content.wrap(heading.size.width)) if heading.size.width else 0
        heading.update(content, layout=lines != heading.size.height)
        values = field_values(client, self.today) if client else ()
        self.query_one(Pairs).pairs = tuple(
            (_SHORT_LABELS.get(field, field.label), value) for field, value in values if field not in _IN_HEADING
        )
        self.scroll_home(animate=False)


def _heading(client: ClientRow) -> Content:
    lines = [shown(client.name, "bold")]
    if client.trade_name:
        lines.append(shown(client.trade_name, "$muted"))
    lines.append(Content(formats.document(client.document)))
    return Content("\n").join(lines)


def field_values(client: ClientRow, today: date) -> Iterable[tuple[Field, Content]]:
    """Yield the fields of a client with their values in words."""
    situation, charges = client.situation, client.ca_charges
    charge_glyph = formats.GLYPH_OF_CHARGES[charges].strip()
    yield Field.NAME, shown(client.name)
    yield Field.TRADE_NAME, _text(client.trade_name)
    yield Field.DOCUMENT, Content(formats.document(client.document))
    yield Field.SITUATION, _toned(formats.situation(situation), formats.TONE_OF_SITUATION[situation])
    yield Field.PLAN, _text(client.plan)
    yield Field.PAYER, _text(client.payer and client.payer.label)
    yield Field.EXPIRES_ON, _expiry(client, today)
    yield Field.AUTO_RENEWS, _text(None if client.auto_renews is None else formats.yes_no(client.auto_renews))
    yield Field.LICENCE_HISTORY, Content(client.licence_history.label)
    yield Field.LAST_EXPORT, Content(formats.period(client.last_export))
    yield Field.CHARGES, _toned(f"{charge_glyph} {charges.label}".strip(), formats.TONE_OF_CHARGES[charges])
    yield Field.EMAIL, _text(client.email)
    yield Field.PHONE, _text(client.phone and formats.phone(client.phone))
    yield Field.CITY, _text(client.city)
    yield Field.STATE, _text(client.state)
    yield Field.TAGS, _text(", ".join(client.tags))
    if client.carteira:
        yield Field.CARTEIRA, shown(client.carteira)
    if client.archived:
        yield Field.ARCHIVED, Content("sim")


def _expiry(client: ClientRow, today: date) -> Content:
    if client.expires_on is None:
        return _text(None)
    text = formats.day(client.expires_on)
    if (client.expires_on - today).days <= NEAR_DAYS:
        text = f"{text}  {formats.distance(client.expires_on, today)}"
    return _toned(text, tone_of_expiry(client, today))


def _toned(text: str, tone: str) -> Content:
    return Content.styled(text, _STYLE_OF_TONE[tone]) if _STYLE_OF_TONE[tone] else Content(text)


def _text(value: str | None) -> Content:
    return shown(value) if value else Content.styled(formats.NOTHING, "$muted")
