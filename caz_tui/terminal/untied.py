"""The seam with the circles in what Textual builds: what is closed goes at once, and needs no collector to be found.

A widget holds its styles, which hold the widget; and so on. What stands in such a circle stays until the garbage
collector looks at everything, which takes longer the more is open. What is known of Textual's inside, watched by
`tests/unit/test_untied.py`:

- `Styles.node` is whose styles they are, and None for nobody's; `RenderStyles` knows it by a weak reference already;
- `RichVisual._widget` is the widget that draws it, which keeps it;
- `LRUCache` links its entries to each other; Textual's modules take it by name from `textual.cache`;
- `Timer._stop_all` ends the timers of a widget that goes; what they called is not called any more;
- `__watchers` of whatever is watched, an attribute of its own, holds whoever watches;
- `WorkerManager._remove_worker` is told of each worker that is done, whose task holds it; who waits for it then needs
  its task no more.
"""

from __future__ import annotations

import sys
from traceback import clear_frames
from typing import TYPE_CHECKING, Any, TypeVar, cast
from weakref import ref

from textual.css.styles import Styles
from textual.timer import Timer
from textual.visual import RichVisual
from textual.widget import Widget
from textual.worker_manager import WorkerManager

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.dom import DOMNode
    from textual.message_pump import MessagePump
    from textual.worker import Worker

KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")
DefaultT = TypeVar("DefaultT")

_stop_all = Timer._stop_all  # noqa: SLF001


def untie() -> None:
    """Let Textual build no circles; asked for again it changes nothing."""
    Styles.node = _weak("_node")  # type: ignore[assignment]
    RichVisual._widget = _weak("_drawn_widget")  # type: ignore[assignment]  # noqa: SLF001
    for name, module in sys.modules.copy().items():
        if name.startswith("textual.") and "LRUCache" in vars(module):
            module.LRUCache = LRU  # type: ignore[attr-defined]
    Timer._stop_all = _end  # type: ignore[method-assign]  # noqa: SLF001


class LRU(dict[KeyT, ValueT]):
    """Values by key, of which the ones that were not asked for go first when there are too many."""

    def __init__(self, maxsize: int) -> None:
        """Be empty; hold so many."""
        super().__init__()
        self.maxsize = maxsize

    def __getitem__(self, key: KeyT) -> ValueT:
        """Return a value; ``KeyError`` where there is none."""
        value = self.pop(key)
        super().__setitem__(key, value)
        return value

    def __setitem__(self, key: KeyT, value: ValueT) -> None:
        """Hold a value, in place of the one that there was."""
        self.pop(key, None)
        super().__setitem__(key, value)
        while len(self) > self.maxsize:
            del self[next(iter(self))]

    set = __setitem__

    def get(self, key: KeyT, default: DefaultT | None = None) -> ValueT | DefaultT | None:  # type: ignore[override]
        """Return a value, or the default where there is none."""
        return self[key] if key in self else default  # noqa: SIM401 - this is get

    def grow(self, maxsize: int) -> None:
        """Hold at least so many."""
        self.maxsize = max(self.maxsize, maxsize)

    def discard(self, key: KeyT) -> None:
        """Hold a value no more."""
        self.pop(key, None)


class Workers(WorkerManager):
    """The workers of an app, which let go of those that are done."""

    def _remove_worker(self, worker: Worker[Any]) -> None:
        super()._remove_worker(worker)
        worker._task = None  # noqa: SLF001
        if worker.is_cancelled:
            let_go(worker.error)


def let_go(error: BaseException | None) -> None:
    """Take from an error, and from what led to it, the frames that it went through: nobody will ask for them."""
    while error is not None:
        clear_frames(error.__traceback__)
        error.__traceback__ = None
        error = error.__context__


def forget_watchers(watched: MessagePump) -> None:
    """Forget who watched something and has gone; Textual does when it changes, as a theme hardly ever does."""
    watchers: dict[str, list[tuple[MessagePump, object]]] = vars(watched).get("__watchers", {})
    for name, known in watchers.items():
        watchers[name] = [(watcher, callback) for watcher, callback in known if not watcher._closing]  # noqa: SLF001


def _weak(kept_as: str) -> property:
    """Return an attribute that holds no widget; what only stands for a part of one is held by nothing else."""

    def value(owner: object) -> DOMNode | None:
        node: Any = vars(owner).get(kept_as)
        return cast("DOMNode | None", node() if isinstance(node, ref) else node)

    def keep(owner: object, node: DOMNode | None) -> None:
        vars(owner)[kept_as] = ref(node) if isinstance(node, Widget) else node

    return property(value, keep)


async def _end(timers: Iterable[Timer]) -> None:
    ended = list(timers)
    await _stop_all(ended)
    for timer in ended:
        timer._callback = None  # noqa: SLF001
