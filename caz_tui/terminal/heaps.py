"""The heaps that threads take their memory from: glibc makes one for each, and what one gives back no other gets.

Each connection to a file has a thread, and what is imported beside the screen another. When all of them share the heaps
there are when the first frame is out, a session is two megabytes smaller after use.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress
from typing import Final

_MOST_HEAPS: Final = -8
"""What `mallopt` calls M_ARENA_MAX."""


def make_no_more() -> None:
    """Let threads that begin later share the heaps there are; where the C library is another, nothing happens."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_MOST_HEAPS, 1)
