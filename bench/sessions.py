"""Many people at the desk at once: real programs in pseudo terminals on one database, each pressing a key a second.

Nothing but reading is done while they work: what each program sends is stamped and kept, and played into an emulator
afterwards, so that the cost of emulating is in no figure.
"""

from __future__ import annotations

import random
import re
import selectors
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from bench import processes
from bench.demo_data import portfolio
from bench.pty_session import Session
from caz_tui import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.screen import Emulator

PROGRAM: Final = str(Path(sys.executable).with_name("caz-tui"))
CLIENTS: Final = 100_000
PEOPLE: Final = 30
SECONDS: Final = 300.0
PRESSES_A_SECOND: Final = 1.0
WARM_SECONDS: Final = 10.0

# What a person does in a minute; each begins somewhere else in it. One edit, and the rest is looking.
MINUTE: Final = (
    "2", "down", "down", "down", "down", "pagedown", "pagedown", "pageup", "enter", "down", "escape", "]", "down",
    "]", "]", "]", "/", "p", "a", "d", "a", "r", "enter", "down", "down", "escape", "escape", "F", "f", "tab", "space",
    "enter", "down", "F", "e", "tab", "end", "x", "f2", "down", "down", "s", "escape", "G", "g", "space", "space", "a",
    "escape", "3", "down", "down", "enter", "escape", "1", "right", "down", "left", "down", "2",
)  # fmt: skip
EDIT_BEGINS: Final = MINUTE.index("e")
EDIT: Final = "f2"

_PAGES: Final = 4
_QUIET_SECONDS: Final = 0.25
"""What comes so long after everything else is no longer the effect of the key."""

_LATE_SECONDS: Final = 0.4
_SHOWN_SECONDS: Final = 1.2
"""An edit is on every other screen within a second."""

_TROUBLE: Final = re.compile(r"ocupado|inesperado|tente de novo|está cheio|danificado|Traceback")


class Seat(Session):
    """One person's program, which is only read while others work too."""

    def __init__(self, database: Path, number: int, share: float) -> None:
        """Prepare the terminal of one of many people, who begins somewhere in the minute."""
        super().__init__([PROGRAM, "--banco", str(database), "--usuario", f"pessoa{number}"])
        minute = minute_of(number)
        self.keys: Iterator[str] = islice(cycle(minute), int(share * len(minute)), None)
        self.heard: list[tuple[float, bytes]] = []
        self.pressed: list[tuple[float, str]] = []

    @property
    def descriptor(self) -> int:
        """What becomes readable when the program has said something."""
        return self._fd

    @property
    def emulator(self) -> Emulator:
        """What plays what was kept."""
        return self._emulator

    def play_warming(self) -> None:
        """Play what was kept so far, and forget it."""
        for _, data in self.heard:
            self._emulator.feed(data)
        self.heard.clear()
        self.pressed.clear()

    @property
    def has_ended(self) -> bool:
        """Whether the program has gone."""
        return self._ended

    @property
    def crashed(self) -> bool:
        """Whether the program has kept the details of an error that nobody foresaw."""
        return any(Path(self._home.name).rglob("caz-tui.log"))

    def hear(self) -> bool:
        """Take in what the program has said; return whether there is more to come."""
        piece = self._read(0)
        if piece is not None:
            self.heard.append(piece)
        return not self._ended

    def press_next(self) -> None:
        """Press the next key."""
        key = next(self.keys)
        data = self._bytes_of(key)
        self.pressed.append((time.perf_counter(), key))
        self._write(data)


