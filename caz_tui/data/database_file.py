"""The file of a database, looked at before anything opens it."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from caz_tui.data.errors import StorageError
from caz_tui.data.system_reasons import reason

if TYPE_CHECKING:
    from caz_tui.data.address import Place

_HEADER: Final = b"SQLite format 3\0"
_NETWORK_FILE_SYSTEMS: Final = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs"}


class Identity(NamedTuple):
    """A file on this machine, whatever its name."""

    device: int
    inode: int


def inspect_file(path: Path) -> bool:
    """Tell whether a file holds a database already; its folder is made when there is none.

    Raises:
        StorageError: it can never become one, is read-only, or on a disk whose locks do not protect it.
    """
    try:
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _refuse_network(path)
            return False
        if not path.is_file():
            raise StorageError(f"O banco {path} não é um arquivo.")
        with path.open("rb") as file:
            header = file.read(len(_HEADER))
    except OSError as error:
        raise StorageError(f"O banco {path} não pode ser aberto: {reason(error)}.") from error
    _refuse_network(path)
    if header and header != _HEADER:
        raise StorageError(f"O arquivo {path} não é um banco do caz-tui.")
    # The superuser may write anywhere, but a file marked read-only was meant to stay as it is.
    if not os.access(path, os.W_OK) or not path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
        raise StorageError(f"O banco {path} está só para leitura; dê permissão de escrita ou use uma cópia.")
    return bool(header)


def not_founded(place: Place) -> StorageError:
    """Return what is raised where there is no database and whoever asks may not found one."""
    return StorageError(f"Não há banco em {place}, e esta sessão não cria nenhum; avise quem administra.")


def gone(path: Path) -> StorageError:
    """Return what is raised when a file that was in use has lost its name, to nothing or to another."""
    return StorageError(
        f"O banco {path} foi apagado ou trocado por outro; daqui nada mais se grava. Saia e entre de novo."
    )


def address(path: Path, mode: Literal["ro", "rw", "rwc"] = "rw") -> str:
    """Return the URI by which SQLite opens a file; only with ``rwc`` is one made where there is none."""
    return f"{path.absolute().as_uri()}?mode={mode}"


def identity(path: Path) -> Identity | None:
    """Return what tells a file from any other that has or had its name; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return Identity(found.st_dev, found.st_ino)


def _refuse_network(path: Path) -> None:
    """Refuse file systems over a network, whose locks do not protect an SQLite file."""
    try:
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    folder = str(path.resolve().parent)
    kind, longest = "", -1
    for line in mounts.splitlines():
        fields = line.split(" ")
        mount = fields[1].replace("\\040", " ")
        inside = folder == mount or folder.startswith(mount.rstrip("/") + "/")
        if inside and len(mount) >= longest:
            kind, longest = fields[2], len(mount)
    if kind in _NETWORK_FILE_SYSTEMS:
        raise StorageError(f"O banco {path} está num disco de rede, que não protege contra gravações simultâneas.")
