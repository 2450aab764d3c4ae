"""Threads that begin later take their memory from the heaps there are."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

HEAP_BYTES = 1 << 26
"""glibc puts the heap of a thread on a multiple of this."""

CHILD = f"""
import sqlite3, sys, threading
from caz_tui.terminal import heaps

def heaps_of_threads():
    with open("/proc/self/maps") as maps:
        return sum(int(line.split("-")[0], 16) % {HEAP_BYTES} == 0 for line in maps)

before = heaps_of_threads()
if "shared" in sys.argv:
    heaps.make_no_more()
done, ended = threading.Barrier(4), threading.Barrier(4)

def work():
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE letters (letter)")
    done.wait()
    ended.wait()

for _ in range(3):
    threading.Thread(target=work).start()
done.wait()
print(heaps_of_threads() - before)
ended.wait()
"""


def heaps_made(*words: str) -> int:
    told = subprocess.run([sys.executable, "-c", CHILD, *words], check=True, capture_output=True, text=True)
    return int(told.stdout)


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="another C library than glibc has no heap for each thread"
)
def test_threads_share_the_heaps_there_are() -> None:
    assert heaps_made() >= 3
    assert heaps_made("shared") == 0
