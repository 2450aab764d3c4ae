"""What a terminal writes with: colours and attributes as numbers, and the shortest sequence from one to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from rich.color import ColorSystem
    from rich.style import Style

# The code that takes an attribute back, by the code that sets it.
_OFF: Final = {
    "1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "6": "25", "7": "27", "8": "28", "9": "29", "21": "24",
    "51": "54", "52": "54", "53": "55",
}  # fmt: skip
_SEEN_ON_BLANKS: Final = frozenset({"4", "7", "9", "21", "51", "52", "53"})
_COLOUR_PARTS: Final = {"2": 5, "5": 3}
_MOST_STYLES: Final = 8192

UNKNOWN: Final = -1
"""The number of what a terminal writes with when nobody knows."""


class Pen(NamedTuple):
    """Foreground, background and attributes, each as the codes that set it."""

    foreground: str = ""
    background: str = ""
    attributes: tuple[str, ...] = ()


class Pens:
    """The pens of one terminal; number 0 is that of a terminal nobody has touched."""

    def __init__(self, colour_system: ColorSystem) -> None:
        """Take what colours the terminal has."""
        self._colour_system = colour_system
        self._pens = [Pen()]
        self._numbers = {Pen(): 0}
        self._of_style: dict[Style, int] = {}
        self._changes: dict[tuple[int, int], str] = {}
        self.on_blanks = [0]
        """By the number of a pen, that of the plainest pen with which a blank looks the same."""

    def of(self, style: Style | None) -> int:
        """Return the number of the pen that shows a style."""
        if style is None:
            return 0
        number = self._of_style.get(style)
        if number is None:
            if len(self._of_style) >= _MOST_STYLES:
                self._of_style.clear()
            codes = style.update_link(None).render("x", color_system=self._colour_system)
            number = self._number(_parse(codes[2 : codes.index("m")] if codes.startswith("\x1b[") else ""))
            self._of_style[style] = number
        return number

    def change(self, before: int, after: int) -> str:
        """Return the shortest sequence that takes a terminal from one pen to another."""
        sequence = self._changes.get((before, after))
        if sequence is None:
            sequence = self._changes[before, after] = self._shortest(before, after)
        return sequence

    def is_plain(self, number: int) -> bool:
        """Tell whether a blank of this pen is what erasing leaves: a background and nothing else."""
        return self.on_blanks[number] == number and not self._pens[number].attributes

    def _number(self, pen: Pen) -> int:
        number = self._numbers.get(pen)
        if number is None:
            number = self._numbers[pen] = len(self._pens)
            self._pens.append(pen)
            self.on_blanks.append(number)
            if not _SEEN_ON_BLANKS.intersection(pen.attributes):
                self.on_blanks[number] = self._number(Pen(background=pen.background))
        return number

    def _shortest(self, before: int, after: int) -> str:
        wanted = self._pens[after]
        anew = [code for code in ("0", *wanted.attributes, wanted.foreground, wanted.background) if code]
        fresh = "\x1b[m" if anew == ["0"] else f"\x1b[{';'.join(anew)}m"
        if before == UNKNOWN:
            return fresh
        had = self._pens[before]
        codes: list[str] = []
        kept = set(had.attributes)
        for code in had.attributes:
            if code not in wanted.attributes and _OFF[code] not in codes:
                codes.append(_OFF[code])
                kept -= {other for other in had.attributes if _OFF[other] == _OFF[code]}
        codes += [code for code in wanted.attributes if code not in kept]
        if had.foreground != wanted.foreground:
            codes.append(wanted.foreground or "39")
        if had.background != wanted.background:
            codes.append(wanted.background or "49")
        return min(fresh, f"\x1b[{';'.join(codes)}m" if codes else "", key=len)


def _parse(codes: str) -> Pen:
    """Return the pen that a sequence of SGR codes sets."""
    foreground = background = ""
    attributes: list[str] = []
    parts = codes.split(";") if codes else []
    at = 0
    while at < len(parts):
        code = parts[at]
        length = _COLOUR_PARTS[parts[at + 1]] if code in {"38", "48"} else 1
        whole = ";".join(parts[at : at + length])
        at += length
        if code in _OFF:
            attributes.append(code)
        elif code == "38" or (len(code) == 2 and code[0] in "39" and code != "39"):
            foreground = whole
        elif code not in {"39", "49", "0"}:
            background = whole
    return Pen(foreground, background, tuple(attributes))
