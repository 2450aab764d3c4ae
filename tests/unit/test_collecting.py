"""When the garbage collector runs."""

from __future__ import annotations

import gc
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest

from caz_tui.terminal import collecting
from caz_tui.terminal.collecting import PAUSE_SECONDS, IdleCollector

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable


@dataclass
class Timer:
    """A callback that is due."""

    at: float
    call: Callable[[], None]
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

    def call_later(self, seconds: float, call: Callable[[], None]) -> Timer:
        self.timers.append(Timer(self.now + seconds, call))
        return self.timers[-1]

    def advance(self, seconds: float) -> None:
        self.now += seconds
        due = [timer for timer in self.timers if timer.at <= self.now]
        self.timers = [timer for timer in self.timers if timer.at > self.now]
        for timer in due:
            if not timer.is_cancelled:
                timer.call()


@pytest.fixture
def loop() -> Loop:
    return Loop()


@pytest.fixture
def collector(loop: Loop) -> IdleCollector:
    return IdleCollector(cast("asyncio.AbstractEventLoop", cast("Any", loop)))


@pytest.fixture
def moments(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The moments at which everything was looked at; there is always enough to collect."""
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, collecting.WORTH_IT))
    found: list[float] = []
    monkeypatch.setattr(gc, "collect", lambda: found.append(loop.now))
    return found


def test_it_comes_once_in_the_first_pause(loop: Loop, collector: IdleCollector, moments: list[float]) -> None:
    for _ in range(100):
        collector.touched()
        loop.advance(PAUSE_SECONDS / 7)
    assert moments == []
    assert len(loop.timers) == 1
    loop.advance(PAUSE_SECONDS)
    assert len(moments) == 1
    # Nobody is at the keys: nothing runs at all.
    assert loop.timers == []
    collector.touched()
    loop.advance(PAUSE_SECONDS)
    assert len(moments) == 2


def test_little_is_left_alone(
    loop: Loop, collector: IdleCollector, moments: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gc, "get_count", lambda: (9_000, 4, collecting.WORTH_IT - 1))
    collector.touched()
    loop.advance(2 * PAUSE_SECONDS)
    assert (moments, loop.timers) == ([], [])


def test_who_leaves_collects_nothing(loop: Loop, collector: IdleCollector, moments: list[float]) -> None:
    collector.touched()
    collector.stop()
    loop.advance(2 * PAUSE_SECONDS)
    assert moments == []
