"""A vertical scroll bar that is drawn where its handle moved, and only when it did: it follows every key of a list."""

from __future__ import annotations

from typing import Self

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip

from caz_tui.widgets.own_lines import filtered


class ScrollHandle(ScrollBar):
    """Textual's scroll bar, one cell wide, that knows what it shows."""

    _shown: list[Strip] | None = None

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Draw what has changed; all of it when it is laid out anew."""
        shown = self._shown
        if regions or layout or recompose or not repaint or shown is None or len(shown) != self.size.height:
            self._shown = None
            return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        self._shown = fresh = self._draw()
        changed = [y for y, (old, new) in enumerate(zip(shown, fresh, strict=True)) if old != new]
        if changed:
            first, last = changed[0], changed[-1]
            super().refresh(Region(0, first, self.size.width, last - first + 1))
        return self

    def notify_style_update(self) -> None:
        """Forget the lines that were drawn in other colours."""
        super().notify_style_update()
        self._shown = None

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines of the bar."""
        if self._shown is None or len(self._shown) != self.size.height:
            self._shown = self._draw()
        return [strip.crop(crop.x, crop.right) for strip in self._shown[crop.y : crop.bottom]]

    def _draw(self) -> list[Strip]:
        bar, height = self.render(), self.size.height
        assert isinstance(bar, ScrollBarRender)
        assert isinstance(bar.style, Style)
        drawn = bar.render_bar(
            size=height,
            window_size=bar.window_size,
            # A list may be shorter than what shows it, and than where it stood, until all that is known of it is said.
            virtual_size=bar.virtual_size if bar.virtual_size > bar.window_size else height,
            position=bar.position,
            thickness=self.size.width,
            back_color=bar.style.bgcolor,  # type: ignore[arg-type]  # Rich's colour, which is what it takes
            bar_color=bar.style.color,  # type: ignore[arg-type]
        )
        behind, width = self.rich_style, self.size.width
        # A handful of pieces makes up the whole bar.
        pieces = list(dict.fromkeys(drawn.segments))
        styles = (behind + piece.style if isinstance(piece.style, Style) else behind for piece in pieces)
        strips = [Strip([Segment(piece.text, style)], width) for piece, style in zip(pieces, styles, strict=True)]
        line_of = dict(zip(pieces, filtered(self, strips), strict=True))
        return [line_of[segment] for segment in drawn.segments[:height]]
