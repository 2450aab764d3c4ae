"""Files that take their name only when they are whole, and that nobody else may read."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO

from caz_tui.data.errors import SheetError
from caz_tui.data.files import sync
from caz_tui.data.sheets.cells import harmless
from caz_tui.data.sheets.office_folder import place_of
from caz_tui.data.system_reasons import reason

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from caz_tui.data.sheets.office_folder import Place

_PRIVATE = 0o600


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a new file that takes the place of what stands at the path once it is whole and on the disk.

    Raises:
        SheetError: it cannot be written; what stood at the path stands there still.
    """
    with place_of(path) as place, _beside(path, place) as (unfinished, descriptor):
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(descriptor)
        os.replace(unfinished, place.name, src_dir_fd=place.folder, dst_dir_fd=place.folder)
        _sync_folder(path, place)


@contextmanager
def _beside(path: Path, place: Place) -> Iterator[tuple[str, int]]:
    """Make a file in the same folder that is gone at the end, and give its name there and its descriptor."""
    # A name that will be refused is refused before the work is done, not after.
    follows_links = place.folder is None
    try:
        mode = os.stat(place.name, dir_fd=place.folder, follow_symlinks=follows_links).st_mode
    except FileNotFoundError:
        mode = stat.S_IFREG
    except (OSError, ValueError) as error:
        raise SheetError(cannot_write(path.name, error)) from None
    if not stat.S_ISREG(mode):
        raise SheetError(f"{harmless(path.name)} não é um arquivo e não pode ser substituído.")
    unfinished = os.path.join(os.path.dirname(place.name), f".caz-tui-{secrets.token_hex(8)}.tmp")  # noqa: PTH118, PTH120
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(unfinished, flags, _PRIVATE, dir_fd=place.folder)
    except (OSError, ValueError) as error:
        raise SheetError(cannot_write(path.name, error)) from None
    try:
        yield unfinished, descriptor
    except OSError as error:
        raise SheetError(cannot_write(path.name, error)) from None
    finally:
        with suppress(FileNotFoundError):
            os.unlink(unfinished, dir_fd=place.folder)


def cannot_write(name: str, error: Exception) -> str:
    """Return the sentence for a file that could not be written."""
    return f"O arquivo {harmless(name)} não pôde ser gravado: {reason(error)}."


def _sync_folder(path: Path, place: Place) -> None:
    if place.folder is not None:
        os.fsync(place.folder)
    else:
        sync(path.parent)
