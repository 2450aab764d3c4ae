"""The driver: Textual's way to a real terminal, over lines that are slow, noisy or gone.

Textual's own driver for Linux reads on a thread that dies of malformed input and wakes ten times a second, and
blocks the event loop when the line stalls; so this one stands on the abstract `Driver` and shares no code with
it. What it knows of Textual's inside, watched by `tests/unit/test_driver_seams.py`:

- `App(driver_class=...)` calls the constructor and the abstract methods of `Driver`, in this order: start, disable
  input, stop, disable input, close; suspending is stop and close, resuming is start;
- `Driver._app`, `_loop`, `_mouse`, and that `process_message` hands on to `send_message`;
- `App` writes a pointer shape (OSC 22) as a text of its own.
"""

from __future__ import annotations

import os
import select
import signal
import termios
import tty
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, Final

from rich.color import ColorSystem
from textual import events
from textual.constants import ESCAPE_DELAY
from textual.driver import Driver
from textual.geometry import Size

from caz_tui.terminal.collecting import Collector
from caz_tui.terminal.environment import ECONOMY, erases_in_colour, is_dumb
from caz_tui.terminal.output import Output
from caz_tui.terminal.pens import Pens
from caz_tui.terminal.reading import InputReader
from caz_tui.terminal.shadow import ShadowScreen
from caz_tui.terminal.signals import end_soon, exit_status
from caz_tui.terminal.typeahead import TypeAhead

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable, Mapping

    from textual.app import App
    from textual.message import Message

    from caz_tui.terminal.veil import Veil

STALLED_SECONDS: Final = 30.0
MAX_BACKLOG_BYTES: Final = 16 * 1024 * 1024
LAST_WORDS_SECONDS: Final = 0.5

MAX_FRAMES_BACKLOG_BYTES: Final = 8192
"""While the line has this many bytes still to take, another frame would only come later."""

FRAME_PAUSE_SECONDS: Final = 0.02
LONG_FRAME: Final = 512
"""From this many characters on a frame is marked as one; shorter ones arrive in one piece anyway."""
LARGEST_SIZE: Final = (1000, 500)
SIZE_WHEN_UNKNOWN: Final = (80, 24)

READ_BYTES: Final = 1024
FLOOD_EVENTS: Final = 2048
FLOOD_EVENTS_PER_SECOND: Final = 250
FLOOD_PAUSE_SECONDS: Final = 0.25
PASTE_PAUSE_SECONDS: Final = 5.0
START_PATIENCE_SECONDS: Final = 2.0

_STDIN: Final = 0
_STDOUT: Final = 1
_STDERR: Final = 2

# Line wrap off, bracketed paste, Kitty keys as far as they tell Escape from Alt, a question about synchronised
# output. No focus reports: a glance at another window would repaint.
_ENTER: Final = "\x1b[?1049h\x1b[?25l"
_FEATURES: Final = "\x1b[?7l\x1b[?2004h\x1b[>1u\x1b[?2026$p"
_FEATURES_OFF: Final = "\x1b[?2026l\x1b[<u\x1b[?2004l\x1b[?7h"
_LEAVE: Final = "\x1b[0m\x1b[?1049l\x1b[?25h"
# Clicks, wheel and drags in SGR form. Not 1003, which sends bytes whenever the mouse moves.
_MOUSE: Final = "\x1b[?1000h\x1b[?1002h\x1b[?1006h"
_MOUSE_OFF: Final = "\x1b[?1006l\x1b[?1002l\x1b[?1000l"

_SYNC_BEGIN: Final = "\x1b[?2026h"
_SYNC_END: Final = "\x1b[?2026l"

_POINTER_SHAPE: Final = "\x1b]22;"


