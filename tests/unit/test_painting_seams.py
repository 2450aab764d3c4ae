"""What painting.py and styling.py know of Textual's inside; a release that moves it fails here, and says what moved."""

from __future__ import annotations

import inspect
import pkgutil
import re
import weakref
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
import textual.strip
from hypothesis import given
from hypothesis import strategies as st
from rich import cells
from rich import segment as rich_segment
from rich.segment import Segment
from rich.style import Style
from textual._compositor import Compositor, LayoutUpdate
from textual._styles_cache import StylesCache
from textual.app import App
from textual.color import Color
from textual.css.scalar import Scalar
from textual.css.styles import Styles
from textual.css.stylesheet import Stylesheet
from textual.events import ScreenResume
from textual.geometry import Offset, Region, Spacing
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

import caz_tui.screens
from caz_tui.app import SCREENS
from caz_tui.known_styles import KnownStyles
from caz_tui.screens import base
from caz_tui.styling import StyledApp
from caz_tui.terminal.composing import FrugalCompositor, Piece, PiecesUpdate
from caz_tui.terminal.painting import FrugalApp, FrugalScreen, _pieces
from caz_tui.terminal.short_memory import LENGTHS_KEPT, SUMS_KEPT, shorten
from caz_tui.theme import DARK

if TYPE_CHECKING:
    from pathlib import Path

    from textual.css.styles import RulesMap


def test_every_frame_passes_one_method() -> None:
    assert list(inspect.signature(App._display).parameters) == ["self", "screen", "renderable"]
    assert "_display" in vars(FrugalApp)
    assert "app._display(self, update)" in inspect.getsource(Screen._compositor_refresh)
    for name in ("_batch_count", "_exit", "_running", "_closed", "_sync_available"):
        assert f"self.{name}" in inspect.getsource(App)


def test_a_place_is_drawn_late_by_one_method() -> None:
    assert "self.delay_update()" in inspect.getsource(App.switch_mode)
    assert "self._begin_batch()" in inspect.getsource(App.delay_update)
    assert "delay_update" in vars(FrugalApp)
    assert "self._end_batch()" in inspect.getsource(App.batch_update)
    # A screen learns its size by a message, the first after those by which it and all its children are made.
    assert "self._dispatch_message(events.Mount())" in inspect.getsource(MessagePump._pre_process)
    assert re.search(r"if not size:\s+return", inspect.getsource(Screen._refresh_layout))


def test_lines_pass_the_filters_an_app_names() -> None:
    assert "get_line_filters" in vars(FrugalApp)
    assert "self.app.get_line_filters()" in inspect.getsource(Widget.get_line_filters)
    assert "ANSIToTruecolor(" in inspect.getsource(App.__init__)


def test_updates_hold_strips_by_line_and_column() -> None:
    whole = LayoutUpdate([[Strip.blank(3), Strip.blank(2)], [Strip.blank(5)]], Region(1, 4, 5, 2))
    assert [(x, y, strip.cell_length) for x, y, strip in _pieces(whole)] == [(1, 4, 3), (4, 4, 2), (1, 5, 5)]
    part = PiecesUpdate([Piece(2, 1, Strip.blank(4))])
    assert [(x, y, strip.cell_length) for x, y, strip in _pieces(part)] == [(2, 1, 4)]
    assert list(inspect.signature(Compositor.render_update).parameters) == ["self", "full", "screen_stack", "simplify"]


def test_a_screen_has_a_compositor_of_its_own() -> None:
    assert "self._compositor = Compositor()" in inspect.getsource(Screen.__init__)
    assert isinstance(FrugalScreen[None]()._compositor, FrugalCompositor)
    for name in ("_dirty_regions", "_regions_to_spans", "visible_widgets", "render_strips"):
        assert f"self.{name}" in inspect.getsource(Compositor) or name in vars(Compositor)
    # The front ones first, each with its region and its clip, and the first to fill a cell has it.
    assert "visible_widgets.sort(key=itemgetter(0), reverse=True)" in inspect.getsource(Compositor)
    assert "widget: (region, clip) for _, widget, region, clip" in inspect.getsource(Compositor)
    assert 'the first segments for a cut "wins"' in inspect.getsource(Compositor._render_chops)


def test_a_screen_draws_at_the_tick_of_its_timer() -> None:
    assert "_on_timer_update" in vars(Screen)
    assert "_on_timer_update" in vars(FrugalScreen)
    assert "self._on_timer_update" in inspect.getsource(Screen)
    assert "self._compositor_refresh" in inspect.getsource(Screen._refresh_layout)
    assert inspect.getsource(Screen).count("self._compositor_refresh") == 3
    assert "self.call_next(self._invoke_and_clear_callbacks)" in inspect.getsource(Screen._on_timer_update)


