"""What has been learnt of the words that are searched for, until the portfolio is written to.

Whoever has a word has every part of it too: while one is typed on, letter by letter, those who had it before are asked
rather than the index again, which takes the longer the more letters there are.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self, TypeVar

from sqlalchemy import func, select

from caz_tui.data.dialects import base

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import CompoundSelect, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from caz_tui.data.dialects.base import Search

KnownT = TypeVar("KnownT")

_WORDS_KEPT: Final = 3
"""Of whose owners the ids are kept: a hundred kilobytes a word."""


class Owners(NamedTuple):
    """Some clients.

    Attributes:
        number: how many they are.
        ids: their ids as a JSON array.
    """

    number: int
    ids: str

    @classmethod
    async def among(cls, connection: AsyncConnection, some: Select[tuple[int]] | CompoundSelect[tuple[int]]) -> Self:
        """Return those whose ids something selects; only SQLite knows how."""
        found = some.subquery()
        asking = select(func.count(), func.json_group_array(found.c[0])).select_from(found)
        return cls(*(await connection.execute(asking)).one())

    @property
    def those(self) -> tuple[int, ...]:
        """Their ids."""
        return tuple(json.loads(self.ids))

    def selected(self) -> Select[tuple[int]]:
        """Return what selects their ids; only SQLite knows how."""
        return select(func.json_each(self.ids).table_valued("value").c.value)


class Reach(NamedTuple):
    """How far a walk along the names goes at most.

    Attributes:
        everybody: how many clients there are, or a few more.
        end: the sort key of the first one that it does not pass; None where it passes all.
    """

    everybody: int
    end: tuple[Any, ...] | None


class LastWords(dict[str, KnownT]):
    """What is known of a few words; what is learnt of another takes the place of what was learnt first."""

    def __setitem__(self, word: str, known: KnownT) -> None:
        """Keep what is known of a word."""
        self.pop(word, None)
        super().__setitem__(word, known)
        if len(self) > _WORDS_KEPT:
            del self[next(iter(self))]


class WordsKnown:
    """The words that were last looked up, each with who has it, and how far walks go in either direction."""

    def __init__(self) -> None:
        self._owners: LastWords[Owners | None] = LastWords()
        self.elsewhere: LastWords[tuple[int, ...] | None] = LastWords()
        """Who has a word elsewhere than where the name begins; None where too many have."""
        self.archived: LastWords[tuple[int, ...]] = LastWords()
        """Which archived clients have a word, or a part of it."""
        self.reaches: dict[bool, Reach] = {}
        """By whether names descend."""

    async def owners(self, connection: AsyncConnection, search: Search, word: str) -> Owners | None:
        """Return who has a folded word, as the index knows it, or who has a part of it, where that is known.

        None where more than ``MOST_LOOKED_UP`` have the word.
        """
        parts = (owners for part, owners in self._owners.items() if owners is not None and part in word)
        found = min(parts, key=lambda owners: owners.number, default=None)
        if found is None and word not in self._owners:
            some = await Owners.among(connection, search.who_has(word).limit(base.MOST_LOOKED_UP + 1))
            found = some if some.number <= base.MOST_LOOKED_UP else None
            # That many have it is kept as well, or it would be asked of the index for every page.
            self._owners[word] = found
        return found

    def beginning_of(self, word: str) -> str | None:
        """Return the longest beginning of a word of which is known who has it elsewhere; None where there is none."""
        parts = (part for part, those in self.elsewhere.items() if those is not None and word.startswith(part))
        return max(parts, key=len, default=None)

    async def rare(self, connection: AsyncConnection, search: Search, words: Iterable[str]) -> tuple[str, ...]:
        """Return those of some folded words that at most ``MOST_LOOKED_UP`` clients have."""
        return tuple([word for word in words if await self.owners(connection, search, word) is not None])
