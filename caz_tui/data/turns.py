"""Taking turns to write: SQLite lets waiting writers try again and again, and among many some never get through.

Here the kernel keeps them in a queue on a file beside the database. Whoever dies gives up the turn.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import threading
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING, Final

from caz_tui.data.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

PATIENCE_SECONDS: Final = 30.0


@asynccontextmanager
async def turn(path: Path, patience_seconds: float | None = None) -> AsyncIterator[None]:
    """Give the turn to write to the database in a file, among all processes that ask this way.

    Raises:
        TimeoutError: somebody kept it for that long, or for ``PATIENCE_SECONDS`` when nothing was said.
        StorageError: the file of the queue cannot be opened.
    """
    queue = _join(path)
    try:
        fcntl.flock(queue, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        await _wait(queue, PATIENCE_SECONDS if patience_seconds is None else patience_seconds)
    try:
        yield
    finally:
        os.close(queue)


@contextmanager
def turn_in_thread(path: Path) -> Iterator[Callable[[], None]]:
    """Take a turn, however long that takes, and give what ends it early; in a thread that may wait.

    Raises:
        StorageError: the file of the queue cannot be opened.
    """
    with ExitStack() as held:
        queue = _join(path)
        held.callback(os.close, queue)
        fcntl.flock(queue, fcntl.LOCK_EX)
        yield held.close


def _join(path: Path) -> int:
    """Open the file of the queue."""
    file = path.with_name(f".{path.name}.vez")
    try:
        return os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise StorageError(f"O banco {path} não aceita gravações: {file.name} não pôde ser aberto ao lado.") from error


async def _wait(queue: int, patience_seconds: float) -> None:
    """Return with the lock on the file, or raise with the file closed, now or when its turn comes."""
    loop = asyncio.get_running_loop()
    arrived: asyncio.Future[None] = loop.create_future()
    state = threading.Lock()
    has_turn = is_given_up = False

    def tell() -> None:
        if not arrived.done():
            arrived.set_result(None)

    def wait() -> None:
        nonlocal has_turn
        fcntl.flock(queue, fcntl.LOCK_EX)
        with state:
            has_turn = not is_given_up
        if not has_turn:
            os.close(queue)
            return
        with suppress(RuntimeError):  # the loop has gone, and the program with it
            loop.call_soon_threadsafe(tell)

    # A daemon, for nobody may have to wait for a turn in order to leave.
    threading.Thread(target=wait, daemon=True).start()
    try:
        await asyncio.wait_for(arrived, patience_seconds)
    except BaseException:
        with state:
            is_given_up = True
            if has_turn:
                os.close(queue)
        raise