def test_widgets_keep_the_lines_they_drew() -> None:
    assert "_cache" in vars(StylesCache())
    assert "self._styles_cache.render_widget(self, crop)" in inspect.getsource(Widget.render_lines)
    assert "widget.render_lines(" in inspect.getsource(Compositor._get_renders)
    assert "visible_screen_stack.set(" in inspect.getsource(Compositor.render_update)
    assert "visible_screen_stack.get().pop()" in inspect.getsource(Screen.render)
    assert "BackgroundScreen(base_screen, background)" in inspect.getsource(Screen.render)


def test_the_lines_of_a_widget_go_with_the_widget() -> None:
    shorten()
    cache = StylesCache()
    gone = weakref.ref(cache)
    inner, outer = cache.get_inner_outer(Color(10, 20, 30), Color(200, 100, 0, 0.5))
    assert (inner.background, outer.background) == (Color(10, 20, 30) + Color(200, 100, 0, 0.5), Color(10, 20, 30))
    del cache
    assert gone() is None
    assert "    def get_inner_outer(\n        cls, base_background: Color, background: Color\n" in inspect.getsource(
        StylesCache
    )


def test_a_strip_makes_nothing_of_what_it_may_be_asked_for() -> None:
    shorten()
    source = inspect.getsource(textual.strip)
    assert source.count("FIFOCache(") == len([name for name in Strip.__slots__ if name.endswith("_cache")]) - 1
    assert set(re.findall(r"self\._\w+_cache\.(\w+)", source)) == {"get"}
    strip = Strip([Segment("abc"), Segment("def")])
    assert strip.crop(1, 4) is strip.crop(1, 4)
    assert strip.crop(1, 4).text == "bcd"
    assert [piece.text for piece in strip.divide([2, 6])] == ["ab", "cdef"]
    assert strip.adjust_cell_length(9) is strip.adjust_cell_length(9)


def test_regions_remember_a_few_frames() -> None:
    shorten()
    for name in ("intersection", "overlaps", "translate", "union", "grow", "shrink", "contains_region", "__contains__"):
        assert getattr(Region, name).cache_parameters()["maxsize"] <= SUMS_KEPT
    assert Region(0, 0, 4, 4).intersection(Region(2, 1, 9, 9)) == Region(2, 1, 2, 3)
    assert not Region(0, 0, 4, 4).contains_region(Region(2, 1, 9, 9))


def test_segments_remember_a_few_halves() -> None:
    shorten()
    assert Segment._split_cells.cache_parameters()["maxsize"] <= SUMS_KEPT
    segment = Segment("a漢字b", Style(bold=True))
    assert segment.split_cells(3) == (Segment("a漢", segment.style), Segment("字b", segment.style))
    assert segment.split_cells(2) == (Segment("a ", segment.style), Segment(" 字b", segment.style))


def test_the_cells_of_a_few_texts_are_remembered() -> None:
    shorten()
    remembering: Any = vars(rich_segment)["cached_cell_len"]
    assert remembering is cells.cached_cell_len
    assert remembering.cache_parameters()["maxsize"] <= LENGTHS_KEPT
    before = remembering.cache_info().misses
    assert cells.cell_len("漢字 medido uma vez") == cells.cell_len("漢字 medido uma vez") == 19
    assert remembering.cache_info().misses == before + 1
    assert Segment("漢字b").cell_length == 5


def test_style_sheets_are_parsed_for_their_variables() -> None:
    assert "refresh_css" in vars(App)
    assert "_css_update_count" in inspect.getsource(App.refresh_css)
    assert "refresh_css" in inspect.getsource(App.switch_mode)
    assert list(inspect.signature(Stylesheet.set_variables).parameters) == ["self", "variables"]
    assert ScreenResume().refresh_styles


def test_styles_are_found_by_one_method() -> None:
    assert list(inspect.signature(Stylesheet.apply).parameters) == ["self", "node", "animate", "cache"]
    source = inspect.getsource(Stylesheet.apply)
    assert "all_pseudo_classes.isdisjoint(\n            self._EXCLUDE_PSEUDO_CLASSES_FROM_CACHE" in source
    assert "cache[cache_key] = node_rules" in source
    for name in ("_has_hover_style", "_has_focus_within", "_has_order_style", "_has_odd_or_even"):
        assert f"node.{name} = " in source
    # The states that a pseudo class may ask for, those aside that are never remembered.
    states = {*Widget._PSEUDO_CLASSES, *App._PSEUDO_CLASSES} - Stylesheet._EXCLUDE_PSEUDO_CLASSES_FROM_CACHE
    assert states == {
        "hover", "focus", "blur", "can-focus", "disabled", "enabled", "dark", "light", "inline", "ansi", "nocolor"
    }  # fmt: skip


