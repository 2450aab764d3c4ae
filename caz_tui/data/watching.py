"""Noticing that somebody wrote to a database, without asking it again and again.

The kernel tells when a file in the database's folder changes (inotify), so that an idle session costs nothing; where it
does not, the files are looked at once a second. They are never opened here: closing a database file a second time would
drop the locks that SQLite holds on it in this process.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import struct
from typing import TYPE_CHECKING, Final, NamedTuple, Self

if TYPE_CHECKING:
    from pathlib import Path

POLL_SECONDS: Final = 1.0
SETTLING_SECONDS: Final = 0.2
"""A commit is several writes to several files, and many commits often come together."""

_EVENT: Final = struct.Struct("iIII")
_READ_BYTES: Final = 65_536
_MODIFY, _MOVED_FROM, _MOVED_TO, _CREATE, _DELETE = 0x2, 0x40, 0x80, 0x100, 0x200
_WATCHED: Final = _MODIFY | _MOVED_FROM | _MOVED_TO | _CREATE | _DELETE


class _Mark(NamedTuple):
    """What changes in a file when it is written to or replaced."""

    inode: int
    size: int
    modified_ns: int


class DatabaseWatch:
    """Tells when a database was written to, by whomever; a context manager, in a running event loop."""

    def __init__(self, path: Path) -> None:
        """Take the file of the database."""
        self._path = path
        self._notifier: int | None = None
        self._touched = asyncio.Event()
        self._marks: tuple[_Mark | None, ...] | None = None

    async def __aenter__(self) -> Self:
        self._notifier = _notifier(self._path.parent)
        if self._notifier is not None:
            asyncio.get_running_loop().add_reader(self._notifier, self._take_events)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._notifier is not None:
            asyncio.get_running_loop().remove_reader(self._notifier)
            os.close(self._notifier)
            self._notifier = None

    async def changed(self) -> None:
        """Return when the database was written to since the last call returned; the first call at once."""
        while (marks := self._look()) == self._marks:
            if self._notifier is None:
                await asyncio.sleep(POLL_SECONDS)
            else:
                await self._touched.wait()
                await asyncio.sleep(SETTLING_SECONDS)
                self._touched.clear()
        self._marks = marks

    def _look(self) -> tuple[_Mark | None, ...]:
        return tuple(_mark(self._path.with_name(self._path.name + suffix)) for suffix in ("", "-wal"))

    def _take_events(self) -> None:
        assert self._notifier is not None
        try:
            events = os.read(self._notifier, _READ_BYTES)
        except BlockingIOError:
            return
        if any(name.startswith(os.fsencode(self._path.name)) for name in _names(events)):
            self._touched.set()


def _mark(path: Path) -> _Mark | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return _Mark(found.st_ino, found.st_size, found.st_mtime_ns)


def _names(events: bytes) -> list[bytes]:
    """Return the names in what the kernel told."""
    names, place = [], 0
    while place + _EVENT.size <= len(events):
        _, _, _, length = _EVENT.unpack_from(events, place)
        place += _EVENT.size
        names.append(events[place : place + length].rstrip(b"\0"))
        place += length
    return names


def _notifier(folder: Path) -> int | None:
    """Return a descriptor that becomes readable when a file in a folder changes; None where there is no such thing."""
    try:
        library = ctypes.CDLL(None, use_errno=True)
        descriptor = int(library.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
    except (OSError, AttributeError):
        return None
    if descriptor < 0:
        return None
    if library.inotify_add_watch(descriptor, os.fsencode(folder), _WATCHED) < 0:
        os.close(descriptor)
        return None
    return descriptor
