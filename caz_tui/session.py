"""What an administrator settles for a session of the desk; without a word from one, nothing is settled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from caz_tui import formats

if TYPE_CHECKING:
    from caz_tui.data.drafts import Drafts
    from caz_tui.data.sheets.office_folder import OfficeFolder


class Session(NamedTuple):
    """How a person is at the desk.

    Attributes:
        folder: the one folder for files in and out; None where any file may be named.
        idle_seconds: after so long without a key the screen is covered; None for never.
        longest_seconds: after so long the desk closes; None for never.
        drafts: where forms are kept that were open when the line went; None where nothing is worth keeping.
    """

    folder: OfficeFolder | None = None
    idle_seconds: float | None = None
    longest_seconds: float | None = None
    drafts: Drafts | None = None

    @property
    def is_restricted(self) -> bool:
        """Whether the session is nothing but the program."""
        return self.folder is not None


OVER_TIME: Final = "a sessão chegou ao limite de tempo"
ACCESS_TAKEN: Final = "o acesso foi retirado"

EVERYDAY: Final = Session()
"""The session of a person on a machine of their own."""


def covered_sentence(idle_seconds: float) -> str:
    """Return what is on a screen that was covered."""
    return f"Tela coberta: {_minutes(idle_seconds)} sem teclas. Qualquer tecla continua."


def notice_sentence(left_seconds: float) -> str:
    """Return the warning before a session ends."""
    return f"Esta sessão termina em {_minutes(left_seconds)}; salve o que está fazendo."


def ended_sentence(longest_seconds: float) -> str:
    """Return what is said when a session has ended because of its length."""
    return f"A sessão chegou ao limite de {_minutes(longest_seconds)} e foi encerrada; entre de novo para continuar."


def _minutes(seconds: float) -> str:
    return formats.count(round(seconds / 60), "minuto") if seconds >= 60 else "menos de um minuto"
