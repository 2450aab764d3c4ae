"""The line under a list: how many, how many marked, in which order, which line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from caz_tui import formats

if TYPE_CHECKING:
    from textual.app import RenderResult

_SEPARATOR = " · "


class CountLine(Widget):
    """The count stands at the left whatever happens; the line of the cursor at the right."""

    DEFAULT_CSS = "CountLine { height: 1; padding: 0 1; color: $muted; }"

    total: reactive[int | None] = reactive[int | None](None)
    """How many there are in the result, as far as is known."""
    total_is_exact: reactive[bool] = reactive(default=True)
    whole: reactive[int | None] = reactive[int | None](None)
    """How many there are without any filter."""
    marked: reactive[int] = reactive(0)
    order: reactive[str] = reactive("")
    line: reactive[int | None] = reactive[int | None](None)
    """The number of the line under the cursor, the first being 1."""

    def render(self) -> RenderResult:
        """Return the line, filled to the width."""
        facts = [Content.styled(self._count(), "bold $foreground")]
        if self.marked:
            facts.append(Content(formats.count(self.marked, "marcado")))
        if self.order:
            facts.append(Content(f"ordem: {self.order}"))
        left = Content(_SEPARATOR).join(facts)
        right = Content(f"linha {formats.integer(self.line)}" if self.line else "")
        gap = self.size.width - left.cell_length - right.cell_length
        if gap < 1:
            return left.truncate(self.size.width, ellipsis=True)
        return Content.assemble(left, " " * gap, right)

    def _count(self) -> str:
        if self.total is None:
            return "…" if self.whole is None else f"… de {formats.integer(self.whole)}"
        if not self.total_is_exact:
            return f"{formats.integer(self.total)}+"
        if self.whole is None or self.whole == self.total:
            return formats.count(self.total, "cliente")
        return f"{formats.integer(self.total)} de {formats.integer(self.whole)}"
