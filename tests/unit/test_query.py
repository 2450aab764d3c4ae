from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from caz_tui.data.choices import Field
from caz_tui.data.errors import QueryError
from caz_tui.data.query import (
    ANY_TEXT,
    DATE_FIELDS,
    LONGEST_TEXT,
    MOST_PARTS,
    NEVER,
    QUERY_FIELDS,
    Choice,
    ClientQuery,
    Criterion,
    Span,
    TextMatch,
    Word,
    choices_of,
)
from tests.unit.strategies import TODAY, queries

THE_EXAMPLE = "situacao:ativo,em_teste vencimento:..2026-12-31 renovacao:nao uf:SP padaria são joão"


def _only(text: str) -> Word | Criterion:
    (part,) = ClientQuery.parse(text).parts
    return part


@given(queries)
@example(ClientQuery((Criterion(Field.EXPIRES_ON, (Span(5, 5),)),)))
@example(ClientQuery((Criterion(Field.NAME, (TextMatch("a*"), TextMatch("a*", prefix=True), ANY_TEXT)),)))
@example(ClientQuery((Word('c:\\"x'), Word("\\"), Word("-situacao:ativo"), Word("-são"))))
def test_the_text_form_round_trips(query: ClientQuery) -> None:
    assert ClientQuery.parse(str(query)) == query


@given(st.text("ab:,\"\\-*. %_'é30d/2nome plano:uf:SP", max_size=24))
@example('nome:"a b"*,c*')
@example('nome:"a*"')
@example("vencimento:5d..5d,-30d,hoje,..-1d exportacao:..-1d,nunca")
def test_whatever_is_understood_round_trips(text: str) -> None:
    try:
        query = ClientQuery.parse(text)
    except QueryError:
        return
    assert ClientQuery.parse(str(query)) == query
    assert len(query.describe()) == len(query.parts)


@given(queries)
def test_every_part_has_a_chip_and_can_be_taken_away(query: ClientQuery) -> None:
    chips = query.describe()
    assert [chip.place for chip in chips] == list(range(len(query.parts)))
    assert all(chip.text for chip in chips)
    for chip in chips:
        assert query.without(chip.place).parts == query.parts[: chip.place] + query.parts[chip.place + 1 :]
    assert set((query.words & query.filters).parts) == set(query.parts)


def test_the_example_formats_back_to_itself() -> None:
    query = ClientQuery.parse(THE_EXAMPLE)
    assert str(query) == THE_EXAMPLE
    assert query.parts == (
        Criterion(Field.SITUATION, (Choice("ativo"), Choice("em_teste"))),
        Criterion(Field.EXPIRES_ON, (Span(None, date(2026, 12, 31)),)),
        Criterion(Field.AUTO_RENEWS, (Choice("nao"),)),
        Criterion(Field.STATE, (Choice("SP"),)),
        Word("padaria"),
        Word("são"),
        Word("joão"),
    )


def test_nothing_is_no_query() -> None:
    assert ClientQuery.parse("   ") == ClientQuery()
    assert not ClientQuery()
    assert str(ClientQuery()) == ""


@pytest.mark.parametrize(
    "text", ["100%", "a_b", "d'avila", "a*b", "*", "-são", "-", "--x", "12:30", "a\\b", ":x", "[/]"]
)
def test_words_are_themselves(text: str) -> None:
    assert _only(text) == Word(text)
    assert str(ClientQuery.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('"são joão"', Word("são joão")),
        ('"situacao:ativo"', Word("situacao:ativo")),
        (r'"a \"b\" \\c"', Word(r'a "b" \c')),
        ('a"b', Word('a"b')),
        ("nome:São*", Criterion(Field.NAME, (TextMatch("São", prefix=True),))),
        ('nome:"São João"*', Criterion(Field.NAME, (TextMatch("São João", prefix=True),))),
        ('nome:"a*"', Criterion(Field.NAME, (TextMatch("a*"),))),
        ('plano:"a,b",c', Criterion(Field.PLAN, (TextMatch("a,b"), TextMatch("c")))),
        ("plano:*", Criterion(Field.PLAN, (ANY_TEXT,))),
        ("-plano:*", Criterion(Field.PLAN, (ANY_TEXT,), negated=True)),
        ("email:a:b", Criterion(Field.EMAIL, (TextMatch("a:b"),))),
        ("SITUAÇÃO:Ativo", Criterion(Field.SITUATION, (Choice("ativo"),))),
        ('situacao:"Em teste"', Criterion(Field.SITUATION, (Choice("em_teste"),))),
        ("situacao:ativo,ATIVO", Criterion(Field.SITUATION, (Choice("ativo"),))),
        ("-situacao:ativo", Criterion(Field.SITUATION, (Choice("ativo"),), negated=True)),
        ("uf:sp,rj", Criterion(Field.STATE, (Choice("SP"), Choice("RJ")))),
        ("pago_por:sem_plano", Criterion(Field.PAYER, (Choice("sem_plano"),))),
        ("arquivado:sim", Criterion(Field.ARCHIVED, (Choice("sim"),))),
        ("exportacao:nunca", Criterion(Field.LAST_EXPORT, (Choice(NEVER),))),
    ],
)
def test_parts(text: str, part: Word | Criterion) -> None:
    assert _only(text) == part


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-12-31", date(2026, 12, 31), date(2026, 12, 31)),
        ("31/12/2026", date(2026, 12, 31), date(2026, 12, 31)),
        ("2026-12-01..31/12/2026", date(2026, 12, 1), date(2026, 12, 31)),
        ("..2026-12-31", None, date(2026, 12, 31)),
        ("2026-12-31..", date(2026, 12, 31), None),
        ("hoje", TODAY, TODAY),
        ("HOJE", TODAY, TODAY),
        ("30d", TODAY, date(2026, 12, 24)),
        ("-30d", date(2026, 10, 25), TODAY),
        ("0d", TODAY, TODAY),
        ("-7d..7d", date(2026, 11, 17), date(2026, 12, 1)),
        ("hoje..", TODAY, None),
        ("..-1d", None, date(2026, 11, 23)),
        ("5d..5d", date(2026, 11, 29), date(2026, 11, 29)),
        ("vencido", None, date(2026, 11, 23)),
    ],
)
def test_days(text: str, first: date | None, last: date | None) -> None:
    part = _only(f"vencimento:{text}")
    assert isinstance(part, Criterion)
    (span,) = part.matches
    assert isinstance(span, Span)
    assert span.resolve(TODAY) == (first, last)


