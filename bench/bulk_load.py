"""A million clients through ``caz-tui importar``, beside the same values through plain ``sqlite3.executemany``."""

from __future__ import annotations

import csv
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from bench import sheets
from bench.sheets import IMPORTED_HEADERS

_PROJECT = Path(__file__).parents[1]


class BulkLoad(NamedTuple):
    """How fast clients are taken in.

    Attributes:
        clients: how many were imported.
        importar_per_second: lines a second of the whole command, from its start to its end.
        executemany_per_second: lines a second of plain SQLite with the same values, reading the file aside.
        read_per_second: lines a second of reading the same file with ``csv`` alone.
        database_mb: the size of the database that was made, in millions of bytes.
    """

    clients: int
    importar_per_second: float
    executemany_per_second: float
    read_per_second: float
    database_mb: float


def measure(count: int) -> BulkLoad:
    """Import a number of made-up clients into a new database, and into a plain table.

    Raises:
        subprocess.CalledProcessError: ``importar`` refused the file.
    """
    sheet = sheets.to_import(count)
    with tempfile.TemporaryDirectory(prefix="caz-bulk-") as folder:
        plain = Path(folder) / "plain.db"
        read_seconds, rows = _read(sheet)
        plain_seconds = _executemany(plain, rows)
        del rows
        database = Path(folder) / "importar.db"
        seconds = _importar(database, sheet, Path(folder))
        with closing(sqlite3.connect(database)) as connection:
            found = int(connection.execute("SELECT count(*) FROM clients").fetchone()[0])
        if found != count:
            raise ValueError(f"{found} clients of {count} were imported")
        return BulkLoad(
            count, count / seconds, count / plain_seconds, count / read_seconds, database.stat().st_size / 1_000_000
        )


def _read(sheet: Path) -> tuple[float, list[list[str]]]:
    begin = time.perf_counter()
    with sheet.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))[1:]
    return time.perf_counter() - begin, rows


def _executemany(path: Path, rows: list[list[str]]) -> float:
    with closing(sqlite3.connect(path)) as connection:
        columns = ", ".join(f"c{number} TEXT" for number in range(len(IMPORTED_HEADERS)))
        connection.execute(f"CREATE TABLE clients (id INTEGER PRIMARY KEY, {columns})")
        names = ", ".join(f"c{number}" for number in range(len(IMPORTED_HEADERS)))
        marks = ", ".join("?" * len(IMPORTED_HEADERS))
        begin = time.perf_counter()
        with connection:
            connection.executemany(f"INSERT INTO clients ({names}) VALUES ({marks})", rows)
        return time.perf_counter() - begin


def _importar(database: Path, sheet: Path, home: Path) -> float:
    command = [sys.executable, "-m", "caz_tui", "--banco", str(database), "importar", str(sheet)]
    environment = os.environ | {"PYTHONPATH": str(_PROJECT), "HOME": str(home), "XDG_STATE_HOME": str(home)}
    begin = time.perf_counter()
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begin
