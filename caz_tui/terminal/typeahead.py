"""What was typed ahead, handed to the app one event at a time.

Textual gives every key that waits to the widget that has the focus now, and runs bindings later, when the key has
climbed to the app. So of `/padaria` sent at once by a slow line, the letters would act as commands before `/` moved
the focus to the search. Here an event that may change who listens is handled before the next one is handed on.
What is known of Textual's inside: a key passes the queues of its widget, of that one's ancestors and of the app.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final

from textual import events
from textual.app import ScreenStackError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable

    from textual.app import App
    from textual.message import Message

CLIMB_ROUNDS: Final = 24
"""Turns of the event loop in which a key climbs from the deepest widget to the app."""

PATIENCE_SECONDS: Final = 2.0
"""How long the app may take over one event before the next is handed on all the same."""

MANY_CHARACTERS: Final = 8
"""From this many on, characters that came together are put into a text field in one go: no fingers type so fast."""

LOOK_AGAIN_SECONDS: Final = 0.005
"""How soon an app that is about to open something is asked again whether it takes keys."""


class TypeAhead:
    """A queue between the keyboard and the app."""

    def __init__(
        self,
        app: App[Any],
        loop: asyncio.AbstractEventLoop,
        *,
        hand_on: Callable[[Message], None],
        when_empty: Callable[[], None],
        takes_keys: Callable[[], bool] = lambda: True,
    ) -> None:
        """Prepare an empty queue.

        Args:
            app: who gets the events.
            loop: the app's.
            hand_on: gives the app one event.
            when_empty: called whenever the app has handled all there was.
            takes_keys: tells whether the next key may be handed on: not while the last one is about to open a dialog
                that waits for data.
        """
        self._app = app
        self._loop = loop
        self._hand_on = hand_on
        self._when_empty = when_empty
        self._takes_keys = takes_keys
        self._waiting: deque[Message] = deque()
        self._turn = 0
        self._patience: asyncio.TimerHandle | None = None

    def __bool__(self) -> bool:
        """Whether the app has not handled everything yet."""
        return self._patience is not None

    def add(self, messages: Iterable[Message]) -> None:
        """Take events, and hand them on when their turn comes.

        Args:
            messages: keys, clicks, pastes, in the order in which they came.
        """
        self._waiting.extend(messages)
        if self._patience is not None or not self._waiting:
            return
        if self._takes_keys():
            self._hand_on_next()
        else:
            self._wait()

    @property
    def is_behind(self) -> bool:
        """Whether more events wait for the one that is being handled."""
        return bool(self._waiting)

    def clear(self) -> None:
        """Forget what waits."""
        self._waiting.clear()

    def _hand_on_next(self) -> None:
        while self._waiting:
            message = self._waiting.popleft()
            is_text = self._is_text(message)
            if is_text and self._takes_text():
                message = self._with_what_follows(message)
            if not is_text and self._repeat(message):
                self._wait()
                return
            self._hand_on(message)
            if not is_text:
                self._wait()
                return

    def _repeat(self, message: Message) -> bool:
        """Let the focus take a key that is held down at once for all the times it waits, if it can."""
        if not isinstance(message, events.Key):
            return False
        times = 1
        for other in self._waiting:
            if not isinstance(other, events.Key) or other.key != message.key:
                break
            times += 1
        take = getattr(self._app.focused, "take_repeated", None) if times > 1 else None
        if take is None or not take(message.key, times):
            return False
        for _ in range(times - 1):
            self._waiting.popleft()
        return True

    def _takes_text(self) -> bool:
        """Tell whether the focus is a text field that takes several characters as it would take one after the other."""
        field = self._app.focused
        limits = (getattr(field, limit, None) for limit in ("max_length", "restrict"))
        return hasattr(field, "_on_paste") and not any(limits) and getattr(field, "type", "text") == "text"

    def _with_what_follows(self, message: Message) -> Message:
        """Return a key, or the text that it and the keys behind it are when there are many: they came all at once."""
        following = list(takewhile(self._is_text, self._waiting))
        if len(following) < MANY_CHARACTERS:
            return message
        for _ in following:
            self._waiting.popleft()
        keys = (key for key in (message, *following) if isinstance(key, events.Key))
        return events.Paste("".join(key.character or "" for key in keys))

    def _is_text(self, message: Message) -> bool:
        """Tell whether a key only adds a character where the focus is; such keys need not wait for each other."""
        try:
            focused = self._app.focused
        except ScreenStackError:
            return False
        return (
            isinstance(message, events.Key)
            and focused is not None
            and focused.check_consume_key(message.key, message.character)
        )

    def _wait(self) -> None:
        self._turn += 1
        self._patience = self._loop.call_later(PATIENCE_SECONDS, self._go_on, self._turn)
        self._loop.call_soon(self._climb, self._turn, CLIMB_ROUNDS)

    def _climb(self, turn: int, rounds: int) -> None:
        if rounds:
            self._loop.call_soon(self._climb, turn, rounds - 1)
        else:
            self._app.call_later(self._ask_screen, turn)

    def _ask_screen(self, turn: int) -> None:
        # Behind the messages by which a screen that has just opened chooses its focus; an app that leaves has none.
        with suppress(ScreenStackError):
            self._app.screen.call_later(self._go_on, turn)

    def _go_on(self, turn: int) -> None:
        if turn != self._turn or self._patience is None:
            return
        if not self._takes_keys() and self._patience.when() > self._loop.time():
            self._loop.call_later(LOOK_AGAIN_SECONDS, self._ask_screen, turn)
            return
        self._patience.cancel()
        self._patience = None
        self._hand_on_next()
        if self._patience is None:
            self._when_empty()
