"""The session that measures: what it counts and when it says that a key has been painted."""

from __future__ import annotations

import pytest

from bench.pty_session import NotShown, Session

WAITER = ("/bin/sh", "-c", "stty -echo; printf READY; while read word; do printf '\\033[2;1HGOT %s' $word; done")


def test_a_key_is_timed_and_its_bytes_are_counted() -> None:
    with Session(WAITER) as session:
        started = session.start("READY")
        assert started.shown_ms is not None
        assert started.shown_ms > 0
        answered = session.press("x", "enter", shows="GOT x")
        assert answered.bytes == len("\x1b[2;1HGOT x")
        assert answered.ideal == len("\x1b[2HGOT x")
        assert answered.paint_ms is not None
        assert answered.first_ms is not None
        assert 0 < answered.first_ms <= answered.paint_ms
        assert session.text.splitlines()[:2] == ["READY", "GOT x"]


def test_a_key_without_effect_has_no_paint() -> None:
    with Session(WAITER) as session:
        session.start("READY")
        ignored = session.press("x", patience=0.1)
        assert (ignored.paint_ms, ignored.rows_ms, ignored.bytes, ignored.ideal) == (None, None, 0, 0)


def test_what_changes_outside_the_rows_is_told_apart() -> None:
    with Session(WAITER, rows_shown=(5, 40)) as session:
        session.start("READY")
        answered = session.press("x", "enter", shows="GOT x")
        assert answered.paint_ms is not None
        assert answered.rows_ms is None


def test_a_program_that_ends_is_noticed() -> None:
    with Session(("/bin/sh", "-c", "printf BYE")) as session, pytest.raises(NotShown):
        session.start("READY")


def test_idle_and_memory_are_those_of_the_program() -> None:
    with Session(WAITER) as session:
        session.start("READY")
        idle = session.idle(0.2)
        assert idle.bytes == 0
        assert idle.cpu_ms < 5
        assert 0 < session.memory_mb() < 50
