"""What can be done with a client, by its situation, and the doing of it."""

from __future__ import annotations

from functools import partial, wraps
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from textual import work

from caz_tui import formats
from caz_tui.commands import Command, Place, commands_in
from caz_tui.data.access import may
from caz_tui.data.errors import NotFound, PortfolioError, StaleClient
from caz_tui.screens import dialogs
from caz_tui.screens.base import ACTION_GROUP, ClientWanted, DeskScreen, PortfolioChanged

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from caz_tui.data.choices import Role
    from caz_tui.data.readings import Client, ClientRow

ScreenT = TypeVar("ScreenT", bound="ClientActions")

_COMMAND = {command.name: command for command in commands_in(Place.CLIENT)}
_FOR_PROSPECTS = ("contract", "edit", "delete")
_FOR_OTHERS = ("details", "edit", "renew", "toggle_renewal", "register_export", "archive")

_NOT_OFFERED = {
    "contract": "Contratar só em Muito recomendado ou Não conectado; use Ações › Renovar ou trocar plano.",
    "delete": "Excluir só em Muito recomendado ou Não conectado; use Ações › Arquivar.",
}
_CHANGED_MEANWHILE = "Outra pessoa alterou {name}; nada foi gravado e a tela mostra como está agora."
_NOBODY = "Nenhum cliente selecionado."


class Offer(NamedTuple):
    """An action that a client's situation offers; ``reason`` says why it cannot be done now."""

    command: Command
    label: str
    reason: str = ""


def actions_for(client: ClientRow, role: Role | None = None) -> tuple[Offer, ...]:
    """Return what the Ações menu of a client lists, in its order; what a role does not allow says so."""
    names = _FOR_PROSPECTS if client.situation.is_prospect else _FOR_OTHERS
    offers = (_offer(_COMMAND[name], client) for name in names)
    return tuple(
        offer if may(role, offer.command.needs) else offer._replace(reason=f"papel {role.label}" if role else "")
        for offer in offers
    )


def _offer(command: Command, client: ClientRow) -> Offer:
    if command.name == "toggle_renewal":
        verb = "Desligar" if client.auto_renews else "Ligar"
        return Offer(command, f"{verb} renovação automática", "" if client.plan else "sem plano")
    if command.name == "archive" and client.archived:
        return Offer(command, "Desarquivar")
    return Offer(command, command.help)


def why_not_offered(name: str, client: ClientRow) -> str:
    """Return the sentence for an action that a client's situation does not offer."""
    if name in _NOT_OFFERED:
        return _NOT_OFFERED[name]
    return f"{_COMMAND[name].help} não se aplica a {client.situation.label}; a mostra as Ações deste cliente."


def alone(deed: Callable[[ScreenT], Coroutine[Any, Any, None]]) -> Callable[[ScreenT], None]:
    """Make an action of something that asks and writes: it waits for dialogs, and only one of the kind goes on."""

    @wraps(deed)
    def start(screen: ScreenT) -> None:
        screen.act(partial(deed, screen))

    return start


