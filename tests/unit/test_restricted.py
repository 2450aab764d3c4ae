"""What a restricted session takes from the other end of the line, and what it does not."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from caz_tui.console import restricted
from caz_tui.console.arguments import parse
from caz_tui.data.errors import SheetError, StorageError
from caz_tui.data.pending import PendingService
from caz_tui.data.service import PortfolioService
from tests.unit.program import TIMEOUT_SECONDS, environment, program, run_program

if TYPE_CHECKING:
    from argparse import Namespace

ALLOWED = (
    "caz-tui", "caz-tui clientes", "caz-tui clientes 'situacao:ativo' --formato json", "caz-tui clientes -- -x",
    "caz-tui carteira", "caz-tui pagamentos 77", "caz-tui importar a.csv --simular", "caz-tui exportar a.csv",
    "caz-tui banco verificar", "caz-tui --demo", "",
)  # fmt: skip
NOT_OURS = (
    "ls", "sh", "bash -i", "/bin/sh", "caz-tui; sh", "caz-tui\nsh", "/usr/bin/caz-tui", "caz-tuix", "'caz-tui",
    "scp -t .", "internal-sftp",
    "/usr/lib/openssh/sftp-server", "rsync --server .", "env caz-tui", "caz-tui clientes \x1b[2J",
    "caz-tui clientes \udcff", f"caz-tui clientes {'a' * 5000}", "caz-tui --demo 301",
)  # fmt: skip
NOT_ALLOWED = (
    "caz-tui auditoria", "caz-tui auditoria --ancorar x", "caz-tui banco restaurar x.db",
    "caz-tui banco migrar", "caz-tui banco backup", "caz-tui --banco x.db",
    "caz-tui --banco=x.db clientes", "caz-tui clientes --banco x.db", "caz-tui clientes --banco=x.db",
    "caz-tui banco verificar --banco x.db", "caz-tui --usuario ana", "caz-tui --usuario=ana clientes",
    "caz-tui clientes --usuario ana", "caz-tui --restrito", "caz-tui --pasta /", "caz-tui importar a.csv --pasta /",
    "caz-tui --maximo-sessoes 99", "caz-tui --duracao-maxima 99", "caz-tui --bloqueio 99", "caz-tui sh",
    "caz-tui --ban x",
)  # fmt: skip


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory of the account, whatever the environment says."""
    monkeypatch.setattr(restricted, "_home", lambda: tmp_path)
    return tmp_path


def enter(command: str | None, *forced: str, **environ: str) -> Namespace:
    variables = dict(environ)
    if command is not None:
        variables["SSH_ORIGINAL_COMMAND"] = command
    return restricted.enter(parse(["--restrito", *forced]), variables)


@pytest.mark.parametrize("command", ALLOWED)
def test_what_is_allowed_runs_on_what_the_administrator_chose(command: str, tmp_path: Path) -> None:
    asked = enter(
        command, "--banco", "casa.db", "--usuario", "maria", "--maximo-sessoes", "2", "--pasta", str(tmp_path)
    )
    assert (asked.banco, asked.usuario, asked.maximo_sessoes, asked.restrito) == ("casa.db", "maria", 2, True)
    assert asked.folder.root == tmp_path
    assert asked.command == (command.split()[1:2] or ["desk"])[0].replace("--demo", "desk")


