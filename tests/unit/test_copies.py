"""Daily copies: one a day, so many of them, never half of one."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
import subprocess
import sys
import threading
from datetime import date, timedelta
from typing import TYPE_CHECKING, NoReturn

import pytest

from caz_tui.data import copies, files, maintenance
from caz_tui.data.clock import SystemClock, today
from caz_tui.data.errors import StorageError
from caz_tui.data.turns import turn_in_thread
from tests.support import FrozenClock
from tests.unit.program import HEADERS, Office, dump, environment, numbered, program

if TYPE_CHECKING:
    from pathlib import Path

MONDAY = date(2026, 11, 23)
ALREADY = "A cópia de hoje já está feita, está sendo feita, ou as cópias diárias estão desligadas.\n"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_there_is_one_copy_a_day_and_only_the_newest_stay(held: Office) -> None:
    assert held.run("banco", "copias", "--manter", "3").status == 0
    for number in range(5):
        day = MONDAY + timedelta(days=number)
        made = copies.copy_daily(held.database, day)
        assert made == held.folder / "copias" / f"carteira-{day}.db"
        assert copies.copy_daily(held.database, day) is None
        assert dump(made) == held.content()
        assert made.stat().st_mode & 0o777 == 0o600
    assert names(held.folder / "copias") == [f"carteira-2026-11-{day}.db" for day in (25, 26, 27)]
    assert (held.folder / "copias").stat().st_mode & 0o777 == 0o700


def test_a_clock_that_was_wrong_takes_no_copy_away_from_today(held: Office) -> None:
    held.run("banco", "copias", "--manter", "2")
    for days in (0, 3000, 3001, 1, 2):
        made = copies.copy_daily(held.database, MONDAY + timedelta(days=days))
        assert made is not None
        assert made.exists()
    assert names(held.folder / "copias") == [f"carteira-2026-11-{day}.db" for day in (24, 25)]


def test_what_is_no_daily_copy_is_neither_counted_nor_removed(held: Office) -> None:
    held.run("banco", "copias", "--manter", "1")
    folder = held.folder / "copias"
    folder.mkdir()
    others = ["carteira-2020-01-01.db.2", "outra-2020-01-01.db", "carteira-2020-01-01-0900.db", "leia-me"]
    for name in others:
        (folder / name).touch()
    copies.copy_daily(held.database, MONDAY)
    assert names(folder) == sorted([*others, "carteira-2026-11-23.db"])


def test_what_a_killed_copy_left_is_no_copy_and_goes_away(held: Office) -> None:
    folder = held.folder / "copias"
    folder.mkdir()
    for ending in ("", "-journal"):
        (folder / f".carteira-2026-11-23.db.0011aabb.parcial{ending}").write_text("half")
    assert copies.kept_copies(held.database, copies.rules_of(held.database)) == []
    copies.copy_daily(held.database, MONDAY)
    assert sorted(path.name for path in folder.iterdir()) == [".vez", "carteira-2026-11-23.db"]


def test_nobody_makes_it_while_somebody_does(held: Office) -> None:
    folder = held.folder / "copias"
    folder.mkdir()
    with (folder / ".vez").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert copies.copy_daily(held.database, MONDAY) is None
    assert copies.copy_daily(held.database, MONDAY) is not None


def test_two_at_once_make_one(held: Office) -> None:
    ready = threading.Barrier(4)
    made: list[Path | None] = []

    def make() -> None:
        ready.wait()
        made.append(copies.copy_daily(held.database, MONDAY))

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert sum(one is not None for one in made) == 1
    assert names(held.folder / "copias") == ["carteira-2026-11-23.db"]


def test_an_administrator_settles_how_many_and_where(held: Office) -> None:
    outcome = held.run("banco", "copias")
    assert outcome == (0, "", f"Cópias diárias em {held.folder / 'copias'}: 7 mantidas, as mais novas.\n")
    elsewhere = held.folder / "outro disco"
    outcome = held.run("banco", "copias", "--pasta", elsewhere, "--manter", "2")
    assert outcome.err == f"Cópias diárias em {elsewhere}: 2 mantidas, as mais novas.\n"
    done = held.run("banco", "backup", "--diaria")
    assert (done.status, done.err) == (0, "A cópia está íntegra.\n")
    day = today(SystemClock())
    assert re.fullmatch(rf"{re.escape(str(elsewhere))}/carteira-[0-9a-f]{{6}}-{day}\.db\n", done.out)
    assert held.run("banco", "copias").out == done.out
    assert held.run("banco", "backup", "--diaria") == (0, "", ALREADY)
    assert held.run("banco", "copias", "--manter", "0").err == "As cópias diárias estão desligadas.\n"
    shutil.rmtree(elsewhere)
    assert held.run("banco", "backup", "--diaria") == (0, "", ALREADY)
    assert not elsewhere.exists()
    said = [entry["sobre"] for entry in held.ask("auditoria", "--acao", "Mudou as cópias")]
    assert said == [f"manter 2, pasta {elsewhere}", "manter 0"]


def test_two_databases_may_share_a_folder(held: Office) -> None:
    other = held.folder / "b" / held.database.name
    other.parent.mkdir()
    shutil.copyfile(held.database, other)
    for database in (held.database, other):
        held.run("banco", "copias", "--pasta", held.folder / "todas", "--manter", "1", database=database)
    assert copies.copy_daily(held.database, MONDAY) != copies.copy_daily(other, MONDAY)
    assert len(names(held.folder / "todas")) == 2


@pytest.mark.parametrize(
    ("words", "status", "fragment"),
    [
        (("--manter", "-1"), 2, "use um número inteiro de 0 a 3.650"),
        (("--manter", "3651"), 2, "use um número inteiro de 0 a 3.650"),
        (("--pasta", "/dev/null/x"), 1, "não pode guardar cópias (a pasta não existe)"),
        (("--pasta", "/proc"), 1, "não pode guardar cópias"),
    ],
)
def test_what_cannot_be_is_refused(held: Office, words: tuple[str, ...], status: int, fragment: str) -> None:
    before = held.content()
    outcome = held.run("banco", "copias", f"{words[0]}={words[1]}")
    assert (outcome.status, outcome.out) == (status, "")
    assert fragment in outcome.err
    assert held.content() == before


def test_a_disk_that_is_nearly_full_is_left_alone(held: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(held.folder)._replace(free=held.database.stat().st_size)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(StorageError, match=r"o disco de .* está quase cheio"):
        copies.copy_daily(held.database, MONDAY)
    assert names(held.folder / "copias") == []


def test_a_copy_that_fails_leaves_nothing_and_forgets_none(held: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    held.run("banco", "copias", "--manter", "1")
    copies.copy_daily(held.database, MONDAY)

    def full(_: Path) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files, "sync", full)
    with pytest.raises(StorageError, match="o disco está cheio"):
        copies.copy_daily(held.database, MONDAY + timedelta(days=1))
    assert sorted(path.name for path in (held.folder / "copias").iterdir()) == [".vez", "carteira-2026-11-23.db"]


def test_it_waits_for_its_turn_and_stops_when_told(held: Office) -> None:
    failures: list[str] = []
    copying = copies.DailyCopy(held.database, FrozenClock(), failures.append)
    with turn_in_thread(held.database):
        copying.start()
        copying.stop(0.05)
        assert copying._thread.is_alive()
    copying._thread.join(10)
    assert not copying._thread.is_alive()
    assert failures == []
    assert names(held.folder / "copias") == []


def test_why_there_is_no_copy_is_told(held: Office) -> None:
    (held.folder / "copias").touch()
    failures: list[str] = []
    copying = copies.DailyCopy(held.database, FrozenClock(), failures.append)
    copying.start()
    copying._thread.join(10)
    assert failures == [f"A pasta {held.folder / 'copias'} não pode guardar cópias (há um arquivo no lugar da pasta)."]


def test_a_backup_that_is_killed_leaves_no_file_of_its_name(held: Office) -> None:
    held.imported("mais.csv", HEADERS, *numbered(200, first=50))
    copy = held.folder / "copia.db"
    # It stops at the first step, before anything has got its name.
    code = (
        "import sys, time; from caz_tui.data import maintenance; from caz_tui.cli import main\n"
        "maintenance.copy_pages = lambda *_: (print('copying', flush=True), time.sleep(60))\n"
        "main(sys.argv[1:])"
    )
    command = [sys.executable, "-c", code, "--banco", str(held.database), "banco", "backup", str(copy)]
    with subprocess.Popen(command, env=environment(held.folder), stdout=subprocess.PIPE, text=True) as victim:
        assert victim.stdout is not None
        assert victim.stdout.readline() == "copying\n"
        victim.kill()
    assert not copy.exists()
    [left] = held.folder.glob(f".copia.db.*{files.UNFINISHED}")
    assert left.stat().st_mode & 0o777 == 0o600
    before = held.content()
    assert held.run("banco", "backup", copy).status == 0
    assert dump(copy) == before


def test_a_copy_gets_its_name_where_a_file_has_but_one(held: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> NoReturn:
        raise PermissionError(errno.EPERM, "one name a file")

    monkeypatch.setattr("pathlib.Path.hardlink_to", refuse)
    copy = held.folder / "copia.db"
    maintenance.copy_whole(held.database, copy, lambda *_: None)
    assert dump(copy) == held.content()
    with pytest.raises(StorageError):
        maintenance.copy_whole(held.database, copy, lambda *_: None)
    assert dump(copy) == held.content()


def test_progress_is_for_terminals(held: Office) -> None:
    words = program("--banco", held.database, "banco", "verificar")
    done = subprocess.run(words, env=environment(held.folder), capture_output=True, check=True)
    assert b"Conferindo" not in done.stderr
