"""A real pseudo terminal with a program in it, and the screen a person would see.

Nothing here sleeps: every wait is a select with a deadline that ends the moment its condition holds.
"""

from __future__ import annotations

import fcntl
import os
import re
import select
import struct
import subprocess
import tempfile
import termios
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import pyte

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Mapping, Sequence

    Condition = str | re.Pattern[str] | Callable[[str], bool]

PROJECT: Final = Path(__file__).parents[2]
WAIT_SECONDS: Final = 15.0
READ_BYTES: Final = 65536

KEYS: Final[dict[str, bytes]] = {
    "enter": b"\r",
    "tab": b"\t",
    "shift+tab": b"\x1b[Z",
    "escape": b"\x1b",
    "space": b" ",
    "backspace": b"\x7f",
    "up": b"\x1b[A",
    "down": b"\x1b[B",
    "right": b"\x1b[C",
    "left": b"\x1b[D",
    "home": b"\x1b[H",
    "end": b"\x1b[F",
    "insert": b"\x1b[2~",
    "delete": b"\x1b[3~",
    "pageup": b"\x1b[5~",
    "pagedown": b"\x1b[6~",
    "shift+up": b"\x1b[1;2A",
    "shift+down": b"\x1b[1;2B",
    "shift+right": b"\x1b[1;2C",
    "shift+left": b"\x1b[1;2D",
    "ctrl+up": b"\x1b[1;5A",
    "ctrl+down": b"\x1b[1;5B",
    "ctrl+right": b"\x1b[1;5C",
    "ctrl+left": b"\x1b[1;5D",
    "ctrl+home": b"\x1b[1;5H",
    "ctrl+end": b"\x1b[1;5F",
    "f1": b"\x1bOP",
    "f2": b"\x1bOQ",
    "f3": b"\x1bOR",
    "f4": b"\x1bOS",
    "f5": b"\x1b[15~",
    "f6": b"\x1b[17~",
    "f7": b"\x1b[18~",
    "f8": b"\x1b[19~",
    "f9": b"\x1b[20~",
    "f10": b"\x1b[21~",
    "f11": b"\x1b[23~",
    "f12": b"\x1b[24~",
}

_SEQUENCE: Final = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]"
    rb"|\][^\x07\x1b]*(?:\x07|\x1b\\)"
    rb"|[PX^_][^\x1b]*\x1b\\"
    rb"|[ -/]*[0-OQ-WYZ\\`-~])"
)
_UNFINISHED: Final = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]*\x1b?|[PX^_][^\x1b]*\x1b?|[ -/]*)\Z")
_PRIVATE_MODE: Final = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
_MODE_QUERY: Final = re.compile(rb"\x1b\[\?(\d+)\$p")
_PYTE_KNOWS: Final = re.compile(rb"\x1b(?:\[[0-9;]*[@A-HJ-MPXade`fghlmr']|[78DEHMc])")
# Kitty keys, cursor shapes, window reports, key modifiers, strings: nothing of it moves a cell.
_SHOWS_NOTHING: Final = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[cnpqtu]|\[[<=>?][0-?]*[ -/]*[@-~]|[\]PX^_].*|[ -/].*|[=>\\])", re.DOTALL
)

ALTERNATE_SCREEN: Final = 1049
SYNCHRONISED_OUTPUT: Final = 2026
MODES_AT_REST: Final = frozenset({7, 25})
"""Private modes of a terminal nobody has touched: lines wrap, the cursor shows."""


def key_bytes(key: str) -> bytes:
    """Give what a terminal sends for a key.

    Args:
        key: a name of `KEYS`, one character, `ctrl+letter` or `alt+key`.

    Returns:
        The bytes, as an xterm without extended keys sends them.
    """
    if key in KEYS:
        return KEYS[key]
    if len(key) == 1:
        return key.encode()
    modifier, _, rest = key.partition("+")
    if modifier == "alt":
        return b"\x1b" + key_bytes(rest)
    if modifier == "ctrl" and len(rest) == 1:
        return bytes([ord(rest.upper()) & 0x1F])
    raise ValueError(f"no such key: {key}")


