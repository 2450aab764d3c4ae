"""What a program and everything it started use, as the kernel counts it."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_PROC = Path("/proc")


class Used(NamedTuple):
    """What a tree of processes has used since it began.

    Attributes:
        cpu_ms: user and system time in milliseconds.
        wakeups: how often one of its threads slept and was woken.
    """

    cpu_ms: float
    wakeups: int


def tree(pid: int) -> list[int]:
    """Return a process, its descendants and all the rest of its session."""
    parents: dict[int, tuple[int, int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                fields = (entry / "stat").read_text(errors="replace").rpartition(") ")[2].split()
                parents[int(entry.name)] = int(fields[1]), int(fields[3])
    found = {pid} | {process for process, (_, session) in parents.items() if session == pid}
    while more := {process for process, (parent, _) in parents.items() if parent in found} - found:
        found |= more
    return sorted(found)


def used(pids: list[int]) -> Used:
    """Return what some processes have used; the threads that ended are in the time, not in the wake-ups."""
    cpu_ms, wakeups = 0.0, 0
    for pid in pids:
        with suppress(OSError):
            # The number Linux gives the clock of a process's own time, in nanoseconds.
            cpu_ms += time.clock_gettime(~pid << 3 | 2) * 1000
            for task in (_PROC / str(pid) / "task").iterdir():
                wakeups += _number((task / "status").read_text(), "voluntary_ctxt_switches:")
    return Used(cpu_ms, wakeups)


def memory_mb(pids: list[int]) -> float:
    """Return the memory of some processes, pages shared with others in proportion (PSS), in millions of bytes."""
    total_kib = 0
    for pid in pids:
        with suppress(OSError):
            total_kib += _number((_PROC / str(pid) / "smaps_rollup").read_text(), "Pss:")
    return total_kib * 1024 / 1_000_000


def own_memory_mb(pids: list[int]) -> float:
    """Return the memory that some processes share with no other (USS), in millions of bytes."""
    total_kib = 0
    for pid in pids:
        with suppress(OSError):
            text = (_PROC / str(pid) / "smaps_rollup").read_text()
            total_kib += sum(_number(text, label) for label in ("Private_Clean:", "Private_Dirty:"))
    return total_kib * 1024 / 1_000_000


def end(pid: int, pids: list[int]) -> None:
    """Kill some processes and wait for the one that is our own child."""
    for process in reversed(pids):
        with suppress(OSError):
            os.kill(process, 9)
    with suppress(OSError):
        os.waitpid(pid, 0)


def _number(text: str, label: str) -> int:
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith(label))
