"""What is said and what is kept when something goes wrong that nobody foresaw."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from io import TextIOWrapper

log = logging.getLogger("caz_tui")

UNEXPECTED = "O caz-tui encontrou um erro inesperado e fechou; nada do que foi confirmado se perdeu."


class _Log(logging.FileHandler):
    """A file that is made, with its folder, when the first error comes; a log that cannot be kept stops nothing."""

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """Go on without the log."""


def log_to(path: Path) -> None:
    """Send the details of unexpected errors to a file."""
    handler = _Log(path, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    for former in log.handlers:
        former.close()
    log.handlers = [handler]
    log.propagate = False


def keep(error: BaseException) -> None:
    """Keep where an error happened, and in what kind, without its message, which may hold a client's data."""
    chain: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(chain) < 10:
        chain.append(f"{type(cause).__name__}\n{''.join(traceback.format_tb(cause.__traceback__))}")
        cause = cause.__cause__ or cause.__context__
    log.error("%s", "\n".join(chain))
