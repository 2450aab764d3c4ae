"""Ver detalhes da compra: the items, the licences they are, and the clients that use them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from caz_tui import formats
from caz_tui.commands import Place, bindings_for
from caz_tui.data.figures import EXCLUSIVE_PLAN
from caz_tui.data.schemas import LicenceUser
from caz_tui.screens.base import ClientWanted, DeskScreen
from caz_tui.screens.export_purchases import ExportPurchases
from caz_tui.terminal.text import shown
from caz_tui.widgets.short_table import ShortTable
from caz_tui.widgets.table_layout import Cell, Column
from caz_tui.widgets.windowed_table import WindowedTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from textual.widget import Widget

    from caz_tui.data.readings import Purchase
    from caz_tui.data.schemas import PurchaseDetails
    from caz_tui.data.service import PortfolioService
    from caz_tui.data.sheets.office_folder import OfficeFolder

CANCELLATION_DAYS = 30
"""How long before the renewal licences can be cancelled."""

_BAR_CELLS = 30
_WORDS_CELLS = 42
"""What stands beside the bar of the licences, without the other purchases."""
_TONES = {"ok": "$success", "attention": "$warning", "problem": "$error", "muted": "$muted"}

_FIRST_USERS = 100


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the items, the last of which is their sum."""

    product: str
    quantity: int
    unit_price: str
    total_cents: int
    tone: str = ""


class PaymentsDetails(DeskScreen):
    """One purchase whole."""

    CSS_PATH = "payments_details.tcss"
    BINDINGS = bindings_for(Place.PURCHASE)

    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-normal"), (30, "-tall")]

    place = Place.PURCHASE

    details: reactive[PurchaseDetails | None] = reactive(None, init=False)

    def __init__(self, service: PortfolioService, number: str, folder: OfficeFolder | None = None) -> None:
        """Take the data, the purchase, and the one folder that files may go to, if there is one."""
        super().__init__(service)
        self._folder = folder
        self._number = number
        self._generation = 0

    def compose_content(self) -> Iterable[Widget]:
        """Return the purchase from its header to the clients that use it."""
        where = Content.assemble(
            ("Benefícios para parceiros › Pagamentos › ", "$muted"), shown(f"Compra {self._number}", "bold")
        )
        yield Static(where, classes="place")
        yield Static(id="header")
        yield ShortTable[_Line](_item_columns, can_choose=False, id="items")
        yield Static(id="note", classes="note")
        yield Static(id="licences")
        yield WindowedTable[LicenceUser](
            _user_columns(),
            key=lambda user: user.id,
            can_mark=False,
            empty_text="Nenhum cliente usa uma licença ainda.",
            id="users",
        )
        yield Static(id="cancellation", classes="note")

    def on_mount(self) -> None:
        """Show the frame before the purchase is known."""
        self._fill()

    def load(self) -> None:
        """Read the purchase and the clients that use its licences."""
        super().load()
        self.run_worker(self._read(), exclusive=True, group="purchase")

    async def _read(self) -> None:
        details = await self.service.purchase(self._number)
        seen = details.users_seen if details.purchase.active_licences else 0
        users = await self.service.licence_users(0, _FIRST_USERS) if seen else ()
        self._generation += 1
        self._users_table.reset(seen, rows=users, generation=self._generation)
        self.details = details

    def watch_details(self) -> None:
        """Show the purchase."""
        self._fill()

    @property
    def _users_table(self) -> WindowedTable[LicenceUser]:
        return self.query_one("#users", WindowedTable)

    def _fill(self) -> None:
        details = self.details
        purchase = details.purchase if details else None
        has_licences = purchase is not None and purchase.active_licences > 0
        self.query_one("#header", Static).update(
            _header(purchase, self.service.today) if purchase else Content(formats.NOTHING)
        )
        self.query_one("#items", ShortTable).rows_shown = tuple(_lines(purchase)) if purchase else ()
        note, licences, cancellation = (
            self.query_one(f"#{name}", Static) for name in ("note", "licences", "cancellation")
        )
        note.update(_note(purchase) if purchase else "")
        note.display = purchase is not None and not has_licences
        if details is not None and has_licences:
            licences.update(_licences(details, self.size.width))
        for part in (licences, self.query_one("#users")):
            part.display = has_licences
        cancellation.display = has_licences and details is not None and details.purchase.renews_on is not None
        if details is not None and details.purchase.renews_on is not None:
            cancellation.update(_cancellation(details.purchase.renews_on))

    def on_windowed_table_row_chosen(self, message: WindowedTable.RowChosen[LicenceUser]) -> None:
        """Open the client that was chosen."""
        message.stop()
        self.post_message(ClientWanted(message.row.id))

    def on_windowed_table_rows_wanted(self, message: WindowedTable.RowsWanted) -> None:
        """Read the clients that the list misses."""
        message.stop()
        self.run_worker(self._read_users(message), exclusive=True, group="users")

    async def _read_users(self, wanted: WindowedTable.RowsWanted) -> None:
        users = await self.service.licence_users(wanted.offset, wanted.limit)
        wanted.table.feed(wanted.offset, users, wanted.generation)

    def action_export_purchase(self) -> None:
        """Ask for a file and write the purchase to it."""
        form = ExportPurchases(self.service, self._folder, self._number)
        self.app.push_screen(form, lambda done: self.say(done) if done else None)

    def action_open_client(self) -> None:
        """Open the client under the cursor."""
        self._users_table.action_choose()


