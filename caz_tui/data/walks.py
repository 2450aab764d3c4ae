"""What has been learnt of the lists so far, until the portfolio is written to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from caz_tui.data.windows import Walk
from caz_tui.data.words_known import WordsKnown

if TYPE_CHECKING:
    from datetime import date

    from caz_tui.data.choices import Tab
    from caz_tui.data.dialects.base import Search
    from caz_tui.data.gate import Scope
    from caz_tui.data.query import ClientQuery, ClientView

_MOST_WALKS: Final = 16
_MOST_TOTALS: Final = 256

Totals = dict[tuple["Tab", "ClientQuery", "date", "Scope"], int]


class Walks:
    """The walks over the lists that were last read, and how many clients each list holds, whatever its order."""

    def __init__(self) -> None:
        self._walks: dict[tuple[ClientView, date, Scope], Walk] = {}
        self._words = WordsKnown()
        self.totals: Totals = {}
        """What was counted. Whoever counts takes it before: after a write there is another, and the old one is lost."""

    def clear(self) -> None:
        """Forget all of it: the portfolio was written to."""
        self._walks.clear()
        self._words = WordsKnown()
        self.totals = {}

    def get(self, view: ClientView, today: date, scope: Scope, search: Search | None) -> Walk:
        """Return the walk over a list, which knows its length if the list was counted in any order."""
        key = (view, today, scope)
        walk = self._walks.pop(key, None)
        if walk is None:
            walk = Walk(view, today, search=search, scope=scope, words_known=self._words)
        if walk.total is None:
            walk.total = self.totals.get((view.tab, view.query, today, scope))
        self._walks[key] = walk
        if len(self._walks) > _MOST_WALKS:
            del self._walks[next(iter(self._walks))]
        return walk


def note(totals: Totals, view: ClientView, today: date, scope: Scope, total: int) -> None:
    """Take note of how many clients a list holds."""
    totals[view.tab, view.query, today, scope] = total
    if len(totals) > _MOST_TOTALS:
        del totals[next(iter(totals))]
