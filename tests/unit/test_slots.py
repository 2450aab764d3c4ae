"""How sessions are counted."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from caz_tui.console.slots import claim
from caz_tui.data.errors import Refused, StorageError

if TYPE_CHECKING:
    from pathlib import Path


def test_a_person_gets_so_many_places(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "sessoes"
    held = [claim(folder, "maria", 2) for _ in range(2)]
    with pytest.raises(Refused, match="maria já tem 2 sessões abertas"):
        claim(folder, "maria", 2)
    os.close(claim(folder, "../joão", 1))
    os.close(held.pop())
    held.append(claim(folder, "maria", 2))
    for descriptor in held:
        os.close(descriptor)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_a_process_that_is_killed_gives_its_place_back(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from caz_tui.console.slots import claim\n"
        "claim(Path(sys.argv[1]), 'maria', 1); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(Refused):
            claim(tmp_path, "maria", 1)
        other.kill()
        other.wait()
        os.close(claim(tmp_path, "maria", 1))


def test_where_nobody_can_count_nobody_gets_in(tmp_path: Path) -> None:
    (tmp_path / "arquivo").touch()
    with pytest.raises(StorageError, match="não podem ser contadas"):
        claim(tmp_path / "arquivo", "maria", 1)
