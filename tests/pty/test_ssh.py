"""Sessions over a real sshd: what they can do, what they cannot, and seven ways in which their line goes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.pty import sshd
from tests.pty.new_client import type_a_new_client
from tests.pty.sshd import Server, wait_until
from tests.pty.terminal import Terminal
from tests.unit.program import run_sql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from caz_tui.data.address import Place
    from tests.server import Server as DatabaseServer

pytestmark = pytest.mark.skipif(bool(sshd.missing()), reason=sshd.missing() or "a server can be started")

DROPS_VARIABLE = "CAZ_QUEDAS"
DROPS = int(os.environ.get(DROPS_VARIABLE, "1"))
"""How often the line goes in each way."""

GONE_SECONDS = 2.0
"""Within which a session ends that was told to: less than a second on a machine that has nothing else to do."""

UNNOTICED_SECONDS = 12.0
"""Within which sshd notices a client that is silent, and the session ends."""


@pytest.fixture(scope="module")
def host() -> Iterator[Server]:
    """The machine that sessions are opened on."""
    with Server() as host:
        yield host


@pytest.fixture
def database(demonstration: Path, tmp_path: Path) -> Path:
    """A copy of the demonstration portfolio."""
    return Path(shutil.copyfile(demonstration, tmp_path / "carteira.db"))


@pytest.fixture
def key(host: Server, database: Path, tmp_path: Path) -> str:
    """The key of maria, whose sessions are on that copy and on a folder with a link to what is outside."""
    (tmp_path / "caixa").mkdir()
    (tmp_path / "caixa" / "atalho.csv").symlink_to("/etc/passwd")
    name = f"maria-{tmp_path.parent.name}-{tmp_path.name}"
    host.allow(name, f"--restrito --usuario maria --banco {database} --pasta {tmp_path / 'caixa'}")
    return name


def open_desk(host: Server, key: str) -> Terminal:
    return Terminal(host.ssh(key, "-tt", "--"), cols=100, rows=30)


def test_the_desk_opens_and_works(host: Server, key: str) -> None:
    with open_desk(host, key) as terminal:
        terminal.wait_for("Conta Azul Mais.*maria")
        terminal.wait_for("Minha carteira")
        terminal.press("2")
        terminal.wait_for("Todos 297")
        terminal.press("ctrl+z", "E")
        terminal.wait_for("Vai para a pasta caixa")
        terminal.press("f2")
        terminal.wait_for("297 clientes exportados")
        terminal.press("q")
        assert terminal.wait_exit() == 0
    wait_until(lambda: not host.session_pids())


def test_commands_are_those_of_the_program_on_the_office_s_database(host: Server, key: str, tmp_path: Path) -> None:
    done = host.run(key, "caz-tui clientes 'uf:SP situacao:ativo' --formato json")
    assert (done.returncode, done.stderr) == (0, "")
    assert {row["uf"] for row in json.loads(done.stdout)} == {"SP"}
    assert host.run(key, "caz-tui", "exportar", "saida.csv").returncode == 0
    assert (tmp_path / "caixa" / "saida.csv").is_file()
    done = host.run(key, "caz-tui importar atalho.csv")
    assert (done.returncode, done.stdout) == (1, "")
    assert "sem atalhos" in done.stderr


@pytest.mark.parametrize(
    "command",
    ["id", "caz-tui; id", "$(id)", "caz-tui clientes --usuario joana", "caz-tui banco restaurar x.db"],
)
def test_other_commands_are_refused_with_a_sentence(host: Server, key: str, command: str) -> None:
    done = host.run(key, command)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1


def test_sftp_is_refused(host: Server, key: str) -> None:
    done = host.run(key, "-s", "--", "sftp")
    assert (done.returncode, done.stdout) == (2, "")


def test_the_client_s_environment_chooses_nothing(host: Server, key: str, tmp_path: Path) -> None:
    evil = tmp_path / "outra"
    variables = f"CAZ_BANCO={evil}/x.db HOME={evil} XDG_STATE_HOME={evil} TEXTUAL_LOG={evil}/log"
    done = host.run(key, "-o", f"SetEnv={variables}", "--", "caz-tui carteira --formato json")
    assert (done.returncode, json.loads(done.stdout)["total"]) == (0, 297)
    assert not evil.exists()


def forwards(host: Server, key: str) -> bool:
    """Tell whether a session reaches the server's own port through the server."""
    done = host.run(key, "-W", f"127.0.0.1:{host.port}", "--")
    return done.stdout.startswith("SSH-2.0")


