"""The desk with the limits of a session in seconds, which its own command line takes in minutes."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from caz_tui.terminal.environment import scrub

scrub(os.environ)

from caz_tui.console import desk  # noqa: E402
from caz_tui.session import Session  # noqa: E402


def main() -> int:
    """Open a database with an idle time and a longest time, ``0`` for none; return the exit status."""
    path, idle_seconds, longest_seconds = sys.argv[1:]
    session = Session(idle_seconds=float(idle_seconds) or None, longest_seconds=float(longest_seconds) or None)
    return asyncio.run(desk.run(Path(path), "maria", None, session))


if __name__ == "__main__":
    sys.exit(main())
