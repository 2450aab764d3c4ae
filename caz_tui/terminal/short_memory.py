"""The seam with what Textual remembers: for longer than anybody asks for it, and in more than it needs.

What is known of Textual's inside, watched by `tests/unit/test_painting_seams.py`:

- `StylesCache.get_inner_outer` remembers its answers together with the cache that it was asked of, and so the drawn
  lines of a thousand widgets that have gone; nothing of the answer depends on that cache;
- `Region` remembers up to 4,096 answers of each of its sums, the names of which are below;
- `Segment._split_cells` remembers up to 16,384 halves of what was drawn, and `cached_cell_len`, by which Rich's modules
  `cells` and `segment` call it, how many cells 4,096 texts take;
- `textual.strip.FIFOCache` is made seven times for every strip, most of which stay empty; of each a strip takes
  nothing but `get` and what is set by key.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from rich import cells, segment
from rich.segment import Segment
from textual import strip
from textual._styles_cache import StylesCache
from textual.geometry import Region
from textual.style import Style

if TYPE_CHECKING:
    from textual.color import Color

SUMS_KEPT: Final = 512
"""Answers of each sum with regions: those of a few frames."""
LENGTHS_KEPT: Final = 1_024
"""In cells, of texts: those of a few frames."""

_SUMS: Final = ("__contains__", "contains_region", "grow", "intersection", "overlaps", "shrink", "translate", "union")


def shorten() -> None:
    """Let Textual remember less; asked for again it changes nothing."""
    StylesCache.get_inner_outer = staticmethod(_inner_outer)  # type: ignore[assignment]
    for name in _SUMS:
        remembers = getattr(Region, name)
        if remembers.cache_parameters()["maxsize"] > SUMS_KEPT:
            setattr(Region, name, lru_cache(maxsize=SUMS_KEPT)(remembers.__wrapped__))
    halves: Any = Segment._split_cells  # noqa: SLF001
    if halves.cache_parameters()["maxsize"] > SUMS_KEPT:
        fewer: Any = lru_cache(maxsize=SUMS_KEPT)(halves.__wrapped__)
        Segment._split_cells = classmethod(fewer)  # type: ignore[assignment]  # noqa: SLF001
    lengths: Any = cells.cached_cell_len
    if lengths.cache_parameters()["maxsize"] > LENGTHS_KEPT:
        shorter: Any = lru_cache(maxsize=LENGTHS_KEPT)(lengths.__wrapped__)
        cells.cached_cell_len = segment.cached_cell_len = shorter  # type: ignore[attr-defined]
    strip.FIFOCache = _of_one_strip  # type: ignore[assignment, attr-defined]


@lru_cache(maxsize=1024)
def _inner_outer(base_background: Color, background: Color) -> tuple[Style, Style]:
    return Style(background=base_background + background), Style(background=base_background)


def _of_one_strip(maxsize: int) -> dict[Any, Any]:  # noqa: ARG001 - Textual's own signature
    # A strip is asked for few things in its life: to be bounded is not worth an object with a dictionary in it.
    return {}
