"""tmux as a second judge of what the shadow sends; the first is pyte, in `tests/unit/test_shadow.py`."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from itertools import count
from typing import TYPE_CHECKING, Any, Self

import pyte
import pytest
from hypothesis import given
from rich.color import ColorSystem

from caz_tui.terminal.environment import erases_in_colour
from tests.support import dear
from tests.unit.test_shadow import COLUMNS, FRAMES, ROWS, Pair, look, paint, shift

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rich.segment import Segment

TMUX = shutil.which("tmux")
PATIENCE_SECONDS = 10.0
_CLEAN = "\x1b[0m\x1b[r\x1b[H\x1b[2J\x1b[?7l"
_WRAPS = "\x1b[?7h"
"""Where tmux wraps nothing it has a mark in the last column join the cell before."""

pytestmark = pytest.mark.skipif(TMUX is None, reason="tmux is not installed")


class Pane:
    """A pane of a tmux server of its own, which shows whatever is sent; a context manager."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "tmux"
        self._pipe = folder / "pipe"
        self._numbers = count(1)

    def __enter__(self) -> Self:
        os.mkfifo(self._pipe)
        # Nothing of the person's own settings, and no line of its own.
        self._run("-f", "/dev/null", "new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS),
                  f"stty raw -echo; exec cat '{self._pipe}'", ";", "set", "-g", "status", "off")  # fmt: skip
        self._wire = os.open(self._pipe, os.O_WRONLY)
        assert self._run("display-message", "-p", "#{pane_width}x#{pane_height}").strip() == f"{COLUMNS}x{ROWS}"
        return self

    def __exit__(self, *_: object) -> None:
        # Without a writer the pane would end, and the server with its only pane.
        self._run("kill-server")
        os.close(self._wire)

    def show(self, sent: str) -> list[list[tuple[Any, ...]]]:
        """Send something to the pane, and return what it shows when it has taken it in."""
        number = f"frame {next(self._numbers)}"
        os.write(self._wire, f"{sent}\x1b]2;{number}\x07".encode())
        end = time.monotonic() + PATIENCE_SECONDS
        while self._run("display-message", "-p", "#{pane_title}").strip() != number:
            assert time.monotonic() < end, f"tmux never took in {sent!r}"
        screen = pyte.Screen(COLUMNS, ROWS)
        screen.reset_mode(7, private=True)
        stream = pyte.Stream(screen)
        for y, line in enumerate(self._run("capture-pane", "-p", "-e", "-N").split("\n")[:ROWS]):
            # A line begins with the colours in which the one before ended.
            stream.feed(f"\x1b[{y + 1}H{line}")
        return look(screen)

    def _run(self, *words: str) -> str:
        assert TMUX is not None
        done = subprocess.run(
            [TMUX, "-u", "-S", str(self._socket), *words], capture_output=True, text=True, check=True, timeout=30,
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "xterm-256color"},
        )  # fmt: skip
        return done.stdout


@pytest.fixture(scope="module")
def pane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pane]:
    with Pane(tmp_path_factory.mktemp("tmux")) as pane:
        yield pane


@dear(12, deadline=None)
@given(frames=FRAMES)
def test_tmux_shows_what_was_painted(
    pane: Pane, frames: list[tuple[int, list[tuple[int, int, list[Segment]]], bool]]
) -> None:
    pair = Pair(ColorSystem.TRUECOLOR, erases_in_colour=erases_in_colour({"TERM": "tmux-256color"}))
    shown = []
    pane.show(_CLEAN)
    for step, pieces, forgets in frames:
        shift(pair, step)
        paint(pair, pieces)
        if forgets:
            pair.shadow.forget()
        # Frame by frame, each over the one before.
        shown.append((pane.show(pair.frame()), pair.cell_by_cell()))
    for seen, whole in shown:
        assert seen == pane.show(f"{_CLEAN}{_WRAPS}{whole}")
