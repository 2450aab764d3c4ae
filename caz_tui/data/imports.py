"""A spreadsheet into the portfolio: read whole, checked whole, then written in one transaction or not at all."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from caz_tui.data import import_clients, purchases, values
from caz_tui.data.access import Permission
from caz_tui.data.choices import FIELD_OF_ATTRIBUTE, Field
from caz_tui.data.clients import note
from caz_tui.data.documents import mask
from caz_tui.data.sheets.cells import restore
from caz_tui.data.sheets.columns import ColumnMap, Kind, find_columns, recognise
from caz_tui.data.sheets.office_folder import remove
from caz_tui.data.sheets.packed_lines import PackedLines
from caz_tui.data.sheets.reading import RawRow, open_sheet
from caz_tui.data.sheets.records import (
    BenefitLine,
    ClientLine,
    ClientReader,
    PurchaseLine,
    Rejection,
    benefit_line,
    purchase_line,
)
from caz_tui.data.sheets.rejects import write_rejections

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncConnection

    from caz_tui.data.clients import Author
    from caz_tui.data.gate import Gate
    from caz_tui.data.schemas import Benefit

ImportProgress = Callable[[int, float], None]
"""Told how many lines have been dealt with and the fraction of the work done, 0 to 1; on the event loop."""

LINES_BETWEEN_REPORTS = 400
SAMPLE_ROWS = 5
# Of a large file on SQLite, about: the rest of it is the commit.
_READING_SHARE = 0.3
_WRITTEN_AT = 0.98


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a file is to be imported.

    Attributes:
        mapping: The header of the column by the slug of the field, for columns that are not recognised.
        dry_run: Say what would happen and write nothing.
        skip_invalid: Write the good lines although others are refused.
        pad_documents: Give documents back the leading zeros that a spreadsheet took.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    dry_run: bool = False
    skip_invalid: bool = False
    pad_documents: bool = False


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of the lines of a file: ``read`` is the sum of the four other counts.

    Attributes:
        wrote: Whether the portfolio was written to.
        rejections: Every value that was refused, in the order of the lines.
        warnings: Sentences about lines that were accepted but want a second look.
        rejects_path: The file of the refused lines, when there are any and it was not a dry run.
    """

    kind: Kind
    read: int
    inserted: int
    updated: int
    repeated: int
    rejected: int
    wrote: bool
    rejections: tuple[Rejection, ...]
    warnings: tuple[str, ...]
    rejects_path: Path | None


@dataclass(frozen=True, slots=True)
class SheetPreview:
    """What a file holds and how its columns are understood.

    Attributes:
        columns: The header of the column that feeds each field, by slug.
        ignored: Headers of columns that feed nothing.
        missing: Slugs of the required fields that no column feeds yet.
        fields: Slug and label of every field a column can be mapped to.
        sample: The first rows as they stand in the file.
    """

    kind: Kind
    headers: tuple[str, ...]
    columns: Mapping[str, str]
    ignored: tuple[str, ...]
    missing: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]
    sample: tuple[tuple[str, ...], ...]


@dataclass
class _Reading:
    """What came out of reading a file."""

    columns: ColumnMap
    lines: int = 0
    repeated: int = 0
    rejections: list[Rejection] = field(default_factory=list)
    clients: PackedLines | None = None
    known: set[str] = field(default_factory=set)
    purchases: dict[str, list[PurchaseLine]] = field(default_factory=dict)
    benefits: dict[Benefit, None] = field(default_factory=dict)

    @property
    def rejected(self) -> int:
        """How many lines were refused."""
        return len({rejection.line for rejection in self.rejections})


def preview(path: Path, mapping: Mapping[str, str]) -> SheetPreview:
    """Return what a file holds and how its columns are understood.

    Raises:
        SheetError: the file cannot be read, or the mapping names an unknown field or column.
    """
    with open_sheet(path) as sheet:
        found = find_columns(sheet.headers, mapping)
        sample = [row.cells for row, _ in zip(sheet.rows(), range(SAMPLE_ROWS), strict=False)]
        return SheetPreview(
            kind=found.kind,
            headers=sheet.headers,
            columns={slug: sheet.headers[place] for slug, place in found.places.items()},
            ignored=found.ignored,
            missing=found.missing,
            fields=found.fields,
            sample=tuple(sample),
        )


