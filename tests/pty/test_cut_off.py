"""The installed program when its line goes: it ends soon, and what was being typed is there the next time."""

from __future__ import annotations

import json
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.pty.terminal import MODES_AT_REST, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

PROGRAM = str(Path(sys.executable).with_name("caz-tui"))
GONE_SECONDS = 3.0
DEAF = ["/bin/sh", "-c", "trap '' HUP; exec \"$@\"", "sh"]


@pytest.fixture
def database(demonstration: Path, tmp_path: Path) -> Path:
    """A copy of the demonstration portfolio."""
    return Path(shutil.copyfile(demonstration, tmp_path / "carteira.db"))


def drafts_in(home: Path) -> list[Path]:
    return list((home / ".local/state/caz-tui/rascunhos").glob("*/*.json"))


@pytest.mark.parametrize(
    ("cut_off", "before", "status"),
    [
        pytest.param(lambda t: t.send_signal(signal.SIGHUP), [], 129, id="SIGHUP"),
        pytest.param(lambda t: t.send_signal(signal.SIGTERM), [], 143, id="SIGTERM"),
        pytest.param(lambda t: t.hang_up(), [], 129, id="hang-up"),
        pytest.param(lambda t: t.hang_up(), DEAF, 129, id="end of file"),
    ],
)
def test_a_form_that_is_open_is_kept(
    database: Path, tmp_path: Path, cut_off: Callable[[Terminal], None], before: list[str], status: int
) -> None:
    command = [PROGRAM, "--banco", str(database), "--usuario", "maria"]
    env = {"HOME": str(tmp_path)}
    with Terminal([*before, *command], env=env) as terminal:
        terminal.wait_for("Minha carteira")
        terminal.press("2")
        terminal.wait_for("Todos")
        terminal.press("e")
        terminal.wait_for("Editar cliente")
        terminal.press("end")
        terminal.type(" do Largo")
        terminal.wait_for("do Largo")
        cut_off(terminal)
        assert terminal.process.wait(GONE_SECONDS) == status
    [draft] = drafts_in(tmp_path)
    assert draft.stat().st_mode & 0o777 == 0o600
    content = json.loads(draft.read_text(encoding="utf-8"))
    assert set(content["typed"]) == {"name"}
    with Terminal([*command[:-1], "joana"], env=env) as other:
        other.wait_for("Minha carteira")
        other.wait_quiet()
        assert "rascunho" not in other.screen_text()
    with Terminal(command, env=env, cols=140, rows=45) as terminal:
        terminal.wait_for("Há um rascunho de Abrantes")
        terminal.press("enter")
        terminal.wait_for("Editar cliente")
        terminal.press("f2")
        terminal.wait_gone("Editar cliente")
        terminal.wait_for(r"do Largo|salvo\.")
        terminal.press("q")
        assert terminal.wait_exit() == 0
        assert terminal.modes == MODES_AT_REST
    assert not drafts_in(tmp_path)


def test_a_demonstration_keeps_nothing(tmp_path: Path) -> None:
    with Terminal([PROGRAM, "--demo", "20"], env={"HOME": str(tmp_path)}) as terminal:
        terminal.wait_for("Minha carteira")
        terminal.press("2")
        terminal.wait_for("Todos")
        terminal.press("n")
        terminal.wait_for("Novo cliente")
        terminal.type("Padaria")
        terminal.wait_for("Padaria")
        terminal.send_signal(signal.SIGHUP)
        assert terminal.process.wait(GONE_SECONDS) == 129
    assert not drafts_in(tmp_path)
