from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caz_tui import formats
from caz_tui.data import values
from caz_tui.data.choices import Charges, Situation
from caz_tui.data.clock import SAO_PAULO
from caz_tui.data.readings import ExportPeriod

DAY = date(2026, 11, 4)


@pytest.mark.parametrize(
    ("cents", "text"),
    [(123_456_789, "R$ 1.234.567,89"), (5, "R$ 0,05"), (0, "R$ 0,00"), (-150_000, "-R$ 1.500,00")],
)
def test_money(cents: int, text: str) -> None:
    assert formats.money(cents) == text


@pytest.mark.parametrize(("number", "text"), [(0, "0"), (999, "999"), (1_284, "1.284"), (1_234_567, "1.234.567")])
def test_integers(number: int, text: str) -> None:
    assert formats.integer(number) == text


def test_counts_agree_with_their_noun() -> None:
    assert formats.count(1, "cliente") == "1 cliente"
    assert formats.count(0, "cliente") == "0 clientes"
    assert formats.count(1_284, "compra") == "1.284 compras"
    assert formats.count(2, "licença em uso", "licenças em uso") == "2 licenças em uso"


def test_days_and_moments() -> None:
    assert (formats.day(DAY), formats.short_day(DAY)) == ("04/11/2026", "04/11/26")
    assert (formats.day(None), formats.short_day(None)) == (formats.NOTHING, formats.NOTHING)
    assert formats.moment(datetime(2026, 11, 5, 1, 30, tzinfo=UTC), SAO_PAULO) == "04/11/2026 22:30"


@pytest.mark.parametrize(("days", "text"), [(0, "hoje"), (12, "em 12 d"), (-3, "há 3 d"), (1_500, "em 1.500 d")])
def test_distances(days: int, text: str) -> None:
    assert formats.distance(DAY + timedelta(days=days), DAY) == text


def test_periods() -> None:
    assert formats.period(None) == "nunca"
    assert formats.period(ExportPeriod(start=DAY, end=DAY)) == "04/11/2026"
    assert formats.period(ExportPeriod(start=date(2026, 10, 1), end=DAY)) == "01/10/2026 a 04/11/2026"


@pytest.mark.parametrize(("answer", "text"), [(True, "sim"), (False, "não"), (None, formats.NOTHING)])
def test_yes_and_no(answer: bool | None, text: str) -> None:
    assert formats.yes_no(answer) == text


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("+5511987654321", "(11) 98765-4321"),
        ("+551133334444", "(11) 3333-4444"),
        ("+351211234567", "+351211234567"),
        (None, formats.NOTHING),
    ],
)
def test_phones_read_back(stored: str | None, text: str) -> None:
    assert formats.phone(stored) == text
    if stored:
        assert values.optional_phone(text) == stored


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 40))
def test_a_bar_is_as_wide_as_asked_and_shows_anything_above_nothing(part: int, whole: int, width: int) -> None:
    bar = formats.bar(part, whole, width)
    assert len(bar) == width
    if width and whole:
        assert ("█" in bar) == (part > 0)


def test_bars_in_proportion() -> None:
    assert formats.bar(396, 420, 30) == "█" * 28 + "░" * 2
    assert formats.bar(3, 0, 4) == "░░░░"


@given(st.lists(st.integers(0, 1_000), max_size=12).map(tuple))
def test_a_sparkline_has_a_block_for_each_value(numbers: tuple[int, ...]) -> None:
    line = formats.sparkline(numbers)
    assert len(line) == len(numbers)
    if any(numbers):
        assert line[numbers.index(max(numbers))] == "█"


def test_every_meaning_has_a_glyph_and_a_tone_of_its_own() -> None:
    assert set(formats.GLYPH_OF_SITUATION) == set(formats.TONE_OF_SITUATION) == set(Situation)
    assert set(formats.GLYPH_OF_CHARGES) == set(formats.TONE_OF_CHARGES) == set(Charges)
    for glyphs in (formats.GLYPH_OF_SITUATION, formats.GLYPH_OF_CHARGES):
        assert len(set(glyphs.values())) == len(glyphs)
        assert all(len(glyph) == 1 for glyph in glyphs.values())
    assert formats.situation(Situation.ACTIVE) == "● Ativo"
