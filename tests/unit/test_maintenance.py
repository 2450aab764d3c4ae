"""``banco``: a copy while others write, a copy put back, damage that is found."""

from __future__ import annotations

import re
import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from caz_tui.data import files as files_beside
from tests.unit.program import HEADERS, Office, cnpj, dump, numbered

if TYPE_CHECKING:
    from pathlib import Path

UNREADABLE = "Cliente 4: um dos campos guarda um valor que não existe."


# Backup


def test_a_backup_is_the_database_whole_and_private(held: Office) -> None:
    copy = held.folder / "copia.db"
    before = held.content()
    outcome = held.run("banco", "backup", copy)
    assert (outcome.status, outcome.out, outcome.err) == (0, f"{copy}\n", "A cópia está íntegra.\n")
    assert dump(copy) == before
    assert copy.stat().st_mode & 0o777 == 0o600
    newest = held.ask("auditoria", "--ultimos", "1")[0]
    assert (newest["acao"], newest["sobre"]) == ("Copiou o banco", str(copy))
    assert held.run("banco", "verificar").status == 0


ROLES = (("maria", "analista"), ("leo", "leitura"), ("bia", "administrador"))


@pytest.fixture
def staffed(held: Office) -> Office:
    """An office with somebody in each role, and somebody whose access was taken away."""
    for name, role in (*ROLES, ("ze", "administrador")):
        assert held.run("usuarios", "criar", name, "--papel", role).status == 0
    assert held.run("usuarios", "desativar", "ze").status == 0
    return held


@pytest.mark.parametrize(
    ("person", "sentence"),
    [
        ("maria", "Copiar ou trocar o banco inteiro é do administrador; maria tem o papel Analista.\n"),
        ("leo", "Copiar ou trocar o banco inteiro é do administrador; leo tem o papel Leitura.\n"),
        ("ze", "O acesso de ze foi desativado; fale com um administrador.\n"),
    ],
)
def test_the_whole_database_is_an_administrators(staffed: Office, person: str, sentence: str) -> None:
    copy = staffed.folder / "copia.db"
    assert staffed.run("banco", "backup", copy).status == 0
    before, files = staffed.content(), sorted(staffed.folder.iterdir())
    for words in (
        ("backup", staffed.folder / "x.db"),
        ("restaurar", copy),
        ("copiar", staffed.database, staffed.folder / "x.db"),
        ("copias", "--pasta", staffed.folder / "minhas"),
        ("copias", "--manter", "0"),
    ):
        outcome = staffed.run("--usuario", person, "banco", *words)
        assert (outcome.status, outcome.out, outcome.err) == (1, "", sentence)
    assert staffed.content() == before
    assert sorted(staffed.folder.iterdir()) == files
    assert staffed.run("--usuario", person, "banco", "verificar").status == 0


@pytest.mark.parametrize("person", ["bia", "cron"])
def test_an_administrator_and_whoever_came_by_the_file_copy_it(staffed: Office, person: str) -> None:
    copy = staffed.folder / "copia.db"
    assert staffed.run("--usuario", person, "banco", "backup", copy).status == 0
    newest = staffed.ask("auditoria", "--ultimos", "1")[0]
    assert (newest["quem"], newest["acao"]) == (person, "Copiou o banco")
    assert staffed.run("--usuario", person, "banco", "restaurar", copy).status == 0


def test_an_older_database_is_copied_as_it_is(held: Office) -> None:
    held.sql("UPDATE alembic_version SET version_num = '0001'")
    held.sql("DROP TABLE users")
    before = held.content()
    assert held.run("banco", "backup", held.folder / "copia.db").status == 0
    assert held.content() == before == dump(held.folder / "copia.db")


def test_a_backup_without_a_name_is_dated_and_never_replaces_another(held: Office) -> None:
    names = {held.run("banco", "backup").out for _ in range(3)}
    assert len(names) == 3
    for name in names:
        assert re.search(r"carteira-\d{4}-\d\d-\d\d-\d{4}\.db(\.\d)?$", name.strip())


