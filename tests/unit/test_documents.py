from __future__ import annotations

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from validate_docbr import CNPJ, CPF

from caz_tui.data.documents import (
    bare,
    complete,
    is_valid,
    lookalikes,
    mask,
    may_have_lookalikes,
    parse_document,
    restore_leading_zeros,
)

_ALPHANUMERIC = string.digits + string.ascii_uppercase
cnpj_bases = st.text(_ALPHANUMERIC, min_size=12, max_size=12)
numeric_cnpj_bases = st.text(string.digits, min_size=12, max_size=12)
cpf_bases = st.text(string.digits, min_size=9, max_size=9)
documents = st.one_of(cnpj_bases, numeric_cnpj_bases, cpf_bases).map(complete).filter(is_valid)


@pytest.mark.parametrize(
    ("written", "document"),
    [
        ("12.ABC.345/01DE-35", "12ABC34501DE35"),
        ("A8.7HB.ZHB/0001-61", "A87HBZHB000161"),
        ("a8.7hb.zhb/0001-61", "A87HBZHB000161"),
        ("11.222.333/0001-81", "11222333000181"),
        (" 11222333000181 ", "11222333000181"),
        ("529.982.247-25", "52998224725"),
        ("52998224725", "52998224725"),
    ],
)
def test_documents_are_read_masked_and_bare(written: str, document: str) -> None:
    assert parse_document(written) == document


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("LBNXQOB5000163", "dígitos verificadores"),
        ("11.222.333/0001-82", "dígitos verificadores"),
        ("529.982.247-26", "dígitos verificadores"),
        ("00000000000000", "repete um só caractere"),
        ("111.111.111-11", "repete um só caractere"),
        ("529.982.247-2A", "14 caracteres"),
        ("A2998224725", "14 caracteres"),
        ("12ABC34501DE3A", "14 caracteres"),
        ("", "14 caracteres"),
        ("123", "14 caracteres"),
        ("112223330001811", "14 caracteres"),
        ("1,12223E+13", "notação científica"),
        ("1.1222333000181E+13", "notação científica"),
        ("５２９.982.247-25", "sem acento"),
        ("٥٢٩98224725", "sem acento"),
        ("12.ÀBC.345/01DE-35", "sem acento"),
        ("12.АBC.345/01DE-35", "sem acento"),
        ("52998224725\u200b", "sem acento"),
        ("1234567890", "seria 012.345.678-90"),
    ],
)
def test_what_is_no_document_is_refused_with_the_reason(written: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_document(written)


@given(st.one_of(cnpj_bases, numeric_cnpj_bases), st.text(string.digits, min_size=2, max_size=2))
def test_cnpj_agrees_with_an_independent_implementation(base: str, digits: str) -> None:
    assert is_valid(base + digits) == CNPJ().validate(base + digits)
    assert is_valid(complete(base)) == CNPJ().validate(complete(base))


@given(cpf_bases, st.text(string.digits, min_size=2, max_size=2))
def test_cpf_agrees_with_an_independent_implementation(base: str, digits: str) -> None:
    assert is_valid(base + digits) == CPF().validate(base + digits)
    assert is_valid(complete(base)) == CPF().validate(complete(base))


@given(documents)
def test_mask_and_bare_are_inverse(document: str) -> None:
    assert bare(mask(document)) == document
    assert parse_document(mask(document).lower()) == document


@given(documents)
@example("12ABC34501DE35")
@example(complete("000000000"[:-1] + "1"))
def test_lookalikes_are_all_the_valid_single_substitutions(document: str) -> None:
    alphabet = _ALPHANUMERIC if len(document) == 14 else string.digits
    found = {
        other
        for place, char in enumerate(document)
        for replacement in alphabet
        if replacement != char and is_valid(other := document[:place] + replacement + document[place + 1 :])
    }
    assert set(lookalikes(document)) == found
    assert len(lookalikes(document)) == len(found)


@given(documents)
def test_a_document_without_a_zero_check_digit_has_no_numeric_lookalike(document: str) -> None:
    if not may_have_lookalikes(document):
        assert not [other for other in lookalikes(document) if other.isdigit()]


def test_some_numeric_documents_do_have_numeric_lookalikes() -> None:
    bases = (f"{number:09d}" for number in range(2_000))
    assert any(other.isdigit() for base in bases for other in lookalikes(complete(base)))


@given(st.one_of(numeric_cnpj_bases, cpf_bases).map(lambda base: complete("00" + base[2:])).filter(is_valid))
def test_leading_zeros_come_back_when_there_is_one_way_to_put_them(document: str) -> None:
    restored = restore_leading_zeros(document.lstrip("0"))
    assert restored in {document, None}
    if restored is None:
        assert is_valid(document.lstrip("0").zfill(11))
        assert is_valid(document.lstrip("0").zfill(14))


@given(st.one_of(numeric_cnpj_bases, cpf_bases).map(lambda base: complete("000000" + base[6:])).filter(is_valid))
def test_whatever_lost_its_zeros_is_offered_whole(document: str) -> None:
    short = document.lstrip("0")
    valid = [short.zfill(length) for length in (11, 14) if len(short) < length and is_valid(short.zfill(length))]
    assert document in valid
    with pytest.raises(ValueError, match="perdeu os zeros à esquerda") as refused:
        parse_document(short)
    assert all(mask(one) in str(refused.value) for one in valid)


@pytest.mark.parametrize(
    ("short", "what"),
    [
        ("1222333000128", "; seria 01.222.333/0001-28"),
        ("52000168", " e pode ser o CPF 000.520.001-68 ou o CNPJ 00.000.052/0001-68; escreva-o inteiro"),
    ],
)
def test_what_it_may_be_is_said(short: str, what: str) -> None:
    with pytest.raises(ValueError, match="perdeu os zeros") as refused:
        parse_document(short)
    assert str(refused.value) == f"o documento perdeu os zeros à esquerda{what}"


@pytest.mark.parametrize("text", ["", "0", "12", "12ABC", "١٩١", "52998224725000"])
def test_nothing_is_restored_when_no_check_digits_hold(text: str) -> None:
    assert restore_leading_zeros(text) is None