class ClientActions(DeskScreen):
    """A screen with a client on it that can be acted on."""

    hidden_actions: frozenset[str] = frozenset()
    """Actions that the menu leaves out because the screen itself is their result."""

    _is_acting = False

    def client_acted_on(self) -> ClientRow | None:
        """Return the client that an action is about."""
        raise NotImplementedError

    def action_actions(self) -> None:
        """Open the Ações menu."""
        self._start("")

    def action_details(self) -> None:
        """Ver detalhes."""
        self._start("details")

    def action_contract(self) -> None:
        """Contratar um plano."""
        self._start("contract")

    def action_edit(self) -> None:
        """Editar."""
        self._start("edit")

    def action_delete(self) -> None:
        """Excluir."""
        self._start("delete")

    def action_renew(self) -> None:
        """Renovar ou trocar plano."""
        self._start("renew")

    def action_toggle_renewal(self) -> None:
        """Ligar ou desligar renovação automática."""
        self._start("toggle_renewal")

    def action_register_export(self) -> None:
        """Registrar exportação."""
        self._start("register_export")

    def action_archive(self) -> None:
        """Arquivar ou desarquivar."""
        self._start("archive")

    def _start(self, name: str) -> None:
        """Begin an action, or the menu for an empty name."""
        client = self.client_acted_on()
        if client is None:
            self.refuse(_NOBODY)
        elif not name or self.may(_COMMAND[name].needs):
            self.act(lambda: self._act(name, client))

    def act(self, deed: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do something that asks and writes, unless something of the kind is on its way already."""
        if not self._is_acting:
            self._is_acting = True
            self._alone(deed)

    @work(group=ACTION_GROUP)
    async def _alone(self, deed: Callable[[], Coroutine[Any, Any, None]]) -> None:
        try:
            await deed()
        except PortfolioError as error:
            self.refuse(error)
        finally:
            self._is_acting = False

    async def _act(self, name: str, client: ClientRow) -> None:
        try:
            chosen = name or await self._choose(client)
            if chosen:
                await self._perform(chosen, client)
        except StaleClient:
            self.post_message(PortfolioChanged())
            self.refuse(_CHANGED_MEANWHILE.format(name=client.name))
        except NotFound:
            self.post_message(PortfolioChanged())
            raise

    async def _choose(self, client: ClientRow) -> str | None:
        entries = [
            dialogs.MenuEntry(offer.command.keys[0], offer.label, reason=offer.reason, enabled=not offer.reason)
            for offer in actions_for(client, self.service.role)
            if offer.command.name not in self.hidden_actions
        ]
        key = await self.app.push_screen_wait(dialogs.Menu("Ações", entries, subject=client.name))
        return next((name for name, command in _COMMAND.items() if command.keys[0] == key), None)

    async def _perform(self, name: str, client: ClientRow) -> None:
        offers = actions_for(client, self.service.role)
        offer = next((offer for offer in offers if offer.command.name == name), None)
        if offer is None:
            self.refuse(why_not_offered(name, client))
            return
        if offer.reason:
            self.refuse(f"{offer.label}: {offer.reason}.")
            return
        match name:
            case "details":
                self.post_message(ClientWanted(client.id))
            case "edit":
                await self._edit(client)
            case "contract" | "renew":
                await self._contract(client)
            case "delete":
                await self._delete(client)
            case "toggle_renewal":
                await self._toggle_renewal(client)
            case "register_export":
                await self._register_export(client)
            case "archive":
                await self._archive(client)

    async def _edit(self, client: ClientRow) -> None:
        current = await self.service.client(client.id)
        saved = await self.app.push_screen_wait(dialogs.ClientForm(self.service, current))
        if saved is not None:
            self.done(f"{saved.name} foi salvo.")

    async def _contract(self, client: ClientRow) -> None:
        current = await self.service.client(client.id)
        contracted = await self.app.push_screen_wait(dialogs.ContractPlan(self.service, current))
        if contracted is not None:
            self.done(_contracted_sentence(current, contracted))

    async def _delete(self, client: ClientRow) -> None:
        current = await self.service.client(client.id)
        steps = await self.service.timeline(client.id)
        question = dialogs.Confirm(
            f"Excluir {client.name}?",
            details=_what_goes_with(current, len(steps)),
            confirm="Excluir",
            dangerous=True,
        )
        if await self.app.push_screen_wait(question):
            await self.service.delete(client.id, client.version)
            self.client_deleted()
            self.done(f"{client.name} foi excluído.")

    async def _toggle_renewal(self, client: ClientRow) -> None:
        renews = not client.auto_renews
        action = f"{'Ligou' if renews else 'Desligou'} a renovação automática"
        await self._change(client, action, auto_renews=renews)
        self.done(f"Renovação automática {'ligada' if renews else 'desligada'}: {client.name}.")

    async def _register_export(self, client: ClientRow) -> None:
        current = await self.service.client(client.id)
        exported = await self.app.push_screen_wait(dialogs.RegisterExport(self.service, current))
        if exported is not None:
            self.done(f"Exportação registrada: {exported.name}, {formats.period(exported.last_export)}.")

    async def _archive(self, client: ClientRow) -> None:
        if client.archived:
            await self._change(client, "Desarquivou", archived=False)
            self.done(f"{client.name} voltou para as guias.")
            return
        question = dialogs.Confirm(
            f"Arquivar {client.name}?",
            details="O cliente sai de todas as guias e continua na busca com arquivado:sim. Nada se perde.",
            confirm="Arquivar",
        )
        if await self.app.push_screen_wait(question):
            await self._change(client, "Arquivou", archived=True)
            self.done(f"{client.name} foi arquivado; a busca arquivado:sim o encontra.")

    async def _change(self, client: ClientRow, action: str, **fields: bool) -> None:
        from caz_tui.data.schemas import ClientChanges  # noqa: PLC0415 - a list is there before pydantic

        await self.service.update(client.id, ClientChanges.model_validate(fields), client.version, action=action)

    def client_deleted(self) -> None:
        """Take note that the client acted on is no more."""

    def done(self, sentence: str) -> None:
        """Say what was written and let every screen read it."""
        self.say(sentence)
        self.post_message(PortfolioChanged())


def _contracted_sentence(before: ClientRow, after: ClientRow) -> str:
    until = f"até {formats.day(after.expires_on)}"
    if before.plan is None or before.situation.is_prospect:
        return f"{after.plan} contratado para {after.name}, {until}."
    if before.plan == after.plan:
        return f"{after.plan} de {after.name} renovado {until}."
    return f"{after.name} passou de {before.plan} para {after.plan}, {until}."


def _what_goes_with(client: Client, steps: int) -> str:
    going = [formats.count(steps, "passo do histórico da licença", "passos do histórico da licença")] if steps else []
    if client.tags:
        going.append(formats.count(len(client.tags), "etiqueta"))
    if client.notes:
        going.append("as observações")
    with_it = f"Vão junto: {', '.join(going)}." if going else "O cadastro é apagado de vez."
    return f"{with_it} Fica registrado quem excluiu e quando."
