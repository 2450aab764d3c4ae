"""What PostgreSQL needs beside tables: the trail kept as it is, its numbers without a gap, the search index, proofs."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.exc import DBAPIError

from caz_tui.data import kept_counts
from caz_tui.data.dialects.base import Search
from caz_tui.data.tables import KEPT_COUNTS, audit_entries, clients, metadata, unsealed_entries
from caz_tui.data.trail import ERASED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Table
    from sqlalchemy.ext.asyncio import AsyncConnection

unsealed_entries.dialect_options["postgresql"]["where"] = audit_entries.c.seal.is_(None)
for _index in (index for table in KEPT_COUNTS for index in table.indexes):
    _index.dialect_options["postgresql"]["nulls_not_distinct"] = True

LEAST_LETTERS: Final = 3

TRIGGERS: Final = ("audit_entries_number", "audit_entries_stay", "audit_entries_stay_as_they_are")
SERVER_INDEX: Final = "ix_clients_search_trgm"
OWN_INDEX: Final = "ix_clients_search_grams"

_KEPT: Final = " AND ".join(
    f'NEW."{name}" IS NOT DISTINCT FROM OLD."{name}"' for name in ("id", "at", "by", "action", "client_id", "subject")
)
_TRAIL: Final = (
    # Sequences leave gaps where a transaction was taken back; the proof of the trail counts on there being none.
    "ALTER TABLE audit_entries ALTER COLUMN id DROP DEFAULT",
    "DROP SEQUENCE IF EXISTS audit_entries_id_seq",
    """CREATE FUNCTION audit_entries_number() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.id IS NULL THEN
            SELECT coalesce(max(id), 0) + 1 INTO NEW.id FROM audit_entries;
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER audit_entries_number BEFORE INSERT ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION audit_entries_number()""",
    """CREATE FUNCTION audit_entries_stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'audit entries stay' USING ERRCODE = 'restrict_violation';
    END $$""",
    """CREATE TRIGGER audit_entries_stay BEFORE DELETE OR TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_stay()""",
    """CREATE FUNCTION audit_entries_stay_as_they_are() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'audit entries stay as they are' USING ERRCODE = 'restrict_violation';
    END $$""",
    f"""CREATE TRIGGER audit_entries_stay_as_they_are BEFORE UPDATE ON audit_entries FOR EACH ROW
    WHEN (NOT ({_KEPT} AND (
        OLD.seal IS NULL AND NEW.changes::text = OLD.changes::text
        OR NEW.seal IS NOT DISTINCT FROM OLD.seal AND NEW.changes::text LIKE '{{"{ERASED}": "%"}}'
    ))) EXECUTE FUNCTION audit_entries_stay_as_they_are()""",
)
_OWN_SEARCH: Final = (
    """CREATE OR REPLACE FUNCTION caz_grams(words text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT ARRAY(SELECT substr(words, place, 3) FROM generate_series(1, length(words) - 2) AS place)
    $$""",
    f"CREATE INDEX {OWN_INDEX} ON clients USING gin (caz_grams(search))",
)


def _counting_triggers() -> Iterable[str]:
    """Yield the statements by which every statement on ``clients``, of however many, is counted at once."""
    for happens, rows in (
        ("INSERT", "SELECT 1 AS n, * FROM added"),
        ("UPDATE", "SELECT 1 AS n, * FROM added UNION ALL SELECT -1, * FROM gone"),
        ("DELETE", "SELECT -1 AS n, * FROM gone"),
    ):
        trigger = f"clients_count_{happens.lower()}"
        seen = " ".join(
            f"{age} TABLE AS {table}" for age, table in (("NEW", "added"), ("OLD", "gone")) if table in rows
        )
        counts = "\n".join(_count_of(table, rows) for table in KEPT_COUNTS)
        yield f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {counts} RETURN NULL; END $$"
        yield (
            f"CREATE TRIGGER {trigger} AFTER {happens} ON clients REFERENCING {seen} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {trigger}()"
        )


def _count_of(table: Table, rows: str) -> str:
    columns = ", ".join(kept_counts.counted_columns(table))
    return f"""
        INSERT INTO {table.name} AS kept ({columns}, clients)
        SELECT {columns}, sum(n) FROM ({rows}) AS changed GROUP BY {columns} HAVING sum(n) <> 0
        ON CONFLICT ({columns}) DO UPDATE SET clients = kept.clients + excluded.clients;
        DELETE FROM {table.name} WHERE clients = 0;"""  # noqa: S608 - our own words


def finish(connection: Connection) -> None:
    """Make all of it for new tables, which are found by the search path."""
    for statement in _TRAIL:
        _run(connection, statement)
    create_counts(connection)
    create_search(connection)


def create_counts(connection: Connection) -> None:
    """Make the triggers that keep the counts of clients, and count those there are."""
    for statement in _counting_triggers():
        _run(connection, statement)
    kept_counts.fill(connection)


def create_search(connection: Connection) -> None:
    """Make the index in which words are found, the best kind that is to be had."""
    home = _trigrams_of(connection)
    if home is not None:
        _run(connection, f'CREATE INDEX {SERVER_INDEX} ON clients USING gin (search "{home}".gin_trgm_ops)')
        return
    for statement in _OWN_SEARCH:
        _run(connection, statement)


def drop_search(connection: Connection) -> None:
    """Take the index away for a while."""
    for index in (SERVER_INDEX, OWN_INDEX):
        _run(connection, f"DROP INDEX IF EXISTS {index}")


def _trigrams_of(connection: Connection) -> str | None:
    """Return the schema of pg_trgm, installed if the server has it and lets us; None where it is not to be had."""
    asking = text(
        "SELECT nspname FROM pg_catalog.pg_extension JOIN pg_catalog.pg_namespace AS n ON n.oid = extnamespace "
        "WHERE extname = 'pg_trgm'"
    )
    there = text(
        "SELECT 1 FROM pg_catalog.pg_available_extension_versions WHERE name = 'pg_trgm' AND trusted "
        "AND has_database_privilege(current_database(), 'CREATE')"
    )
    if connection.scalar(asking) is None and connection.scalar(there) is not None:
        # Not in an office's schema: another office of the same database may need it when this one is dropped.
        with suppress(DBAPIError), connection.begin_nested():
            _run(connection, "CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public")
    found: str | None = connection.scalar(asking)
    return found


class TrigramIndex(Search):
    """The index, as lists ask it; see ``dialects.base.Search``."""

    least_letters = LEAST_LETTERS

    def __init__(self, *, is_own: bool) -> None:
        self._is_own = is_own

    def who_has(self, word: str) -> Select[tuple[int]]:
        """Return what selects the ids of who has a folded word of ``LEAST_LETTERS`` or more in what is searched."""
        return select(clients.c.id).where(self.matches(word))

    def matches(self, word: str) -> ColumnElement[bool]:
        """Return the condition that a folded word of ``LEAST_LETTERS`` or more occurs in what is searched."""
        if self._is_own:
            grams = sorted({word[place : place + 3] for place in range(len(word) - 2)})
            held: ColumnElement[list[str]] = func.caz_grams(clients.c.search, type_=ARRAY(TEXT()))
            return held.op("@>", is_comparison=True)(literal(grams, ARRAY(TEXT())))
        pattern = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return clients.c.search.like(f"%{pattern}%")


async def search(connection: AsyncConnection) -> TrigramIndex | None:
    """Return the index that the tables have."""
    asking = text(
        "SELECT relname FROM pg_catalog.pg_class WHERE relnamespace = current_schema()::regnamespace "
        "AND relname = ANY(:names)"
    )
    names = set(await connection.scalars(asking, {"names": [SERVER_INDEX, OWN_INDEX]}))
    return TrigramIndex(is_own=SERVER_INDEX not in names) if names else None


def settle(connection: Connection) -> None:
    """Let every sequence go on behind the highest number that there is, and the planner count anew."""
    for table in metadata.sorted_tables:
        key = table.autoincrement_column
        if key is not None:
            highest: ColumnElement[int] = func.coalesce(select(func.max(key)).scalar_subquery(), 0)
            if table is clients:
                # A client that was deleted lives on in the trail, and nobody else may get its number.
                highest = func.greatest(highest, select(func.max(audit_entries.c.client_id)).scalar_subquery())
            sequence = func.pg_get_serial_sequence(table.name, key.name)
            connection.execute(select(func.setval(sequence, highest + 1, False)).where(sequence.is_not(None)))  # noqa: FBT003
        _run(connection, f'ANALYZE "{table.name}"')


def problems(connection: Connection) -> list[str]:
    """Return what is wrong with pages, indexes, constraints, triggers and what rows point to, a sentence each."""
    found: list[str] = []
    failures = connection.scalar(
        text("SELECT checksum_failures FROM pg_catalog.pg_stat_database WHERE datname = current_database()")
    )
    if failures:
        found.append(f"Integridade: o servidor contou {failures} páginas danificadas neste banco.")
    mine = "JOIN pg_catalog.pg_class AS c ON c.oid = {} WHERE c.relnamespace = current_schema()::regnamespace"
    invalid = _names(connection, f"pg_index AS i {mine.format('i.indexrelid')} AND NOT indisvalid", "c.relname")
    found += [f"Integridade: o índice {name} não vale; recrie-o com REINDEX." for name in invalid]
    unproved = _names(connection, f"pg_constraint AS k {mine.format('k.conrelid')} AND NOT convalidated", "conname")
    found += [f"Integridade: a restrição {name} nunca foi conferida." for name in unproved]
    awake = f"pg_trigger AS t {mine.format('t.tgrelid')} AND NOT tgisinternal AND tgenabled IN ('O', 'A')"
    works = _names(connection, awake, "tgname")
    found += [f"Auditoria: falta o gatilho {name}, ou está desligado." for name in TRIGGERS if name not in works]
    for table in metadata.sorted_tables:
        found += _orphans(connection, table)
    return found


def _names(connection: Connection, source: str, column: str) -> list[str]:
    return [str(name) for name in connection.scalars(text(f"SELECT {column} FROM pg_catalog.{source} ORDER BY 1"))]  # noqa: S608 - our own words


def _orphans(connection: Connection, table: Table) -> Iterable[str]:
    for key in table.foreign_keys:
        parent = key.column.table
        is_there = exists().where(key.column == key.parent).correlate(table)
        number = connection.scalar(
            select(func.count()).select_from(table).where(and_(key.parent.is_not(None), ~is_there))
        )
        if number:
            yield f"{number} linha(s) da tabela {table.name} apontam para uma linha de {parent.name} que não existe."


def _run(connection: Connection, statement: str) -> None:
    # A percent sign is itself.
    connection.exec_driver_sql(statement.replace("%", "%%"))
