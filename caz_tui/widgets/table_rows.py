"""The rows that a table knows out of many, those it still has to ask for, and those that are marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

RowT = TypeVar("RowT")


class Marks(NamedTuple):
    """The marked rows of a result, by key: those in ``keys`` or, inverted, all but those."""

    inverted: bool = False
    keys: frozenset[int] = frozenset()

    def contains(self, key: int) -> bool:
        """Return whether the row with this key is marked."""
        return (key in self.keys) is not self.inverted

    def toggle(self, key: int) -> Marks:
        """Return the marks with those of one row turned over."""
        return Marks(self.inverted, self.keys ^ {key})

    def number_in(self, total: int) -> int:
        """Return how many rows are marked in a result of ``total`` rows."""
        return max(0, total - len(self.keys)) if self.inverted else len(self.keys)


class RowWindow(Generic[RowT]):
    """The rows that are known of one result, at most about ``capacity`` of them around the viewport."""

    def __init__(self, capacity: int = 600) -> None:
        self.total = 0
        self.is_exact = True
        """Whether the result has no more rows than ``total``."""
        self.generation: int | None = None
        self._capacity = capacity
        self._rows: dict[int, RowT] = {}
        self._asked = range(0)
        self._waiting = False

    def __len__(self) -> int:
        return len(self._rows)

    def reset(self, total: int, generation: int, *, is_exact: bool = True) -> None:
        """Forget every row: another result of ``total`` rows begins, or of more where that is not exact."""
        self.total, self.is_exact = total, is_exact
        self.generation = generation
        self._rows.clear()
        self._asked = range(0)
        self._waiting = False

    def get(self, index: int) -> RowT | None:
        """Return the row at ``index`` of the result, or None while it is not known."""
        return self._rows.get(index)

    def put(self, offset: int, rows: Sequence[RowT], *, centre: int) -> None:
        """Take rows in from ``offset`` on; beyond the capacity those far from ``centre`` are let go."""
        if not self.is_exact:
            self.total = max(self.total, offset + len(rows))
        self._rows.update(zip(range(offset, self.total), rows, strict=False))
        if self._asked.start in range(offset, offset + max(1, len(rows))):
            self._waiting = False
        if len(self._rows) > self._capacity:
            kept = range(centre - self._capacity // 2, centre + self._capacity // 2)
            self._rows = {index: row for index, row in self._rows.items() if index in kept}

    def lacks(self, viewport: range) -> bool:
        """Tell whether some row of the screen is not known."""
        return bool(self._missing(viewport, 0))

    def ask(self, viewport: range, direction: int) -> range | None:
        """Return the rows to ask for now, or None when enough are known or on their way.

        They reach one page ahead, and are asked for when less than half a page of it is left, so that
        walking row by row does not ask row by row. An answer that came back short is not asked for again.

        Args:
            viewport: Indices of the rows on the screen.
            direction: 1 while travelling towards the end, -1 towards the start.
        """
        page = len(viewport)
        if not self._missing(viewport, direction * (page // 2)):
            return None
        wanted = self._missing(viewport, direction * page)
        if self._waiting:
            urgent = self._missing(viewport, 0)
            if not urgent or (urgent[0] in self._asked and urgent[-1] in self._asked):
                return None
        elif wanted == self._asked:
            return None
        self._asked, self._waiting = wanted, True
        return wanted

    def _missing(self, viewport: range, ahead: int) -> range:
        start = max(0, viewport.start + min(0, ahead))
        stop = viewport.stop + max(0, ahead)
        if self.is_exact:
            stop = min(self.total, stop)
        absent = [index for index in range(start, stop) if index not in self._rows]
        return range(absent[0], absent[-1] + 1) if absent else range(0)
