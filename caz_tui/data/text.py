"""Text at the wall: what may be stored, and the folded form that search and order compare."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile("[\u00ad\u180e\u200b\u2060-\u2064\ufeff]")
_LINE_BREAKS = re.compile(r"[\t\n\x0b\x0c\r\x85\u2028\u2029]+")
_FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\ud800-\udfff\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff]"
)
_COMMON_ACCENTS = re.compile("[\u0300-\u034e\u0350-\u036f]")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def clean_line(text: str) -> str:
    """Return a value of one line as it is stored: NFC, trimmed, line breaks made spaces.

    Raises:
        ValueError: it holds control or text-direction characters.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    text = _LINE_BREAKS.sub(" ", _INVISIBLE.sub("", text))
    _refuse_forbidden(text)
    return unicodedata.normalize("NFC", text).strip()


def clean_block(text: str) -> str:
    r"""Return a value of several lines as it is stored: NFC, lines ended by ``\n``, no trailing blanks.

    Raises:
        ValueError: it holds control or text-direction characters.
    """
    lines = [clean_line(line.expandtabs(4)).rstrip() for line in text.splitlines()]
    return "\n".join(lines).strip()


def _refuse_forbidden(text: str) -> None:
    found = _FORBIDDEN.search(text)
    if found:
        raise ValueError(f"contém um caractere de controle (U+{ord(found.group()):04X})")


def fold(text: str) -> str:
    """Return the form in which texts are compared: without accents and case, compatibility forms undone."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    decomposed = _COMMON_ACCENTS.sub("", decomposed)
    if decomposed.isascii():
        return decomposed
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def ascii_lower(text: str) -> str:
    """Return a text in lower case as databases know it: its other letters stay."""
    return "".join(char.lower() if char.isascii() else char for char in text)


def slugify(text: str) -> str:
    """Return the text as a slug, so that labels, headers and slugs compare alike (``Em atraso``: ``em_atraso``)."""
    return _NOT_SLUG.sub("_", fold(text)).strip("_")
