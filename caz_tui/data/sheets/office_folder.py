"""The one folder that a restricted session takes files from and puts files into.

Whoever works in such a session may put anything into the folder, over sftp for one: links to files elsewhere, and other
links while the program looks. So a path is never handed to the system whole. Each of its steps is opened in the one
before it, without following links, and the last one is used by its name in the open folder.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager
from pathlib import Path, PosixPath
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn

from caz_tui.data.errors import SheetError
from caz_tui.data.sheets.cells import harmless

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_IS_A_LINK: Final = {errno.ELOOP, errno.ENOTDIR, errno.EMLINK}
_DEEPEST_STEPS: Final = 8

OUTSIDE: Final = (
    "Nesta sessão os arquivos ficam só na pasta do escritório: diga o nome de um arquivo dela, sem “..”, sem “/” no "
    "começo e sem atalhos."
)
"""What is said of every path that leads, or might lead, out of the folder."""


class ConfinedPath(PosixPath):
    """A file of the office's folder, by its path from there; what opens it by that name alone fails."""

    folder: OfficeFolder

    def __fspath__(self) -> NoReturn:
        """Refuse to be opened by name, which would follow links and begin in another folder."""
        raise TypeError("a confined path is opened through its folder")


class Place(NamedTuple):
    """Where a file is, as `os` wants it: an open folder, or None, and the name there."""

    folder: int | None
    name: str


class OfficeFolder:
    """A folder, and the files in it."""

    def __init__(self, root: Path) -> None:
        """Take the folder by its absolute path, which is the administrator's and believed."""
        self.root = root

    @property
    def name(self) -> str:
        """What the folder is called."""
        return self.root.name

    def file(self, text: str) -> ConfinedPath:
        """Return the path of a file that a person names.

        Raises:
            SheetError: the name leads out of the folder.
        """
        path = ConfinedPath(text)
        steps = path.parts
        if text.startswith(("/", "~")) or "\0" in text or ".." in steps or not 0 < len(steps) <= _DEEPEST_STEPS:
            raise SheetError(OUTSIDE)
        path.folder = self
        return path

    @contextmanager
    def opened(self, steps: Sequence[str]) -> Iterator[int]:
        """Open a folder in the folder, step by step.

        Raises:
            SheetError: a step is not a folder, or a link; or the folder itself is not there.
        """
        try:
            descriptor = os.open(self.root, _FOLDER)
        except OSError:
            raise SheetError(
                f"A pasta do escritório, {self.root}, não pode ser aberta; avise quem administra."
            ) from None
        try:
            for step in steps:
                inner = _open_step(descriptor, step)
                os.close(descriptor)
                descriptor = inner
            yield descriptor
        finally:
            os.close(descriptor)

    def has(self, path: ConfinedPath) -> bool:
        """Tell whether something of that name is there; raises ``SheetError`` for what is no file."""
        with place_of(path) as place:
            try:
                mode = os.stat(place.name, dir_fd=place.folder, follow_symlinks=False).st_mode
            except OSError:
                return False
        if not stat.S_ISREG(mode):
            raise SheetError(OUTSIDE)
        return True

    def completions(self, text: str, suffixes: Sequence[str]) -> list[str]:
        """Return the paths in the folder that begin with a text: folders, and files of some suffixes; no links."""
        folder, slash, beginning = text.rpartition("/")
        try:
            steps = self.file(folder).parts if slash else ()
            with self.opened(steps) as descriptor, os.scandir(descriptor) as entries:
                found = [_listed(entry, suffixes) for entry in entries if _begins(entry.name, beginning)]
        except (OSError, SheetError):
            return []
        return [f"{folder}{slash}{name}" for name in found if name]


@contextmanager
def place_of(path: Path) -> Iterator[Place]:
    """Give where a file is, for the functions of ``os``; the folder of a confined one is held open meanwhile.

    Raises:
        SheetError: the way there leads through a link.
    """
    if not isinstance(path, ConfinedPath):
        yield Place(None, os.fspath(path))
        return
    with path.folder.opened(path.parts[:-1]) as descriptor:
        yield Place(descriptor, path.name)


def sibling(path: Path, name: str) -> Path:
    """Return the path of another file in the same folder."""
    other = path.with_name(name)
    if isinstance(path, ConfinedPath):
        return path.folder.file(str(other))
    return other


def open_to_read(path: Path) -> int:
    """Return a descriptor of a file; a pipe in its place holds nobody up.

    Raises:
        SheetError: a confined path leads through a link.
        OSError: it cannot be opened.
    """
    links = os.O_NOFOLLOW if isinstance(path, ConfinedPath) else 0
    with place_of(path) as place:
        try:
            return os.open(place.name, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | links, dir_fd=place.folder)
        except OSError as error:
            if links and error.errno in _IS_A_LINK:
                raise SheetError(OUTSIDE) from None
            raise


def remove(path: Path) -> None:
    """Remove a file, if it is there; raises ``OSError`` when it cannot be."""
    with place_of(path) as place:
        try:
            os.unlink(place.name, dir_fd=place.folder)
        except FileNotFoundError:
            return


def _open_step(folder: int, step: str) -> int:
    try:
        return os.open(step, _FOLDER, dir_fd=folder)
    except FileNotFoundError:
        raise SheetError(f"Não há pasta {harmless(step)} na pasta do escritório.") from None
    except OSError as error:
        if error.errno in _IS_A_LINK:
            raise SheetError(OUTSIDE) from None
        raise SheetError("Essa pasta não pode ser aberta; avise quem administra.") from None


def _begins(name: str, beginning: str) -> bool:
    return name.lower().startswith(beginning.lower()) and not name.startswith(".")


def _listed(entry: os.DirEntry[str], suffixes: Sequence[str]) -> str:
    if entry.is_dir(follow_symlinks=False):
        return f"{entry.name}/"
    is_wanted = entry.is_file(follow_symlinks=False) and entry.name.lower().endswith(tuple(suffixes))
    return entry.name if is_wanted else ""
