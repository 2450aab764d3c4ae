"""Sessions that are there, and those that were left behind."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from caz_tui.console.presence import Presence
from tests.support import NOON

if TYPE_CHECKING:
    from pathlib import Path


def here(folder: Path, person: str = "maria", database: str = "/carteira.db") -> Presence:
    return Presence(folder, database, person, NOON)


def test_what_a_session_left_behind_is_told_once(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "abertas"
    first, second = here(folder), here(folder, "joão")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert list(second.left_behind()) == []
    first.came()
    first.left(NOON + timedelta(hours=2), "a linha caiu")
    first.close()
    third = here(folder)
    [stay] = second.left_behind()
    assert stay == first.stay
    assert (stay.person, stay.is_noted, stay.ending) == ("maria", True, "a linha caiu")
    assert list(third.left_behind()) == []
    for session in (second, third):
        session.forget()
    assert list(folder.iterdir()) == []


def test_what_nobody_dealt_with_stays(tmp_path: Path) -> None:
    here(tmp_path).close()
    present = here(tmp_path)
    found = present.left_behind()
    next(found)
    found.close()
    assert len(list(present.left_behind())) == 1
    assert list(present.left_behind()) == []


def test_another_database_is_another_matter(tmp_path: Path) -> None:
    here(tmp_path, database="/outra.db").close()
    assert list(here(tmp_path).left_behind()) == []
    assert len(list(here(tmp_path, database="/outra.db").left_behind())) == 1


@pytest.mark.parametrize("content", ["", "{", "[]", json.dumps({"code": "x"})])
def test_a_file_that_says_nothing_goes_away(tmp_path: Path, content: str) -> None:
    gone = here(tmp_path)
    gone.close()
    [path] = tmp_path.iterdir()
    path.write_text(content)
    assert list(here(tmp_path).left_behind()) == []
    assert not path.exists()


def test_where_nothing_can_be_kept_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "arquivo").touch()
    session = here(tmp_path / "arquivo")
    session.came()
    session.left(NOON, "fechou o programa")
    assert list(session.left_behind()) == []
    session.forget()
