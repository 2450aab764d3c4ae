"""Writing purchases and benefits, which come from files alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from caz_tui.data.schemas import Benefit
from caz_tui.data.tables import benefits, purchase_items, purchases

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from caz_tui.data.sheets.records import PurchaseLine


async def known_numbers(connection: AsyncConnection, numbers: Iterable[str]) -> set[str]:
    """Return those of some purchase numbers that are there already."""
    known = set(await connection.scalars(select(purchases.c.number)))
    return known & set(numbers)


async def write_all(connection: AsyncConnection, lines_of: Mapping[str, Sequence[PurchaseLine]]) -> tuple[int, int]:
    """Write purchases with their items, replacing those of the same number; return lines inserted and updated."""
    known = await known_numbers(connection, lines_of)
    updated = 0
    for number, lines in lines_of.items():
        first = lines[0]
        columns = {
            "number": number,
            "bought_on": first.bought_on,
            "description": first.description,
            "payment_method": first.payment_method,
            "status": first.status,
            "renews_on": first.renews_on,
        }
        if number in known:
            updated += len(lines)
            await connection.execute(update(purchases).where(purchases.c.number == number).values(columns))
            purchase_id = await connection.scalar(select(purchases.c.id).where(purchases.c.number == number))
            await connection.execute(delete(purchase_items).where(purchase_items.c.purchase_id == purchase_id))
        else:
            purchase_id = await connection.scalar(insert(purchases).values(columns).returning(purchases.c.id))
        rows = [{"purchase_id": purchase_id, **line.item._asdict()} for line in lines]
        await connection.execute(insert(purchase_items), rows)
    return sum(len(lines) for lines in lines_of.values()) - updated, updated


async def new_benefits(connection: AsyncConnection, offered: Sequence[Benefit]) -> list[Benefit]:
    """Return those of some benefits that are not there yet, same in date, description and amount."""
    found = await connection.execute(select(benefits.c.credited_on, benefits.c.description, benefits.c.amount_cents))
    known = {Benefit(**row._mapping) for row in found}
    return [benefit for benefit in offered if benefit not in known]


async def add_benefits(connection: AsyncConnection, new: Sequence[Benefit]) -> None:
    """Insert benefits."""
    if new:
        await connection.execute(insert(benefits), [benefit.model_dump() for benefit in new])
