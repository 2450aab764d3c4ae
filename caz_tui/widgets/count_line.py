"""The line under a list: how many, how many marked, in which order, which line."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.content import Content
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from caz_tui import formats
from caz_tui.widgets.own_lines import filtered
from caz_tui.widgets.table_layout import fit

if TYPE_CHECKING:
    from textual.app import RenderResult
    from textual.geometry import Region

_SEPARATOR = " · "
_PADDING = " "


class CountLine(Widget):
    """The count stands at the left whatever happens; the line of the cursor at the right."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"count-line--count"}
    DEFAULT_CSS = """
    CountLine { height: 1; color: $muted; & > .count-line--count { color: $foreground; text-style: bold; } }
    """

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
        """Return the line as text that can be selected."""
        count, rest = self._parts()
        return Content.assemble((count, "bold $foreground"), rest)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the line, which is drawn with every move of the cursor, without what Textual does for any content."""
        plain = self.rich_style
        count, rest = self._parts()
        bold = self.get_component_rich_style("count-line--count", default=plain)
        strip = Strip([Segment(count, bold), Segment(rest, plain)]).adjust_cell_length(self.size.width, plain)
        return [line.crop(crop.x, crop.right) for line in filtered(self, [strip])] * crop.height

    def _parts(self) -> tuple[str, str]:
        """Return the count with the blank before it, and all the rest up to the right border."""
        count = f"{_PADDING}{self._count()}"
        facts = [formats.count(self.marked, "marcado")] if self.marked else []
        facts += [f"ordem: {self.order}"] if self.order else []
        rest = "".join(f"{_SEPARATOR}{fact}" for fact in facts)
        right = f"linha {formats.integer(self.line)}" if self.line else ""
        room = self.size.width - cell_len(count) - len(_PADDING)
        gap = room - cell_len(rest) - len(right)
        if gap >= 1:
            return count, f"{rest}{' ' * gap}{right}{_PADDING}"
        return count, fit(rest, max(0, room)) + _PADDING

    def _count(self) -> str:
        if self.total is None:
            return "…" if self.whole is None else f"… de {formats.integer(self.whole)}"
        if not self.total_is_exact:
            return f"{formats.integer(self.total)}+"
        if self.whole is None or self.whole == self.total:
            return formats.count(self.total, "cliente")
        return f"{formats.integer(self.total)} de {formats.integer(self.whole)}"
