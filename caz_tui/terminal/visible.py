"""Data made safe to show: no control, no direction change, nothing invisible; knows neither Rich nor Textual."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAX_STACKED_MARKS: Final = 2
PLACEHOLDER: Final = "\N{REPLACEMENT CHARACTER}"
LINE_BREAK: Final = "↵"

# Nearly every name of a Brazilian portfolio: Latin letters, typographic punctuation, currency.
_PLAIN: Final = re.compile("[ -~¡-¬®-\u02ff\u2010-\u2027\u20a0-\u20bf]*")

# Characters without ink. Terminals disagree on the cells of what joiners and selectors make, so they go too.
_INKLESS: Final = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2064\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\U000e0100-\U000e01ef]"
)

_STAND_INS: Final = {
    **{chr(code): chr(0x2400 + code) for code in range(0x20)},
    "\x7f": "\N{SYMBOL FOR DELETE}",
    "\t": " ",
    "\n": LINE_BREAK,
    "\x85": LINE_BREAK,
    "\N{LINE SEPARATOR}": LINE_BREAK,
    "\N{PARAGRAPH SEPARATOR}": LINE_BREAK,
}


def takes_a_cell_each(text: str) -> bool:
    """Tell whether a text is shown as it is, each character in a cell of its own; of most that are not it is not known.

    Args:
        text: anything, from anywhere.

    Returns:
        True for the letters, figures and signs that nearly every name is made of.
    """
    return _PLAIN.fullmatch(text) is not None


def visible(text: str) -> str:
    """Make a text printable on one line: every character a terminal could obey becomes one it shows.

    Args:
        text: anything, from anywhere.

    Returns:
        The same text when it is clean. Else controls are shown as pictures (`␛`), line breaks as `↵`, other
        unprintable characters as `�`; inkless ones are left out and combining marks stack at most two high.
    """
    return text if takes_a_cell_each(text) else _cleaned(text)


def _cleaned(text: str) -> str:
    shown_characters: list[str] = []
    # A mark with nothing before it would climb on the cell at its left, which is not ours.
    stacked = MAX_STACKED_MARKS
    for character in _INKLESS.sub("", text.replace("\r\n", "\n")):
        if unicodedata.category(character) in {"Mn", "Me"}:
            stacked += 1
            if stacked > MAX_STACKED_MARKS:
                continue
        else:
            stacked = 0
        shown_characters.append(_stand_in(character))
    return "".join(shown_characters)


def _stand_in(character: str) -> str:
    if character.isprintable():
        return character
    if unicodedata.category(character) == "Zs":
        return " "
    return _STAND_INS.get(character, PLACEHOLDER)
