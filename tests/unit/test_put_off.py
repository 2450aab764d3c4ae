"""Modules whose code runs when it is asked for."""

from __future__ import annotations

import importlib
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from caz_tui.data.put_off import put_off, put_off_calls

if TYPE_CHECKING:
    from pathlib import Path

THREADS = 4
CODE = """
import sys
sys.times_run.append(1)
for _ in range(20_000):
    pass  # time for others to ask meanwhile
class Thing: pass
def double(number): return 2 * number
def thing(): return Thing
"""


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows each time that the code of the module ``put_off_example`` is run."""
    (tmp_path / "put_off_example.py").write_text(CODE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "put_off_example", raising=False)
    times: list[int] = []
    monkeypatch.setattr(sys, "times_run", times, raising=False)
    return times


def test_a_function_that_is_called_runs_the_code(runs: list[int]) -> None:
    put_off_calls("put_off_example", "double")
    held = importlib.import_module("put_off_example").double
    assert runs == []
    assert (held(3), held(4)) == (6, 8)
    assert runs == [1]
    assert importlib.import_module("put_off_example").double is not held


def test_whoever_asks_for_anything_else_gets_the_module_as_it_is(runs: list[int]) -> None:
    put_off_calls("put_off_example", "double")
    example = importlib.import_module("put_off_example")
    assert example.thing() is example.Thing
    assert runs == [1]
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = example.nothing


def test_many_who_ask_at_once_get_the_same(runs: list[int]) -> None:
    put_off("put_off_example", lambda _: None)
    example, together = importlib.import_module("put_off_example"), Barrier(THREADS)

    def ask(_: int) -> object:
        together.wait()
        return example.Thing

    with ThreadPoolExecutor(THREADS) as pool:
        found = set(pool.map(ask, range(THREADS)))
    assert found == {example.Thing}
    assert runs == [1]


def test_a_module_that_is_not_there_is_not_put_off() -> None:
    with pytest.raises(ImportError, match="no module put_off_nowhere"):
        put_off_calls("put_off_nowhere", "double")
    assert "put_off_nowhere" not in sys.modules
