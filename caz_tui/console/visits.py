"""Coming to the desk and leaving it, written into the audit trail.

It never keeps anybody from coming in or from going: what cannot be written at once is left for the next session.
"""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Final

from caz_tui.app import DEMO_STATUS
from caz_tui.data.clock import SAO_PAULO
from caz_tui.data.errors import PortfolioError
from caz_tui.terminal.signals import exit_status

if TYPE_CHECKING:
    from datetime import datetime

    from caz_tui.console.presence import Presence, Stay
    from caz_tui.data.clock import Clock
    from caz_tui.data.pending import PendingService

CAME: Final = "Entrou"
LEFT: Final = "Saiu"
PATIENCE_SECONDS: Final = 1.0
"""How long an entry waits for its turn to be written."""

KILLED: Final = "sem aviso: o processo foi morto ou o servidor caiu"
_FAILED: Final = "erro inesperado"
_ENDINGS: Final = {
    0: "fechou o programa",
    DEMO_STATUS: "foi para a demonstração",
    exit_status(signal.SIGHUP): "a linha caiu",
    exit_status(signal.SIGTERM): "o sistema encerrou a sessão",
    exit_status(signal.SIGINT): "a sessão foi interrompida",
}


def ending(status: int) -> str:
    """Return how a session ended that was left with an exit status, if nothing more is known."""
    return _ENDINGS.get(status, _FAILED)


class Attendance:
    """One person at the desk of one database."""

    def __init__(self, pending: PendingService, presence: Presence, clock: Clock) -> None:
        """Take the portfolio, and what says that this session is there."""
        self._pending = pending
        self._presence = presence
        self._clock = clock
        self._beginning: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Write down who left without a word, and that this person came."""
        # A task of its own: what is being written is finished although the desk is left meanwhile.
        self._beginning = asyncio.create_task(self._begin())
        await asyncio.shield(self._beginning)

    async def _begin(self) -> None:
        try:
            for stay in self._presence.left_behind():
                await self._note_left(stay, noted_late=True)
            await self._note_came(self._presence.stay)
        except PortfolioError:
            return

    async def end(self, how: str) -> None:
        """Write down how this person left."""
        if not (self._pending.is_open or self._pending.has_shown):
            # Nobody has seen anything.
            self._presence.forget()
            return
        if self._beginning is not None:
            await self._beginning
        self._presence.left(self._clock.now(), how)
        try:
            await self._note_left(self._presence.stay, noted_late=False)
        except PortfolioError:
            self._presence.close()
        else:
            self._presence.forget()

    async def _note_came(self, stay: Stay, late: str = "") -> None:
        if stay.is_noted:
            return
        await self._note(CAME, f"sessão {stay.code}{late}", stay.person)
        if stay is self._presence.stay:
            self._presence.came()

    async def _note_left(self, stay: Stay, *, noted_late: bool) -> None:
        await self._note_came(stay, f", em {_moment(stay.began_at)}" if noted_late else "")
        words = stay.ending or KILLED
        late = f", em {_moment(stay.ended_at)}" if noted_late and stay.ended_at is not None else ""
        await self._note(LEFT, f"sessão {stay.code}: {words}{late}", stay.person)

    async def _note(self, action: str, subject: str, person: str) -> None:
        await self._pending.note_stay(action, subject, by=person, patience_seconds=PATIENCE_SECONDS)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(SAO_PAULO):%d/%m/%Y %H:%M:%S}"
