"""The veil by a clock of the test's own: when it falls, what it lets through, what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
from textual import events, messages

from caz_tui.terminal.veil import Veil

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from textual.message import Message

SENTENCE = "Tela coberta. Aperte qualquer tecla."
LETTER = events.Key("a", "a")
PASTE = events.Paste("texto")
WHEEL = events.MouseScrollDown(None, 1, 1, 0, 0, 0, shift=False, meta=False, ctrl=False)


class Timer:
    def __init__(self, at: float, callback: Callable[[], None]) -> None:
        self.at = at
        self.callback = callback
        self.is_cancelled = False

    def cancel(self) -> None:
        self.is_cancelled = True


class Hand:
    """A loop whose clock is moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[Timer] = []

    def time(self) -> float:
        return self.now

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        self.timers.append(Timer(self.now + seconds, callback))
        return self.timers[-1]

    def go_to(self, moment: float) -> None:
        while due := [timer for timer in self.timers if timer.at <= moment and not timer.is_cancelled]:
            timer = min(due, key=lambda timer: timer.at)
            self.timers.remove(timer)
            self.now = timer.at
            timer.callback()
        self.now = moment


class Beneath:
    """A terminal that remembers what was done to it."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self.redrawn = 0
        self.come_back_to = 0
        self.terminal_size = (80, 24)

    def write_over(self, data: str) -> None:
        self.written.append(data)

    def redraw(self) -> None:
        self.redrawn += 1

    def come_back(self) -> None:
        # When all is there again.
        self.come_back_to = self.redrawn


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def beneath() -> Beneath:
    return Beneath()


@pytest.fixture
def veil(hand: Hand, beneath: Beneath) -> Veil:
    """A veil that falls after ten minutes."""
    return Veil(beneath, cast("asyncio.AbstractEventLoop", hand), 600, SENTENCE, beneath.come_back)


def down(veil: Veil) -> bool:
    return veil.is_down


@pytest.mark.parametrize("touch", [LETTER, PASTE, WHEEL])
def test_it_falls_so_long_after_the_last_touch(veil: Veil, hand: Hand, beneath: Beneath, touch: Message) -> None:
    hand.go_to(599)
    assert list(veil.pass_on([touch])) == [touch]
    hand.go_to(1198)
    assert not down(veil)
    assert beneath.written == []
    hand.go_to(1199)
    assert down(veil)
    assert len(beneath.written) == 1
    assert SENTENCE in beneath.written[0]
    # Once it is down nothing wakes it.
    assert hand.timers == []


@pytest.mark.parametrize("touch", [LETTER, PASTE, WHEEL])
def test_what_lifts_it_does_nothing_else(veil: Veil, hand: Hand, beneath: Beneath, touch: Message) -> None:
    hand.go_to(600)
    assert list(veil.pass_on([touch, LETTER])) == []
    assert not down(veil)
    assert (beneath.redrawn, beneath.come_back_to) == (1, 1)
    assert list(veil.pass_on([LETTER])) == [LETTER]
    hand.go_to(1200)
    assert down(veil)


def test_what_the_terminal_says_by_itself_is_no_touch(veil: Veil, hand: Hand, beneath: Beneath) -> None:
    answer = messages.InBandWindowResize(True, True)
    hand.go_to(599)
    assert list(veil.pass_on([answer])) == [answer]
    hand.go_to(600)
    assert down(veil)
    assert list(veil.pass_on([answer])) == [answer]
    assert down(veil)
    assert beneath.redrawn == 0


@pytest.mark.usefixtures("veil")
def test_a_narrow_terminal_gets_what_fits(hand: Hand, beneath: Beneath) -> None:
    beneath.terminal_size = (10, 1)
    hand.go_to(600)
    assert beneath.written[0].endswith(f"\x1b[1;1H{SENTENCE[:10]}")


def test_stopped_it_stays_up_until_it_begins_again(veil: Veil, hand: Hand) -> None:
    hand.go_to(100)
    veil.stop()
    hand.go_to(2000)
    assert not down(veil)
    veil.begin()
    hand.go_to(2599)
    assert not down(veil)
    hand.go_to(2600)
    assert down(veil)
