"""The process that opens a spreadsheet: it reads standard input and answers in lines of JSON.

It knows no field and no sentence: it turns bytes into cells under limits that the system enforces, so that a hostile
file ends this process and nothing else. Its answers are ``["header", headers]``, then ``["rows", fraction, [[line,
cells]…]]`` as often as it takes, then ``["end"]``; ``["refused", code, place]`` at any time is the last.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
from typing import TYPE_CHECKING, Any, BinaryIO

from caz_tui.data.sheets import limits
from caz_tui.data.sheets.refusal import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

_STANDARD_INPUT, _STANDARD_OUTPUT = 0, 1
_ZIP_MAGIC = b"PK\x03\x04"
_EMPTY_ZIP_MAGIC = b"PK\x05\x06"
_OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED_PART = "EncryptedPackage".encode("utf-16-le")
_OTHER_FORMATS = (
    (b"%PDF", "PDF"), (b"\x89PNG", "imagem"), (b"\xff\xd8\xff", "imagem"), (b"GIF8", "imagem"), (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf", "7z"), (b"Rar!", "RAR"), (b"\x7fELF", "programa"), (b"MZ\x90", "programa"), (b"{\\rtf", "RTF"),
    (b"SQLite format 3", "banco SQLite"),
)  # fmt: skip
_CONTROL_BYTES = bytes((*range(1, 9), *range(14, 27), *range(28, 32)))
_MARKUP_STARTS = (b"<!doctype", b"<html", b"<?xml")


def main() -> None:
    """Answer for the file on standard input; the exit status says whether an answer was complete."""
    with os.fdopen(_STANDARD_OUTPUT, "wb", closefd=False) as answers, contextlib.suppress(BrokenPipeError):
        try:
            with os.fdopen(_STANDARD_INPUT, "rb", buffering=1024 * 1024, closefd=False) as source:
                for answer in _answers(source):
                    _send(answers, answer)
            _send(answers, ["end"])
        except Unreadable as refusal:
            _send(answers, ["refused", refusal.code, refusal.place])
        except MemoryError:
            _send(answers, ["refused", "memory", {}])


def _send(answers: BinaryIO, answer: list[Any]) -> None:
    answers.write(json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode("utf-8") + b"\n")
    answers.flush()


def _answers(source: BinaryIO) -> Iterator[list[Any]]:
    size = os.fstat(source.fileno()).st_size
    start = source.read(4096)
    source.seek(0)
    if start.startswith((_ZIP_MAGIC, _EMPTY_ZIP_MAGIC)):
        _confine(limits.XLSX_MEMORY_BYTES, limits.XLSX_CPU_SECONDS)
        _refuse_larger(size, limits.LARGEST_XLSX_BYTES, "xlsx_size")
        # Only one of the two formats is ever needed, and starting is most of the time a small file takes.
        from caz_tui.data.sheets import worker_xlsx  # noqa: PLC0415

        return worker_xlsx.answers(source.read(limits.LARGEST_XLSX_BYTES + 1))
    _confine(limits.CSV_MEMORY_BYTES, limits.CSV_CPU_SECONDS)
    _refuse_larger(size, limits.LARGEST_CSV_BYTES, "csv_size")
    if start.startswith(_OLE_MAGIC):
        protected = _ENCRYPTED_PART in source.read(limits.LARGEST_XLSX_BYTES)
        raise Unreadable("password" if protected else "old_excel")
    _refuse_other_formats(start)
    from caz_tui.data.sheets import worker_csv  # noqa: PLC0415

    return worker_csv.answers(source, size)


def _confine(memory_bytes: int, cpu_seconds: int) -> None:
    wanted = (
        ("RLIMIT_AS", memory_bytes),
        ("RLIMIT_CPU", cpu_seconds),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_NPROC", 0),
        ("RLIMIT_NOFILE", 32),
    )
    for name, most in wanted:
        # Not every system knows every limit; those it knows are enough to end a runaway.
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (most, most))


def _refuse_larger(size: int, most: int, code: str) -> None:
    if size > most:
        raise Unreadable(code, most_mib=most // 1024**2)


def _refuse_other_formats(start: bytes) -> None:
    for magic, name in _OTHER_FORMATS:
        if start.startswith(magic):
            raise Unreadable("not_a_sheet", what=name)
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(_MARKUP_STARTS):
        raise Unreadable("not_a_sheet", what="HTML ou XML")
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("utf16")
    nul = start.count(0)
    control = len(start) - len(start.translate(None, _CONTROL_BYTES))
    if control * 20 > len(start) or nul * 3 > len(start):
        raise Unreadable("not_a_sheet", what="arquivo binário")
