"""XLSX to cells: what the archive would unpack to is measured, and far cells are found, before anything opens it."""

from __future__ import annotations

import html
import io
import re
import zipfile
import zlib
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from caz_tui.data.sheets import limits
from caz_tui.data.sheets.refusal import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_calamine import CalamineSheet

_CHUNK_BYTES = 1024 * 1024
_OVERLAP_BYTES = 16 * 1024
_ENCRYPTED_FLAG = 1
_EXACT_BELOW = 1e15
_SHEET = re.compile(r"<(?:\w+:)?sheet\s[^>]{0,2000}>")
_SHEET_ID = re.compile(r"\s\w+:id=[\"']([^\"']+)[\"']")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\s[^>]{0,4000}>")
_RELATION_ID = re.compile(r"\sId=[\"']([^\"']+)[\"']")
_RELATION_TARGET = re.compile(r"\sTarget=[\"']([^\"']+)[\"']")
_BL_IS_COLUMN_64 = rb"(?:[A-Z]{3}|[C-Z][A-Z]|B[M-Z])"
_FAR_CELL = re.compile(
    rb"<(?:\w{1,20}:)?c\s(?:[^>]{0,200}\s)?r=[\"'](" + _BL_IS_COLUMN_64 + rb"[0-9]{1,7})[\"'][^>]{0,200}>"
)
_ERROR_CELL = re.compile(rb"<(?:\w{1,20}:)?c\s[^>]{0,200}?\bt=[\"']e[\"'][^>]{0,200}>")
_REFERENCE = re.compile(rb"\sr=[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
_CACHED_VALUE = re.compile(rb"<(?:\w{1,20}:)?v>(#[^<]{1,30})<")
_FORMULA_BYTES = 12 * 1024

Place = tuple[int, int]
"""A row and a column, both counted from 0."""


def answers(content: bytes) -> Iterator[list[Any]]:
    """Yield the header and then the rows of the first visible sheet that has rows, in batches."""
    parts = _checked_parts(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    except PasswordError:
        raise Unreadable("password") from None
    except CalamineError:
        raise Unreadable("broken_xlsx") from None
    if len(parts) != len(book.sheets_metadata):
        raise Unreadable("broken_xlsx")
    for index, described in enumerate(book.sheets_metadata):
        if described.typ is not SheetTypeEnum.WorkSheet or described.visible is not SheetVisibleEnum.Visible:
            continue
        errors = _scan(content, parts[index])
        try:
            sheet = book.get_sheet_by_index(index)
        except CalamineError:
            raise Unreadable("broken_xlsx") from None
        if sheet.end is not None:
            last_row, last_column = sheet.end
            if last_column >= limits.MOST_COLUMNS:
                raise Unreadable("columns", columns=last_column + 1)
            found = _sheet_answers(sheet, errors, last_row + 1)
            header = next(found, None)
            if header is not None:
                yield header
                yield from found
                return
    raise Unreadable("empty")


def _checked_parts(content: bytes) -> list[str]:
    """Return the names of the parts that hold sheets, in the workbook's order, once the archive is known to be safe."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            _refuse_bomb(entries, len(content))
            if any(entry.flag_bits & _ENCRYPTED_FLAG for entry in entries):
                raise Unreadable("password")
            if "xl/workbook.xml" not in names:
                raise Unreadable(_what_it_is_instead(names))
            for entry in entries:
                # The declared size is only a claim; the checksum at the end of what was claimed tests it.
                with archive.open(entry) as part:
                    while part.read(_CHUNK_BYTES):
                        pass
            return _sheet_parts(archive, names)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
        raise Unreadable("broken_xlsx") from None


def _refuse_bomb(entries: list[zipfile.ZipInfo], packed_bytes: int) -> None:
    unpacked_bytes = sum(entry.file_size for entry in entries)
    if (
        unpacked_bytes > limits.LARGEST_UNPACKED_BYTES
        or unpacked_bytes > limits.LARGEST_UNPACKED_RATIO * packed_bytes
        or len(entries) > limits.MOST_PARTS
    ):
        raise Unreadable("bomb", unpacked_mib=-(-unpacked_bytes // 1024**2))
    if any(entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for entry in entries):
        raise Unreadable("broken_xlsx")


def _what_it_is_instead(names: set[str]) -> str:
    if "xl/workbook.bin" in names:
        return "binary_excel"
    if "content.xml" in names and "mimetype" in names:
        return "open_document"
    return "zip_without_sheet"


def _sheet_parts(archive: zipfile.ZipFile, names: set[str]) -> list[str]:
    targets: dict[str, str] = {}
    if "xl/_rels/workbook.xml.rels" in names:
        for tag in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")):
            key, target = _RELATION_ID.search(tag), _RELATION_TARGET.search(tag)
            if key and target:
                path = html.unescape(target[1])
                targets[key[1]] = path.removeprefix("/") if path.startswith("/") else f"xl/{path}"
    found = []
    for tag in _SHEET.findall(archive.read("xl/workbook.xml").decode("utf-8", "replace")):
        key = _SHEET_ID.search(tag)
        found.append(targets.get(key[1], "") if key else "")
    if not set(found) <= names:
        raise Unreadable("broken_xlsx")
    return found


def _scan(content: bytes, name: str) -> dict[Place, str]:
    """Return the cells of a sheet that hold a formula error, which calamine leaves blank.

    Raises:
        Unreadable: a cell with a value lies beyond the columns that are read; one alone would cost gigabytes.
    """
    errors: dict[Place, str] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(name) as part:
        tail = b""
        while chunk := part.read(_CHUNK_BYTES):
            text = tail + chunk
            _refuse_far_cells(text)
            _note_errors(text, errors)
            tail = text[-_OVERLAP_BYTES:]
    return errors


def _refuse_far_cells(text: bytes) -> None:
    for found in _FAR_CELL.finditer(text):
        if not found[0].endswith(b"/>"):
            raise Unreadable("far_cell", cell=found[1].decode("ascii"))


def _note_errors(text: bytes, errors: dict[Place, str]) -> None:
    if b't="e"' not in text and b"t='e'" not in text:
        return
    for found in _ERROR_CELL.finditer(text):
        reference = _REFERENCE.search(found[0])
        if reference is None or len(errors) >= limits.MOST_ERROR_CELLS:
            raise Unreadable("error_cells")
        value = _CACHED_VALUE.search(text, found.end(), found.end() + _FORMULA_BYTES)
        place = int(reference[2]) - 1, _column(reference[1])
        errors[place] = html.unescape(value[1].decode("utf-8", "replace")) if value else "#ERRO!"


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _sheet_answers(sheet: CalamineSheet, errors: dict[Place, str], height: int) -> Iterator[list[Any]]:
    width = 0
    batch: list[list[Any]] = []
    chars = 0
    rows_with_errors = {row for row, _ in errors}
    for index, values in enumerate(sheet.iter_rows()):
        cells = [_text(value) for value in values]
        if index in rows_with_errors:
            cells = [errors.get((index, column), cell) for column, cell in enumerate(cells)]
        length = sum(map(len, cells))
        if not length or not any(map(str.strip, cells)):
            continue
        if not width:
            headers = _headers(cells, index + 1)
            width = len(headers)
            yield ["header", headers]
            continue
        excess = next((cell for cell in cells[width:] if cell.strip()), None)
        cells[width:] = [] if excess is None else [excess]
        batch.append([index + 1, [cell[: limits.LONGEST_CARRIED_CELL_CHARS + 1] for cell in cells]])
        chars += length
        if chars > limits.BATCH_CHARS or len(batch) >= limits.BATCH_ROWS:
            yield ["rows", (index + 1) / height, batch]
            batch = []
            chars = 0
    if width:
        yield ["rows", 1.0, batch]


def _headers(cells: list[str], line: int) -> list[str]:
    while not cells[-1].strip():
        cells.pop()
    if max(map(len, cells)) > limits.LONGEST_HEADER_CHARS:
        raise Unreadable("header_cell", line=line)
    return cells


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "Sim" if value else "Não"
    if isinstance(value, int | float):
        return _number(float(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _number(value: float) -> str:
    """Write a number as Excel shows it; beyond its 15 digits the notation says that digits were lost."""
    if value.is_integer() and abs(value) < _EXACT_BELOW:
        return str(int(value))
    return f"{value:.15g}".upper().replace(".", ",")
