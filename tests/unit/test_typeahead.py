"""Characters that come all at once go into a text field in one go; what limits characters still sees each."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.app import ScreenStackError

from caz_tui.terminal.typeahead import MANY_CHARACTERS, TypeAhead

if TYPE_CHECKING:
    from textual.app import App
    from textual.message import Message


class Field:
    """A text field, as far as the queue asks."""

    type = "text"

    def __init__(self, max_length: int | None = None) -> None:
        self.max_length = max_length
        self.restrict = None

    def check_consume_key(self, key: str, character: str | None) -> bool:  # noqa: ARG002 - Textual's signature
        return character is not None and character.isprintable()

    def _on_paste(self) -> None:
        raise AssertionError


class FieldApp:
    """An app with the focus in a field, which never gets round to anything."""

    def __init__(self, focused: Field | None) -> None:
        self.focused = focused


def handed_on(field: Field | None, text: str) -> list[Message]:
    """Return what the app is given of characters that came together."""
    given_to_app: list[Message] = []

    async def play() -> None:
        queue = TypeAhead(
            cast("App[Any]", FieldApp(field)),
            asyncio.get_running_loop(),
            hand_on=given_to_app.append,
            when_empty=lambda: None,
        )
        queue.add([events.Key("enter" if character == "\r" else character, character) for character in text])

    asyncio.run(play())
    return given_to_app


def text_of(messages: list[Message]) -> str:
    return "".join(
        message.text if isinstance(message, events.Paste) else cast("events.Key", message).character or ""
        for message in messages
    )


@given(st.text(st.sampled_from("aç 1"), min_size=1, max_size=3 * MANY_CHARACTERS))
def test_nothing_is_lost_and_many_characters_are_one_text(text: str) -> None:
    messages = handed_on(Field(), text)
    assert text_of(messages) == text
    assert len(messages) == (1 if len(text) > MANY_CHARACTERS else len(text))


@pytest.mark.parametrize("field", [Field(max_length=10), None], ids=["a field with a limit", "no field"])
def test_what_limits_characters_sees_each_of_them(field: Field | None) -> None:
    messages = handed_on(field, "a" * 20)
    assert all(isinstance(message, events.Key) for message in messages)


def test_a_key_that_acts_waits_behind_the_text() -> None:
    messages = handed_on(Field(), "padaria são joão\rnext")
    assert [type(message).__name__ for message in messages] == ["Paste", "Key"]
    assert text_of(messages) == "padaria são joão\r"


def test_an_app_that_leaves_is_asked_nothing_more() -> None:
    class Leaving(FieldApp):
        @property
        def screen(self) -> None:
            raise ScreenStackError

    async def play() -> None:
        app = Leaving(None)
        queue = TypeAhead(
            cast("App[Any]", app), asyncio.get_running_loop(), hand_on=lambda _: None, when_empty=lambda: None
        )
        queue.add([events.Key("down", None)])
        assert queue
        queue._ask_screen(queue._turn)

    asyncio.run(play())
