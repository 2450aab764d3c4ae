"""The last gate, alone and behind an app that forgot to clean its data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len
from rich.segment import ControlType, Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.color import Color
from textual.content import Content
from textual.strip import Strip
from textual.widgets import Label, OptionList, Static

from caz_tui.terminal.gate import Colourless, ControlGate, guarded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.filter import LineFilter

BLACK = Color(0, 0, 0)
EVIL = "ab\x1b[31mcd\x9b2J\u202eef\x00\ud800\x1b]52;c;YQ==\x07gh"
OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def test_a_clean_line_is_the_very_same_list() -> None:
    line = [Segment("São João "), Segment("漢字 ● ▌", Style(bold=True))]
    assert ControlGate().apply(line, BLACK) is line


def test_controls_go_and_the_cells_stay() -> None:
    line = [Segment(EVIL, Style(bold=True)), Segment("ok")]
    cleaned = ControlGate().apply(line, BLACK)
    assert not OBEYED.search("".join(segment.text for segment in cleaned))
    assert [segment.cell_length for segment in cleaned] == [cell_len(EVIL), 2]
    assert cleaned[0].style == Style(bold=True)


def test_control_segments_pass() -> None:
    home = Segment("\x1b[H", None, [(ControlType.HOME,)])
    assert ControlGate().apply([home, Segment("\x07")], BLACK)[0] is home


def test_colourless_keeps_weight_and_actions() -> None:
    style = Style(color="red", bgcolor="blue", bold=True, reverse=True, meta={"@click": "x"})
    (segment,) = Colourless().apply([Segment("a", style)], BLACK)
    assert segment.style is not None
    assert segment.style.color is None
    assert segment.style.bgcolor is None
    assert segment.style.bold
    assert segment.style.reverse
    assert segment.style.meta == {"@click": "x"}
    assert Colourless().apply([Segment("a")], BLACK) == [Segment("a")]


class Careless(App[None]):
    """An app whose data comes as it is."""

    def compose(self) -> ComposeResult:
        """Show it in widgets that do not clean."""
        raw = Content(EVIL, strip_control_codes=False)
        yield Label(raw)
        yield Static(EVIL, markup=False)
        yield OptionList(raw)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Pass every line through the gate."""
        return guarded(super().get_line_filters(), colourless=self.no_color)


@pytest.mark.parametrize("no_colour", [False, True])
async def test_nothing_gets_through_an_app(monkeypatch: pytest.MonkeyPatch, *, no_colour: bool) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_colour:
        monkeypatch.setenv("NO_COLOR", "1")
    app = Careless()
    async with app.run_test(size=(60, 12)) as pilot:
        await pilot.pause()
        lines = app.screen._compositor.render_strips()
        assert "ab" in Strip.join(lines).text
        for line in lines:
            assert not OBEYED.search(line.text)
            if no_colour:
                assert not re.search(r"\x1b\[(?:\d+;)*(?:38|48);", line.render(app.console))
