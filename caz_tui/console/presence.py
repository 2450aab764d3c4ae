"""Who has the desk open on a database: a file a session, locked while its process lives.

A session takes its file away when its end stands in the audit trail. What a process leaves behind that was killed, or
that could not write its last word, is found by the next session that opens the database from the same account.
"""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from caz_tui.bare_hashlib import hashlib

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

_NEW: Final = ".nova-"
_FLAGS: Final = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
_LONGEST_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class Stay:
    """One person at the desk, from when to when.

    Attributes:
        code: what the entries of one session have in common.
        person: who.
        began_at: when the desk was opened.
        is_noted: whether the trail says so.
        ended_at: when it was left; None while nothing is known of that.
        ending: how it was left; empty while nothing is known of that.
    """

    code: str
    person: str
    began_at: datetime
    is_noted: bool = False
    ended_at: datetime | None = None
    ending: str = ""


class Presence:
    """The file of this session, and those of sessions that are over; nothing here stands in anybody's way."""

    def __init__(self, folder: Path, database: str, person: str, now: datetime) -> None:
        """Say that somebody is at the desk.

        Args:
            folder: where the files are; made when it is not there.
            database: what names the database.
            person: who is at the keyboard.
            now: the moment.
        """
        self.stay = Stay(os.urandom(3).hex(), person, now)
        self._folder = folder
        self._prefix = hashlib.sha256(database.encode(errors="surrogateescape")).hexdigest()[:16]
        self._name = f"{self._prefix}-{self.stay.code}"
        self._descriptor: int | None = None
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._descriptor = self._make()
        except OSError:
            # Then nobody will know of it if this process is killed; all else goes on.
            return

    def came(self) -> None:
        """Remember that the trail says so."""
        self._keep(replace(self.stay, is_noted=True))

    def left(self, now: datetime, how: str) -> None:
        """Remember when and how the desk was left, for whoever may have to write it down."""
        self._keep(replace(self.stay, ended_at=now, ending=how))

    def _keep(self, stay: Stay) -> None:
        self.stay = stay
        if self._descriptor is not None:
            with suppress(OSError):
                _write(self._descriptor, self.stay)

    def _make(self) -> int:
        # It gets its name when it is locked: nobody may take it for one that was left behind.
        unfinished = self._folder / f"{_NEW}{self._name}"
        descriptor = os.open(unfinished, _FLAGS | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _write(descriptor, self.stay)
            unfinished.rename(self._folder / self._name)
        except OSError:
            os.close(descriptor)
            unfinished.unlink(missing_ok=True)
            raise
        return descriptor

    def forget(self) -> None:
        """Take the file away: all there is to say of this session stands in the trail."""
        with suppress(OSError):
            (self._folder / self._name).unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Let go of the file; what it says is for the next session."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def left_behind(self) -> Generator[Stay, None, None]:
        """Yield the sessions that are over and whose end nobody wrote down; each is forgotten when it was dealt with.

        What is left when the caller stops stays for the next one.
        """
        try:
            paths = sorted(self._folder.glob(f"{self._prefix}-*"))
        except OSError:
            return
        for path in paths:
            if path.name == self._name:
                continue
            try:
                descriptor = os.open(path, _FLAGS)
            except OSError:
                continue
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                # Another session may have dealt with it since it was listed.
                stay = _read(descriptor) if os.fstat(descriptor).st_nlink else None
                if stay is not None:
                    yield stay
                path.unlink(missing_ok=True)
            except OSError:
                continue
            finally:
                os.close(descriptor)


def _write(descriptor: int, stay: Stay) -> None:
    content = {
        "code": stay.code,
        "person": stay.person,
        "began_at": stay.began_at.isoformat(),
        "is_noted": stay.is_noted,
        "ended_at": stay.ended_at and stay.ended_at.isoformat(),
        "ending": stay.ending,
    }
    data = json.dumps(content).encode()
    # Blanks behind it, so that it is whole at every moment: JSON does not mind what is longer than before or shorter.
    os.pwrite(descriptor, data.ljust(_LONGEST_BYTES), 0)


def _read(descriptor: int) -> Stay | None:
    try:
        found = json.loads(os.pread(descriptor, _LONGEST_BYTES, 0))
        return Stay(
            code=str(found["code"]),
            person=str(found["person"]),
            began_at=datetime.fromisoformat(found["began_at"]),
            is_noted=bool(found["is_noted"]),
            ended_at=None if found["ended_at"] is None else datetime.fromisoformat(found["ended_at"]),
            ending=str(found["ending"]),
        )
    except (ValueError, KeyError, TypeError):
        # The machine went down in the middle of it; there is nothing to tell.
        return None
