"""Reading what is shown beside the lists: figures, licences, purchases, history."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, false, func, or_, select

from caz_tui.data import figures, kept_counts, tally
from caz_tui.data.choices import FIELD_OF_ATTRIBUTE, PurchaseStatus, Tab
from caz_tui.data.clock import SAO_PAULO, add_months
from caz_tui.data.documents import mask
from caz_tui.data.errors import NotFound
from caz_tui.data.expressions import position_in
from caz_tui.data.figures import uses_licence
from caz_tui.data.gate import EVERY_CLIENT
from caz_tui.data.query import ClientView
from caz_tui.data.schemas import (
    AuditEntry,
    Benefit,
    FieldChange,
    LicenceEvent,
    LicenceUser,
    PaymentsSummary,
    TrailEntry,
    TrailQuery,
)
from caz_tui.data.selects import view_condition
from caz_tui.data.tables import (
    audit_entries,
    benefits,
    clients,
    licence_events,
    purchase_items,
    purchases,
)
from caz_tui.data.text import ascii_lower, fold

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncConnection

    from caz_tui.data.gate import Scope
    from caz_tui.data.readings import Client, Licences, PortfolioSummary, Purchase


async def _count_each(connection: AsyncConnection, views: list[ClientView], today: date, scope: Scope) -> list[int]:
    counts = []
    for view in views:
        counting = kept_counts.counting(view, today, scope)
        assert counting is not None, "every figure is kept"
        counts.append(counting.scalar_subquery())
    return [int(value) for value in (await connection.execute(select(*counts))).one()]


async def tab_counts(connection: AsyncConnection, today: date, scope: Scope = EVERY_CLIENT) -> dict[Tab, int]:
    """Return how many clients are in each tab."""
    counts = await _count_each(connection, [ClientView(tab) for tab in Tab], today, scope)
    return dict(zip(Tab, counts, strict=True))


async def summary(connection: AsyncConnection, today: date, scope: Scope = EVERY_CLIENT) -> PortfolioSummary:
    """Return the figures of Minha carteira, each counted by the query that is its door.

    The licences are the office's whatever the scope: who contracts a plan needs to know how many are free.
    """
    views = [ClientView(Tab.ALL, query) for query in tally.summary_queries(today)]
    counts = await _count_each(connection, views, today, scope)
    kind = kept_counts.BY_KIND.c
    by_plan = await connection.execute(
        select(func.min(kind.plan), func.sum(kind.clients).label("clients"))
        .where(kind.archived == false(), kind.plan.is_not(None), kept_counts.within(kept_counts.BY_KIND, scope))
        .group_by(kind.plan_folded)
        .order_by(func.sum(kind.clients).desc(), kind.plan_folded)
    )
    clients_by_plan = {plan: count for plan, count in by_plan}  # noqa: C416 - rows are no pairs to dict()
    return tally.summary_of(counts, clients_by_plan, await licences(connection, today))


async def licences(connection: AsyncConnection, today: date) -> Licences:
    """Return the licences of the Plano Exclusivo in force, those in use, and when the first batch renews."""
    bought = await all_purchases(connection, today)
    return tally.licences_of(bought, await count_licence_users(connection, today))


async def count_licence_users(connection: AsyncConnection, today: date, scope: Scope = EVERY_CLIENT) -> int:
    """Return how many clients use a licence of the Plano Exclusivo."""
    (count,) = await _count_each(connection, [ClientView(Tab.ALL, figures.licence_users())], today, scope)
    return count


async def licence_users(
    connection: AsyncConnection, today: date, offset: int, limit: int | None, scope: Scope = EVERY_CLIENT
) -> tuple[LicenceUser, ...]:
    """Return some of the clients that use a licence of the Plano Exclusivo, in order of name."""
    users = (
        await connection.execute(
            select(clients.c.id, clients.c.name, clients.c.document)
            .where(view_condition(ClientView(Tab.ALL, figures.licence_users()), today, scope=scope))
            .order_by(clients.c.name_folded, clients.c.name, clients.c.id)
            .offset(offset)
            .limit(limit)
        )
    ).all()
    event = licence_events.c
    in_order = func.row_number().over(partition_by=event.client_id, order_by=(event.at, event.id)).label("place")
    placed = (
        select(event.client_id, event.at, event.previous_plan, in_order)
        .where(
            func.lower(event.plan) == fold(figures.EXCLUSIVE_PLAN),
            *([event.client_id.in_([user.id for user in users])] if limit is not None else []),
        )
        .subquery()
    )
    first_events = await connection.execute(select(placed).where(placed.c.place == 1))
    event_of = {event.client_id: event for event in first_events}
    return tuple(
        LicenceUser(
            id=user.id,
            name=user.name,
            document=user.document,
            since=event_of[user.id].at.astimezone(SAO_PAULO).date() if user.id in event_of else None,
            previous_plan=event_of[user.id].previous_plan if user.id in event_of else None,
        )
        for user in users
    )


async def all_purchases(connection: AsyncConnection, today: date, scope: Scope = EVERY_CLIENT) -> tuple[Purchase, ...]:
    """Return every purchase: the Plano Exclusivo in force first, then newest first.

    Within a scope they are those that pay for a client of it: the batches in force, once a client uses a licence.
    """
    items = await connection.execute(select(purchase_items).order_by(purchase_items.c.id))
    newest_first = select(purchases).order_by(purchases.c.bought_on.desc(), purchases.c.number.desc())
    bought = await connection.execute(newest_first)
    found = tally.purchases_of((row._asdict() for row in bought), [row._asdict() for row in items], today)
    if scope.carteiras is None:
        return found
    pays = await count_licence_users(connection, today, scope) > 0
    return tuple(purchase for purchase in found if pays and purchase.active_licences)


async def purchases_for(connection: AsyncConnection, client: Client, today: date) -> tuple[Purchase, ...]:
    """Return the purchases that pay for a client's plan: the batches in force when it uses a licence of them."""
    if not uses_licence(client.plan, client.payer, archived=client.archived):
        return ()
    return tuple(purchase for purchase in await all_purchases(connection, today) if purchase.active_licences)