@pytest.mark.parametrize("command", [*NOT_OURS, *NOT_ALLOWED])
def test_anything_else_is_one_sentence(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        enter(command, "--banco", "casa.db")
    out, err = capsys.readouterr()
    assert (left.value.code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert (err.strip() == restricted.REFUSED) is (command in NOT_OURS)


@pytest.mark.parametrize("command", ["caz-tui --help", "caz-tui --version", "caz-tui clientes --help"])
def test_help_and_version_say_nothing_of_what_is_not_there(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        enter(command)
    assert left.value.code == 0
    assert not re.search("--banco|--usuario|--restrito|--pasta|restaurar|CAZ_BANCO", capsys.readouterr().out)


@pytest.mark.parametrize(
    "words", [["auditoria", "--ancorar", "x"], ["banco", "restaurar", "x"], ["banco", "migrar"], ["banco", "backup"]]
)
def test_a_forced_command_is_held_to_the_same(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        enter(None, *words)
    assert (left.value.code, capsys.readouterr().err.strip()) == (2, restricted.REFUSED)


def test_a_forced_command_with_a_task_of_its_own_does_that() -> None:
    assert enter("caz-tui clientes", "carteira").command == "carteira"


@pytest.mark.parametrize("file", ["/etc/passwd", "../x.csv", "~/x.csv", "a/../../x.csv"])
@pytest.mark.parametrize("command", ["importar", "exportar"])
def test_files_are_those_of_the_folder(command: str, file: str, tmp_path: Path) -> None:
    asked = enter(f"caz-tui {command} sub/a.csv")
    assert (str(asked.file), asked.folder.root) == ("sub/a.csv", tmp_path / "caixa")
    assert (tmp_path / "caixa").stat().st_mode & 0o777 == 0o700
    with pytest.raises(SheetError, match="pasta do escritório"):
        enter(f"caz-tui {command} {file}")


def test_the_environment_chooses_nothing(tmp_path: Path) -> None:
    environ = {
        "CAZ_BANCO": "/x.db", "HOME": "/x", "XDG_STATE_HOME": "/x", "XDG_DATA_HOME": "/x", "PYTHONPATH": "/x",
        "TERM": "xterm", "LC_ALL": "C.UTF-8", "TMPDIR": "/x", "SSH_ORIGINAL_COMMAND": "caz-tui carteira",
    }  # fmt: skip
    restricted.enter(parse(["--restrito"]), environ)
    assert environ == {"HOME": str(tmp_path), "TERM": "xterm", "LC_ALL": "C.UTF-8"}


@pytest.mark.parametrize("name", ["maria", "joão.silva", "ana-2", "ana_b@escritorio", "ß", "A" * 64])
def test_a_person_is_named(name: str) -> None:
    assert parse(["--usuario", name]).usuario == name


@pytest.mark.parametrize("name", ["", " ", "a b", "a.", "../a", "a/b", "a\x1bb", "a\u202eb", "[a]", "A" * 65, "a\n"])
def test_a_name_that_is_none_is_refused(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        parse([f"--usuario={name}"])
    assert left.value.code == 2
    assert "não serve" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [["--maximo-sessoes", "0"], ["--bloqueio", "-1"], ["--duracao-maxima", "x"], ["--pasta", "/x"]]
)
def test_options_of_a_session_are_checked(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        parse(words)
    assert left.value.code == 2
    assert words[0] in capsys.readouterr().err


def test_the_program_does_it(tmp_path: Path, small_database: Path) -> None:
    database = Path(shutil.copy(small_database, tmp_path / "carteira.db"))
    (tmp_path / "caixa").mkdir()
    (tmp_path / "caixa" / "atalho.csv").symlink_to("/etc/passwd")
    forced = ("--restrito", "--usuario", "maria", "--banco", database, "--pasta", tmp_path / "caixa")

    def ask(command: str) -> tuple[int, str, str]:
        return run_program(tmp_path, *forced, SSH_ORIGINAL_COMMAND=command, CAZ_BANCO="/nada.db")

    status, out, err = ask("caz-tui clientes --formato json")
    assert (status, out.count('"nome"'), err) == (0, 5, "")
    assert ask("caz-tui exportar saida.csv")[0] == 0
    assert (tmp_path / "caixa" / "saida.csv").is_file()
    assert ask("caz-tui importar saida.csv --simular")[:2] == (
        0, "5 linhas lidas: 0 inseridas, 5 atualizadas, 0 repetidas, 0 rejeitadas.\n"
    )  # fmt: skip
    status, out, err = ask("caz-tui importar atalho.csv")
    assert (status, out) == (1, "")
    assert "sem atalhos" in err
    assert ask("id") == (2, "", f"{restricted.REFUSED}\n")


@pytest.mark.both_engines
@pytest.mark.parametrize("command", ["caz-tui carteira", "caz-tui clientes", "caz-tui exportar x.csv"])
async def test_a_restricted_session_founds_no_database(
    engine: str, tmp_path: Path, command: str, request: pytest.FixtureRequest
) -> None:
    place = request.getfixturevalue("server").create() if engine == "postgres" else tmp_path / "nada.db"
    (tmp_path / "caixa").mkdir()
    forced = ("--restrito", "--usuario", "maria", "--banco", str(place), "--pasta", tmp_path / "caixa")
    outcome = await asyncio.to_thread(run_program, tmp_path, *forced, SSH_ORIGINAL_COMMAND=command)
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err == f"Não há banco em {place}, e esta sessão não cria nenhum; avise quem administra.\n"
    assert os.listdir(tmp_path) == ["caixa"]  # noqa: PTH208 - nothing waits here
    # Whoever administers founds it.
    founded = await PortfolioService.open(place, user="ana")
    assert [user.name for user in await founded.users()] == ["ana"]
    await founded.close()


@pytest.mark.parametrize("content", [None, b""])
def test_the_desk_of_a_restricted_session_founds_no_database(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "nada.db"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StorageError, match="esta sessão não cria nenhum"):
        PendingService(path, user="maria", must_exist=True)
    assert path.exists() == (content is not None)


def test_a_file_that_is_refused_leaves_its_lines_in_the_folder(tmp_path: Path, small_database: Path) -> None:
    database = Path(shutil.copy(small_database, tmp_path / "carteira.db"))
    folder = tmp_path / "caixa"
    folder.mkdir()
    (folder / "ruim.csv").write_text("Razão Social;CNPJ/CPF\nPadaria;1\n", encoding="utf-8")
    done = subprocess.run(
        program("--restrito", "--banco", database, "--pasta", folder),
        env=environment(tmp_path, SSH_ORIGINAL_COMMAND="caz-tui importar ruim.csv --formato json"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    assert done.returncode == 1
    assert b'"arquivo_rejeitadas": "ruim-rejeitadas.csv"' in done.stdout
    assert sorted(path.name for path in folder.iterdir()) == ["ruim-rejeitadas.csv", "ruim.csv"]
