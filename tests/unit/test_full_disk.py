"""A disk that is full: what was being done is undone with one sentence, and goes on when there is room again."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from caz_tui.data import copies
from caz_tui.data.errors import StorageError
from caz_tui.data.schemas import ClientChanges
from caz_tui.data.service import PortfolioService
from caz_tui.data.verification import verify
from tests.support import NOON
from tests.unit.program import HEADERS, Office, dump, numbered, write_sheet
from tests.unit.test_killed import old_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from caz_tui.data.address import ServerAddress
    from tests.server import Server

DISK_BYTES = 6 * 1024 * 1024
SERVER_DISK_BYTES = 32 * 1024 * 1024
"""A server's database has eight megabytes of the server's own."""

LINES = 1_500
"""More than what is left room for."""

FULL = "O disco está cheio; nada foi gravado.\n"
SERVER_FULL = "O disco do servidor está cheio; nada foi gravado.\n"

pytestmark = pytest.mark.skipif(os.geteuid() != 0 or shutil.which("mount") is None, reason="only root can mount a disk")


@contextmanager
def mounted(path: Path, size: int) -> Iterator[Path]:
    """Give a disk of so many bytes."""
    path.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "caz-tui-test", str(path)]
    done = subprocess.run(mounting, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
    try:
        yield path
    finally:
        subprocess.run(["umount", str(path)], check=True)
        path.rmdir()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of six megabytes."""
    with mounted(tmp_path / "disco", DISK_BYTES) as path:
        yield path


@pytest.fixture
def server_disk(server: Server) -> Iterator[Path]:
    """A disk for databases of the server, named ``small``."""
    with mounted(server.folder / "disco", SERVER_DISK_BYTES) as path:
        server.add_tablespace("small", path)
        yield path
        server.run("DROP TABLESPACE small")


@pytest.fixture
def on_server_disk(server: Server, server_disk: Path, demonstration_template: str) -> Iterator[ServerAddress]:
    """The demonstration portfolio on that disk."""
    assert server_disk.is_mount()
    address = server.create(demonstration_template, tablespace="small")
    yield address
    server.drop(address)


