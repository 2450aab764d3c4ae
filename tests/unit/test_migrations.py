"""Older databases brought up to date: the same schema either way, a copy before, nothing changed by a failure."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from caz_tui.data import engine, tables
from caz_tui.data.dialects.sqlite import SqliteDialect
from caz_tui.data.errors import StorageError
from caz_tui.data.migrations import upgrade
from caz_tui.data.tables import SCHEMA_REVISION, metadata
from tests.unit.program import Office, dump

NEXT_REVISION = "9001"


def schema(path: Path) -> set[tuple[str, ...]]:
    """Return the schema of a database, spelling and order of the tables aside."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    return {
        (*row[:3], normal(row[3] or "")) for row in found if row[1] != "alembic_version" and row[2] != "alembic_version"
    }


def normal(sql: str) -> str:
    """Return a CREATE statement with its constraints sorted, since neither way of making tables orders them."""
    sql = re.sub(r"\s+", " ", sql).strip()
    # A column that was added says behind itself what a new table says at its end.
    sql = re.sub(r"(\w+) (\w+) (CONSTRAINT \w+) (REFERENCES \w+ \(\w+\))", r"\1 \2, \3 FOREIGN KEY(\1) \4", sql)
    head, _, body = sql.partition(" (")
    parts = re.split(r", (?=CONSTRAINT|FOREIGN|PRIMARY|UNIQUE|CHECK|[a-z_]+ [A-Z]|\"[a-z_]+\" [A-Z])", body)
    return f"{head} ({' , '.join(sorted(part.rstrip(' )') for part in parts))}"


def test_migrations_make_the_schema_that_the_program_knows(tmp_path: Path) -> None:
    migrated, created = tmp_path / "migrado.db", tmp_path / "criado.db"
    sqlite3.connect(migrated).close()
    upgrade.upgrade_now(migrated)
    made = create_engine(f"sqlite:///{created}")
    with made.begin() as connection:
        metadata.create_all(connection)
        SqliteDialect(created).finish_schema(connection)
    made.dispose()
    assert schema(migrated) == schema(created)
    with closing(sqlite3.connect(migrated)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(SCHEMA_REVISION,)]


def test_the_first_schema_gets_its_search_index(tmp_path: Path) -> None:
    path = tmp_path / "carteira.db"
    sqlite3.connect(path).close()
    upgrade.upgrade_now(path, "0001")
    columns = "id, version, document, name, name_folded, situation, licence_history, ca_charges, tags, archived, search"
    values = "1, 1, '52998224725', 'Zé', 'ze', 'ativo', 'ativa', 'em_dia', '[]', 0, 'ze da padaria'"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            f"INSERT INTO clients ({columns}, created_at, created_by, updated_at) VALUES ({values}, 0, 'x', 0)"
        )
        connection.commit()
    upgrade.upgrade_now(path)
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT rowid FROM client_search WHERE client_search MATCH 'adari'").fetchall()
    assert found == [(1,)]


def test_a_database_without_users_keeps_its_clients_trail_and_triggers(held: Office, tmp_path: Path) -> None:
    """What revision 0005 adds is added in place: nothing of ``clients`` is rebuilt."""
    old, new = tmp_path / "antigo.db", held.database
    sqlite3.connect(old).close()
    upgrade.upgrade_now(old, "0004")
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("ATTACH ? AS filled", (str(new),))
        connection.execute("DROP TRIGGER audit_entries_stay_as_they_are")
        for table in ("settings", "clients", "client_tags", "licence_events", "audit_entries"):
            columns = ", ".join(f'"{row[1]}"' for row in connection.execute(f"PRAGMA main.table_info({table})"))
            connection.execute(f"DELETE FROM main.{table}" if table == "settings" else "SELECT 1")
            connection.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM filled.{table}")
        connection.commit()
        before = connection.execute("SELECT name, sql FROM main.sqlite_master WHERE type = 'trigger'").fetchall()
        rows = connection.execute("SELECT * FROM main.clients ORDER BY id").fetchall()
    upgrade.upgrade_now(old)
    with closing(sqlite3.connect(old)) as connection:
        kept = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        assert set(before) <= set(kept)
        after = connection.execute("SELECT * FROM clients ORDER BY id").fetchall()
        assert after == [(*row, None) for row in rows]
        assert connection.execute("SELECT count(*) FROM users").fetchone() == (0,)
        with pytest.raises(sqlite3.IntegrityError, match="audit entries stay"):
            connection.execute("DELETE FROM audit_entries")
    assert held.run("auditoria", "--verificar", database=old).status == 0
    assert held.run("banco", "verificar", database=old).status == 0
    # Nobody was ever let in by name: whoever has the file works as before.
    assert held.run("--usuario", "quem.for", "carteiras", "criar", "Sul", database=old).status == 0


def test_the_newest_migration_is_the_one_the_program_names() -> None:
    assert upgrade.is_known(SCHEMA_REVISION)
    assert not upgrade.is_known("9999")


def test_a_new_database_is_as_if_it_had_been_migrated(office: Office) -> None:
    office.run("carteira")
    migrated = office.folder / "migrado.db"
    sqlite3.connect(migrated).close()
    upgrade.upgrade_now(migrated)
    assert schema(office.database) == schema(migrated)


