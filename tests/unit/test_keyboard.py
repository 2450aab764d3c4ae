"""Keyboard bytes decoded, however they are cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from caz_tui.terminal.keyboard import KeyboardDecoder


def decode(*pieces: bytes) -> str:
    decoder = KeyboardDecoder()
    return "".join([decoder.feed(piece) for piece in pieces]) + decoder.settle()


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x1b")), st.data())
def test_utf8_survives_any_cut(text: str, data: st.DataObject) -> None:
    encoded = text.encode()
    cut = data.draw(st.integers(0, len(encoded)))
    assert decode(encoded[:cut], encoded[cut:]) == text


@given(st.lists(st.binary(max_size=20), max_size=5))
def test_no_bytes_break_it_or_become_surrogates(pieces: list[bytes]) -> None:
    decode(*pieces).encode()


def test_latin1_between_utf8() -> None:
    assert decode(b"a\xe7\xe3o ", "ação".encode()) == "ação ação"


def test_half_a_character_is_held_until_the_pause() -> None:
    decoder = KeyboardDecoder()
    assert decoder.feed(b"\xe7") == ""
    assert decoder.settle() == "ç"
    assert decoder.feed("ç".encode()) == "ç"


def test_x10_reports_are_blanked_at_every_cut() -> None:
    stream = b"a\x1b[M \xc3\xa7b\x1b[M\xe9\xff\xe0c"
    for cut in range(len(stream) + 1):
        assert decode(stream[:cut], stream[cut:]) == "a\x1b[M   b\x1b[M   c"


def test_other_sequences_pass() -> None:
    assert decode(b"\x1b", b"[", b"A\x1b[1;5C\x1b") == "\x1b[A\x1b[1;5C\x1b"