def test_a_backup_replaces_no_file_and_leaves_no_half(held: Office) -> None:
    path = held.file("meu.db", "meu")
    assert held.run("banco", "backup", path).err == f"Já há um arquivo em {path}; escolha outro nome.\n"
    assert path.read_text() == "meu"
    (held.folder / "elo.db").symlink_to(held.folder / "lugar-nenhum")
    assert held.run("banco", "backup", held.folder / "elo.db").status == 1
    assert (held.folder / "elo.db").is_symlink()
    missing = held.run("banco", "backup", held.folder / "nada" / "x.db")
    assert missing.err == "O arquivo x.db não pôde ser gravado: a pasta não existe.\n"
    foreign = held.run("banco", "backup", held.folder / "x.db", database=path)
    assert foreign.status == 1
    assert "não é um banco do caz-tui" in foreign.err
    assert not (held.folder / "x.db").exists()


def test_a_backup_of_a_damaged_database_is_none(held: Office) -> None:
    held.imported("mais.csv", HEADERS, *numbered(300, first=50))
    content = bytearray(held.database.read_bytes())
    content[8_192 : len(content) - 4_096] = b"\xa5" * (len(content) - 12_288)
    held.database.write_bytes(content)
    outcome = held.run("banco", "backup", held.folder / "x.db")
    assert outcome.status == 1
    assert f"não pôde ser feita: {held.database} está danificado." in outcome.err
    assert not (held.folder / "x.db").exists()


def test_a_backup_is_sound_while_someone_writes_without_a_break(held: Office) -> None:
    written = threading.Event()
    enough = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(held.database, timeout=30, isolation_level=None)) as connection:
            number = 0
            while not enough.is_set():
                number += 1
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("UPDATE settings SET value = ? WHERE name = 'a'", (str(number),))
                connection.execute("UPDATE settings SET value = ? WHERE name = 'b'", (str(number),))
                connection.execute("COMMIT")
                written.set()

    held.sql("INSERT INTO settings VALUES ('a', '0'), ('b', '0')")
    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert written.wait(30)
        copies = [held.folder / f"copia-{number}.db" for number in range(2)]
        for copy in copies:
            assert held.run("banco", "backup", copy).status == 0
    finally:
        enough.set()
        writer.join()
    for copy in copies:
        with closing(sqlite3.connect(copy)) as connection:
            values = connection.execute("SELECT DISTINCT value FROM settings WHERE name IN ('a', 'b')").fetchall()
        # Never half a transaction.
        assert len(values) == 1
        assert held.run("banco", "verificar", database=copy).status == 0


# Restore


@pytest.fixture
def copy(held: Office) -> Path:
    """A copy of the database, which has gone on since."""
    path = held.folder / "copia.db"
    held.run("banco", "backup", path)
    held.imported("c.csv", HEADERS, ("Depois", cnpj(20), "Ativo", ""))
    return path


@pytest.mark.parametrize("is_sound", [True, False])
def test_what_was_restored_is_private_whatever_stood_there(held: Office, copy: Path, is_sound: bool) -> None:
    if not is_sound:
        held.database.write_bytes(b"SQLite format 3\0" + b"\xa5" * 8_176)
    for path in (held.database, copy):
        path.chmod(0o644)
    assert held.run("banco", "restaurar", copy).status == 0
    assert held.database.stat().st_mode & 0o777 == 0o600


def test_a_copy_is_put_back_and_what_stood_there_is_set_aside(held: Office, copy: Path) -> None:
    newer = held.content()
    outcome = held.run("banco", "restaurar", copy)
    previous = held.folder / "carteira.db.antes-da-restauracao"
    assert (outcome.status, outcome.out) == (0, "")
    assert outcome.err == f"O banco {held.database} agora é a cópia {copy}. O anterior ficou em {previous}.\n"
    assert held.content() == dump(copy)
    assert dump(previous) == newer
    assert previous.stat().st_mode & 0o777 == 0o600
    assert held.run("banco", "verificar").status == 0
    # There and back again.
    assert held.run("banco", "restaurar", previous).status == 0
    assert held.content() == newer
    assert {path.name for path in held.folder.glob("*.db*")} == {
        "carteira.db", ".carteira.db.vez", "copia.db", "carteira.db.antes-da-restauracao",
        "carteira.db.antes-da-restauracao.2",
    }  # fmt: skip


def test_a_copy_may_be_put_where_there_is_nothing(held: Office, copy: Path) -> None:
    path = held.folder / "nova" / "pasta" / "carteira.db"
    outcome = held.run("banco", "restaurar", copy, database=path)
    assert (outcome.status, outcome.err) == (0, f"O banco {path} agora é a cópia {copy}.\n")
    assert dump(path) == dump(copy)
    assert [name.name for name in path.parent.iterdir()] == ["carteira.db"]


