"""Text made visible: whatever comes in, nothing a terminal obeys comes out."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from textual.content import Content

from caz_tui.terminal.text import rich_shown, shown, shown_lines
from caz_tui.terminal.visible import MAX_STACKED_MARKS, visible

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)
BRAZILIAN = st.text("abcxyz ABCÁÂÃÀÇÉÊÍÓÔÕÚÜáâãàçéêíóôõúüºª0123456789.,;:/-_()[]&'\"@#%+=*…–—", max_size=60)
HARMFUL_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@given(ANY_TEXT)
@example("\ud800")
@example("e\u0301\u0301\u200d\u0301\u0301")
@example("\r\n\r")
def test_nothing_harmful_comes_out(text: str) -> None:
    out = visible(text)
    assert out.isprintable()
    assert not {unicodedata.category(character) for character in out} & HARMFUL_CATEGORIES
    assert visible(out) == out
    out.encode()


@given(ANY_TEXT)
def test_marks_do_not_stack_and_have_something_to_stand_on(text: str) -> None:
    stacked = MAX_STACKED_MARKS
    for character in visible(text):
        stacked = stacked + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        assert stacked <= MAX_STACKED_MARKS


@given(BRAZILIAN)
def test_clean_text_is_the_very_same(text: str) -> None:
    assert visible(text) is text


@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("Açaí\x1b[31m", "Açaí␛[31m"),
        ("\x1b]52;c;YQ==\x07", "␛]52;c;YQ==␇"),
        ("a\tb\r\nc\nd\re", "a b↵c↵d␍e"),
        ("a\x7f\x9bm", "a␡�m"),
        ("nome\u202etxt.exe", "nome�txt.exe"),
        ("in\u00advi\u200bsí\ufeffvel", "invisível"),
        ("a\u2028b\u2029c\x85d", "a↵b↵c↵d"),
        ("a\xa0b\u3000c", "a b c"),
        ("Z\u0351\u036b\u0343\u0363a", "Z\u0351\u036ba"),
        ("\u0301a", "a"),
        ("\ue000\udc80\U0010ffff", "���"),
        ("東京 株式会社", "東京 株式会社"),
        ("😀", "😀"),
    ],
)
def test_examples(text: str, out: str) -> None:
    assert visible(text) == out


@pytest.mark.parametrize("text", ["[/]", "[x=", "[@click=app.quit]sair[/]", "[b]", "\\[b]", "$accent", "["])
def test_markup_in_data_is_text(text: str) -> None:
    assert shown(text, "bold").plain == text
    assert rich_shown(text).plain == text
    assert isinstance(shown(text), Content)


def test_lines_stay_lines() -> None:
    assert shown_lines("um\x1b\r\ndois\n\u202etrês").plain == "um␛\ndois\n�três"
