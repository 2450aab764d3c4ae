"""What the driver knows of Textual's inside: when one of these fails, Textual has moved it."""

from __future__ import annotations

import inspect
import subprocess
import sys

from textual import constants, events, messages
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.widgets import Input, Static

from caz_tui.terminal.driver import DeskDriver


def test_every_abstract_method_of_a_driver_is_ours() -> None:
    assert Driver.__abstractmethods__ == {
        "write",
        "start_application_mode",
        "disable_input",
        "stop_application_mode",
    }
    assert not inspect.isabstract(DeskDriver)


def test_textual_makes_drivers_as_it_did() -> None:
    ours, theirs = (inspect.signature(driver.__init__) for driver in (DeskDriver, LinuxDriver))
    assert [(p.name, p.kind) for p in ours.parameters.values()] == [
        (p.name, p.kind) for p in theirs.parameters.values()
    ]
    source = inspect.getsource(App)
    assert "driver.start_application_mode()" in source
    assert "driver.stop_application_mode()" in source
    assert "driver.disable_input()" in source
    assert "self._driver.close()" in source


def test_the_state_a_driver_inherits() -> None:
    source = inspect.getsource(Driver.__init__)
    for name in ("self._app", "self._loop", "self._mouse"):
        assert f"{name} = " in source
    assert "self.send_message(message)" in inspect.getsource(Driver.process_message)
    assert issubclass(Driver.SignalResume, events.Event)


def test_the_parser_gives_messages() -> None:
    parser = XTermParser()
    assert [event.key for event in parser.feed("a\x1b[A") if isinstance(event, events.Key)] == ["a", "up"]
    (support,) = parser.feed("\x1b[?2026;2$y")
    assert isinstance(support, messages.TerminalSupportsSynchronizedOutput)
    (click,) = parser.feed("\x1b[<0;3;4M")
    assert isinstance(click, events.MouseDown)
    assert (click.screen_x, click.screen_y) == (2, 3)
    assert list(parser.tick()) == []


def test_focus_says_which_keys_are_text() -> None:
    assert Input().check_consume_key("a", "a")
    assert not Input().check_consume_key("ctrl+u", "\x15")
    assert not Static().check_consume_key("a", "a")


def test_the_pointer_shape_is_a_text_of_its_own() -> None:
    assert 'f"\\x1b]22;{shape}\\x07"' in inspect.getsource(App._set_pointer_shape)


def test_colours_are_read_from_the_two_variables() -> None:
    script = "import textual.app as a; app = a.App(); print(app.console.color_system, app.no_color)"
    env = {"TERM": "dumb", "TEXTUAL_COLOR_SYSTEM": "256", "NO_COLOR": "1", "LANG": "C.UTF-8"}
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["256", "True"]
    assert constants.ESCAPE_DELAY > 0
