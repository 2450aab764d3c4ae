"""Writing clients: every change is checked against the version it was made from, recorded, and written whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, func, insert, select, update

from caz_tui.data.choices import Field, Labelled, LicenceHistory, Situation
from caz_tui.data.clock import add_months, today
from caz_tui.data.documents import mask
from caz_tui.data.errors import FieldProblem, InvalidClient, NotFound, Refused, StaleClient
from caz_tui.data.figures import uses_licence
from caz_tui.data.gate import EVERY_CLIENT
from caz_tui.data.plans import respelled
from caz_tui.data.readings import Client, ExportPeriod
from caz_tui.data.reports import licences
from caz_tui.data.rows import CLIENT_COLUMNS, client, columns_of, merged, tag_keys, without_idle_renewal
from caz_tui.data.schemas import ClientChanges, Contract
from caz_tui.data.selects import scope_condition
from caz_tui.data.tables import audit_entries, carteiras, client_tags, clients, licence_events
from caz_tui.data.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncConnection

    from caz_tui.data.choices import Term
    from caz_tui.data.clock import Clock
    from caz_tui.data.gate import Scope

_GONE = "O cliente não existe mais; outra pessoa o excluiu."
_GONE_OR_MOVED = "O cliente não existe mais nas suas carteiras; outra pessoa o excluiu ou o pôs em outra."
LICENCE_FIELDS = ("plan", "payer", "expires_on", "auto_renews", "licence_history")


class Author(NamedTuple):
    """Who is writing, and the clock that says when."""

    name: str
    clock: Clock


async def fetch(connection: AsyncConnection, client_id: int, scope: Scope = EVERY_CLIENT) -> Client:
    """Return a client whole.

    Raises:
        NotFound: there is no such client (any more), or not for whoever has this scope.
    """
    asking = select(*CLIENT_COLUMNS).where(clients.c.id == client_id, scope_condition(scope))
    row = (await connection.execute(asking)).first()
    if row is None:
        raise NotFound(_GONE if scope.carteiras is None else _GONE_OR_MOVED)
    return client(row)


async def exists_in(connection: AsyncConnection, client_id: int, scope: Scope) -> bool:
    """Tell whether a client exists for whoever has a scope; for one who sees all, whatever once existed does."""
    if scope.carteiras is None:
        return True
    asking = select(clients.c.id).where(clients.c.id == client_id, scope_condition(scope))
    return await connection.scalar(asking) is not None


async def create(
    connection: AsyncConnection, changes: ClientChanges, author: Author, scope: Scope = EVERY_CLIENT
) -> Client:
    """Insert a client and return it; within a scope it goes into the first of its carteiras by name.

    Raises:
        InvalidClient: name or document is missing, or another client has the document.
        Refused: it would use a licence of the Plano Exclusivo and none is free, or the scope has no carteira.
    """
    _require(changes)
    changes = await respelled(connection, without_idle_renewal(changes))
    await _refuse_taken_document(connection, changes.document, scope)
    await _take_licence(connection, None, changes, today(author.clock))
    carteira_id = None if scope.carteiras is None else await _first_carteira(connection, scope.carteiras)
    client_id = await insert_new(connection, changes, author)
    if carteira_id is not None:
        await connection.execute(update(clients).where(clients.c.id == client_id).values(carteira_id=carteira_id))
    created = await fetch(connection, client_id)
    await record(connection, author, "Cadastrou", created)
    if changes.plan:
        await _record_licence(connection, author, "Cadastrou", created, None, None)
    return created


async def insert_new(connection: AsyncConnection, changes: ClientChanges, author: Author) -> int:
    """Insert the rows of a new client without asking anything, and return its id."""
    [client_id] = await insert_all(connection, [changes], author)
    return client_id


async def insert_all(connection: AsyncConnection, portfolio: Sequence[ClientChanges], author: Author) -> list[int]:
    """Insert the rows of new clients, one or more, without asking anything, and return their ids in order."""
    moment = author.clock.now()
    stamp = {"version": 1, "created_at": moment, "created_by": author.name, "updated_at": moment}
    inserting = insert(clients).returning(clients.c.id, sort_by_parameter_order=True)
    ids = list(await connection.scalars(inserting, [{**columns_of(changes), **stamp} for changes in portfolio]))
    tags = [
        {"client_id": client_id, "tag_folded": key}
        for client_id, changes in zip(ids, portfolio, strict=True)
        for key in sorted(tag_keys(changes))
    ]
    if tags:
        await connection.execute(insert(client_tags), tags)
    return ids


async def change(
    connection: AsyncConnection,
    client_id: int,
    changes: ClientChanges,
    version: int,
    author: Author,
    *,
    scope: Scope = EVERY_CLIENT,
    action: str = "Editou",
    term: Term | None = None,
) -> Client:
    """Write some fields of a client, provided that it is still at the version the changes were made from.

    Raises:
        NotFound: there is no such client (any more).
        StaleClient: someone else changed it since; holds their version.
        InvalidClient: another client has the new document.
        Refused: it would use a licence of the Plano Exclusivo and none is free.
    """
    current = await fetch(connection, client_id, scope)
    if current.version != version:
        raise StaleClient(current)
    wanted = merged(current, changes)
    if wanted.plan != current.plan:
        wanted = await respelled(connection, wanted, client_id)
    if wanted.document != current.document:
        await _refuse_taken_document(connection, wanted.document, scope)
    await _take_licence(connection, current, wanted, today(author.clock))
    return await write(connection, current, wanted, author, action=action, term=term)


async def write(
    connection: AsyncConnection,
    current: Client,
    wanted: ClientChanges,
    author: Author,
    *,
    action: str,
    term: Term | None = None,
) -> Client:
    """Write the fields in which a client differs from what is wanted, with history; returns it as it is then."""
    changed = differing(current, wanted)
    if not changed and term is None:
        return current
    columns = {**columns_of(wanted), "version": current.version + 1, "updated_at": author.clock.now()}
    await connection.execute(update(clients).where(clients.c.id == current.id).values(columns))
    if "tags" in changed:
        await connection.execute(delete(client_tags).where(client_tags.c.client_id == current.id))
        await _write_tags(connection, current.id, tag_keys(wanted))
    written = await fetch(connection, current.id)
    await record(connection, author, action, written, before=current, changed=changed)
    if term is not None or any(name in LICENCE_FIELDS for name in changed):
        await _record_licence(connection, author, action, written, current.plan, term)
    return written


async def remove(
    connection: AsyncConnection, client_id: int, version: int, author: Author, scope: Scope = EVERY_CLIENT
) -> None:
    """Delete a prospect with all that belongs to it.

    Raises:
        NotFound: there is no such client (any more).
        StaleClient: someone else changed it since.
        Refused: its situation does not allow it to be deleted.
    """
    current = await fetch(connection, client_id, scope)
    if current.version != version:
        raise StaleClient(current)
    if not current.situation.is_prospect:
        raise Refused(
            f"{current.name} está em {current.situation.label}; só se exclui quem está em Muito recomendado "
            "ou Não conectado. Você pode arquivar o cliente."
        )
    await record(connection, author, "Excluiu", current, before=current, changed=("name", "document"))
    await connection.execute(delete(client_tags).where(client_tags.c.client_id == client_id))
    await connection.execute(delete(licence_events).where(licence_events.c.client_id == client_id))
    await connection.execute(delete(clients).where(clients.c.id == client_id))


async def contract(
    connection: AsyncConnection,
    client_id: int,
    terms: Contract,
    version: int,
    author: Author,
    scope: Scope = EVERY_CLIENT,
) -> Client:
    """Contract a plan for a prospect, or renew or change the plan of any other client.

    The new term starts where a running one ends when the plan stays the same, and today otherwise.

    Raises:
        NotFound: there is no such client (any more).
        StaleClient: someone else changed it since.
        Refused: the plan would use a licence of the Plano Exclusivo and none is free.
    """
    current = await fetch(connection, client_id, scope)
    day = today(author.clock)
    same_plan = current.plan is not None and fold(current.plan) == fold(terms.plan)
    starts_on = max(current.expires_on or day, day) if same_plan else day
    is_first = current.plan is None or current.situation.is_prospect
    action = "Contratou um plano" if is_first else "Renovou o plano" if same_plan else "Trocou de plano"
    changes = ClientChanges(
        plan=terms.plan,
        payer=terms.payer,
        auto_renews=terms.auto_renews,
        expires_on=add_months(starts_on, terms.term.months),
        licence_history=LicenceHistory.ACTIVE,
        situation=Situation.ACTIVE,
    )
    return await change(connection, client_id, changes, version, author, scope=scope, action=action, term=terms.term)


async def record(
    connection: AsyncConnection,
    author: Author,
    action: str,
    subject: Client,
    *,
    before: Client | None = None,
    changed: Iterable[str] = (),
) -> None:
    """Add one line to the audit trail."""
    changes = {
        name: [shown(getattr(before, name)), shown(getattr(subject, name))] for name in changed if before is not None
    }
    await connection.execute(insert(audit_entries).values(audit_row(author, action, subject.id, subject, changes)))


async def note(connection: AsyncConnection, author: Author, action: str, subject: str) -> None:
    """Add a line to the audit trail that concerns no single client."""
    row = {"at": author.clock.now(), "by": author.name, "action": action, "client_id": None, "subject": subject}
    await connection.execute(insert(audit_entries).values({**row, "changes": {}}))


def audit_row(
    author: Author, action: str, client_id: int, subject: Client | ClientChanges, changes: dict[str, list[str]]
) -> dict[str, Any]:
    """Return one line of the audit trail as it is stored."""
    return {
        "at": author.clock.now(),
        "by": author.name,
        "action": action,
        "client_id": client_id,
        "subject": f"{subject.name} ({mask(subject.document)})",
        "changes": changes,
    }


def differing(current: Client, wanted: ClientChanges) -> list[str]:
    """Return the fields in which a client differs from what is wanted."""
    return [name for name in ClientChanges.model_fields if getattr(current, name) != getattr(wanted, name)]


def shown(value: Any) -> str:  # noqa: ANN401 - any field of a client
    """Return a field's value as the trail keeps it, for people to read."""
    match value:
        case None | () | "":
            return "–"
        case bool():
            return "Sim" if value else "Não"
        case Labelled():
            return value.label
        case ExportPeriod():
            return f"{value.start:%d/%m/%Y} a {value.end:%d/%m/%Y}"
        case tuple():
            return ", ".join(value)
        case _:
            return f"{value:%d/%m/%Y}" if hasattr(value, "strftime") else str(value)


