"""CSV to cells, as a stream: encoding, delimiter, physical line numbers, quotes that never close."""

from __future__ import annotations

import codecs
import csv
import io
import re
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

from caz_tui.data.sheets import limits
from caz_tui.data.sheets.refusal import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

_DELIMITERS = ";\t|,"
_SURVEY_BYTES = 1024 * 1024
_SAMPLE_CHARS = 64 * 1024
_SURPLUS_BYTES_OF_UTF8 = 20
_NOT_IN_WINDOWS_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_NAMED_DELIMITER = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_QUOTES = re.compile('""|"')


def answers(source: BinaryIO, size_bytes: int) -> Iterator[list[Any]]:
    """Yield the header and then the rows of a CSV file in batches."""
    csv.field_size_limit(limits.LONGEST_RECORD_CHARS)
    text = io.TextIOWrapper(source, _encoding(source), newline="")
    sample = text.read(_SAMPLE_CHARS)
    text.seek(0)
    delimiter = _delimiter(sample)
    lines = _Lines(text, delimiter, skip_first=bool(_NAMED_DELIMITER.match(sample)))
    rows = _rows(lines, delimiter)
    headers = _headers(rows)
    yield ["header", headers]
    width = len(headers)
    batch: list[list[Any]] = []
    chars = 0
    for line, length, cells in rows:
        if len(cells) > width:
            _cut_excess(cells, width)
        if length > limits.LONGEST_CARRIED_CELL_CHARS:
            cells[:] = [cell[: limits.LONGEST_CARRIED_CELL_CHARS + 1] for cell in cells]
        batch.append([line, cells])
        chars += length
        if chars > limits.BATCH_CHARS or len(batch) >= limits.BATCH_ROWS:
            yield ["rows", min(1.0, source.tell() / size_bytes), batch]
            batch = []
            chars = 0
    yield ["rows", 1.0, batch]


def _encoding(source: BinaryIO) -> str:
    """Read the whole file once, so that its last byte may decide how the first is read."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    starts_as_utf8 = source.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8
    source.seek(0)
    not_utf8_at = undefined_at = None
    lines = 1
    surplus_bytes = 0
    while chunk := source.read(_SURVEY_BYTES):
        if b"\0" in chunk:
            raise Unreadable("nul", line=lines + chunk[: chunk.index(b"\0")].count(b"\n"))
        if not_utf8_at is None:
            try:
                surplus_bytes += len(chunk) - len(decoder.decode(chunk))
            except UnicodeDecodeError as error:
                valid = chunk[: error.start]
                surplus_bytes += len(valid) - len(valid.decode("utf-8", "ignore"))
                not_utf8_at = lines + valid.count(b"\n")
        if undefined_at is None and (found := _NOT_IN_WINDOWS_1252.search(chunk)):
            undefined_at = lines + chunk[: found.start()].count(b"\n")
        lines += chunk.count(b"\n")
    if not_utf8_at is None:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            not_utf8_at = lines
    source.seek(0)
    if not_utf8_at is None:
        return "utf-8-sig"
    # Windows-1252 hardly ever happens to be UTF-8 for long: one broken byte must not turn "ã" into "Ã£" everywhere.
    if starts_as_utf8 or undefined_at is not None or surplus_bytes > _SURPLUS_BYTES_OF_UTF8:
        raise Unreadable("encoding", line=not_utf8_at)
    return "cp1252"


def _delimiter(sample: str) -> str:
    if named := _NAMED_DELIMITER.match(sample):
        return named[1]
    counts = dict.fromkeys(_DELIMITERS, 0)
    inside_quotes = False
    has_text = False
    for char in sample:
        if char == '"':
            inside_quotes = not inside_quotes
        elif inside_quotes:
            continue
        elif char in counts:
            counts[char] += 1
        elif char in "\r\n" and has_text:
            break
        has_text = has_text or not char.isspace()
    return max(_DELIMITERS, key=lambda candidate: counts[candidate])


class _Lines:
    """The physical lines of a file, with those of the record being read kept until it is whole."""

    def __init__(self, text: io.TextIOWrapper, delimiter: str, *, skip_first: bool) -> None:
        self._text = text
        self._skip_first = skip_first
        self._opening_quote = re.compile(rf'(?:\A|[\r\n{re.escape(delimiter)}])"')
        self._cell_ends = ("", "\r", "\n", delimiter)
        self.number = 0
        self.pending: list[str] = []
        self.chars = 0

    def __iter__(self) -> Iterator[str]:
        readline = self._text.readline
        longest = limits.LONGEST_RECORD_CHARS
        while line := readline(longest + 1):
            self.number += 1
            if len(line) > longest:
                raise Unreadable("long_line", line=self.number)
            if self._skip_first and self.number == 1:
                continue
            self.pending.append(line)
            self.chars += len(line)
            if self.chars > longest:
                raise Unreadable("open_quote", line=self.line_of_open_quote())
            yield line

    def line_of_open_quote(self) -> int:
        """Return the line at which the quote was opened that makes the record being read unreadable."""
        text = "".join(self.pending)
        opened = at = 0
        while found := self._opening_quote.search(text, at):
            opened = found.end() - 1
            closed = next((quote for quote in _QUOTES.finditer(text, found.end()) if quote[0] == '"'), None)
            if closed is None or text[closed.end() : closed.end() + 1] not in self._cell_ends:
                break
            at = closed.end()
        return self.number - len(self.pending) + 1 + text.count("\n", 0, opened)


def _rows(lines: _Lines, delimiter: str) -> Iterator[tuple[int, int, list[str]]]:
    """Yield the line a record starts on, its length in characters, and its cells; blank records are left out."""
    pending = lines.pending
    try:
        for cells in csv.reader(lines, delimiter=delimiter, strict=True):
            line = lines.number - len(pending) + 1
            length = lines.chars
            pending.clear()
            lines.chars = 0
            if any(map(str.strip, cells)):
                yield line, length, cells
    except csv.Error:
        raise Unreadable("open_quote", line=lines.line_of_open_quote()) from None


def _headers(rows: Iterator[tuple[int, int, list[str]]]) -> list[str]:
    for line, _, cells in islice(rows, 1):
        while not cells[-1].strip():
            cells.pop()
        if len(cells) > limits.MOST_COLUMNS:
            raise Unreadable("columns", columns=len(cells))
        if max(map(len, cells)) > limits.LONGEST_HEADER_CHARS:
            raise Unreadable("header_cell", line=line)
        return cells
    raise Unreadable("empty")


def _cut_excess(cells: list[str], width: int) -> None:
    """Keep of the cells beyond the header the first that is not blank, which is enough to refuse the row."""
    excess = next((cell for cell in cells[width:] if cell.strip()), None)
    cells[width:] = [] if excess is None else [excess]
