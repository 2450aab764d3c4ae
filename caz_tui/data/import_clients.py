"""The accepted lines of a file of clients against the portfolio: who is new, who looks like another, all written.

Everything goes in batches: a statement a client would hold the write lock for minutes.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, delete, select, update

from caz_tui.data.clients import LICENCE_FIELDS, audit_row, differing, licence_row, shown, taken_documents
from caz_tui.data.dialects.base import dialect_of
from caz_tui.data.documents import CNPJ_LENGTH, mask
from caz_tui.data.rows import CLIENT_COLUMNS, client, columns_of, merged, tag_keys
from caz_tui.data.schemas import ClientChanges
from caz_tui.data.tables import audit_entries, client_tags, clients, licence_events

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from sqlalchemy.ext.asyncio import AsyncConnection

    from caz_tui.data.clients import Author
    from caz_tui.data.schemas import Client

BATCH_ROWS = 200
MOST_WARNINGS = 200
_DOCUMENTS_AT_ONCE = 2_000


class ClientLine(NamedTuple):
    """An accepted line, as the values of the fields that the file has."""

    line: int
    values: tuple[Any, ...]


async def known_documents(connection: AsyncConnection, documents: Iterable[str]) -> set[str]:
    """Return those of some documents that belong to a client already."""
    known: set[str] = set()
    for batch in _batches(list(documents)):
        known |= await taken_documents(connection, batch)
    return known


async def lookalike_warnings(
    connection: AsyncConnection, lines: Mapping[str, ClientLine], known: set[str]
) -> tuple[str, ...]:
    """Return a warning for each new document that differs in one character from another one.

    Letters have their equals modulo 11, so a slip of the finger can leave the check digits right.
    """
    new = [document for document in lines if document not in known]
    if not new:
        return ()
    others: list[str] = []
    found = await connection.stream_scalars(select(clients.c.document))
    async for batch in found.partitions(_DOCUMENTS_AT_ONCE):
        others += batch
    pairs = await asyncio.to_thread(lookalike_pairs, new, others)
    return tuple(
        f"Linha {lines[document].line}: o documento {mask(document)} difere em um só caractere de {mask(other)}; "
        "confira se não é o mesmo cliente."
        for document, other in pairs[:MOST_WARNINGS]
    )


def lookalike_pairs(new: list[str], others: Iterable[str]) -> list[tuple[str, str]]:
    """Return each new document with every other one, or earlier new one, that differs from it in one place."""
    place_of = {document: place for place, document in enumerate(new)}
    pairs: set[tuple[str, str]] = set()
    candidates = [*new, *(other for other in others if other not in place_of)]
    # The last two are check digits, which cannot be all that differs.
    for cut in range(CNPJ_LENGTH - 2):
        alike: dict[str, list[str]] = {}
        for document in new:
            alike.setdefault(document[:cut] + document[cut + 1 :], []).append(document)
        for other in candidates:
            for document in alike.get(other[:cut] + other[cut + 1 :], ()):
                if place_of[document] > place_of.get(other, -1):
                    pairs.add((document, other))
    return sorted(pairs, key=lambda pair: (place_of[pair[0]], pair[1]))


async def write(
    connection: AsyncConnection,
    lines: Mapping[str, ClientLine],
    fields: tuple[str, ...],
    author: Author,
    tell: Callable[[float], None],
) -> tuple[int, int]:
    """Write the clients that lines describe; return how many were inserted and updated.

    Args:
        connection: In a transaction.
        lines: By document.
        fields: The names of the values of each line.
        author: Who imports.
        tell: Told the fraction that is written.
    """
    inserted = updated = 0
    for batch in _batches(list(lines.items())):
        known = await _known_clients(connection, [document for document, _ in batch])
        new: list[ClientChanges] = []
        edits: list[tuple[Client, ClientChanges]] = []
        for document, line in batch:
            changes = _changes(fields, line.values)
            if document in known:
                edits.append((known[document], merged(known[document], changes)))
            else:
                new.append(changes)
        await _insert(connection, new, author)
        await _update(connection, edits, author)
        inserted += len(new)
        updated += len(edits)
        tell((inserted + updated) / len(lines))
    return inserted, updated


async def _known_clients(connection: AsyncConnection, documents: list[str]) -> dict[str, Client]:
    found = await connection.execute(select(*CLIENT_COLUMNS).where(clients.c.document.in_(documents)))
    return {known.document: known for known in (client(row) for row in found)}


async def _insert(connection: AsyncConnection, new: list[ClientChanges], author: Author) -> None:
    if not new:
        return
    moment = author.clock.now()
    stamp = {"version": 1, "created_at": moment, "created_by": author.name, "updated_at": moment}
    await dialect_of(connection).insert_many(connection, clients, [{**columns_of(changes), **stamp} for changes in new])
    tagged = {changes.document: tag_keys(changes) for changes in new if changes.tags}
    if tagged:
        ids = await connection.execute(select(clients.c.document, clients.c.id).where(clients.c.document.in_(tagged)))
        await _insert_tags(connection, ((row.id, tagged[row.document]) for row in ids))


async def _update(connection: AsyncConnection, edits: list[tuple[Client, ClientChanges]], author: Author) -> None:
    changed = [(current, wanted, names) for current, wanted in edits if (names := differing(current, wanted))]
    if not changed:
        return
    moment = author.clock.now()
    rows = [
        {**columns_of(wanted), "version": current.version + 1, "updated_at": moment, "client_id": current.id}
        for current, wanted, _ in changed
    ]
    await connection.execute(update(clients).where(clients.c.id == bindparam("client_id")), rows)
    trail = [
        audit_row(author, "Importou", current.id, wanted, {
            name: [shown(getattr(current, name)), shown(getattr(wanted, name))] for name in names
        })
        for current, wanted, names in changed
    ]  # fmt: skip
    await dialect_of(connection).insert_many(connection, audit_entries, trail)
    steps = [
        licence_row(author, "Importou", current.id, wanted, current.plan)
        for current, wanted, names in changed
        if not set(LICENCE_FIELDS).isdisjoint(names)
    ]
    await dialect_of(connection).insert_many(connection, licence_events, steps)
    retagged = {current.id: tag_keys(wanted) for current, wanted, names in changed if "tags" in names}
    if retagged:
        await connection.execute(delete(client_tags).where(client_tags.c.client_id.in_(retagged)))
        await _insert_tags(connection, retagged.items())


async def _insert_tags(connection: AsyncConnection, keys_of: Iterable[tuple[int, set[str]]]) -> None:
    rows = [{"client_id": client_id, "tag_folded": key} for client_id, keys in keys_of for key in sorted(keys)]
    await dialect_of(connection).insert_many(connection, client_tags, rows)


def _changes(fields: tuple[str, ...], values: tuple[Any, ...]) -> ClientChanges:
    return ClientChanges.model_construct(_fields_set=set(fields), **dict(zip(fields, values, strict=True)))


def _batches(items: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(items), BATCH_ROWS):
        yield items[start : start + BATCH_ROWS]
