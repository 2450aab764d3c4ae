"""``ClientQuery``: one immutable value for every filter, and the text form that round-trips with it.

The text form is described in the user guide: bare words, ``key:value[,value]``, ``-key:value`` and quotes. Parsing
never guesses: what it does not understand is a ``QueryError`` that names what it does.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from caz_tui.data import values
from caz_tui.data.choices import BY_NAME, Charges, Field, Labelled, LicenceHistory, Order, Payer, Situation, Tab
from caz_tui.data.errors import QueryError
from caz_tui.data.text import clean_line, fold, slugify

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_PARTS = 100
LONGEST_TEXT = 4_000
MOST_DAYS = 36_500

NEVER = "nunca"
WITHOUT_PAYER = "sem_plano"
YES, NO = "sim", "nao"

_TYPE_OF_CHOICE: dict[Field, type[Labelled]] = {
    Field.SITUATION: Situation,
    Field.LICENCE_HISTORY: LicenceHistory,
    Field.CHARGES: Charges,
    Field.PAYER: Payer,
}
DATE_FIELDS = (Field.EXPIRES_ON, Field.LAST_EXPORT)
YES_NO_FIELDS = (Field.AUTO_RENEWS, Field.ARCHIVED)
TEXT_FIELDS = (
    Field.NAME, Field.TRADE_NAME, Field.DOCUMENT, Field.PLAN, Field.EMAIL, Field.PHONE, Field.CITY, Field.TAGS,
    Field.SUPPORT_ID, Field.CARTEIRA,
)  # fmt: skip
QUERY_FIELDS = tuple(field for field in Field if field is not Field.NOTES)

_DAY_OFFSET = re.compile(r"(-?)(\d{1,5})d", re.ASCII)
_LOOKS_LIKE_KEY = re.compile(r"-?[^\W\d]\w*:")
_NEEDS_QUOTES = re.compile(r'[\s",]')

Day = date | int
"""A fixed day, or a number of days from today."""


class Choice(NamedTuple):
    """A value from a closed list, by slug."""

    slug: str


class TextMatch(NamedTuple):
    """A text that a value must equal, or begin with, accents and case aside."""

    text: str
    prefix: bool = False


class Span(NamedTuple):
    """Days from ``first`` to ``last``, both included; None leaves an end open."""

    first: Day | None
    last: Day | None

    def resolve(self, today: date) -> tuple[date | None, date | None]:
        """Return the two ends as dates, as seen on a given day."""
        return _resolve(self.first, today), _resolve(self.last, today)


Match = Choice | TextMatch | Span
ANY_TEXT = TextMatch("", prefix=True)


class Word(NamedTuple):
    """A text that must occur in name, trade name, document or e-mail."""

    text: str


class Criterion(NamedTuple):
    """A field that must match one of several values; ``negated`` asks for the exact complement."""

    field: Field
    matches: tuple[Match, ...]
    negated: bool = False


Part = Word | Criterion


class Chip(NamedTuple):
    """A part of a query in words, with its place, for whoever shows it."""

    place: int
    text: str


class ClientQuery(NamedTuple):
    """Everything a list of clients is filtered by; every part must hold."""

    parts: tuple[Part, ...] = ()

    @classmethod
    def parse(cls, text: str) -> ClientQuery:
        """Return the query that a text writes.

        Raises:
            QueryError: an unknown key or value, an open quote, an impossible date; the sentence names what is valid.
        """
        if len(text) > LONGEST_TEXT:
            raise QueryError(f"A consulta passa de {LONGEST_TEXT} caracteres.")
        parts = tuple(_parse_part(token) for token in _tokens(text))
        if len(parts) > MOST_PARTS:
            raise QueryError(f"A consulta tem mais de {MOST_PARTS} partes.")
        return cls(parts)

    def __str__(self) -> str:
        return " ".join(_format_part(part) for part in self.parts)

    def __bool__(self) -> bool:
        return bool(self.parts)

    def __and__(self, other: ClientQuery) -> ClientQuery:
        return ClientQuery(self.parts + other.parts)

    @property
    def words(self) -> ClientQuery:
        """The bare words alone."""
        return ClientQuery(tuple(part for part in self.parts if isinstance(part, Word)))

    @property
    def filters(self) -> ClientQuery:
        """The criteria alone."""
        return ClientQuery(tuple(part for part in self.parts if isinstance(part, Criterion)))

    @property
    def asks_for_archived(self) -> bool:
        """Whether the query itself says what becomes of archived clients."""
        return any(isinstance(part, Criterion) and part.field is Field.ARCHIVED for part in self.parts)

    def matches(self, field: Field) -> tuple[Match, ...]:
        """Return what the first plain criterion on a field accepts; nothing when there is none."""
        for part in self.parts:
            if isinstance(part, Criterion) and part.field is field and not part.negated:
                return part.matches
        return ()

    def replacing(self, field: Field, matches: Iterable[Match]) -> ClientQuery:
        """Return the query with its plain criteria on a field replaced, or removed when nothing is to match."""
        wanted = tuple(matches)
        kept = [part for part in self.parts if not _is_plain(part, field)]
        if wanted:
            place = next((i for i, part in enumerate(self.parts) if _is_plain(part, field)), len(kept))
            kept.insert(min(place, len(kept)), Criterion(field, wanted))
        return ClientQuery(tuple(kept))

    def without(self, index: int) -> ClientQuery:
        """Return the query without the part at a place."""
        return ClientQuery(self.parts[:index] + self.parts[index + 1 :])

    def describe(self) -> tuple[Chip, ...]:
        """Return every part in Portuguese, as chips show it."""
        return tuple(Chip(index, _describe_part(part)) for index, part in enumerate(self.parts))


def choices_of(field: Field) -> tuple[tuple[str, str], ...]:
    """Return the slugs and labels a field of a closed list can be asked for; nothing for other fields."""
    if field in _TYPE_OF_CHOICE:
        listed = tuple((member.value, member.label) for member in _TYPE_OF_CHOICE[field])
        return (*listed, (WITHOUT_PAYER, "Sem plano")) if field is Field.PAYER else listed
    if field in YES_NO_FIELDS:
        return (YES, "Sim"), (NO, "Não")
    if field is Field.STATE:
        return tuple((state, state) for state in values.STATES)
    return ()


def _is_plain(part: Part, field: Field) -> bool:
    return isinstance(part, Criterion) and part.field is field and not part.negated


def _resolve(day: Day | None, today: date) -> date | None:
    return today + timedelta(days=day) if isinstance(day, int) else day


# A token is its characters, each with whether quotes protect it from being read as syntax.
Token = list[tuple[str, bool]]


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    token: Token | None = None
    quoted = False
    at = 0
    while at < len(text):
        char = text[at]
        at += 1
        if quoted:
            assert token is not None
            if char == "\\" and text[at : at + 1] in {'"', "\\"}:
                token.append((text[at], True))
                at += 1
            elif char == '"':
                quoted = False
            else:
                token.append((char, True))
        elif char.isspace():
            if token is not None:
                tokens.append(token)
            token = None
        elif char == '"' and (not token or token[-1] in {(":", False), (",", False)}):
            token = token or []
            quoted = True
            if not token:
                token.append(("", True))
        else:
            token = token or []
            token.append((char, False))
    if quoted:
        raise QueryError('Faltou fechar as aspas ("…") na consulta.')
    if token is not None:
        tokens.append(token)
    return tokens


def _text_of(token: Token) -> str:
    return "".join(char for char, _ in token)


def _parse_part(token: Token) -> Part:
    plain = "".join(char if not protected else "\0" for char, protected in token)
    if _LOOKS_LIKE_KEY.match(plain):
        colon = plain.index(":")
        return _parse_criterion(_text_of(token[:colon]), token[colon + 1 :])
    text = _clean(_text_of(token))
    if not text:
        raise QueryError('As aspas vazias ("") não procuram nada.')
    return Word(text)


def _parse_criterion(key: str, rest: Token) -> Criterion:
    negated = key.startswith("-")
    key = key.removeprefix("-")
    slug = slugify(key)
    field = next((field for field in QUERY_FIELDS if field.value == slug), None)
    if field is None:
        raise QueryError(f"Filtro desconhecido: {_clean(key)}. Use um de: {', '.join(QUERY_FIELDS)}.")
    matches: dict[Match, None] = {}
    for piece in _split_at_commas(rest):
        matches[_parse_match(field, piece)] = None
    return Criterion(field, tuple(matches), negated)


def _split_at_commas(token: Token) -> list[Token]:
    pieces: list[Token] = [[]]
    for entry in token:
        if entry == (",", False):
            pieces.append([])
        else:
            pieces[-1].append(entry)
    return pieces


def _parse_match(field: Field, piece: Token) -> Match:
    text = _clean(_text_of(piece))
    if field in TEXT_FIELDS:
        prefix = bool(piece) and piece[-1] == ("*", False)
        text = text[:-1].rstrip() if prefix else text
        if text or prefix:
            return TextMatch(text, prefix)
    if not text:
        raise QueryError(f"Falta o valor depois de {field}:.")
    if field in DATE_FIELDS:
        return _parse_dates(field, text)
    return _parse_choice(field, text)


def _parse_choice(field: Field, text: str) -> Choice:
    wanted = slugify(text)
    for slug, label in choices_of(field):
        if wanted in {slugify(slug), slugify(label)}:
            return Choice(slug)
    allowed = ", ".join(slug for slug, _ in choices_of(field))
    raise QueryError(f"{text} não é um valor de {field}. Use um de: {allowed}.")


def _parse_dates(field: Field, text: str) -> Match:
    lowered = fold(text)
    if lowered == NEVER and field is Field.LAST_EXPORT:
        return Choice(NEVER)
    if lowered == "vencido" and field is Field.EXPIRES_ON:
        return Span(None, -1)
    if match := _DAY_OFFSET.fullmatch(lowered):
        days = _days(field, match)
        return Span(min(days, 0), max(days, 0))
    first, dots, last = lowered.partition("..")
    if not dots:
        day = _parse_day(field, lowered)
        return Span(day, day)
    span = Span(_parse_day(field, first) if first else None, _parse_day(field, last) if last else None)
    if span == Span(None, None):
        raise QueryError(_date_help(field, text))
    if type(span.first) is type(span.last) and span.first > span.last:  # type: ignore[operator]
        raise QueryError(f"O intervalo {text} de {field} começa depois de terminar.")
    return span


def _parse_day(field: Field, text: str) -> Day:
    if text == "hoje":
        return 0
    if match := _DAY_OFFSET.fullmatch(text):
        return _days(field, match)
    if "-" in text or "/" in text:
        try:
            return values.parse_date(text)
        except ValueError as error:
            raise QueryError(f"Em {field}, {error}.") from None
    raise QueryError(_date_help(field, text))


def _days(field: Field, match: re.Match[str]) -> int:
    days = int(match[2])
    if days > MOST_DAYS:
        raise QueryError(f"Em {field}, o prazo passa de {MOST_DAYS} dias.")
    return -days if match[1] else days


def _date_help(field: Field, text: str) -> str:
    word = "nunca" if field is Field.LAST_EXPORT else "vencido"
    return f"{text} não é uma data de {field}. Use 2026-12-31, 31/12/2026, a..b, ..b, a.., 30d, -30d, hoje ou {word}."


def _clean(text: str) -> str:
    try:
        return clean_line(text)
    except ValueError as error:
        raise QueryError(f"A consulta {error}.") from None


def _format_part(part: Part) -> str:
    if isinstance(part, Word):
        looks_special = _NEEDS_QUOTES.search(part.text) or _LOOKS_LIKE_KEY.match(part.text)
        return _quote(part.text) if looks_special else part.text
    listed = ",".join(_format_match(part.field, match) for match in part.matches)
    return f"{'-' if part.negated else ''}{part.field}:{listed}"


def _format_match(field: Field, match: Match) -> str:
    if isinstance(match, Choice):
        return match.slug
    if isinstance(match, TextMatch):
        protect = _NEEDS_QUOTES.search(match.text) or match.text.endswith("*")
        return (_quote(match.text) if protect else match.text) + ("*" if match.prefix else "")
    return _format_span(field, match)


def _format_span(field: Field, span: Span) -> str:
    first, last = span.first, span.last
    if field is Field.EXPIRES_ON and (first, last) == (None, -1):
        return "vencido"
    # A single day some days away keeps both ends, since 5d alone is all the days until then.
    if first == last and (first == 0 or isinstance(first, date)):
        return _format_day(first)
    if isinstance(first, int) and isinstance(last, int) and 0 in (first, last):
        return f"{first or last}d"
    return f"{_format_day(first)}..{_format_day(last)}"


def _format_day(day: Day | None) -> str:
    if isinstance(day, int):
        return f"{day}d" if day else "hoje"
    return day.isoformat() if day else ""


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


_SHORT_LABELS = {Field.EXPIRES_ON: "Vence", Field.LAST_EXPORT: "Exportação", Field.AUTO_RENEWS: "Renovação automática"}


def _describe_part(part: Part) -> str:
    if isinstance(part, Word):
        return f"“{part.text}”"
    label = _SHORT_LABELS.get(part.field, part.field.label)
    separator = " " if part.field is Field.EXPIRES_ON else ": "
    if part.matches == (ANY_TEXT,):
        return f"{'Sem' if part.negated else 'Com'} {label}"
    listed = ", ".join(_describe_match(part.field, match) for match in part.matches)
    return f"{'Exceto ' if part.negated else ''}{label}{separator}{listed}"


def _describe_match(field: Field, match: Match) -> str:
    if isinstance(match, Choice):
        return "nunca" if match.slug == NEVER else dict(choices_of(field))[match.slug]
    if isinstance(match, TextMatch):
        return match.text + ("…" if match.prefix else "")
    return _describe_span(match)


def _describe_span(span: Span) -> str:
    match span.first, span.last:
        case None, -1:
            return "antes de hoje"
        case 0, 0:
            return "hoje"
        case 0, int(days):
            return f"nos próximos {days} dias"
        case int(days), 0:
            return f"nos últimos {-days} dias"
        case None, last:
            return f"até {_describe_day(last)}"
        case first, None:
            return f"a partir de {_describe_day(first)}"
        case first, last if first == last:
            return f"em {_describe_day(first)}"
        case first, last:
            return f"de {_describe_day(first)} a {_describe_day(last)}"


def _describe_day(day: Day | None) -> str:
    if isinstance(day, int):
        return "hoje" if day == 0 else f"daqui a {day} dias" if day > 0 else f"{-day} dias atrás"
    return f"{day:%d/%m/%Y}" if day else ""


class ClientView(NamedTuple):
    """What a list of clients shows: a tab, a query within it, and an order."""

    tab: Tab = Tab.ALL
    query: ClientQuery = ClientQuery()
    order: Order = BY_NAME

    @property
    def title(self) -> str:
        """The tab and the query, as the audit trail names what was taken from it."""
        return f"{self.tab.label}; {self.query}" if self.query else self.tab.label


class Selection(NamedTuple):
    """Clients that something is to be done with at once: those of a view, or those that were marked.

    Attributes:
        view: the list they were chosen from.
        only: the ids of the clients that were marked one by one, in the view or not; None for the whole view.
        but: the ids of the clients of the view that were left out.
    """

    view: ClientView
    only: frozenset[int] | None = None
    but: frozenset[int] = frozenset()

    @property
    def title(self) -> str:
        """What the audit trail calls the selection."""
        if self.only is not None:
            return "marcados um a um"
        return f"{self.view.title}, menos {len(self.but)}" if self.but else self.view.title
