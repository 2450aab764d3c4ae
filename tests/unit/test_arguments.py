"""What is typed on the command line, and what is answered to what cannot be understood."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caz_tui.console import arguments
from caz_tui.console.arguments import GuestParser, Parser, parse
from caz_tui.console.places import database_place
from caz_tui.data.address import ServerAddress
from caz_tui.data.choices import Field, Order
from caz_tui.data.errors import StorageError
from caz_tui.data.query import ClientQuery
from tests.unit.program import Office, run_program

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTRACTED = ("importar", "exportar", "clientes", "carteira", "pagamentos", "banco migrar", "banco backup",
    "banco restaurar", "banco verificar", "usuarios criar", "carteiras atribuir", "cliente exportar",
)  # fmt: skip
ENGLISH = re.compile(
    r"\b(usage|options|arguments?|positional|show|help message|exit|error|invalid|choice|choose|from|required|expected|"
    r"unrecognized|ignored|explicit|allowed|with|could match|ambiguous|value|default)\b",
    re.IGNORECASE,
)


def test_nothing_said_opens_the_desk() -> None:
    asked = parse([])
    assert (asked.command, asked.banco, asked.demo) == ("desk", None, None)


@pytest.mark.parametrize(("words", "size"), [(["--demo"], 300), (["--demo", "5"], 5), (["--demo=100000"], 100_000)])
def test_the_demonstration_has_as_many_clients_as_asked_for(words: list[str], size: int) -> None:
    asked = parse(words)
    assert (asked.command, asked.demo) == ("desk", size)


@pytest.mark.parametrize("words", [["--banco", "x.db", "clientes"], ["clientes", "--banco", "x.db"]])
def test_the_database_may_be_named_before_or_behind_the_command(words: list[str]) -> None:
    assert parse(words).banco == "x.db"
    assert parse(["banco", "--banco", "x.db", "migrar"]).banco == "x.db"
    assert parse(["banco", "migrar", "--banco", "x.db"]).banco == "x.db"


def test_the_database_named_last_counts() -> None:
    assert parse(["--banco", "a.db", "clientes", "--banco", "b.db"]).banco == "b.db"


@pytest.mark.parametrize(
    ("words", "order"),
    [
        ([], Order()),
        (["--ordenar", "-vencimento"], Order(Field.EXPIRES_ON, descending=True)),
        (["--ordenar=-vencimento"], Order(Field.EXPIRES_ON, descending=True)),
        (["--ordenar", "pago_por"], Order(Field.PAYER)),
        (["--ordenar", "-pago_por"], Order(Field.PAYER, descending=True)),
    ],
)
def test_an_order_may_begin_with_a_hyphen(words: list[str], order: Order) -> None:
    assert parse(["clientes", *words]).order == order


@pytest.mark.parametrize(
    ("words", "query"),
    [
        ([], ""),
        (["padaria", "são", "joão"], "padaria são joão"),
        (["-plano:*"], "-plano:*"),
        (["-situacao:ativo", "uf:SP", "-etiqueta:vip"], "-situacao:ativo uf:SP -etiqueta:vip"),
        (["padaria -situação:ativo"], "padaria -situação:ativo"),
        (["--", "-padaria"], "-padaria"),
        (["-- -padaria"], "-- -padaria"),
        (["padaria", "--aba", "todos", "uf:SP"], "padaria uf:SP"),
        (["--limite", "3", "padaria"], "padaria"),
        (["--limite", "3", "-plano:*", "--ordenar", "-nome", "x"], "-plano:* x"),
    ],
)
def test_what_is_no_option_is_the_query(words: list[str], query: str) -> None:
    assert parse(["clientes", *words]).query == query


def test_an_export_takes_its_query_on_either_side_of_the_options() -> None:
    asked = parse(["exportar", "a.csv", "--aba", "sem-plano", "uf:SP", "-plano:*"])
    assert (asked.file, asked.aba, asked.query) == (Path("a.csv"), "sem-plano", "uf:SP -plano:*")


def test_an_import_is_understood_whole() -> None:
    maps = ["--mapa", "nome=EMPRESA", "--mapa", "documento=CNPJ=X"]
    asked = parse(["importar", "a.xlsx", *maps, "--simular", "--pular-invalidas", "--completar-zeros"])
    assert asked.file == Path("a.xlsx")
    assert asked.mapa == [("nome", "EMPRESA"), ("documento", "CNPJ=X")]
    assert asked.simular
    assert asked.pular_invalidas
    assert asked.completar_zeros
    assert asked.format == "tabela"


WRONG = [
    ["nada"],
    ["a'b"],
    ["a\nb"],
    ["--nada"],
    ["-x"],
    ["--banco"],
    ["--demo", "0"],
    ["--demo", "-1"],
    ["--demo", "muitos"],
    ["--demo", "99999999999999"],
    ["--demo", "5", "clientes"],
    ["--help=1"],
    ["--version=1"],
    ["--ajuda=a'b"],
    ["clientes", "--nada"],
    ["clientes", "-nada"],
    ["clientes", "--lim", "3"],
    ["clientes", "--limite"],
    ["clientes", "--limite", "x"],
    ["clientes", "--limite=-1"],
    ["clientes", "--limite", "1.5"],
    ["clientes", "--formato"],
    ["clientes", "--formato", "xml"],
    ["clientes", "--formato", "a'b"],
    ["clientes", "--formato", 'a"b'],
    ["clientes", "--formato", "a'b\"c\nd"],
    ["clientes", "--formato", "-plano:x"],
    ["clientes", "--aba", "outra"],
    ["clientes", "--ordenar"],
    ["clientes", "--ordenar", "tamanho"],
    ["clientes", "--ordenar", "-tamanho"],
    ["clientes", "--ordenar", "-notes"],
    ["carteira", "agora"],
    ["carteira", "--formato", "csv"],
    ["pagamentos", "1", "2"],
    ["importar"],
    ["importar", "a.csv", "b.csv"],
    ["importar", "a.csv", "--mapa", "nome"],
    ["importar", "a.csv", "--mapa", "=COLUNA"],
    ["importar", "a.csv", "--mapa", "nome="],
    ["importar", "a.csv", "--mapa", "xx=COLUNA"],
    ["importar", "a.csv", "--simular=sim"],
    ["importar", "a.csv", "--simular=a'b\nc"],
    ["exportar"],
    ["exportar", "a.csv", "--compras", "--beneficios"],
    ["banco"],
    ["banco", "apagar"],
    ["banco", "migrar", "x"],
    ["banco", "restaurar"],
    ["banco", "restaurar", "a", "b"],
]


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_wrong_usage_is_answered_in_one_portuguese_sentence(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        parse(words)
    assert left.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    sentence, where, *rest = err.splitlines()
    assert rest == []
    assert sentence.startswith("caz-tui: ")
    assert sentence.endswith(".")
    assert re.fullmatch(r"Veja «caz-tui[ a-z]* --help»\.", where)
    assert not ENGLISH.search(sentence)
    assert "\0" not in err
    assert "x00" not in err


def test_what_was_typed_is_said_back_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["carteira", "\x1b]0;oi\x07\u202e"])
    err = capsys.readouterr().err
    assert not set("\x1b\x07\u202e") & set(err)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("exportar", "falta: ARQUIVO."),
        ("carteiras atribuir", "falta: NOME."),
        ("usuarios carteira", "falta: NOME."),
        ("clientes --limite -1", "--limite: “-1” não serve; use um número inteiro de 0 a 999.999.999.999."),
        ("auditoria --ultimos -3", "--ultimos: “-3” não serve; use um número inteiro de 0 a 999.999.999.999."),
        ("banco copias --manter -1", "--manter: “-1” não serve; use um número inteiro de 0 a 3.650."),
        ("--bloqueio 0", "--bloqueio: “0” não serve; use um número inteiro de 1 a 999.999."),
        ("--demo 0", "--demo: “0” não serve; use um número inteiro de 1 a 10.000.000."),
    ],
)
def test_what_is_missing_or_allowed_is_said(words: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(words.split())
    assert capsys.readouterr().err.splitlines()[0] == f"caz-tui: {said}"


@pytest.mark.parametrize(
    ("words", "where"),
    [
        ("-me", "caz-tui"),
        ("clientes -me", "caz-tui clientes"),
        ("banco migrar -me", "caz-tui banco migrar"),
        ("clientes --demo=3 --formato xml", "caz-tui clientes"),
        ("--demo 3 carteira", "caz-tui carteira"),
    ],
)
def test_the_help_pointed_to_is_that_of_the_command(words: str, where: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(words.split())
    assert capsys.readouterr().err.splitlines()[-1] == f"Veja «{where} --help»."


def test_the_choices_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["clientes", "--formato", "xml"])
    assert "--formato não pode ser “xml”; use um de: tabela, json, csv." in capsys.readouterr().err


def every_command(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Yield every command, and every task of one, as it is typed."""
    yield parser.prog
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from every_command(inner)