def test_whoever_has_the_database_open_goes_on_in_the_restored_one(held: Office, copy: Path) -> None:
    with closing(sqlite3.connect(held.database)) as other, other:
        assert other.execute("SELECT count(*) FROM clients").fetchone() == (6,)
        other.rollback()
        assert held.run("banco", "restaurar", copy).status == 0
        assert other.execute("SELECT count(*) FROM clients").fetchone() == (5,)
        other.execute("INSERT INTO settings VALUES ('escrito', 'depois')")
        other.commit()
    assert held.sql("SELECT value FROM settings WHERE name = 'escrito'") == [("depois",)]
    assert held.run("banco", "verificar").status == 0


def test_a_busy_database_is_not_replaced(held: Office, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_beside, "PATIENCE_SECONDS", 0.05)
    before, files = held.content(), sorted(held.folder.iterdir())
    for begin in ("BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"):
        with closing(sqlite3.connect(held.database, isolation_level=None)) as other:
            other.execute(begin)
            outcome = held.run("banco", "restaurar", copy)
            assert outcome.status == 1
            assert "está ocupado por outro programa. Nada foi mudado." in outcome.err
            other.execute("ROLLBACK")
    assert held.content() == before
    assert sorted(held.folder.iterdir()) == files


@pytest.mark.parametrize("damage", ["text", "empty header", "pages", "cut"])
def test_a_damaged_database_is_replaced_and_kept(held: Office, copy: Path, damage: str) -> None:
    content = held.database.read_bytes()
    damaged = {
        "text": b"nada de banco\n" * 500,
        "empty header": bytes(100) + content[100:],
        "pages": content[:4_096] + b"\xa5" * (len(content) - 4_096),
        "cut": content[: len(content) // 2 + 100],
    }[damage]
    held.database.write_bytes(damaged)
    outcome = held.run("banco", "restaurar", copy)
    assert outcome.status == 0, outcome.err
    assert held.content() == dump(copy)
    assert held.run("banco", "verificar").status == 0
    assert (held.folder / "carteira.db.antes-da-restauracao").stat().st_size > 0


def test_what_is_no_sound_copy_of_ours_is_not_put_back(held: Office, copy: Path) -> None:
    before = held.content()
    text = held.file("texto.db", "oi\n" * 500)
    foreign = held.folder / "outro.db"
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE x (y)")
    content = bytearray(copy.read_bytes())
    content[12_288 : len(content) - 4_096] = b"\xa5" * (len(content) - 16_384)
    damaged = held.file("ruim.db", bytes(content))
    newer = held.file("nova.db", copy.read_bytes())
    with closing(sqlite3.connect(newer)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    for path, fragment in (
        (text, "não é um banco do caz-tui; nada foi mudado."),
        (foreign, "não é um banco do caz-tui; nada foi mudado."),
        (damaged, "está danificada; nada foi mudado."),
        (newer, "é de uma versão mais nova do caz-tui; atualize o programa. Nada foi mudado."),
        (held.folder / "nada.db", f"Não há banco em {held.folder / 'nada.db'}."),
        (held.folder, f"Não há banco em {held.folder}."),
    ):
        files = sorted(held.folder.iterdir())
        outcome = held.run("banco", "restaurar", path)
        assert (outcome.status, outcome.out) == (1, "")
        assert fragment in outcome.err
        assert len(outcome.err.splitlines()) == 1
        assert held.content() == before
        assert sorted(held.folder.iterdir()) == files


# Migrar and verificar


def test_there_is_nothing_to_migrate_or_verify_where_there_is_no_database(office: Office) -> None:
    for task in ("migrar", "verificar", "backup"):
        assert office.run("banco", task).err == f"Não há banco em {office.database}.\n"
    assert not office.database.exists()


def test_a_database_that_is_up_to_date_is_said_so(held: Office) -> None:
    before = held.content()
    outcome = held.run("banco", "migrar")
    assert outcome.status == 0
    assert outcome.err.startswith(f"O banco {held.database} está na versão ")
    assert held.content() == before


def test_a_sound_database_is_said_so(held: Office) -> None:
    outcome = held.run("banco", "verificar")
    assert (outcome.status, outcome.out, outcome.err) == (0, "", "O banco está íntegro e os números batem.\n")


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("UPDATE clients SET name_folded = 'zzz' WHERE id = 2", ["Cliente 2: fora de compasso em name_folded."]),
        ("UPDATE clients SET search = 'zzz' WHERE id = 2", ["Cliente 2: fora de compasso em search."]),
        ("UPDATE clients SET city = 'Outra' WHERE id = 1", ["Cliente 1: fora de compasso em city_folded."]),
        ("UPDATE clients SET name = 'Outro' WHERE id = 1", ["Cliente 1: fora de compasso em name_folded, search."]),
        ("DELETE FROM client_tags WHERE client_id = 3", ["Cliente 3: fora de compasso em client_tags."]),
        ("INSERT INTO client_tags VALUES ('x', 3)", ["Cliente 3: fora de compasso em client_tags."]),
        (
            "INSERT INTO client_tags VALUES ('x', 99)",
            ["Uma linha da tabela client_tags aponta para uma linha de clients que não existe."],
        ),
        (
            "UPDATE purchase_items SET purchase_id = 99 WHERE id = 1",
            ["A linha 1 da tabela purchase_items aponta para uma linha de purchases que não existe."],
        ),
        ("UPDATE clients SET situation = 'feliz' WHERE id = 4", [UNREADABLE]),
        ("UPDATE clients SET tags = 'x[' WHERE id = 4", [UNREADABLE]),
        ("UPDATE clients SET expires_on = 'amanhã' WHERE id = 4", [UNREADABLE]),
        ("UPDATE clients SET expires_on = 7 WHERE id = 4", [UNREADABLE]),
        ("UPDATE purchases SET status = 'feliz'", ["Uma compra guarda um valor que não existe."]),
    ],
)  # fmt: skip
def test_planted_damage_is_found(held: Office, damage: str, found: list[str]) -> None:
    held.sql(damage)
    outcome = held.run("banco", "verificar")
    assert outcome.status == 1
    assert set(found) <= set(outcome.out.splitlines())
    assert outcome.err == "O banco tem problemas.\n"


