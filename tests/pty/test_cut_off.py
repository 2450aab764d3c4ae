"""The installed program when its line goes: it ends soon, and what was being typed is there the next time."""

from __future__ import annotations

import fcntl
import json
import re
import shutil
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.pty.new_client import type_a_new_client
from tests.pty.sshd import wait_until
from tests.pty.terminal import MODES_AT_REST, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

PROGRAM = str(Path(sys.executable).with_name("caz-tui"))
GONE_SECONDS = 3.0
LINE_DOWN = "a linha caiu"
DEAF = ["/bin/sh", "-c", "trap '' HUP; exec \"$@\"", "sh"]


@pytest.fixture
def database(demonstration: Path, tmp_path: Path) -> Path:
    """A copy of the demonstration portfolio."""
    return Path(shutil.copyfile(demonstration, tmp_path / "carteira.db"))


def drafts_in(home: Path) -> list[Path]:
    return list((home / ".local/state/caz-tui/rascunhos").glob("*/*.json"))


def coming_and_going(database: Path) -> list[str]:
    """Return the entries of the trail that say who came and who left, without the codes of the sessions."""
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute(
            "SELECT by, action, subject, seal FROM audit_entries WHERE action IN ('Entrou', 'Saiu') ORDER BY id"
        ).fetchall()
    assert all(seal for *_, seal in found)
    return [re.sub(r" sessão [0-9a-f]{6}", "", " ".join(entry[:3])) for entry in found]


def open_sessions(home: Path) -> list[Path]:
    return list((home / ".local/state/caz-tui/sessoes/abertas").iterdir())


class Way(NamedTuple):
    """How a session is cut off: what happens, what stands before the program, its exit status, what the trail says."""

    name: str
    happens: Callable[[Terminal], None]
    before: list[str]
    status: int
    ending: str


WAYS = (
    Way("SIGHUP", lambda t: t.send_signal(signal.SIGHUP), [], 129, LINE_DOWN),
    Way("SIGTERM", lambda t: t.send_signal(signal.SIGTERM), [], 143, "o sistema encerrou a sessão"),
    Way("hang-up", lambda t: t.hang_up(), [], 129, LINE_DOWN),
    Way("end of file", lambda t: t.hang_up(), DEAF, 129, LINE_DOWN),
)


def test_a_form_that_is_open_is_kept(database: Path, tmp_path: Path, subtests: pytest.Subtests) -> None:
    # Each session takes up the draft that the one before has left, types on, and is cut off in the next way.
    command = [PROGRAM, "--banco", str(database), "--usuario", "maria"]
    env = {"HOME": str(tmp_path)}
    typed = " do Largo"
    trail: list[str] = []
    for way in WAYS:
        with subtests.test(way.name), Terminal([*way.before, *command], env=env, cols=140, rows=45) as terminal:
            if not trail:
                terminal.wait_for("Minha carteira")
                terminal.press("2")
                terminal.wait_for("Todos")
                terminal.press("e")
                terminal.wait_for("Editar cliente")
            else:
                take_up(terminal)
                typed += "x"
            terminal.press("end")
            terminal.type(typed if not trail else "x")
            terminal.wait_for(typed)
            way.happens(terminal)
            assert terminal.process.wait(GONE_SECONDS) == way.status
            trail += ["maria Entrou", f"maria Saiu: {way.ending}"]
            assert coming_and_going(database) == trail
            assert not open_sessions(tmp_path)
            [draft] = drafts_in(tmp_path)
            assert draft.stat().st_mode & 0o777 == 0o600
            content = json.loads(draft.read_text(encoding="utf-8"))
            assert set(content["typed"]) == {"name"}
    with Terminal([*command[:-1], "joana"], env=env) as other:
        other.wait_for("Minha carteira")
        other.wait_quiet()
        assert "rascunho" not in other.screen_text()
    with Terminal(command, env=env, cols=140, rows=45) as terminal:
        take_up(terminal)
        terminal.press("f2")
        terminal.wait_gone("Editar cliente")
        terminal.wait_for(rf"{typed}|salvo\.")
        terminal.press("q")
        assert terminal.wait_exit() == 0
        assert terminal.modes == MODES_AT_REST
    assert not drafts_in(tmp_path)
    with closing(sqlite3.connect(database)) as connection:
        [(name,)] = connection.execute("SELECT name FROM clients WHERE name LIKE '% do Largo%'").fetchall()
    assert name.endswith(typed)


