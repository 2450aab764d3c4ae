"""What the process does when it is told to go."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

LEAVING: Final = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)
LAST_RESORT_SECONDS: Final = 2.0


def leave_on_signals(loop: asyncio.AbstractEventLoop, leave: Callable[[signal.Signals], None]) -> None:
    """Turn a hang-up and a kill into an ordinary way out, so that the terminal is given back.

    Args:
        loop: the running loop of the main thread; when it closes the signals are their old selves again.
        leave: asks the app to exit; called on the loop.
    """
    for number in LEAVING:
        loop.add_signal_handler(number, _hear, number, leave)


def exit_status(number: signal.Signals) -> int:
    """Give the exit status a shell expects of a process that a signal ended.

    Args:
        number: the signal.

    Returns:
        128 and the signal's number.
    """
    return 128 + number


def end_soon() -> None:
    """Make sure of the end: a loop stuck on the way out, or a thread that never ends, must not keep the process."""
    signal.setitimer(signal.ITIMER_REAL, LAST_RESORT_SECONDS)


def _hear(number: signal.Signals, leave: Callable[[signal.Signals], None]) -> None:
    end_soon()
    leave(number)
