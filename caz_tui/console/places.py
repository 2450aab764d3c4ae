"""Where things are: the database, the log, who is at the keyboard."""

from __future__ import annotations

import os
import pwd
from typing import TYPE_CHECKING

from caz_tui.data.address import ServerAddress, place_of
from caz_tui.data.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from platformdirs.api import PlatformDirsABC

    from caz_tui.data.address import Place

DATABASE_VARIABLE = "CAZ_BANCO"
DATABASE_NAME = "carteira.db"


def database_place(named: str | None, environ: Mapping[str, str]) -> Place:
    """Return where the office's database is: as named, else ``CAZ_BANCO``, else in the user's data directory.

    Raises:
        StorageError: the name is a URL that is no database's, or holds a password where anybody may read it.
    """
    if named:
        return named_place(named)
    kept = environ.get(DATABASE_VARIABLE)
    return place_of(kept) if kept else _user_directories().user_data_path / DATABASE_NAME


def named_place(name: str) -> Place:
    """Return the place that an argument names; raises ``StorageError``, also for a password in it."""
    place = place_of(name)
    if isinstance(place, ServerAddress) and place.has_password:
        raise StorageError(
            "A senha não pode ir no comando, onde qualquer conta da máquina a lê; use o arquivo ~/.pgpass e troque-a."
        )
    return place


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
