"""Run the program as ``python -m caz_tui``."""

from caz_tui.cli import run

if __name__ == "__main__":
    run()
