"""One cell of a spreadsheet as text: what a spreadsheet program would run or lose is written so that it cannot."""

from __future__ import annotations

import re
import unicodedata

ERROR_TEXTS = frozenset({
    "#REF!", "#DIV/0!", "#VALUE!", "#VALOR!", "#NAME?", "#NOME?", "#N/A", "#N/D", "#NUM!", "#NÚM!", "#NULL!", "#NULO!",
    "#SPILL!", "#DESPEJAR!", "#CALC!", "#GETTING_DATA", "#OBTENDO_DADOS", "#BLOCKED!", "#FIELD!", "#ERRO!", "#ERROR!",
})  # fmt: skip
"""What a formula that failed leaves in its cell, in English and in Portuguese."""

_SHORTENED_CHARS = 80
_RISKY = re.compile(rf"'*(?:[=+\-@\t\r]|(?:{'|'.join(map(re.escape, sorted(ERROR_TEXTS)))})\Z)")
_NEUTRALISED = re.compile(rf"'(?={_RISKY.pattern})")
_KEPT_FORMAT_CHARACTERS = "\u200c\u200d"


def neutralise(text: str) -> str:
    """Return the text so that no spreadsheet program takes it for a formula; ``restore`` undoes exactly this."""
    return f"'{text}" if _RISKY.match(text) else text


def restore(text: str) -> str:
    """Return the text that ``neutralise`` was given."""
    return text[1:] if _NEUTRALISED.match(text) else text


def harmless(text: str) -> str:
    """Return a text from a file as a message may show it: short, on one line, control characters spelt out."""
    shortened = text if len(text) <= _SHORTENED_CHARS else f"{text[: _SHORTENED_CHARS - 1]}…"
    if shortened.isascii() and shortened.isprintable():
        return shortened
    spelt = "".join(_spell(char) for char in shortened)
    return spelt if len(spelt) <= _SHORTENED_CHARS else f"{spelt[: _SHORTENED_CHARS - 1]}…"


def _spell(char: str) -> str:
    if char in "\n\r\t\u2028\u2029":
        return " "
    if unicodedata.category(char).startswith("C") and char not in _KEPT_FORMAT_CHARACTERS:
        return f"<U+{ord(char):04X}>"
    return char