def _require(changes: ClientChanges) -> None:
    problems = [
        FieldProblem(field.value, "", reason)
        for field, value, reason in (
            (Field.NAME, changes.name, "Falta o nome do cliente."),
            (Field.DOCUMENT, changes.document, "Falta o CNPJ ou CPF."),
        )
        if not value
    ]
    if problems:
        raise InvalidClient(tuple(problems))


async def _refuse_taken_document(connection: AsyncConnection, document: str, scope: Scope) -> None:
    found = select(clients.c.name, scope_condition(scope)).where(clients.c.document == document)
    owner = (await connection.execute(found)).first()
    if owner is not None:
        # A document is somebody's once in the whole portfolio, so that much has to be said; not whose it is.
        reason = f"O documento {mask(document)} já é de {owner[0] if owner[1] else 'um cliente de outra carteira'}."
        raise InvalidClient((FieldProblem(Field.DOCUMENT.value, mask(document), reason),))


async def _first_carteira(connection: AsyncConnection, ids: tuple[int, ...]) -> int:
    by_name = select(carteiras.c.id).where(carteiras.c.id.in_(ids)).order_by(carteiras.c.name_folded)
    found = await connection.scalar(by_name.limit(1))
    if found is None:
        raise Refused("Você não tem carteira onde pôr o cliente; peça uma a um administrador.")
    return int(found)


