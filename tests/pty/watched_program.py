"""The program with a watch on its event loop: ``python watched_program.py HOME REPORT OPTIONS…``.

A line of the report says how late the loop once was, in seconds, without the time that the machine had for others.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

# This file's folder has modules of its own, which the program must not find.
del sys.path[0]

from caz_tui import cli  # noqa: E402
from caz_tui.app import DeskApp  # noqa: E402
from caz_tui.console import restricted  # noqa: E402

TICK_SECONDS = 0.01
SAID_FROM_SECONDS = 0.05
SCHEDULED = Path("/proc/self/schedstat")


def waited_seconds() -> float:
    """Return how long the main thread has been ready to run while the machine ran something else."""
    return int(SCHEDULED.read_bytes().split()[1]) / 1e9


async def watch(report: Path) -> None:
    """Write down when the loop came back noticeably later than it was asked to."""
    with report.open("a", encoding="ascii", buffering=1) as lines:
        while True:
            begin, waited = time.monotonic(), waited_seconds()
            await asyncio.sleep(TICK_SECONDS)
            late = time.monotonic() - begin - TICK_SECONDS
            if late > SAID_FROM_SECONDS:
                ours = late - (waited_seconds() - waited)
                if ours > SAID_FROM_SECONDS:
                    lines.write(f"{ours:.3f}\n")


def main() -> None:
    """Run the program, with a home of the test's."""
    home, report = Path(sys.argv.pop(1)), Path(sys.argv.pop(1))
    restricted._home = lambda: home
    begin = DeskApp._first_frame_is_out

    def first_frame_is_out(app: DeskApp) -> None:
        begin(app)
        app.run_worker(watch(report))

    DeskApp._first_frame_is_out = first_frame_is_out  # type: ignore[assignment, method-assign]
    cli.run()


if __name__ == "__main__":
    main()
