"""The licences of the demonstration's clients: plan, payer, term and how they came to it."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

from caz_tui.data.choices import Charges, LicenceHistory, Payer, Situation, Term
from caz_tui.data.clock import add_months
from caz_tui.data.demo_names import between, pick
from caz_tui.data.demo_payments import batch_bought_on, batch_renews_on
from caz_tui.data.figures import EXCLUSIVE_PLAN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from random import Random

_CHANCE_OF_PLAN = {
    Situation.ACTIVE: 0.965,
    Situation.NOT_CONNECTED: 0.1,
    Situation.OVERDUE: 1.0,
    Situation.BLOCKED: 1.0,
}
_PLANS = (
    "Controle I", "Controle II", "Essencial I", "Essencial II", "Avançado I", "Avançado II", "Performance I",
)  # fmt: skip
_PLAN_WEIGHTS = tuple(accumulate((34, 13, 16, 9, 10, 13, 5)))
# The same few hundred days come up for every client.
months_after = lru_cache(maxsize=None)(add_months)


class DemoEvent(NamedTuple):
    """A step in the life of a licence, on a day."""

    on: date
    what: str
    plan: str
    previous_plan: str | None
    payer: Payer
    term: Term
    expires_on: date
    auto_renews: bool


class DemoLicence(NamedTuple):
    """The fields of a client that follow from its licence, and how it came to them."""

    fields: dict[str, Any]
    events: tuple[DemoEvent, ...]


_NO_LICENCE = DemoLicence({"plan": None, "payer": None, "expires_on": None, "auto_renews": None}, ())


def licence_of(rng: Random, today: date, situation: Situation) -> DemoLicence:
    """Return a licence such as a client in a situation has."""
    if rng.random() >= _CHANCE_OF_PLAN.get(situation, 0.0):
        return _without_plan(rng, situation)
    if situation is Situation.ACTIVE and rng.random() < 0.36:
        return _on_batch(rng, today)
    payer = Payer.OFFICE if rng.random() < 0.04 else Payer.CLIENT
    plan = rng.choices(_PLANS, cum_weights=_PLAN_WEIGHTS)[0]
    term = rng.choices((Term.YEARLY, Term.QUARTERLY, Term.MONTHLY), cum_weights=(80, 88, 100))[0]
    days, auto_renews = _days_left(rng, situation, term)
    expires_on = today + timedelta(days=days)
    history = LicenceHistory.EXPIRED if days < 0 else LicenceHistory.ACTIVE
    charges = _charges(rng, situation, payer)
    months_back = term.months
    while months_after(expires_on, -months_back) >= today:
        months_back += term.months
    started = [
        months_after(expires_on, -months_back - term.months * back) for back in range(between(rng, 0, 3), -1, -1)
    ]
    return DemoLicence(
        {
            "plan": plan, "payer": payer, "expires_on": expires_on, "auto_renews": auto_renews,
            "licence_history": history, "ca_charges": charges,
        },
        _renewed(rng, plan, payer, term, started, expires_on, auto_renews=auto_renews),
    )  # fmt: skip


def _without_plan(rng: Random, situation: Situation) -> DemoLicence:
    history = {
        Situation.TRIAL: LicenceHistory.TRIAL,
        Situation.CANCELLED: LicenceHistory.CANCELLED,
        Situation.ACTIVE: LicenceHistory.EXPIRED,
    }.get(situation, LicenceHistory.NEVER)
    if situation is Situation.NOT_CONNECTED and rng.random() < 0.2:
        history = LicenceHistory.EXPIRED
    owes = situation is Situation.CANCELLED and rng.random() < 0.15
    return DemoLicence(
        {**_NO_LICENCE.fields, "licence_history": history, "ca_charges": Charges.OVERDUE if owes else Charges.NONE}, ()
    )


def _on_batch(rng: Random, today: date) -> DemoLicence:
    """Return a licence of the Plano Exclusivo, which ends when the office's batch does."""
    bought_on, expires_on = batch_bought_on(today), batch_renews_on(today)
    before = rng.choices(_PLANS, cum_weights=_PLAN_WEIGHTS)[0]
    auto_renews = rng.random() < 0.8
    was_on_last_batch = rng.random() < 0.6
    moved_on = bought_on + timedelta(days=between(rng, 1, 200))
    if was_on_last_batch:
        moved_on = months_after(moved_on, -12)
    first = DemoEvent(
        months_after(moved_on, -between(rng, 4, 24)), "Contratou um plano", before, None, Payer.CLIENT, Term.YEARLY,
        moved_on, auto_renews=True,
    )  # fmt: skip
    ends_on = bought_on if was_on_last_batch else expires_on
    moved = DemoEvent(
        moved_on, "Trocou de plano", EXCLUSIVE_PLAN, before, Payer.OFFICE, Term.YEARLY, ends_on, auto_renews
    )
    renewed = moved._replace(on=bought_on, what="Renovou o plano", previous_plan=EXCLUSIVE_PLAN, expires_on=expires_on)
    return DemoLicence(
        {
            "plan": EXCLUSIVE_PLAN, "payer": Payer.OFFICE, "expires_on": expires_on, "auto_renews": auto_renews,
            "licence_history": LicenceHistory.ACTIVE, "ca_charges": Charges.NONE,
        },
        (first, moved, renewed) if was_on_last_batch else (first, moved),
    )  # fmt: skip


def _renewed(
    rng: Random, plan: str, payer: Payer, term: Term, started: Sequence[date], expires_on: date, *, auto_renews: bool
) -> tuple[DemoEvent, ...]:
    """Return the contract and its renewals, the first term sometimes on a smaller plan."""
    events: list[DemoEvent] = []
    ends = (*started[1:], expires_on)
    now = pick(rng, _PLANS) if len(started) > 1 and rng.random() < 0.3 else plan
    for place, (start, end) in enumerate(zip(started, ends, strict=True)):
        previous, now = (now, plan) if place else (None, now)
        what = "Contratou um plano" if previous is None else "Renovou o plano" if previous == now else "Trocou de plano"
        events.append(DemoEvent(start, what, now, previous, payer, term, end, auto_renews))
    return tuple(events)


def _days_left(rng: Random, situation: Situation, term: Term) -> tuple[int, bool]:
    """Return in how many days a plan expires and whether it renews by itself."""
    if situation is Situation.BLOCKED:
        return -between(rng, 31, 120), False
    if situation is Situation.OVERDUE:
        return between(rng, -12, 60), False
    chance = rng.random()
    if chance < 0.025:
        return -between(rng, 1, 26), False
    auto_renews = rng.random() < (0.9 if term is Term.MONTHLY else 0.62)
    if chance < 0.045:
        return 0, auto_renews
    if term is Term.YEARLY and chance < 0.075:
        return between(rng, 400, 760), auto_renews
    return between(rng, 1, {Term.MONTHLY: 30, Term.QUARTERLY: 90, Term.YEARLY: 364}[term]), auto_renews


def _charges(rng: Random, situation: Situation, payer: Payer) -> Charges:
    if situation in (Situation.OVERDUE, Situation.BLOCKED):
        return Charges.OVERDUE if rng.random() < 0.9 else Charges.OPEN
    if payer is Payer.OFFICE:
        return Charges.NONE
    return Charges.UP_TO_DATE if rng.random() < 0.85 else Charges.OPEN
