"""Benefícios para parceiros › Pagamentos: what the office bought, what was credited to it, and the sums."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Container, Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from caz_tui import formats
from caz_tui.commands import Place, bindings_for
from caz_tui.data.access import Permission, may
from caz_tui.data.readings import Purchase
from caz_tui.data.schemas import Benefit
from caz_tui.screens.base import DeskScreen
from caz_tui.screens.export_purchases import ExportPurchases
from caz_tui.screens.latest import Latest
from caz_tui.screens.menu import Menu, MenuEntry
from caz_tui.screens.payments_details import PaymentsDetails
from caz_tui.terminal.painting import FIRST_HELD_SECONDS
from caz_tui.widgets.figure_strip import FigureStrip
from caz_tui.widgets.short_table import ShortTable
from caz_tui.widgets.table_layout import Cell, Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from textual.widget import Widget

    from caz_tui.data.schemas import PaymentsSummary
    from caz_tui.data.service import PortfolioService
    from caz_tui.data.sheets.office_folder import OfficeFolder

_ROOMY_CELLS = 96
_DETAILS, _EXPORT = "d", "E"
_NOTHING_OF_THEIRS = {
    "bought": "Nenhuma compra paga o plano de um cliente das suas carteiras.",
    "credited": "Os benefícios são do escritório; só quem vê todos os clientes os vê.",
}
_NO_PURCHASE = "Nenhuma compra selecionada."


class PaymentsScreen(DeskScreen):
    """The payments and the accumulated benefits, with their lists."""

    CSS_PATH = "payments.tcss"
    BINDINGS = bindings_for(Place.PAYMENTS, Place.MAIN)
    HORIZONTAL_BREAKPOINTS = [(0, "-stacked"), (170, "-side-by-side")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-normal")]

    place = Place.PAYMENTS
    go_command = "go_payments"

    summary: reactive[PaymentsSummary | None] = reactive(None, init=False)
    purchases: reactive[tuple[Purchase, ...] | None] = reactive(None, init=False)
    benefits: reactive[tuple[Benefit, ...] | None] = reactive(None, init=False)

    def __init__(self, service: PortfolioService, folder: OfficeFolder | None = None) -> None:
        """Take the data, and the one folder that files may go to, if there is one."""
        super().__init__(service)
        self._folder = folder
        self._reading: Latest[None] = Latest(self, self._read)

    def compose_content(self) -> Iterable[Widget]:
        """Return the figures over the purchases and the benefits."""
        yield Static(
            Content.assemble(("Benefícios para parceiros › ", "$muted"), ("Pagamentos", "bold")), classes="place"
        )
        yield FigureStrip()
        yield Container(
            Vertical(
                ShortTable[Purchase](_purchase_columns, id="purchases"),
                Static(_empty("Nenhuma compra registrada.", "compras"), classes="empty"),
                id="bought",
            ),
            Vertical(
                Static("Benefícios acumulados", classes="title"),
                ShortTable[Benefit](_benefit_columns, id="benefits"),
                Static(_empty("Nenhum benefício creditado.", "benefícios"), classes="empty"),
                id="credited",
            ),
            id="lists",
        )

    def on_mount(self) -> None:
        """Show what is known, with figures and lists if they come soon."""
        self.hold_frame(FIRST_HELD_SECONDS)
        self.watch_summary()

    def load(self) -> None:
        """Read the figures and the lists."""
        super().load()
        self._reading.want(None)

    @property
    def is_filling(self) -> bool:
        """Whether the purchases are being read for the first time."""
        return self._reading.is_reading and self.summary is None

    async def _read(self, _wanted: None) -> None:
        self.purchases = await self.service.purchases()
        self.summary = await self.service.payments_summary()
        self.benefits = await self.service.benefits()
        if not may(self.service.role, Permission.OVERSEE):
            for name, sentence in _NOTHING_OF_THEIRS.items():
                self.query_one(f"#{name} > .empty", Static).update(sentence)
        self.release_frame()

    def watch_summary(self) -> None:
        """Show the figures."""
        self.query_one(FigureStrip).figures = tuple(_figures(self.summary, self.service.today))
        total = formats.money(self.summary.benefits_cents) if self.summary else formats.NOTHING
        title = Content.assemble("Benefícios acumulados", ("  total ", "not bold $muted"), total)
        self.query_one("#credited > .title", Static).update(title)

    def watch_purchases(self, purchases: tuple[Purchase, ...]) -> None:
        """Show the purchases."""
        self.query_one("#purchases", ShortTable).rows_shown = purchases
        self.query_one("#bought").set_class(not purchases, "-empty")

    def watch_benefits(self, benefits: tuple[Benefit, ...]) -> None:
        """Show the benefits."""
        self.query_one("#benefits", ShortTable).rows_shown = benefits
        self.query_one("#credited").set_class(not benefits, "-empty")

    @property
    def selected(self) -> Purchase | None:
        """The purchase under the cursor."""
        row: Purchase | None = self.query_one("#purchases", ShortTable).row_under_cursor
        return row

    def on_data_table_row_selected(self, message: ShortTable.RowSelected) -> None:
        """Open the purchase that was chosen."""
        message.stop()
        if message.data_table.id == "purchases":
            self.action_purchase_details()

    def action_purchase_details(self) -> None:
        """Ver detalhes da compra."""
        if self.selected is None:
            self.refuse(_NO_PURCHASE)
        else:
            self.app.push_screen(PaymentsDetails(self.service, self.selected.number, self._folder))

    def action_actions(self) -> None:
        """Open the Ações menu of the purchase."""
        purchase = self.selected
        if purchase is None:
            entries = [MenuEntry(_DETAILS, "Ver detalhes da compra", enabled=False, reason="nenhuma compra")]
        else:
            entries = [MenuEntry(_DETAILS, "Ver detalhes da compra")]
        why_not = "" if self.purchases else "nenhuma compra"
        entries.append(MenuEntry(_EXPORT, "Exportar compras", enabled=not why_not, reason=why_not))
        subject = f"{purchase.number} · {purchase.description}" if purchase else ""
        self.app.push_screen(Menu("Ações", entries, subject=subject), self._act)

    def _act(self, chosen: str | None) -> None:
        if chosen == _DETAILS:
            self.action_purchase_details()
        elif chosen == _EXPORT:
            self.action_export_purchases()

    def action_export_purchases(self) -> None:
        """Ask for a file and write the purchases to it."""
        if self.purchases:
            self.app.push_screen(
                ExportPurchases(self.service, self._folder), lambda done: self.say(done) if done else None
            )
        else:
            self.refuse("Não há compras para exportar.")


def _figures(summary: PaymentsSummary | None, today: date) -> Iterable[tuple[str, str]]:
    renewal = summary.next_renewal if summary else None
    away = f"  {formats.distance(renewal, today)}" if renewal else ""
    yield "Pago em 12 meses", formats.money(summary.paid_in_12_months_cents) if summary else formats.NOTHING
    yield "Em aberto", formats.money(summary.open_cents) if summary else formats.NOTHING
    yield "Próxima renovação", formats.day(renewal) + away
    yield "Benefícios acumulados", formats.money(summary.benefits_cents) if summary else formats.NOTHING


def _empty(sentence: str, what: str) -> Content:
    return Content.assemble(f"{sentence} ", ("i", "bold $foreground"), f" importa uma planilha de {what}.")


def _status_cell(purchase: Purchase) -> Cell:
    return formats.purchase_status(purchase.status), formats.TONE_OF_STATUS[purchase.status]


def _total_cell(purchase: Purchase) -> Cell:
    return formats.money(purchase.total_cents), ""


def _purchase_columns(width: int) -> Sequence[Column[Purchase]]:
    roomy = width >= _ROOMY_CELLS
    day, day_cells = (formats.day, 10) if roomy else (formats.short_day, 8)
    money_cells = 15 if roomy else 14
    return (
        Column("day", "Data", day_cells, lambda row: (day(row.bought_on), ""), justify="right"),
        Column("number", "Compra", 9, lambda row: (row.number, ""), rank=1),
        Column("what", "Descrição", 12, lambda row: (row.description, ""), rank=2, flex=1, max_width=48),
        Column("method", "Forma de pagamento", 18 if roomy else 9, lambda row: (row.payment_method, ""), rank=5),
        Column("status", "Situação", 11, _status_cell, rank=4),
        Column("total", "Valor", money_cells, _total_cell, rank=3, justify="right"),
    )


def _benefit_columns(width: int) -> Sequence[Column[Benefit]]:
    day = formats.day if width >= 50 else formats.short_day
    return (
        Column("day", "Data", 10 if width >= 50 else 8, lambda row: (day(row.credited_on), ""), justify="right"),
        Column("what", "Descrição", 12, lambda row: (row.description, ""), rank=2, flex=1, max_width=48),
        Column("amount", "Valor", 13, lambda row: (formats.money(row.amount_cents), ""), rank=1, justify="right"),
    )