async def _take_licence(connection: AsyncConnection, current: Client | None, wanted: ClientChanges, day: date) -> None:
    """Refuse a client a licence of the Plano Exclusivo that it does not hold yet when none is free."""
    holds = current is not None and uses_licence(current.plan, current.payer, archived=current.archived)
    if holds or not uses_licence(wanted.plan, wanted.payer, archived=wanted.archived):
        return
    left = await licences(connection, day)
    if left.free == 0:
        raise Refused(
            f"Não há licença livre do Plano Exclusivo: {left.bought} compradas, {left.in_use} em uso. "
            "Compre mais licenças ou escolha que o cliente pague."
        )


async def _write_tags(connection: AsyncConnection, client_id: int, keys: set[str]) -> None:
    if keys:
        rows = [{"client_id": client_id, "tag_folded": key} for key in sorted(keys)]
        await connection.execute(insert(client_tags), rows)


async def _record_licence(
    connection: AsyncConnection,
    author: Author,
    what: str,
    subject: Client,
    previous_plan: str | None,
    term: Term | None,
) -> None:
    row = licence_row(author, what, subject.id, subject, previous_plan, term)
    await connection.execute(insert(licence_events).values(row))


def licence_row(
    author: Author,
    what: str,
    client_id: int,
    subject: Client | ClientChanges,
    previous_plan: str | None,
    term: Term | None = None,
) -> dict[str, Any]:
    """Return one step in the life of a licence as it is stored."""
    return {
        "client_id": client_id,
        "at": author.clock.now(),
        "by": author.name,
        "what": what,
        "plan": subject.plan,
        "previous_plan": previous_plan,
        "payer": subject.payer,
        "term": term,
        "expires_on": subject.expires_on,
        "auto_renews": subject.auto_renews,
    }


async def taken_documents(connection: AsyncConnection, documents: Iterable[str]) -> set[str]:
    """Return those of some bare documents that belong to a client already."""
    wanted = list(documents)
    found = await connection.scalars(select(clients.c.document).where(clients.c.document.in_(wanted)))
    return set(found)


async def count_all(connection: AsyncConnection) -> int:
    """Return how many clients there are, archived ones included."""
    return int(await connection.scalar(select(func.count()).select_from(clients)) or 0)


async def is_any(connection: AsyncConnection, scope: Scope) -> bool:
    """Tell whether there is a client at all within a scope, archived ones included."""
    asking = select(clients.c.id).where(scope_condition(scope, looks_up=True)).limit(1)
    return await connection.scalar(asking) is not None