async def run(gate: Gate, path: Path, options: ImportOptions, progress: ImportProgress | None = None) -> ImportReport:
    """Import a file, or say what would happen.

    Raises:
        SheetError: the file cannot be read as a whole.
        StorageError: the database cannot be written; nothing was.
        NotAllowed: importing is an administrator's.
    """
    reading = await _read_apart(path, options, progress)
    refused = bool(reading.rejections) and not options.skip_invalid
    rejects_path = None
    if reading.rejections and not options.dry_run:
        # Before the good lines are written: none may be left out without a word about it.
        rejects_path = await asyncio.to_thread(write_rejections, path, reading.rejections)
    try:
        if options.dry_run or refused:
            async with gate.read(Permission.ADMINISTER) as visit:
                inserted, updated, warnings = await _foresee(visit.connection, reading)
        else:
            async with gate.write(Permission.ADMINISTER) as visit:
                _, _, warnings = await _foresee(visit.connection, reading)
                inserted, updated = await _write(visit.connection, reading, visit.author, path.name, progress)
                if progress is not None:
                    # The last moment to be cancelled at.
                    progress(reading.lines, _WRITTEN_AT)
    except BaseException:
        if rejects_path is not None:
            remove(rejects_path)
        raise
    if progress is not None:
        progress(reading.lines, 1.0)
    return ImportReport(
        kind=reading.columns.kind,
        read=reading.lines,
        inserted=0 if refused else inserted,
        updated=0 if refused else updated,
        repeated=reading.repeated,
        rejected=reading.rejected,
        wrote=not options.dry_run and not refused and inserted + updated > 0,
        rejections=tuple(reading.rejections),
        warnings=warnings,
        rejects_path=rejects_path,
    )


async def _read_apart(path: Path, options: ImportOptions, progress: ImportProgress | None) -> _Reading:
    """Read a file in a thread, so that the event loop goes on; ends the thread when it is cancelled."""
    loop = asyncio.get_running_loop()
    stop = threading.Event()

    def show(lines: int, fraction: float) -> None:
        if progress is None or stop.is_set():
            return
        try:
            progress(lines, fraction * _READING_SHARE)
        except asyncio.CancelledError:
            # On the loop and in no task: the thread is told, and the task that waits for it raises.
            stop.set()

    def tell(lines: int, fraction: float) -> None:
        loop.call_soon_threadsafe(show, lines, fraction)

    try:
        reading = await asyncio.to_thread(_read, path, options, tell, stop)
        if stop.is_set():
            raise asyncio.CancelledError
        return reading
    finally:
        stop.set()


def _read(path: Path, options: ImportOptions, tell: ImportProgress, stop: threading.Event) -> _Reading:
    with open_sheet(path) as sheet:
        reading = _Reading(recognise(sheet.headers, options.mapping))
        rows = _counted(sheet.rows(), reading, lambda: tell(reading.lines, sheet.fraction), stop)
        match reading.columns.kind:
            case Kind.CLIENTS:
                reading.clients = _read_clients(rows, reading, pad_documents=options.pad_documents)
            case Kind.PURCHASES:
                _read_purchases(rows, reading)
            case Kind.BENEFITS:
                _read_benefits(rows, reading)
    reading.rejections.sort(key=lambda rejection: rejection.line)
    return reading


def _counted(
    rows: Iterator[RawRow], reading: _Reading, tell: Callable[[], None], stop: threading.Event
) -> Iterator[RawRow]:
    for row in rows:
        reading.lines += 1
        if reading.lines % LINES_BETWEEN_REPORTS == 0:
            tell()
            if stop.is_set():
                return
        yield row


def _read_clients(rows: Iterator[RawRow], reading: _Reading, *, pad_documents: bool) -> PackedLines:
    reader = ClientReader(reading.columns, pad_documents=pad_documents)
    found = PackedLines(reader.fields)
    for row in rows:
        line = reader.read(row)
        if isinstance(line, ClientLine):
            found.add(line)
        else:
            reading.rejections.extend(line)
    for document, lines, names in found.take_out_disagreeing():
        reading.rejections.extend(_disagreement(document, line, lines, names) for line in lines)
    reading.repeated = sum(len(lines) for lines in found.repeats.values())
    return found


