"""The time as the portfolio counts it, handed in so that tests can hold it still."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SAO_PAULO = ZoneInfo("America/Sao_Paulo")


class Clock(Protocol):
    """Whatever can tell the moment."""

    def now(self) -> datetime:
        """Return the moment, aware of its time zone."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the moment in UTC."""
        return datetime.now(UTC)


def today(clock: Clock) -> date:
    """Return the date in São Paulo, which is what "today" means in this program."""
    return clock.now().astimezone(SAO_PAULO).date()


def add_months(day: date, months: int) -> date:
    """Return the same day some calendar months later, or the last day of a month that is too short."""
    index = day.year * 12 + day.month - 1 + months
    first = date(index // 12, index % 12 + 1, 1)
    following = date((index + 1) // 12, (index + 1) % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1))
