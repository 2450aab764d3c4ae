"""Two first starts at the same moment, of programs as they are installed; two upgrades at the same moment."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING

from caz_tui.data.verification import verify
from tests.support import FrozenClock, make_demonstration
from tests.unit.program import environment, program
from tests.unit.test_killed import old_database

if TYPE_CHECKING:
    from pathlib import Path

PROGRAMS = 3
ROUNDS = max(1, int(os.environ.get("CAZ_TORTURE_KILLS", "20")) // 40)


def all_at_once(path: Path) -> list[str]:
    """Open a database with several programs at the same moment; return what they had to say."""
    words = program("--banco", path, "carteira", "--formato", "json")
    started = [
        subprocess.Popen(words, env=environment(path.parent), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(PROGRAMS)
    ]
    said = []
    for one in started:
        out, trouble = one.communicate(timeout=120)
        assert (one.returncode, trouble) == (0, "")
        said.append(out)
    return said


def proof(path: Path) -> tuple[int, int]:
    """Return how many keys of the trail and revisions there are, of a database that is well."""
    assert asyncio.run(verify(path)) == ()
    with closing(sqlite3.connect(path)) as connection:
        (keys,) = connection.execute("SELECT count(*) FROM settings WHERE name = 'audit_key'").fetchone()
        (revisions,) = connection.execute("SELECT count(*) FROM alembic_version").fetchone()
    return keys, revisions


def test_first_starts_at_once_make_one_database(tmp_path: Path) -> None:
    for number in range(ROUNDS):
        path = tmp_path / f"pasta{number}" / "carteira.db"
        assert len(set(all_at_once(path))) == 1
        assert proof(path) == (1, 1)


def test_upgrades_at_once_are_one(tmp_path: Path) -> None:
    template = make_demonstration(tmp_path / "modelo.db", FrozenClock())
    for number in range(ROUNDS):
        folder = tmp_path / f"pasta{number}"
        folder.mkdir()
        path = old_database(folder / "carteira.db", template)
        assert len(set(all_at_once(path))) == 1
        assert proof(path) == (1, 1)
        assert len(list(folder.glob("*.antes-da-atualizacao*"))) == 1