def _disagreement(document: str, line: int, lines: list[int], names: set[str]) -> Rejection:
    others = ", ".join(str(other) for other in lines if other != line)
    fields = ", ".join(sorted(FIELD_OF_ATTRIBUTE[name].value for name in names))
    reason = f"o documento se repete na linha {others} com outro valor em: {fields}"
    return Rejection(line, Field.DOCUMENT.value, mask(document), reason)


def _read_purchases(rows: Iterator[RawRow], reading: _Reading) -> None:
    refused: set[str | None] = set()
    for row in rows:
        line = purchase_line(row, reading.columns)
        if not isinstance(line, PurchaseLine):
            reading.rejections.extend(line)
            refused.add(_number_of(row, reading.columns))
            continue
        known = reading.purchases.setdefault(line.number, [])
        if known and known[0][2:7] != line[2:7]:
            reason = (
                f"a compra se repete na linha {known[0].line} com outra data, descrição, forma, situação ou renovação"
            )
            reading.rejections.append(Rejection(line.line, "compra", line.number, reason))
            refused.add(line.number)
            continue
        known.append(line)
    # Half a purchase would have a wrong total.
    for number in sorted(reading.purchases.keys() & refused):
        reason = "outra linha da mesma compra foi recusada"
        reading.rejections.extend(
            Rejection(line.line, "compra", number, reason) for line in reading.purchases.pop(number)
        )


def _number_of(row: RawRow, columns: ColumnMap) -> str | None:
    """Return the number of the purchase that a refused line belongs to, as accepted lines have it."""
    text = "".join(row.cells[columns.places["compra"] :][:1])
    try:
        return values.optional_line(restore(text.strip()))
    except ValueError:
        return None


def _read_benefits(rows: Iterator[RawRow], reading: _Reading) -> None:
    for row in rows:
        line = benefit_line(row, reading.columns)
        if not isinstance(line, BenefitLine):
            reading.rejections.extend(line)
        elif line.benefit in reading.benefits:
            reading.repeated += 1
        else:
            reading.benefits[line.benefit] = None


async def _foresee(connection: AsyncConnection, reading: _Reading) -> tuple[int, int, tuple[str, ...]]:
    """Return how many lines would be inserted and updated, and the warnings."""
    match reading.columns.kind:
        case Kind.PURCHASES:
            known = await purchases.known_numbers(connection, reading.purchases)
            lines = {number: len(lines) for number, lines in reading.purchases.items()}
            updated = sum(lines[number] for number in known)
            return sum(lines.values()) - updated, updated, ()
        case Kind.BENEFITS:
            new = await purchases.new_benefits(connection, list(reading.benefits))
            return len(new), len(reading.benefits) - len(new), ()
        case _:
            assert reading.clients is not None
            line_of = reading.clients.line_of
            reading.known = await import_clients.known_documents(connection, line_of)
            warnings = await import_clients.lookalike_warnings(connection, line_of, reading.known)
            return len(line_of) - len(reading.known), len(reading.known), warnings


async def _write(
    connection: AsyncConnection, reading: _Reading, author: Author, name: str, progress: ImportProgress | None
) -> tuple[int, int]:
    match reading.columns.kind:
        case Kind.PURCHASES:
            inserted, updated = await purchases.write_all(connection, reading.purchases)
        case Kind.BENEFITS:
            new = await purchases.new_benefits(connection, list(reading.benefits))
            await purchases.add_benefits(connection, new)
            inserted, updated = len(new), len(reading.benefits) - len(new)
        case _:

            def tell(fraction: float) -> None:
                if progress is not None:
                    progress(reading.lines, _READING_SHARE + (_WRITTEN_AT - _READING_SHARE) * fraction)

            assert reading.clients is not None
            inserted, updated = await import_clients.write(connection, reading.clients, reading.known, author, tell)
    if inserted + updated:
        subject = f"{name}: {inserted} inseridas, {updated} atualizadas"
        await note(connection, author, f"Importou {reading.columns.kind}", subject)
    return inserted, updated
