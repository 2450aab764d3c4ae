"""Many processes edit one database at once: what was confirmed is there, and nothing was sold twice.

``make torture`` runs it with 20 people and 200 edits each.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from caz_tui.data.query import ClientView
from caz_tui.data.schemas import TrailQuery
from caz_tui.data.service import PortfolioService
from caz_tui.data.verification import verify

if TYPE_CHECKING:
    from caz_tui.data.address import Place

PEOPLE = int(os.environ.get("CAZ_TORTURE_PEOPLE", "4"))
EDITS = int(os.environ.get("CAZ_TORTURE_EDITS", "12"))


@pytest.mark.both_engines
async def test_every_confirmed_edit_is_there(demonstration_place: Place) -> None:
    service = await PortfolioService.open(demonstration_place, user="ana")
    before = await service.count(ClientView())
    trail_before = (await service.trail_anchor()).number
    said = await asyncio.to_thread(all_at_once, demonstration_place)

    created = {int(number): document for one in said for number, document in one["created"].items()}
    assert len(created) == sum(len(one["created"]) for one in said)
    for number, document in created.items():
        assert (await service.client(number)).document == document
    await service.changed_elsewhere()
    assert await service.count(ClientView()) == before + len(created)

    newest: dict[int, tuple[int, str]] = {}
    for one in said:
        for number, written in one["emails"].items():
            version, _, email = written.partition(" ")
            newest[int(number)] = max(newest.get(int(number), (0, "")), (int(version), email))
    for number, (version, email) in newest.items():
        client = await service.client(number)
        assert client.version >= version
        if client.version == version:
            assert client.email == email

    outcomes = sum((Counter(one["outcomes"]) for one in said), Counter[str]())
    licences = await service.licences()
    assert licences.in_use <= licences.bought
    entries = await service.trail(TrailQuery(), 1_000_000)
    assert len(entries) - trail_before == outcomes["confirmed"]
    contracts = ("Contratou um plano", "Renovou o plano", "Trocou de plano")
    assert sum(entry.action in contracts for entry in entries[trail_before:]) == outcomes["contracted"]
    await service.close()
    assert await verify(demonstration_place) == ()
    sys.stdout.write(f"{PEOPLE} people, {EDITS} edits each: {dict(outcomes)}\n")


def all_at_once(place: Place) -> list[dict[str, Any]]:
    """Let everybody edit at the same time; return what each of them was told."""
    people = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.unit.many_edits", str(place), f"pessoa{number}", str(EDITS)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(PEOPLE)
    ]
    said = []
    for person in people:
        out, trouble = person.communicate(timeout=600)
        # No “database is locked”, nor anything else, reached a person.
        assert (person.returncode, trouble) == (0, "")
        said.append(json.loads(out))
    return said
