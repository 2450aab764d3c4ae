"""The accepted lines of a file of clients, a document once each: packed, since a million of them are held at once."""

from __future__ import annotations

import pickle
import zlib
from typing import TYPE_CHECKING, Final

from caz_tui.data.sheets.records import ClientLine

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS_AT_ONCE: Final = 500
_FASTEST: Final = 1


class PackedLines:
    """Lines in the order of the file, of which each document keeps its first.

    Attributes:
        fields: The names of the values of each line.
        line_of: The number of the line of each document.
        repeats: The further lines of documents that have some.
    """

    def __init__(self, fields: tuple[str, ...]) -> None:
        self.fields = fields
        self.line_of: dict[str, int] = {}
        self.repeats: dict[str, list[ClientLine]] = {}
        self._place_of_document = fields.index("document")
        self._blocks: list[bytes] = []
        self._open: list[ClientLine] = []

    def __len__(self) -> int:
        return len(self.line_of)

    def add(self, line: ClientLine) -> None:
        """Take a line."""
        document = line.values[self._place_of_document]
        if self.line_of.setdefault(document, line.line) != line.line:
            self.repeats.setdefault(document, []).append(line)
            return
        self._open.append(line)
        if len(self._open) == ROWS_AT_ONCE:
            self._blocks.append(zlib.compress(pickle.dumps([tuple(one) for one in self._open]), _FASTEST))
            self._open = []

    def batches(self) -> Iterator[list[tuple[str, ClientLine]]]:
        """Yield the lines with their documents, some at a time; lines that were taken out are not among them."""
        for block in self._blocks:
            # Our own, which never left the memory of this process.
            yield self._kept([ClientLine(*one) for one in pickle.loads(zlib.decompress(block))])  # noqa: S301
        if self._open:
            yield self._kept(self._open)

    def _kept(self, lines: list[ClientLine]) -> list[tuple[str, ClientLine]]:
        at = self._place_of_document
        return [(document, line) for line in lines if (document := line.values[at]) in self.line_of]

    def take_out_disagreeing(self) -> Iterator[tuple[str, list[int], set[str]]]:
        """Take out the documents whose lines are not all equal; yield each, its lines and the fields they differ in."""
        if not self.repeats:
            return
        for document, first in [pair for batch in self.batches() for pair in batch if pair[0] in self.repeats]:
            differing = {
                name
                for other in self.repeats[document]
                for name, ours, theirs in zip(self.fields, other.values, first.values, strict=True)
                if ours != theirs
            }
            if differing:
                lines = [self.line_of.pop(document), *(other.line for other in self.repeats.pop(document))]
                yield document, lines, differing