EVERY_COMMAND = tuple(every_command(arguments._parser(Parser)))
OF_GUESTS = tuple(every_command(arguments._parser(GuestParser)))


def test_the_commands_are_all_there() -> None:
    assert {f"caz-tui {command}" for command in CONTRACTED} < set(EVERY_COMMAND)
    assert set(OF_GUESTS) < set(EVERY_COMMAND)


@pytest.mark.parametrize(
    ("command", "parser_class"),
    [*((command, Parser) for command in EVERY_COMMAND), *((command, GuestParser) for command in OF_GUESTS)],
)
def test_every_command_has_help_in_portuguese_with_an_example_that_is_understood(
    command: str, parser_class: type[Parser], capsys: pytest.CaptureFixture[str]
) -> None:
    _, *words = command.split()
    with pytest.raises(SystemExit) as left:
        parse([*words, "--help"], parser_class)
    assert left.value.code == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert not ENGLISH.search(re.sub(r"--(help|version)\b", "", out))
    assert out.startswith(f"uso: {command}")
    example = re.search(r"^exemplos?:\n((?:  caz-tui .*\n)+)", out, re.MULTILINE)
    assert example
    for line in example[1].splitlines():
        assert line.startswith(f"  {command}")
        asked = parse(shlex.split(line)[1:], parser_class)
        assert [asked.command, getattr(asked, "task", None)][: len(words)] == words
        ClientQuery.parse(getattr(asked, "query", ""))


