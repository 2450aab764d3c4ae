"""A program in a pseudo terminal of its own, played with keys: how long each takes, what it costs.

While the program works, what it sends is only read, stamped and kept. When it has been quiet for a while the pieces are
played into an emulator, so that the cost of emulating is in no figure.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import tempfile
import termios
import time
import warnings
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from bench import processes
from bench.ideal import ideal
from bench.screen import Emulator, Grid, text_of
from tests.pty.terminal import KEYS, key_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COLS: Final = 120
ROWS: Final = 40
QUIET_SECONDS: Final = 0.15
SCROLL_BAR_COLUMNS: Final = 2
PATIENCE_SECONDS: Final = 5.0
TIMEOUT_SECONDS: Final = 120.0

_READ_BYTES: Final = 1 << 16
_LEFT_OUT: Final = {"LINES", "COLUMNS", "NO_COLOR", "TMUX", "STY", "TERM_PROGRAM", "PYTHONDONTWRITEBYTECODE"}
_CURSOR_KEY: Final = re.compile(rb"\x1b\[([A-DFH])")
_MODE_QUERY: Final = re.compile(rb"\x1b\[\?(\d+)\$p")
_SYNCHRONISED_OUTPUT: Final = b"2026"
_ANSWERS: Final = {
    b"\x1b[c": b"\x1b[?62;22c",
    b"\x1b[0c": b"\x1b[?62;22c",
    b"\x1b[>c": b"\x1b[>41;390;0c",
    b"\x1b[6n": b"\x1b[1;1R",
    b"\x1b[?u": b"\x1b[?0u",
}


@dataclass(frozen=True, slots=True)
class Response:
    """What a program did because of a key, or of having been started; times count from just before that.

    Attributes:
        first_ms: milliseconds to the first byte; none when there was no byte.
        paint_ms: to the last piece that changed any cell before the program fell quiet; none when no cell changed.
        rows_ms: to the piece since which the rows of the list have stood as they stand in the end, the bar beside them
            aside, which says how many there are; none as above.
        shown_ms: to the first piece after which the screen showed what was waited for; none when nothing was.
        bytes: how many the program sent.
        before: the screen as it was.
        after: the screen as it became.
    """

    first_ms: float | None
    paint_ms: float | None
    rows_ms: float | None
    shown_ms: float | None
    bytes: int
    before: Grid
    after: Grid

    @property
    def ideal(self) -> int:
        """How many bytes a plain encoder of changed cells needs for the same change, see `bench.ideal`."""
        return ideal(self.before, self.after).fewest


class Idle(NamedTuple):
    """What a program does while nobody touches it, each per second."""

    cpu_ms: float
    wakeups: float
    bytes: float


class NotShown(Exception):
    """The screen never showed what was waited for."""


class Session:
    """One program in one pseudo terminal of 120x40; a context manager that leaves no process behind.

    Attributes:
        pid: the program's process.
        screen: what the terminal shows, as of the last time the program was listened to.
    """

    def __init__(
        self, command: Sequence[str], *, env: Mapping[str, str] | None = None, rows_shown: tuple[int, int] = (0, ROWS)
    ) -> None:
        """Prepare the terminal; `with` starts the program.

        Args:
            command: the program and its arguments.
            env: variables beside the few every terminal has; they win.
            rows_shown: the first row of the list on the screen, from zero, and the one after its last.
        """
        self._command = list(command)
        self._home = tempfile.TemporaryDirectory(prefix="caz-bench-")
        kept = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
        self._env = (
            kept
            | {
                "TERM": "xterm-256color",
                "COLORTERM": "truecolor",
                "LANG": "C.UTF-8",
                "LC_ALL": "C.UTF-8",
                "HOME": self._home.name,
                "XDG_CONFIG_HOME": self._home.name,
                "XDG_STATE_HOME": self._home.name,
            }
            | dict(env or {})
        )
        self._rows_shown = slice(*rows_shown)
        self._emulator = Emulator(COLS, ROWS)
        self._ended = False
        self._fd = -1
        self.pid = -1
        self.screen: Grid = self._emulator.grid()

    def __enter__(self) -> Self:
        size = struct.pack("HHHH", ROWS, COLS, 0, 0)
        with warnings.catch_warnings():
            # Python warns of forks beside threads; this child does nothing but become the program.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._began = time.perf_counter()
            self.pid, self._fd = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, size)
                os.execvpe(self._command[0], self._command, self._env)
            finally:
                os._exit(127)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, size)
        os.set_blocking(self._fd, False)
        return self

    def __exit__(self, *_: object) -> None:
        processes.end(self.pid, processes.tree(self.pid))
        os.close(self._fd)
        self._home.cleanup()

    @property
    def text(self) -> str:
        """What the screen says, a line a row."""
        return text_of(self.screen)

    def start(self, shows: str, *, quiet: float = QUIET_SECONDS) -> Response:
        """Listen from the start of the program until it shows a pattern and has fallen quiet.

        Raises:
            NotShown: it never did.
        """
        return self._listen(self._began, shows=shows, quiet=quiet)

    def start_and_press(self, sent: bytes, key: str, shows: str) -> tuple[Response, float]:
        """Press a key the moment the starting program has sent some bytes, and go on until it shows a pattern.

        Returns:
            The response to the start, and the milliseconds from the start to the press.

        Raises:
            NotShown: the bytes or the pattern never came.
        """
        heard: list[tuple[float, bytes]] = []
        while sent not in b"".join(data for _, data in heard):
            piece = self._read(TIMEOUT_SECONDS)
            if piece is None:
                raise NotShown(repr(sent))
            heard.append(piece)
        self._write(self._bytes_of(key))
        pressed = time.perf_counter()
        response = self._listen(self._began, shows=shows, quiet=QUIET_SECONDS, heard=heard)
        return response, (pressed - self._began) * 1000

    def press(
        self,
        *keys: str,
        shows: str | None = None,
        quiet: float = QUIET_SECONDS,
        patience: float = PATIENCE_SECONDS,
    ) -> Response:
        """Press keys at once and listen until the program has fallen quiet.

        Args:
            keys: names as in `tests.pty.terminal.key_bytes`; longer texts are typed as they are.
            shows: a pattern to wait for, however long it takes.
            quiet: seconds of silence after which the program is done.
            patience: seconds to wait for the first byte; a key that does nothing takes as long.

        Returns:
            What the program did because of them.

        Raises:
            NotShown: the pattern never came.
        """
        self.catch_up()
        data = b"".join(self._bytes_of(key) for key in keys)
        begin = time.perf_counter()
        self._write(data)
        return self._listen(begin, shows=shows, quiet=quiet, patience=patience)

    def paste(self, text: str, *, quiet: float = QUIET_SECONDS) -> Response:
        """Paste a text the way a terminal with bracketed paste does, and listen as `press` does."""
        self.catch_up()
        begin = time.perf_counter()
        self._write(b"\x1b[200~" + text.encode() + b"\x1b[201~")
        return self._listen(begin, quiet=quiet, patience=PATIENCE_SECONDS)

    def hold(self, key: str, presses: int, per_second: float, *, quiet: float = QUIET_SECONDS) -> Response:
        """Press one key again and again at a rate and listen until the program has fallen quiet.

        Returns:
            What it did, the times counted from the last press; the bytes are those of all presses.
        """
        self.catch_up()
        data = self._bytes_of(key)
        heard: list[tuple[float, bytes]] = []
        begin = last = time.perf_counter()
        for number in range(presses):
            while (left := begin + number / per_second - time.perf_counter()) > 0:
                if piece := self._read(left):
                    heard.append(piece)
            last = time.perf_counter()
            self._write(data)
        return self._listen(last, quiet=quiet, heard=heard)

    def idle(self, seconds: float) -> Idle:
        """Leave the program alone for some seconds and return what it does meanwhile."""
        self.catch_up()
        pids = processes.tree(self.pid)
        before, begin, count = processes.used(pids), time.perf_counter(), 0
        while (left := begin + seconds - time.perf_counter()) > 0:
            if piece := self._read(left):
                count += len(piece[1])
                self._emulator.feed(piece[1])
        after, passed = processes.used(pids), time.perf_counter() - begin
        return Idle((after.cpu_ms - before.cpu_ms) / passed, (after.wakeups - before.wakeups) / passed, count / passed)

    def memory_mb(self) -> float:
        """Return the PSS of the program and all it started, in millions of bytes."""
        return processes.memory_mb(processes.tree(self.pid))

    def settle(self, quiet: float) -> None:
        """Wait until the program has been silent for some seconds."""
        while piece := self._read(quiet):
            self._emulator.feed(piece[1])
        self.screen = self._emulator.grid()

    def catch_up(self) -> None:
        """Take in what the program has sent since it was last listened to."""
        self.settle(0)

    def _listen(
        self,
        begin: float,
        *,
        shows: str | None = None,
        quiet: float,
        patience: float = 0.0,
        heard: Sequence[tuple[float, bytes]] = (),
    ) -> Response:
        before = self.screen
        pieces = list(heard)
        if patience and (first := self._read(patience)):
            pieces.append(first)
        steps: list[tuple[float, Grid]] = []
        shown: float | None = None
        played = 0
        while True:
            while piece := self._read(quiet):
                pieces.append(piece)
            for at, data in pieces[played:]:
                self._emulator.feed(data)
                self.screen = self._emulator.grid()
                steps.append((at, self.screen))
                if shows is not None and shown is None and re.search(shows, self.text, re.MULTILINE):
                    shown = at
            played = len(pieces)
            if shows is None or shown is not None:
                break
            if self._ended or time.perf_counter() - begin > TIMEOUT_SECONDS:
                raise NotShown(f"{shows}\n{self.text}")
        return Response(
            first_ms=_ms(begin, pieces[0][0] if pieces else None),
            paint_ms=_ms(begin, _settled(before, steps, slice(None))),
            rows_ms=_ms(begin, _settled(before, steps, self._rows_shown)),
            shown_ms=_ms(begin, shown),
            bytes=sum(len(data) for _, data in pieces),
            before=before,
            after=self.screen,
        )

    def _bytes_of(self, key: str) -> bytes:
        data = key.encode() if len(key) > 1 and key not in KEYS and "+" not in key[1:] else key_bytes(key)
        return _CURSOR_KEY.sub(b"\x1bO\\1", data) if self._emulator.application_cursor else data

    def _read(self, seconds: float) -> tuple[float, bytes] | None:
        """Return the next piece and when it came, or nothing when none came in time."""
        if self._ended or not select.select([self._fd], [], [], max(seconds, 0))[0]:
            return None
        try:
            data = os.read(self._fd, _READ_BYTES)
        except OSError:
            data = b""
        at = time.perf_counter()
        if not data:
            self._ended = True
            return None
        if b"\x1b" in data:
            self._answer(data)
        return at, data

    def _answer(self, data: bytes) -> None:
        answers = [answer for query, answer in _ANSWERS.items() if query in data]
        answers += [
            b"\x1b[?%s;%d$y" % (mode, 2 if mode == _SYNCHRONISED_OUTPUT else 0) for mode in _MODE_QUERY.findall(data)
        ]
        if answers:
            self._write(b"".join(answers))

    def _write(self, data: bytes) -> None:
        with suppress(BlockingIOError):
            os.write(self._fd, data)


def _ms(begin: float, at: float | None) -> float | None:
    return None if at is None else (at - begin) * 1000


def _settled(before: Grid, steps: Sequence[tuple[float, Grid]], rows: slice) -> float | None:
    """Return when the last step came that changed a cell of some rows, but for the scroll bar at their end."""
    last, shown = None, _without_bar(before, rows)
    for at, grid in steps:
        if (stands := _without_bar(grid, rows)) != shown:
            last, shown = at, stands
    return last


def _without_bar(grid: Grid, rows: slice) -> Grid:
    return tuple(row[:-SCROLL_BAR_COLUMNS] for row in grid[rows])
