"""The first who have a word, wherever they stand in the list: at its beginning, at its end, together or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from caz_tui.data import first_with_word
from caz_tui.data.choices import Order
from caz_tui.data.query import ClientQuery, ClientView
from caz_tui.data.schemas import ClientChanges
from caz_tui.data.text import fold
from tests.unit.program import cnpj

if TYPE_CHECKING:
    from caz_tui.data.service import PortfolioService

TOGETHER = [f"Padaria {letter}" for letter in "ABCDEFGHIJ"]
APART = ["Alimentos", "Zeladoria"]
OTHERS = [f"Mercado {number:02}" for number in range(20)]


async def fill(service: PortfolioService, names: list[str], those: list[str], email: str) -> None:
    """Make clients of some names, those of them with an e-mail."""
    for number, name in enumerate(names, 1):
        await service.create(ClientChanges(name=name, document=cnpj(number), email=email if name in those else None))


async def first(
    service: PortfolioService, word: str, limit: int, *, descending: bool = False, anew: bool = True
) -> list[str]:
    if anew:
        service._walks.clear()
    view = ClientView(query=ClientQuery.parse(word), order=Order(descending=descending))
    return [row.name for row in (await service.page(view, 0, limit)).rows]


@pytest.mark.parametrize("descending", [False, True], ids=["crescente", "decrescente"])
@pytest.mark.parametrize("few", [1, 5], ids=["looked up", "read where they stand"])
async def test_names_that_begin_with_it_stand_among_the_others(
    empty_service: PortfolioService, monkeypatch: pytest.MonkeyPatch, few: int, descending: bool
) -> None:
    monkeypatch.setattr(first_with_word, "FEW_WITH_WORD", few)
    await fill(empty_service, TOGETHER + APART + OTHERS, APART, "contato@padaria.example")
    right = sorted(TOGETHER + APART, reverse=descending)
    for limit in (1, 2, 11, 12, 40):
        assert await first(empty_service, "padaria", limit, descending=descending) == right[:limit]


@pytest.mark.parametrize("descending", [False, True], ids=["crescente", "decrescente"])
async def test_whoever_stands_beyond_the_walk_is_looked_up(
    empty_service: PortfolioService, monkeypatch: pytest.MonkeyPatch, descending: bool
) -> None:
    monkeypatch.setattr(first_with_word, "FEW_WITH_WORD", 1)
    monkeypatch.setattr(first_with_word, "GLANCE", 8)
    names = OTHERS if descending else OTHERS[::-1]
    those = sorted(names[:10], reverse=descending)
    await fill(empty_service, names, those, "contato@loja.example")
    for limit in (1, 2, 10, 40):
        assert await first(empty_service, "contato", limit, descending=descending) == those[:limit]
    # The ways differ; what is found does not.
    monkeypatch.setattr(first_with_word, "GLANCE", 12)
    assert await first(empty_service, "contato", 2, descending=descending) == those[:2]


@pytest.mark.parametrize("few", [1, 5, 100])
@pytest.mark.parametrize("typed", ["padaria", "padrao", "padraria", "contato", "dar", "zeladoria padaria", "падария"])
async def test_a_word_that_is_typed_on_finds_what_it_finds_by_itself(
    empty_service: PortfolioService, monkeypatch: pytest.MonkeyPatch, few: int, typed: str
) -> None:
    monkeypatch.setattr(first_with_word, "FEW_WITH_WORD", few)
    inside = [f"Nova Padaria {letter}" for letter in "AB"] + ["O Padrão da Padaria", "Empadaria", "Mercado Падария"]
    twice = ["Pad da Padaria", "Padrão da Padaria", "Padaria Padrão"]
    names = [*TOGETHER, "Падария", "Padrão Um", "Padrão Dois", *inside, *twice, *APART, *OTHERS]
    await fill(empty_service, names, APART, "contato@padaria.example")
    asked = [typed[:letters] for letters in range(1, len(typed) + 1) if typed[letters - 1] != " "]
    # Forth and back again, as with the backspace key.
    for text in (*asked, *asked[::-1]):
        found = await first(empty_service, text, 60, anew=False)
        assert found == await first(empty_service, text, 60), text
        words = text.split()
        assert found == [
            name
            for name in sorted(names, key=fold)
            if all(word in f"{fold(name)} {'contato@padaria.example' if name in APART else ''}" for word in words)
        ]
        assert await empty_service.count(ClientView(query=ClientQuery.parse(text))) == len(found), text


async def test_what_is_written_while_a_word_is_typed_is_found(
    empty_service: PortfolioService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_with_word, "FEW_WITH_WORD", 1)
    await fill(empty_service, TOGETHER, [], "")
    assert await first(empty_service, "padar", 40, anew=False) == TOGETHER
    await empty_service.create(ClientChanges(name="Outra Padaria", document=cnpj(99)))
    assert await first(empty_service, "padari", 40, anew=False) == ["Outra Padaria", *TOGETHER]
