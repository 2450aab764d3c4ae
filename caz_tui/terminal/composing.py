"""The seam with how Textual composes a frame: of each widget, only what is seen of it and has changed.

Textual takes the smallest rectangle around all that is dirty, asks every widget that touches it for all of its lines,
those that hold other widgets and are covered by them included, and cuts the lines where any widget begins or ends.
Here a dirty rectangle goes through the widgets from front to back; each gives the part that is its own, and what is
left goes on. What is known of Textual's inside, watched by `tests/unit/test_painting_seams.py`:

- `Screen._compositor` is made by `Screen.__init__`;
- `Compositor.visible_widgets` holds region and clip of each widget on the screen, the front ones first, and every
  widget fills its region: none lets another one through;
- `Compositor._dirty_regions` is what to draw, `_regions_to_spans` takes what overlaps in it together;
- `Compositor._arrange_root` places all widgets for a layout, by a function in it that calls itself, and holds for ever
  what is not visible; the only such widgets are what holds the toasts, so that these are made visible (`app.tcss`), and
  not placed here;
- `Widget.render_lines` gives lines of a rectangle in the widget's own coordinates.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from rich.control import Control
from textual._compositor import Compositor, CompositorUpdate
from textual._context import visible_screen_stack
from textual.geometry import Region
from textual.strip import Strip
from textual.widgets._toast import ToastHolder, ToastRack

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from textual._compositor import CompositorMap
    from textual.geometry import Size
    from textual.screen import Screen
    from textual.widget import Widget


class Piece(NamedTuple):
    """A stretch of cells: its first column, its line and what it shows."""

    x: int
    y: int
    strip: Strip


class Part(NamedTuple):
    """What is seen of a widget in a rectangle of the screen, and where the widget is."""

    widget: Widget
    region: Region
    seen: Region


class PiecesUpdate(CompositorUpdate):
    """The stretches of cells to draw; no two overlap."""

    def __init__(self, pieces: list[Piece]) -> None:
        """Take the stretches, in any order."""
        self.pieces = pieces

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield what Rich prints."""
        for x, y, strip in self.pieces:
            yield Control.move_to(x, y).segment
            yield from strip

    def render_segments(self, console: Console) -> str:
        """Return what a terminal is sent that has no shadow."""
        return "".join(
            text for x, y, strip in self.pieces for text in (Control.move_to(x, y).segment.text, strip.render(console))
        )


@contextmanager
def drawn_over(screens: list[Screen[object]]) -> Iterator[None]:
    """Draw in front of other screens; what begins in this context later, and stays, would keep them otherwise."""
    visible_screen_stack.set(screens)
    try:
        yield
    finally:
        visible_screen_stack.set([])


class FrugalCompositor(Compositor):
    """A compositor that asks widgets for no line that is not seen or has not changed."""

    _whole: tuple[object, list[Part]] = (None, [])
    """The parts of the whole screen, beside the widgets they were found for."""

    def render_update(
        self,
        full: bool = False,  # noqa: FBT001, FBT002 - Textual's own signature
        screen_stack: list[Screen[object]] | None = None,
        simplify: bool = False,  # noqa: FBT001, FBT002
    ) -> RenderableType | None:
        """Return what to draw, all of it or what is dirty; None when there is nothing."""
        with drawn_over([] if screen_stack is None else screen_stack):
            if full or simplify:
                return super().render_update(full=full, screen_stack=screen_stack, simplify=simplify)
            return self._render_dirty()

    def _render_dirty(self) -> PiecesUpdate | None:
        dirty = [region.intersection(self.size.region) for region in self._dirty_regions]
        self._dirty_regions.clear()
        whole = self.size.region
        regions = [whole] if whole in dirty else _apart(self._regions_to_spans(region for region in dirty if region))
        pieces = list(self._pieces(regions))
        return PiecesUpdate(pieces) if pieces else None

    def _arrange_root(
        self,
        root: Widget,
        size: Size,
        visible_only: bool = True,  # noqa: FBT001, FBT002 - Textual's own signature
    ) -> tuple[CompositorMap, set[Widget]]:
        """Return where each widget is, and the widgets."""
        placed, widgets = super()._arrange_root(root, size, visible_only)
        shown = {widget: place for widget, place in placed.items() if not _lets_through(widget)}
        own = shown, {widget for widget in widgets if not _lets_through(widget)}
        # A function that calls itself, and so holds itself, holds these two as well.
        placed.clear()
        widgets.clear()
        return own

    def clear(self) -> None:
        """Know no widget any more."""
        super().clear()
        self.root = None
        self._whole = (None, [])

    def render_strips(self, size: Size | None = None) -> list[Strip]:
        """Return the lines of the screen, each as one strip."""
        lines: list[list[Piece]] = [[] for _ in range((size or self.size).height)]
        for piece in self._pieces([(size or self.size).region]):
            lines[piece.y].append(piece)
        return [Strip.join(strip for _, _, strip in sorted(line)) for line in lines]

    def parts(self, regions: list[Region]) -> Iterable[Part]:
        """Return what is seen of each widget in rectangles of the screen that do not overlap, the front ones first."""
        if regions != [self.size.region]:
            return self._parts(regions)
        widgets = self.visible_widgets
        if self._whole[0] is not widgets:
            self._whole = (widgets, list(self._parts(regions)))
        return self._whole[1]

    def _parts(self, left: list[Region]) -> Iterator[Part]:
        for widget, (region, clip) in self.visible_widgets.items():
            own = region.intersection(clip)
            if not any(own.overlaps(rectangle) for rectangle in left):
                continue
            behind: list[Region] = []
            for rectangle in left:
                if own.overlaps(rectangle):
                    seen = own.intersection(rectangle)
                    yield Part(widget, region, seen)
                    behind.extend(_around(seen, rectangle))
                else:
                    behind.append(rectangle)
            if not behind:
                return
            left = behind

    def _pieces(self, regions: list[Region]) -> Iterator[Piece]:
        for widget, region, seen in self.parts(regions):
            for y, strip in enumerate(widget.render_lines(seen.translate(-region.offset)), seen.y):
                yield Piece(seen.x, y, strip)


def _lets_through(widget: Widget) -> bool:
    """Tell whether only what a widget holds is to be seen, and not its scroll bars either."""
    return isinstance(widget, ToastRack | ToastHolder) or isinstance(widget.parent, ToastRack)


def _apart(spans: Iterable[tuple[int, int, int]]) -> list[Region]:
    """Return stretches of lines as rectangles, those that stand one under the other as one."""
    growing: dict[tuple[int, int], Region] = {}
    found: list[Region] = []
    for y, first, end in spans:
        above = growing.get((first, end))
        if above is not None and above.bottom == y:
            growing[first, end] = above.grow((0, 0, 1, 0))
            continue
        if above is not None:
            found.append(above)
        growing[first, end] = Region(first, y, end - first, 1)
    return [*found, *growing.values()]


def _around(inner: Region, outer: Region) -> Iterator[Region]:
    """Yield what is left of a rectangle without one inside it."""
    if inner.y > outer.y:
        yield Region(outer.x, outer.y, outer.width, inner.y - outer.y)
    if inner.bottom < outer.bottom:
        yield Region(outer.x, inner.bottom, outer.width, outer.bottom - inner.bottom)
    if inner.x > outer.x:
        yield Region(outer.x, inner.y, inner.x - outer.x, inner.height)
    if inner.right < outer.right:
        yield Region(inner.right, inner.y, outer.right - inner.right, inner.height)
