"""Erased personal data is nowhere: not in the client, the trail, the search, the file, the drafts or the copies."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

import pytest

from caz_tui.data import maintenance, verification
from caz_tui.data.choices import Situation
from caz_tui.data.copies import copy_daily
from caz_tui.data.drafts import Draft, Drafts
from caz_tui.data.erasing_copies import copies_beside
from caz_tui.data.errors import NotFound, StaleClient
from caz_tui.data.query import ClientQuery, ClientView
from caz_tui.data.schemas import ClientChanges, TrailQuery
from caz_tui.data.service import PortfolioService
from tests.support import FrozenClock, file_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.unit.program import Office

DOCUMENT, OTHER = "12ABC34501DE35", "52998224725"
SECRETS = ("joana@segredo.example", "+5548999990001", "Joana do Financeiro", "palavra-secreta")


@pytest.fixture(params=["rollback journal", "write-ahead log"])
async def service(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[PortfolioService]:
    """Two clients with everything that is personal, edited once each, and two copies beside the database."""
    if request.param == "write-ahead log":
        # Whatever this SQLite's version: here nobody else writes.
        monkeypatch.setattr("caz_tui.data.dialects.sqlite._SAFE_WAL", (3, 0, 0))
    path = tmp_path / "carteira.db"
    service = await PortfolioService.open(path, user="ana", clock=FrozenClock())
    for document in (DOCUMENT, OTHER):
        added = await service.create(
            ClientChanges(
                name="Padaria", trade_name="Pão & Cia", document=document, situation=Situation.ACTIVE,
                plan="Controle I",
                email="velha@segredo.example", phone="+5548999990000", city="Canoas", state="RS",
                tags=("palavra-secreta",),
            )
        )  # fmt: skip
        changes = ClientChanges(email=SECRETS[0], phone=SECRETS[1], notes=f"Falar com {SECRETS[2]}", plan="Controle II")
        edited = await service.update(added.id, changes, added.version)
        await service.update(added.id, ClientChanges(auto_renews=True), edited.version)
    await maintenance.backup(path, None)
    with closing(sqlite3.connect(path)) as source:
        source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(path, path.with_name("carteira.db.antes-da-atualizacao"))
    (tmp_path / "carteira.db.antes-da-atualizacao.2").write_text("nada")
    yield service
    await service.close()


async def test_contacts_go_and_the_fiscal_identity_stays(service: PortfolioService) -> None:
    before, other = await service.client(1), await service.client(2)
    assert await service.erase_personal_data(1, before.version) == ()
    after = await service.client(1)
    assert (after.email, after.phone, after.city, after.tags, after.notes) == (None, None, None, (), None)
    kept = ("name", "trade_name", "document", "situation", "plan", "state", "auto_renews", "created_at", "created_by")
    assert {name: getattr(after, name) for name in kept} == {name: getattr(before, name) for name in kept}
    assert after.version == before.version + 1
    assert await service.client(2) == other
    history = await service.history(1)
    assert [(entry.action, entry.changes) for entry in history[:1]] == [("Apagou os dados pessoais", ())]
    # What told nothing personal is told still; what did has lost its values and kept its place.
    assert [[change.field.value for change in entry.changes] for entry in history[1:]] == [["renovacao"], [], []]
    assert await service.trail_broken_at() is None
    assert await verification.verify(file_of(service)) == ()
    for text in ("segredo", "joana", "palavra"):
        words = ClientView(query=ClientQuery.parse(text))
        assert [row.id for row in (await service.page(words, 0, 9)).rows] == ([2] if text != "palavra" else [])
    assert await service.known_tags() == ("palavra-secreta",)


async def test_a_saved_view_that_asks_for_a_contact_goes(service: PortfolioService) -> None:
    client = await service.client(1)
    assert client.email
    assert client.phone
    local = client.phone.removeprefix("+55")[2:]
    views = {
        "o e-mail": f"email:{client.email.upper()}",
        "começo": f'"{client.email}" situacao:ativo',
        "fone": f'telefone:"{local[:-4]}-{local[-4:]}"*',
        client.email: "uf:RS",
        "outros": "situacao:ativo telefone:51*",
    }
    for name, query in views.items():
        await service.save_view(name, ClientView(query=ClientQuery.parse(query)))
    copy = await maintenance.backup(file_of(service), None)
    await service.erase_personal_data(1, client.version)
    assert [view.name for view in await service.saved_views()] == ["outros"]
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT name FROM saved_views").fetchall() == [("outros",)]
    # The other client had the same address.
    await service.erase_personal_data(2, (await service.client(2)).version)
    assert client.email.encode() not in copy.read_bytes()
    assert client.email.encode() not in file_of(service).read_bytes()


async def test_a_person_loses_the_name_they_go_by(service: PortfolioService) -> None:
    client = await service.client(2)
    await service.erase_personal_data(2, client.version)
    after = await service.client(2)
    assert (after.name, after.trade_name) == ("Padaria", None)


async def test_nothing_of_it_is_left_in_the_files(service: PortfolioService) -> None:
    for client_id in (1, 2):
        await service.erase_personal_data(client_id, (await service.client(client_id)).version)
    copies = copies_beside(file_of(service))
    assert [copy.name for copy in copies] == sorted(
        [copy.name for copy in file_of(service).parent.glob("carteira-20*")] + ["carteira.db.antes-da-atualizacao"]
    )
    assert len(copies) == 2
    for copy in copies:
        for secret in (*SECRETS, "velha@segredo", "Canoas"):
            assert secret.encode() not in copy.read_bytes(), (copy.name, secret)
        with closing(sqlite3.connect(copy)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            found = connection.execute("SELECT rowid FROM client_search WHERE client_search MATCH 'segredo'")
            assert found.fetchall() == []
            found = connection.execute("SELECT rowid FROM client_search WHERE client_search MATCH 'padaria'")
            assert found.fetchall() == [(1,), (2,)]
        assert await verification.verify(copy) == ()
    with closing(sqlite3.connect(file_of(service))) as connection:
        stored = "\n".join(line for line in connection.iterdump() if "client_search" not in line)
    for secret in (*SECRETS, "velha@segredo", "Canoas"):
        assert secret not in stored
        assert secret.encode() not in file_of(service).read_bytes(), secret


async def test_the_copies_of_each_day_forget_too(service: PortfolioService) -> None:
    daily = await asyncio.to_thread(copy_daily, file_of(service), date(2026, 11, 24))
    assert daily is not None
    assert daily in copies_beside(file_of(service))
    assert SECRETS[0].encode() in daily.read_bytes()
    for client_id in (1, 2):
        await service.erase_personal_data(client_id, (await service.client(client_id)).version)
    assert SECRETS[0].encode() not in daily.read_bytes()
    assert await verification.verify(daily) == ()


async def test_a_copy_that_cannot_be_opened_is_named(service: PortfolioService) -> None:
    copy = file_of(service).with_name("carteira.db.antes-da-atualizacao")
    copy.write_bytes(copy.read_bytes()[:5000])
    assert await service.erase_personal_data(1, (await service.client(1)).version) == (copy,)


async def test_nobody_erases_what_somebody_else_changed_or_what_is_gone(service: PortfolioService) -> None:
    with pytest.raises(StaleClient):
        await service.erase_personal_data(1, 1)
    with pytest.raises(NotFound):
        await service.erase_personal_data(99, 1)
    assert (await service.client(1)).email == SECRETS[0]


def test_drafts_about_the_client_go_whoever_left_them(tmp_path: Path) -> None:
    clock = FrozenClock()
    mine, others = (Drafts(tmp_path, person, "/carteira.db", clock) for person in ("ana", "maria"))
    mine.keep(Draft(client=None, client_id=None, typed={"document": "12.abc.345/01de-35", "email": SECRETS[0]}))
    others.keep(Draft(client=None, client_id=None, typed={"document": OTHER}))
    for name, content in (("x.json", {"client": {"document": DOCUMENT}, "typed": {}}), ("y.json", [1]), ("z.json", {})):
        (others._folder / name).write_text(json.dumps(content))
    assert mine.forget_about(DOCUMENT) == 2
    assert mine.newest() is None
    assert sorted(path.name for path in others._folder.iterdir())[1:] == ["y.json", "z.json"]
    assert mine.forget_about(DOCUMENT) == 0


async def test_a_dossier_holds_everything_and_is_noted(service: PortfolioService, tmp_path: Path) -> None:
    await service.export_dossier(tmp_path / "x.json", 1)
    found = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
    assert list(found) == ["cliente", "licencas", "compras", "historico"]
    assert (found["cliente"]["email"], found["cliente"]["observacoes"]) == (SECRETS[0], f"Falar com {SECRETS[2]}")
    assert [step["o_que"] for step in found["licencas"]] == ["Editou", "Editou", "Cadastrou"]
    assert [entry["acao"] for entry in found["historico"]] == ["Editou", "Editou", "Cadastrou"]
    assert (tmp_path / "x.json").stat().st_mode & 0o077 == 0
    newest = (await service.trail(TrailQuery(), 1))[0]
    assert (newest.action, newest.subject) == ("Exportou os dados do cliente", "Padaria (12.ABC.345/01DE-35)")


# On the command line


def test_the_command_line_exports_and_erases(held: Office) -> None:
    document = held.clients("--limite", "1")[0]["documento"]
    found = held.ask("cliente", "exportar", document)
    assert found["cliente"]["documento"] == document
    shown = held.run("cliente", "exportar", document)
    assert (shown.status, shown.err) == (0, "")
    assert "Campinas" in shown.out
    before = held.content()
    asked = held.run("cliente", "apagar-dados", document)
    assert asked.status == 2
    assert "use --sem-confirmar. Nada foi mudado." in asked.err
    assert held.content() == before
    done = held.run("cliente", "apagar-dados", document, "--sem-confirmar")
    assert done.status == 0
    assert "foram apagados" in done.err
    assert held.ask("cliente", "exportar", document)["cliente"]["cidade"] is None
    missing = held.run("cliente", "exportar", "11222333000181")
    assert (missing.status, missing.err) == (1, "Não há cliente com o documento 11222333000181.\n")
