"""Every call of the service says what it needs, and every role gets what it may: no more, no less."""

from __future__ import annotations

import asyncio
import inspect
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from caz_tui.data.access import Permission, may, why_not
from caz_tui.data.choices import Payer, Role, Situation, Tab, Term
from caz_tui.data.errors import AccessGone, NotAllowed, NotFound
from caz_tui.data.imports import ImportOptions
from caz_tui.data.pending import PendingService
from caz_tui.data.query import ClientQuery, ClientView, Selection
from caz_tui.data.schemas import ClientChanges, Contract, TrailQuery
from caz_tui.data.service import PERMISSIONS, PortfolioService
from tests.support import FrozenClock
from tests.unit.program import dump

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

SEE, WORK, OVERSEE, ADMINISTER = Permission
OPENING = {"open", "close", "note_stay"}
"""What is called before anybody is let in, and when they leave."""
"""What comes before and after all calls."""

MAY = {
    Role.ADMINISTRATOR: {SEE, WORK, OVERSEE, ADMINISTER},
    Role.ANALYST: {SEE, WORK},
    Role.READER: {SEE, OVERSEE},
}


PEOPLE = {Role.ADMINISTRATOR: "ana", Role.ANALYST: "maria", Role.READER: "leo"}


@dataclass
class Office:
    """A database with somebody in each role, one client in the analyst's carteira and one outside."""

    database: Path
    own: int
    services: dict[Role, PortfolioService] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return self.database.parent

    async def service(self, role: Role) -> PortfolioService:
        """Return the service as the person in a role has it."""
        if role not in self.services:
            self.services[role] = await PortfolioService.open(self.database, user=PEOPLE[role], clock=FrozenClock())
        return self.services[role]


