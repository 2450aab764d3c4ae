"""Run the program as ``caz-tui`` or ``python -m caz_tui``."""

import gc

# Nothing that is imported is garbage, and looking for it takes a tenth of the time.
gc.disable()

from caz_tui.cli import run  # noqa: E402

if __name__ == "__main__":
    run()