def minute_of(number: int) -> tuple[str, ...]:
    """Return what one of many people does in a minute: each edits a client of their own."""
    way = ("pagedown",) * (number % _PAGES) + ("down",) * (number // _PAGES)
    return (*MINUTE[:EDIT_BEGINS], *way, *MINUTE[EDIT_BEGINS:])


class Key(NamedTuple):
    """A key and what came of it.

    Attributes:
        key: which.
        paint_ms: how long it took until the screen stood as the key had made it; None when it changed nothing.
        bytes: how many were sent.
        is_others: nothing came for long, and what came then was somebody else's edit that is shown.
    """

    key: str
    paint_ms: float | None
    bytes: int
    is_others: bool


@dataclass
class Office:
    """What was measured.

    Attributes:
        clients: how many the database holds.
        seconds: how long keys were pressed.
        start_ms: of each program, from its start to the figures of Início; all were started one after the other.
        keys: every key of everybody.
        uss_mb: memory of each program that it shares with none.
        pss_mb: memory of each, what is shared in proportion.
        cpu_ms: processor time of each while keys were pressed.
        ended: how many programs have gone.
        crashed: how many met an error that nobody foresaw.
        trouble: sentences of errors that were on a screen.
    """

    clients: int
    seconds: float
    start_ms: list[float] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    uss_mb: list[float] = field(default_factory=list)
    pss_mb: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    ended: int = 0
    crashed: int = 0
    trouble: list[str] = field(default_factory=list)


def measure(people: int = PEOPLE, seconds: float = SECONDS, clients: int = CLIENTS) -> Office:
    """Let people work for some time, and return what it took."""
    office = Office(clients, seconds)
    rng = random.Random(people)
    with tempfile.TemporaryDirectory(prefix="caz-sessions-") as folder:
        database = Path(shutil.copyfile(portfolio(clients), Path(folder) / "carteira.db"))
        seats = [Seat(database, number, number / people) for number in range(people)]
        entered: list[Seat] = []
        try:
            for seat in seats:
                entered.append(seat.__enter__())
                response = seat.start(r"Ativos +█")
                office.start_ms.append(response.shown_ms or 0.0)
            _work(seats, WARM_SECONDS, rng)
            for seat in seats:
                seat.play_warming()
            before = [processes.used(processes.tree(seat.pid)).cpu_ms for seat in seats]
            _work(seats, seconds, rng)
            after = [processes.used(processes.tree(seat.pid)).cpu_ms for seat in seats]
            office.cpu_ms = [late - early for late, early in zip(after, before, strict=True)]
            for seat in seats:
                tree = processes.tree(seat.pid)
                office.uss_mb.append(processes.own_memory_mb(tree))
                office.pss_mb.append(processes.memory_mb(tree))
            edits = [at for seat in seats for at, key in seat.pressed if key == EDIT]
            for seat in seats:
                office.ended += seat.has_ended
                office.crashed += seat.crashed
                keys, trouble = _played(seat, edits)
                office.keys += keys
                office.trouble += trouble
        finally:
            for seat in entered:
                seat.__exit__(None, None, None)
    return office


def _work(seats: list[Seat], seconds: float, rng: random.Random) -> None:
    """Let everybody press a key a second, each at a moment of their own."""
    begin = time.perf_counter()
    pause = 1 / PRESSES_A_SECOND
    due = {seat: begin + rng.random() * pause for seat in seats}
    with selectors.DefaultSelector() as selector:
        for seat in seats:
            if not seat.has_ended:
                selector.register(seat.descriptor, selectors.EVENT_READ, seat)
        while (now := time.perf_counter()) < begin + seconds + pause:
            for seat, at in due.items():
                if at <= now and at < begin + seconds and not seat.has_ended:
                    seat.press_next()
                    due[seat] = at + pause
            for ready, _ in selector.select(max(0.0, min(due.values()) - time.perf_counter()) if due else 0.1):
                seat = ready.data
                if not seat.hear():
                    selector.unregister(seat.descriptor)
            # After the last press there is still to be listened to.
            due = {seat: at for seat, at in due.items() if at < begin + seconds} or {seats[0]: begin + seconds + pause}


def _played(seat: Seat, edits: Sequence[float]) -> tuple[list[Key], list[str]]:
    """Play what a program sent into an emulator; return its keys, and the trouble that was on its screen."""
    emulator = seat.emulator
    keys: list[Key] = []
    trouble: list[str] = []
    pieces = iter(seat.heard)
    piece = next(pieces, None)
    for place, (at, key) in enumerate(seat.pressed):
        until = seat.pressed[place + 1][0] if place + 1 < len(seat.pressed) else at + 1 / PRESSES_A_SECOND
        first: float | None = None
        painted: float | None = None
        last, size, is_over = at, 0, False
        shown = emulator.grid()
        while piece is not None and piece[0] < until:
            heard_at, data = piece
            emulator.feed(data)
            # What comes after a pause is somebody else's change that is shown.
            is_over = is_over or (first is not None and heard_at - last > _QUIET_SECONDS)
            if not is_over:
                first = heard_at if first is None else first
                grid = emulator.grid()
                painted = heard_at if grid != shown else painted
                shown, last, size = grid, heard_at, size + len(data)
            piece = next(pieces, None)
        is_others = first is not None and first - at > _LATE_SECONDS and _explained(first, edits)
        keys.append(Key(key, None if painted is None else (painted - at) * 1000, size, is_others))
        found = _TROUBLE.search(emulator_text(emulator))
        if found and (not trouble or trouble[-1] != found[0]):
            trouble.append(found[0])
    return keys, trouble


def _explained(at: float, edits: Sequence[float]) -> bool:
    """Tell whether somebody saved an edit so shortly before that every screen is read again."""
    return any(0 < at - edit < _SHOWN_SECONDS for edit in edits)


def emulator_text(emulator: Emulator) -> str:
    """Return what a screen says."""
    return "\n".join("".join(cell[0] for cell in row) for row in emulator.grid())


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share of the others lie."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, round(share * (len(ranked) - 1)))]


def table(office: Office) -> list[str]:
    """Return the figures as a page."""
    people = len(office.start_ms)
    painted = [key.paint_ms for key in office.keys if key.paint_ms is not None and not key.is_others]
    others = sum(key.is_others for key in office.keys)
    edits = sum(key.key == EDIT for key in office.keys)
    cpu = [used / office.seconds for used in office.cpu_ms]
    lines = [
        f"# caz-tui {__version__}: {people} sessions at once",
        "",
        f"{people} programs in terminals of 120x40 on one database of {office.clients:,} clients (SQLite, one file),",
        f"each pressing {PRESSES_A_SECOND:g} key a second for {office.seconds:.0f} s, at moments of their own: tabs,",
        "pages, search, filters, dialogs, details, payments, and one edit a minute each, which all the others then",
        "show. Key to paint: from the key to the last change of a cell that came with it, read from the pseudo",
        "terminal, on a machine that also runs what presses the keys.",
        "",
        "| what | all | each: median | each: most |",
        "|---|---|---|---|",
        f"| keys pressed | {len(office.keys):,} | | |",
        f"| of them edits saved with f2 | {edits:,} | | |",
        f"| keys that changed the screen | {len(painted):,} | | |",
        f"| keys that changed nothing | {len(office.keys) - len(painted) - others:,} | | |",
        f"| keys after which 400 ms nothing came, then another's edit (not counted) | {others:,} | | |",
    ]
    if painted:
        lines += [
            f"| key to paint, ms: p50 | {percentile(painted, 0.5):.1f} | | |",
            f"| key to paint, ms: p95 | {percentile(painted, 0.95):.1f} | | |",
            f"| key to paint, ms: p99 | {percentile(painted, 0.99):.1f} | | |",
            f"| key to paint, ms: slowest | {max(painted):.1f} | | |",
        ]
    lines += [
        _row("start to the figures of Início, one after the other, ms", office.start_ms, total=False),
        _row("memory of its own (USS), MB", office.uss_mb),
        _row("memory in proportion (PSS), MB", office.pss_mb),
        _row("processor, % of one core", [used / 10 for used in cpu]),
        _row("bytes sent a key", [key.bytes for key in office.keys], total=False),
        f"| programs that ended | {office.ended} | | |",
        f"| programs that met an unexpected error | {office.crashed} | | |",
        f"| errors on a screen | {len(office.trouble)}{_said(office.trouble)} | | |",
        "",
    ]
    return lines


def _row(what: str, values: Sequence[float], *, total: bool = True) -> str:
    if not values:
        return f"| {what} | | | |"
    return (
        f"| {what} | {f'{sum(values):,.0f}' if total else ''} | {statistics.median(values):,.1f} | {max(values):,.1f} |"
    )


def _said(trouble: Sequence[str]) -> str:
    return f": {', '.join(sorted(set(trouble)))}" if trouble else ""
