"""The seam with how Textual displays: its updates go through the shadow of the screen instead of to the wire.

What is known of Textual's inside, watched by `tests/unit/test_painting_seams.py`:

- `App._display(screen, renderable)` is called for every frame, with what the compositor made (`composing.py`), or a
  `LayoutUpdate` (all lines, each as strips from left to right), and calls `post_display_hook` at its end;
- `App.switch_mode` has nothing displayed for 50 ms by `App.delay_update`; what waits for the end of a batch
  (`App._end_batch`) is drawn at the next tick of a timer, and the start is such a batch;
- `App._batch_count`, which stays up from `_exit` on, `_running`, `_closed`, `_sync_available`, `_driver`;
- `Screen._on_timer_update` draws what is dirty, at the next tick of a timer that runs only while something is;
- `Screen._refresh_layout` ends in `Screen._compositor_refresh`, which draws what the compositor holds for dirty;
- `Screen._invoke_and_clear_callbacks` calls what waits for a refresh: after drawing, and when nothing is dirty;
- `App.refresh` is told to lay out by whatever removes a screen, and when the program comes back from the background;
- `App.get_line_filters` says through what each line of a widget goes once more;
- `Widget.render_lines` keeps what it drew in `_styles_cache._cache`, and finds the screens beneath in
  `visible_screen_stack`.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Final, Generic, Self, TypeVar

from textual._compositor import LayoutUpdate
from textual.filter import ANSIToTruecolor
from textual.screen import Screen
from textual.widget import Widget

from caz_tui.terminal.composing import FrugalCompositor, Piece, PiecesUpdate, drawn_over
from caz_tui.terminal.direct_keys import DirectKeys
from caz_tui.terminal.driver import DeskDriver
from caz_tui.terminal.short_memory import shorten
from caz_tui.terminal.toasts import tidy
from caz_tui.terminal.untied import Workers, forget_watchers, untie

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType
    from rich.terminal_theme import TerminalTheme
    from textual.driver import Driver
    from textual.filter import LineFilter
    from textual.geometry import Offset, Size

ReturnT = TypeVar("ReturnT")
ResultT = TypeVar("ResultT")

SETTLING_ROUNDS: Final = 12
"""Turns of the event loop in which what one key sets off reaches every widget that shows it."""


TEXT_FIELDS: Final = frozenset({"Input", "TextArea"})
"""The widgets whose cursor the terminal shows, by name: importing them would delay the first frame."""

ROUNDS_FOR_A_KEY: Final = 1
"""Between two long turns: what came meanwhile is looked at in one turn, and runs before what that turn plans."""

MAX_LAYOUTS_UNDRAWN: Final = 4
"""A layout may ask for another; a screen that never comes to rest is drawn all the same."""

OLD_FRAME_SECONDS: Final = 0.05
"""How old the frame may grow while keys are waiting."""

LONG_TURN_SECONDS: Final = 0.008
"""How long widgets that were never drawn are drawn before a key may come between."""


HELD_SECONDS: Final = 0.03
"""How long a frame may wait for rows that are being read: less than an eye notices."""

FIRST_HELD_SECONDS: Final = 0.15
"""How long the first frame of a place may wait for what it shows; what was there before is seen meanwhile."""

REST_SECONDS: Final = 0.1
"""How long nothing was drawn on a screen that is at rest."""


class FrugalApp(DirectKeys[ReturnT], Generic[ReturnT]):
    """An app that sends the cells that changed, and no others."""

    def __init__(self, driver_class: type[Driver] | None = None) -> None:
        """Make an app, and let Textual remember no more than it needs, nor build what does not go by itself."""
        shorten()
        untie()
        tidy()
        super().__init__(driver_class=driver_class)
        self._workers = Workers(self)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return the filters of every line; no screen uses the terminal's own colours, so none is looked for."""
        return [line_filter for line_filter in super().get_line_filters() if type(line_filter) is not ANSIToTruecolor]

    @property
    def ansi_theme(self) -> TerminalTheme:
        """The terminal's own colours: no screen uses any, and Textual copies all its themes for each line to tell."""
        return self.ansi_theme_dark

    def refresh(self, *, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Draw the screen anew; never lay it out, which Textual asks for when it has removed a screen.

        The screen that comes to the front then has been told so, and is drawn for that.
        """
        return self if layout else super().refresh(repaint=repaint, recompose=recompose)

    def delay_update(self, delay: float = 0.05) -> None:
        """Delay nothing: Textual hides a place that is opened for so long; here it has no size until it is there."""

    def _end_batch(self) -> None:
        """Draw, when the last batch ends, at once what waited for it, and not at the next tick."""
        super()._end_batch()
        screen = self._screen_stack[-1] if self._screen_stack else None
        if self._batch_count == 0 and isinstance(screen, FrugalScreen):
            screen._on_timer_update()  # noqa: SLF001

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Display a frame.

        Args:
            screen: where it was drawn.
            renderable: what Textual's compositor made, or something else to print; None for nothing.
        """
        driver = self._driver
        if not isinstance(driver, DeskDriver) or driver.shadow is None:
            super()._display(screen, renderable)
            return
        if not isinstance(renderable, LayoutUpdate | PiecesUpdate):
            if renderable is not None:
                driver.shadow.forget()
            super()._display(screen, renderable)
            return
        if self._batch_count == 0 and self._running and not self._closed:
            driver.shadow.resize(*self.size)
            for x, y, strip in _pieces(renderable):
                driver.shadow.paint(x, y, strip)
            types_text = any(base.__name__ in TEXT_FIELDS for base in type(self.focused).__mro__)
            driver.send_frame(self.cursor_position if types_text else None, synchronised=self._sync_available)
        self.post_display_hook()


class FrugalScreen(Screen[ResultT], Generic[ResultT]):
    """A screen that shows all that one key changes in one frame, and lays out and draws in turns of their own."""

    _turn: asyncio.Handle | None = None
    """The turn of the event loop in which the screen will be laid out or drawn."""

    _layouts_undrawn = 0
    """How often the screen was laid out since it was drawn."""

    _draws = False
    _drawn_at = 0.0
    _held_at = 0.0
    _held_until = 0.0

    def __init__(self, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        """Make a screen that composes what is seen and has changed, and nothing else."""
        super().__init__(name, id, classes)
        self._compositor: FrugalCompositor = FrugalCompositor()
        self._drawn_ahead: set[Widget] = set()

    async def _message_loop_exit(self) -> None:
        await super()._message_loop_exit()
        forget_watchers(self.app)
        # Both hold the screen, and what it was to do once it is drawn.
        self._layout_widgets.clear()
        self._callbacks.clear()

    def hold_frame(self, seconds: float = HELD_SECONDS, *, once: bool = False) -> None:
        """Draw nothing for a moment: what is being read may come in time for the same frame.

        Args:
            seconds: how long.
            once: whether a frame that was held already is to be drawn first: what is read anew with every key that is
                held down would keep it for good.
        """
        if once and self._held_at > self._drawn_at:
            return
        self._held_at = time.perf_counter()
        self._held_until = self._held_at + seconds

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing is about to be drawn, or was a moment ago."""
        is_drawn = self._drawn_at > 0 and self._turn is None and not (self._layout_required or self._layouts_undrawn)
        return is_drawn and time.perf_counter() > max(self._drawn_at, self._held_until) + REST_SECONDS

    def release_frame(self) -> None:
        """Draw again, what was held first; at once, and not at the next tick."""
        self._held_until = 0.0
        self._on_timer_update()

    def done_unseen(self) -> None:
        """Let the collector look now: what was done changes nothing on the screen, and no frame will be its sign."""
        driver = self.app._driver  # noqa: SLF001
        if isinstance(driver, DeskDriver):
            driver.collector.frame_is_out()

    def get_widget_and_offset_at(self, x: int, y: int) -> tuple[Widget | None, Offset | None]:
        """Return what a click is on; a widget that has just been removed, and is drawn still, is nothing."""
        widget, offset = super().get_widget_and_offset_at(x, y)
        is_gone = widget is not None and widget is not self and widget.parent is None
        return (None, None) if is_gone else (widget, offset)

    def _on_timer_update(self) -> None:
        """Draw when everything that is on its way has arrived."""
        self._update_timer.pause()
        self._draw_in(SETTLING_ROUNDS)

    def _draw_in(self, rounds: int) -> None:
        if self._turn is None:
            self._turn = asyncio.get_running_loop().call_soon(self._draw, rounds)

    def _draw(self, rounds: int) -> None:
        """Lay out or draw after so many more turns."""
        self._turn = None
        if rounds:
            self._draw_in(rounds - 1)
        elif not self.is_running or self.app._exit:  # noqa: SLF001
            return
        elif self.app._batch_count or self._is_behind() or time.perf_counter() < self._held_until:  # noqa: SLF001
            self._update_timer.resume()
        elif self._layout_required and self.is_current and self._layouts_undrawn < MAX_LAYOUTS_UNDRAWN:
            self._layout_required = self._scroll_required = False
            self._refresh_layout()
        elif self._layouts_undrawn and not self._layout_required and self._draw_ahead():
            self._draw_in(ROUNDS_FOR_A_KEY)
        else:
            self._draw_now()

    def _is_behind(self) -> bool:
        """Tell whether keys wait and the last frame is young: what was typed comes first, but not at any price."""
        driver = self.app._driver  # noqa: SLF001
        is_young = time.perf_counter() < self._drawn_at + OLD_FRAME_SECONDS
        return is_young and isinstance(driver, DeskDriver) and driver.is_behind

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:  # noqa: FBT001, FBT002
        """Lay out once: Textual does it again for every widget that was given its first size."""
        virtual_size = vars(Widget)["virtual_size"]
        virtual_size._layout = False  # noqa: SLF001
        try:
            super()._refresh_layout(size, scroll)
        finally:
            virtual_size._layout = True  # noqa: SLF001

    def _draw_now(self) -> None:
        self._draws = True
        self._drawn_ahead.clear()
        self._drawn_at = time.perf_counter()
        try:
            super()._on_timer_update()
            if self._layouts_undrawn:
                self._compositor_refresh()
        finally:
            self._draws = False

    def _draw_ahead(self) -> bool:
        """Let some widgets that were never drawn draw their lines, which they keep; tell whether there may be more."""
        app = self.app
        if app.screen is not self:
            return False
        parts = tuple(self._compositor.parts([self.size.region]))
        end = time.perf_counter() + LONG_TURN_SECONDS
        for widget, region, seen in parts:
            if widget in self._drawn_ahead or widget._styles_cache._cache or not widget.is_attached:  # noqa: SLF001
                continue
            if time.perf_counter() > end:
                return True
            # Not every widget keeps its lines where Textual does.
            self._drawn_ahead.add(widget)
            with drawn_over(app._background_screens):  # noqa: SLF001
                widget.render_lines(seen.translate(-region.offset))
        return False

    async def _invoke_and_clear_callbacks(self) -> None:
        """Call what was to be called after the next drawing, unless that is still to come."""
        if not self._layouts_undrawn:
            await super()._invoke_and_clear_callbacks()

    def _compositor_refresh(self) -> None:
        """Draw what has changed when its turn has come: after a layout, a key may come first."""
        if not self._draws:
            self._layouts_undrawn += 1
            self._draw_in(ROUNDS_FOR_A_KEY)
            return
        self._layouts_undrawn = 0
        # Textual forgets what is dirty when it has drawn; what became so since the layout is to be drawn first.
        self._compositor.update_widgets(self._dirty_widgets)
        super()._compositor_refresh()


def _pieces(update: LayoutUpdate | PiecesUpdate) -> Iterator[Piece]:
    """Yield each stretch of an update."""
    if isinstance(update, PiecesUpdate):
        yield from update.pieces
        return
    for y, strips in enumerate(update.strips, update.region.y):
        x = update.region.x
        for strip in strips:
            yield Piece(x, y, strip)
            x += strip.cell_length
