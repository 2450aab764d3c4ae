from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caz_tui.data.text import clean_block, clean_line, fold, slugify
from tests.unit.oracle import plain
from tests.unit.strategies import NASTY_TEXTS, lines


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("são", "SAO"),
        ("SÃO", "sao"),
        ("Açaí", "acai"),
        ("ÇELİK", "celik"),
        ("Straße", "STRASSE"),
        ("ﬁm", "FIM"),
        ("s\u0061\u0303o", "são"),
        ("nº 1", "no 1"),
        ("①", "1"),
    ],
)
def test_accents_case_and_compatibility_forms_are_put_aside(left: str, right: str) -> None:
    assert fold(left) == fold(right)


@given(st.one_of(lines, st.text(max_size=20)))
def test_folding_agrees_with_the_slow_way_and_settles(text: str) -> None:
    assert fold(text) == plain(text)
    assert fold(fold(text)) == fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("  Açaí  ", "Açaí"),
        ("Ac\u0327ai\u0301", "Açaí"),
        ("a\tb\nc\r\nd", "a b c d"),
        ("a\u2028b", "a b"),
        ("\ufeffBom dia", "Bom dia"),
        ("pa\u00adda\u200bria", "padaria"),
        ("\u00a0x\u00a0", "x"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
    ],
)
def test_a_line_is_stored_composed_and_trimmed(text: str, stored: str) -> None:
    assert clean_line(text) == stored


@pytest.mark.parametrize(
    "text",
    [
        "\x1b[31mx",
        "a\x00b",
        "a\x07",
        "\x9b31m",
        "a\u202eb",
        "a\u2066b",
        "a\u200fb",
        "\ud800",
        "\ufdd0",
        "\ufff9",
        "\x7f",
    ],
)
def test_control_and_direction_characters_are_refused_and_named(text: str) -> None:
    for clean in (clean_line, clean_block):
        with pytest.raises(ValueError, match=r"caractere de controle \(U\+[0-9A-F]{4,6}\)"):
            clean(text)


@given(st.text(max_size=30))
def test_what_is_clean_stays_as_it_is(text: str) -> None:
    try:
        once = clean_line(text)
    except ValueError:
        return
    assert clean_line(once) == once
    assert not any(unicodedata.category(char) in {"Cc", "Cs"} for char in once)
    assert "\n" not in fold(once)


@given(st.lists(st.text(st.characters(exclude_categories=["C"]), max_size=10), max_size=5))
def test_a_block_keeps_its_lines(parts: list[str]) -> None:
    once = clean_block("\r\n".join(parts))
    assert clean_block(once) == once
    assert len(once.splitlines()) <= len(parts)


def test_a_block_loses_blanks_at_the_ends_only() -> None:
    assert clean_block("\n  um\t dois  \r\n\r\ntrês\n") == "um     dois\n\ntrês"


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Em atraso", "em_atraso"),
        ("Não conectado", "nao_conectado"),
        ("Última exportação (início)", "ultima_exportacao_inicio"),
        (" CNPJ/CPF ", "cnpj_cpf"),
        ("--", ""),
    ],
)
def test_slugs(text: str, slug: str) -> None:
    assert slugify(text) == slug


def test_nasty_texts_are_all_clean() -> None:
    assert [clean_line(text) for text in NASTY_TEXTS] == list(NASTY_TEXTS)
