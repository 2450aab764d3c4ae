"""Random keys on the real program: it stays, its event loop is never late, its memory does not grow.

``make torture`` presses them for half an hour.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import statistics
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from caz_tui.cli import main
from tests.pty.terminal import KEYS, Terminal, key_bytes

SECONDS = float(os.environ.get("CAZ_TORTURE_MINUTES", "0.1")) * 60
WATCHED = Path(__file__).with_name("watched_program.py")
MOST_GROWTH_MB = 10
LONG_SECONDS = 300
"""From so long on memory is looked at: before, every screen is still being opened for the first time."""

MOST_LATE_SECONDS = 0.25 if SECONDS >= LONG_SECONDS else 0.5
"""In some seconds every module is imported, and at its first time compiled, too."""

KEYS_BETWEEN_LOOKS = 200
PAUSE_SECONDS = 0.015

pytestmark = pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="what waits for what is not counted")

# Not q, which leaves; what leads out by another way (the palette) is done again.
LETTERS = "abcdefghijklmnoprstuvwxyzABCEFGKLSTV0123456789/?*[]:-.\"' ãç漢"
CHORDS = ("ctrl+p", "ctrl+a", "ctrl+e", "ctrl+k", "ctrl+u", "ctrl+w", "ctrl+z", "ctrl+l", "ctrl+r", "alt+b", "alt+f")


@pytest.fixture
def database(demonstration: Path, tmp_path: Path) -> Path:
    """A copy of the demonstration portfolio."""
    return Path(shutil.copyfile(demonstration, tmp_path / "carteira.db"))


def any_key(rng: random.Random) -> bytes:
    """Return what a key sends, a click or a paste now and then."""
    kind = rng.random()
    if kind < 0.45:
        return key_bytes(rng.choice(("up", "down", "left", "right", "tab", "shift+tab", "enter", "escape", "space")))
    if kind < 0.8:
        return rng.choice(LETTERS).encode()
    if kind < 0.92:
        return KEYS[rng.choice(tuple(KEYS))]
    if kind < 0.96:
        return key_bytes(rng.choice(CHORDS))
    if kind < 0.98:
        place = f"{rng.randint(1, 100)};{rng.randint(1, 30)}"
        return f"\x1b[<0;{place}M\x1b[<0;{place}m".encode()
    return b"\x1b[200~" + "".join(rng.choices(LETTERS, k=20)).encode() + b"\x1b[201~"


def resident_mb(pid: int) -> float:
    """Return the memory that a process has to itself."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


def test_random_keys_for_a_while(database: Path, tmp_path: Path) -> None:
    seed = int(os.environ.get("CAZ_TORTURE_SEED", "20261124"))
    rng = random.Random(seed)
    report = tmp_path / "atrasos"
    report.touch()
    command = [sys.executable, str(WATCHED), str(tmp_path), str(report)]
    command += ["--restrito", "--usuario", "maria", "--banco", str(database), "--pasta", str(tmp_path / "caixa")]
    (tmp_path / "caixa").mkdir()
    pressed = left = 0
    memory: list[float] = []
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        with Terminal(command, cols=100, rows=30) as terminal:
            terminal.wait_for("Minha carteira")
            while time.monotonic() < end and terminal.alive and terminal._master >= 0:
                pressed += 1
                try:
                    terminal.send(any_key(rng))
                    terminal.listen(PAUSE_SECONDS)
                except AssertionError:
                    if terminal.alive:
                        raise
                if pressed % KEYS_BETWEEN_LOOKS == 0 and terminal.alive:
                    terminal.wire = b""
                    memory.append(resident_mb(terminal.pid))
            if terminal._master < 0 or not terminal.alive:
                # Somebody chose to leave.
                assert terminal.wait_exit() == 0, terminal.screen_text()
                left += 1
                memory.clear()
                continue
            back_to_the_list(terminal)
            terminal.press("q")
            assert terminal.wait_exit() == 0
    late = sorted(float(line) for line in report.read_text().split())
    grown = f"{memory[0]:.1f} to {memory[-1]:.1f} MB" if memory else "not looked at"
    sys.stdout.write(
        f"seed {seed}: {pressed} keys in {SECONDS:.0f} s, left by a key {left} times; event loop late by at most "
        f"{late[-1] if late else 0:.3f} s; memory {grown}\n"
    )
    assert pressed > 5 * SECONDS
    assert not late or late[-1] < MOST_LATE_SECONDS
    assert not list(tmp_path.rglob("caz-tui.log"))
    if SECONDS >= LONG_SECONDS and len(memory) >= 8:
        quarter = len(memory) // 4
        first, last = statistics.median(memory[quarter : 2 * quarter]), statistics.median(memory[-quarter:])
        sys.stdout.write(f"memory in the second quarter {first:.1f} MB, in the last {last:.1f} MB\n")
        assert last - first < MOST_GROWTH_MB
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert main(["--banco", str(database), "banco", "verificar"]) == 0


def back_to_the_list(terminal: Terminal) -> None:
    """Close whatever is open, and show that the program still does what it is told."""
    for _ in range(12):
        terminal.press("escape")
        # A question that came later would be answered by the next Esc, and the form would stay.
        terminal.wait_quiet(0.6)
        if "Descartar o que" in terminal.screen_text():
            terminal.press("s")
            terminal.wait_quiet(0.2)
    # Twice: a place is come back to as it was left, and gone back in from within it.
    terminal.press("1", "1")
    terminal.wait_for("Minha carteira")
    terminal.press("2", "2")
    terminal.wait_for(r"Todos \d+")
