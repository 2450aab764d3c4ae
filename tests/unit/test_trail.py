"""The audit trail: nothing of it can be changed, cut out or cut off unnoticed."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from caz_tui.data import trail
from caz_tui.data.choices import Situation
from caz_tui.data.engine import Database
from caz_tui.data.query import ClientView
from caz_tui.data.schemas import ClientChanges, TrailQuery
from caz_tui.data.service import PortfolioService
from tests.support import dear

if TYPE_CHECKING:
    from tests.unit.program import Office

WITHOUT_TRIGGERS = "DROP TRIGGER audit_entries_stay; DROP TRIGGER audit_entries_stay_as_they_are"


@pytest.fixture(scope="module")
def with_trail(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a trail of six entries, to be copied and not to be written to."""
    path = tmp_path_factory.mktemp("trilha") / "carteira.db"
    asyncio.run(leave_a_trail(path))
    return path


@pytest.fixture
def path(with_trail: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copyfile(with_trail, tmp_path / with_trail.name))


async def leave_a_trail(path: Path) -> None:
    service = await PortfolioService.open(path, user="ana")
    for document in ("52998224725", "12ABC34501DE35"):
        changes = ClientChanges(name="Açaí", document=document, situation=Situation.NOT_CONNECTED)
        added = await service.create(changes)
        edited = await service.update(added.id, ClientChanges(email="a@b.example"), added.version)
        if document == "12ABC34501DE35":
            await service.delete(edited.id, edited.version)
    await service.export_sheet(path.with_name("x.csv"), ClientView())
    await service.close()


def change(path: Path, script: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)


async def first_broken(path: Path) -> int | None:
    database = await Database.open(path)
    try:
        async with database.read() as connection:
            return await trail.first_broken(connection)
    finally:
        await database.close()


async def test_a_trail_that_nobody_touched_is_whole(path: Path) -> None:
    assert await first_broken(path) is None


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_entries",
        "UPDATE audit_entries SET by = 'x'",
        "UPDATE audit_entries SET seal = NULL",
        "UPDATE audit_entries SET changes = '{}'",
        "UPDATE audit_entries SET id = id + 100",
    ],
)
def test_the_database_itself_keeps_entries(path: Path, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="audit entries stay"):
        change(path, statement)


@pytest.mark.parametrize("number", range(1, 7))
@pytest.mark.parametrize(
    "what",
    [
        "at = at + 1",
        "by = 'x'",
        "action = 'x'",
        "client_id = 99",
        "subject = 'x'",
        "changes = '[]'",
        "seal = 'x'",
    ],
)
async def test_a_changed_entry_is_found(path: Path, what: str, number: int) -> None:
    change(path, f"{WITHOUT_TRIGGERS}; UPDATE audit_entries SET {what} WHERE id = {number}")
    assert await first_broken(path) == number


@pytest.mark.parametrize("number", range(1, 6))
async def test_a_removed_entry_is_found(path: Path, number: int) -> None:
    change(path, f"{WITHOUT_TRIGGERS}; DELETE FROM audit_entries WHERE id = {number}")
    assert await first_broken(path) == number


async def test_entries_that_changed_places_are_found(path: Path) -> None:
    swap = "UPDATE audit_entries SET id = 99 WHERE id = 2; UPDATE audit_entries SET id = 2 WHERE id = 3;"
    change(path, f"{WITHOUT_TRIGGERS}; {swap} UPDATE audit_entries SET id = 3 WHERE id = 99")
    assert await first_broken(path) == 2


async def test_a_forged_entry_is_found(path: Path) -> None:
    forged = "INSERT INTO audit_entries SELECT 7, at, by, action, client_id, subject, changes, seal FROM audit_entries"
    change(path, f"{forged} WHERE id = 6")
    assert await first_broken(path) == 7


async def test_a_trail_cut_off_is_found_by_its_anchor(path: Path) -> None:
    service = await PortfolioService.open(path, user="ana")
    anchor = await service.trail_anchor()
    assert anchor.number == 6
    assert await service.trail_holds(anchor)
    await service.close()
    change(path, f"{WITHOUT_TRIGGERS}; DELETE FROM audit_entries WHERE id >= 5")
    assert await first_broken(path) is None
    service = await PortfolioService.open(path, user="ana")
    assert not await service.trail_holds(anchor)
    for _ in range(2):
        await service.note("Exportou clientes", "x.csv")
    assert await service.trail_broken_at() is None
    assert not await service.trail_holds(anchor)
    await service.close()


