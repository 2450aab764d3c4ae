"""The only exceptions the data service raises; each says one sentence a person can act on, in Portuguese."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from caz_tui.data.readings import Client


class PortfolioError(Exception):
    """Something was refused or failed; ``str()`` is the sentence for the person at the keyboard."""


class QueryError(PortfolioError):
    """A query text names something that does not exist or is badly written."""


class FieldProblem(NamedTuple):
    """One value that was refused: the field's slug, the value as it was given, and why."""

    field: str
    value: str
    reason: str


class InvalidClient(PortfolioError):
    """Some fields of a client hold values that are not allowed; nothing was written."""

    def __init__(self, problems: tuple[FieldProblem, ...]) -> None:
        super().__init__(" ".join(problem.reason for problem in problems))
        self.problems = problems


class NotFound(PortfolioError):
    """The client, purchase or saved view asked for does not exist (any more)."""


class Refused(PortfolioError):
    """A rule of the portfolio forbids the action; nothing was written."""


class NotAllowed(PortfolioError):
    """The person's role does not allow the call; nothing was read or written."""


class AccessGone(PortfolioError):
    """The person is none of this database's users, or no longer an active one; every call is refused."""


class StaleClient(PortfolioError):
    """Someone else changed the client after it was read; nothing was written."""

    def __init__(self, theirs: Client) -> None:
        super().__init__("Outra pessoa alterou este cliente enquanto você editava.")
        self.theirs = theirs


class StorageError(PortfolioError):
    """The database cannot be used: not a database, locked, read-only, newer than the program, full."""


class ServerGone(StorageError):
    """The server of the database is out of reach, for now; nothing was written unless the sentence says otherwise."""


class Superseded(StorageError):
    """A reading was taken back because something else is wanted now; see ``interrupting``."""


class SheetError(PortfolioError):
    """A spreadsheet file cannot be read or written as a whole."""
