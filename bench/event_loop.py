"""A large portfolio worked with by keys: how long each took, how late the event loop ever was."""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import NamedTuple

from bench.demo_data import portfolio
from tests.pty.terminal import Terminal

LARGE, SMALL = 100_000, 300
PRESSES = 20
RUNS = 3
SORT_COLUMNS = 16
LAG_LIMIT_MS = 50.0


class Measured(NamedTuple):
    """How long the keys of one kind took, in milliseconds, from the press to the screen that shows their effect.

    ``ended`` is the moment on the system's clock; whatever blocked the event loop since the row before is of this one.
    """

    what: str
    median: float
    slowest: float
    ended: float


def timed(terminal: Terminal, keys: tuple[str, ...], shows: str) -> float:
    """Press keys and return the milliseconds until the screen shows a pattern."""
    begin = time.perf_counter()
    for key in keys:
        terminal.press(key)
    terminal.wait_for(shows, timeout=60)
    return (time.perf_counter() - begin) * 1000


def summed(what: str, times: list[float]) -> Measured:
    """Return the median and the slowest of some times."""
    return Measured(what, statistics.median(times), max(times), time.monotonic())


def work(size: int) -> tuple[list[Measured], list[tuple[float, float]]]:
    """Do the job with keys on a portfolio of a size; return the times, and when the event loop was late by how much."""
    database = portfolio(size)
    report = Path(tempfile.mkdtemp()) / "lags.json"
    command = [sys.executable, "-m", "bench.watched_desk", str(database), str(report)]
    measured = []
    begin = time.perf_counter()
    with Terminal(command, cols=120, rows=40) as terminal:
        terminal.wait_for(r"Minha carteira", timeout=60)
        measured.append(summed("start: frame", [(time.perf_counter() - begin) * 1000]))
        terminal.wait_for(r"Ativos +█", timeout=60)
        measured.append(summed("start: figures of Início", [(time.perf_counter() - begin) * 1000]))
        measured.append(summed("open Meus clientes", [timed(terminal, ("2",), r"linha 1\b")]))
        terminal.wait_for(r"Todos \d", timeout=60)
        last = re_last(terminal)
        ends, starts = [], []
        for _ in range(PRESSES):
            ends.append(timed(terminal, ("G",), rf"linha {last}\b"))
            starts.append(timed(terminal, ("g",), r"linha 1\b"))
        measured += [summed("jump to the end", ends), summed("jump to the start", starts)]
        downs = [timed(terminal, ("down",), rf"linha {number + 2}\b") for number in range(PRESSES)]
        measured.append(summed("cursor down", downs))
        measured += sorts(terminal)
        measured += searches(terminal)
        terminal.press("escape")
        terminal.wait_quiet(0.3)
        measured.append(summed("filter by situation, charges and expiry", [filter_by(terminal)]))
        terminal.press("F")
        terminal.wait_quiet(0.3)
        panels = [timed(terminal, ("f",), r"Aplicar") for _ in range(5) if leave_panel(terminal)]
        measured.append(summed("open Mais filtros", panels))
        leave_panel(terminal)
        terminal.press("q")
        terminal.wait_exit()
    return measured, [(at, late * 1000) for at, late in json.loads(report.read_text())]


def worst_lags(measured: list[Measured], lags: list[tuple[float, float]]) -> list[float]:
    """Return the longest time the event loop was blocked while each row was measured, in milliseconds."""
    begins = [0.0, *(row.ended for row in measured)]
    return [
        max((late for at, late in lags if begin < at <= row.ended), default=0.0)
        for begin, row in zip(begins, measured, strict=False)
    ]


def leave_panel(terminal: Terminal) -> bool:
    """Close whatever dialog is open."""
    terminal.press("escape")
    terminal.wait_gone("Aplicar")
    terminal.wait_quiet(0.2)
    return True


def re_last(terminal: Terminal) -> str:
    """Return the number of the last line as the screen writes it."""
    text = terminal.wait_for(r"[\d.]+ clientes · ordem")
    return text.split(" clientes · ordem")[0].split()[-1].replace(".", r"\.")


def order_of(terminal: Terminal) -> str:
    """Return what the count line says of the order."""
    return terminal.screen_text().split("ordem: ")[1].split("  ")[0].strip()


def shows_another_order(before: str, text: str) -> bool:
    """Tell whether the list on the screen is in another order than before, and no dialog is over it."""
    return "ordem: " in text and before not in text and "Ordenar" not in text


def sorts(terminal: Terminal) -> list[Measured]:
    """Sort by every column the menu offers; the first is the present one, which turns round."""
    times: list[float] = []
    for place in range(SORT_COLUMNS):
        before = order_of(terminal)
        terminal.press("s")
        terminal.wait_for("Ordenar")
        terminal.press("home", *["down"] * place)
        terminal.wait_quiet(0.05)
        begin = time.perf_counter()
        terminal.press("enter")
        terminal.wait_for(partial(shows_another_order, before))
        terminal.wait_quiet(0.1)
        times.append((time.perf_counter() - begin) * 1000 - 100)
    return [summed("sort by each column", times)]


def searches(terminal: Terminal) -> list[Measured]:
    """Type a word letter by letter into the search line."""
    terminal.press("/")
    terminal.wait_quiet(0.1)
    times = []
    for letters in ("p", "a", "d", "a", "r", "i", "a"):
        begin = time.perf_counter()
        terminal.type(letters)
        terminal.wait_quiet(0.15, timeout=60)
        times.append((time.perf_counter() - begin) * 1000 - 150)
    return [summed("a letter in the search line, to its result", times)]


def filter_by(terminal: Terminal) -> float:
    """Apply a filter by three criteria through the search line."""
    terminal.press("/")
    terminal.type("situacao:ativo cobrancas:em_dia vencimento:60d")
    terminal.wait_quiet(0.3, timeout=60)
    return timed(terminal, ("enter",), r"Vence nos próximos 60 dias ✕")


def measure(*, runs: int = RUNS) -> list[str]:
    """Measure both sizes and return the lines of one table."""
    small, _ = work(SMALL)
    worked = [work(LARGE) for _ in range(runs)]
    large, _ = worked[0]
    worst = [worst_lags(measured, lags) for measured, lags in worked]
    blocked = [min(lags_of_row) for lags_of_row in zip(*worst, strict=True)]
    lines = [
        f"## The event loop: {LARGE:,} clients beside {SMALL}, in the same run, 120x40",
        "",
        "Milliseconds from the key to the screen that shows its effect, read through a terminal emulator in Python.",
        f"The event loop: how long it was blocked at most, in the best of {runs} runs, since what other programs do to",
        "the machine is in one run and what this one does is in all.",
        "",
        "| what | median | slowest | median at 300 | ratio | event loop blocked at most |",
        "|---|---|---|---|---|---|",
    ]
    for big, little, lag in zip(large, small, blocked, strict=True):
        ratio = big.median / little.median
        lines.append(
            f"| {big.what} | {big.median:.1f} | {big.slowest:.1f} | {little.median:.1f} | {ratio:.2f} | {lag:.0f} |"
        )
    beyond = [big.what for big, lag in zip(large, blocked, strict=True) if lag > LAG_LIMIT_MS]
    return [*lines, "", f"Beyond {LAG_LIMIT_MS:.0f} ms: {', '.join(beyond) or 'nothing'}."]
