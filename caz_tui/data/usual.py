"""The lists that are asked for most, whose statements are compiled before anybody asks for them."""

from __future__ import annotations

from itertools import chain
from typing import Final

from caz_tui.data.choices import Field, Order, Situation, Tab
from caz_tui.data.query import Choice, ClientQuery, ClientView, Criterion, Word
from caz_tui.data.selects import SORT_FIELDS

_SITUATION: Final = Criterion(Field.SITUATION, (Choice(Situation.ACTIVE.value),))

USUAL_VIEWS: Final = (
    # A letter that most have, and letters that nobody has: each finds its clients in a way of its own.
    *(ClientView(query=ClientQuery((part,))) for part in (_SITUATION, Word("a"), Word("zzz"))),
    *map(ClientView, Tab),
    *chain.from_iterable(
        (ClientView(order=Order(field)), ClientView(order=Order(field, descending=True))) for field in SORT_FIELDS
    ),
)
