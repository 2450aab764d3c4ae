"""The app: modes, theme, commands that work everywhere; owns one ``PortfolioService``."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from importlib import import_module
from math import inf
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from textual.app import ScreenStackError
from textual.css.query import NoMatches
from textual.screen import Screen
from textual.worker import WorkerFailed, get_current_worker

from caz_tui import crashes
from caz_tui.commands import Place, bindings_for
from caz_tui.data.access import Permission, may
from caz_tui.data.errors import AccessGone, PortfolioError, ServerGone
from caz_tui.screens import dialogs
from caz_tui.screens.base import (
    ACTION_GROUP,
    AccessLost,
    ClientWanted,
    DeskScreen,
    Dialog,
    ListWanted,
    PortfolioChanged,
)
from caz_tui.screens.home import HomeScreen
from caz_tui.session import ACCESS_TAKEN, EVERYDAY, OVER_TIME, covered_sentence, ended_sentence, notice_sentence
from caz_tui.styling import StyledApp
from caz_tui.terminal.driver import DeskDriver, RestrictedDriver
from caz_tui.terminal.gate import guarded
from caz_tui.terminal.painting import FIRST_HELD_SECONDS, REST_SECONDS, FrugalScreen
from caz_tui.terminal.signals import exit_status, leave_on_signals
from caz_tui.terminal.visible import visible
from caz_tui.theme import DARK, LIGHT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from rich.console import RenderableType
    from textual.dom import DOMNode
    from textual.filter import LineFilter
    from textual.notifications import Notify

    from caz_tui.data.service import PortfolioService
    from caz_tui.screens.my_clients import MyClientsScreen
    from caz_tui.session import Session

HOME, CLIENTS, PAYMENTS = "home", "clients", "payments"
REFUSED_STATUS = 1
DEMO_STATUS = -1
"""What the app returns when the person asked for the demonstration instead of an exit."""

_LEADING_OUT = frozenset({"screenshot", "suspend_process"})
"""Textual's actions that have no key here and shall not get one by accident."""

NOTICE_SECONDS = 300.0
"""How long before a session ends its person is told."""

NOTICE_SHOWN_SECONDS = 60

TOLD_SECONDS = 10.0

BACK = "A conexão com o servidor voltou."

HOW_TO_LEAVE = {True: "Para sair, q (ou ctrl+q).", False: "Para sair do programa, ctrl+q; esc volta."}
"""What ctrl+c says, on one of the three main screens and elsewhere."""

WHAT_BECOMES_OF_IT = {
    True: "O que foi digitado fica num rascunho, oferecido na próxima entrada.",
    False: "O que foi digitado se perde.",
}
"""What ctrl+q says of a form, by whether a draft of it is kept."""

WARMED_FIRST = "caz_tui.screens.my_clients"
MODULES = {CLIENTS: WARMED_FIRST, PAYMENTS: "caz_tui.screens.payments"}
"""What is imported for a place when it is first gone to."""

WARMED = (WARMED_FIRST, *dict.fromkeys(dialogs.MODULES.values()), "caz_tui.screens.client_details", MODULES[PAYMENTS])
"""The screens that are imported while nobody waits for anything; the others when they are first opened."""

SCREENS = Path(__file__).parent / "screens"

MOST_WAITS = 20
"""How often what is to be imported gives way to whoever waits for the screen."""


