"""A spreadsheet file as headers and rows of text, read in a process of its own under limits."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, Self

import caz_tui
from caz_tui.data.errors import SheetError
from caz_tui.data.sheets import limits
from caz_tui.data.sheets.cells import harmless
from caz_tui.data.sheets.office_folder import open_to_read
from caz_tui.data.sheets.refusal import sentence
from caz_tui.data.system_reasons import reason

if TYPE_CHECKING:
    from collections.abc import Iterator

# The worker is given the search path of this program, so that it starts alike from a wheel and from a checkout, and
# nothing else: neither the environment nor the current folder may decide what it imports.
_BOOT = "import json, sys; sys.path[:] = json.loads(sys.argv[1]);from caz_tui.data.sheets.worker import main; main()"
_OUT_OF_MEMORY = (-signal.SIGABRT, -signal.SIGSEGV)


class RawRow(NamedTuple):
    """The cells of a row as text, in the order of the headers; one cell more than headers means the row is too long."""

    line: int
    cells: tuple[str, ...]


class Sheet:
    """An open spreadsheet; leaving it ends the process that reads it."""

    def __init__(self, name: str, size_bytes: int, worker: subprocess.Popen[bytes]) -> None:
        self._name = name
        self._worker = worker
        self._fraction = 0.0
        self._is_at_end = False
        self.size_bytes = size_bytes
        try:
            self.headers: tuple[str, ...] = tuple(self._answer("header")[1])
        except BaseException:
            self.close()
            raise

    @property
    def fraction(self) -> float:
        """How much of the file has been read, from 0 to 1."""
        return self._fraction

    def rows(self) -> Iterator[RawRow]:
        """Yield the rows that are not blank, once.

        Raises:
            SheetError: the file turns out to be unreadable further on.
        """
        while not self._is_at_end:
            answer = self._answer("rows", "end")
            if answer[0] == "end":
                self._is_at_end = True
                return
            self._fraction = answer[1]
            for line, cells in answer[2]:
                yield RawRow(line, tuple(cells))

    def close(self) -> None:
        """End the process that reads the file."""
        self._worker.kill()
        _pipe(self._worker).close()
        self._worker.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _answer(self, *expected: str) -> list[Any]:
        message = _pipe(self._worker).readline(limits.LONGEST_MESSAGE_BYTES)
        if not message.endswith(b"\n"):
            raise self._error(self._cause_of_death(), {})
        answer: list[Any] = json.loads(message)
        if answer[0] == "refused":
            raise self._error(answer[1], answer[2])
        if answer[0] not in expected:
            raise self._error("died", {})
        return answer

    def _cause_of_death(self) -> str:
        status = self._worker.wait()
        if status == -signal.SIGXCPU:
            return "time"
        return "memory" if status in _OUT_OF_MEMORY else "died"

    def _error(self, code: str, place: dict[str, int | str]) -> SheetError:
        return SheetError(sentence(self._name, code, place))


def open_sheet(path: Path) -> Sheet:
    """Open a CSV or XLSX file, told apart by content, and read its header.

    Raises:
        SheetError: it cannot be read; the sentence says why, and where in the file.
    """
    # The root of all folders has no name.
    name = harmless(path.name or str(path))
    try:
        descriptor = open_to_read(path)
    except (OSError, ValueError) as error:
        raise SheetError(_cannot_open(name, error)) from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise SheetError(f"{name} não é um arquivo.")
        if status.st_size == 0:
            raise SheetError(sentence(name, "empty", {}))
        return Sheet(name, status.st_size, _start_worker(descriptor))
    finally:
        os.close(descriptor)


def _cannot_open(name: str, error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return f"O arquivo {name} não existe."
    if isinstance(error, PermissionError):
        return f"Você não tem permissão para ler o arquivo {name}."
    if isinstance(error, OSError):
        return f"O arquivo {name} não pôde ser aberto: {reason(error)}."
    return f"O nome de arquivo {name} não é válido."


def _start_worker(source: int) -> subprocess.Popen[bytes]:
    checkout = Path(caz_tui.__file__).parents[1]
    search_path = [str(checkout), *(entry for entry in sys.path if os.path.isabs(entry))]  # noqa: PTH117
    return subprocess.Popen(  # noqa: S603 - this interpreter, and arguments of our own
        [sys.executable, "-I", "-S", "-c", _BOOT, json.dumps(search_path)],
        stdin=source,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=1024 * 1024,
    )


def _pipe(worker: subprocess.Popen[bytes]) -> BinaryIO:
    if worker.stdout is None:
        raise RuntimeError("the worker was started without a pipe")
    return worker.stdout  # type: ignore[return-value]
