"""Drafts on the disk: whose they are, that nobody else reads them, and that nothing about them stops anybody."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from caz_tui.data.drafts import Draft, Drafts
from caz_tui.data.query import ClientView
from tests.support import NOON, FrozenClock

if TYPE_CHECKING:
    from pathlib import Path

    from caz_tui.data.service import PortfolioService

NEW = Draft(client=None, client_id=None, typed={"name": "Padaria São João", "notes": "um\ndois"})


def made(folder: Path, person: str = "maria", database: str = "/a.db", later: int = 0) -> Drafts:
    return Drafts(folder, person, database, FrozenClock(NOON + timedelta(minutes=later)))


def test_a_draft_comes_back_until_it_is_forgotten(tmp_path: Path) -> None:
    drafts = made(tmp_path / "a" / "rascunhos")
    assert drafts.newest() is None
    drafts.keep(NEW)
    kept = drafts.newest()
    assert kept is not None
    assert (kept.client_id, kept.typed, kept.saved_at, kept.title) == (None, NEW.typed, NOON, "Padaria São João")
    drafts.keep(kept)
    drafts.forget(kept)
    drafts.forget(kept)
    assert drafts.newest() is None


def add_a_field(folder: Path) -> None:
    """Let a draft hold a client of another version of the program."""
    path = next(folder.glob("*/*.json"))
    content = json.loads(path.read_text(encoding="utf-8"))
    content["client"]["surprise"] = 1
    path.write_text(json.dumps(content), encoding="utf-8")


async def test_a_draft_holds_the_client_as_it_was(tmp_path: Path, service: PortfolioService) -> None:
    row = (await service.page(ClientView(), 0, 1)).rows[0]
    client = await service.client(row.id)
    drafts = made(tmp_path)
    drafts.keep(Draft(client=client, client_id=client.id, typed={"city": "Águas"}))
    kept = drafts.newest()
    assert kept is not None
    assert (kept.client, kept.title) == (client, client.name)
    add_a_field(tmp_path)
    kept = drafts.newest()
    assert kept is not None
    assert (kept.client, kept.client_id, kept.typed) == (None, client.id, {"city": "Águas"})


def test_the_newest_comes_first_and_each_person_has_their_own(tmp_path: Path) -> None:
    for later, name in enumerate(("primeiro", "segundo")):
        made(tmp_path, later=later).keep(Draft(None, None, {"name": name}))
    newest = made(tmp_path).newest()
    assert newest is not None
    assert newest.title == "segundo"
    assert made(tmp_path, person="joana").newest() is None
    assert made(tmp_path, database="/b.db").newest() is None
    assert made(tmp_path, person="maria\0/a.db", database="").newest() is None


def test_nobody_else_reads_them(tmp_path: Path) -> None:
    made(tmp_path / "rascunhos").keep(NEW)
    paths = sorted((tmp_path / "rascunhos").rglob("*"))
    assert [path.stat().st_mode & 0o777 for path in paths] == [0o700, 0o600]


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", "null", "\x00", '{"client_id": "x", "client": null, "typed": {}, "saved_at": "2026-01-01"}',
     '{"client_id": null, "client": null, "typed": [], "saved_at": "2026-01-01T00:00:00+00:00"}', "9" * 5000],
)  # fmt: skip
def test_a_file_that_is_none_is_passed_over(tmp_path: Path, content: str) -> None:
    drafts = made(tmp_path)
    drafts.keep(NEW)
    folder = next(tmp_path.iterdir())
    (folder / "99999999T000000-aa.json").write_text(content, encoding="utf-8")
    (folder / "99999999T000001-aa.json").symlink_to("/etc/passwd")
    (folder / "99999999T000002-aa.json").mkdir()
    newest = drafts.newest()
    assert newest is not None
    assert newest.typed == NEW.typed


def test_a_folder_that_takes_nothing_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "arquivo").touch()
    drafts = made(tmp_path / "arquivo")
    drafts.keep(NEW)
    drafts.forget(NEW)
    assert drafts.newest() is None
