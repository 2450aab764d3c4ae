"""What widgets share that draw their own lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.strip import Strip
    from textual.widget import Widget


def filtered(widget: Widget, strips: Iterable[Strip]) -> list[Strip]:
    """Return lines as they go to the screen: through the app's filters, which a strip remembers."""
    found, background = list(strips), widget.background_colors[1]
    for line_filter in widget.get_line_filters():
        found = [strip.apply_filter(line_filter, background) for strip in found]
    return found