async def test_erased_changes_leave_the_trail_whole_and_their_hash_behind(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        [stored] = connection.execute("SELECT changes FROM audit_entries WHERE id = 2").fetchone()
    assert "a@b.example" in stored
    erased = json.dumps({trail.ERASED: trail._digest(stored)})
    change(path, f"UPDATE audit_entries SET changes = '{erased}' WHERE id = 2")
    assert await first_broken(path) is None
    other = json.dumps({trail.ERASED: trail._digest("{}")})
    change(path, f"UPDATE audit_entries SET changes = '{other}' WHERE id = 2")
    assert await first_broken(path) == 2
    service = await PortfolioService.open(path, user="ana")
    assert (await service.trail(TrailQuery(), 5))[-5].changes == ()
    await service.close()


async def test_what_a_failed_transaction_wrote_is_not_in_the_trail(path: Path) -> None:
    database = await Database.open(path)

    async def fail() -> None:
        async with database.write() as connection:
            await connection.exec_driver_sql(
                "INSERT INTO audit_entries (at, by, action, subject, changes) VALUES (1, 'x', 'x', 'x', '{}')"
            )
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    await database.close()
    assert await first_broken(path) is None


@dear(10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20), max_size=5))
async def test_any_text_can_be_sealed(path: Path, tmp_path: Path, texts: list[str]) -> None:
    copy = tmp_path / "copia.db"
    shutil.copyfile(path, copy)
    service = await PortfolioService.open(copy, user="ana")
    for text in texts:
        await service.note(text, text[::-1])
    assert await service.trail_broken_at() is None
    assert [entry.action for entry in (await service.trail(TrailQuery(), 100))[6:]] == texts
    await service.close()


# On the command line


def test_the_trail_is_listed_and_filtered(held: Office) -> None:
    assert held.run("clientes", "--limite", "2").status == 0
    everything = held.run("auditoria", "--formato", "json").json
    assert [entry["numero"] for entry in everything] == list(range(1, len(everything) + 1))
    assert everything[-1]["acao"] == "Listou clientes"
    assert everything[-1]["sobre"] == "2 clientes (Todos)"
    for words, wanted in (
        (("--acao", "importou"), [one for one in everything if one["acao"].startswith("Importou")]),
        (("--quem", "ninguém"), []),
        (("--quem", everything[0]["quem"]), [one for one in everything if one["quem"] == everything[0]["quem"]]),
        (("--desde", "31/12/2199"), []),
        (("--ate", "2001-01-01"), []),
        (("--desde", "01/01/2001", "--ate", "31/12/2199"), everything),
        (("--ultimos", "1"), everything[-1:]),
    ):
        assert held.run("auditoria", *words, "--formato", "json").json == wanted, words
    shown = held.run("auditoria")
    assert "Listou clientes" in shown.out
    assert "2 clientes (Todos)" in shown.out


async def test_the_entries_of_a_client_are_found_by_document_and_by_id(path: Path) -> None:
    service = await PortfolioService.open(path, user="ana")
    (kept,) = (await service.page(ClientView(), 0, 2)).rows
    await service.note("Listou clientes", f"1 cliente (Todos: 529.982.247-25 {kept.id})")
    await service.update(kept.id, ClientChanges(document="11222333000181"), kept.version)
    entries = {
        client: [entry.action for entry in await service.trail(TrailQuery(client=client), 100)]
        for client in (kept.id, kept.document, "11222333000181", "12ABC34501DE35", 999, "11144477735")
    }
    await service.close()
    assert entries == {
        kept.id: ["Cadastrou", "Editou", "Editou"],
        "52998224725": ["Cadastrou", "Editou"],
        "11222333000181": ["Cadastrou", "Editou", "Editou"],
        "12ABC34501DE35": ["Cadastrou", "Editou", "Excluiu"],
        999: [],
        "11144477735": [],
    }


