"""How many full screens a person has open, counted by locks that the system lets go of when a process ends."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from caz_tui import formats
from caz_tui.bare_hashlib import hashlib
from caz_tui.data.errors import Refused, StorageError
from caz_tui.data.system_reasons import reason

if TYPE_CHECKING:
    from pathlib import Path

_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


def claim(folder: Path, person: str, most: int) -> int:
    """Take one of a person's places; it is free again when the descriptor that is returned is closed.

    Args:
        folder: where the locks are; made when it is not there.
        person: who is at the keyboard.
        most: how many places there are.

    Raises:
        Refused: all are taken.
        StorageError: the folder cannot be used, so that nobody can count.
    """
    name = hashlib.sha256(person.encode()).hexdigest()[:16]
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for place in range(most):
            descriptor = os.open(folder / f"{name}-{place}", _FLAGS, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
            else:
                return descriptor
    except OSError as error:
        raise StorageError(f"As sessões abertas não podem ser contadas em {folder} ({reason(error)}).") from None
    taken = formats.count(most, "sessão aberta", "sessões abertas")
    raise Refused(f"{person} já tem {taken}, o máximo permitido; feche uma e entre de novo.")
