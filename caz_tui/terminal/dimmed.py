"""The screen beneath a dialog, drawn in dimmed colours straight from its strips.

Textual sends it through Rich's console and dims segment by segment; that is a third of what opening a dialog draws.
What is known of Textual's inside: `Screen.render` of a translucent screen returns a `BackgroundScreen`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.geometry import Size
from textual.strip import Strip
from textual.visual import Visual

if TYPE_CHECKING:
    from textual.css.styles import RulesMap
    from textual.screen import Screen
    from textual.style import Style as VisualStyle
    from textual.visual import RenderOptions


class Dimmed(Visual):
    """What a screen shows, with a translucent colour over it."""

    def __init__(self, screen: Screen[Any], tint: Color) -> None:
        """Take the screen and the colour with its opacity."""
        self._screen = screen
        self._tint = tint

    def render_strips(
        self,
        width: int,
        height: int | None,
        style: VisualStyle,
        options: RenderOptions,  # noqa: ARG002 - Textual's contract
    ) -> list[Strip]:
        """Return the dimmed lines."""
        size = Size(width, self._screen.size.height if height is None else height)
        beneath = self._screen._compositor.render_strips(size)  # noqa: SLF001
        base, tint = style.rich_style, self._tint
        return [Strip([Segment(text, base + dim(own, tint)) for text, own, _ in strip]) for strip in beneath]

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:  # noqa: ARG002 - Textual's contract
        """Return all the room there is."""
        return container_width

    def get_height(self, rules: RulesMap, width: int) -> int:  # noqa: ARG002 - Textual's contract
        """Return the height of the screen."""
        return self._screen.size.height


@lru_cache(maxsize=1024)
def dim(style: Style | None, tint: Color) -> Style:
    """Return a style with its colours mixed with a tint, and without links or actions.

    Args:
        style: what text is drawn in; None for plain.
        tint: a colour with its opacity.
    """
    if style is None:
        return Style.null()
    plain = style.clear_meta_and_links()
    mixed = [
        None if color is None else (Color.from_rich_color(color) + tint).rich_color
        for color in (plain.color, plain.bgcolor)
    ]
    return plain + Style.from_color(*mixed)