def test_the_trail_of_a_client_is_asked_for(held: Office) -> None:
    headers = ("Razão Social", "CNPJ/CPF", "Cidade")
    held.imported("a.csv", headers, ("Ana", "529.982.247-25", "Rio"))
    held.imported("b.csv", headers, ("Ana", "529.982.247-25", "Niterói"))
    assert held.run("clientes", "33297189").status == held.run("clientes", "52998224725").status == 0
    (client,) = held.clients("documento:52998224725")
    found = held.ask("auditoria", "--cliente", "529.982.247-25")
    assert [entry["acao"] for entry in found] == ["Importou"]
    assert (
        held.ask("auditoria", "--cliente", "52998224725")
        == held.ask("auditoria", "--cliente", str(client["id"]))
        == found
    )
    assert held.ask("auditoria", "--cliente", "52998224725", "--quem", "ninguém") == []


@pytest.mark.parametrize(
    ("client", "status", "sentence"),
    [
        ("33297189", 1, "A trilha não fala de nenhum cliente com o documento ou id 33297189."),
        ("111.444.777-35", 1, "A trilha não fala de nenhum cliente com o documento ou id 111.444.777-35."),
        ("Empresa", 2, "caz-tui: --cliente: “Empresa” não é um CNPJ, um CPF nem o id de um cliente."),
        ("52998224724", 2, "caz-tui: --cliente: “52998224724” não é um CNPJ, um CPF nem o id de um cliente."),
        ("", 2, "caz-tui: --cliente: “” não é um CNPJ, um CPF nem o id de um cliente."),
    ],
)
def test_what_is_no_client_is_said(held: Office, client: str, status: int, sentence: str) -> None:
    assert held.run("clientes", "33297189").status == 0
    outcome = held.run("auditoria", "--cliente", client)
    assert (outcome.status, outcome.out) == (status, "")
    assert outcome.err.splitlines()[0] == sentence


def test_a_day_that_is_none_is_refused(held: Office) -> None:
    outcome = held.run("auditoria", "--desde", "31/02/2026")
    assert outcome.status == 2
    assert "--desde" in outcome.err


def test_the_trail_is_proved_and_anchored(held: Office) -> None:
    anchors = held.folder / "ancora.txt"
    assert held.run("auditoria", "--verificar").out.startswith("Trilha íntegra:")
    assert held.run("auditoria", "--ancorar", anchors).status == 0
    assert held.run("clientes").status == 0
    assert held.run("auditoria", "--ancorar", anchors).status == 0
    assert "Confere com 2 âncoras" in held.run("auditoria", "--conferir", anchors).out
    newest = int(anchors.read_text().split()[-2])
    held.sql("DROP TRIGGER audit_entries_stay")
    held.sql(f"DELETE FROM audit_entries WHERE id = {newest}")
    assert held.run("auditoria", "--verificar").status == 0
    outcome = held.run("auditoria", "--conferir", anchors)
    assert outcome.status == 1
    assert f"O registro {newest}, ancorado em {anchors}, foi mudado ou cortado da trilha." in outcome.err
    held.sql("DELETE FROM audit_entries WHERE id = 1")
    outcome = held.run("auditoria", "--verificar")
    assert outcome.status == 1
    assert "rompida no registro 1" in outcome.err
    outcome = held.run("banco", "verificar")
    assert outcome.status == 1
    assert "Auditoria: o registro 1" in outcome.out


@pytest.mark.parametrize("content", ["nada\n", "1 2 3\n", "um abc\n"])
def test_a_file_that_is_no_anchor_is_refused(held: Office, content: str) -> None:
    path = held.folder / "ancora.txt"
    path.write_text(content)
    outcome = held.run("auditoria", "--conferir", path)
    assert (outcome.status, outcome.err) == (1, f"O arquivo {path} não é uma âncora do caz-tui.\n")
    outcome = held.run("auditoria", "--conferir", held.folder / "falta.txt")
    assert (outcome.status, outcome.err) == (1, f"A âncora {held.folder / 'falta.txt'} não pôde ser lida.\n")
    outcome = held.run("auditoria", "--ancorar", held.folder / "falta" / "x.txt")
    assert outcome.status == 1
    assert "não pôde ser gravada" in outcome.err