@pytest.mark.parametrize("text", ["cliente:x", "ação:x", "http://x", "-foo:bar", "observacoes:x", "id:1"])
def test_an_unknown_key_is_told_with_all_the_valid_ones(text: str) -> None:
    with pytest.raises(QueryError) as caught:
        ClientQuery.parse(text)
    assert all(field.value in str(caught.value) for field in QUERY_FIELDS)


@pytest.mark.parametrize("field", [field for field in QUERY_FIELDS if choices_of(field)])
def test_an_unknown_value_is_told_with_all_the_valid_ones(field: Field) -> None:
    for text in ("inexistente", "ativ", "*", "%"):
        with pytest.raises(QueryError) as caught:
            ClientQuery.parse(f"{field}:{text}")
        assert all(slug in str(caught.value) for slug, _ in choices_of(field))
        assert text in str(caught.value)


@pytest.mark.parametrize("field", DATE_FIELDS)
@pytest.mark.parametrize("text", ["amanhã", "..", "2026", "46387", "30", "d", "a..b", "12/2026"])
def test_what_is_no_date_is_told_with_the_forms_of_one(field: Field, text: str) -> None:
    with pytest.raises(QueryError, match=str(field.value)) as caught:
        ClientQuery.parse(f"{field}:{text}")
    assert "31/12/2026" in str(caught.value) or "dd/mm/aaaa" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('"aberta', "fechar as aspas"),
        ('nome:"aberta', "fechar as aspas"),
        ('""', "aspas vazias"),
        ("situacao:", "Falta o valor depois de situacao:"),
        ("nome:", "Falta o valor depois de nome:"),
        ('nome:""', "Falta o valor depois de nome:"),
        ("situacao:ativo,", "Falta o valor depois de situacao:"),
        ("vencimento:30/02/2026", "30/02/2026 não existe"),
        ("vencimento:2026-12-31..2026-01-01", "começa depois de terminar"),
        ("vencimento:10d..5d", "começa depois de terminar"),
        ("vencimento:99999d", "passa de 36500 dias"),
        ("vencimento:nunca", "não é uma data"),
        ("exportacao:vencido", "não é uma data"),
        ("nome:\x1b[31m", r"U\+001B"),
        ("\u202ex", r"U\+202E"),
        ("x" * (LONGEST_TEXT + 1), "4000 caracteres"),
        ("a " * (MOST_PARTS + 1), "100 partes"),
    ],
)
def test_what_is_badly_written_is_told(text: str, why: str) -> None:
    with pytest.raises(QueryError, match=why):
        ClientQuery.parse(text)


def test_a_field_is_replaced_in_its_place() -> None:
    query = ClientQuery.parse("padaria situacao:ativo uf:SP -situacao:bloqueado situacao:em_teste")
    replaced = query.replacing(Field.SITUATION, (Choice("cancelado"),))
    assert str(replaced) == "padaria situacao:cancelado uf:SP -situacao:bloqueado"
    assert str(query.replacing(Field.SITUATION, ())) == "padaria uf:SP -situacao:bloqueado"
    assert str(query.replacing(Field.PLAN, (ANY_TEXT,))) == f"{query} plano:*"
    assert query.matches(Field.SITUATION) == (Choice("ativo"),)
    assert query.matches(Field.PLAN) == ()


@pytest.mark.parametrize(
    ("text", "chip"),
    [
        ("padaria", "“padaria”"),
        ("situacao:ativo,em_teste", "Situação: Ativo, Em teste"),
        ("-situacao:ativo", "Exceto Situação: Ativo"),
        ("vencimento:..2026-12-31", "Vence até 31/12/2026"),
        ("vencimento:vencido", "Vence antes de hoje"),
        ("vencimento:30d", "Vence nos próximos 30 dias"),
        ("exportacao:-35d", "Exportação: nos últimos 35 dias"),
        ("exportacao:nunca", "Exportação: nunca"),
        ("renovacao:nao", "Renovação automática: Não"),
        ("plano:Control*", "Plano: Control…"),
        ("-email:*", "Sem E-mail"),
        ("pago_por:sem_plano", "Pago por: Sem plano"),
    ],
)
def test_chips_speak_portuguese(text: str, chip: str) -> None:
    assert ClientQuery.parse(text).describe()[0].text == chip
