"""Results to standard output, messages to standard error, a bar while a person waits."""

from __future__ import annotations

import errno
import json
import re
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Self

from caz_tui.terminal.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import TextIO

_BAR_CELLS = 30
# JSON spells these out anyway where it must; here they must never reach a terminal.
_UNPRINTABLE = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_REASONS = {errno.ENOSPC: "o disco está cheio", errno.EDQUOT: "a sua cota de disco acabou"}


class OutputLost(Exception):
    """Standard output takes no more; ``reason`` is empty when whoever was reading has simply left."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.reason = reason


def say(sentence: str) -> None:
    """Write one message for the person, on standard error."""
    # Where nobody listens there is nobody to be told about it.
    with suppress(OSError):
        print(visible(sentence), file=sys.stderr)  # noqa: T201


def has_terminal() -> bool:
    """Tell whether there is a terminal to show a full screen on, and say so when there is none."""
    if all(is_terminal(stream) for stream in (sys.stdin, sys.stdout, sys.stderr)):
        return True
    say("A tela cheia precisa de um terminal; para perguntas, use «caz-tui clientes», «carteira» ou «pagamentos».")
    return False


def is_terminal(stream: TextIO | None) -> bool:
    """Tell whether a standard stream is a terminal; Python has None for one that was closed before it started."""
    return stream is not None and stream.isatty()


def show(line: str) -> None:
    """Write one line of the result, on standard output."""
    _write(f"{visible(line)}\n")


def show_json(value: Any) -> None:  # noqa: ANN401 - anything JSON can hold
    """Write the result as JSON, on standard output."""
    _write(f"{_json(value, indent=2)}\n")


def show_csv(text: str) -> None:
    """Write some of the result as CSV, on standard output: as it is for a program, harmless for a terminal."""
    _write("\r\n".join(map(visible, text.split("\r\n"))) if is_terminal(sys.stdout) else text)


def finish() -> None:
    """Make sure that the result has gone out.

    Raises:
        OutputLost: it has not.
    """
    with _losing():
        sys.stdout.flush()


def _write(text: str) -> None:
    with _losing():
        sys.stdout.write(text)


@contextmanager
def _losing() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise OutputLost from None
    except OSError as error:
        raise OutputLost(_REASONS.get(error.errno or 0, "o sistema recusou")) from error


class JsonRows:
    """A long JSON array on standard output, a line a row, never held whole."""

    def __init__(self) -> None:
        self._separator = "[\n"

    def add(self, rows: Iterable[dict[str, Any]]) -> None:
        """Write more rows."""
        for row in rows:
            _write(f"{self._separator}{_json(row)}")
            self._separator = ",\n"

    def end(self) -> None:
        """Close the array."""
        _write("[]\n" if self._separator == "[\n" else "\n]\n")


def table(headers: Sequence[str], rows: Iterable[Sequence[str]], right: frozenset[int] = frozenset()) -> Iterator[str]:
    """Yield the lines of a table with aligned columns; the columns in ``right`` are aligned to the right."""
    cells = [[visible(cell) for cell in row] for row in (headers, *rows)]
    widths = [max(_width(row[place]) for row in cells) for place in range(len(headers))]
    for row in cells:
        yield aligned(row, widths, right)


def aligned(cells: Iterable[str], widths: Sequence[int], right: frozenset[int] = frozenset()) -> str:
    """Return cells side by side, each as wide as it is wanted or wider; those in ``right`` are aligned to the right."""
    padded = []
    for place, (cell, width) in enumerate(zip(map(visible, cells), widths, strict=True)):
        space = " " * (width - _width(cell))
        padded.append(space + cell if place in right else cell + space)
    return "  ".join(padded).rstrip()


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # noqa: PLC0415 - only texts beyond ASCII need it

    return cell_len(text)


def _json(value: Any, indent: int | None = None) -> str:  # noqa: ANN401
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _UNPRINTABLE.sub(lambda found: json.dumps(found.group())[1:-1], text)


class Progress:
    """A bar on a terminal, nothing elsewhere; leaves the line clean."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._shows = is_terminal(sys.stderr)
        self._last = ""

    def __call__(self, done: int, fraction: float) -> None:
        """Show how far the work is: items done, and the fraction of the whole from 0 to 1."""
        if not self._shows:
            return
        filled = round(min(1.0, fraction) * _BAR_CELLS)
        line = f"{self._what} {'█' * filled}{'░' * (_BAR_CELLS - filled)} {fraction:4.0%}  {done:,}".replace(",", ".")
        if line != self._last:
            self._last = line
            sys.stderr.write(f"\r{line}")
            sys.stderr.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.done()

    def done(self) -> None:
        """Take the bar away."""
        if self._last:
            sys.stderr.write(f"\r{' ' * len(self._last)}\r")
            sys.stderr.flush()
