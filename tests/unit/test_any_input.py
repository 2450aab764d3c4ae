"""Anything at all from the keyboard: it is read, and never more comes of it than keys, clicks and pastes.

``make torture`` reads a million inputs.
"""

from __future__ import annotations

import os
import random
import sys

import pytest
from textual import events

from caz_tui.terminal.reading import InputReader

INPUTS = int(os.environ.get("CAZ_TORTURE_INPUTS", "4000"))
PARTS = 4
INPUTS_A_READER = 500
"""As many reach one parser, one after the other; then it must still know a key."""

PIECES = (
    b"\x1b", b"\x1b[", b"\x1bO", b"\x1b]", b"\x1bP", b"\x1b[<", b"\x1b[M", b"\x1b[?", b"\x1b[200~", b"\x1b[201~",
    b"\x1b\\", b"\x1b[A", b"\x1b[1;5C", b"\x1b[3~", b"\x1b[97;5u", b"\x1b[<0;10;10M", b"\x1b[<0;10;10m", b"\x1b[48;",
    b"\x1b[?2026;2$y", b"\x1b[8;24;80t", b"\x1b[I", b"\x1b[O", b"\x1b[6n", b"\x1b[1114112u", b"\x1b[55296u",
    b"\x1b[:0~", b";", b":", b"0",
    b"9999999", b"-1", b"m", b"u", b"~", b"R", b"$y", b"\xc3", b"\xa7", b"\xed\xa0\x80", b"\xff",
    b"\x00", b"\xf4\x90\x80\x80", b"\x7f", b"\r",
    b"\t", "ç".encode(), "漢".encode(), "\u202e".encode(), b"a", b"Z", b" ",
)  # fmt: skip


def any_input(rng: random.Random) -> bytes:
    """Return raw noise, pieces of sequences thrown together, or a sequence with one byte wrong."""
    kind = rng.randrange(3)
    if kind == 0:
        return rng.randbytes(rng.randint(1, 24))
    data = b"".join(rng.choices(PIECES, k=rng.randint(1, 6)))
    if kind == 1:
        return data
    place = rng.randrange(len(data))
    return data[:place] + rng.randbytes(1) + data[place + 1 :]


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_comes_is_read(part: int) -> None:
    rng = random.Random(20261124 + part)
    found = 0
    reader = InputReader()
    for number in range(INPUTS // PARTS):
        data = any_input(rng)
        cut = rng.randint(0, len(data))
        messages = [*reader.feed(data[:cut]), *reader.feed(data[cut:])]
        if rng.random() < 0.2:
            messages += reader.end_paste() if reader.is_pasting else reader.settle()
        for message in messages:
            assert isinstance(message, events.Key | events.MouseEvent | events.Paste) or "Synchronized" in repr(message)
            if isinstance(message, events.Key) and message.character is not None:
                message.character.encode()
        found += len(messages)
        if number % INPUTS_A_READER == INPUTS_A_READER - 1:
            list(reader.end_paste())
            list(reader.settle())
            list(reader.feed(b"~" * 40))
            assert [message.key for message in reader.feed(b"k") if isinstance(message, events.Key)] == ["k"]
            reader = InputReader()
    assert found > INPUTS // PARTS
    sys.stdout.write(f"{INPUTS // PARTS} inputs, {found} keys, clicks and pastes\n")