VALUES: dict[str, tuple[object, ...]] = {
    "width": (Scalar.parse("3"), Scalar.parse("1fr")),
    "background": (Color(1, 2, 3), Color(200, 0, 0, 0.5)),
    "scrollbar_color": (Color(9, 9, 9), Color(7, 7, 7)),
    "display": ("block", "none"),
    "padding": (Spacing(0, 1, 0, 1), Spacing(2, 2, 2, 2)),
    "text_style": (Style(bold=True), Style(dim=True)),
    "dock": ("top", "bottom"),
}
RULES = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in VALUES.items()})


@given(st.lists(RULES, max_size=4), st.booleans())
def test_other_rules_are_those_that_textual_would_set(steps: list[RulesMap], animate: bool) -> None:
    ours, theirs = Widget(), Widget()
    for rules in steps:
        KnownStyles.replace_rules(ours, rules)
        Stylesheet.replace_rules(theirs, rules)
        assert ours.styles.base._rules == theirs.styles.base._rules == rules
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Styles, "__setattr__", lambda *_: pytest.fail("set again"))
            KnownStyles.replace_rules(ours, rules, animate)


def test_a_first_size_asks_for_another_layout() -> None:
    assert "self.virtual_size = virtual_size" in inspect.getsource(Widget._size_updated)
    assert vars(Widget)["virtual_size"]._layout
    assert "parent.refresh(layout=True)" in inspect.getsource(App._prune)


def test_the_style_sheets_of_a_screen_are_read_by_one_method() -> None:
    assert {"_get_screen", "_load_screen_css"} <= vars(StyledApp).keys()
    for opens in (App._init_mode, App.push_screen, App.switch_screen):
        source = inspect.getsource(opens)
        assert 0 < source.index("self._get_screen(") < source.index("self._load_screen_css(")
    assert "_register" in inspect.getsource(App._get_screen)
    source = inspect.getsource(App._load_screen_css)
    assert "for path in screen.css_path:" in source
    assert "if screen.CSS:" in source


def test_a_style_sheet_is_meant_for_its_screen_alone() -> None:
    for module in pkgutil.iter_modules(caz_tui.screens.__path__, "caz_tui.screens."):
        import_module(module.name)
    screens = [*_below(base.DeskScreen), *_below(base.Dialog)]
    assert len(screens) > 15
    owners: dict[Path, set[str]] = {}
    for screen in screens:
        assert not vars(screen).get("CSS"), screen
        if "CSS_PATH" in vars(screen):
            owners.setdefault(SCREENS / vars(screen)["CSS_PATH"], set()).add(screen.__name__)
    assert set(SCREENS.glob("*.tcss")) == owners.keys()
    app = App[None]()
    app.register_theme(DARK)
    app.theme = DARK.name
    for path, names in owners.items():
        sheet = Stylesheet(variables=app.get_css_variables())
        sheet.read(path)
        meant_for = {selectors.selectors[0].name for rule in sheet.rules for selectors in rule.selector_set}
        assert meant_for == names, path


def _below(cls: type[Any]) -> list[type[Any]]:
    children: list[type[Any]] = cls.__subclasses__()
    return [below for child in children for below in (child, *_below(child))]


def test_a_click_on_what_was_just_removed_is_a_click_on_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    gone, shown, screen = Widget(), Widget(), FrugalScreen[None]()
    shown._attach(screen)
    found: dict[int, tuple[Widget | None, Offset | None]] = {
        0: (gone, Offset(0, 0)), 1: (shown, Offset(1, 1)), 2: (screen, None), 3: (None, None)
    }  # fmt: skip
    monkeypatch.setattr(Screen, "get_widget_and_offset_at", lambda _, x, _y: found[x])
    assert screen.get_widget_and_offset_at(0, 0) == (None, None)
    for place in (1, 2, 3):
        assert screen.get_widget_and_offset_at(place, 0) == found[place]
    # Textual asks its parent where it is without looking.
    assert "else content_widget.parent" in inspect.getsource(Screen._forward_event)