class Terminal:
    """One program in one pseudo terminal; a context manager that leaves no process behind.

    Attributes:
        wire: every byte the program has sent.
        modes: the private modes that are set now; `MODES_AT_REST` when the terminal is as it was.
        process: the program.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        cols: int = 80,
        rows: int = 24,
        env: Mapping[str, str] | None = None,
        cwd: Path = PROJECT,
    ) -> None:
        """Prepare the terminal; `with` starts the program.

        Args:
            command: the program and its arguments.
            cols: width in cells.
            rows: height in cells.
            env: variables beside the few every terminal has; they win.
            cwd: where the program starts.
        """
        self.command = command
        self.cols = cols
        self.rows = rows
        self.cwd = cwd
        self.wire = b""
        self.modes = set(MODES_AT_REST)
        self._home = tempfile.TemporaryDirectory(prefix="caz-pty-")
        self._env = {
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "HOME": self._home.name,
            "PATH": os.environ.get("PATH", os.defpath),
        } | dict(env or {})
        self._screens = {alternate: pyte.Screen(cols, rows) for alternate in (False, True)}
        self._streams = {alternate: pyte.ByteStream(screen) for alternate, screen in self._screens.items()}
        self._unread = b""
        self._master = -1

    def __enter__(self) -> Self:
        self._master, slave = os.openpty()
        self._set_window_size()
        # A session leader without a terminal gets the one it opens: no fork hook, safe among threads.
        adopt = 'tty=$1; shift; exec "$@" <>"$tty" >&0 2>&1'
        try:
            self.process = subprocess.Popen(
                ["/bin/sh", "-c", adopt, "sh", os.ttyname(slave), *self.command],
                stdin=slave,
                stdout=slave,
                stderr=slave,
                cwd=self.cwd,
                env=self._env,
                start_new_session=True,
            )
        finally:
            os.close(slave)
        os.set_blocking(self._master, False)
        return self

    def __exit__(self, *_: object) -> None:
        if self.alive:
            self.process.kill()
        self.process.wait()
        self.hang_up()
        self._home.cleanup()

    @property
    def home(self) -> Path:
        """The program's home directory, gone with the terminal."""
        return Path(self._home.name)

    @property
    def pid(self) -> int:
        """The program's process."""
        return self.process.pid

    @property
    def alive(self) -> bool:
        """Whether the program still runs."""
        return self.process.poll() is None

    @property
    def screen(self) -> pyte.Screen:
        """The screen that shows: the alternate one while a program has switched to it."""
        return self._screens[ALTERNATE_SCREEN in self.modes]

    @property
    def cursor(self) -> tuple[int, int]:
        """Column and row of the cursor, from zero."""
        return self.screen.cursor.x, self.screen.cursor.y

    def lines(self) -> list[str]:
        """Give the rows of the screen, without the blanks at their ends."""
        buffer = self.screen.buffer
        return [
            # The second cell of a wide character holds nothing.
            "".join(buffer[row][column].data for column in range(self.cols)).rstrip()
            for row in range(self.rows)
        ]

    def screen_text(self) -> str:
        """Give the screen as one text, a line a row."""
        return "\n".join(self.lines())

    def press(self, *keys: str) -> None:
        """Press keys one after the other, as fast as a terminal can.

        An `escape` with a key right behind it is read as `alt`: wait for its effect first.

        Args:
            keys: names as in `key_bytes`.
        """
        for key in keys:
            self.send(key_bytes(key))

    def type(self, text: str) -> None:
        """Type a text.

        Args:
            text: sent as UTF-8.
        """
        self.send(text.encode())

    def paste(self, text: str) -> None:
        """Paste a text the way a terminal with bracketed paste does.

        Args:
            text: sent as UTF-8.
        """
        self.send(b"\x1b[200~" + text.encode() + b"\x1b[201~")

    def click(self, column: int, row: int) -> None:
        """Click with the left button.

        Args:
            column: from zero.
            row: from zero.
        """
        place = f"{column + 1};{row + 1}"
        self.send(f"\x1b[<0;{place}M\x1b[<0;{place}m".encode())

    def send(self, data: bytes, timeout: float = WAIT_SECONDS) -> None:
        """Send bytes as they are, reading meanwhile so that neither side waits for the other.

        Args:
            data: raw input.
            timeout: seconds for the program to take all of it.
        """
        deadline = time.monotonic() + timeout
        left = memoryview(data)
        while left:
            if self._master < 0:
                raise AssertionError(f"the program has gone, {len(left)} bytes of input not taken\n{self._framed()}")
            writable = self._poll(deadline - time.monotonic(), writing=True)
            if not writable and time.monotonic() >= deadline:
                raise AssertionError(f"{len(left)} bytes of input not taken in {timeout} s\n{self._framed()}")
            if writable:
                with suppress(BlockingIOError):
                    left = left[os.write(self._master, left) :]

    def wait_for(self, condition: Condition, timeout: float = WAIT_SECONDS) -> str:
        """Wait until the screen shows something.

        Args:
            condition: a regular expression searched in the screen's text (`^` and `$` at every line), or a
                function of that text.
            timeout: seconds.

        Returns:
            The text of the screen that met the condition.
        """
        return self._wait(_predicate(condition), f"did not show {condition!r}", timeout)

    def wait_gone(self, condition: Condition, timeout: float = WAIT_SECONDS) -> str:
        """Wait until the screen no longer shows something.

        Args:
            condition: as in `wait_for`.
            timeout: seconds.

        Returns:
            The text of the first screen without it.
        """
        shows = _predicate(condition)
        return self._wait(lambda text: not shows(text), f"still shows {condition!r}", timeout)

    def wait_quiet(self, quiet: float = 0.3, timeout: float = WAIT_SECONDS) -> None:
        """Wait until the program has said nothing for a while.

        Args:
            quiet: seconds of silence.
            timeout: seconds.
        """
        deadline = time.monotonic() + timeout
        while self.listen(quiet):
            if time.monotonic() >= deadline:
                raise AssertionError(f"never quiet in {timeout} s\n{self._framed()}")

    def listen(self, seconds: float) -> bytes:
        """Read for a fixed time.

        Args:
            seconds: how long; no shorter, whatever comes.

        Returns:
            What the program sent meanwhile.
        """
        before = len(self.wire)
        deadline = time.monotonic() + seconds
        while self._master >= 0 and (left := deadline - time.monotonic()) > 0:
            self._poll(left)
        return self.wire[before:]

    def wait_exit(self, timeout: float = WAIT_SECONDS) -> int:
        """Wait for the end of the program, reading all it has to say.

        Args:
            timeout: seconds.

        Returns:
            Its exit status, negative for the signal that killed it.
        """
        deadline = time.monotonic() + timeout
        while self._master >= 0 and (left := deadline - time.monotonic()) > 0:
            self._poll(left)
        try:
            return self.process.wait(max(deadline - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still runs after {timeout} s\n{self._framed()}") from None

    def send_signal(self, number: signal.Signals) -> None:
        """Send the program a signal.

        Args:
            number: which.
        """
        self.process.send_signal(number)

    def resize(self, cols: int, rows: int) -> None:
        """Give the terminal another size; the kernel tells the program.

        Args:
            cols: width in cells.
            rows: height in cells.
        """
        self.cols, self.rows = cols, rows
        for screen in self._screens.values():
            screen.resize(rows, cols)
        self._set_window_size()

    def hang_up(self) -> None:
        """Close our end, as a connection that broke does."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    def _set_window_size(self) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", self.rows, self.cols, 0, 0))

    def _wait(self, met: Callable[[str], bool], failure: str, timeout: float) -> str:
        deadline = time.monotonic() + timeout
        while not met(text := self.screen_text()):
            left = deadline - time.monotonic()
            if left <= 0 or self._master < 0:
                ended = "" if self.alive else f" and ended with {self.process.returncode}"
                raise AssertionError(f"the program {failure}{ended}\n{self._framed()}")
            self._poll(left)
        return text

    def _poll(self, seconds: float, *, writing: bool = False) -> bool:
        """Wait for output, or for room for input, and take in all the output there is."""
        readers = [self._master]
        writers = readers if writing else []
        readable, writable, _ = select.select(readers, writers, [], max(seconds, 0))
        while readable:
            try:
                data = os.read(self._master, READ_BYTES)
            except BlockingIOError:
                break
            except OSError:
                # EIO: nobody holds the other end any more.
                data = b""
            if not data:
                self.hang_up()
                return False
            self.wire += data
            self._show(data)
        return bool(writable)

    def _show(self, data: bytes) -> None:
        data = self._unread + data
        unfinished = _UNFINISHED.search(data)
        end = unfinished.start() if unfinished else len(data)
        data, self._unread = data[:end], data[end:]
        position = 0
        for match in _SEQUENCE.finditer(data):
            self._draw(data[position : match.start()])
            position = match.end()
            self._obey(match.group())
        self._draw(data[position:])

    def _draw(self, data: bytes) -> None:
        if data:
            self._streams[ALTERNATE_SCREEN in self.modes].feed(data)

    def _obey(self, sequence: bytes) -> None:
        if (answer := self._answer(sequence)) is not None:
            with suppress(OSError):
                os.write(self._master, answer)
        elif mode := _PRIVATE_MODE.fullmatch(sequence):
            self._set_modes({int(number) for number in mode[1].split(b";")}, on=mode[2] == b"h")
        elif _PYTE_KNOWS.fullmatch(sequence):
            self._draw(sequence)
        elif not _SHOWS_NOTHING.fullmatch(sequence):
            raise AssertionError(f"the terminal of the tests does not know {sequence!r}")

    def _set_modes(self, numbers: set[int], *, on: bool) -> None:
        if on and ALTERNATE_SCREEN in numbers - self.modes:
            self._screens[True].reset()
        self.modes = self.modes | numbers if on else self.modes - numbers
        for number in numbers & MODES_AT_REST:
            self._draw(b"\x1b[?%d%s" % (number, b"h" if on else b"l"))

    def _answer(self, sequence: bytes) -> bytes | None:
        if sequence in {b"\x1b[c", b"\x1b[0c"}:
            return b"\x1b[?62;22c"
        if sequence in {b"\x1b[>c", b"\x1b[>0c"}:
            return b"\x1b[>41;390;0c"
        if sequence == b"\x1b[5n":
            return b"\x1b[0n"
        if sequence == b"\x1b[6n":
            column, row = self.cursor
            return b"\x1b[%d;%dR" % (row + 1, column + 1)
        if mode := _MODE_QUERY.fullmatch(sequence):
            number = int(mode[1])
            known = number in self.modes or number == SYNCHRONISED_OUTPUT
            state = 0 if not known else 1 if number in self.modes else 2
            return b"\x1b[?%d;%d$y" % (number, state)
        return None

    def _framed(self) -> str:
        rule = "+" + "-" * self.cols + "+"
        return "\n".join([rule, *(f"|{line}" for line in self.lines()), rule, f"{self.wire[-200:]!r}"])


def _predicate(condition: Condition) -> Callable[[str], bool]:
    if callable(condition):
        return condition
    pattern = re.compile(condition, re.MULTILINE) if isinstance(condition, str) else condition
    return lambda text: pattern.search(text) is not None
