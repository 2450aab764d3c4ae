"""What is left of the environment, and the colours chosen from it."""

from __future__ import annotations

import pytest

from caz_tui.terminal.environment import colour_system, is_dumb, scrub
from caz_tui.terminal.size import too_small


@pytest.mark.parametrize(
    ("environ", "colours"),
    [
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "tmux-256color", "COLORTERM": "truecolor"}, "truecolor"),
        ({"TERM": "screen-256color", "COLORTERM": "24bit"}, "truecolor"),
        ({"TERM": "xterm-kitty"}, "256"),
        ({"TERM": "xterm-direct"}, "truecolor"),
        ({"TERM": "xterm-16color"}, "standard"),
        ({"TERM": "xterm"}, "standard"),
        ({"TERM": "linux", "COLORTERM": "truecolor"}, "standard"),
        ({"TERM": "screen", "COLORTERM": "truecolor"}, "standard"),
        ({"TERM": "screen.xterm-256color"}, "256"),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, "256"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1", "COLORTERM": "truecolor"}, None),
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, None),
        ({"TERM": "vt100"}, None),
        ({"TERM": "vt220"}, None),
        ({}, None),
    ],
)
def test_colours(environ: dict[str, str], colours: str | None) -> None:
    assert colour_system(environ) == colours


def test_scrub_leaves_nothing_to_obey() -> None:
    environ = {
        "TERM": "xterm-256color",
        "HOME": "/home/operador",
        "NO_COLOR": "",
        "TEXTUAL": "devtools,debug",
        "TEXTUAL_DRIVER": "evil:Driver",
        "TEXTUAL_LOG": "log",
        "TEXTUAL_COLOR_SYSTEM": "truecolor",
        "BROWSER": "rm -rf %s",
        "COLUMNS": "9999",
        "LINES": "9999",
        "FORCE_COLOR": "1",
    }
    scrub(environ)
    assert environ == {
        "TERM": "xterm-256color",
        "HOME": "/home/operador",
        "TEXTUAL_COLOR_SYSTEM": "256",
        "TEXTUAL_FPS": "240",
        "ESCDELAY": "50",
    }


def test_scrub_says_that_there_are_no_colours() -> None:
    environ = {"TERM": "dumb"}
    scrub(environ)
    assert environ == {
        "TERM": "dumb",
        "TEXTUAL_COLOR_SYSTEM": "standard",
        "TEXTUAL_FPS": "240",
        "ESCDELAY": "50",
        "NO_COLOR": "1",
    }


def test_dumb() -> None:
    assert is_dumb({})
    assert is_dumb({"TERM": "dumb"})
    assert not is_dumb({"TERM": "vt100"})


def test_too_small() -> None:
    assert not too_small(60, 15)
    assert too_small(59, 15)
    assert too_small(60, 14)
