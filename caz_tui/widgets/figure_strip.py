"""Some figures in a row, each under its label."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textual.app import RenderResult
    from textual.geometry import Size

_GAP_CELLS = 3


class FigureStrip(Widget):
    """Labels over figures, as many side by side as fit; the rest goes below."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "FigureStrip { height: auto; }"

    figures: reactive[tuple[tuple[str, str], ...]] = reactive((), layout=True)
    """Pairs of label and figure, all of them our own words."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Return two lines for each row of figures, and one between rows."""
        return max(1, 3 * len(list(self._rows(width))) - 1)

    def render(self) -> RenderResult:
        """Return the figures under their labels."""
        return Content("\n\n").join(_row(row) for row in self._rows(self.size.width))

    def _rows(self, width: int) -> Iterator[list[tuple[str, str, int]]]:
        row: list[tuple[str, str, int]] = []
        used = 0
        for label, figure in self.figures:
            cells = max(len(label), len(figure))
            if row and used + cells > width:
                yield row
                row, used = [], 0
            row.append((label, figure, cells))
            used += cells + _GAP_CELLS
        if row:
            yield row


def _row(entries: Iterable[tuple[str, str, int]]) -> Content:
    listed = list(entries)
    labels = Content.assemble(*((label.ljust(cells + _GAP_CELLS), "$muted") for label, _, cells in listed))
    figures = Content.assemble(*((figure.ljust(cells + _GAP_CELLS), "bold") for _, figure, cells in listed))
    return labels.rstrip() + "\n" + figures.rstrip()