class DeskApp(StyledApp[int]):
    """The desk of one person on one portfolio; its return value is the exit status."""

    TITLE = "caz-tui"
    # Those of the first frame; the others are read when nobody waits for anything, or with the screens they belong to.
    CSS_PATH = ["app.tcss", "screens/home.tcss"]
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = bindings_for(Place.EVERYWHERE)

    def __init__(
        self,
        service: PortfolioService,
        *,
        begin: Callable[[], None] | None = None,
        settled: Callable[[], Awaitable[None]] | None = None,
        prepares: bool = False,
        driver_class: type[DeskDriver] | None = None,
        session: Session = EVERYDAY,
    ) -> None:
        """Take the portfolio and what governs the session.

        Args:
            service: the portfolio.
            begin: what is to be done as soon as the first frame is out.
            settled: what is to be done when all is there that the person needs.
            prepares: whether statements are compiled before somebody waits for what they find.
            driver_class: the terminal's driver; by default the one that fits the session.
            session: what an administrator settled.
        """
        super().__init__(driver_class=driver_class or (RestrictedDriver if session.is_restricted else DeskDriver))
        self.service = service
        self.session = session
        self.trouble = ""
        """Why the portfolio is out of reach; nothing while all is well."""
        self.last_words = ""
        """What to tell the person when the terminal is theirs again."""
        self.why_over = ""
        """Why the session ended, when neither the person nor the line ended it."""
        self._begin = begin
        self._settled = settled
        self._prepares = prepares
        self._is_going = False
        self._notice_at = self._ends_at = inf
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = DARK.name
        # Twenty frames on the way to where a key leads, at the far end of a line.
        self.animation_level = "none"
        self.parse_with_theme()
        self.add_mode(HOME, lambda: HomeScreen(service, has_shell=not session.is_restricted))
        self.add_mode(CLIENTS, self._my_clients)
        self.add_mode(PAYMENTS, self._payments)

    def _my_clients(self) -> Screen[None]:
        from caz_tui.screens.my_clients import MyClientsScreen  # noqa: PLC0415 - not needed for the first frame

        return MyClientsScreen(self.service, self.session.folder)

    def _payments(self) -> Screen[None]:
        from caz_tui.screens.payments import PaymentsScreen  # noqa: PLC0415 - not needed for the first frame

        return PaymentsScreen(self.service, self.session.folder)

    async def on_mount(self) -> None:
        """Open Início, and greet whoever comes to an empty portfolio."""
        leave_on_signals(asyncio.get_running_loop(), lambda number: self.exit(exit_status(number)))
        await self.switch_mode(HOME)
        self._keep_limits()
        self.call_after_refresh(self._first_frame_is_out)

    def _keep_limits(self) -> None:
        """Cover the screen and end the session when their times come."""
        session = self.session
        if session.longest_seconds is not None:
            self._ends_at = monotonic() + session.longest_seconds
            notice_seconds = min(NOTICE_SECONDS, session.longest_seconds / 2)
            self._notice_at = self._ends_at - notice_seconds
            self.set_timer(session.longest_seconds - notice_seconds, self._give_notice)
            self.set_timer(session.longest_seconds, self._end_session)
        if session.idle_seconds is not None and isinstance(self._driver, DeskDriver):
            # Whoever was away when the notice came gets it on coming back.
            self._driver.cover_after(
                session.idle_seconds, covered_sentence(session.idle_seconds), self._give_notice_again
            )

    def _give_notice(self) -> None:
        sentence = notice_sentence(self._ends_at - monotonic())
        self.notify(sentence, severity="warning", timeout=NOTICE_SHOWN_SECONDS, markup=False)

    def _give_notice_again(self) -> None:
        if monotonic() >= self._notice_at:
            self._give_notice()

    def _end_session(self) -> None:
        self.last_words = ended_sentence(self.session.longest_seconds or 0)
        self.why_over = OVER_TIME
        self.exit(0)

    def exit(self, result: int | None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """Leave, however it came to that; what was being typed is kept as a draft."""
        drafts = self.session.drafts
        if drafts is not None and not self._exit:
            for form in (screen for stack in self._screen_stacks.values() for screen in stack):
                draft = form.draft() if isinstance(form, Dialog) and form.is_mounted else None
                if draft is not None:
                    drafts.keep(draft)
        super().exit(result, return_code, message)

    def _first_frame_is_out(self) -> None:
        if self._begin is not None:
            self._begin()
        self.run_worker(self._settle_in())

    async def _settle_in(self) -> None:
        """Offer drafts or greet a newcomer, import what will be needed next, and then follow what changes."""
        # Imported now, since it imports what the first frame does not need.
        from caz_tui.terminal import heaps  # noqa: PLC0415

        heaps.make_no_more()
        is_empty = await self.service.is_empty()
        drafts = self.session.drafts
        if drafts is not None and drafts.newest() is not None:
            from caz_tui.screens.draft_offer import offer_drafts  # noqa: PLC0415 - hardly ever there

            self.run_worker(offer_drafts(self, self.service, drafts), group=ACTION_GROUP)
        elif is_empty and may(self.service.role, Permission.ADMINISTER):
            from caz_tui.screens.welcome import Welcome  # noqa: PLC0415 - for the first day alone

            self.push_screen(Welcome(self.service))
        if not getattr(self.service, "is_open", True):
            # A first look told it.
            await self._import_ahead(WARMED_FIRST)
            await self._until_at_rest()
        if self._settled is not None:
            await self._settled()
        # Not behind the dialogs: somebody who goes on typing keeps them waiting, and garbage would pile up.
        if isinstance(self._driver, DeskDriver):
            self._driver.collector.begin()
        self.run_worker(self._import_the_rest())
        await self.service.watch(self._tell_of_change, self._tell_of_trouble)

    async def _import_the_rest(self) -> None:
        for name in WARMED:
            await self._import_ahead(name)
        await self._until_at_rest()
        self.read_sheets(sorted(SCREENS.glob("*.tcss")))
        if self._prepares:
            from caz_tui.data.usual import USUAL_VIEWS  # noqa: PLC0415 - stands on what the first frame does not need

            # Whoever asks for something is told what keeps it from being read.
            with suppress(PortfolioError):
                for view in USUAL_VIEWS:
                    await self._until_at_rest()
                    await self.service.prepare(view)

    async def _import_ahead(self, name: str) -> None:
        if name not in sys.modules:
            await self._until_at_rest()
            await asyncio.to_thread(import_module, name)

    async def _until_at_rest(self) -> None:
        """Wait until nobody waits for the screen: what is imported beside takes the processor from it."""
        for _ in range(MOST_WAITS):
            if self._exit or self._is_at_rest:
                return
            await asyncio.sleep(REST_SECONDS)

    @property
    def _is_at_rest(self) -> bool:
        if self._is_going or not self.takes_keys:
            return False
        screen = self.screen
        return isinstance(screen, FrugalScreen) and screen.is_at_rest

    def on_notify(self, event: Notify) -> None:
        """Show a note for a while, unless it stands there already: several readers run into the same trouble."""
        new = event.notification
        if any((note.message, note.severity) == (new.message, new.severity) for note in self._notifications):
            event.prevent_default()

    def warn(self, sentence: str) -> None:
        """Tell the person of something that did not work, and that is nothing they did."""
        self.notify(visible(sentence), severity="warning", timeout=10, markup=False)

    def _tell_of_change(self) -> None:
        self.post_message(PortfolioChanged())

    def _tell_of_trouble(self, sentence: str) -> None:
        self.trouble = sentence
        for stack in self._screen_stacks.values():
            for screen in stack:
                if isinstance(screen, DeskScreen):
                    screen.tell_trouble(sentence)
        if not sentence:
            # What still stands there was said while the server was out of reach, and is no longer true.
            self.clear_notifications()
        if isinstance(self.screen, Dialog):
            # The top line is dimmed behind it.
            self.notify(sentence or BACK, severity="warning" if sentence else "information", markup=False)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return Textual's filters and, behind them, the last gate for control characters."""
        return guarded(super().get_line_filters(), colourless=self.no_color)

    @property
    def takes_keys(self) -> bool:
        """Whether a key would reach what is meant: not before a screen, or the dialog of an action, is there."""
        try:
            screen = self.screen
        except ScreenStackError:
            return False  # on the way out
        if isinstance(screen, Dialog):
            return True
        if isinstance(screen, DeskScreen) and screen.is_filling:
            return False
        return all(worker.is_finished for worker in self.workers if worker.group == ACTION_GROUP)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Tell whether an action may run: in a restricted session none that writes a picture or leads to a shell."""
        if self.session.is_restricted and action in _LEADING_OUT:
            return False
        return super().check_action(action, parameters)

    # Places

    async def action_go_home(self) -> None:
        """Open Início."""
        await self._go(HOME)

    async def action_go_clients(self) -> None:
        """Open Meus clientes."""
        await self._go(CLIENTS)

    async def action_go_payments(self) -> None:
        """Open Pagamentos."""
        await self._go(PAYMENTS)

    async def _go(self, mode: str) -> None:
        """Open a place; from within it, go back to its first screen."""
        if self.current_mode != mode:
            module = MODULES.get(mode)
            self._is_going = True
            try:
                if module is not None and module not in sys.modules:
                    await self._import_now(module)
                await self.switch_mode(mode)
            finally:
                self._is_going = False
            return
        while len(self.screen_stack) > 1:
            await self.pop_screen()

    async def _import_now(self, name: str) -> None:
        """Import what somebody asks for sooner than it is imported ahead; the event loop goes on meanwhile."""
        left = cast("FrugalScreen[Any]", self.screen)
        # What it still has to show would only come in the way.
        left.hold_frame(FIRST_HELD_SECONDS)
        try:
            await asyncio.to_thread(import_module, name)
        finally:
            left.release_frame()

    async def on_list_wanted(self, message: ListWanted) -> None:
        """Open Meus clientes on the list behind a door, or on its search line."""
        await self._go(CLIENTS)
        screen = cast("MyClientsScreen", self.screen_stack[0])
        if message.view is not None:
            screen.open_view(message.view)
        if message.search:
            screen.action_search()

    def on_client_wanted(self, message: ClientWanted) -> None:
        """Open the details of a client over whatever is on the screen."""
        from caz_tui.screens.client_details import ClientDetails  # noqa: PLC0415 - not needed for the first frame

        self.push_screen(ClientDetails(self.service, message.client_id, self.session))

    def on_sheet_wanted(self) -> None:
        """Open the import dialog."""
        from caz_tui.screens.import_dialog import ImportDialog  # noqa: PLC0415 - not needed for the first frame

        self.push_screen(ImportDialog(self.service, self.session.folder), self._after_import)

    def _after_import(self, wrote: bool | None) -> None:  # noqa: FBT001 - what the dialog hands back
        if wrote:
            self.post_message(PortfolioChanged())

    def on_access_lost(self, message: AccessLost) -> None:
        """Leave with the sentence: what is on the screen is no longer for this person."""
        self.last_words = message.sentence
        self.why_over = ACCESS_TAKEN
        self.exit(REFUSED_STATUS)

    def on_demo_wanted(self) -> None:
        """Leave this portfolio for the demonstration."""
        self.exit(DEMO_STATUS)

    def on_portfolio_changed(self) -> None:
        """Let every screen that shows the portfolio read it again, now or when it comes back."""
        for stack in self._screen_stacks.values():
            for screen in stack:
                if isinstance(screen, DeskScreen):
                    screen.portfolio_changed()

    # Commands everywhere

    def action_help(self) -> None:
        """Show the keys of the screen."""
        from caz_tui.screens.help import HelpScreen  # noqa: PLC0415 - not needed for the first frame

        screen = self.screen
        if isinstance(screen, DeskScreen):
            self.push_screen(HelpScreen(screen.key_line_places()))

    def action_command_palette(self) -> None:
        """Search for a command or a client."""
        from caz_tui.screens.palette import Palette  # noqa: PLC0415 - not needed for the first frame

        if isinstance(self.screen, DeskScreen):
            self.push_screen(Palette(self.service, self.screen))

    def action_help_quit(self) -> None:
        """Say how to leave to whoever presses ctrl+c for it."""
        screen = self.screen
        how = HOW_TO_LEAVE[isinstance(screen, DeskScreen) and bool(screen.go_command)]
        self.notify(how, timeout=TOLD_SECONDS, markup=False)

    async def action_quit(self) -> None:
        """Leave, after asking when something typed stands in a dialog; who is asked and insists is let go."""
        from caz_tui.screens.confirm import Confirm  # noqa: PLC0415 - not needed for the first frame

        typed = [screen for screen in self.screen_stack if isinstance(screen, Dialog) and screen.has_typed()]
        if not typed or isinstance(self.screen, Confirm):
            await super().action_quit()
            return
        is_kept = self.session.drafts is not None and all(dialog.draft() is not None for dialog in typed)
        question = Confirm(
            "Sair do programa?",
            details=WHAT_BECOMES_OF_IT[is_kept],
            confirm="Sair",
            stay="Continuar editando",
            dangerous=not is_kept,
        )

        def leave(wanted: bool | None) -> None:  # noqa: FBT001 - the result of a question
            if wanted:
                self.call_later(self.exit)

        self.push_screen(question, leave)

    def action_switch_theme(self) -> None:
        """Change between the dark and the light theme."""
        self.theme = LIGHT.name if self.theme == DARK.name else DARK.name

    # Errors

    def _handle_exception(self, error: Exception) -> None:
        """Tell a refusal and go on; anything else ends the program with one sentence."""
        cause = error.error if isinstance(error, WorkerFailed) else error
        if (
            isinstance(error, WorkerFailed)
            and isinstance(cause, NoMatches)
            and not self._shows(get_current_worker().node)
        ):
            # What a screen asked for came when it had been left.
            return
        if isinstance(cause, AccessGone):
            self.post_message(AccessLost(str(cause)))
            return
        if isinstance(cause, ServerGone) and self.trouble:
            # The top line says so, and everything is read again when the server is back.
            return
        if isinstance(error, WorkerFailed) and isinstance(cause, PortfolioError):
            self.notify(visible(str(cause)), severity="error", timeout=TOLD_SECONDS, markup=False)
            return
        crashes.keep(cause)
        super()._handle_exception(error)

    def _shows(self, node: DOMNode) -> bool:
        """Tell whether a screen or widget is still part of what is open, and nothing is on its way out."""
        screen = node if isinstance(node, Screen) else node.screen
        return not self._exit and any(screen in stack for stack in self._screen_stacks.values())

    def _fatal_error(self) -> None:
        self._exit_renderables.append(crashes.UNEXPECTED)
        self._close_messages_no_wait()
