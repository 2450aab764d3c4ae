"""What is made in place of what Textual builds in circles, and what is known of that."""

from __future__ import annotations

import asyncio
import inspect
import re
import sys
from collections import OrderedDict
from typing import Any
from weakref import ref

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import cache
from textual._compositor import Compositor
from textual.app import App
from textual.css.styles import RenderStyles, Styles
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.message_pump import MessagePump
from textual.reactive import Reactive, _watch
from textual.screen import Screen
from textual.timer import Timer
from textual.visual import RichVisual
from textual.widget import Widget
from textual.widgets._toast import ToastRack
from textual.worker import Worker, WorkerCancelled
from textual.worker_manager import WorkerManager

from caz_tui.terminal.painting import FrugalApp
from caz_tui.terminal.untied import LRU, Workers, forget_watchers, let_go, untie
from tests.quiet import quiet

MOST = 3
TIMES = st.tuples(st.sampled_from(["set", "[]=", "get", "[]", "in", "discard", "clear"]), st.integers(0, 5))


@given(st.lists(TIMES, max_size=40))
def test_what_was_not_asked_for_goes_first(times: list[tuple[str, int]]) -> None:
    kept, known = LRU[int, str](MOST), OrderedDict[int, str]()
    for number, (what, key) in enumerate(times):
        if what in {"set", "[]="}:
            if what == "set":
                kept.set(key, str(number))
            else:
                kept[key] = str(number)
            known[key] = str(number)
            known.move_to_end(key)
            if len(known) > MOST:
                known.popitem(last=False)
        elif what in {"get", "[]"}:
            if key in known:
                known.move_to_end(key)
                assert (kept.get(key) if what == "get" else kept[key]) == known[key]
            else:
                assert kept.get(key, "nothing") == "nothing"
                with pytest.raises(KeyError):
                    kept[key]
        elif what == "in":
            assert (key in kept) == (key in known)
        elif what == "discard":
            kept.discard(key)
            known.pop(key, None)
        else:
            kept.clear()
            known.clear()
        assert list(kept.items()) == list(known.items())
    assert len(kept) == len(known)
    assert bool(kept) == bool(known)
    kept.grow(MOST + 2)
    assert kept.maxsize == MOST + 2
    kept.grow(MOST)
    assert kept.maxsize == MOST + 2


def test_textual_asks_no_more_of_what_it_remembers() -> None:
    untie()
    own_class = inspect.getsource(cache).partition("class LRUCache")[2].partition("\nclass ")[0]
    asked = set(re.findall(r"    def ([a-z]\w+)\(", own_class))
    assert {"get", "set", "discard", "grow"} <= asked
    assert all(hasattr(LRU(1), name) for name in asked)
    takers = [
        module for name, module in sys.modules.items() if name.startswith("textual.") and "LRUCache" in vars(module)
    ]
    assert {module.__name__ for module in takers} >= {"textual.cache", "textual.dom", "textual.widget"}
    assert all(vars(module)["LRUCache"] is LRU for module in takers)


@pytest.mark.usefixtures("no_collector")
def test_a_widget_goes_with_the_last_who_has_it() -> None:
    untie()
    widget = Widget(id="one")
    styles, gone = widget.styles, ref(widget)
    assert [styles.node, styles.base.node, styles.inline.node] == [widget] * 3
    visual = RichVisual(widget, "text")
    assert visual._widget is widget
    widget._layout_cache["visual"] = visual
    del widget
    assert gone() is None
    assert [styles.node, styles.base.node, styles.inline.node] == [None] * 3
    # Without a widget they can be told as before: nobody's.
    styles.base.width = 3
    assert str(styles.width) == "3"


def test_whose_styles_they_are_is_kept_where_textual_keeps_it() -> None:
    assert "node" in Styles.__dataclass_fields__
    assert "self._node = weakref.ref(node)" in inspect.getsource(RenderStyles.__init__)
    assert "self._widget = widget" in inspect.getsource(RichVisual.__init__)
    # A part of a widget is held by its styles alone.
    untie()
    part = DOMNode(classes="part")
    styles = part.styles
    del part
    assert styles.base.node is not None
    source = inspect.getsource(Stylesheet._process_component_classes)
    assert "node._component_styles[component] = virtual_node.styles" in source
    source = inspect.getsource(DOMNode.get_component_styles)
    assert "name not in self._component_styles" in source
    assert "self._component_styles[name]" in source
    assert "self._component_styles.clear()" in inspect.getsource(Widget._message_loop_exit)