async def purchase(connection: AsyncConnection, number: str, today: date, scope: Scope = EVERY_CLIENT) -> Purchase:
    """Return one purchase by its number.

    Raises:
        NotFound: there is no such purchase.
    """
    for found in await all_purchases(connection, today, scope):
        if fold(found.number) == fold(number.strip()):
            return found
    raise NotFound(f"Não há compra com o número {number}.")


async def all_benefits(connection: AsyncConnection, scope: Scope = EVERY_CLIENT) -> tuple[Benefit, ...]:
    """Return the accumulated benefits, newest first; they are the office's, and concern no client of a scope."""
    if scope.carteiras is not None:
        return ()
    found = await connection.execute(select(benefits).order_by(benefits.c.credited_on.desc(), benefits.c.id.desc()))
    return tuple(
        Benefit(credited_on=row.credited_on, description=row.description, amount_cents=row.amount_cents)
        for row in found
    )


async def payments_summary(connection: AsyncConnection, today: date, scope: Scope = EVERY_CLIENT) -> PaymentsSummary:
    """Return the figures above the list of purchases; within a scope they are sums of what is in it."""
    bought = await all_purchases(connection, today, scope)
    a_year_ago = add_months(today, -12)
    waiting = (PurchaseStatus.OPEN, PurchaseStatus.OVERDUE)
    credited = sum(benefit.amount_cents for benefit in await all_benefits(connection, scope))
    return PaymentsSummary(
        paid_in_12_months_cents=sum(
            one.total_cents for one in bought if one.status is PurchaseStatus.PAID and one.bought_on > a_year_ago
        ),
        open_cents=sum(one.total_cents for one in bought if one.status in waiting),
        next_renewal=min((one.renews_on for one in bought if one.in_force and one.renews_on), default=None),
        benefits_cents=credited,
    )


async def history(connection: AsyncConnection, client_id: int) -> tuple[AuditEntry, ...]:
    """Return who changed what on a client, newest first."""
    found = await connection.execute(
        select(audit_entries).where(audit_entries.c.client_id == client_id).order_by(audit_entries.c.id.desc())
    )
    return tuple(AuditEntry(at=row.at, by=row.by, action=row.action, changes=_changes(row.changes)) for row in found)


async def trail_entries(connection: AsyncConnection, wanted: TrailQuery, limit: int) -> tuple[TrailEntry, ...]:
    """Return the newest entries of the whole trail that are wanted, oldest first."""
    entry = audit_entries.c
    asking = select(audit_entries).order_by(entry.id.desc()).limit(limit)
    if wanted.who is not None:
        asking = asking.where(func.lower(entry.by) == ascii_lower(wanted.who))
    if wanted.action is not None:
        asking = asking.where(position_in(func.lower(entry.action), ascii_lower(wanted.action)) == 1)
    if isinstance(wanted.client, int):
        asking = asking.where(entry.client_id == wanted.client)
    elif wanted.client is not None:
        # Under the document it has, with whatever came before; one that was deleted, or had another then, by its name.
        owner = select(clients.c.id).where(clients.c.document == wanted.client).scalar_subquery()
        is_named = entry.subject.endswith(f"({mask(wanted.client)})", autoescape=True)
        asking = asking.where(or_(entry.client_id == owner, and_(entry.client_id.is_not(None), is_named)))
    if wanted.since is not None:
        asking = asking.where(entry.at >= datetime.combine(wanted.since, time.min, SAO_PAULO))
    if wanted.until is not None:
        asking = asking.where(entry.at < datetime.combine(wanted.until + timedelta(days=1), time.min, SAO_PAULO))
    found = (await connection.execute(asking)).all()
    return tuple(
        TrailEntry(
            number=row.id, at=row.at, by=row.by, action=row.action, subject=row.subject, changes=_changes(row.changes)
        )
        for row in reversed(found)
    )


def _changes(stored: dict[str, Any]) -> tuple[FieldChange, ...]:
    # What was erased has left a hash under a name that is no field.
    return tuple(
        FieldChange(field=FIELD_OF_ATTRIBUTE[name], before=before_after[0], after=before_after[1])
        for name, before_after in stored.items()
        if name in FIELD_OF_ATTRIBUTE
    )


async def timeline(connection: AsyncConnection, client_id: int) -> tuple[LicenceEvent, ...]:
    """Return the steps in the life of a client's licence, newest first."""
    found = await connection.execute(
        select(licence_events)
        .where(licence_events.c.client_id == client_id)
        .order_by(licence_events.c.at.desc(), licence_events.c.id.desc())
    )
    fields = tuple(LicenceEvent.model_fields)
    return tuple(LicenceEvent(**{name: getattr(row, name) for name in fields}) for row in found)
