"""The four tabs of Meus clientes, with the line of search and filters between them and their lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Label, Static, TabbedContent, TabPane

from caz_tui import formats
from caz_tui.data.choices import Tab
from caz_tui.terminal.text import shown
from caz_tui.widgets.chips import Chips
from caz_tui.widgets.search_line import SearchLine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult

_NAMES: tuple[Mapping[Tab, str], ...] = (
    {tab: tab.label for tab in Tab},
    {
        Tab.ALL: "Todos",
        Tab.PAID_BY_CLIENT: "Pagos pelo cliente",
        Tab.PAID_BY_OFFICE: "Pagos por mim",
        Tab.WITHOUT_PLAN: "Sem plano",
    },
    {
        Tab.ALL: "Todos",
        Tab.PAID_BY_CLIENT: "Pelo cliente",
        Tab.PAID_BY_OFFICE: "Por mim",
        Tab.WITHOUT_PLAN: "Sem plano",
    },
    {Tab.ALL: "Todos", Tab.PAID_BY_CLIENT: "Cliente", Tab.PAID_BY_OFFICE: "Por mim", Tab.WITHOUT_PLAN: "Sem plano"},
)
"""What the tabs are called, from wide terminals to narrow ones."""
_GAP_CELLS, _MARGIN_CELLS = 3, 2


class ClientTabs(TabbedContent):
    """Tabs whose ids are the slugs of ``Tab``."""

    _problem = ""

    def compose(self) -> ComposeResult:
        """Put the search below the tabs: it holds for all of them."""
        parts = iter(super().compose())
        yield next(parts)
        with Horizontal(id="asking"):
            yield Label("/", id="slash")
            yield SearchLine("nome, documento ou filtro")
            yield Chips()
        yield Static(id="problem")
        yield from parts

    def on_tab_pane_focused(self, event: TabPane.Focused) -> None:
        """Leave the tab as it is: a list that gets the focus late would bring its tab back."""
        event.prevent_default().stop()

    def show_counts(self, counts: Mapping[Tab, int], cells: int) -> None:
        """Name the tabs, with how many clients each holds as far as that is known, in so many cells."""
        for tab, label in tab_labels(counts, cells).items():
            self.get_tab(tab.value).label = Content(label)

    def show_problem(self, sentence: str) -> None:
        """Say below the search what cannot be understood of it; nothing for an empty sentence."""
        if sentence != self._problem:
            self._problem = sentence
            problem = self.query_one("#problem", Static)
            problem.update(shown(sentence and f"▲ {sentence}"))
            problem.set_class(bool(sentence), "-there")


def tab_labels(counts: Mapping[Tab, int], cells: int) -> dict[Tab, str]:
    """Return the longest names that fit side by side in so many cells, with the counts that are known if they fit."""
    for names in _NAMES:
        labels = {tab: names[tab] + (f" {formats.integer(counts[tab])}" if tab in counts else "") for tab in Tab}
        if sum(map(len, labels.values())) + _GAP_CELLS * (len(labels) - 1) + _MARGIN_CELLS <= cells:
            return labels
    return dict(_NAMES[-1])
