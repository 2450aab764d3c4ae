"""Where things are: the database, the log, who is at the keyboard."""

from __future__ import annotations

import os
import pwd
from pathlib import Path
from typing import TYPE_CHECKING

from caz_tui.data.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from platformdirs.api import PlatformDirsABC

DATABASE_VARIABLE = "CAZ_BANCO"
DATABASE_NAME = "carteira.db"
_SQLITE_URL = "sqlite:///"


def database_path(named: str | None, environ: Mapping[str, str]) -> Path:
    """Return the file of the office's database: as named, else ``CAZ_BANCO``, else in the user's data directory.

    Raises:
        StorageError: a database server is named, which this version does not open.
    """
    name = named or environ.get(DATABASE_VARIABLE)
    if not name:
        return _user_directories().user_data_path / DATABASE_NAME
    if name.startswith(_SQLITE_URL):
        name = name.removeprefix(_SQLITE_URL)
    elif "://" in name:
        raise StorageError(f"Esta versão abre só bancos em arquivo (SQLite); {name.split('://')[0]} ainda não.")
    return Path(name).expanduser()


def log_path() -> Path:
    """Return the file that details of unexpected errors go to."""
    return _user_directories().user_state_path / "caz-tui.log"


def drafts_path() -> Path:
    """Return the folder in which forms are kept that were open when the line went."""
    return _user_directories().user_state_path / "rascunhos"


def sessions_path() -> Path:
    """Return the folder in which open sessions are counted."""
    return _user_directories().user_state_path / "sessoes"


def presence_path() -> Path:
    """Return the folder in which each open session has a file."""
    return sessions_path() / "abertas"


def account() -> str:
    """Return the name of the operating-system account, which the environment cannot change."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


def _user_directories() -> PlatformDirsABC:
    from platformdirs import PlatformDirs  # noqa: PLC0415 - only asked for when nothing names the database

    return PlatformDirs("caz-tui", appauthor=False)
