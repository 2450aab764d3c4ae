"""``usuarios`` and ``carteiras``: tables and JSON, one sentence and the right exit status for what is refused."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import pytest

from caz_tui.console.places import account

if TYPE_CHECKING:
    from tests.unit.program import Office

WHO = account()


def test_people_are_managed_from_the_command_line(held: Office) -> None:
    alone = held.ask("usuarios", "listar")
    assert [(user["nome"], user["papel"], user["ativo"]) for user in alone] == [("operador", "administrador", True)]
    assert held.run("carteiras", "criar", "Sul").err == "A carteira Sul foi criada.\n"
    created = held.run("usuarios", "criar", "maria", "--papel", "analista", "--carteira", "sul", "--formato", "json")
    assert created.status == 0
    assert {key: created.json[key] for key in ("nome", "papel", "ativo", "carteiras", "criado_por")} == {
        "nome": "maria", "papel": "analista", "ativo": True, "carteiras": ["Sul"], "criado_por": WHO,
    }  # fmt: skip
    assert "Daqui em diante só entra neste banco quem está em «caz-tui usuarios listar»." in created.err
    assert [user["nome"] for user in held.ask("usuarios", "listar")] == sorted({"maria", "operador", WHO})
    table = held.run("usuarios", "listar").out.splitlines()
    assert table[0].split() == ["Usuário", "Papel", "Ativo", "Carteiras", "Criado", "em"]
    assert table[1].split()[:4] == ["maria", "Analista", "Sim", "Sul"]
    emptied = held.run("usuarios", "carteira", "maria")
    assert emptied.err.startswith("maria agora trabalha em: nenhuma carteira.\nmaria ainda não vê cliente nenhum")
    assert held.run("usuarios", "papel", "maria", "leitura").err == "maria agora tem o papel Leitura.\n"
    assert held.run("usuarios", "desativar", "maria").status == 0
    refused = held.run("--usuario", "maria", "clientes")
    assert (refused.status, refused.out) == (1, "")
    assert refused.err == "O acesso de maria foi desativado; fale com um administrador.\n"
    assert held.run("usuarios", "reativar", "maria").err == "maria entra de novo, como Leitura.\n"
    unknown = held.run("--usuario", "jose", "carteira")
    assert (unknown.status, unknown.out) == (1, "")
    assert unknown.err == "jose não está entre os usuários deste banco; peça a um administrador que o crie.\n"
    # What comes from the other end of the line says nothing of who it is.
    assert held.run("usuarios", "papel", WHO, "leitura", database=held.database).status == 0
    assert held.run("usuarios", "criar", "x", "--papel", "leitura").err.startswith("O papel Leitura vê tudo")
    assert held.run("auditoria", "--acao", "Criou o usuário").status == 0


def test_clients_are_moved_by_query(held: Office) -> None:
    total = len(held.clients())
    held.run("carteiras", "criar", "Sul")
    before = held.content()
    asked = held.run("carteiras", "atribuir", "sul", "cidade:Campinas")
    assert asked.status == 2
    assert asked.err == (
        f"Pôr {total} clientes na carteira Sul? Sem um terminal para responder, use --sem-confirmar. Nada foi mudado.\n"
    )
    assert held.content() == before
    done = held.run("carteiras", "atribuir", "sul", "cidade:Campinas", "--sem-confirmar", "--formato", "json")
    assert done.json == {"carteira": "Sul", "movidos": total, "ja_estavam": 0}
    assert held.run("carteiras", "atribuir", "Sul", "--sem-confirmar").err == (
        f"0 clientes na carteira Sul; {total} já estavam nela.\n"
    )
    assert held.ask("carteiras", "listar") == [{"nome": "Sul", "clientes": total, "usuarios": []}]
    assert len(held.clients("carteira:sul")) == total
    assert len(held.clients("-carteira:sul")) == 0
    taken = held.run("carteiras", "retirar", "Sul", "-etiqueta:vip", "--sem-confirmar")
    assert taken.err == f"{len(held.clients('-etiqueta:vip'))} clientes fora de carteira.\n"
    assert held.run("carteiras", "listar").out.splitlines()[1].split() == ["Sul", "3", "–"]


@pytest.mark.parametrize(
    ("words", "status", "fragment"),
    [
        (("usuarios",), 2, "falta: TAREFA"),
        (("usuarios", "criar", "maria"), 2, "falta: --papel"),
        (("usuarios", "criar", "maria", "--papel", "chefe"), 2, "administrador, analista, leitura"),
        (("usuarios", "criar", "ma ria", "--papel", "leitura"), 1, "“ma ria” não serve"),
        (("usuarios", "papel", "jose", "leitura"), 1, "Não há usuário com o nome jose."),
        (("usuarios", "papel", "operador", "leitura"), 0, ""),
        (("usuarios", "criar", "m", "--papel", "analista", "--carteira", "Sul"), 1, "Não há carteira com o nome Sul."),
        (("carteiras", "atribuir", "Sul", "--sem-confirmar"), 1, "Não há carteira com o nome Sul. Crie-a antes."),
        (("carteiras", "atribuir", "Sul", "xx:1", "--sem-confirmar"), 1, "Filtro desconhecido: xx"),
        (("carteiras", "criar", ""), 1, "de 1 a 60"),
        (("cliente", "exportar"), 2, "falta: DOCUMENTO"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    held: Office, words: tuple[str, ...], status: int, fragment: str
) -> None:
    before = held.content()
    outcome = held.run(*words)
    assert outcome.status == status, outcome.err
    assert fragment in outcome.err
    if status:
        assert held.content() == before


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "status"), [("s\n", 0), ("SIM\n", 0), ("n\n", 1), ("\n", 1), ("", 1)])
def test_at_a_terminal_the_question_is_asked(
    held: Office, monkeypatch: pytest.MonkeyPatch, answer: str, status: int
) -> None:
    held.run("carteiras", "criar", "Sul")
    before = held.content()
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    monkeypatch.setattr("caz_tui.console.people.is_terminal", lambda _stream: True)
    outcome = held.run("carteiras", "atribuir", "Sul")
    assert outcome.status == status
    assert "Pôr 5 clientes na carteira Sul? [s/N] " in outcome.err
    assert (held.content() == before) == bool(status)
