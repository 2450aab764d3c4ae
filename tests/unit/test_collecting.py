"""When the garbage collector runs."""

from __future__ import annotations

import gc
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest

from caz_tui.terminal.collecting import (
    BRIEF_LOOKS,
    FIRST_LOOKS,
    MIDDLE_LOOKS,
    MIDDLE_LOOKS_IN_PAUSE,
    NEW,
    PAUSE_SECONDS,
    THRESHOLDS,
    Collector,
)

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

EVERYTHING = 2


@dataclass
class Timer:
    """A callback that is due."""

    at: float
    call: Callable[..., None]
    arguments: tuple[object, ...]
    is_cancelled: bool = False

    def cancel(self) -> None:
        self.is_cancelled = True


@dataclass
class Loop:
    """An event loop whose clock is set by hand."""

    now: float = 0.0
    timers: list[Timer] = field(default_factory=list)

    def time(self) -> float:
        return self.now

    def call_soon(self, call: Callable[..., None]) -> None:
        call()

    def call_later(self, seconds: float, call: Callable[..., None], *arguments: object) -> Timer:
        self.timers.append(Timer(self.now + seconds, call, arguments))
        return self.timers[-1]

    def advance(self, seconds: float) -> None:
        end = self.now + seconds
        while due := [timer for timer in self.timers if timer.at <= end and not timer.is_cancelled]:
            first = min(due, key=lambda timer: timer.at)
            self.timers.remove(first)
            self.now = max(self.now, first.at)
            first.call(*first.arguments)
        self.now = end


@dataclass
class Garbage:
    """What the collector was told, in place of the collector."""

    loop: Loop
    counts: tuple[int, int, int] = (0, 0, 0)
    done: list[object] = field(default_factory=list)
    is_enabled: bool = True

    def collect(self, generation: int = EVERYTHING) -> None:
        self.done.append(generation)


@pytest.fixture
def loop() -> Loop:
    return Loop()


@pytest.fixture
def garbage(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> Garbage:
    told = Garbage(loop)
    monkeypatch.setattr(gc, "get_count", lambda: told.counts)
    monkeypatch.setattr(gc, "isenabled", lambda: told.is_enabled)
    monkeypatch.setattr(gc, "collect", told.collect)
    for name in ("freeze", "unfreeze", "enable"):
        monkeypatch.setattr(gc, name, lambda name=name: told.done.append(name))
    monkeypatch.setattr(gc, "set_threshold", lambda *numbers: told.done.append(numbers))
    return told


@pytest.fixture
def collector(loop: Loop, garbage: Garbage) -> Collector:  # noqa: ARG001 - it must not find the real one
    return Collector(cast("asyncio.AbstractEventLoop", cast("Any", loop)))


def test_what_is_there_at_the_start_is_left_alone(collector: Collector, garbage: Garbage) -> None:
    collector.begin()
    assert garbage.done == ["freeze", THRESHOLDS, "enable"]


@pytest.mark.parametrize(
    ("counts", "looks"),
    [
        ((NEW - 1, 0, 0), []),
        ((NEW, 0, 0), [0]),
        ((NEW, BRIEF_LOOKS - 1, 0), [0]),
        ((NEW, BRIEF_LOOKS, 0), [1]),
        ((NEW, BRIEF_LOOKS, MIDDLE_LOOKS - 1), [1]),
        ((NEW, 0, MIDDLE_LOOKS), [EVERYTHING, "freeze"]),
    ],
)
def test_behind_a_frame_it_looks_as_far_as_it_has_to(
    collector: Collector, garbage: Garbage, counts: tuple[int, int, int], looks: list[object]
) -> None:
    garbage.counts = counts
    collector.frame_is_out()
    assert garbage.done == looks


def test_what_outlives_the_first_looks_at_everything_stays(collector: Collector, garbage: Garbage) -> None:
    garbage.counts = (NEW, 0, MIDDLE_LOOKS)
    for _ in range(FIRST_LOOKS + 2):
        collector.frame_is_out()
    assert garbage.done == [*[EVERYTHING, "freeze"] * FIRST_LOOKS, EVERYTHING, EVERYTHING]


def test_it_looks_at_everything_in_the_first_pause(collector: Collector, garbage: Garbage, loop: Loop) -> None:
    garbage.counts = (0, 0, MIDDLE_LOOKS_IN_PAUSE)
    for _ in range(100):
        collector.touched()
        loop.advance(PAUSE_SECONDS / 7)
    assert garbage.done == []
    assert len(loop.timers) == 1
    loop.advance(PAUSE_SECONDS)
    assert garbage.done == [EVERYTHING, "freeze"]


def test_little_is_left_alone(collector: Collector, garbage: Garbage, loop: Loop) -> None:
    garbage.counts = (9_000, 4, MIDDLE_LOOKS_IN_PAUSE - 1)
    collector.touched()
    loop.advance(2 * PAUSE_SECONDS)
    assert garbage.done == []


def test_nothing_runs_while_nobody_is_at_the_keys(collector: Collector, garbage: Garbage, loop: Loop) -> None:
    collector.touched()
    loop.advance(20 * PAUSE_SECONDS)
    assert (garbage.done, loop.timers) == ([], [])


def test_a_program_that_is_starting_collects_nothing(collector: Collector, garbage: Garbage, loop: Loop) -> None:
    garbage.counts, garbage.is_enabled = (NEW, 0, MIDDLE_LOOKS), False
    collector.touched()
    collector.frame_is_out()
    loop.advance(20 * PAUSE_SECONDS)
    assert garbage.done == []


def test_who_leaves_collects_nothing(collector: Collector, garbage: Garbage, loop: Loop) -> None:
    garbage.counts = (NEW, 0, MIDDLE_LOOKS)
    collector.touched()
    collector.stop()
    loop.advance(2 * PAUSE_SECONDS)
    assert garbage.done == []
