"""The whole of the main job, done with keys in a real terminal by the installed program."""

from __future__ import annotations

import io
import json
import re
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from caz_tui.cli import main
from tests.pty.terminal import MODES_AT_REST, Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from caz_tui.data.address import Place

PROGRAM = str(Path(sys.executable).with_name("caz-tui"))
CHOICES = re.compile("‹.*?›")
SIZES = [(80, 24), (140, 45)]


def ask(database: Place, *words: str) -> Any:
    """Return the answer of the command line as JSON, without the time that a process takes to start."""
    answer = io.StringIO()
    with redirect_stdout(answer):
        assert main(["--banco", str(database), *words, "--formato", "json"]) == 0
    return json.loads(answer.getvalue())


def dotted(number: int) -> str:
    """Return a number as the screen writes it."""
    return f"{number:,}".replace(",", ".")


@pytest.fixture
def database(demonstration_place: Place) -> Place:
    """A copy of the demonstration portfolio."""
    return demonstration_place


@pytest.fixture(params=SIZES, ids=["80x24", "140x45"])
def terminal(request: pytest.FixtureRequest, database: Place) -> Iterator[Terminal]:
    """The installed program on the demonstration portfolio."""
    cols, rows = request.param
    with Terminal([PROGRAM, "--banco", str(database)], cols=cols, rows=rows) as terminal:
        yield terminal


def find(terminal: Terminal, query: str, count: int) -> None:
    """Put a query into the search line, go to the list, and wait until it holds so many clients."""
    terminal.press("F", "/")
    terminal.type(query)
    terminal.press("enter")
    terminal.wait_for(rf"\b{dotted(count)} (de [\d.]+|clientes?)\b")


@pytest.mark.both_engines
def test_the_whole_job(terminal: Terminal, database: Place) -> None:
    before = ask(database, "carteira")

    # Início: the figures of Minha carteira are those of the command line.
    terminal.wait_for(r"Minha carteira")
    terminal.wait_for(rf"Clientes\D+{dotted(before['total'])}\b")
    terminal.wait_for(rf"Ativos\D+{dotted(before['ativos'])}\b")
    terminal.wait_for(rf"Muito recomendado\D+{before['por_situacao']['muito_recomendado']}\b")

    # Meus clientes and its four tabs, each with its count.
    terminal.press("2")
    terminal.wait_for(rf"Todos {dotted(before['total'])}")
    for tab in ("pagos-pelo-cliente", "pagos-por-mim", "sem-plano"):
        terminal.press("]")
        terminal.wait_for(rf"\b{dotted(len(ask(database, 'clientes', '--aba', tab)))} clientes")
    terminal.press("]")
    terminal.wait_for(rf"\b{dotted(before['total'])} clientes")

    filter_by_all_criteria(terminal, database, before["total"])
    name = contract_a_plan(terminal, database)
    edit(terminal, database, name)
    delete(terminal, database)
    read_the_purchase(terminal, database)

    terminal.press("escape")
    terminal.wait_for("Pago em 12 meses")
    terminal.press("q")
    assert terminal.wait_exit() == 0
    assert terminal.modes == MODES_AT_REST


def filter_by_all_criteria(terminal: Terminal, database: Place, total: int) -> None:
    """Mais filtros: all seven criteria are on the screen, each is set, and what comes out is what they ask for."""
    terminal.press("f")
    for criterion in (
        "Nome do cliente", "Situação", "Histórico da licença", "Renovação automática", "Vencimento do plano",
        "Última exportação", "Cobranças CA", "Limpar", "Cancelar", "Aplicar",
    ):  # fmt: skip
        terminal.wait_for(re.escape(criterion))
    terminal.type("a")
    terminal.press("tab", "space")  # Situação: Ativo
    terminal.press("tab", "right", "right", "space")  # Histórico: Ativa
    terminal.press("tab", "right", "space")  # Renovação: Sim
    choose(terminal, "60 dias")  # Vencimento
    terminal.press("tab", "tab")  # over the two days it came to
    choose(terminal, "ltimos 30 dias")  # Exportação
    terminal.press("tab", "tab")
    terminal.press("tab", "right", "space")  # Cobranças: Em dia
    query = "a situacao:ativo historico:ativa renovacao:sim vencimento:60d exportacao:-30d cobrancas:em_dia"
    wanted = len(ask(database, "clientes", query))
    assert 0 < wanted < total
    terminal.wait_for(rf"\b{wanted} de {dotted(total)} clientes")
    terminal.press("enter")
    terminal.wait_gone("Aplicar")
    terminal.wait_for(rf"\b{wanted} de {dotted(total)}\b")
    terminal.press("F")
    terminal.wait_for(rf"\b{dotted(total)} clientes")


