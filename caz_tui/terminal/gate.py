"""The last gate: filters every rendered line passes before it becomes bytes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.filter import LineFilter

from caz_tui.terminal.visible import MAX_STACKED_MARKS, PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.color import Color

_OBEYED: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]"
)


_MARKS: Final = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_STACKED: Final = re.compile(f"({_MARKS}{{{MAX_STACKED_MARKS}}}){_MARKS}+")


class ControlGate(LineFilter):
    """Take out of the text of a line what a terminal would obey instead of show."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """Clean one line.

        Args:
            segments: the line.
            background: of no interest here.

        Returns:
            The very same list when it is clean; the cells it takes never change.
        """
        line = "".join([text for text, _, _ in segments])
        if line.isascii() and line.isprintable():
            return segments
        if not (_OBEYED.search(line) or _STACKED.search(line)):
            return segments
        return [segment if segment.control else Segment(_shown(segment.text), segment.style) for segment in segments]


class Colourless(LineFilter):
    """Take all colours out, and leave weight, underline and reverse."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """Bleach one line.

        Args:
            segments: the line.
            background: of no interest here.

        Returns:
            The line with the same text and no colour code.
        """
        return [
            Segment(text, None if style is None else _without_colour(style), control)
            for text, style, control in segments
        ]


_GATE: Final = ControlGate()
_COLOURLESS: Final = Colourless()


def guarded(filters: Sequence[LineFilter], *, colourless: bool) -> Sequence[LineFilter]:
    """Put the gate behind an app's own filters: what `App.get_line_filters` returns.

    Args:
        filters: those of Textual.
        colourless: whether the terminal or the user wants no colour (`App.no_color`); Textual's filters only
            translate colours, and its monochrome one sends greys, so they all go.

    Returns:
        The filters to apply, in order.
    """
    return (_COLOURLESS, _GATE) if colourless else (*filters, _GATE)


def _shown(text: str) -> str:
    return _STACKED.sub(r"\1", _OBEYED.sub(_as_wide, text))


def _as_wide(match: re.Match[str]) -> str:
    # Most of them were measured as no cell at all: a stand-in would push the line over its edge.
    return PLACEHOLDER * cell_len(match.group())


@lru_cache(maxsize=1024)
def _without_colour(style: Style) -> Style:
    return style.without_color + Style.from_meta(style.meta)