def test_no_port_is_forwarded(host: Server, key: str) -> None:
    assert not forwards(host, key)
    done = host.run(key, "-N", "-o", "ExitOnForwardFailure=yes", "-R", f"0:127.0.0.1:{host.port}", "--")
    assert done.returncode == 255
    assert "remote port forwarding failed" in done.stderr


def test_a_forced_command_without_restrict_is_a_mistake(database: Path) -> None:
    options = f"--restrito --usuario maria --banco {database}"
    with Server(forwards=True) as host:
        host.allow("certa", options)
        host.allow("errada", options, options="")
        assert not forwards(host, "certa")
        assert forwards(host, "errada")


# Seven ways


def kill_client(_: Server, terminal: Terminal) -> None:
    terminal.process.kill()


def hang_up(host: Server, _: Terminal) -> None:
    os.kill(host.program_pid(), signal.SIGHUP)


def terminate(host: Server, _: Terminal) -> None:
    os.kill(host.program_pid(), signal.SIGTERM)


def disconnect(_: Server, terminal: Terminal) -> None:
    # The client's own way to end: a line that begins with ~.
    terminal.type("\r~.")


def stall(_: Server, terminal: Terminal) -> None:
    terminal.process.send_signal(signal.SIGSTOP)


def kill_server(host: Server, _: Terminal) -> None:
    host.kill_session_server()


def last_ending(place: Place) -> str:
    """Return what the trail says of how the last session ended."""
    asking = "SELECT subject FROM audit_entries WHERE action = 'Saiu' ORDER BY id DESC LIMIT 1"
    [(subject,)] = run_sql(place, asking)
    return str(subject).partition(": ")[2]


class Way(NamedTuple):
    """How a line goes: what happens to it, what stands before the program, within how many seconds all has gone."""

    name: str
    happens: Callable[[Server, Terminal], None]
    prefix: str = ""
    seconds: float = GONE_SECONDS


WAYS = (
    Way("client killed", kill_client),
    Way("SIGHUP", hang_up),
    Way("SIGHUP ignored", kill_client, "trap '' HUP; exec"),
    Way("SIGTERM", terminate),
    Way("end of file", disconnect),
    Way("reader stalled", stall, seconds=UNNOTICED_SECONDS),
    Way("sshd killed", kill_server),
)


@pytest.fixture
def places(database: Path, server: DatabaseServer, demonstration_template: str) -> Iterator[tuple[Place, Place]]:
    """The demonstration portfolio as a file and on a server."""
    address = server.create(demonstration_template)
    yield database, address
    server.drop(address)


@pytest.mark.parametrize("turn", range(DROPS))
def test_a_line_that_goes_leaves_a_draft_and_no_process(
    host: Server, places: tuple[Place, Place], tmp_path: Path, subtests: pytest.Subtests, turn: int
) -> None:
    # Each session takes up the draft that the one before has left there, types on, and goes in the next way.
    names, keys = ["", ""], ["", ""]
    for number, way in enumerate(WAYS):
        # The one after the other, so that in the next turn each way is that of the other engine.
        at = (turn + number) % 2
        place, key = places[at], f"queda-{number}-{tmp_path.name}"
        keys[at] = key
        host.allow(key, f"|{way.prefix} PROGRAM --restrito --usuario ana --banco '{place}' --pasta {tmp_path}")
        with subtests.test(way.name), open_desk(host, key) as terminal:
            if names[at]:
                take_up(terminal, names[at])
                terminal.press("end")
            else:
                names[at] = f"Padaria {turn} da Queda "
                type_a_new_client(terminal, names[at])
            names[at] += "x"
            terminal.type("x")
            terminal.wait_for(names[at])
            way.happens(host, terminal)
            took = wait_until(lambda: not host.session_pids(), way.seconds)
            sys.stdout.write(f"{way.name}: gone after {took:.2f} s\n")
            if way.happens is stall:
                terminal.process.send_signal(signal.SIGCONT)
            ending = "o sistema encerrou a sessão" if way.happens is terminate else "a linha caiu"
            assert last_ending(place) == ending
    for key, name in zip(keys, names, strict=True):
        with open_desk(host, key) as terminal:
            take_up(terminal, name)
            terminal.press("escape")
            terminal.wait_for("Descartar o que foi digitado")
            terminal.press("s")
            terminal.wait_gone("Descartar o que foi digitado")
            terminal.wait_for("Minha carteira")
            terminal.press("q")
            assert terminal.wait_exit() == 0
    assert not list(host.home.rglob("*.json"))


def take_up(terminal: Terminal, name: str) -> None:
    """Go on with the draft of a new client that the program offers."""
    terminal.wait_for(f"Há um rascunho de {name.strip()}")
    terminal.press("c")
    terminal.wait_for("Novo cliente")
    terminal.wait_for(name.strip())