@pytest.fixture
def office(disk: Path, demonstration: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    """The demonstration portfolio on that disk."""
    office = Office(disk, capsys, disk / "carteira.db")
    shutil.copyfile(demonstration, office.database)
    return office


def fill_up(disk: Path, *, left_bytes: int = 0) -> Path:
    """Leave so much room on a disk, and return what has to go for it to be as before."""
    filler = disk / "enchimento"
    with filler.open("wb", buffering=0) as file:
        while (size := min(shutil.disk_usage(disk).free - left_bytes, 65_536)) > 0:
            file.write(bytes(size))
    return filler


def import_on_full(office: Office, disk: Path, sheet: Path, left_bytes: int, sentence: str) -> None:
    """Import a sheet when the disk of the database is full, and again when it is not."""
    write_sheet(sheet, HEADERS, numbered(LINES))
    before = office.content()
    filler = fill_up(disk, left_bytes=left_bytes)
    outcome = office.run("importar", sheet)
    assert (outcome.status, outcome.out, outcome.err) == (1, "", sentence)
    assert office.content() == before
    filler.unlink()
    assert office.run("banco", "verificar").status == 0
    assert office.run("importar", sheet).status == 0
    assert len(office.clients("Empresa")) == LINES


@pytest.mark.parametrize("left_bytes", [0, 8_192, 65_536, 300_000])
def test_an_import_is_undone_and_can_be_done_again(office: Office, tmp_path: Path, left_bytes: int) -> None:
    import_on_full(office, office.folder, tmp_path / "clientes.csv", left_bytes, FULL)


async def test_an_edit_is_undone_and_can_be_done_again(disk: Path, demonstration: Path) -> None:
    path = shutil.copyfile(demonstration, disk / "carteira.db")
    service = await PortfolioService.open(path, user="ana")
    client = await service.client(1)
    filler = fill_up(disk)
    for changes in (ClientChanges(city="Santos"), ClientChanges(notes="n" * 1_900)):
        with pytest.raises(StorageError, match=FULL.strip()):
            await service.update(1, changes, client.version)
    assert await service.client(1) == client
    assert len(await service.history(1)) == client.version
    filler.unlink()
    assert (await service.update(1, ClientChanges(city="Santos"), client.version)).city == "Santos"
    await service.close()
    assert await verify(path) == ()


@pytest.mark.parametrize("left_bytes", [0, 100_000])
def test_a_backup_leaves_nothing(office: Office, left_bytes: int) -> None:
    before = office.content()
    filler = fill_up(office.folder, left_bytes=left_bytes)
    outcome = office.run("banco", "backup", office.folder / "copia.db")
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err == f"A cópia {office.folder / 'copia.db'} não pôde ser feita: o disco está cheio.\n"
    outcome = office.run("banco", "backup", "--diaria")
    assert (outcome.status, outcome.out) == (1, "")
    assert "quase cheio" in outcome.err or "não pode guardar cópias" in outcome.err
    filler.unlink()
    kept = {path.name for path in office.folder.rglob("*") if path.is_file()}
    assert kept <= {"carteira.db", ".carteira.db.vez", ".vez"}
    assert office.content() == before
    assert office.run("banco", "backup", office.folder / "copia.db").status == 0
    assert dump(office.folder / "copia.db") == before


def test_a_daily_copy_stops_where_it_fills_the_disk(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    roomy = shutil.disk_usage(office.folder)._replace(free=1 << 40)
    fill_up(office.folder, left_bytes=100_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: roomy)
    with pytest.raises(StorageError, match="o disco está cheio"):
        copies.copy_daily(office.database, NOON.date())
    assert [path.name for path in (office.folder / "copias").iterdir()] == [".vez"]


def test_a_restored_copy_does_not_half_arrive(office: Office, tmp_path: Path) -> None:
    copy = shutil.copyfile(office.database, tmp_path / "copia.db")
    office.run(
        "importar", Office(tmp_path, office.capsys, tmp_path / "carteira.db").sheet("c.csv", HEADERS, *numbered(100))
    )
    before = office.content()
    for left_bytes in (0, 400_000, 900_000, 1_500_000):
        filler = fill_up(office.folder, left_bytes=left_bytes)
        outcome = office.run("banco", "restaurar", copy)
        filler.unlink()
        assert outcome.status == 1
        assert "o disco está cheio" in outcome.err
        assert office.content() == before
        assert {path.name for path in office.folder.iterdir()} <= {"carteira.db", ".carteira.db.vez"}
    assert office.run("banco", "restaurar", copy).status == 0
    assert office.content() == dump(copy)


@pytest.mark.parametrize(("times", "more_bytes"), [(0.0, 0), (0.5, 0), (1.0, 20_000)])
def test_an_upgrade_is_undone(
    office: Office, demonstration: Path, tmp_path: Path, times: float, more_bytes: int
) -> None:
    old = old_database(tmp_path / "antiga.db", demonstration)
    before = dump(old)
    shutil.copyfile(old, office.database)
    filler = fill_up(office.folder, left_bytes=int(times * old.stat().st_size) + more_bytes)
    outcome = office.run("carteira")
    assert (outcome.status, outcome.out) == (1, "")
    assert len(outcome.err.splitlines()) == 1
    assert office.content() == before
    filler.unlink()
    assert office.run("banco", "migrar").status == 0
    assert office.run("banco", "verificar").status == 0


# A server's disk


@pytest.mark.parametrize("left_bytes", [0, 300_000])
def test_an_import_into_a_server_is_undone_and_can_be_done_again(
    on_server_disk: ServerAddress,
    server_disk: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    left_bytes: int,
) -> None:
    office = Office(tmp_path, capsys, on_server_disk)
    import_on_full(office, server_disk, tmp_path / "clientes.csv", left_bytes, SERVER_FULL)


async def test_an_edit_on_a_server_is_undone_and_can_be_done_again(
    on_server_disk: ServerAddress, server_disk: Path
) -> None:
    service = await PortfolioService.open(on_server_disk, user="ana")
    notes = os.urandom(950).hex()
    filler = fill_up(server_disk)
    # Until the pages that were there already are full.
    for number in range(1, 300):
        client = await service.client(number)
        try:
            await service.update(number, ClientChanges(notes=notes), client.version)
        except StorageError as error:
            said = str(error)
            break
    else:
        pytest.fail("the disk never got full")
    assert said == SERVER_FULL.strip()
    assert [(await service.client(n)).notes == notes for n in range(1, number + 1)] == [True] * (number - 1) + [False]
    filler.unlink()
    assert (await service.update(number, ClientChanges(notes=notes), client.version)).notes == notes
    await service.close()
    assert await verify(on_server_disk) == ()
