"""One of many people who edit the same portfolio at once: ``python -m tests.unit.many_edits DATABASE NAME EDITS``.

Prints, as JSON, what was confirmed to it: clients it created and deleted, the e-mail it last gave to each client, the
licences it took, and how often it was refused or found a client changed.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections import Counter

from caz_tui.data.address import Place, place_of
from caz_tui.data.choices import Payer, Situation, Term
from caz_tui.data.documents import complete
from caz_tui.data.errors import NotFound, Refused, StaleClient
from caz_tui.data.figures import EXCLUSIVE_PLAN
from caz_tui.data.query import ClientQuery, ClientView
from caz_tui.data.schemas import ClientChanges, Contract
from caz_tui.data.service import PortfolioService


async def edit(place: Place, name: str, edits: int) -> None:
    """Do as many edits of all kinds as asked, and say what came of them."""
    rng = random.Random(name)
    service = await PortfolioService.open(place, user=name)
    confirmed: dict[str, dict[int, str]] = {"created": {}, "deleted": {}, "emails": {}}
    outcomes: Counter[str] = Counter()
    prospects = ClientView(query=ClientQuery.parse("situacao:muito_recomendado"))
    for number in range(edits):
        kind = rng.choice(("create", "email", "email", "email", "contract", "delete"))
        try:
            if kind == "create":
                document = _document(rng)
                changes = ClientChanges(name=f"{name} {number}", document=document, situation=Situation.NOT_CONNECTED)
                client = await service.create(changes)
                confirmed["created"][client.id] = document
            elif kind == "delete" and confirmed["created"]:
                client = await service.client(next(iter(confirmed["created"])))
                await service.delete(client.id, client.version)
                confirmed["deleted"][client.id] = confirmed["created"].pop(client.id)
                confirmed["emails"].pop(client.id, None)
            elif kind == "contract":
                page = await service.page(prospects, rng.randrange(20), 1)
                for row in page.rows:
                    terms = Contract(plan=EXCLUSIVE_PLAN, payer=Payer.OFFICE, term=Term.YEARLY, auto_renews=True)
                    await service.contract(row.id, terms, row.version)
                    outcomes["contracted"] += 1
                    outcomes["confirmed"] += 1
                continue
            else:
                # A few clients that all fight for.
                client = await service.client(rng.randint(1, 5))
                changes = ClientChanges(email=f"{name}-{number}@escritorio.example")
                written = await service.update(client.id, changes, client.version)
                confirmed["emails"][written.id] = f"{written.version} {written.email}"
            outcomes["confirmed"] += 1
        except StaleClient:
            outcomes["stale"] += 1
        except (Refused, NotFound):
            outcomes["refused"] += 1
    await service.close()
    sys.stdout.write(json.dumps({**confirmed, "outcomes": outcomes}))


def _document(rng: random.Random) -> str:
    return complete(f"{rng.randrange(10**12):012d}")


if __name__ == "__main__":
    asyncio.run(edit(place_of(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
