"""The seam with how Textual finds the binding of a key: at once where nothing between the focus and the app takes keys.

Textual gives a key to the widget with the focus and lets it climb through the queues of all that hold that widget, and
only then looks for bindings: eight messages for a cursor that goes down one line. Where none of these would do anything
with the key, the binding is looked for when the app gets it. What is known of Textual's inside, watched by
`tests/unit/test_painting_seams.py`:

- `App.on_event` gets every key first (`is_forwarded` tells one that has climbed back), tries the bindings that have
  priority, and hands it on; `App._on_key` tries the others when it has climbed back;
- a widget takes a key by `on_key`, by an `_on_key` of its own, or by a method named after the key;
- `Screen.maximized` gives Esc another meaning.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Generic, TypeVar

from textual import events
from textual.app import App
from textual.widget import Widget

if TYPE_CHECKING:
    from textual.dom import DOMNode

ReturnT = TypeVar("ReturnT")


class DirectKeys(App[ReturnT], Generic[ReturnT]):
    """An app that runs the binding of a key as soon as it is clear that nobody else wants the key."""

    async def on_event(self, event: events.Event) -> None:
        """Handle an event; a key that nobody between focus and app takes goes straight to its binding."""
        if isinstance(event, events.Key) and not event.is_forwarded and self._leave_it_alone(event):
            self.app_focus = True
            if not await self._check_bindings(event.key, priority=True):
                await self._on_key(event)
            return
        await super().on_event(event)

    def _leave_it_alone(self, event: events.Key) -> bool:
        """Tell whether the focus and all that hold it would only let the key climb on."""
        focused = self.focused
        if focused is None or self.screen.maximized is not None:
            return False
        # A method named after a key may be named after any of its names.
        names = (event.name, *event.name_aliases)
        return not any(_takes(type(node), names) for node in focused.ancestors_with_self if node is not self)


@lru_cache(maxsize=1024)
def _takes(cls: type[DOMNode], names: tuple[str, ...]) -> bool:
    """Tell whether widgets of a class do something with a key themselves."""
    if any("on_key" in vars(base) or ("_on_key" in vars(base) and base is not Widget) for base in cls.__mro__):
        return True
    return any(hasattr(cls, f"{prefix}key_{name}") for name in names for prefix in ("", "_"))