def test_what_a_screen_knows_of_its_widgets_is_cleared_in_one_place() -> None:
    assert "self._compositor.clear()" in inspect.getsource(Screen._message_loop_exit)
    assert "add_new_invisible_widget(widget)" in inspect.getsource(Compositor._arrange_root)
    assert list(inspect.signature(Compositor._arrange_root).parameters) == ["self", "root", "size", "visible_only"]


@pytest.mark.usefixtures("no_collector")
async def test_a_timer_that_is_ended_calls_nothing_any_more() -> None:
    untie()
    assert "Timer._stop_all(self._timers)" in inspect.getsource(MessagePump._close_messages)

    class Target(MessagePump):
        def tick(self) -> None:
            raise AssertionError

    target = Target()
    target.timer = Timer(target, 60, callback=target.tick)  # type: ignore[attr-defined]
    target.timer._start()  # type: ignore[attr-defined]
    await asyncio.sleep(0)
    await Timer._stop_all([target.timer])  # type: ignore[attr-defined]
    gone = ref(target)
    del target
    await asyncio.sleep(0)
    assert gone() is None


@pytest.mark.usefixtures("no_collector")
async def test_a_worker_that_is_done_is_let_go() -> None:
    assert "self._remove_worker" in inspect.getsource(WorkerManager.add_worker)

    class Work:
        async def ends(self) -> int:
            return 7

        async def never_ends(self) -> None:
            await asyncio.Event().wait()

    app = FrugalApp[None]()
    assert isinstance(app._workers, Workers)
    async with app.run_test():
        work = Work()
        gone = ref(work)
        for begun in (work.ends, work.never_ends):
            worker: Worker[Any] = app.run_worker(begun)
            await asyncio.sleep(0)
            worker.cancel()
            del worker
        del begun, work
        await quiet()
        # The last message that an app was sent stays with it until the next one comes.
        app.call_next(app.bell)
        await quiet()
        assert gone() is None
        # Whoever comes late is answered all the same.
        done: Worker[Any] = app.run_worker(Work().ends)
        cancelled: Worker[Any] = app.run_worker(Work().never_ends)
        await asyncio.sleep(0)
        cancelled.cancel()
        await quiet()
        assert await done.wait() == 7
        with pytest.raises(WorkerCancelled):
            await cancelled.wait()


def test_who_watched_and_has_gone_is_forgotten() -> None:
    assert 'setattr(obj, "__watchers", {})' in inspect.getsource(_watch)
    assert "watcher_list.append((node, callback))" in inspect.getsource(_watch)
    assert "if not reactable._closing" in inspect.getsource(Reactive)
    watched, gone, there = Widget(), Widget(), Widget()
    forget_watchers(watched)
    for widget in (gone, there):
        _watch(widget, watched, "show_horizontal_scrollbar", widget.notify_style_update, init=False)
    gone._closing = True
    forget_watchers(watched)
    assert vars(watched)["__watchers"] == {"show_horizontal_scrollbar": [(there, there.notify_style_update)]}


def test_a_rack_is_told_of_all_toasts() -> None:
    assert "self.call_later(toast_rack.show, self._notifications)" in inspect.getsource(App._refresh_notifications)
    assert "_toast_id" in vars(ToastRack)


@pytest.mark.usefixtures("no_collector")
def test_an_error_lets_go_of_where_it_came_from() -> None:
    class Held:
        pass

    def fail(held: Held) -> None:
        try:
            dict[Held, str]()[held]
        except KeyError:
            int("held")

    held = Held()
    gone = ref(held)
    errors: list[ValueError] = []
    try:
        fail(held)
    except ValueError as error:
        errors.append(error)
    del held
    assert gone() is not None
    assert isinstance(errors[0].__context__, KeyError)
    errors[0].__context__.args = ()
    let_go(errors[0])
    assert gone() is None
    let_go(None)
