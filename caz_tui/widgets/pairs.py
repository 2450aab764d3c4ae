"""Labels and values in two columns, each value wrapped within its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import RenderResult
    from textual.geometry import Size

_LEAST_VALUE_CELLS = 12
_INDENT = "  "

Pair = tuple[str, Content]


class Pairs(Widget):
    """Some pairs of label and value; where there is no room for two columns, the value goes below its label."""

    DEFAULT_CSS = "Pairs { width: 1fr; height: auto; }"

    pairs: reactive[tuple[Pair, ...]] = reactive((), repaint=False)

    def __init__(
        self,
        label_cells: int,
        *,
        title: str = "",
        id: str | None = None,  # noqa: A002 - Textual's own name
        classes: str | None = None,
    ) -> None:
        """Take the cells of the labels and what stands above them all."""
        super().__init__(id=id, classes=classes)
        self._label_cells = label_cells
        self._title = title

    def watch_pairs(self) -> None:
        """Show other pairs; the screen is laid out anew only when they take more lines or fewer."""
        self.refresh(layout=len(self._lines(self.size.width)) != self.size.height)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Return the lines at a width."""
        return len(self._lines(width))

    def render(self) -> RenderResult:
        """Return the pairs wrapped to the width."""
        return Content("\n").join(self._lines(self.size.width))

    def _lines(self, width: int) -> list[Content]:
        title = [Content.styled(self._title, "bold $primary")] if self._title else []
        return [*title, *(line for label, value in self.pairs for line in self._pair(label, value, width))]

    def _pair(self, label: str, value: Content, width: int) -> Iterable[Content]:
        room = width - self._label_cells
        if room < _LEAST_VALUE_CELLS:
            if label:
                yield Content.styled(label, "$muted")
            yield from (Content(_INDENT) + line for line in value.wrap(max(4, width - len(_INDENT))))
            return
        first, *rest = value.wrap(room) or [Content("")]
        yield Content.assemble((label.ljust(self._label_cells), "$muted"), first)
        yield from (Content(" " * self._label_cells) + line for line in rest)
