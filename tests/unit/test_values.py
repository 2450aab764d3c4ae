from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from caz_tui.data import values
from caz_tui.data.choices import Charges, Labelled, LicenceHistory, Payer, Situation, Tab, Term
from caz_tui.data.readings import ExportPeriod
from caz_tui.data.schemas import ClientChanges, problems_of
from caz_tui.formats import money

if TYPE_CHECKING:
    from collections.abc import Callable

_LISTS: tuple[type[Labelled], ...] = (Situation, Payer, LicenceHistory, Charges, Tab, Term)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("31/12/2026", date(2026, 12, 31)),
        ("1/2/2026", date(2026, 2, 1)),
        ("31.12.2026", date(2026, 12, 31)),
        ("31-12-2026", date(2026, 12, 31)),
        ("31/12/26", date(2026, 12, 31)),
        ("29/02/2028", date(2028, 2, 29)),
        ("2026-12-31", date(2026, 12, 31)),
        ("2026-12-31 00:00:00", date(2026, 12, 31)),
        ("2026-12-31T00:00:00.000", date(2026, 12, 31)),
        ("46387", date(2026, 12, 31)),
        ("46387.0", date(2026, 12, 31)),
    ],
)
def test_dates_as_people_and_spreadsheets_write_them(text: str, day: date) -> None:
    assert values.parse_date(text) == day


@pytest.mark.parametrize(
    "text",
    ["30/02/2026", "29/02/2026", "31/04/2026", "00/01/2026", "2026-13-01", "31/12/1899", "01/01/2200", "999999"],
)
def test_days_that_do_not_exist_are_named(text: str) -> None:
    with pytest.raises(ValueError, match=f"a data {text} não existe; escreva dd/mm/aaaa"):
        values.parse_date(text)


@pytest.mark.parametrize(
    "text",
    [
        "hoje",
        "12/2026",
        "31/12",
        "2026",
        "31 12 2026",
        "٣١/١٢/٢٠٢٦",
        "2026-12-31 10:30",
        "1234567",
        "-46387",
        "1e5",
        "9999",
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="escreva dd/mm/aaaa"):
        values.parse_date(text)


@given(st.dates(date(1927, 5, 19), date(2199, 12, 31)))
def test_every_way_of_writing_a_date_gives_it_back(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    for text in (f"{day:%d/%m/%Y}", day.isoformat(), str(serial), f"{day:%d-%m-%Y}"):
        assert values.parse_date(text) == day
    assert values.optional_date(day) == values.optional_date(datetime(day.year, day.month, day.day, 15)) == day  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1.234,56", 123_456),
        ("R$ 1.234.567,89", 123_456_789),
        ("R$\u00a01.234,56", 123_456),
        ("1234,5", 123_450),
        ("1.234", 123_400),
        ("1234", 123_400),
        ("1234.56", 123_456),
        ("0,05", 5),
        ("0", 0),
        ("1188", 118_800),
        (1188, 118_800),
        (1188.5, 118_850),
    ],
)
def test_money(text: object, cents: int) -> None:
    assert values.money_cents(text) == cents


@pytest.mark.parametrize(
    "text", ["", None, "abc", "1,234,567", "1.23.456,00", "1,234.56", "-1", "12,345", "1e3", "R$", "١"]
)
def test_what_is_no_money_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"1\.234,56"):
        values.money_cents(text)


@given(st.integers(0, 10**12))
def test_money_that_is_shown_reads_back(cents: int) -> None:
    assert values.money_cents(money(cents)) == cents


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("(11) 98765-4321", "+5511987654321"),
        ("11 3333-4444", "+551133334444"),
        ("011 3333.4444", "+551133334444"),
        ("+55 11 98765-4321", "+5511987654321"),
        ("+351 211 234 567", "+351211234567"),
        ("", None),
        (None, None),
    ],
)
def test_phones(text: object, stored: str | None) -> None:
    assert values.optional_phone(text) == stored


@pytest.mark.parametrize("text", ["98765-4321", "123", "+12", "telefone", "(11) 1234-567", "+0123456789"])
def test_what_is_no_phone_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="DDD"):
        values.optional_phone(text)


@pytest.mark.parametrize("text", ["a@b.co", "Ana.Lima+nf@sub.exemplo.com.br", "a_b%c@x.io", "o'neil@x-y.com"])
def test_emails(text: str) -> None:
    assert values.optional_email(f" {text} ") == text


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "a@",
        "@b.com",
        "a@b",
        "a b@c.com",
        "a@b..com",
        "a..b@c.com",
        ".a@c.com",
        "a.@c.com",
        "a@-b.com",
        "ã@b.com",
        "a@b.c",
        "a@b.com\n.br",
    ],
)
def test_what_is_no_email_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"nome@dominio\.com\.br"):
        values.optional_email(text)