def _header(purchase: Purchase, today: date) -> Content:
    status = purchase.status
    parts = [
        shown(purchase.description, "bold"),
        Content(f"comprado em {formats.day(purchase.bought_on)}"),
        shown(purchase.payment_method),
        Content.styled(formats.purchase_status(status).lower(), _TONES[formats.TONE_OF_STATUS[status]]),
    ]
    if purchase.renews_on:
        away = formats.distance(purchase.renews_on, today)
        verb = "renova em" if purchase.renews_on >= today else "renovava em"
        parts.append(Content(f"{verb} {formats.day(purchase.renews_on)} ({away})"))
    return Content.styled(" · ", "$muted").join(parts)


def _lines(purchase: Purchase) -> Iterable[_Line]:
    for item in purchase.items:
        yield _Line(item.product, item.quantity, formats.money(item.unit_price_cents), item.total_cents)
    label = "Total de licenças ativas" if purchase.active_licences else "Total"
    yield _Line(label, purchase.quantity, "", purchase.total_cents, "strong")


def _note(purchase: Purchase) -> str:
    if not purchase.is_licence_batch:
        return f"Esta compra não é de licenças do {EXCLUSIVE_PLAN}: não entra no total de licenças ativas."
    return "Esta compra não está em vigor: não entra no total de licenças ativas."


def _licences(details: PurchaseDetails, width: int) -> Content:
    purchase, licences = details.purchase, details.licences
    bar = formats.bar(licences.in_use, licences.bought, min(_BAR_CELLS, max(0, width - _WORDS_CELLS)))
    filled = bar.rstrip("░")
    others = licences.bought - purchase.active_licences
    own = f"  {formats.integer(details.users_seen)} nas suas carteiras" if details.users_seen < licences.in_use else ""
    return Content.assemble(
        ("Em uso ", "$muted"),
        (formats.integer(licences.in_use), "bold"),
        " ",
        (filled, "$primary"),
        (bar[len(filled) :], "$border"),
        " ",
        (formats.count(licences.free, "disponível", "disponíveis"), "bold"),
        (own, "$muted"),
        (f"  com {formats.count(others, 'licença')} de outras compras" if others else "", "$muted"),
    )


def _cancellation(renews_on: date) -> str:
    last = renews_on - timedelta(days=CANCELLATION_DAYS)
    return f"Cancelar licenças: até {formats.day(last)} ({CANCELLATION_DAYS} dias antes da renovação)"


def _item_columns(width: int) -> Sequence[Column[_Line]]:
    money_cells = 15 if width >= 96 else 14
    return (
        Column("product", "Produto", 24, lambda line: (line.product, line.tone), flex=1, max_width=48),
        Column("quantity", "Quantidade", 10, lambda line: (formats.integer(line.quantity), line.tone), justify="right"),
        Column(
            "price", "Valor unitário", money_cells, lambda line: (line.unit_price, line.tone), justify="right", rank=2
        ),
        Column(
            "total",
            "Total",
            money_cells,
            lambda line: (formats.money(line.total_cents), line.tone),
            justify="right",
            rank=1,
        ),
    )


def _plan_cell(user: LicenceUser) -> Cell:
    return f"{user.previous_plan or formats.NOTHING} → Exclusivo", "muted"


def _since_cell(user: LicenceUser) -> Cell:
    return (f"desde {formats.day(user.since)}", "") if user.since else (formats.NOTHING, "muted")


def _user_columns() -> Sequence[Column[LicenceUser]]:
    return (
        Column("name", "Clientes que usam licenças", 26, lambda user: (user.name, ""), flex=2, max_width=48),
        Column("plan", "", 24, _plan_cell, rank=1, flex=1, max_width=34),
        Column("since", "", 16, _since_cell, rank=2),
    )
