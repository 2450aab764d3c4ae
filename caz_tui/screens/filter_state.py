"""What Mais filtros shows of a query, and the query that what it shows asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from caz_tui.data import values
from caz_tui.data.choices import Field
from caz_tui.data.query import NEVER, Choice, ClientQuery, Criterion, Match, Span, TextMatch, Word
from caz_tui.data.text import clean_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SHOWN_FIELDS = (
    Field.SITUATION, Field.LICENCE_HISTORY, Field.AUTO_RENEWS, Field.EXPIRES_ON, Field.LAST_EXPORT, Field.CHARGES,
    Field.PLAN, Field.STATE, Field.TAGS,
)  # fmt: skip

EXPIRY_PRESETS: dict[str, tuple[Match, ...]] = {
    "Qualquer": (),
    "Vencido": (Span(None, -1),),
    "Hoje": (Span(0, 0),),
    "Em 7 dias": (Span(0, 7),),
    "Em 30 dias": (Span(0, 30),),
    "Em 60 dias": (Span(0, 60),),
    "Em 90 dias": (Span(0, 90),),
}
EXPORT_PRESETS: dict[str, tuple[Match, ...]] = {
    "Qualquer": (),
    "Nunca": (Choice(NEVER),),
    "Últimos 30 dias": (Span(-30, 0),),
    "Últimos 35 dias": (Span(-35, 0),),
    "Há mais de 35 dias": (Span(None, -36),),
}

_WORD = re.compile(r'"((?:[^"\\]|\\.)+)"(?!\S)|(\S+)')
_LISTED = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"(\*?)|([^,]*))\s*(?:,|$)')
_ESCAPED = re.compile(r"\\(.)")
_LIST_NEEDS_QUOTES = re.compile(r'[,"]|\*$')


@dataclass(frozen=True, slots=True)
class PanelState:
    """What the panel holds: words, and for each field what it must match; an absent field may be anything."""

    words: tuple[Word, ...] = ()
    matches: Mapping[Field, tuple[Match, ...]] = field(default_factory=dict)

    def query(self, base: ClientQuery) -> ClientQuery:
        """Return a query with what the panel shows replaced, and what it cannot show left as it is."""
        places = _places(base)
        fields = {place: shown for shown, place in places.items()}
        keep_words = self.words == panel_state(base).words
        pending = list(self.words)
        parts: list[Word | Criterion] = []
        for place, part in enumerate(base.parts):
            if isinstance(part, Word):
                parts.extend((part,) if keep_words else pending)
                pending.clear()
            elif place not in fields:
                parts.append(part)
            elif wanted := self.matches.get(fields[place]):
                parts.append(Criterion(fields[place], wanted))
        added = [
            Criterion(shown, self.matches[shown])
            for shown in SHOWN_FIELDS
            if shown not in places and self.matches.get(shown)
        ]
        return ClientQuery((*parts, *pending, *added))


def panel_state(query: ClientQuery) -> PanelState:
    """Return what the panel can show of a query."""
    words = tuple(part for part in query.parts if isinstance(part, Word))
    return PanelState(words, {shown: criterion.matches for shown, criterion in _criteria(query)})


def left_alone(query: ClientQuery) -> ClientQuery:
    """Return the part of a query that the panel cannot show, and so leaves as it is."""
    places = set(_places(query).values())
    return ClientQuery(
        tuple(part for place, part in enumerate(query.parts) if isinstance(part, Criterion) and place not in places)
    )


def format_words(words: tuple[Word, ...]) -> str:
    """Return words as the name field shows them, those with blanks between quotes."""
    return " ".join(_quoted(word.text) if _word_needs_quotes(word.text) else word.text for word in words)


def parse_words(text: str) -> tuple[Word, ...]:
    """Return the words of the name field; quotes hold several together.

    Raises:
        ValueError: it holds control characters.
    """
    found = []
    for match in _WORD.finditer(text):
        word = clean_line(_unescaped(match[1]) if match[1] is not None else match[2])
        if word:
            found.append(Word(word))
    return tuple(found)


def format_texts(matches: tuple[Match, ...]) -> str:
    """Return the values of a text field, separated by commas."""
    return ", ".join(_format_text(match) for match in matches if isinstance(match, TextMatch))


def parse_texts(text: str) -> tuple[Match, ...]:
    """Return the values that commas separate; ``*`` at the end of one makes it a beginning.

    Raises:
        ValueError: it holds control characters.
    """
    found: dict[Match, None] = {}
    for match in _LISTED.finditer(text):
        if match[1] is not None:
            value, prefix = clean_line(_unescaped(match[1])), bool(match[2])
        else:
            value = clean_line(match[3])
            prefix = value.endswith("*")
            value = value[:-1].rstrip() if prefix else value
        if value or prefix:
            found[TextMatch(value, prefix)] = None
    return tuple(found)


def format_states(matches: tuple[Match, ...]) -> str:
    """Return federative units, separated by commas."""
    return ", ".join(match.slug for match in matches if isinstance(match, Choice))


def parse_states(text: str) -> tuple[Match, ...]:
    """Return the federative units that commas or blanks separate.

    Raises:
        ValueError: one of them does not exist.
    """
    found: dict[Match, None] = {}
    for piece in re.split(r"[,;\s]+", text.strip()):
        if piece:
            found[Choice(values.optional_state(piece) or "")] = None
    return tuple(found)


def _criteria(query: ClientQuery) -> Iterator[tuple[Field, Criterion]]:
    for shown, place in _places(query).items():
        part = query.parts[place]
        assert isinstance(part, Criterion)
        yield shown, part


def _places(query: ClientQuery) -> dict[Field, int]:
    """Return the place of the criterion that the panel shows for a field: the first one that it can show."""
    places: dict[Field, int] = {}
    for place, part in enumerate(query.parts):
        if isinstance(part, Criterion) and _can_show(part):
            places.setdefault(part.field, place)
    return places


def _can_show(criterion: Criterion) -> bool:
    if criterion.negated or criterion.field not in SHOWN_FIELDS:
        return False
    return criterion.field is not Field.AUTO_RENEWS or len(criterion.matches) == 1


def _word_needs_quotes(text: str) -> bool:
    return bool(re.search(r"\s", text)) or text.startswith('"')


def _format_text(match: TextMatch) -> str:
    text = _quoted(match.text) if _LIST_NEEDS_QUOTES.search(match.text) else match.text
    return text + ("*" if match.prefix else "")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)
