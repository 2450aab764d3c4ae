"""What a service asks its database for, while it reads lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from caz_tui.data.query import ClientView
    from caz_tui.data.service import PortfolioService

Statement = tuple[str, Any]


async def listings(
    service: PortfolioService, asked: list[Statement], view: ClientView, rows: int, *, second: int
) -> list[Statement]:
    """Return the statements by which a view is read: its first rows, some from a second place, its last."""
    asked.clear()
    await service.page(view, 0, rows)
    await service.page(view, second, rows)
    total = await service.count(view)
    await service.page(view, total - rows, rows)
    listing = [one for one in asked if "ORDER BY" in one[0]]
    assert len(listing) >= 3
    return listing