@pytest.fixture
def program_of_tomorrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of one more migration, which the program then takes for the newest."""
    home = tmp_path / "migrations"
    (home / "versions").mkdir(parents=True)
    source = Path(upgrade.__file__).parent
    for path in [source / "env.py", *(source / "versions").glob("*.py")]:
        (home / path.relative_to(source)).write_text(path.read_text())
    monkeypatch.setattr(upgrade, "__file__", str(home / "upgrade.py"))
    for module in (engine, tables):
        monkeypatch.setattr(module, "SCHEMA_REVISION", NEXT_REVISION)
    monkeypatch.setattr("caz_tui.console.maintenance.SCHEMA_REVISION", NEXT_REVISION)
    return home / "versions" / f"{NEXT_REVISION}_tomorrow.py"


def write_migration(path: Path, *statements: str) -> None:
    lines = "\n".join(f"    {statement}" for statement in statements)
    path.write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f'revision = "{NEXT_REVISION}"\ndown_revision = "{SCHEMA_REVISION}"\n'
        f"branch_labels = depends_on = None\n\n\ndef upgrade():\n{lines}\n"
    )


def test_an_older_database_is_upgraded_on_opening_and_a_copy_stays(held: Office, program_of_tomorrow: Path) -> None:
    write_migration(
        program_of_tomorrow,
        'with op.batch_alter_table("clients") as batch:',
        '    batch.add_column(sa.Column("colour", sa.Text()))',
    )
    before = held.content()
    outcome = held.run("banco", "migrar")
    assert outcome.status == 0
    assert outcome.err == f"O banco {held.database} está na versão {NEXT_REVISION}, a desta versão do programa.\n"
    copy = held.folder / "carteira.db.antes-da-atualizacao"
    assert dump(copy) == before
    assert copy.stat().st_mode & 0o077 == 0
    assert held.sql("SELECT version_num FROM alembic_version") == [(NEXT_REVISION,)]
    # Rebuilding the parent must not take its children with it.
    assert held.sql("SELECT count(*), count(colour) FROM clients") == [(5, 0)]
    assert held.sql("SELECT count(*) FROM client_tags") == [(6,)]
    assert held.run("carteira").status == 0
    assert not held.sql("SELECT name FROM sqlite_master WHERE name LIKE '%alembic_tmp%'")
    # Nor its triggers: what is written afterwards is found.
    held.sql("UPDATE clients SET search = 'inconfundível' WHERE id = 2")
    assert held.sql("SELECT rowid FROM client_search WHERE client_search MATCH 'confund'") == [(2,)]


@pytest.mark.parametrize(
    ("statements", "fragment"),
    [
        (('op.add_column("settings", sa.Column("x", sa.Text()))', "raise RuntimeError"), "falhou e foi desfeita"),
        (('op.execute("UPDATE settings SET value = 1")', 'op.execute("SELECT nada")'), "falhou e foi desfeita"),
        (('op.execute("DELETE FROM client_tags WHERE client_id = 1")',), "perderia dados e foi desfeita"),
        (('op.execute("UPDATE client_tags SET client_id = 99 WHERE client_id = 1")',), "perderia dados e foi desfeita"),
        (('op.drop_table("client_tags")',), "perderia dados e foi desfeita"),
    ],
)
def test_a_migration_that_fails_leaves_the_file_as_it_was(
    held: Office, program_of_tomorrow: Path, statements: tuple[str, ...], fragment: str
) -> None:
    write_migration(program_of_tomorrow, *statements)
    before, content = held.content(), held.database.read_bytes()
    outcome = held.run("carteira")
    assert (outcome.status, outcome.out) == (1, "")
    (sentence,) = outcome.err.splitlines()
    assert sentence.startswith(f"A atualização do banco {held.database} {fragment}")
    assert sentence.endswith("o banco está como antes.")
    assert held.content() == before
    assert held.database.read_bytes() == content
    assert dump(held.folder / "carteira.db.antes-da-atualizacao") == before


def test_a_database_in_use_is_not_upgraded_under_its_users(
    held: Office, program_of_tomorrow: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_migration(program_of_tomorrow, "pass")
    connect = sqlite3.dbapi2.connect
    with (
        closing(sqlite3.connect(held.database, isolation_level=None)) as other,
        monkeypatch.context() as impatient,
    ):
        impatient.setattr(sqlite3.dbapi2, "connect", lambda path, **options: connect(path, **options, timeout=0.05))
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            upgrade.upgrade_now(held.database)
        other.execute("ROLLBACK")
    assert held.sql("SELECT version_num FROM alembic_version") == [(SCHEMA_REVISION,)]
    assert held.run("carteira").status == 0


def test_a_database_newer_than_the_program_is_left_alone(held: Office) -> None:
    held.sql("UPDATE alembic_version SET version_num = '9999'")
    before = held.database.read_bytes()
    outcome = held.run("clientes")
    assert outcome.status == 1
    assert "criado por uma versão mais nova do caz-tui; atualize o programa para abri-lo." in outcome.err
    assert held.database.read_bytes() == before
    assert not list(held.folder.glob("*.antes-*"))


def test_a_copy_that_cannot_be_made_stops_the_upgrade(held: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upgrade, "free_name", lambda path: path.parent / "nada" / path.name)
    before = held.database.read_bytes()
    with pytest.raises(StorageError, match="não pôde ser copiado antes da atualização"):
        upgrade.upgrade_now(held.database)
    assert held.database.read_bytes() == before