def choose(terminal: Terminal, wanted: str) -> None:
    """Go to the next field and turn it until it shows what is wanted."""
    terminal.press("tab")
    for _ in range(10):
        before = CHOICES.findall(terminal.screen_text())
        terminal.press("right")
        terminal.wait_for(lambda text, before=before: CHOICES.findall(text) != before)  # type: ignore[misc]
        if f"{wanted} " in terminal.screen_text():
            return
    raise AssertionError(terminal.screen_text())


def contract_a_plan(terminal: Terminal, database: Place) -> str:
    """Ações › Contratar um plano on a client that is Muito recomendado; returns its name."""
    prospects = ask(database, "clientes", "situacao:muito_recomendado")
    first = prospects[0]
    find(terminal, "situacao:muito_recomendado", len(prospects))
    terminal.press("a")
    for action in ("Contratar um plano", "Editar", "Excluir"):
        terminal.wait_for(action)
    assert "Arquivar" not in terminal.screen_text()
    terminal.press("c")
    terminal.wait_for("Quem paga")
    terminal.type("Controle I")
    terminal.press("f2")
    terminal.wait_gone("Quem paga")
    [contracted] = ask(database, "clientes", f"documento:{first['documento']}")
    assert (contracted["plano"], contracted["situacao"], contracted["historico"]) == ("Controle I", "ativo", "ativa")
    terminal.wait_for(rf"\b{len(prospects) - 1} (de|cliente)")
    return str(first["nome"])


def edit(terminal: Terminal, database: Place, name: str) -> None:
    """Editar: another city."""
    [client] = ask(database, "clientes", f'nome:"{name}"')
    find(terminal, f'nome:"{name}"', 1)
    terminal.press("e")
    terminal.wait_for("Editar cliente")
    terminal.press(*["tab"] * 5, "end", *["backspace"] * len(client["cidade"] or ""))
    terminal.type("Águas de Lindóia")
    terminal.press("f2")
    terminal.wait_gone("Editar cliente")
    [edited] = ask(database, "clientes", f'nome:"{name}"')
    assert edited == {**client, "cidade": "Águas de Lindóia"}


def delete(terminal: Terminal, database: Place) -> None:
    """Excluir: asks first, and is there for those alone who may be deleted."""
    unconnected = ask(database, "clientes", "situacao:nao_conectado")
    find(terminal, "situacao:nao_conectado", len(unconnected))
    terminal.press("a", "x")
    terminal.wait_for("Cancelar")
    terminal.press("enter")  # the safe choice
    terminal.wait_gone("Cancelar")
    assert len(ask(database, "clientes", "situacao:nao_conectado")) == len(unconnected)
    terminal.press("a", "x")
    terminal.wait_for("Cancelar")
    terminal.press("s")
    terminal.wait_gone("Cancelar")
    terminal.wait_for(rf"\b{len(unconnected) - 1} (de|cliente)")
    left = ask(database, "clientes", "situacao:nao_conectado")
    assert left == unconnected[1:]
    terminal.press("F")


def read_the_purchase(terminal: Terminal, database: Place) -> None:
    """Pagamentos › Ver detalhes da compra: the total of Quantidade is that of the active licences."""
    batch = ask(database, "pagamentos")[0]
    details = ask(database, "pagamentos", batch["numero"])
    total = sum(item["quantidade"] for item in details["itens"])
    assert details["licencas_ativas"] == total
    terminal.press("3")
    terminal.wait_for("Benefícios acumulados")
    terminal.press("a")
    terminal.wait_for("Ver detalhes da compra")
    terminal.press("enter")
    terminal.wait_for(rf"Compra {re.escape(batch['numero'])}")
    terminal.wait_for("Quantidade")
    terminal.wait_for(rf"Total de licenças ativas\s+{dotted(total)}\b")
    terminal.wait_for(rf"Em uso {details['em_uso']} .* {details['livres']} dispon")
