"""The question on coming back: a form was being filled in when the last session was cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.binding import Binding

from caz_tui import formats
from caz_tui.data.clock import SAO_PAULO
from caz_tui.data.errors import NotFound
from caz_tui.screens.base import PortfolioChanged
from caz_tui.screens.client_form import ClientForm
from caz_tui.screens.confirm import Confirm
from caz_tui.terminal.visible import visible

if TYPE_CHECKING:
    from textual.app import App

    from caz_tui.data.drafts import Draft, Drafts
    from caz_tui.data.service import PortfolioService


class DraftOffer(Confirm):
    """Asks whether to go on with a draft; Esc leaves it for the next time."""

    keys_hint = "c continua · d descarta · esc deixa para depois"
    BINDINGS = [
        Binding("c,C", "answer(True)", show=False),
        Binding("d,D", "answer(False)", show=False),
    ]

    def __init__(self, draft: Draft) -> None:
        """Take the draft, of which the question says whom it is about and when it was kept."""
        kind = "novo cliente" if draft.client_id is None else "cliente"
        moment = f", de {formats.moment(draft.saved_at, SAO_PAULO)}" if draft.saved_at else ""
        super().__init__(
            f"Há um rascunho de {draft.title or kind}{moment}.",
            details=f"O formulário de {kind} estava aberto quando a sessão terminou; nada dele foi gravado.\n"
            "Esc deixa o rascunho para a próxima vez.",
            confirm="Continuar",
            stay="Descartar",
        )


async def offer_drafts(app: App[int], service: PortfolioService, drafts: Drafts) -> None:
    """Ask about each draft there is, and open the form of those that are wanted; runs in a worker."""
    while (draft := drafts.newest()) is not None:
        answer = await app.push_screen_wait(DraftOffer(draft))
        if answer is None:
            return
        if answer:
            client = await app.push_screen_wait(await _form(app, service, draft))
            if client is not None:
                app.notify(visible(f"{client.name} foi salvo."), markup=False)
                app.post_message(PortfolioChanged())
        drafts.forget(draft)


async def _form(app: App[int], service: PortfolioService, draft: Draft) -> ClientForm:
    """Return the form of a draft, on the client as the form was opened on it, so that what others changed is told."""
    base = draft.client
    if base is None and draft.client_id is not None:
        try:
            base = await service.client(draft.client_id)
        except NotFound:
            app.notify("O cliente do rascunho não existe mais; salvar cadastra um novo.", severity="warning")
    return ClientForm(service, base, draft)
