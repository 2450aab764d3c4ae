"""Keys and pastes out of bytes, without a terminal."""

from __future__ import annotations

import gc
import weakref

from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._context import active_message_pump
from textual.message_pump import MessagePump

from caz_tui.terminal.reading import MAX_PASTE_CHARACTERS, InputReader


def read(*pieces: bytes) -> list[str]:
    reader = InputReader()
    found = [message for piece in pieces for message in reader.feed(piece)]
    names = [message.key for message in found if isinstance(message, events.Key)]
    return names + [f"<{message.text}>" for message in found if isinstance(message, events.Paste)]


@given(st.lists(st.binary(max_size=40), max_size=6))
def test_after_any_noise_a_key_is_a_key(noise: list[bytes]) -> None:
    reader = InputReader()
    for piece in noise:
        list(reader.feed(piece))
    list(reader.end_paste())
    # Whatever began is over: the three bytes of a mouse report, a sequence of at most 32 characters.
    list(reader.feed(b"~" * 40))
    assert [message.key for message in reader.feed(b"k") if isinstance(message, events.Key)] == ["k"]


def test_a_paste_is_found_at_every_cut() -> None:
    stream = "a\x1b[200~João\n\x1b[31m\x1b[201~b".encode()
    for cut in range(len(stream) + 1):
        assert read(stream[:cut], stream[cut:]) == ["a", "b", "<João\n[31m>"]


def test_too_long_a_paste_is_cut_and_never_typed() -> None:
    pieces = [b"\x1b[200~", *[b"q" * 1000] * 100, b"\x1b[20", b"1~z"]
    assert read(*pieces) == ["z", f"<{'q' * MAX_PASTE_CHARACTERS}>"]


def test_a_lost_end_can_be_put_right() -> None:
    reader = InputReader()
    assert list(reader.feed(b"\x1b[200~abc")) == []
    assert reader.is_pasting
    (paste,) = reader.end_paste()
    assert isinstance(paste, events.Paste)
    assert paste.text == "abc"
    assert not reader.is_pasting


def test_keys_that_are_remembered_keep_no_dialog() -> None:
    reader, pump = InputReader(), MessagePump()
    gone = weakref.ref(pump)
    where = active_message_pump.set(pump)
    found = [message.key for message in reader.feed(b"\x1b[1;5A\x1b[13;2ua") if isinstance(message, events.Key)]
    active_message_pump.reset(where)
    assert found == ["ctrl+up", "shift+enter", "a"]
    del where, pump
    gc.collect()
    assert gone() is None
