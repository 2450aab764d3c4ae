"""Registrar exportação: the period that went to the accounting system."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from textual.widgets import Static

from caz_tui import formats
from caz_tui.data.errors import StaleClient
from caz_tui.data.readings import Client
from caz_tui.data.schemas import ClientChanges
from caz_tui.screens.client_fields import LAST_EXPORT, period_of
from caz_tui.screens.form_dialog import FormDialog, WrongFields
from caz_tui.terminal.text import shown
from caz_tui.widgets.field import FormField, date_input

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from textual.widget import Widget

    from caz_tui.data.service import PortfolioService


class RegisterExport(FormDialog[Client]):
    """Asks for a period, the previous month unless another is typed."""

    confirm_label = "Registrar"

    DEFAULT_CSS = """
    RegisterExport > #window { width: 64; }
    RegisterExport #who { height: auto; }
    RegisterExport #before { height: auto; color: $muted; margin-bottom: 1; }
    RegisterExport FormField > .control { margin-left: 20; }
    RegisterExport #last_export Horizontal { height: 1; }
    """

    def __init__(self, service: PortfolioService, client: Client) -> None:
        super().__init__("Registrar exportação")
        self._service = service
        self._client = client
        start, end = previous_month(service.today)
        self._start = date_input(f"{start:%d/%m/%Y}")
        self._end = date_input(f"{end:%d/%m/%Y}")

    def compose_fields(self) -> Iterable[Widget]:
        """Return the client, what is registered so far, and the two dates."""
        yield Static(shown(self._client.name, "bold"), id="who")
        yield Static(shown(f"Última exportação registrada: {formats.period(self._client.last_export)}"), id="before")
        yield FormField("Período: do dia", self._start, id="start")
        yield FormField("até o dia", self._end, id=LAST_EXPORT)

    async def save(self) -> Client | None:
        """Write the period."""
        try:
            period = period_of(self._start.value, self._end.value)
        except ValueError as error:
            raise WrongFields({self._wrong_field(): str(error)}) from None
        if period is None:
            raise WrongFields({"start": "falta o período exportado"})
        try:
            return await self._service.update(
                self._client.id,
                ClientChanges(last_export=period),
                self._client.version,
                action="Registrou exportação",
            )
        except StaleClient as error:
            if error.theirs.last_export == self._client.last_export:
                self._client = error.theirs
                return await self.save()
            self._take_fresh(error.theirs)
            return None

    def _take_fresh(self, theirs: Client) -> None:
        self._client = theirs
        self.query_one("#before", Static).update(
            shown(f"Última exportação registrada: {formats.period(theirs.last_export)}")
        )
        self.say_trouble(
            f"Outra pessoa acabou de registrar {formats.period(theirs.last_export)}. "
            "Confira e registre de novo para ficar com este período."
        )

    def _wrong_field(self) -> str:
        try:
            period_of(self._start.value, self._start.value)
        except ValueError:
            return "start"
        return LAST_EXPORT


def previous_month(today: date) -> tuple[date, date]:
    """Return the first and last day of the calendar month before a day's."""
    end = today.replace(day=1) - timedelta(days=1)
    return end.replace(day=1), end
