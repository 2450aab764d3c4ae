"""Being told of writes by the server: LISTEN on a connection of its own, which outlives the server's restarts."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self

import psycopg

from caz_tui.bare_hashlib import hashlib
from caz_tui.data.dialects.postgres_trouble import LOST
from caz_tui.data.watching import SETTLING_SECONDS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType

    from caz_tui.data.errors import StorageError

FIRST_RETRY_SECONDS: Final = 0.25
LONGEST_RETRY_SECONDS: Final = 15.0
ASK_SECONDS: Final = 2.0
"""How often the newest entry is asked for where notifications do not come through."""


def channel_of(schema: str) -> str:
    """Return the channel on which writes to a schema are told; channels belong to a database."""
    return f"caz_tui_{hashlib.sha256(schema.encode()).hexdigest()[:16]}"


class ServerWatch:
    """Tells when a schema was written to, by whomever; a context manager."""

    def __init__(
        self,
        parameters: dict[str, str | int],
        schema: str,
        newest: Callable[[], Awaitable[int]],
        trouble: Callable[[str], None],
        explain: Callable[[BaseException], StorageError | None],
    ) -> None:
        """Take what to listen to.

        Args:
            parameters: of the connection, to the server itself.
            schema: the office's.
            newest: tells the newest entry of the trail, for where notifications do not come through.
            trouble: told the sentence for a connection that was lost, and nothing ("") when it is back.
            explain: tells what an error means.
        """
        self._parameters = parameters
        self._channel = channel_of(schema)
        self._newest = newest
        self._trouble = trouble
        self._explain = explain
        self._connection: psycopg.AsyncConnection | None = None
        self._hears = True
        self._seen = 0
        self._is_lost = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._let_go()

    async def changed(self) -> None:
        """Return when the schema was written to, or may have been while nobody listened, as at first."""
        wait_seconds = FIRST_RETRY_SECONDS
        while True:
            try:
                if self._connection is None:
                    await self._come_back()
                else:
                    await self._told()
            except Exception as error:
                if self._explain(error) is None:
                    raise
                await self._let_go()
                if not self._is_lost:
                    self._is_lost = True
                    self._trouble(LOST)
                # Many sessions lose one server at the same moment; they do not come back at the same moment.
                await asyncio.sleep(wait_seconds * random.uniform(0.5, 1.0))  # noqa: S311 - no secret
                wait_seconds = min(2 * wait_seconds, LONGEST_RETRY_SECONDS)
            else:
                return

    async def _come_back(self) -> None:
        """Connect and listen, and say so to whoever was told that the server went."""
        connection = await psycopg.AsyncConnection.connect(**self._parameters, autocommit=True, prepare_threshold=None)  # type: ignore[arg-type, misc, unused-ignore]
        self._connection = connection
        await connection.execute(f'LISTEN "{self._channel}"')
        answer = await (await connection.execute("SELECT pg_backend_pid()")).fetchone()
        # A pooler says a number of its own; between transactions nobody hands on to it what is told.
        self._hears = answer == (connection.info.backend_pid,)
        if not self._hears:
            self._seen = await self._newest()
        was_lost, self._is_lost = self._is_lost, False
        if was_lost:
            self._trouble("")

    async def _told(self) -> None:
        """Return when something was written."""
        if self._hears:
            while not await self._hear(None):
                pass
            # Many commits often come together.
            while await self._hear(SETTLING_SECONDS):
                pass
            return
        while (newest := await self._newest()) == self._seen:  # noqa: ASYNC110 - the server is all there is to ask
            await asyncio.sleep(ASK_SECONDS)
        self._seen = newest

    async def _hear(self, seconds: float | None) -> bool:
        """Tell whether a notification comes within a time, or whenever it may be."""
        assert self._connection is not None
        async for _ in self._connection.notifies(timeout=seconds, stop_after=1):
            return True
        return False

    async def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error, OSError):
                await connection.close()