class DeskDriver(Driver):
    """Read keys on the event loop, write from a thread, and leave when the terminal does."""

    stalled_seconds: ClassVar[float] = STALLED_SECONDS
    """How long the terminal may take no output before the app leaves."""

    may_stop: ClassVar[bool] = True
    """Whether the terminal may be handed to another program, or to the shell that started this one."""

    paste_pause_seconds: ClassVar[float] = PASTE_PAUSE_SECONDS
    """How long a paste may stand still before its end is taken for lost."""

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._output: Output | None = None
        self._output_watch: asyncio.TimerHandle | None = None
        self._dumb = is_dumb(os.environ)
        self._attributes: list[Any] | None = None
        self._active = False
        self._listening_since = 0.0
        self._input_waits = False
        self._pause: asyncio.TimerHandle | None = None
        self._allowance = float(FLOOD_EVENTS)
        self._flooded = False
        self._terminal_size = SIZE_WHEN_UNKNOWN
        self._reader = InputReader()
        self.shadow = _shadow(app, os.environ)
        self._frame_waits: asyncio.Handle | None = None
        self._cursor: tuple[int, int] | None = None
        self._veil: Veil | None = None
        self.collector = Collector(self._loop)
        self._typeahead = TypeAhead(
            app,
            self._loop,
            hand_on=self.process_message,
            when_empty=self._listen,
            takes_keys=lambda: bool(getattr(app, "takes_keys", True)),
        )

    @property
    def can_suspend(self) -> bool:
        """Whether the app may hand its terminal to another program."""
        return self.may_stop

    @property
    def backlog(self) -> int:
        """Bytes of output the terminal has not taken yet: while there are many, another frame only adds delay."""
        return 0 if self._output is None else self._output.backlog

    @property
    def is_behind(self) -> bool:
        """Keys wait for the one that is being handled, so that what is drawn now is out of date at once."""
        return self._typeahead.is_behind

    def write(self, data: str) -> None:
        """Send text to the terminal, and never wait for it.

        Args:
            data: text and control sequences; dropped when no terminal is in use.
        """
        # Without mouse tracking the pointer's shape is always wrong, and older terminals print the sequence.
        if self._output is None or data.startswith(_POINTER_SHAPE) or self._is_covered:
            return
        self.write_over(data)

    def write_over(self, data: str) -> None:
        """Send text to the terminal although it is covered.

        Args:
            data: text and control sequences; dropped when no terminal is in use.
        """
        if self._output is None:
            return
        self._output.write(data)
        if self._output.backlog > MAX_BACKLOG_BYTES:
            self._give_up()
        elif self._output_watch is None:
            self._output_watch = self._loop.call_later(self.stalled_seconds, self._watch_output)

    def cover_after(self, seconds: float, sentence: str, lifted: Callable[[], None]) -> None:
        """Cover the terminal whenever nobody has touched the keyboard for some time.

        Args:
            seconds: how long.
            sentence: what is shown instead.
            lifted: called when somebody has come back.
        """
        from caz_tui.terminal.veil import Veil  # noqa: PLC0415 - few sessions have one

        self._veil = Veil(self, self._loop, seconds, sentence, lifted)

    @property
    def _is_covered(self) -> bool:
        return self._veil is not None and self._veil.is_down

    @property
    def terminal_size(self) -> tuple[int, int]:
        """Columns and rows of the terminal."""
        return self._terminal_size

    def redraw(self) -> None:
        """Send all that should be on the screen, whatever the terminal shows now."""
        if self.shadow is not None:
            self.shadow.forget()
            self.send_frame(self._cursor, synchronised=False)
            return
        app = self._app
        screen = app.screen
        update = screen._compositor.render_update(full=True, screen_stack=app._background_screens)  # noqa: SLF001
        app._display(screen, update)  # noqa: SLF001

    def send_frame(self, cursor: tuple[int, int] | None, *, synchronised: bool) -> None:
        """Send what the shadow has to say, in the next turn of the event loop or when the line takes it.

        Args:
            cursor: where the cursor is to stand; None where it does not matter.
            synchronised: whether the terminal shows a frame at once when it is told where it begins and ends.
        """
        self._cursor = cursor
        if self._frame_waits is None:
            self._frame_waits = self._loop.call_soon(self._send_frame_now, synchronised)

    def _send_frame_now(self, synchronised: bool) -> None:  # noqa: FBT001 - a callback's argument
        if self.backlog > MAX_FRAMES_BACKLOG_BYTES:
            self._frame_waits = self._loop.call_later(FRAME_PAUSE_SECONDS, self._send_frame_now, synchronised)
            return
        self._frame_waits = None
        if self.shadow is None or self._output is None:
            return
        frame = self.shadow.frame(self._cursor)
        if synchronised and len(frame) > LONG_FRAME:
            frame = f"{_SYNC_BEGIN}{frame}{_SYNC_END}"
        if frame:
            self.write(frame)
        if not self.is_behind:
            self.collector.frame_is_out()

    def open_url(self, url: str, new_tab: bool = True) -> None:  # noqa: FBT001, FBT002
        """Open nothing: a browser would run on the server, as whatever $BROWSER says.

        Args:
            url: not opened.
            new_tab: of no interest.
        """

    def start_application_mode(self) -> None:
        """Take the terminal."""
        self._output = Output(_STDOUT if os.isatty(_STDOUT) else _STDERR)
        if self.shadow is not None:
            self.shadow.forget()
        self._loop.add_signal_handler(signal.SIGWINCH, self._tell_size)
        self._loop.add_signal_handler(signal.SIGTSTP, self._stop_process)
        self._tell_size()
        self._make_raw()
        self.write(_ENTER)
        if not self._dumb:
            self.write(_FEATURES)
            if self._mouse:
                self.write(_MOUSE)
        self._active = True
        if self._veil is not None:
            self._veil.begin()
        # What is typed while the app still mounts stays in the terminal until somebody can take it.
        self._pause = self._loop.call_later(START_PATIENCE_SECONDS, self._listen)
        self._app.call_later(self._listen)

    def disable_input(self) -> None:
        """Hear no more keys, clicks, resizes or stops; called twice on the way out."""
        if not self._active:
            return
        self._active = False
        if self._veil is not None:
            self._veil.stop()
        self._loop.remove_reader(_STDIN)
        self._typeahead.clear()
        self.collector.stop()
        if self._pause is not None:
            self._pause.cancel()
        self._loop.remove_signal_handler(signal.SIGWINCH)
        self._loop.remove_signal_handler(signal.SIGTSTP)
        if self._mouse and not self._dumb:
            self.write(_MOUSE_OFF)

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was found."""
        self.disable_input()
        if not self._dumb:
            self.write(_FEATURES_OFF)
        self.write(_LEAVE)
        if self._attributes is not None:
            with suppress(termios.error):
                # What was typed ahead was meant for the app, and the shell would run it.
                termios.tcflush(_STDIN, termios.TCIFLUSH)
                termios.tcsetattr(_STDIN, termios.TCSANOW, self._attributes)

    def close(self) -> None:
        """Send what is left to send."""
        if self._output is not None:
            self._output.close(LAST_WORDS_SECONDS)
            self._output = None
        for timer in (self._output_watch, self._frame_waits):
            if timer is not None:
                timer.cancel()
        self._output_watch = self._frame_waits = None

    def send_message(self, message: Message) -> None:
        """Hand a message to the app; unlike Textual's drivers this one is on the loop already.

        Args:
            message: a key, a click, a paste.
        """
        self._app.post_message(message)

    def _make_raw(self) -> None:
        try:
            self._attributes = termios.tcgetattr(_STDIN)
        except termios.error:
            self._attributes = None
            return
        raw = termios.tcgetattr(_STDIN)
        raw[tty.IFLAG] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
        # A line feed goes straight down.
        raw[tty.OFLAG] &= ~termios.OPOST
        raw[tty.LFLAG] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
        raw[tty.CC][termios.VMIN] = 1
        raw[tty.CC][termios.VTIME] = 0
        with suppress(termios.error):
            termios.tcsetattr(_STDIN, termios.TCSANOW, raw)

    def _tell_size(self) -> None:
        self._terminal_size = _size_of_terminal()
        size = Size(*self._terminal_size)
        if self._veil is not None and self._veil.is_down:
            self._veil.draw()
        self.process_message(events.Resize(size, size))

    def _stop_process(self) -> None:
        """Obey a SIGTSTP: stand still with the terminal as the shell had it, and come back with the shell."""
        if not self.may_stop:
            return
        self.suspend_application_mode()
        os.kill(os.getpid(), signal.SIGSTOP)
        self.resume_application_mode()
        self._app.post_message(self.SignalResume())
        self._app.refresh()

    def _listen(self) -> None:
        if not self._active or self._typeahead:
            return
        try:
            self._loop.add_reader(_STDIN, self._read)
        except OSError:
            # A regular file or /dev/null cannot be waited for, and nobody types in one.
            self._leave()
            return
        # Input that is there already was not preceded by a pause, however long the app took to come for it.
        self._input_waits = bool(select.select([_STDIN], [], [], 0)[0])
        self._listening_since = self._loop.time()

    def _read(self) -> None:
        self._loop.remove_reader(_STDIN)
        try:
            data = os.read(_STDIN, READ_BYTES)
        except OSError:
            data = b""
        if not data:
            self._leave()
            return
        if self._pause is not None:
            self._pause.cancel()
        if not self._is_flood():
            self._hand_on(self._reader.feed(data))
            pause_seconds = self.paste_pause_seconds if self._reader.is_pasting else ESCAPE_DELAY * 1.1
            self._pause = self._loop.call_later(pause_seconds, self._settle)
        self._listen()

    def _settle(self) -> None:
        self._hand_on(self._reader.end_paste() if self._reader.is_pasting else self._reader.settle())

    def _hand_on(self, found: Iterable[Message]) -> None:
        columns, rows = self._terminal_size
        taken: list[Message] = []
        for message in found if self._veil is None else self._veil.pass_on(found):
            self._allowance -= 1
            if isinstance(message, events.MouseEvent) and not (message.screen_x < columns and message.screen_y < rows):
                continue
            taken.append(message)
            # What the terminal answers on its own is no key.
            if isinstance(message, events.InputEvent | events.Paste):
                self.collector.touched()
        self._typeahead.add(taken)
        if self._allowance < 0:
            self._flooded = True
            self._reader = InputReader()
            self._typeahead.clear()

    def _is_flood(self) -> bool:
        """Tell whether more comes than fingers and pastes can send: noise, dropped until it pauses."""
        quiet_seconds = 0.0 if self._input_waits else self._loop.time() - self._listening_since
        if self._flooded and quiet_seconds < FLOOD_PAUSE_SECONDS:
            return True
        self._flooded = False
        earned = quiet_seconds * FLOOD_EVENTS_PER_SECOND
        self._allowance = min(FLOOD_EVENTS, max(self._allowance, 0) + earned)
        return False

    def _watch_output(self) -> None:
        self._output_watch = None
        if self._output is None or not self._output.backlog:
            return
        left_seconds = self.stalled_seconds - self._output.stalled_seconds
        if left_seconds > 0:
            self._output_watch = self._loop.call_later(left_seconds, self._watch_output)
        else:
            self._give_up()

    def _give_up(self) -> None:
        """Leave a terminal that takes no output, without a last word to it."""
        if self._output is not None:
            self._output.abandon()
        self._leave()

    def _leave(self) -> None:
        end_soon()
        self._app.exit(return_code=exit_status(signal.SIGHUP))


class RestrictedDriver(DeskDriver):
    """A driver that hands neither its terminal nor a file to anybody."""

    may_stop = False

    def deliver_binary(self, *_: object, **__: object) -> None:
        """Write no file: Textual would put screenshots into a folder of its own choice."""


def _shadow(app: App[Any], environ: Mapping[str, str]) -> ShadowScreen | None:
    """Return a shadow of the terminal, or None where every frame is to be sent as Textual draws it."""
    if environ.get(ECONOMY) == "0" or is_dumb(environ):
        return None
    pens = Pens(app.console._color_system or ColorSystem.TRUECOLOR)  # noqa: SLF001 - as Textual's strips do
    return ShadowScreen(pens, erases_in_colour=erases_in_colour(environ))


def _size_of_terminal() -> tuple[int, int]:
    """Ask the kernel; a line that claims to be enormous, or to have no size, is not believed."""
    for fileno in (_STDOUT, _STDERR, _STDIN):
        with suppress(OSError):
            columns, rows = os.get_terminal_size(fileno)
            if columns and rows:
                return min(columns, LARGEST_SIZE[0]), min(rows, LARGEST_SIZE[1])
    return SIZE_WHEN_UNKNOWN
