"""Keys that come faster than frames: the screen ends where the last one says, without a frame for each."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tests.pty.terminal import Terminal, key_bytes

PROGRAM = str(Path(sys.executable).with_name("caz-tui"))


def test_a_held_key_ends_where_it_was_let_go(demonstration: Path, tmp_path: Path) -> None:
    database = Path(shutil.copyfile(demonstration, tmp_path / "carteira.db"))
    with Terminal([PROGRAM, "--banco", str(database)], cols=120, rows=40) as terminal:
        terminal.wait_for("Minha carteira")
        terminal.press("2")
        terminal.wait_for(r"\d clientes · ordem")
        terminal.wait_quiet()
        before = len(terminal.wire)
        terminal.send(key_bytes("down") * 240 + key_bytes("up") * 90 + b"j" * 7 + key_bytes("down") * 3)
        terminal.wait_for(r"linha 161\b")
        # A frame for each of 340 keys would be more than 100,000 bytes.
        assert len(terminal.wire) - before < 60_000
        terminal.send(key_bytes("pageup") * 2 + key_bytes("pagedown") * 2 + b"g" + key_bytes("pagedown") * 2)
        page = terminal.rows - 8
        terminal.wait_for(rf"linha {2 * page + 1}\b")
        terminal.press("q")
        assert terminal.wait_exit() == 0