def test_a_flipped_check_digit_is_found(held: Office) -> None:
    ((document,),) = held.sql("SELECT document FROM clients WHERE id = 2")
    flipped = document[:-1] + str((int(document[-1]) + 1) % 10)
    held.sql("UPDATE clients SET document = ?, search = replace(search, ?, ?) WHERE id = 2", flipped, document, flipped)
    outcome = held.run("banco", "verificar")
    assert outcome.status == 1
    assert re.search(r"^Cliente 2: o documento .* não confere\.$", outcome.out, re.MULTILINE)


def test_figures_that_do_not_add_up_are_found(held: Office) -> None:
    held.sql("UPDATE clients SET plan = 'Solto' WHERE id = 4")
    held.sql("UPDATE clients SET plan_folded = NULL, payer = 'ninguem' WHERE id = 4")
    outcome = held.run("banco", "verificar")
    assert outcome.status == 1
    assert "Os números não batem em clientes por quem paga: 4 contra 5." in outcome.out


def test_a_broken_index_is_found(held: Office) -> None:
    held.sql("PRAGMA writable_schema = ON")
    with closing(sqlite3.connect(held.database)) as connection, connection:
        connection.execute("PRAGMA writable_schema = ON")
        ((root,),) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_clients_by_state'")
    content = bytearray(held.database.read_bytes())
    # An empty leaf page of an index: the rows it should hold are missing from it.
    content[(root - 1) * 4_096 : root * 4_096] = b"\x0a\x00\x00\x00\x00\x10\x00\x00" + bytes(4_088)
    held.database.write_bytes(content)
    outcome = held.run("banco", "verificar")
    assert outcome.status == 1
    assert "Integridade: " in outcome.out
    assert "ix_clients_by_state" in outcome.out


def test_many_problems_are_listed_up_to_a_limit(held: Office) -> None:
    held.imported("mais.csv", HEADERS, *numbered(1_200, first=50))
    held.sql("UPDATE clients SET search = 'x' WHERE id > 5")
    assert len(held.run("banco", "verificar").out.splitlines()) == 50
    held.sql("UPDATE clients SET situation = 'feliz' WHERE id IN (7, 900, 1100)")
    assert "Cliente 7: um dos campos guarda" in held.run("banco", "verificar").out
