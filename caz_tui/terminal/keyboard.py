"""Bytes from a keyboard, whatever its encoding, turned into text."""

from __future__ import annotations

import codecs
import re
from typing import Final

_X10_REPORT: Final = re.compile(rb"\x1b\[M(.{0,3})", re.DOTALL)
_X10_BYTES: Final = 3
_BLANK_REPORT: Final = b"\x1b[M   "
_START_OF_REPORT: Final = re.compile(rb"\x1b\[?\Z")


def _as_western(error: UnicodeError) -> tuple[str, int]:
    """Read bytes that are not UTF-8 as Windows-1252, which is what a PuTTY set to Latin-1 sends."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "ignore"), error.end


codecs.register_error("caz_tui.western", _as_western)


class KeyboardDecoder:
    """Decode input that arrives in pieces cut anywhere."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("caz_tui.western")
        self._tail = b""
        self._report_bytes_due = 0

    def feed(self, data: bytes) -> str:
        """Decode what was read.

        Args:
            data: raw bytes.

        Returns:
            Their text; a character cut in two waits for its rest.
        """
        return self._decoder.decode(self._without_x10(data))

    def settle(self) -> str:
        """Decode what still waits: after a pause its rest will not come, so it was whole in another encoding.

        Returns:
            The text that was held back.
        """
        return self._decoder.decode(b"", final=True)

    def _without_x10(self, data: bytes) -> bytes:
        """Blank the three raw bytes of X10 mouse reports: they are numbers, and no text in any encoding."""
        skipped = min(self._report_bytes_due, len(data))
        self._report_bytes_due -= skipped
        joined = self._tail + data[skipped:]
        for match in _X10_REPORT.finditer(joined):
            self._report_bytes_due = _X10_BYTES - len(match[1])
        # The parser drops a report when it is whole; the raw bytes still due are not waited for.
        blanked = _X10_REPORT.sub(_BLANK_REPORT, joined)[len(self._tail) :]
        start = _START_OF_REPORT.search(joined)
        self._tail = start.group() if start else b""
        return blanked