def take_up(terminal: Terminal) -> None:
    """Go on with the draft of the first client that the program offers."""
    terminal.wait_for("Há um rascunho de Abrantes")
    terminal.press("enter")
    terminal.wait_for("Editar cliente")


def test_who_never_got_in_is_not_said_to_have_come(database: Path, tmp_path: Path) -> None:
    env = {"HOME": str(tmp_path)}
    kept = database.rename(tmp_path / "guardada.db")
    database.write_text("uma lista de compras, e nenhum banco", encoding="utf-8")
    with Terminal([PROGRAM, "--banco", str(database), "--usuario", "maria"], env=env) as terminal:
        terminal.wait_for("não é um banco do caz-tui")
        assert terminal.wait_exit() == 1
    kept.replace(database)
    with Terminal([PROGRAM, "--banco", str(database), "--usuario", "joana"], env=env) as terminal:
        wait_until(lambda: "joana Entrou" in coming_and_going(database))
        terminal.press("q")
        assert terminal.wait_exit() == 0
    assert coming_and_going(database) == ["joana Entrou", "joana Saiu: fechou o programa"]
    assert not open_sessions(tmp_path)


def test_a_demonstration_keeps_nothing(tmp_path: Path) -> None:
    with Terminal([PROGRAM, "--demo", "20"], env={"HOME": str(tmp_path)}) as terminal:
        type_a_new_client(terminal, "Padaria")
        terminal.send_signal(signal.SIGHUP)
        assert terminal.process.wait(GONE_SECONDS) == 129
    assert not drafts_in(tmp_path)


def test_a_session_that_was_killed_is_written_down_by_the_next(database: Path, tmp_path: Path) -> None:
    command = [PROGRAM, "--banco", str(database), "--usuario"]
    env = {"HOME": str(tmp_path)}
    with Terminal([*command, "maria"], env=env) as killed:
        killed.wait_for("Minha carteira")
        wait_until(lambda: coming_and_going(database) == ["maria Entrou"])
        killed.process.kill()
        killed.process.wait()
    [left] = open_sessions(tmp_path)
    assert left.stat().st_mode & 0o777 == 0o600
    with Terminal([*command, "joana"], env=env) as next_one:
        next_one.wait_for("Minha carteira")
        wait_until(lambda: len(coming_and_going(database)) == 3)
        next_one.press("q")
        assert next_one.wait_exit() == 0
    assert coming_and_going(database) == [
        "maria Entrou",
        "maria Saiu: sem aviso: o processo foi morto ou o servidor caiu",
        "joana Entrou",
        "joana Saiu: fechou o programa",
    ]
    assert not open_sessions(tmp_path)


def test_an_end_that_could_not_be_written_is_written_by_the_next(database: Path, tmp_path: Path) -> None:
    command = [PROGRAM, "--banco", str(database), "--usuario"]
    env = {"HOME": str(tmp_path)}
    with Terminal([*command, "maria"], env=env) as terminal:
        terminal.wait_for("Minha carteira")
        wait_until(lambda: coming_and_going(database) == ["maria Entrou"])
        with (database.parent / f".{database.name}.vez").open("rb") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            terminal.send_signal(signal.SIGHUP)
            assert terminal.process.wait(GONE_SECONDS) == 129
    assert coming_and_going(database) == ["maria Entrou"]
    with Terminal([*command, "joana"], env=env) as next_one:
        next_one.wait_for("Minha carteira")
        wait_until(lambda: len(coming_and_going(database)) == 3)
        next_one.press("q")
        assert next_one.wait_exit() == 0
    assert re.fullmatch(rf"maria Saiu: {LINE_DOWN}, em \d\d/\d\d/\d{{4}} [\d:]{{8}}", coming_and_going(database)[1])


def test_a_person_who_cannot_keep_anything_at_home_notices_nothing(database: Path, tmp_path: Path) -> None:
    (tmp_path / ".local").write_text("no folder")
    with Terminal([PROGRAM, "--banco", str(database)], env={"HOME": str(tmp_path)}) as terminal:
        terminal.wait_for("Minha carteira")
        wait_until(lambda: len(coming_and_going(database)) == 1)
        terminal.press("q")
        assert terminal.wait_exit() == 0
        assert terminal.screen_text().strip() == ""
    assert len(coming_and_going(database)) == 2
