"""What is typed on the command line, and what is answered to what cannot be understood."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from caz_tui.console.arguments import parse
from caz_tui.console.places import database_place
from caz_tui.data.address import ServerAddress
from caz_tui.data.errors import StorageError
from tests.unit.program import Office, run_program

COMMANDS = ("importar", "exportar", "clientes", "carteira", "pagamentos", "banco")
TASKS = ("migrar", "backup", "restaurar", "verificar")
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
        (["--ordenar", "-vencimento"], "-vencimento"),
        (["--ordenar=-vencimento"], "-vencimento"),
        (["--ordenar", "pago_por"], "pago_por"),
        (["--ordenar", "-pago_por"], "-pago_por"),
    ],
)
def test_an_order_may_begin_with_a_hyphen(words: list[str], order: str) -> None:
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
    ["carteira", "agora"],
    ["carteira", "--formato", "csv"],
    ["pagamentos", "1", "2"],
    ["importar"],
    ["importar", "a.csv", "b.csv"],
    ["importar", "a.csv", "--mapa", "nome"],
    ["importar", "a.csv", "--mapa", "=COLUNA"],
    ["importar", "a.csv", "--mapa", "nome="],
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


def test_the_choices_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["clientes", "--formato", "xml"])
    assert "--formato não pode ser “xml”; use um de: tabela, json, csv." in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [[], *([command] for command in COMMANDS), *(["banco", task] for task in TASKS)],
    ids=lambda words: " ".join(words) or "caz-tui",
)
@pytest.mark.parametrize("flag", ["--help", "-h", "--ajuda"])
def test_every_command_has_help_in_portuguese_with_an_example(
    words: list[str], flag: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        parse([*words, flag])
    assert left.value.code == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert not ENGLISH.search(re.sub(r"--(help|version)\b", "", out))
    assert out.startswith(f"uso: {' '.join(['caz-tui', *words])}")
    example = re.search(r"^exemplos?:\n((?:  caz-tui .*\n)+)", out, re.MULTILINE)
    assert example
    for line in example[1].splitlines():
        assert line.startswith(f"  {' '.join(['caz-tui', *words])}")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_example_of_every_command_is_understood(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse([command, "--help"])
    example = capsys.readouterr().out.rstrip().splitlines()[-1].strip()
    assert parse(shlex.split(example)[1:]).command == command


def test_the_version_is_said(tmp_path: Path) -> None:
    outcome = run_program(tmp_path, "--version")
    assert outcome.status == 0
    assert re.fullmatch(r"caz-tui \d+\.\d+\.\d+\n", outcome.out)
    assert outcome.err == ""


def test_an_unknown_order_names_those_there_are(office: Office) -> None:
    outcome = office.run("clientes", "--ordenar", "tamanho")
    assert outcome.status == 1
    assert outcome.err.startswith("Não há ordem por tamanho. Use um de: nome, ")
    assert outcome.out == ""


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
