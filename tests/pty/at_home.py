"""The program, with a home directory of the test's for that of the account: what it keeps goes away with the test."""

from __future__ import annotations

import sys
from pathlib import Path

# This file's folder has modules of its own, which the program must not find.
del sys.path[0]

from caz_tui import cli  # noqa: E402
from caz_tui.console import restricted  # noqa: E402

if __name__ == "__main__":
    home = Path(sys.argv.pop(1))
    restricted._home = lambda: home
    cli.run()
