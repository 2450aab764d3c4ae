"""The demonstration's clients: invented, coherent, and always the same for a given day and number."""

from __future__ import annotations

from datetime import timedelta
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from caz_tui.data.choices import LicenceHistory, Situation
from caz_tui.data.demo_licences import licence_of, months_after
from caz_tui.data.demo_names import CITIES, City, between, company, email, person, pick
from caz_tui.data.documents import complete
from caz_tui.data.readings import ExportPeriod
from caz_tui.data.schemas import ClientChanges

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from caz_tui.data.demo_licences import DemoEvent

SEED = 20_260_214
STAFF = ("ana", "bruno", "carla", "operador")

_SHARE_PER_MILLE = {
    Situation.ACTIVE: 858,
    Situation.NOT_CONNECTED: 50,
    Situation.TRIAL: 32,
    Situation.OVERDUE: 18,
    Situation.CANCELLED: 15,
    Situation.HIGHLY_RECOMMENDED: 15,
    Situation.BLOCKED: 12,
}
_TAGS = (
    "Simples Nacional", "Lucro Presumido", "MEI", "Folha", "BPO", "Varejo", "Serviços", "Indústria", "Saúde",
    "Prioridade",
)  # fmt: skip
_TAG_WEIGHTS = tuple(accumulate((30, 14, 8, 12, 16, 8, 8, 4, 4, 6)))
_NOTES = (
    "Prefere contato por e-mail, de manhã.",
    "Envia os extratos até o dia 5.",
    "Reunião de fechamento toda segunda terça-feira do mês.\nTratar com a sócia.",
    "Pediu proposta para incluir a folha de pagamento.",
    "Mudança de endereço em andamento na Junta Comercial.",
)
_ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class DemoClient(NamedTuple):
    """A client with its licence events and the day it was entered."""

    fields: ClientChanges
    events: tuple[DemoEvent, ...]
    created_on: date
    created_by: str


class Identity(NamedTuple):
    """What tells one client from every other."""

    name: str
    trade_name: str | None
    document: str
    email: str | None


class Inventor:
    """Invents clients, always the same ones in the same order."""

    def __init__(self) -> None:
        self.rng = Random(SEED)  # noqa: S311 - invented data, wanted the same every time
        self._names: set[str] = set()
        self._documents: set[str] = set()

    def clients(self, today: date, count: int) -> Iterator[DemoClient]:
        """Yield some clients, coherent each in itself and in believable proportions together."""
        situations = _shares(count)
        self.rng.shuffle(situations)
        for situation in situations:
            yield self._client(today, situation)

    def identity(self, city: City) -> Identity:
        """Return a name and a document that nobody has yet."""
        rng = self.rng
        is_person = rng.random() < 0.06
        while True:
            called = person(rng) if is_person else company(rng)
            name = called.name
            if name in self._names:
                name = f"{name} {city.name}" if is_person else f"{name} - {city.name}"
            if name not in self._names:
                break
        self._names.add(name)
        return Identity(
            name,
            called.trade_name,
            self._document(is_person=is_person),
            email(rng, called) if rng.random() < 0.9 else None,
        )

    def _document(self, *, is_person: bool) -> str:
        rng = self.rng
        while True:
            if is_person:
                document = complete(f"{between(rng, 0, 10**9):09d}")
            elif rng.random() < 0.08:
                document = complete("".join(rng.choices(_ALPHANUMERIC, k=8)) + pick(rng, ("0001", "0001", "01DE")))
            else:
                document = complete(
                    f"{between(rng, 1_000_000, 10**8):08d}{pick(rng, ('0001', '0001', '0001', '0002'))}"
                )
            if document not in self._documents and len(set(document)) > 1:
                self._documents.add(document)
                return document

    def _client(self, today: date, situation: Situation) -> DemoClient:
        rng = self.rng
        city = pick(rng, CITIES)
        identity = self.identity(city)
        licence = licence_of(rng, today, situation)
        history = licence.fields["licence_history"]
        started_on = licence.events[0].on if licence.events else today - timedelta(days=between(rng, 20, 900))
        fields = ClientChanges.model_construct(
            **identity._asdict(),
            situation=situation,
            last_export=_last_export(rng, today, situation, history),
            phone=phone(rng, city) if rng.random() < 0.85 else None,
            city=city.name if rng.random() < 0.96 else None,
            state=city.state,
            tags=_tags(rng),
            notes=pick(rng, _NOTES) if rng.random() < 0.12 else None,
            support_id=support_id(rng) if licence.events and rng.random() < 0.8 else None,
            archived=rng.random() < (0.3 if situation is Situation.CANCELLED else 0.008),
            **licence.fields,
        )
        created_on = started_on - timedelta(days=between(rng, 1, 15))
        return DemoClient(fields, licence.events, created_on, pick(rng, STAFF))


def phone(rng: Random, city: City) -> str:
    """Return a number in a city's area, mobile more often than not."""
    if rng.random() < 0.6:
        return f"+55{city.area_code}9{between(rng, 80_000_000, 99_999_999)}"
    return f"+55{city.area_code}3{between(rng, 1_000_000, 9_999_999)}"


def support_id(rng: Random) -> str:
    """Return the number by which support knows a client."""
    return f"CA-{between(rng, 100_000, 999_999)}"


def _shares(count: int) -> list[Situation]:
    """Return a situation for each client, in the proportions of a portfolio, the rest being active."""
    found: list[Situation] = []
    for situation, per_mille in _SHARE_PER_MILLE.items():
        found += [situation] * (0 if situation is Situation.ACTIVE else round(count * per_mille / 1000))
    return found + [Situation.ACTIVE] * (count - len(found))


def _tags(rng: Random) -> tuple[str, ...]:
    wanted = rng.choices((0, 1, 2, 3), cum_weights=(35, 75, 95, 100))[0]
    return tuple(dict.fromkeys(rng.choices(_TAGS, cum_weights=_TAG_WEIGHTS, k=wanted)))


def _last_export(rng: Random, today: date, situation: Situation, history: LicenceHistory) -> ExportPeriod | None:
    months_ago = 0
    if history in (LicenceHistory.NEVER, LicenceHistory.TRIAL) or situation is Situation.NOT_CONNECTED:
        return None
    if situation in (Situation.CANCELLED, Situation.BLOCKED):
        months_ago = between(rng, 3, 15)
    else:
        chance = rng.random()
        if chance < 0.012:
            return None
        if chance < 0.04:
            months_ago = between(rng, 3, 9)
    first_of_month = months_after(today.replace(day=1), -months_ago)
    if months_ago == 0 and today.day > 10 and rng.random() < 0.15:
        return ExportPeriod(start=first_of_month, end=today - timedelta(days=between(rng, 1, 8)))
    return ExportPeriod(start=months_after(first_of_month, -1), end=first_of_month - timedelta(days=1))
