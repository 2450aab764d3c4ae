"""Início: the figures of Minha carteira, each a door to the list it counts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from caz_tui import formats
from caz_tui.commands import Place, bindings_for
from caz_tui.data import figures
from caz_tui.data.choices import Attention, Payer, Role, Situation, Tab
from caz_tui.data.query import ClientQuery, ClientView
from caz_tui.screens.base import DeskScreen, ListWanted
from caz_tui.widgets.figure_board import FigureBoard
from caz_tui.widgets.figure_charts import LicenceBlock, WeekBlock
from caz_tui.widgets.figures import BarBlock, CountBlock, Figure, FigureBlock

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from textual import events
    from textual.widget import Widget

    from caz_tui.data.readings import PortfolioSummary
    from caz_tui.data.service import PortfolioService

_KEY = "bold $foreground"
_EMPTY = (
    "A carteira está vazia. ", ("i", _KEY), " importa uma planilha; ", ("2", _KEY), " e depois ", ("n", _KEY),
    " cadastra um cliente",
)  # fmt: skip
_DEMO = ("; ", ("caz-tui --demo", _KEY), " mostra uma carteira de demonstração")

_LABEL_CELLS = 20
_PLAN_LABEL_CELLS = 22
_LEAST_PLANS = 4
_PLANS_IN_ONE_COLUMN = 8
_TALL_CHART_LINES = 3

_PAYERS = ((Payer.CLIENT, "Pago pelo cliente"), (Payer.OFFICE, "Pago por mim"), (None, "Sem plano"))
_ATTENTION: dict[Attention, tuple[str, str, str]] = {
    Attention.EXPIRING: ("▲", "attention", "vencem em 30 dias sem renovar"),
    Attention.CHARGES_OVERDUE: ("▲", "problem", "cobranças CA em atraso"),
    Attention.NOT_CONNECTED: ("○", "muted", "não conectados"),
    Attention.NOT_EXPORTED: ("◷", "attention", "sem exportação há mais de 35 d"),
    Attention.RECOMMENDED: ("★", "accent", "muito recomendados"),
}
"""The glyph, the meaning and the short words of each line of "Precisa de atenção"."""


class HomeScreen(DeskScreen):
    """The portfolio at a glance."""

    CSS_PATH = "home.tcss"
    BINDINGS = bindings_for(Place.MAIN)
    HORIZONTAL_BREAKPOINTS = [
        (0, "-one-column"),
        (72, "-two-columns"),
        (110, "-roomy"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]

    place = Place.HOME
    go_command = "go_home"

    summary: reactive[PortfolioSummary | None] = reactive(None, init=False)

    def __init__(self, service: PortfolioService, *, has_shell: bool = True) -> None:
        """Take the data, and whether there is a command line to type at when the program is left."""
        super().__init__(service)
        demo = _DEMO if has_shell else ()
        self._empty = Content.assemble(*_EMPTY, *demo, ".").stylize_before("$muted")
        self._portfolio = BarBlock("Minha carteira", label_cells=_LABEL_CELLS, id="portfolio")
        self._situations = BarBlock("Situação", label_cells=_LABEL_CELLS, id="situations")
        self._licences = LicenceBlock("Licenças do Plano Exclusivo", id="licences")
        self._attention = CountBlock("Precisa de atenção", id="attention")
        self._plans = BarBlock("Planos", label_cells=_PLAN_LABEL_CELLS, id="plans")
        self._weeks = WeekBlock("Vencimentos das próximas 12 semanas", id="weeks")

    def compose_content(self) -> Iterable[Widget]:
        """Return the board of figures, with a sentence over it for an empty portfolio."""
        yield Static(self._empty, id="empty")
        yield FigureBoard(
            (self._portfolio, self._situations, self._licences), (self._attention, self._plans, self._weeks)
        )

    def on_mount(self) -> None:
        """Show the frame before the figures are known."""
        self._fill()

    def load(self) -> None:
        """Read the figures."""
        super().load()
        self.run_worker(self._read(), exclusive=True, group="summary")

    async def _read(self) -> None:
        self.summary = await self.service.summary()

    def watch_summary(self) -> None:
        """Show the figures that were read."""
        self._fill()

    def on_resize(self, event: events.Resize) -> None:
        """Show as many plans as the new height holds, and a taller chart where there is room."""
        self._weeks.chart_lines = _TALL_CHART_LINES if event.size.height >= 32 else 1
        self.call_after_refresh(self._fill_plans)

    def _fill(self) -> None:
        summary, today = self.summary, self.service.today
        self.set_class(summary is not None and summary.total == 0, "-empty")
        self._portfolio.figures = tuple(_portfolio(summary))
        self._situations.figures = tuple(_situations(summary))
        self._attention.figures = tuple(_attention(summary))
        self._weeks.figures = tuple(_weeks(summary, today))
        last = today + timedelta(weeks=figures.WEEKS_AHEAD, days=-1)
        self._weeks.caption = f"{formats.day(today)} a {formats.day(last)}"
        self._fill_licences(today)
        self._fill_plans()

    def _fill_licences(self, today: date) -> None:
        licences = self.summary.licences if self.summary else None
        bought, in_use = (licences.bought, licences.in_use) if licences else (0, None)
        words = f"{formats.integer(in_use or 0)} de {formats.integer(bought)}"
        self._licences.figures = (Figure((words,), in_use, figures.licence_users(), whole=bought),)
        if licences is None:
            self._licences.detail = (formats.NOTHING,)
        elif not licences.bought:
            self._licences.detail = ("nenhuma licença comprada em vigor", "nenhuma licença")
        else:
            # Whoever sees a part of the clients sees that these are everybody's.
            whose = "no escritório: " if self.service.role is Role.ANALYST else ""
            details = _licence_details(licences.bought, licences.in_use, licences.renews_on, today)
            self._licences.detail = tuple(f"{whose}{detail}" for detail in details)

    def _fill_plans(self) -> None:
        by_plan = self.summary.by_plan if self.summary else {}
        room = self._room_for_plans()
        shown = len(by_plan) if len(by_plan) <= room else room - 1
        tallest = max(by_plan.values(), default=0)
        self._plans.figures = tuple(
            Figure((plan,), number, figures.by_plan(plan), whole=tallest)
            for plan, number in list(by_plan.items())[:shown]
        )
        left_out = len(by_plan) - shown
        if self.summary is None:
            self._plans.note = formats.NOTHING
        elif not by_plan:
            self._plans.note = "nenhum cliente com plano"
        else:
            self._plans.note = f"… e mais {formats.count(left_out, 'plano')}" if left_out else ""
        self.query_one(FigureBoard).settle()

    def _room_for_plans(self) -> int:
        """Return how many lines the plans may take: what the rest of their column leaves."""
        if self.has_class("-one-column"):
            return _PLANS_IN_ONE_COLUMN
        column: tuple[FigureBlock, ...] = (self._attention, self._plans, self._weeks)
        gaps = (2 if self.has_class("-tall") else 1) * (len(column) - 1)
        rest = sum(1 + block.line_count() for block in column if block is not self._plans) + 1 + gaps
        return max(_LEAST_PLANS, self.query_one(FigureBoard).size.height - rest)

    def on_figure_board_opened(self, message: FigureBoard.Opened) -> None:
        """Ask for the list behind a figure."""
        self.post_message(ListWanted(ClientView(Tab.ALL, message.door)))


def _portfolio(summary: PortfolioSummary | None) -> Iterable[Figure]:
    total = summary.total if summary else 0
    yield Figure(("Clientes",), summary.total if summary else None, ClientQuery())
    active = figures.by_situation(Situation.ACTIVE)
    yield Figure(("Ativos",), summary.active if summary else None, active, whole=total, track=True)
    for payer, label in _PAYERS:
        number = summary.by_payer[payer] if summary else None
        yield Figure((label,), number, figures.by_payer(payer), whole=total, track=True)


def _situations(summary: PortfolioSummary | None) -> Iterable[Figure]:
    tallest = max(summary.by_situation.values()) if summary else 0
    for situation in Situation:
        yield Figure(
            (situation.label,),
            summary.by_situation[situation] if summary else None,
            figures.by_situation(situation),
            glyph=formats.GLYPH_OF_SITUATION[situation],
            tone=formats.TONE_OF_SITUATION[situation],
            whole=tallest,
        )


def _attention(summary: PortfolioSummary | None) -> Iterable[Figure]:
    for what in Attention:
        glyph, tone, short = _ATTENTION[what]
        number = summary.attention[what] if summary else None
        yield Figure((what.label, short), number, figures.attention(what), glyph=glyph, tone=tone)


def _weeks(summary: PortfolioSummary | None, today: date) -> Iterable[Figure]:
    for week in range(figures.WEEKS_AHEAD):
        first = today + timedelta(weeks=week)
        label = f"{first:%d/%m} a {first + timedelta(days=6):%d/%m}"
        number = summary.expiring_by_week[week] if summary else None
        yield Figure((label,), number, figures.expiring_in_week(week, today))


def _licence_details(bought: int, in_use: int, renews_on: date | None, today: date) -> Iterable[str]:
    """Yield what is left of the licences and until when, from the longest form to the shortest."""
    if in_use > bought:
        free = short_free = f"▲ {formats.integer(in_use - bought)} além das compradas"
    else:
        left = bought - in_use
        free = formats.count(left, "disponível", "disponíveis")
        short_free = formats.count(left, "livre")
    if renews_on:
        away = formats.distance(renews_on, today)
        yield f"{free} · renova em {formats.day(renews_on)} ({away})"
        yield f"{free} · renova {formats.short_day(renews_on)} {away}"
        yield f"{short_free} · renova {formats.short_day(renews_on)} {away}"
    yield free
