"""The accepted lines of a file of clients against the portfolio: who is new, who looks like another, all written.

Everything goes in batches: a statement a client would hold the write lock for minutes. Where a file brings so many that
they are most of the portfolio, its indexes are made anew behind them.
"""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, delete, select, update

from caz_tui.data import plans
from caz_tui.data.clients import (
    LICENCE_FIELDS,
    audit_row,
    count_all,
    differing,
    licence_row,
    shown,
    taken_documents,
)
from caz_tui.data.dialects.base import dialect_of
from caz_tui.data.documents import CNPJ_LENGTH, mask, may_have_lookalikes
from caz_tui.data.rows import CLIENT_COLUMNS, client, columns_from, columns_of, keys_of_tags, merged, tag_keys
from caz_tui.data.schemas import ClientChanges
from caz_tui.data.tables import audit_entries, client_tags, clients, licence_events

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from sqlalchemy.ext.asyncio import AsyncConnection

    from caz_tui.data.clients import Author
    from caz_tui.data.readings import Client
    from caz_tui.data.sheets.packed_lines import PackedLines

MANY_CLIENTS: Final = 20_000
"""From so many new clients on, if they are as many as there were, indexes are better made anew than kept."""

SOME_CLIENTS: Final = 500
"""From so many new clients on, they had better come into the search index together."""

MOST_WARNINGS: Final = 200
_DOCUMENTS_AT_ONCE: Final = 2_000
_LETTERLESS: Final = "0123456789"
_ROWS_SHARE: Final = 0.4
_UNSET: Final = {name: field.default for name, field in ClientChanges.model_fields.items()}


async def known_documents(connection: AsyncConnection, documents: Iterable[str]) -> set[str]:
    """Return those of some documents that belong to a client already."""
    known: set[str] = set()
    if await count_all(connection):
        for batch in _batches(list(documents)):
            known |= await taken_documents(connection, batch)
    return known


async def lookalike_warnings(
    connection: AsyncConnection, line_of: Mapping[str, int], known: set[str]
) -> tuple[str, ...]:
    """Return a warning for each new document that differs in one character from another one.

    Letters have their equals modulo 11, so a slip of the finger can leave the check digits right.
    """
    new = [document for document in line_of if document not in known]
    if not new:
        return ()
    others: list[str] = []
    found = await connection.stream_scalars(select(clients.c.document))
    async for batch in found.partitions(_DOCUMENTS_AT_ONCE):
        others += batch
    pairs = await asyncio.to_thread(lookalike_pairs, new, others)
    return tuple(
        f"Linha {line_of[document]}: o documento {mask(document)} difere em um só caractere de {mask(other)}; "
        "confira se não é o mesmo cliente."
        for document, other in pairs[:MOST_WARNINGS]
    )


def lookalike_pairs(new: list[str], others: Iterable[str]) -> list[tuple[str, str]]:
    """Return each new document with every other one, or earlier new one, that differs from it in one place."""
    place_of = {document: place for place, document in enumerate(new)}
    everybody = [*new, *(other for other in others if other not in place_of)]
    # Most documents are of digits, and few of those can be mistaken for another one of digits.
    able = [document for document in everybody if may_have_lookalikes(document)]
    alike = {*_pairs_among(able), *_pairs_with_one_letter(able, set(everybody))}
    pairs = {(one, other) if place_of.get(one, -1) > place_of.get(other, -1) else (other, one) for one, other in alike}
    found = [pair for pair in pairs if pair[0] in place_of]
    return sorted(found, key=lambda pair: (place_of[pair[0]], pair[1]))


def _pairs_among(documents: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the documents that differ in one place; twice at most."""
    # The last two are check digits, which cannot be all that differs.
    for cut in range(CNPJ_LENGTH - 2):
        seen: set[str] = set()
        twice: dict[str, list[str]] = {}
        for document in documents:
            rest = document[:cut] + document[cut + 1 :]
            if rest in seen:
                twice[rest] = []
            seen.add(rest)
        for document in documents if twice else ():
            family = twice.get(document[:cut] + document[cut + 1 :])
            if family is not None:
                for other in family:
                    yield document, other
                family.append(document)


def _pairs_with_one_letter(documents: list[str], everybody: set[str]) -> Iterator[tuple[str, str]]:
    """Yield the documents with a single letter beside those that have a digit in its place."""
    for document in documents:
        letters = [place for place, char in enumerate(document) if not char.isdigit()]
        if len(letters) == 1:
            [place] = letters
            for digit in _LETTERLESS:
                other = document[:place] + digit + document[place + 1 :]
                if other in everybody:
                    yield document, other


async def write(
    connection: AsyncConnection, lines: PackedLines, known: set[str], author: Author, tell: Callable[[float], None]
) -> tuple[int, int]:
    """Write the clients that lines describe; return how many were inserted and updated.

    Args:
        connection: In a transaction.
        lines: Of which each document has one.
        known: The documents among them that belong to a client already.
        author: Who imports.
        tell: Told the fraction that is written.
    """
    new = len(lines) - len(known)
    dialect = dialect_of(connection)
    if not dialect.readers_wait_for_bulk and new >= MANY_CLIENTS and new >= await count_all(connection):
        async with dialect.bulk(connection, (clients,), lambda done: tell(_share(1.0, done))):
            await _write_lines(connection, lines, known, author, lambda done: tell(_share(done, 0.0)))
    else:
        async with dialect.gathering(connection) if new >= SOME_CLIENTS else nullcontext():
            await _write_lines(connection, lines, known, author, tell)
    return new, len(known)


def _share(rows: float, indexes: float) -> float:
    return _ROWS_SHARE * rows + (1 - _ROWS_SHARE) * indexes


async def _write_lines(
    connection: AsyncConnection, lines: PackedLines, known: set[str], author: Author, tell: Callable[[float], None]
) -> None:
    written = 0
    spelled = await plans.spellings(connection)
    for batch in lines.batches():
        before = await _known_clients(connection, [document for document, _ in batch if document in known])
        new: list[dict[str, Any]] = []
        edits: list[tuple[Client, ClientChanges]] = []
        for document, line in batch:
            given = dict(zip(lines.fields, line.values, strict=True))
            if given.get("plan") is not None:
                given["plan"] = spelled.of(given["plan"])
            if document in before:
                changes = ClientChanges.model_construct(_fields_set=set(lines.fields), **given)
                edits.append((before[document], merged(before[document], changes)))
            else:
                fields = {**_UNSET, **given}
                if fields["plan"] is None:
                    fields["auto_renews"] = None
                new.append(fields)
        await _insert(connection, new, author)
        await _update(connection, edits, author)
        written += len(batch)
        tell(written / len(lines))


async def _known_clients(connection: AsyncConnection, documents: list[str]) -> dict[str, Client]:
    if not documents:
        return {}
    found = await connection.execute(select(*CLIENT_COLUMNS).where(clients.c.document.in_(documents)))
    return {known.document: known for known in (client(row) for row in found)}


async def _insert(connection: AsyncConnection, new: list[dict[str, Any]], author: Author) -> None:
    if not new:
        return
    moment = author.clock.now()
    stamp = {"version": 1, "created_at": moment, "created_by": author.name, "updated_at": moment}
    await dialect_of(connection).insert_many(connection, clients, [{**columns_from(fields), **stamp} for fields in new])
    tagged = {fields["document"]: keys_of_tags(fields["tags"]) for fields in new if fields["tags"]}
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


def _batches(items: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(items), _DOCUMENTS_AT_ONCE):
        yield items[start : start + _DOCUMENTS_AT_ONCE]
