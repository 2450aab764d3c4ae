"""Rows as CSV, XLSX or JSON: each format takes values in batches and never holds more than one."""

from __future__ import annotations

import csv
import io
import json
from contextlib import contextmanager
from datetime import date
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, Protocol

from caz_tui.data.errors import SheetError
from caz_tui.data.sheets import limits
from caz_tui.data.sheets.cells import neutralise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes a CSV in UTF-8 for Windows-1252."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_COLUMN_WIDTH_CHARS = 22
_NOTHING_BUT_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


class Amount(int):
    """Money in integer cents."""

    __slots__ = ()

    def __str__(self) -> str:
        whole, cents = divmod(int(self), 100)
        return f"{whole:,}".replace(",", ".") + f",{cents:02d}"


Cell = str | date | Amount | int | None
"""What stands in a cell; CSV writes it as people do, XLSX as Excel keeps it."""


class Table(NamedTuple):
    """How a kind of value becomes the rows of a sheet, and JSON."""

    name: str
    headers: tuple[str, ...]
    rows_of: Callable[[Any], Iterable[Sequence[Cell]]]
    json_of: Callable[[Any], dict[str, Any]]


class Writer(Protocol):
    """Takes values in batches, until the file is whole."""

    def write(self, values: Iterable[Any], /) -> int:
        """Write some more values and return how many there were."""


def csv_text(rows: Iterable[Sequence[Cell]]) -> str:
    """Return rows as the text of a CSV file that Brazilian Excel opens right."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return f"{cell.day:02d}/{cell.month:02d}/{cell.year:04d}"
    return neutralise(str(cell))


class _CsvWriter:
    def __init__(self, file: BinaryIO, table: Table) -> None:
        self._file = file
        self._table = table

    def write(self, values: Iterable[Any], /) -> int:
        count = 0
        rows: list[Sequence[Cell]] = []
        for value in values:
            count += 1
            rows.extend(self._table.rows_of(value))
            if len(rows) >= limits.BATCH_ROWS:
                self._file.write(csv_text(rows).encode())
                rows.clear()
        self._file.write(csv_text(rows).encode())
        return count


@contextmanager
def _csv(file: BinaryIO, table: Table) -> Iterator[Writer]:
    file.write(f"{BYTE_ORDER_MARK}{csv_text([table.headers])}".encode())
    yield _CsvWriter(file, table)


class _JsonWriter:
    def __init__(self, file: BinaryIO, table: Table) -> None:
        self._file = file
        self._table = table
        self._separator = "\n"

    def write(self, values: Iterable[Any], /) -> int:
        count = 0
        for value in values:
            count += 1
            text = json.dumps(self._table.json_of(value), ensure_ascii=False)
            self._file.write(f"{self._separator}{text}".encode())
            self._separator = ",\n"
        return count


@contextmanager
def _json(file: BinaryIO, table: Table) -> Iterator[Writer]:
    file.write(b"[")
    yield _JsonWriter(file, table)
    file.write(b"\n]\n")


class _XlsxWriter:
    def __init__(self, workbook: Workbook, sheet: Worksheet, table: Table) -> None:
        self._sheet = sheet
        self._table = table
        self._text = workbook.add_format({"num_format": "@"})
        # Excel keeps such a text a text even when someone edits the cell, as if it had been typed after a quote mark.
        self._quoted = workbook.add_format({"num_format": "@", "quote_prefix": True})
        self._date = workbook.add_format({"num_format": "dd/mm/yyyy"})
        self._money = workbook.add_format({"num_format": "#,##0.00"})
        self.rows = 1
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(table.headers) - 1, _COLUMN_WIDTH_CHARS)
        sheet.write_row(0, 0, table.headers, workbook.add_format({"bold": True}))

    def write(self, values: Iterable[Any], /) -> int:
        count = 0
        for value in values:
            count += 1
            for row in self._table.rows_of(value):
                if self.rows == limits.MOST_XLSX_ROWS:
                    raise SheetError(f"Um XLSX não passa de {limits.MOST_XLSX_ROWS - 1} linhas; exporte como CSV.")
                for column, cell in enumerate(row):
                    self._write_cell(column, cell)
                self.rows += 1
        return count

    def _write_cell(self, column: int, cell: Cell) -> None:
        if cell is None or cell == "":
            return
        if isinstance(cell, date):
            self._sheet.write_datetime(self.rows, column, cell, self._date)
        elif isinstance(cell, Amount):
            self._sheet.write_number(self.rows, column, int(cell) / 100, self._money)
        elif isinstance(cell, int):
            self._sheet.write_number(self.rows, column, cell)
        else:
            self._write_text(column, cell)

    def _write_text(self, column: int, text: str) -> None:
        if len(text) > limits.LONGEST_CARRIED_CELL_CHARS:
            raise SheetError(
                f"Uma célula de XLSX não passa de {limits.LONGEST_CARRIED_CELL_CHARS} caracteres; exporte como CSV."
            )
        risky = text.startswith(_FORMULA_STARTS)
        form = self._quoted if risky else self._text
        text = text if risky else neutralise(text)
        if text.startswith("<r>") and text.endswith("</r>"):
            # XlsxWriter takes a string of this shape for XML of its own and writes it raw.
            self._sheet.write_rich_string(self.rows, column, form, text[:2], form, text[2:], form)
        else:
            self._sheet.write_string(self.rows, column, text, form)


class _Releasable:
    """A file that, once released, takes whatever is written and does nothing with it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file: BinaryIO | None = file

    def release(self) -> None:
        self._file = None

    def write(self, data: bytes) -> int:
        return len(data) if self._file is None else self._file.write(data)

    def tell(self) -> int:
        return 0 if self._file is None else self._file.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return 0 if self._file is None else self._file.seek(offset, whence)

    def flush(self) -> None:
        if self._file is not None:
            self._file.flush()


@contextmanager
def _xlsx(file: BinaryIO, table: Table) -> Iterator[Writer]:
    # Only some exports need it, and importing it takes as long as the first frame of the program.
    from xlsxwriter import Workbook  # noqa: PLC0415
    from xlsxwriter.exceptions import FileCreateError, FileSizeError  # noqa: PLC0415

    with TemporaryDirectory(prefix="caz-tui-") as folder:
        target = _Releasable(file)
        workbook = Workbook(target, {"constant_memory": True, "tmpdir": folder, **_NOTHING_BUT_TEXT})
        sheet = workbook.add_worksheet(table.name)
        try:
            writer = _XlsxWriter(workbook, sheet, table)
            yield writer
            sheet.autofilter(0, 0, max(writer.rows - 1, 1), len(table.headers) - 1)
            workbook.close()
        except FileSizeError:
            raise SheetError("O XLSX ficaria grande demais; exporte como CSV.") from None
        except FileCreateError as error:
            raise error.args[0] from None
        finally:
            # A workbook and an archive that failed would both try to write themselves again when they are collected.
            workbook.fileclosed = True
            target.release()
            sheet.row_data_fh.close()


FORMATS: dict[str, Callable[[BinaryIO, Table], AbstractContextManager[Writer]]] = {
    ".csv": _csv,
    ".xlsx": _xlsx,
    ".json": _json,
}
"""The formats that files are written in, by suffix."""
