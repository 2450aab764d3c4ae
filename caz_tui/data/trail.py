"""The audit trail: append-only, each entry sealed with a keyed hash over itself and the seal before it.

Entries are written where things happen; ``Database.write`` seals what is new before it commits. Triggers forbid to
change or remove an entry, and the seals tell when somebody did so behind the program's back. What was cut off at the
end is found by an anchor: the number and the seal of the newest entry, kept where whoever may write to the database may
not.

An entry's changes can be erased (they may hold personal data), which leaves their hash in their place.
"""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import BigInteger, insert, select, type_coerce, update

from caz_tui.bare_hashlib import hashlib, hmac
from caz_tui.data.dialects.base import dialect_of
from caz_tui.data.expressions import as_stored
from caz_tui.data.tables import audit_entries, settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from sqlalchemy import Connection, Row
    from sqlalchemy.ext.asyncio import AsyncConnection

KEY_SETTING: Final = "audit_key"
ERASED: Final = "apagado"
"""The only key of changes that were erased; their hash is its value."""

_ROWS_AT_ONCE: Final = 2_000
_BEFORE_THE_FIRST: Final = ""
_KEPT: Final = " AND ".join(
    f'new."{name}" IS old."{name}"' for name in ("id", "at", "by", "action", "client_id", "subject")
)
_ERASED_CHANGES: Final = f'{{"{ERASED}": "%"}}'
_STATEMENTS: Final = (
    """CREATE TRIGGER audit_entries_stay BEFORE DELETE ON audit_entries
    BEGIN SELECT RAISE(ABORT, 'audit entries stay'); END""",
    f"""CREATE TRIGGER audit_entries_stay_as_they_are BEFORE UPDATE ON audit_entries
    WHEN NOT ({_KEPT} AND (
        old.seal IS NULL AND new.changes IS old.changes
        OR new.seal IS old.seal AND new.changes LIKE '{_ERASED_CHANGES}'
    ))
    BEGIN SELECT RAISE(ABORT, 'audit entries stay as they are'); END""",
)
_COLUMNS: Final = (
    audit_entries.c.id,
    type_coerce(audit_entries.c.at, BigInteger).label("at"),
    audit_entries.c.by,
    audit_entries.c.action,
    audit_entries.c.client_id,
    audit_entries.c.subject,
    as_stored(audit_entries.c.changes).label("changes"),
    audit_entries.c.seal,
)


class Anchor(NamedTuple):
    """The newest entry of a trail."""

    number: int
    seal: str


def create_key(connection: Connection) -> None:
    """Make the key of the seals."""
    connection.execute(insert(settings).values(name=KEY_SETTING, value=secrets.token_hex(32)))


def create(connection: Connection) -> None:
    """Make the triggers, as SQLite has them."""
    for statement in _STATEMENTS:
        connection.exec_driver_sql(statement)


async def seal(connection: AsyncConnection) -> Anchor | None:
    """Seal every entry that is not sealed yet, in order, in the transaction that wrote them; return the newest."""
    fresh = select(*_COLUMNS).where(audit_entries.c.seal.is_(None)).order_by(audit_entries.c.id)
    rows = (await connection.execute(fresh.limit(_ROWS_AT_ONCE))).all()
    if not rows:
        return None
    key, last = await _key(connection), (await newest(connection, before=rows[0].id)).seal
    number = 0
    while rows:
        number, sealed = rows[-1].id, []
        for row in rows:
            last = _seal(key, last, row)
            sealed.append((row.id, last))
        await dialect_of(connection).write_seals(connection, sealed)
        # Behind the last one: those that have just left the index of the unsealed are looked through again otherwise.
        rows = (await connection.execute(fresh.where(audit_entries.c.id > number).limit(_ROWS_AT_ONCE))).all()
    return Anchor(number, last)


async def is_sealed(connection: AsyncConnection) -> bool:
    """Tell whether every entry has its seal."""
    asking = select(audit_entries.c.id).where(audit_entries.c.seal.is_(None)).limit(1)
    return (await connection.execute(asking)).first() is None


async def newest(connection: AsyncConnection, *, before: int | None = None) -> Anchor:
    """Return the newest sealed entry, or the newest before a number; number 0 for an empty trail."""
    asking = select(audit_entries.c.id, audit_entries.c.seal).where(audit_entries.c.seal.is_not(None))
    if before is not None:
        asking = asking.where(audit_entries.c.id < before)
    found = (await connection.execute(asking.order_by(audit_entries.c.id.desc()).limit(1))).first()
    return Anchor(0, _BEFORE_THE_FIRST) if found is None else Anchor(found.id, found.seal)


async def seal_of(connection: AsyncConnection, number: int) -> str | None:
    """Return the seal of an entry, or None when there is no such entry."""
    found: str | None = await connection.scalar(select(audit_entries.c.seal).where(audit_entries.c.id == number))
    return found


async def first_broken(connection: AsyncConnection) -> int | None:
    """Return the number of the first entry that is not what it was when it was sealed, or that stands out of place.

    None when the trail is whole, as far as it can tell by itself: see ``Anchor`` for what was cut off at its end.
    """
    key, last, expected = await _key(connection), _BEFORE_THE_FIRST, 1
    async for row in _entries(connection):
        if row.id != expected:
            return expected
        if row.seal is None or not hmac.compare_digest(row.seal, _seal(key, last, row)):
            return int(row.id)
        last, expected = row.seal, row.id + 1
    return None


async def erase(connection: AsyncConnection, client_id: int, names: Iterable[str]) -> int:
    """Leave only the hash of the changes of a client's entries that tell of some fields; return how many they were.

    The entries stay, as do the seals over them: who did what and when can still be proved, what it said can't be read.
    """
    of_client = select(*_COLUMNS).where(audit_entries.c.client_id == client_id).order_by(audit_entries.c.id)
    gone = set(names)
    rows = (await connection.execute(of_client)).all()
    telling = [row for row in rows if not gone.isdisjoint(json.loads(row.changes))]
    for row in telling:
        erasing = update(audit_entries).where(audit_entries.c.id == row.id)
        await connection.execute(erasing.values(changes={ERASED: _digest(row.changes)}))
    return len(telling)


def erased(changes: str) -> str:
    """Return what stands in the place of changes, as they are stored, that were erased."""
    return json.dumps({ERASED: _digest(changes)})


async def _entries(connection: AsyncConnection) -> AsyncIterator[Row[Any]]:
    last = 0
    while True:
        asking = select(*_COLUMNS).where(audit_entries.c.id > last).order_by(audit_entries.c.id).limit(_ROWS_AT_ONCE)
        rows = (await connection.execute(asking)).all()
        if not rows:
            return
        for row in rows:
            yield row
        last = rows[-1].id


async def _key(connection: AsyncConnection) -> bytes:
    found = await connection.scalar(select(settings.c.value).where(settings.c.name == KEY_SETTING))
    return str(found or "").encode()


def _seal(key: bytes, before: str, row: Row[Any]) -> str:
    said = [before, row.id, row.at, row.by, row.action, row.client_id, row.subject, _digest(row.changes)]
    return hmac.new(key, json.dumps(said, ensure_ascii=False).encode(), hashlib.sha256).hexdigest()


def _digest(changes: str) -> str:
    """Return the hash of an entry's changes as they are stored, also when they were erased."""
    if changes.startswith(f'{{"{ERASED}": '):
        return str(json.loads(changes)[ERASED])
    return hashlib.sha256(changes.encode()).hexdigest()
