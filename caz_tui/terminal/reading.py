"""Bytes from a terminal turned into Textual's messages, whatever they are.

Textual's parser dies of malformed sequences, takes an escape sequence inside a paste for keys, and believes sizes
that come in the text. What is known of its inside: `XTermParser.feed` and `tick` yield messages, and one that has
raised is dead.
"""

from __future__ import annotations

import re
from contextvars import Context
from typing import TYPE_CHECKING, Final

from textual import events, messages
from textual._xterm_parser import XTermParser

from caz_tui.terminal.keyboard import KeyboardDecoder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textual.message import Message

MAX_PASTE_CHARACTERS: Final = 65536
PASTE_START: Final = "\x1b[200~"
PASTE_END: Final = "\x1b[201~"

_NOT_PASTED: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")


class InputReader:
    """Read keys, clicks and pastes out of a stream of bytes that is cut anywhere."""

    def __init__(self) -> None:
        self._keyboard = KeyboardDecoder()
        # The parser remembers keys, and each keeps what it was made for, which would be a dialog that closes soon.
        self._context = Context()
        self._parser = XTermParser()
        self._paste: str | None = None
        self._recent = ""

    @property
    def is_pasting(self) -> bool:
        """Whether a paste has begun and its end has not come."""
        return self._paste is not None

    def feed(self, data: bytes) -> Iterator[Message]:
        """Read what came.

        Args:
            data: raw bytes.

        Yields:
            Keys, mouse events, pastes, and the answer about synchronised output; nothing else is an answer to a
            question of ours.
        """
        yield from self._read(self._keyboard.feed(data))

    def settle(self) -> Iterator[Message]:
        """Take what was held back as whole, since its rest did not come: a lone Escape, half a character.

        Yields:
            What it was.
        """
        yield from self._read(self._keyboard.settle())
        yield from self._guarded(self._parser.tick())

    def end_paste(self) -> Iterator[Message]:
        """End a paste whose end got lost, or every later key would be taken for a part of it.

        Yields:
            The paste.
        """
        if self._paste is not None:
            yield from self._collect_paste(PASTE_END)

    def _read(self, text: str) -> Iterator[Message]:
        if self._paste is not None:
            yield from self._collect_paste(text)
            return
        # One by one, so that only the sequence is lost of which the parser dies.
        for position, character in enumerate(text, 1):
            yield from self._guarded(self._parser.feed(character))
            self._recent = (self._recent + character)[-len(PASTE_START) :]
            if self._recent == PASTE_START:
                yield from self._collect_paste(text[position:])
                return

    def _collect_paste(self, text: str) -> Iterator[Message]:
        self._paste = (self._paste or "") + text
        pasted, end, typed = self._paste.partition(PASTE_END)
        if not end:
            # Too much is cut off and never typed: as keys it would act.
            if len(pasted) > MAX_PASTE_CHARACTERS:
                self._paste = pasted[:MAX_PASTE_CHARACTERS] + pasted[-len(PASTE_END) :]
            return
        self._paste = None
        self._recent = ""
        # The parser saw the beginning and would wait for the end.
        self._parser = XTermParser()
        yield events.Paste(_NOT_PASTED.sub("", pasted[:MAX_PASTE_CHARACTERS]))
        yield from self._read(typed)

    def _guarded(self, parsed: Iterable[Message]) -> list[Message]:
        try:
            found = self._context.run(list, parsed)
        except Exception:  # noqa: BLE001 - the parser fails in many ways on what no keyboard sends
            self._parser = XTermParser()
            return []
        if any(isinstance(message, events.Resize) for message in found):
            # A size in the text also makes the parser scale every later click.
            self._parser = XTermParser()
        return [message for message in found if _is_ours(message)]


def _is_ours(message: Message) -> bool:
    if isinstance(message, events.Key):
        return message.character is None or not _SURROGATES.search(message.character)
    return isinstance(message, (events.MouseEvent, messages.TerminalSupportsSynchronizedOutput))