@pytest.mark.parametrize("choices", _LISTS)
def test_choices_are_named_by_slug_or_label_in_any_dress(choices: type[Labelled]) -> None:
    for member in choices:
        for text in (
            member.value,
            member.label,
            member.label.upper(),
            f" {member.label} ",
            member.value.replace("_", "-"),
        ):
            assert values.choice(text, choices) is member
    with pytest.raises(ValueError, match=f"use um de: {', '.join(choices)}"):
        values.choice("SUSPENSO(A) - DECISÃO ADM", choices)
    with pytest.raises(ValueError, match="use um de"):
        values.choice(None, choices)


def test_grammatical_gender_passes() -> None:
    assert values.choice("CANCELADA", Situation) is Situation.CANCELLED
    assert values.choice("Cancelado", LicenceHistory) is LicenceHistory.CANCELLED
    with pytest.raises(ValueError, match="use um de"):
        values.choice("Cancelade", Situation)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Sim", True),
        ("s", True),
        ("VERDADEIRO", True),
        ("1", True),
        ("Não", False),
        ("NAO", False),
        ("0", False),
        ("", None),
    ],
)
def test_yes_and_no(text: str, answer: bool | None) -> None:
    assert values.optional_yes_no(text) is answer
    assert values.yes_no(text) is bool(answer)


def test_tags_are_split_cleaned_and_told_apart_by_their_folded_form() -> None:
    assert values.tags(" MEI; bpo ,,Açaí,acai\n mei ") == ("MEI", "bpo", "Açaí")
    assert values.tags(["a", "b"]) == ("a", "b")
    assert values.tags(None) == values.tags("") == ()
    with pytest.raises(ValueError, match="vírgula"):
        values.tags(["a,b"])
    with pytest.raises(ValueError, match="40"):
        values.tags("x" * 41)


@pytest.mark.parametrize(("text", "number"), [("3", 3), ("3,0", 3), ("3.00", 3), (" 12 ", 12), (7, 7), (7.0, 7)])
def test_quantities(text: object, number: int) -> None:
    assert values.quantity(text) == number


@pytest.mark.parametrize("text", ["0", "", None, "1,5", "-1", "1.000", "muitos"])
def test_what_is_no_quantity_is_refused(text: object) -> None:
    if text == "1.000":
        assert values.quantity(text) == 1
        return
    with pytest.raises(ValueError, match="maior que zero"):
        values.quantity(text)


@pytest.mark.parametrize(
    ("reader", "most"),
    [(values.name, 200), (values.plan, 200), (values.optional_line, 200), (values.optional_block, 2_000)],
)
def test_texts_have_a_longest_length(reader: Callable[[object], str | None], most: int) -> None:
    assert reader("ã" * most) == "ã" * most
    with pytest.raises(ValueError, match=f"passa de {most} caracteres"):
        reader("ã" * (most + 1))


@pytest.mark.parametrize("blank", ["", "   ", None, "\u200b"])
def test_a_blank_is_nothing_or_missing(blank: str | None) -> None:
    assert values.optional_line(blank) is None
    assert values.optional_block(blank) is None
    for reader in (values.name, values.plan):
        with pytest.raises(ValueError, match="falta"):
            reader(blank)


@pytest.mark.parametrize(("text", "state"), [("sp", "SP"), (" RJ ", "RJ"), ("", None), (None, None)])
def test_states(text: object, state: str | None) -> None:
    assert values.optional_state(text) == state


@pytest.mark.parametrize("text", ["XX", "São Paulo", "S P"])
def test_what_is_no_state_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="26 estados"):
        values.optional_state(text)


def test_every_refusal_of_a_form_is_a_sentence_in_portuguese_by_its_field() -> None:
    with pytest.raises(ValidationError) as caught:
        ClientChanges.model_validate(
            {
                "name": "\x1b[31m",
                "document": "1",
                "situation": "SUSPENSO",
                "email": "x",
                "phone": "1",
                "state": "XX",
                "expires_on": "30/02/2026",
            }
        )
    problems = problems_of(caught.value)
    assert set(problems) == {"name", "document", "situation", "email", "phone", "state", "expires_on"}
    assert problems["name"] == "contém um caractere de controle (U+001B)"
    assert problems["expires_on"] == "a data 30/02/2026 não existe; escreva dd/mm/aaaa"


def test_a_period_does_not_end_before_it_starts() -> None:
    day = date(2026, 1, 31)
    assert ExportPeriod(start=day, end=day).end == day
    with pytest.raises(ValueError, match="vem antes do início"):
        ExportPeriod(start=day, end=day - timedelta(days=1))
