from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caz_tui.data.choices import Field
from caz_tui.data.query import Choice, ClientQuery, Criterion, Span, TextMatch, Word
from caz_tui.screens.filter_state import (
    EXPIRY_PRESETS,
    EXPORT_PRESETS,
    SHOWN_FIELDS,
    PanelState,
    format_states,
    format_texts,
    format_words,
    left_alone,
    panel_state,
    parse_states,
    parse_texts,
    parse_words,
)
from tests.unit.strategies import lines, matches_of, queries, words


def _meaning(query: ClientQuery) -> Counter[object]:
    """What must hold, whatever the order of the parts and of the values in each."""
    return Counter(
        part if isinstance(part, Word) else (part.field, frozenset(part.matches), part.negated) for part in query.parts
    )


@given(queries)
def test_an_untouched_panel_gives_the_same_query(query: ClientQuery) -> None:
    assert panel_state(query).query(query) == query


@given(queries)
def test_what_is_typed_into_the_fields_reads_back(query: ClientQuery) -> None:
    state = panel_state(query)
    typed = dict(state.matches)
    for field in (Field.PLAN, Field.TAGS):
        typed[field] = parse_texts(format_texts(state.matches.get(field, ())))
    typed[Field.STATE] = parse_states(format_states(state.matches.get(Field.STATE, ())))
    typed = {field: matches for field, matches in typed.items() if matches}
    again = PanelState(parse_words(format_words(state.words)), typed)
    assert _meaning(again.query(query)) == _meaning(query)


@given(queries)
def test_clearing_leaves_nothing(query: ClientQuery) -> None:
    assert PanelState().query(ClientQuery()) == ClientQuery()
    assert PanelState().query(query) == left_alone(query)


@given(queries, st.sampled_from(SHOWN_FIELDS).flatmap(lambda field: st.tuples(st.just(field), matches_of(field))))
def test_a_changed_field_changes_nothing_else(query: ClientQuery, change: tuple[Field, object]) -> None:
    field, match = change
    state = panel_state(query)
    changed = PanelState(state.words, {**state.matches, field: (match,)})  # type: ignore[dict-item]
    result = changed.query(query)
    assert panel_state(result).matches[field] == (match,)
    assert _meaning(left_alone(result)) == _meaning(left_alone(query))
    others = {name: matches for name, matches in panel_state(result).matches.items() if name is not field}
    assert others == {name: matches for name, matches in state.matches.items() if name is not field}
    assert panel_state(result).words == state.words


@given(st.lists(words, max_size=4).map(tuple))
def test_words_read_back(found: tuple[Word, ...]) -> None:
    assert parse_words(format_words(found)) == found


@given(st.lists(st.builds(TextMatch, lines, st.booleans()), max_size=4, unique=True).map(tuple))
def test_texts_read_back(found: tuple[TextMatch, ...]) -> None:
    assert parse_texts(format_texts(found)) == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("padaria são joão", ("padaria", "são", "joão")),
        ('"são joão" padaria', ("são joão", "padaria")),
        ("situacao:ativo", ("situacao:ativo",)),
        ('"aberta', ('"aberta',)),
        ("   ", ()),
        ('7" tela', ('7"', "tela")),
    ],
)
def test_words_are_words_whatever_they_look_like(text: str, expected: tuple[str, ...]) -> None:
    assert tuple(word.text for word in parse_words(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Controle I, Avançado*", (TextMatch("Controle I"), TextMatch("Avançado", prefix=True))),
        (" , ,", ()),
        ("*", (TextMatch("", prefix=True),)),
        ('"a, b", c', (TextMatch("a, b"), TextMatch("c"))),
        ("a, a", (TextMatch("a"),)),
    ],
)
def test_commas_separate_and_a_star_is_a_beginning(text: str, expected: tuple[TextMatch, ...]) -> None:
    assert parse_texts(text) == expected


def test_states_are_read_in_any_case_and_refused_when_they_do_not_exist() -> None:
    assert parse_states("sp, rj;MG") == (Choice("SP"), Choice("RJ"), Choice("MG"))
    with pytest.raises(ValueError, match="UF não existe"):
        parse_states("SP, XX")


def test_control_characters_are_refused() -> None:
    with pytest.raises(ValueError, match="controle"):
        parse_words("a\u202eb")
    with pytest.raises(ValueError, match="controle"):
        parse_texts("a\x1bb")


def test_what_cannot_be_shown_is_left_alone() -> None:
    query = ClientQuery.parse("-uf:SP renovacao:sim,nao cidade:campinas uf:RJ situacao:ativo situacao:em_teste")
    state = panel_state(query)
    assert state.matches == {Field.STATE: (Choice("RJ"),), Field.SITUATION: (Choice("ativo"),)}
    assert str(left_alone(query)) == "-uf:SP renovacao:sim,nao cidade:campinas situacao:em_teste"
    emptied = PanelState().query(query)
    assert emptied == left_alone(query)


def test_the_presets_are_what_the_query_language_writes() -> None:
    expiry = {label: str(ClientQuery((Criterion(Field.EXPIRES_ON, found),))) for label, found in EXPIRY_PRESETS.items()}
    assert expiry["Vencido"] == "vencimento:vencido"
    assert expiry["Hoje"] == "vencimento:hoje"
    assert expiry["Em 30 dias"] == "vencimento:30d"
    export = {
        label: str(ClientQuery((Criterion(Field.LAST_EXPORT, found),))) for label, found in EXPORT_PRESETS.items()
    }
    assert export["Nunca"] == "exportacao:nunca"
    assert export["Últimos 30 dias"] == "exportacao:-30d"
    assert export["Há mais de 35 dias"] == "exportacao:..-36d"
    assert ClientQuery.parse("exportacao:..-36d").matches(Field.LAST_EXPORT) == (Span(None, -36),)
