"""The file of refused lines, which people open beside their spreadsheet to correct it."""

from __future__ import annotations

import csv
import errno
import os
import stat
import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from caz_tui.data.errors import SheetError
from caz_tui.data.sheets.atomic import cannot_write
from caz_tui.data.sheets.cells import neutralise
from caz_tui.data.sheets.office_folder import ConfinedPath, place_of, remove, sibling

if TYPE_CHECKING:
    import io
    from collections.abc import Iterable

    from caz_tui.data.sheets.records import Rejection

_HEADER = ("linha", "campo", "valor", "motivo")
_LONGEST_STEM_CHARS = 50
_CANNOT_WRITE_THERE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENAMETOOLONG}


def write_rejections(source: Path, rejections: Iterable[Rejection]) -> Path:
    """Write the refused values beside the file they come from, under a free name, and return the path.

    Those of a confined file stay in its folder. Any other folder that cannot be written to gives way to the current
    one, and that to a new private folder in the system's temporary one.

    Raises:
        SheetError: it can be written nowhere; nothing is left of it.
    """
    path, descriptor = _create_somewhere(source)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as file:
            _write(file, rejections)
    except BaseException as error:
        remove(path)
        if isinstance(error, OSError):
            raise SheetError(cannot_write(f"{source.stem}-rejeitadas.csv", error)) from None
        raise
    return path


def _create_somewhere(source: Path) -> tuple[Path, int]:
    if isinstance(source, ConfinedPath):
        try:
            return _create(source, source.stem[:_LONGEST_STEM_CHARS])
        except OSError as error:
            raise SheetError(cannot_write(f"{source.stem}-rejeitadas.csv", error)) from None
    for folder in (source.parent, Path.cwd(), None):
        if folder is not None and not _takes_files(folder):
            continue
        try:
            place = folder if folder is not None else Path(tempfile.mkdtemp(prefix="caz-tui-"))
            return _create(place / source.name, source.stem[:_LONGEST_STEM_CHARS])
        except OSError as error:
            if error.errno not in _CANNOT_WRITE_THERE or folder is None:
                raise SheetError(cannot_write(f"{source.stem}-rejeitadas.csv", error)) from None
    raise AssertionError


def _takes_files(folder: Path) -> bool:
    """Tell whether a folder is meant to be written to: the superuser may write even where it is not."""
    try:
        return bool(folder.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    except OSError:
        return True


def _create(beside: Path, stem: str) -> tuple[Path, int]:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    for number in count(1):
        path = sibling(beside, f"{stem}-rejeitadas{'' if number == 1 else f'-{number}'}.csv")
        try:
            with place_of(path) as place:
                return path, os.open(place.name, flags, 0o600, dir_fd=place.folder)
        except FileExistsError:
            continue
    raise AssertionError


def _write(file: io.TextIOWrapper, rejections: Iterable[Rejection]) -> None:
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(_HEADER)
    for rejection in rejections:
        row = (str(rejection.line), rejection.field, rejection.value, rejection.reason)
        writer.writerow([neutralise(cell) for cell in row])
