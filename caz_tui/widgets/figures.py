"""Figures as lines, each a door to the list it counts, in blocks under a title."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from caz_tui import formats
from caz_tui.terminal.text import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual import events
    from textual.app import RenderResult
    from textual.geometry import Size

    from caz_tui.data.query import ClientQuery

_GUTTER = "▌"
_LEAST_NUMBER_CELLS = 5
WIDEST_BAR_CELLS = 30
_TONES = {
    "ok": "$success",
    "accent": "$primary",
    "attention": "$warning",
    "problem": "$error",
    "muted": "$muted",
}


class Figure(NamedTuple):
    """One figure and the list behind it.

    Attributes:
        labels: the same words from the longest form to the shortest; the first that fits is shown.
        number: how many clients it counts, or None while that is not known.
        door: the query of exactly those clients.
        glyph: the sign of its meaning.
        tone: the meaning: ok, accent, attention, problem, muted, or none.
        whole: the number a full bar stands for; 0 for a figure without a bar.
        track: whether the empty rest of the bar is drawn.
    """

    labels: tuple[str, ...]
    number: int | None
    door: ClientQuery
    glyph: str = ""
    tone: str = ""
    whole: int = 0
    track: bool = False

    @property
    def written(self) -> str:
        """The number as it is shown."""
        return formats.NOTHING if self.number is None else formats.integer(self.number)

    def label(self, width: int) -> Content:
        """Return the longest form that fits a width, cut when none does."""
        forms = [shown(form) for form in self.labels]
        fitting = next((form for form in forms if form.cell_length <= width), forms[-1])
        return fitting.truncate(max(0, width), ellipsis=True)


class FigureBlock(Widget):
    """A title with its figures, one a line; the one at ``cursor`` is marked."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "FigureBlock { height: auto; margin-bottom: 1; }"

    figures: reactive[tuple[Figure, ...]] = reactive((), layout=True)
    cursor: reactive[int | None] = reactive[int | None](None)
    """The figure under the cursor, or None when the cursor is elsewhere."""

    @dataclass
    class Clicked(Message):
        """A figure was clicked."""

        block: FigureBlock
        index: int

    def __init__(self, title: str, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.title = title

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Return the lines of the title and the figures."""
        return 1 + self.line_count()

    def line_count(self) -> int:
        """Return how many lines stand under the title."""
        return len(self.figures)

    def render(self) -> RenderResult:
        """Return the title over the figures."""
        title = Content.assemble(" ", (self.title, "bold")).truncate(self.size.width, ellipsis=True)
        return Content("\n").join([title, *self.lines(self.size.width)])

    def lines(self, width: int) -> Iterable[Content]:
        """Return what stands under the title."""
        raise NotImplementedError

    def region_of(self, index: int) -> Region:
        """Return where a figure stands in the block; with the title, when it is the first."""
        line = index + 1
        return Region(0, 0, 1, line + 1) if index == 0 else Region(0, line, 1, 1)

    def figure_at(self, x: int, y: int) -> int | None:  # noqa: ARG002
        """Return the figure at a place in the block."""
        return y - 1 if 0 < y <= len(self.figures) else None

    def on_click(self, event: events.Click) -> None:
        """Tell which figure was clicked."""
        index = self.figure_at(event.x, event.y)
        if index is not None and index < len(self.figures):
            self.post_message(self.Clicked(self, index))

    def marked(self, index: int, line: Content) -> Content:
        """Return a line with its gutter, in bold under the cursor."""
        if self.cursor != index:
            return Content(" ") + line
        return Content.assemble((_GUTTER, "$primary"), line.stylize("bold"))


class BarBlock(FigureBlock):
    """Figures as label, bar and number."""

    note: reactive[str] = reactive("", layout=True)
    """A last line that is no door."""

    def __init__(self, title: str, *, label_cells: int, id: str | None = None) -> None:  # noqa: A002
        super().__init__(title, id=id)
        self._label_cells = label_cells

    def line_count(self) -> int:
        """Return the lines of the figures and of the note."""
        return len(self.figures) + bool(self.note)

    def lines(self, width: int) -> Iterable[Content]:
        """Return a line for each figure, numbers right-aligned."""
        number_cells = max([_LEAST_NUMBER_CELLS, *(len(figure.written) for figure in self.figures)])
        label_cells = max(0, min(self._label_cells, width - number_cells - 3))
        bar_cells = max(0, min(WIDEST_BAR_CELLS, width - label_cells - number_cells - 3))
        for index, figure in enumerate(self.figures):
            yield self.marked(index, _bar_line(figure, label_cells, bar_cells, number_cells))
        if self.note:
            yield Content.assemble("  ", (self.note, "$muted"))


def _bar_line(figure: Figure, label_cells: int, bar_cells: int, number_cells: int) -> Content:
    tone = _TONES.get(figure.tone, "")
    glyph = Content.assemble((figure.glyph, tone), " ") if figure.glyph else Content("")
    label = glyph + figure.label(label_cells - glyph.cell_length)
    filled = len(formats.bar(figure.number or 0, figure.whole, bar_cells).rstrip("░")) if figure.whole else 0
    rest = ("░" if figure.track else " ") * (bar_cells - filled)
    return Content.assemble(
        label.pad_right(label_cells - label.cell_length),
        " ",
        ("█" * filled, tone or "$primary"),
        (rest, "$border"),
        " ",
        figure.written.rjust(number_cells),
    )


class CountBlock(FigureBlock):
    """Figures as glyph, number and words."""

    def lines(self, width: int) -> Iterable[Content]:
        """Return a line for each figure, muted where there is nothing to see to."""
        number_cells = max([3, *(len(figure.written) for figure in self.figures)])
        for index, figure in enumerate(self.figures):
            label = figure.label(width - number_cells - 4)
            number = figure.written.rjust(number_cells)
            line = Content.assemble((figure.glyph, _TONES.get(figure.tone, "")), " ", number, " ", label)
            yield self.marked(index, line if figure.number else line.without_spans.stylize("$muted"))
