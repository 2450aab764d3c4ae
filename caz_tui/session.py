"""What an administrator settles for a session of the desk; without a word from one, nothing is settled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from caz_tui.data.sheets.office_folder import OfficeFolder


@dataclass(frozen=True, slots=True)
class Session:
    """How a person is at the desk.

    Attributes:
        folder: the one folder for files in and out; None where any file may be named.
    """

    folder: OfficeFolder | None = None

    @property
    def is_restricted(self) -> bool:
        """Whether the session is nothing but the program."""
        return self.folder is not None


EVERYDAY: Final = Session()
"""The session of a person on a machine of their own."""
