"""What hypothesis invents: portfolios that try hard to confuse, queries and views over them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from caz_tui.data.choices import Charges, Field, LicenceHistory, Order, Payer, Situation, Tab
from caz_tui.data.documents import complete
from caz_tui.data.query import (
    DATE_FIELDS,
    NEVER,
    QUERY_FIELDS,
    TEXT_FIELDS,
    Choice,
    ClientQuery,
    ClientView,
    Criterion,
    Span,
    TextMatch,
    Word,
    choices_of,
)
from caz_tui.data.readings import ExportPeriod
from caz_tui.data.schemas import ClientChanges
from caz_tui.data.selects import SORT_FIELDS
from caz_tui.data.text import clean_line

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from caz_tui.data.query import Match

TODAY = date(2026, 11, 24)

NASTY_TEXTS = (
    "São João", "SAO JOAO", "sao joão", "são", "Sãozinho", "Açaí", "AÇAI", "acai da praça", "ÁGUA",
    "agua", "Água Viva", "100%", "100", "1_0", "a_b", "ab", "50% off", "*", "**", "a*", "D'Ávila",
    "d'avila", 'diz "oi"', "a,b", "a, b", "\\", 'c:\\"x', "-", "-são", "--", "situacao:ativo", "nome:x",
    "uf:SP,RJ", "[/]", "[b]x[/b]", "[@click=app.quit]x", "Straße", "STRASSE", "ﬁm", "fim", "İzmir",
    "izmir", "ıssız", "Ørsted", "Ωmega", "ωμέγα", "Ёлка", "각", "가", "가나", "😀", "😀 a", "\U0010ffff",
    "z\U0010ffff", "zz", "ª", "a", "①", "1", "…", "...", "\ufffd", "\u0301x", "x", "12.ABC", "12abc",
    "0001", "/0001-", "@", ".br",
)  # fmt: skip

_texts = st.sampled_from(NASTY_TEXTS)
_clean_texts = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=8).map(
    lambda text: clean_line(text) or "x"
)
lines = st.one_of(_texts, _texts, _clean_texts, st.tuples(_texts, _texts).map(" ".join))

_DOCUMENTS = tuple(
    complete(base)
    for base in (
        *(f"{number:08d}0001" for number in range(11, 11 + 40 * 7, 7)),
        *(f"12ABC{letter}450{number}DE"[:12] for letter in "ABXYZ" for number in range(8)),
        *(f"{number:09d}" for number in range(529_982_240, 529_982_260)),
    )
)
days_around = st.integers(-45, 45).map(lambda days: TODAY + timedelta(days=days))
_periods = st.builds(
    lambda end, length: ExportPeriod(start=end - timedelta(days=length), end=end), days_around, st.integers(0, 40)
)
_emails = st.sampled_from(
    ("contato@acai.com.br", "CONTATO@acai.com.br", "a_b%c@x.io", "ana+1@d-avila.example", "x@y.zz")
)
_plans = st.sampled_from(("Plano Exclusivo", "PLANO EXCLUSIVO", "Controle I", "contrôle i", "Avançado II"))
_phones = st.sampled_from(("+5511987654321", "+551133334444", "+5521987654321", "+351211234567", "+15551234567"))
_tags = st.sampled_from(("MEI", "Mei 2", "Prioridade", "á", "100%", "a*", "são joão", "SAO"))


def _or_nothing(values: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.one_of(st.none(), values, values)


_client_fields = st.fixed_dictionaries(
    {
        "name": lines,
        "trade_name": _or_nothing(lines),
        "document": st.sampled_from(_DOCUMENTS),
        "situation": st.sampled_from(Situation),
        "plan": _or_nothing(_plans),
        "payer": _or_nothing(st.sampled_from(Payer)),
        "expires_on": _or_nothing(days_around),
        "auto_renews": _or_nothing(st.booleans()),
        "licence_history": st.sampled_from(LicenceHistory),
        "last_export": _or_nothing(_periods),
        "ca_charges": st.sampled_from(Charges),
        "email": _or_nothing(_emails),
        "phone": _or_nothing(_phones),
        "city": _or_nothing(st.sampled_from(("São Paulo", "SAO PAULO", "Santos", "Águas", "aguas", "Zé"))),
        "state": _or_nothing(st.sampled_from(("SP", "RJ", "AC"))),
        "tags": st.lists(_tags, max_size=3),
        "support_id": _or_nothing(lines),
        "archived": st.sampled_from((False, False, False, True)),
    }
)  # fmt: skip


def portfolios(least: int = 0, most: int = 40) -> SearchStrategy[list[ClientChanges]]:
    """Return portfolios of clients with documents of their own and little else."""
    return st.lists(_client_fields, min_size=least, max_size=most, unique_by=lambda fields: fields["document"]).map(
        lambda found: [ClientChanges(**fields) for fields in found]
    )


CARTEIRAS = ("Sul", "São Paulo", "Norte")


def _choices(field: Field) -> SearchStrategy[Match]:
    return st.sampled_from([Choice(slug) for slug, _ in choices_of(field)])


_days = st.one_of(days_around, st.integers(-40, 40))


def _is_in_order(span: Span) -> bool:
    first, last = span.first, span.last
    if isinstance(first, date) and isinstance(last, date):
        return first <= last
    return not (isinstance(first, int) and isinstance(last, int)) or first <= last


spans = st.one_of(
    st.builds(Span, _days, _days).filter(_is_in_order),
    st.builds(Span, st.none(), _days),
    st.builds(Span, _days, st.none()),
    _days.map(lambda day: Span(day, day)),
)

_texts_of: dict[Field, SearchStrategy[str]] = {
    Field.DOCUMENT: st.sampled_from(_DOCUMENTS).flatmap(
        lambda document: st.sampled_from((document, document[:3], document.lower(), f"{document[:2]}.{document[2:5]}"))
    ),
    Field.PHONE: st.sampled_from(("+5511987654321", "(11) 98765-4321", "11", "+351", "11 3333", "x")),
    Field.EMAIL: st.sampled_from(("contato@acai.com.br", "CONTATO", "a_b%", "x@y.zz")),
    Field.CITY: st.sampled_from(("são paulo", "S", "aguas", "Santos")),
    Field.PLAN: st.sampled_from(("plano exclusivo", "Controle I", "Contrôle", "p", "avancado ii")),
    Field.CARTEIRA: st.sampled_from(("Sul", "SÃO", "são paulo", "s", "norte")),
    Field.TAGS: st.sampled_from(("mei", "MEI 2", "a", "100%", "SÃO", "prioridade")),
}


def _text_matches(field: Field) -> SearchStrategy[Match]:
    texts = _texts_of.get(field, lines)
    return st.one_of(
        st.builds(TextMatch, texts), st.builds(TextMatch, texts, st.just(True)), st.just(TextMatch("", prefix=True))
    )


def matches_of(field: Field) -> SearchStrategy[Match]:
    """Return whatever a field can be asked to match."""
    if field in TEXT_FIELDS:
        return _text_matches(field)
    if field is Field.LAST_EXPORT:
        return st.one_of(spans, st.just(Choice(NEVER)))
    return spans if field in DATE_FIELDS else _choices(field)


words = st.builds(Word, lines)
criteria = st.sampled_from(QUERY_FIELDS).flatmap(
    lambda field: st.builds(
        Criterion,
        st.just(field),
        st.lists(matches_of(field), min_size=1, max_size=3, unique=True).map(tuple),
        st.booleans(),
    )
)
queries = st.lists(st.one_of(words, criteria, criteria), max_size=3).map(lambda parts: ClientQuery(tuple(parts)))
orders = st.builds(Order, field=st.sampled_from(SORT_FIELDS), descending=st.booleans())
views = st.builds(ClientView, st.sampled_from(Tab), queries, orders)
