"""``PortfolioService``: the one asynchronous face of the data."""

from __future__ import annotations

import asyncio
import functools
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import delete, insert, select, text

from caz_tui.data import clients, exports, imports, reports, trail
from caz_tui.data.choices import Field, Order, Tab
from caz_tui.data.clients import Author
from caz_tui.data.clock import SystemClock, today
from caz_tui.data.engine import Database
from caz_tui.data.errors import NotFound, QueryError
from caz_tui.data.schemas import Page, PurchaseDetails, SavedView
from caz_tui.data.tables import saved_views, settings
from caz_tui.data.watching import DatabaseWatch
from caz_tui.data.windows import Walk

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from datetime import date
    from pathlib import Path

    from caz_tui.data.clock import Clock
    from caz_tui.data.exports import ExportProgress
    from caz_tui.data.imports import ImportOptions, ImportProgress, ImportReport, SheetPreview
    from caz_tui.data.query import ClientView
    from caz_tui.data.schemas import (
        AuditEntry,
        Benefit,
        Client,
        ClientChanges,
        Contract,
        LicenceEvent,
        Licences,
        LicenceUser,
        PaymentsSummary,
        PortfolioSummary,
        Purchase,
        Suggestion,
        TrailEntry,
        TrailQuery,
    )
    from caz_tui.data.trail import Anchor

P = ParamSpec("P")
ResultT = TypeVar("ResultT")

_MOST_WALKS = 16
_OFFICE_NAME = "office_name"
DEFAULT_OFFICE_NAME = "Meu escritório"


def whole(
    method: Callable[Concatenate[PortfolioService, P], Coroutine[Any, Any, ResultT]],
) -> Callable[Concatenate[PortfolioService, P], Coroutine[Any, Any, ResultT]]:
    """Let a call go on to its end although whoever waits for it is cancelled.

    A connection whose query is cancelled half-way is lost with its thread, and the program then never ends.
    """

    @functools.wraps(method)
    async def call(self: PortfolioService, /, *args: P.args, **kwargs: P.kwargs) -> ResultT:
        task = asyncio.ensure_future(method(self, *args, **kwargs))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)
        return await asyncio.shield(task)

    return call


