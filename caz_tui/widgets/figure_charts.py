"""Blocks whose figures are no plain lines: the licences with their bar, the weeks ahead as a chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.geometry import Region
from textual.reactive import reactive

from caz_tui import formats
from caz_tui.terminal.text import shown
from caz_tui.widgets.figures import WIDEST_BAR_CELLS, FigureBlock

if TYPE_CHECKING:
    from collections.abc import Iterable

_LEVELS = " ▁▂▃▄▅▆▇█"


class LicenceBlock(FigureBlock):
    """The licences in use as one door of two lines."""

    detail: reactive[tuple[str, ...]] = reactive((formats.NOTHING,))
    """What is left and until when, from the longest form to the shortest."""

    def line_count(self) -> int:
        """Return the lines of the bar and of the detail."""
        return 2

    def lines(self, width: int) -> Iterable[Content]:
        """Return the bar with its numbers, and the detail under it."""
        for index, figure in enumerate(self.figures):
            words = Content(figure.written if figure.number is None else figure.labels[0])
            bar_cells = max(0, min(WIDEST_BAR_CELLS, width - words.cell_length - 2))
            bar = formats.bar(figure.number or 0, figure.whole, bar_cells)
            filled = bar.rstrip("░")
            line = Content.assemble((filled, "$primary"), (bar[len(filled) :], "$border"), " ", words)
            yield self.marked(index, line)
        fitting = next((form for form in self.detail if len(form) < width), self.detail[-1])
        yield Content.assemble(" ", (fitting, "$muted")).truncate(max(1, width), ellipsis=True)

    def region_of(self, index: int) -> Region:  # noqa: ARG002
        """Return the whole block."""
        return Region(0, 0, 1, 3)

    def figure_at(self, x: int, y: int) -> int | None:  # noqa: ARG002
        """Return the one figure."""
        return 0 if y > 0 else None


class WeekBlock(FigureBlock):
    """Figures side by side as columns of a chart; the words of the one under the cursor stand below."""

    chart_lines: reactive[int] = reactive(1, layout=True)
    """How tall the chart is."""
    caption: reactive[str] = reactive("")
    """What stands below while the cursor is elsewhere."""

    def line_count(self) -> int:
        """Return the lines of the chart and of the words below."""
        return self.chart_lines + 1

    def _pitch(self, width: int) -> int:
        return max(1, min(5, (width - 1) // max(1, len(self.figures))))

    def lines(self, width: int) -> Iterable[Content]:
        """Return the chart from the top, then the words."""
        pitch = self._pitch(width)
        tallest = max([figure.number or 0 for figure in self.figures], default=0)
        for line in reversed(range(self.chart_lines)):
            chart = Content(" ")
            for index, figure in enumerate(self.figures):
                block = _block_of(figure.number or 0, tallest, line, self.chart_lines)
                style = "bold $foreground" if index == self.cursor else "$primary" if figure.number else "$border"
                chart += Content.assemble((block * max(1, pitch - 1), style), " " * (pitch > 1))
            yield chart.truncate(max(1, width))
        yield self._words().truncate(max(1, width), ellipsis=True)

    def _words(self) -> Content:
        if self.cursor is None or self.cursor >= len(self.figures):
            return Content.assemble(" ", (self.caption, "$muted"))
        figure = self.figures[self.cursor]
        clients = figure.written if figure.number is None else formats.count(figure.number, "cliente")
        return self.marked(self.cursor, Content.assemble(shown(figure.labels[0]), "  ", clients))

    def region_of(self, index: int) -> Region:  # noqa: ARG002
        """Return the whole block."""
        return Region(0, 0, 1, 1 + self.line_count())

    def figure_at(self, x: int, y: int) -> int | None:
        """Return the week of a column of the chart, or the one whose words were clicked."""
        if y == self.line_count():
            return self.cursor
        return (x - 1) // self._pitch(self.size.width) if y > 0 and x > 0 else None


def _block_of(number: int, tallest: int, line: int, lines: int) -> str:
    """Return the block that a column shows in one line of the chart, 0 being the lowest."""
    if number == 0:
        return _LEVELS[1] if line == 0 else _LEVELS[0]
    eighths = max(2, round(number * lines * 8 / tallest))
    return _LEVELS[max(0, min(8, eighths - line * 8))]