async def found(path: Path) -> int:
    """Make the database of an office, and return the number of the analyst's client."""
    ana = await PortfolioService.open(path, user="ana", clock=FrozenClock())
    own, _ = [
        (await ana.create(ClientChanges(name=name, document=document, situation=Situation.NOT_CONNECTED))).id
        for name, document in (("Padaria", "52998224725"), ("Açougue", "12ABC34501DE35"))
    ]
    await ana.create_carteira("Sul")
    await ana.assign(Selection(ClientView(), only=frozenset({own})), "Sul")
    await ana.save_view("Minha visão", ClientView())
    await ana.create_user("maria", Role.ANALYST, ["Sul"])
    await ana.create_user("leo", Role.READER)
    await ana.close()
    return own


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office to be copied and not to be written to."""
    path = tmp_path_factory.mktemp("escritorio") / "carteira.db"
    return Office(path, asyncio.run(found(path)))


@pytest.fixture
async def office(founded: Office, tmp_path: Path) -> AsyncIterator[Office]:
    path = Path(shutil.copyfile(founded.database, tmp_path / founded.database.name))
    (tmp_path / "clientes.csv").write_text("Razão Social;CNPJ/CPF\nLivraria;11.222.333/0001-81\n", encoding="utf-8")
    office = Office(path, founded.own)
    yield office
    for service in office.services.values():
        await service.close()


async def watch(service: PortfolioService) -> None:
    """Watch until something is told."""
    seen = asyncio.Event()
    watching = asyncio.create_task(service.watch(seen.set))
    seeing = asyncio.create_task(seen.wait())
    await asyncio.wait({seeing, watching}, return_when=asyncio.FIRST_COMPLETED)
    seeing.cancel()
    watching.cancel()
    try:
        await watching
    except asyncio.CancelledError:
        assert seen.is_set()


Case = tuple[Permission, "Callable[[PortfolioService, Office], Awaitable[Any]]"]
TERMS = Contract(plan="Controle I", payer=Payer.CLIENT, term=Term.YEARLY, auto_renews=True)
VIEW = ClientView(Tab.ALL, ClientQuery.parse("padaria"))

CALLS: dict[str, Case] = {
    "me": (SEE, lambda s, _: s.me()),
    "page": (SEE, lambda s, _: s.page(VIEW, 0, 10)),
    "prepare": (SEE, lambda s, _: s.prepare(VIEW)),
    "whole_clients": (SEE, lambda s, _: s.whole_clients(VIEW, 0, 10)),
    "count": (SEE, lambda s, _: s.count(VIEW)),
    "place_of": (SEE, lambda s, o: s.place_of(VIEW, o.own)),
    "is_empty": (SEE, lambda s, _: s.is_empty()),
    "tab_counts": (SEE, lambda s, _: s.tab_counts()),
    "suggest": (SEE, lambda s, _: s.suggest("padaria")),
    "changed_elsewhere": (SEE, lambda s, _: s.changed_elsewhere()),
    "watch": (SEE, lambda s, _: watch(s)),
    "client": (SEE, lambda s, o: s.client(o.own)),
    "create": (WORK, lambda s, _: s.create(ClientChanges(name="Livraria", document="11222333000181"))),
    "update": (WORK, lambda s, o: s.update(o.own, ClientChanges(city="Canoas"), 1)),
    "delete": (WORK, lambda s, o: s.delete(o.own, 1)),
    "contract": (WORK, lambda s, o: s.contract(o.own, TERMS, 1)),
    "timeline": (SEE, lambda s, o: s.timeline(o.own)),
    "history": (SEE, lambda s, o: s.history(o.own)),
    "purchases_for": (SEE, lambda s, o: _purchases_for(s, o)),  # noqa: PLW0108 - defined below
    "known_plans": (SEE, lambda s, _: s.known_plans()),
    "known_tags": (SEE, lambda s, _: s.known_tags()),
    "summary": (SEE, lambda s, _: s.summary()),
    "licences": (SEE, lambda s, _: s.licences()),
    "licence_users": (SEE, lambda s, _: s.licence_users()),
    "purchases": (SEE, lambda s, _: s.purchases()),
    "purchase": (SEE, lambda s, _: _missing(s.purchase("1"))),
    "payments_summary": (SEE, lambda s, _: s.payments_summary()),
    "benefits": (SEE, lambda s, _: s.benefits()),
    "users": (OVERSEE, lambda s, _: s.users()),
    "create_user": (ADMINISTER, lambda s, _: s.create_user("jose", Role.READER)),
    "set_role": (ADMINISTER, lambda s, _: s.set_role("leo", Role.ANALYST)),
    "set_user_carteiras": (ADMINISTER, lambda s, _: s.set_user_carteiras("maria", [])),
    "set_user_active": (ADMINISTER, lambda s, _: s.set_user_active("leo", active=False)),
    "carteiras": (OVERSEE, lambda s, _: s.carteiras()),
    "known_carteiras": (SEE, lambda s, _: s.known_carteiras()),
    "find_carteira": (SEE, lambda s, _: s.find_carteira("sul")),
    "create_carteira": (ADMINISTER, lambda s, _: s.create_carteira("Norte")),
    "count_selection": (SEE, lambda s, _: s.count_selection(Selection(VIEW))),
    "assign": (ADMINISTER, lambda s, _: s.assign(Selection(VIEW), None)),
    "erase_personal_data": (ADMINISTER, lambda s, o: s.erase_personal_data(o.own, 1)),
    "dossier": (SEE, lambda s, o: s.dossier(o.own)),
    "export_dossier": (SEE, lambda s, o: s.export_dossier(o.folder / "x.json", o.own)),
    "trail": (OVERSEE, lambda s, _: s.trail(TrailQuery(), 10)),
    "trail_broken_at": (OVERSEE, lambda s, _: s.trail_broken_at()),
    "trail_anchor": (OVERSEE, lambda s, _: s.trail_anchor()),
    "trail_holds": (OVERSEE, lambda s, _: _anchor_holds(s)),
    "note": (SEE, lambda s, _: s.note("Listou clientes", "1 cliente")),
    "preview_sheet": (ADMINISTER, lambda s, o: s.preview_sheet(o.folder / "clientes.csv", {})),
    "import_sheet": (ADMINISTER, lambda s, o: s.import_sheet(o.folder / "clientes.csv", ImportOptions())),
    "export_sheet": (SEE, lambda s, o: s.export_sheet(o.folder / "x.csv", VIEW)),
    "export_purchases": (SEE, lambda s, o: s.export_purchases(o.folder / "x.csv")),
    "export_benefits": (SEE, lambda s, o: s.export_benefits(o.folder / "x.csv")),
    "saved_views": (SEE, lambda s, _: s.saved_views()),
    "save_view": (WORK, lambda s, _: s.save_view("Outra", VIEW)),
    "forget_view": (WORK, lambda s, _: s.forget_view("Minha visão")),
    "office_name": (SEE, lambda s, _: s.office_name()),
    "set_office_name": (ADMINISTER, lambda s, _: s.set_office_name("Escritório")),
}  # fmt: skip


async def _purchases_for(service: PortfolioService, office: Office) -> object:
    return await service.purchases_for(await service.client(office.own))


async def _anchor_holds(service: PortfolioService) -> bool:
    anchor = await service.trail_anchor()
    return await service.trail_holds(anchor)


async def _missing(asking: Awaitable[object]) -> None:
    with pytest.raises(NotFound):
        await asking


def calls_of_the_service() -> set[str]:
    public = {name for name, _ in inspect.getmembers(PortfolioService, callable) if not name.startswith("_")}
    return public - OPENING


def test_every_call_is_in_the_table_and_says_what_it_needs() -> None:
    assert calls_of_the_service() == set(CALLS)
    assert {name: needed for name, (needed, _) in CALLS.items()} == {
        name: needed for name, needed in PERMISSIONS.items() if not name.startswith("_")
    }


def test_what_stands_in_for_the_service_knows_nothing_else() -> None:
    assert {name for name in vars(PendingService) if not name.startswith("_")} <= {
        "begin", "close", "is_open", "open_when_wanted", "opened", "role", "summary", "today",
    }  # fmt: skip


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", CALLS)
async def test_each_role_gets_what_it_may(office: Office, name: str, role: Role) -> None:
    needed, call = CALLS[name]
    service = await office.service(role)
    assert may(role, needed) == (needed in MAY[role])
    if needed in MAY[role]:
        await call(service, office)
        return
    before = dump(office.database)
    with pytest.raises(NotAllowed) as refused:
        await call(service, office)
    assert str(refused.value) == why_not(role, needed)
    assert dump(office.database) == before
    assert not (office.folder / "x.json").exists()


@pytest.mark.parametrize("name", CALLS)
async def test_who_was_sent_away_gets_nothing(office: Office, name: str) -> None:
    service = await office.service(Role.ANALYST)
    own = await service.client(office.own)
    await (await office.service(Role.ADMINISTRATOR)).set_user_active("maria", active=False)
    before = dump(office.database)
    with pytest.raises(AccessGone, match=r"^O acesso de maria foi desativado"):
        await (service.purchases_for(own) if name == "purchases_for" else CALLS[name][1](service, office))
    assert dump(office.database) == before


async def test_who_was_sent_away_is_noted_to_have_left(office: Office) -> None:
    service = await office.service(Role.ANALYST)
    await (await office.service(Role.ADMINISTRATOR)).set_user_active("maria", active=False)
    await service.note_stay("Saiu", "o acesso foi retirado", by="maria", patience_seconds=1.0)
    newest = (await (await office.service(Role.ADMINISTRATOR)).trail(TrailQuery(), 1))[-1]
    assert (newest.by, newest.action, newest.subject) == ("maria", "Saiu", "o acesso foi retirado")


def test_a_role_that_is_not_known_yet_may_try() -> None:
    assert all(may(None, permission) for permission in Permission)