class PortfolioService:
    """An office's portfolio, seen and changed by one person.

    Every call opens one transaction of its own, takes and returns frozen values, and raises only what
    ``caz_tui.data.errors`` holds. Any call may raise ``StorageError``.
    """

    def __init__(self, database: Database, *, user: str, clock: Clock | None = None) -> None:
        self._database = database
        self._author = Author(user, clock or SystemClock())
        self._calls: set[asyncio.Future[Any]] = set()
        self._walks: dict[tuple[ClientView, date], Walk] = {}

    @classmethod
    async def open(cls, path: Path, *, user: str, clock: Clock | None = None) -> PortfolioService:
        """Return the service over the database in a file, which is created or upgraded as needed."""
        return cls(await Database.open(path), user=user, clock=clock)

    async def close(self) -> None:
        """Give back what the service holds, when the calls that are under way have ended."""
        await asyncio.gather(*self._calls, return_exceptions=True)
        await self._database.close()

    @property
    def user(self) -> str:
        """Who is at the keyboard."""
        return self._author.name

    @property
    def path(self) -> Path:
        """The file of the database."""
        return self._database.path

    @property
    def today(self) -> date:
        """The date in São Paulo."""
        return today(self._author.clock)

    # Lists

    @whole
    async def page(self, view: ClientView, offset: int, limit: int) -> Page:
        """Return up to ``limit`` rows of a view from place ``offset`` (0 is the first)."""
        async with self._database.read() as connection:
            return Page(offset=offset, rows=await self._walk(view).page(connection, offset, limit))

    @whole
    async def count(self, view: ClientView) -> int:
        """Return how many clients a view holds."""
        async with self._database.read() as connection:
            return await self._walk(view).count(connection)

    @whole
    async def place_of(self, view: ClientView, client_id: int) -> int | None:
        """Return the place of a client in a view, or None when it is not in it."""
        async with self._database.read() as connection:
            return await self._walk(view).place_of(connection, client_id)

    @whole
    async def is_empty(self) -> bool:
        """Tell whether the portfolio holds no client at all, archived ones included."""
        async with self._database.read() as connection:
            return await clients.count_all(connection) == 0

    @whole
    async def tab_counts(self) -> dict[Tab, int]:
        """Return how many clients are in each tab, without any query."""
        async with self._database.read() as connection:
            return await reports.tab_counts(connection, self.today)

    @whole
    async def suggest(self, text: str, limit: int = 20) -> tuple[Suggestion, ...]:
        """Return clients found by name, trade name, document or e-mail, for the palette."""
        async with self._database.read() as connection:
            return await reports.suggestions(connection, text, limit)

    @whole
    async def changed_elsewhere(self) -> bool:
        """Tell whether another program may have committed since the last call; the lists then start afresh."""
        async with self._database.read() as connection:
            version = int(await connection.scalar(text("PRAGMA data_version")) or 0)
            # Each connection of the pool counts for itself: what one has seen says nothing of another.
            seen = connection.sync_connection.info if connection.sync_connection else {}
            changed = version != seen.get(self)
            seen[self] = version
        if changed:
            self._walks.clear()
        return changed

    async def watch(self, tell: Callable[[], None]) -> None:
        """Call ``tell`` whenever the portfolio was written to, by whomever, until this is cancelled."""
        with DatabaseWatch(self._database.path) as watch:
            while True:
                await watch.changed()
                # While what the last change set off is being read, more would only queue.
                await asyncio.gather(*self._calls, return_exceptions=True)
                self._walks.clear()
                tell()

    # Clients

    @whole
    async def client(self, client_id: int) -> Client:
        """Return a client whole; raises ``NotFound``."""
        async with self._database.read() as connection:
            return await clients.fetch(connection, client_id)

    @whole
    async def create(self, changes: ClientChanges) -> Client:
        """Add a client; raises ``InvalidClient`` or ``Refused``."""
        async with self._database.write() as connection:
            created = await clients.create(connection, changes, self._author)
        self._walks.clear()
        return created

    @whole
    async def update(self, client_id: int, changes: ClientChanges, version: int, *, action: str = "Editou") -> Client:
        """Change the fields that are set; raises ``NotFound``, ``StaleClient``, ``InvalidClient`` or ``Refused``."""
        async with self._database.write() as connection:
            changed = await clients.change(connection, client_id, changes, version, self._author, action=action)
        self._walks.clear()
        return changed

    @whole
    async def delete(self, client_id: int, version: int) -> None:
        """Delete a prospect; raises ``NotFound``, ``StaleClient`` or ``Refused``."""
        async with self._database.write() as connection:
            await clients.remove(connection, client_id, version, self._author)
        self._walks.clear()

    @whole
    async def contract(self, client_id: int, terms: Contract, version: int) -> Client:
        """Contract, renew or change a plan; raises ``NotFound``, ``StaleClient`` or ``Refused``."""
        async with self._database.write() as connection:
            contracted = await clients.contract(connection, client_id, terms, version, self._author)
        self._walks.clear()
        return contracted

    @whole
    async def timeline(self, client_id: int) -> tuple[LicenceEvent, ...]:
        """Return the steps in the life of a client's licence, newest first."""
        async with self._database.read() as connection:
            return await reports.timeline(connection, client_id)

    @whole
    async def history(self, client_id: int) -> tuple[AuditEntry, ...]:
        """Return who changed what on a client, newest first."""
        async with self._database.read() as connection:
            return await reports.history(connection, client_id)

    @whole
    async def purchases_for(self, client: Client) -> tuple[Purchase, ...]:
        """Return the purchases that pay for a client's plan: the batches in force when it uses a licence of them."""
        if not clients.uses_licence(client.plan, client.payer, archived=client.archived):
            return ()
        return tuple(purchase for purchase in await self.purchases() if purchase.active_licences)

    @whole
    async def known_plans(self) -> tuple[str, ...]:
        """Return the plans in use, most used first."""
        async with self._database.read() as connection:
            return await reports.known_plans(connection)

    @whole
    async def known_tags(self) -> tuple[str, ...]:
        """Return the tags in use."""
        async with self._database.read() as connection:
            return await reports.known_tags(connection)

    # Figures and payments

    @whole
    async def summary(self) -> PortfolioSummary:
        """Return the figures of Minha carteira."""
        async with self._database.read() as connection:
            return await reports.summary(connection, self.today)

    @whole
    async def licences(self) -> Licences:
        """Return the licences of the Plano Exclusivo."""
        async with self._database.read() as connection:
            return await reports.licences(connection, self.today)

    @whole
    async def licence_users(self, offset: int = 0, limit: int | None = None) -> tuple[LicenceUser, ...]:
        """Return the clients that use a licence of the Plano Exclusivo, in order of name, or a stretch of them."""
        async with self._database.read() as connection:
            return await reports.licence_users(connection, self.today, offset, limit)

    @whole
    async def purchases(self) -> tuple[Purchase, ...]:
        """Return every purchase: the Plano Exclusivo in force first, then newest first."""
        async with self._database.read() as connection:
            return await reports.all_purchases(connection, self.today)

    @whole
    async def purchase(self, number: str) -> PurchaseDetails:
        """Return a purchase beside the licences it is part of; raises ``NotFound``."""
        async with self._database.read() as connection:
            found = await reports.purchase(connection, number, self.today)
            return PurchaseDetails(purchase=found, licences=await reports.licences(connection, self.today))

    @whole
    async def payments_summary(self) -> PaymentsSummary:
        """Return the figures above the list of purchases."""
        async with self._database.read() as connection:
            return await reports.payments_summary(connection, self.today)

    @whole
    async def benefits(self) -> tuple[Benefit, ...]:
        """Return the accumulated benefits, newest first."""
        async with self._database.read() as connection:
            return await reports.all_benefits(connection)

    # Audit trail

    @whole
    async def trail(self, wanted: TrailQuery, limit: int) -> tuple[TrailEntry, ...]:
        """Return the newest entries of the audit trail that are wanted, at most ``limit``, oldest first."""
        async with self._database.read() as connection:
            return await reports.trail_entries(connection, wanted, limit)

    @whole
    async def trail_broken_at(self) -> int | None:
        """Return the number of the first entry of the trail that was tampered with, or None."""
        async with self._database.read() as connection:
            return await trail.first_broken(connection)

    @whole
    async def trail_anchor(self) -> Anchor:
        """Return number and seal of the newest entry of the trail."""
        async with self._database.read() as connection:
            return await trail.newest(connection)

    @whole
    async def trail_holds(self, anchor: Anchor) -> bool:
        """Tell whether the trail still holds the entry that an anchor names."""
        async with self._database.read() as connection:
            return await trail.seal_of(connection, anchor.number) == anchor.seal

    @whole
    async def note(self, action: str, subject: str) -> None:
        """Write into the trail what changes nothing: that data was read or taken out as a whole."""
        async with self._database.write() as connection:
            await clients.note(connection, self._author, action, subject)

    # Spreadsheets

    async def preview_sheet(self, path: Path, mapping: Mapping[str, str]) -> SheetPreview:
        """Return what a file holds and how its columns are understood; raises ``SheetError``."""
        return await asyncio.to_thread(imports.preview, path, mapping)

    async def import_sheet(
        self, path: Path, options: ImportOptions, progress: ImportProgress | None = None
    ) -> ImportReport:
        """Read a file into the portfolio, or say what would happen; raises ``SheetError``.

        Nothing is written when the report has rejections and ``options.skip_invalid`` is off, nor when it is cancelled.
        """
        report = await self._between_steps(
            lambda tell: imports.run(self._database, path, options, self._author, tell), progress
        )
        self._walks.clear()
        return report

    async def export_sheet(self, path: Path, view: ClientView, progress: ExportProgress | None = None) -> int:
        """Write a view to a CSV, XLSX or JSON file and return how many clients it holds; raises ``SheetError``."""
        written = await self._between_steps(
            lambda tell: exports.run(self._database, path, view, self.today, tell), progress
        )
        await self.note("Exportou clientes", f"{path.name}: {_counted(written, 'cliente')} ({view.title})")
        return written

    async def _between_steps(
        self,
        work: Callable[[Callable[[int, float], None]], Coroutine[Any, Any, ResultT]],
        progress: Callable[[int, float], None] | None,
    ) -> ResultT:
        """Do long work that, when it is cancelled, ends where it next tells its progress, with no query under way."""
        is_cancelled = False

        def tell(done: int, fraction: float) -> None:
            if is_cancelled:
                raise asyncio.CancelledError
            if progress is not None:
                progress(done, fraction)

        task = asyncio.ensure_future(work(tell))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            is_cancelled = True
            await asyncio.wait([task])
            raise

    async def export_purchases(self, path: Path) -> int:
        """Write the purchases to a CSV or XLSX file and return how many there are; raises ``SheetError``."""
        written = await exports.run_purchases(path, await self.purchases())
        await self.note("Exportou compras", f"{path.name}: {_counted(written, 'compra')}")
        return written

    async def export_benefits(self, path: Path) -> int:
        """Write the benefits to a CSV or XLSX file and return how many there are; raises ``SheetError``."""
        written = await exports.run_benefits(path, await self.benefits())
        await self.note("Exportou benefícios", f"{path.name}: {_counted(written, 'benefício')}")
        return written

    # Saved views and settings

    @whole
    async def saved_views(self) -> tuple[SavedView, ...]:
        """Return the saved views in order of name."""
        async with self._database.read() as connection:
            found = await connection.execute(select(saved_views).order_by(saved_views.c.name))
            return tuple(
                SavedView(
                    name=row.name,
                    tab=Tab(row.tab),
                    query=row.query,
                    order=Order(field=Field(row.order_field), descending=row.order_descending),
                )
                for row in found
            )

    @whole
    async def save_view(self, name: str, view: ClientView) -> None:
        """Keep a view under a name, replacing one of that name; raises ``QueryError`` for a blank name."""
        if not name.strip():
            raise QueryError("Falta o nome da visão.")
        async with self._database.write() as connection:
            await connection.execute(delete(saved_views).where(saved_views.c.name == name.strip()))
            await connection.execute(
                insert(saved_views).values(
                    name=name.strip(),
                    tab=view.tab.value,
                    query=str(view.query),
                    order_field=view.order.field.value,
                    order_descending=view.order.descending,
                )
            )

    @whole
    async def forget_view(self, name: str) -> None:
        """Drop a saved view; raises ``NotFound``."""
        async with self._database.write() as connection:
            gone = await connection.execute(delete(saved_views).where(saved_views.c.name == name))
            if gone.rowcount == 0:
                raise NotFound(f"Não há visão salva com o nome {name}.")

    @whole
    async def office_name(self) -> str:
        """Return the name of the office for the top line."""
        async with self._database.read() as connection:
            name = await connection.scalar(select(settings.c.value).where(settings.c.name == _OFFICE_NAME))
            return str(name or DEFAULT_OFFICE_NAME)

    @whole
    async def set_office_name(self, name: str) -> None:
        """Keep the name of the office."""
        async with self._database.write() as connection:
            await connection.execute(delete(settings).where(settings.c.name == _OFFICE_NAME))
            await connection.execute(insert(settings).values(name=_OFFICE_NAME, value=name.strip()))

    def _walk(self, view: ClientView) -> Walk:
        key = (view, self.today)
        walk = self._walks.pop(key, None)
        if walk is None:
            walk = Walk(view, self.today, has_search_index=self._database.has_search_index)
        self._walks[key] = walk
        if len(self._walks) > _MOST_WALKS:
            del self._walks[next(iter(self._walks))]
        return walk


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
