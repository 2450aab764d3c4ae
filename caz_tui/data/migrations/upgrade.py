"""Bringing an older database up to date: a copy of the file first, then one transaction, then proof.

Foreign keys are off while tables are rebuilt, since rebuilding a parent would otherwise empty its children; no table
may hold fewer rows afterwards, and no row may point to nothing.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, event, inspect, text
from sqlalchemy.engine import URL

from caz_tui.data import kept_counts, search_index
from caz_tui.data.errors import StorageError
from caz_tui.data.files import arriving, connect, copy_pages, free_name

_KEEPS = {"alembic_version"}


def is_known(revision: str) -> bool:
    """Tell whether this program has the migration that a database names."""
    return any(script.revision == revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


async def upgrade(path: Path) -> Path:
    """Bring the database in a file up to date and return the copy that was made of it before.

    Raises:
        StorageError: it failed, rows would be lost, or the copy could not be made; the file is as it was.
    """
    return await asyncio.to_thread(upgrade_now, path)


def upgrade_now(path: Path, target: str = "head") -> Path:
    """Do what ``upgrade`` does, in this thread, up to a given revision."""
    copy = _copy_before(path)
    engine = create_engine(URL.create("sqlite", database=str(path)))
    event.listen(engine, "connect", lambda dbapi, _record: setattr(dbapi, "isolation_level", None))
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("PRAGMA synchronous=FULL")
            connection.exec_driver_sql("BEGIN EXCLUSIVE")
            try:
                _migrate(connection, target, path)
            except BaseException as error:
                connection.exec_driver_sql("ROLLBACK")
                if isinstance(error, Exception) and not isinstance(error, StorageError):
                    raise StorageError(
                        f"A atualização do banco {path} falhou e foi desfeita; o banco está como antes."
                    ) from None
                raise
            connection.exec_driver_sql("COMMIT")
    finally:
        engine.dispose()
    return copy


def _migrate(connection: Connection, target: str, path: Path) -> None:
    before = _row_counts(connection)
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, target)
    search_index.mend(connection)
    kept_counts.mend(connection)
    after = _row_counts(connection)
    lost = [table for table, rows in before.items() if after.get(table, 0) < rows and table not in _KEEPS]
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if lost or broken:
        raise StorageError(f"A atualização do banco {path} perderia dados e foi desfeita; o banco está como antes.")


def migrate_server(connection: Connection, place: object) -> None:
    """Bring the tables on a server up to date, within a transaction that holds the turn to write.

    Raises:
        StorageError: it failed, or rows would be lost; the caller takes the transaction back.
    """
    try:
        before = _row_counts(connection)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        after = _row_counts(connection)
    except Exception:  # noqa: BLE001 - whatever it was, nothing of it stays
        raise StorageError(f"A atualização do banco {place} falhou e foi desfeita; o banco está como antes.") from None
    if any(after.get(table, 0) < rows for table, rows in before.items() if table not in _KEEPS):
        raise StorageError(f"A atualização do banco {place} perderia dados e foi desfeita; o banco está como antes.")


def _copy_before(path: Path) -> Path:
    wanted = path.with_name(f"{path.name}.antes-da-atualizacao")
    try:
        with (
            arriving(copy := free_name(wanted)) as unfinished,
            closing(connect(path)) as source,
            closing(connect(unfinished)) as target,
        ):
            copy_pages(source, target)
    except FileExistsError:
        # Another session upgrades at the same moment, and was quicker to take the name.
        return _copy_before(path)
    except (sqlite3.Error, OSError):
        raise StorageError(f"O banco {path} não pôde ser copiado antes da atualização; nada foi mudado.") from None
    return copy


def _row_counts(connection: Connection) -> dict[str, int]:
    names = [name for name in inspect(connection).get_table_names() if not name.startswith("_alembic_tmp_")]
    return {name: int(connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0) for name in names}  # noqa: S608


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
