"""``PortfolioService``: the one asynchronous face of the data."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, TypeVar

from sqlalchemy import delete, insert, select

from caz_tui.data import (
    carteiras,
    clients,
    erasing,
    erasing_copies,
    exports,
    imports,
    people,
    reports,
    suggesting,
    trail,
)
from caz_tui.data.access import Permission
from caz_tui.data.choices import Field, Order, Role, Tab
from caz_tui.data.clients import Author
from caz_tui.data.clock import SystemClock, today
from caz_tui.data.engine import Database
from caz_tui.data.errors import NotFound, QueryError
from caz_tui.data.gate import Gate, Visit
from caz_tui.data.query import ClientView
from caz_tui.data.readings import DEFAULT_OFFICE_NAME, Page
from caz_tui.data.schemas import Dossier, PurchaseDetails, SavedView
from caz_tui.data.tables import saved_views, settings
from caz_tui.data.walks import Walks, note
from caz_tui.data.windows import Walk

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from caz_tui.data.address import Place
    from caz_tui.data.clock import Clock
    from caz_tui.data.exports import ExportProgress
    from caz_tui.data.gate import Scope
    from caz_tui.data.imports import ImportOptions, ImportProgress, ImportReport, SheetPreview
    from caz_tui.data.query import Selection
    from caz_tui.data.readings import Client, Licences, Person, PortfolioSummary, Purchase
    from caz_tui.data.schemas import (
        Assigned,
        AuditEntry,
        Benefit,
        Carteira,
        ClientChanges,
        Contract,
        LicenceEvent,
        LicenceUser,
        PaymentsSummary,
        Suggestion,
        TrailEntry,
        TrailQuery,
        User,
    )
    from caz_tui.data.trail import Anchor

P = ParamSpec("P")
ResultT = TypeVar("ResultT")

_OFFICE_NAME = "office_name"


PERMISSIONS: Final[dict[str, Permission]] = {}
"""What each call of the service needs, by its name; filled by the decorators below, which no call can do without."""

Visiting = Callable[Concatenate["PortfolioService", Visit, P], Coroutine[Any, Any, ResultT]]
Calling = Callable[Concatenate["PortfolioService", P], Coroutine[Any, Any, ResultT]]


def reads(permission: Permission) -> Callable[[Visiting[P, ResultT]], Calling[P, ResultT]]:
    """Make a call that has one consistent look at the data, by whoever has a permission."""
    return functools.partial(_call, permission, is_write=False)


def writes(permission: Permission) -> Callable[[Visiting[P, ResultT]], Calling[P, ResultT]]:
    """Make a call that is one transaction, by whoever has a permission."""
    return functools.partial(_call, permission, is_write=True)


def needs(permission: Permission) -> Callable[[Calling[P, ResultT]], Calling[P, ResultT]]:
    """Say what a call needs that goes through the gate by itself, or only makes other calls."""

    def note(method: Calling[P, ResultT]) -> Calling[P, ResultT]:
        PERMISSIONS[method.__name__] = permission
        return method

    return note


def _call(permission: Permission, method: Visiting[P, ResultT], *, is_write: bool) -> Calling[P, ResultT]:
    PERMISSIONS[method.__name__] = permission

    @functools.wraps(method)
    async def call(self: PortfolioService, /, *args: P.args, **kwargs: P.kwargs) -> ResultT:
        return await self._whole(
            self._visited(permission, lambda visit: method(self, visit, *args, **kwargs), is_write=is_write)
        )

    return call


def _unheard(_sentence: str) -> None:
    """Do nothing about it."""


class PortfolioService:
    """An office's portfolio, seen and changed by one person.

    Every call opens one transaction of its own, takes and returns frozen values, and raises only what
    ``caz_tui.data.errors`` holds. Any call may raise ``StorageError``; ``AccessGone`` when the person is no user of the
    database, or no longer; and ``NotAllowed`` when their role lacks what the call needs (``PERMISSIONS``). A client
    outside of somebody's carteiras is to them as if it did not exist.
    """

    def __init__(self, database: Database, *, user: str, clock: Clock | None = None) -> None:
        self._database = database
        self._author = Author(user, clock or SystemClock())
        self._gate = Gate(database, self._author)
        self._calls: set[asyncio.Future[Any]] = set()
        self._walks = Walks()

    @classmethod
    async def open(
        cls, place: Place, *, user: str, clock: Clock | None = None, must_exist: bool = False
    ) -> PortfolioService:
        """Return the service over the database at a place, which is created or upgraded as needed.

        Args:
            place: where it is.
            user: who asks, and founds it where there is none.
            clock: what says when things happen.
            must_exist: whether none is made where there is none.

        Raises:
            AccessGone: the person is no user of it, or no longer.
        """
        author = Author(user, clock or SystemClock())
        service = cls(await Database.open(place, founder=author, must_exist=must_exist), user=user, clock=clock)
        try:
            await service.me()
        except BaseException:
            await service.close()
            raise
        return service

    async def close(self) -> None:
        """Give back what the service holds, when the calls that are under way have ended."""
        await asyncio.gather(*self._calls, return_exceptions=True)
        await self._database.close()

    @property
    def user(self) -> str:
        """Who is at the keyboard."""
        return self._author.name

    @property
    def role(self) -> Role | None:
        """What the person may do, as of the last call; None before the first."""
        return self._gate.role

    @property
    def path(self) -> Place:
        """Where the database is."""
        return self._database.path

    @property
    def today(self) -> date:
        """The date in São Paulo."""
        return today(self._author.clock)

    async def _whole(self, doing: Coroutine[Any, Any, ResultT]) -> ResultT:
        """Let a call go on to its end although whoever waits for it is cancelled.

        A connection whose query is cancelled half-way is lost with its thread, and the program then never ends.
        """
        task = self._begun(doing)
        try:
            return await asyncio.shield(task)
        finally:
            # It holds the error that it failed with, and the error this frame.
            del task

    def _begun(self, doing: Coroutine[Any, Any, ResultT]) -> asyncio.Task[ResultT]:
        """Begin a call in a task of its own, which is waited for when this is closed."""
        task = asyncio.ensure_future(doing)
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)
        return task

    async def _visited(
        self, permission: Permission, deed: Callable[[Visit], Coroutine[Any, Any, ResultT]], *, is_write: bool
    ) -> ResultT:
        """Do something in a transaction of its own, once the gate has let the person in."""
        async with self._gate.write(permission) if is_write else self._gate.read(permission) as visit:
            result = await deed(visit)
        if is_write:
            self._walks.clear()
        return result

    @reads(Permission.SEE)
    async def me(self, visit: Visit) -> Person:
        """Return who is at the keyboard, in which role, with which carteiras."""
        return await people.whoever(visit)

    # Lists

    @reads(Permission.SEE)
    async def page(self, visit: Visit, view: ClientView, offset: int, limit: int) -> Page:
        """Return up to ``limit`` rows of a view from place ``offset`` (0 is the first), and its length where known."""
        walk = self._walk(view, visit.scope)
        rows = await walk.page(visit.connection, offset, limit)
        await walk.learn_total(visit.connection)
        return Page(offset=offset, rows=rows, total=walk.total)

    @reads(Permission.SEE)
    async def prepare(self, visit: Visit, view: ClientView) -> None:
        """Read the first client of a view for nobody, so that its statements are compiled when somebody asks for it."""
        if view.query.words and self._database.search is None:
            return  # letters that nobody has would be looked for in every client
        walk = Walk(view, self.today, search=self._database.search, scope=visit.scope)
        await walk.page(visit.connection, 0, 1)
        await walk.learn_total(visit.connection)

    @reads(Permission.SEE)
    async def whole_clients(self, visit: Visit, view: ClientView, offset: int, limit: int) -> tuple[Client, ...]:
        """Return up to ``limit`` clients of a view whole, from place ``offset`` (0 is the first)."""
        return await self._walk(view, visit.scope).clients(visit.connection, offset, limit)

    @reads(Permission.SEE)
    async def count(self, visit: Visit, view: ClientView) -> int:
        """Return how many clients a view holds."""
        today, totals = self.today, self._walks.totals
        total = await self._walk(view, visit.scope).count(visit.connection)
        note(totals, view, today, visit.scope, total)
        return total

    @reads(Permission.SEE)
    async def place_of(self, visit: Visit, view: ClientView, client_id: int) -> int | None:
        """Return the place of a client in a view, or None when it is not in it."""
        return await self._walk(view, visit.scope).place_of(visit.connection, client_id)

    @reads(Permission.SEE)
    async def is_empty(self, visit: Visit) -> bool:
        """Tell whether there is no client at all for this person, archived ones included."""
        return not await clients.is_any(visit.connection, visit.scope)

    @reads(Permission.SEE)
    async def tab_counts(self, visit: Visit) -> dict[Tab, int]:
        """Return how many clients are in each tab, without any query."""
        today, totals = self.today, self._walks.totals
        counts = await reports.tab_counts(visit.connection, today, visit.scope)
        for tab, total in counts.items():
            note(totals, ClientView(tab), today, visit.scope, total)
        return counts

    @reads(Permission.SEE)
    async def suggest(self, visit: Visit, text: str, limit: int = 20) -> tuple[Suggestion, ...]:
        """Return clients found by name, trade name, document or e-mail, for the palette."""
        return await suggesting.suggested_clients(
            visit.connection,
            text,
            limit,
            self.today,
            search=self._database.search,
            scope=visit.scope,
        )

    @reads(Permission.SEE)
    async def changed_elsewhere(self, visit: Visit) -> bool:
        """Tell whether another program may have committed since the last call; the lists then start afresh."""
        version = await self._database.dialect.edition(visit.connection)
        # Each connection of the pool counts for itself: what one has seen says nothing of another.
        seen = visit.connection.sync_connection.info if visit.connection.sync_connection else {}
        changed = version != seen.get(self)
        seen[self] = version
        if changed:
            self._walks.clear()
        return changed

    @needs(Permission.SEE)
    async def watch(self, tell: Callable[[], None], trouble: Callable[[str], None] = _unheard) -> None:
        """Call ``tell`` whenever the portfolio was written to, by whomever, until this is cancelled.

        It is called once when this begins to watch: what was read until then may be of before a write.

        Args:
            tell: called without anything.
            trouble: told a sentence when the database is out of reach, and nothing ("") when it is back.
        """
        await self.me()
        async with self._database.dialect.watch(trouble) as watch:
            while True:
                await watch.changed()
                # While what the last change set off is being read, more would only queue.
                await asyncio.gather(*self._calls, return_exceptions=True)
                self._walks.clear()
                tell()

    # Clients

    @reads(Permission.SEE)
    async def client(self, visit: Visit, client_id: int) -> Client:
        """Return a client whole; raises ``NotFound``."""
        return await clients.fetch(visit.connection, client_id, visit.scope)

    @writes(Permission.WORK)
    async def create(self, visit: Visit, changes: ClientChanges) -> Client:
        """Add a client; raises ``InvalidClient`` or ``Refused``."""
        return await clients.create(visit.connection, changes, visit.author, visit.scope)

    @writes(Permission.WORK)
    async def update(
        self, visit: Visit, client_id: int, changes: ClientChanges, version: int, *, action: str = "Editou"
    ) -> Client:
        """Change the fields that are set; raises ``NotFound``, ``StaleClient``, ``InvalidClient`` or ``Refused``."""
        return await clients.change(
            visit.connection, client_id, changes, version, visit.author, scope=visit.scope, action=action
        )

    @writes(Permission.WORK)
    async def delete(self, visit: Visit, client_id: int, version: int) -> None:
        """Delete a prospect; raises ``NotFound``, ``StaleClient`` or ``Refused``."""
        await clients.remove(visit.connection, client_id, version, visit.author, visit.scope)

    @writes(Permission.WORK)
    async def contract(self, visit: Visit, client_id: int, terms: Contract, version: int) -> Client:
        """Contract, renew or change a plan; raises ``NotFound``, ``StaleClient`` or ``Refused``."""
        return await clients.contract(visit.connection, client_id, terms, version, visit.author, visit.scope)

    @reads(Permission.SEE)
    async def timeline(self, visit: Visit, client_id: int) -> tuple[LicenceEvent, ...]:
        """Return the steps in the life of a client's licence, newest first."""
        if not await clients.exists_in(visit.connection, client_id, visit.scope):
            return ()
        return await reports.timeline(visit.connection, client_id)

    @reads(Permission.SEE)
    async def history(self, visit: Visit, client_id: int) -> tuple[AuditEntry, ...]:
        """Return who changed what on a client, newest first."""
        if not await clients.exists_in(visit.connection, client_id, visit.scope):
            return ()
        return await reports.history(visit.connection, client_id)

    @reads(Permission.SEE)
    async def purchases_for(self, visit: Visit, client: Client) -> tuple[Purchase, ...]:
        """Return the purchases that pay for a client's plan: the batches in force when it uses a licence of them."""
        if not await clients.exists_in(visit.connection, client.id, visit.scope):
            return ()
        return await reports.purchases_for(visit.connection, client, self.today)

    @reads(Permission.SEE)
    async def known_plans(self, visit: Visit) -> tuple[str, ...]:
        """Return the plans in use, most used first."""
        return await suggesting.known_plans(visit.connection, visit.scope)

    @reads(Permission.SEE)
    async def known_tags(self, visit: Visit) -> tuple[str, ...]:
        """Return the tags in use."""
        return await suggesting.known_tags(visit.connection, visit.scope)

    # Figures and payments

    @reads(Permission.SEE)
    async def summary(self, visit: Visit) -> PortfolioSummary:
        """Return the figures of Minha carteira."""
        return await reports.summary(visit.connection, self.today, visit.scope)

    @reads(Permission.SEE)
    async def licences(self, visit: Visit) -> Licences:
        """Return the licences of the Plano Exclusivo: the office's, whoever asks."""
        return await reports.licences(visit.connection, self.today)

    @reads(Permission.SEE)
    async def licence_users(self, visit: Visit, offset: int = 0, limit: int | None = None) -> tuple[LicenceUser, ...]:
        """Return the clients that use a licence of the Plano Exclusivo, in order of name, or a stretch of them."""
        return await reports.licence_users(visit.connection, self.today, offset, limit, visit.scope)

    @reads(Permission.SEE)
    async def purchases(self, visit: Visit) -> tuple[Purchase, ...]:
        """Return the purchases: the Plano Exclusivo in force first, then newest first.

        An analyst has those that pay for a client of their carteiras, and no benefits; the sums are of these.
        """
        return await reports.all_purchases(visit.connection, self.today, visit.scope)

    @reads(Permission.SEE)
    async def purchase(self, visit: Visit, number: str) -> PurchaseDetails:
        """Return a purchase beside the licences it is part of; raises ``NotFound``."""
        return PurchaseDetails(
            purchase=await reports.purchase(visit.connection, number, self.today, visit.scope),
            licences=await reports.licences(visit.connection, self.today),
            users_seen=await reports.count_licence_users(visit.connection, self.today, visit.scope),
        )

    @reads(Permission.SEE)
    async def payments_summary(self, visit: Visit) -> PaymentsSummary:
        """Return the figures above the list of purchases."""
        return await reports.payments_summary(visit.connection, self.today, visit.scope)

    @reads(Permission.SEE)
    async def benefits(self, visit: Visit) -> tuple[Benefit, ...]:
        """Return the accumulated benefits, newest first."""
        return await reports.all_benefits(visit.connection, visit.scope)

    # People and carteiras

    @reads(Permission.OVERSEE)
    async def users(self, visit: Visit) -> tuple[User, ...]:
        """Return every user in order of name, those without access included."""
        return await people.listed(visit.connection)

    @writes(Permission.ADMINISTER)
    async def create_user(self, visit: Visit, name: str, role: Role, carteiras: Sequence[str] = ()) -> User:
        """Let somebody in; raises ``Refused`` or ``NotFound``. From the second user on nobody else is let in."""
        return await people.create(visit, name, role, carteiras)

    @writes(Permission.ADMINISTER)
    async def set_role(self, visit: Visit, name: str, role: Role) -> User:
        """Change what a user may do; raises ``Refused`` or ``NotFound``."""
        return await people.set_role(visit, name, role)

    @writes(Permission.ADMINISTER)
    async def set_user_carteiras(self, visit: Visit, name: str, carteiras: Sequence[str]) -> User:
        """Give an analyst these carteiras and no others; raises ``Refused`` or ``NotFound``."""
        return await people.set_carteiras(visit, name, carteiras)

    @writes(Permission.ADMINISTER)
    async def set_user_active(self, visit: Visit, name: str, *, active: bool) -> User:
        """Take a user's access away, or give it back; raises ``Refused`` or ``NotFound``."""
        return await people.set_active(visit, name, active=active)

    @reads(Permission.OVERSEE)
    async def carteiras(self, visit: Visit) -> tuple[Carteira, ...]:
        """Return every carteira with how many clients are in it and whom it is given to."""
        return await carteiras.listed(visit.connection)

    @reads(Permission.SEE)
    async def known_carteiras(self, visit: Visit) -> tuple[str, ...]:
        """Return the names of the carteiras that exist for this person."""
        return await carteiras.names(visit.connection, visit.scope)

    @reads(Permission.SEE)
    async def find_carteira(self, visit: Visit, name: str) -> str:
        """Return a carteira's name as it is written, accents and case aside; raises ``NotFound``."""
        return await carteiras.find(visit.connection, name, visit.scope)

    @writes(Permission.ADMINISTER)
    async def create_carteira(self, visit: Visit, name: str) -> Carteira:
        """Add a carteira; raises ``Refused``."""
        return await carteiras.create(visit, name)

    @reads(Permission.SEE)
    async def count_selection(self, visit: Visit, selection: Selection) -> int:
        """Return how many clients a selection holds."""
        return await carteiras.count(visit.connection, selection, self.today, visit.scope)

    @writes(Permission.ADMINISTER)
    async def assign(self, visit: Visit, selection: Selection, carteira: str | None, *, new: bool = False) -> Assigned:
        """Put clients into a carteira, or out of theirs with None, all of them or none; raises ``NotFound``.

        Args:
            visit: given by the gate.
            selection: the clients.
            carteira: the carteira's name.
            new: whether the carteira is made in the same transaction; raises ``Refused`` when there is one.
        """
        if new and carteira is not None:
            await carteiras.create(visit, carteira)
        return await carteiras.assign(visit, selection, carteira)

    # Personal data

    @needs(Permission.ADMINISTER)
    async def erase_personal_data(self, client_id: int, version: int) -> tuple[Path, ...]:
        """Erase how to reach a client, from the trail too, and from the copies beside the database.

        Returns:
            The copies in which it could not be done.

        Raises:
            NotFound: there is no such client (any more).
            StaleClient: someone else changed it since.
        """
        left = await self._erase(client_id, version)
        if not isinstance(self.path, Path):
            return ()  # a server's copies are its administrator's
        return await self._whole(
            erasing_copies.erase_in_copies(self.path, left.document, erasing.personal_fields(left))
        )

    @writes(Permission.ADMINISTER)
    async def _erase(self, visit: Visit, client_id: int, version: int) -> Client:
        return await erasing.erase(visit, client_id, version)

    @writes(Permission.SEE)
    async def dossier(self, visit: Visit, client_id: int) -> Dossier:
        """Return everything kept about a client, and note that it was taken out; raises ``NotFound``."""
        connection = visit.connection
        client = await clients.fetch(connection, client_id, visit.scope)
        found = Dossier(
            client=client,
            timeline=await reports.timeline(connection, client_id),
            purchases=await reports.purchases_for(connection, client, self.today),
            history=await reports.history(connection, client_id),
        )
        await clients.record(connection, visit.author, "Exportou os dados do cliente", client)
        return found

    # Audit trail

    @reads(Permission.OVERSEE)
    async def trail(self, visit: Visit, wanted: TrailQuery, limit: int) -> tuple[TrailEntry, ...]:
        """Return the newest entries of the audit trail that are wanted, at most ``limit``, oldest first."""
        return await reports.trail_entries(visit.connection, wanted, limit)

    @reads(Permission.OVERSEE)
    async def trail_broken_at(self, visit: Visit) -> int | None:
        """Return the number of the first entry of the trail that was tampered with, or None."""
        return await trail.first_broken(visit.connection)

    @reads(Permission.OVERSEE)
    async def trail_anchor(self, visit: Visit) -> Anchor:
        """Return number and seal of the newest entry of the trail."""
        return await trail.newest(visit.connection)

    @reads(Permission.OVERSEE)
    async def trail_holds(self, visit: Visit, anchor: Anchor) -> bool:
        """Tell whether the trail still holds the entry that an anchor names."""
        return await trail.seal_of(visit.connection, anchor.number) == anchor.seal

    @writes(Permission.SEE)
    async def note(self, visit: Visit, action: str, subject: str) -> None:
        """Write into the trail what changes nothing: that data was read or taken out as a whole."""
        await clients.note(visit.connection, visit.author, action, subject)

    async def note_stay(self, action: str, subject: str, *, by: str, patience_seconds: float) -> None:
        """Write into the trail that somebody came or left; who was sent away leaves, too, so it asks no gate."""
        await self._whole(self._note_stay(action, subject, by, patience_seconds))

    async def _note_stay(self, action: str, subject: str, by: str, patience_seconds: float) -> None:
        async with self._database.write(patience_seconds) as connection:
            await clients.note(connection, self._author._replace(name=by), action, subject)

    # Spreadsheets

    @needs(Permission.ADMINISTER)
    async def preview_sheet(self, path: Path, mapping: Mapping[str, str]) -> SheetPreview:
        """Return what a file holds and how its columns are understood; raises ``SheetError``."""
        await self._check(Permission.ADMINISTER)
        return await asyncio.to_thread(imports.preview, path, mapping)

    @needs(Permission.ADMINISTER)
    async def import_sheet(
        self, path: Path, options: ImportOptions, progress: ImportProgress | None = None
    ) -> ImportReport:
        """Read a file into the portfolio, or say what would happen; raises ``SheetError``.

        Nothing is written when the report has rejections and ``options.skip_invalid`` is off, nor when it is cancelled.
        Cancelled when it is just being committed, it returns what was written.
        """
        await self._check(Permission.ADMINISTER)
        report = await self._between_steps(
            lambda tell: imports.run(self._gate, path, options, tell), progress, is_write=not options.dry_run
        )
        self._walks.clear()
        return report

    @needs(Permission.SEE)
    async def export_sheet(self, path: Path, view: ClientView, progress: ExportProgress | None = None) -> int:
        """Write a view to a CSV, XLSX or JSON file and return how many clients it holds; raises ``SheetError``."""
        search = self._database.search
        written = await self._between_steps(
            lambda tell: exports.run(self._gate, path, view, self.today, tell, search=search),
            progress,
        )
        await self.note("Exportou clientes", f"{path.name}: {_counted(written, 'cliente')} ({view.title})")
        return written

    async def _check(self, permission: Permission) -> None:
        """Raise what the gate would, before something is read that the database does not hold."""

        async def nothing(_visit: Visit) -> None:
            return None

        await self._whole(self._visited(permission, nothing, is_write=False))

    async def _between_steps(
        self,
        work: Callable[[Callable[[int, float], None]], Coroutine[Any, Any, ResultT]],
        progress: Callable[[int, float], None] | None,
        *,
        is_write: bool = False,
    ) -> ResultT:
        """Do long work that, when it is cancelled, ends where it next tells its progress, with no query under way.

        What was written all the same is confirmed: it was too late to be cancelled.
        """
        is_cancelled = False

        def tell(done: int, fraction: float) -> None:
            if is_cancelled and fraction < 1:
                raise asyncio.CancelledError
            if progress is not None:
                progress(done, fraction)

        task = self._begun(work(tell))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            is_cancelled = True
            await asyncio.wait([task])
            if task.cancelled() or not is_write:
                raise
            waiting = asyncio.current_task()
            assert waiting is not None
            waiting.uncancel()
            return task.result()
        finally:
            # It holds the error that it failed with, and the error this frame.
            del task

    @needs(Permission.SEE)
    async def export_dossier(self, path: Path, client_id: int) -> None:
        """Write everything kept about a client to a JSON file; raises ``NotFound`` or ``SheetError``."""
        await exports.run_dossier(path, await self.dossier(client_id))

    @needs(Permission.SEE)
    async def export_purchases(self, path: Path, number: str | None = None) -> int:
        """Write the purchases, or one of them, to a CSV or XLSX file and return how many; raises ``SheetError``."""
        wanted = await self.purchases() if number is None else ((await self.purchase(number)).purchase,)
        written = await exports.run_purchases(path, wanted)
        await self.note("Exportou compras", f"{path.name}: {_counted(written, 'compra')}")
        return written

    @needs(Permission.SEE)
    async def export_benefits(self, path: Path) -> int:
        """Write the benefits to a CSV or XLSX file and return how many there are; raises ``SheetError``."""
        written = await exports.run_benefits(path, await self.benefits())
        await self.note("Exportou benefícios", f"{path.name}: {_counted(written, 'benefício')}")
        return written

    # Saved views and settings

    @reads(Permission.SEE)
    async def saved_views(self, visit: Visit) -> tuple[SavedView, ...]:
        """Return the saved views in order of name."""
        found = await visit.connection.execute(select(saved_views).order_by(saved_views.c.name))
        return tuple(
            SavedView(
                name=row.name,
                tab=Tab(row.tab),
                query=row.query,
                order=Order(field=Field(row.order_field), descending=row.order_descending),
            )
            for row in found
        )

    @writes(Permission.WORK)
    async def save_view(self, visit: Visit, name: str, view: ClientView) -> None:
        """Keep a view under a name, replacing one of that name; raises ``QueryError`` for a blank name."""
        if not name.strip():
            raise QueryError("Falta o nome da visão.")
        await visit.connection.execute(delete(saved_views).where(saved_views.c.name == name.strip()))
        await visit.connection.execute(
            insert(saved_views).values(
                name=name.strip(),
                tab=view.tab.value,
                query=str(view.query),
                order_field=view.order.field.value,
                order_descending=view.order.descending,
            )
        )

    @writes(Permission.WORK)
    async def forget_view(self, visit: Visit, name: str) -> None:
        """Drop a saved view; raises ``NotFound``."""
        gone = await visit.connection.execute(delete(saved_views).where(saved_views.c.name == name))
        if gone.rowcount == 0:
            raise NotFound(f"Não há visão salva com o nome {name}.")

    @reads(Permission.SEE)
    async def office_name(self, visit: Visit) -> str:
        """Return the name of the office for the top line."""
        name = await visit.connection.scalar(select(settings.c.value).where(settings.c.name == _OFFICE_NAME))
        return str(name or DEFAULT_OFFICE_NAME)

    @writes(Permission.ADMINISTER)
    async def set_office_name(self, visit: Visit, name: str) -> None:
        """Keep the name of the office."""
        await visit.connection.execute(delete(settings).where(settings.c.name == _OFFICE_NAME))
        await visit.connection.execute(insert(settings).values(name=_OFFICE_NAME, value=name.strip()))

    def _walk(self, view: ClientView, scope: Scope) -> Walk:
        return self._walks.get(view, self.today, scope, self._database.search)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
