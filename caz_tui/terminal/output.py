"""Bytes to a terminal that may be slow, stalled or gone, without ever making the caller wait."""

from __future__ import annotations

import os
import select
import threading
import time
from typing import Final

PIECE_BYTES: Final = 16384


class Output:
    """Write to a terminal from a thread of its own."""

    def __init__(self, fileno: int) -> None:
        """Start the thread.

        Args:
            fileno: the terminal.
        """
        self._fileno = fileno
        self._pending = bytearray()
        self._moved_at = time.monotonic()
        self._closed = False
        self._changed = threading.Condition()
        threading.Thread(target=self._run, name="terminal-output", daemon=True).start()

    @property
    def backlog(self) -> int:
        """Bytes the terminal has not taken yet."""
        return len(self._pending)

    @property
    def stalled_seconds(self) -> float:
        """How long the terminal has taken nothing of what waits for it."""
        with self._changed:
            return time.monotonic() - self._moved_at if self._pending else 0.0

    def write(self, text: str) -> None:
        """Send a text when the terminal takes it; nothing after the end.

        Args:
            text: sent as UTF-8, whatever the locale.
        """
        with self._changed:
            if self._closed:
                return
            if not self._pending:
                self._moved_at = time.monotonic()
            self._pending += text.encode("utf-8", "replace")
            self._changed.notify_all()

    def abandon(self) -> None:
        """Give up on the terminal: nothing more is sent."""
        with self._changed:
            self._closed = True
            self._pending.clear()
            self._changed.notify_all()

    def close(self, patience_seconds: float) -> None:
        """Send the rest and end the thread.

        Args:
            patience_seconds: how long the terminal may take nothing before the rest is given up.
        """
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            while self._pending and self._changed.wait(patience_seconds):
                pass
        self.abandon()

    def _run(self) -> None:
        while piece := self._next_piece():
            try:
                written = os.write(self._fileno, piece)
            except BlockingIOError:
                # Another program on this terminal may have made it non-blocking, for all of us.
                select.select([], [self._fileno], [])
                continue
            except OSError:
                self.abandon()
                return
            with self._changed:
                del self._pending[:written]
                self._moved_at = time.monotonic()
                self._changed.notify_all()

    def _next_piece(self) -> bytes:
        with self._changed:
            self._changed.wait_for(lambda: self._pending or self._closed)
            return bytes(self._pending[:PIECE_BYTES])