@pytest.mark.parametrize("flag", ["-h", "--ajuda"])
def test_help_has_other_names(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        parse(["clientes", flag])
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith("uso: caz-tui clientes")


@given(
    st.lists(
        st.sampled_from(
            ["--demo", "--demo=20", "20", "--banco", "x.db", "--usuario=ana", "--restrito", "--pasta=x", "--bloqueio",
             "5", "--maximo-sessoes=2", "clientes", "--ajuda", "--nada", "--"]
        ),
        max_size=5,
    )
)  # fmt: skip
def test_what_opens_the_desk_is_understood_as_among_the_commands(words: list[str]) -> None:
    at_once = arguments._desk_alone(words, Parser)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arguments, "_desk_alone", lambda *_: None)
        patch.setattr(arguments, "say", lambda _: None)
        try:
            asked = parse(words)
        except SystemExit:
            asked = None
    if at_once is not None:
        assert at_once == asked
    else:
        assert asked is None or asked.command != "desk"


def test_the_version_is_said(tmp_path: Path) -> None:
    outcome = run_program(tmp_path, "--version")
    assert outcome.status == 0
    assert re.fullmatch(r"caz-tui \d+\.\d+\.\d+\n", outcome.out)
    assert outcome.err == ""


@pytest.mark.parametrize(
    ("words", "fragment"),
    [
        (("clientes", "--ordenar", "tamanho"), "--ordenar: não há ordem por “tamanho”; use um de: nome, "),
        (("exportar", "a.csv", "--ordenar", "-tamanho"), "não há ordem por “tamanho”"),
        (("importar", "a.csv", "--mapa", "xx=YY"), "--mapa: não há campo “xx”; use um de: nome, "),
        (("clientes", "--aba", "outra"), "--aba não pode ser “outra”; use um de: todos, "),
    ],
)
def test_a_name_that_an_option_does_not_know_is_wrong_usage(
    office: Office, words: tuple[str, ...], fragment: str
) -> None:
    outcome = office.run(*words)
    assert (outcome.status, outcome.out) == (2, "")
    assert fragment in outcome.err


def test_a_database_may_be_named_by_url_or_by_the_environment() -> None:
    environ = {"CAZ_BANCO": "/dados/dois.db"}
    assert database_place("sqlite:////dados/um.db", environ) == Path("/dados/um.db")
    assert database_place("um.db", environ) == Path("um.db")
    assert database_place(None, environ) == Path("/dados/dois.db")
    assert database_place("~/um.db", {}) == Path.home() / "um.db"
    with pytest.raises(StorageError) as refused:
        database_place("mysql://servidor/caz", environ)
    assert str(refused.value) == (
        "“mysql” não é um banco que o caz-tui abra: use um arquivo ou postgresql://servidor/banco."
    )
    assert database_place("postgresql://servidor/caz", environ) == ServerAddress("servidor", database="caz")


def test_without_a_name_the_database_is_in_the_users_own_folder(tmp_path: Path) -> None:
    assert run_program(tmp_path, "carteira").status == 0
    path = tmp_path / ".local/share/caz-tui/carteira.db"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
