"""The frozen values that cross the wall between the data and everything above it; those first read are ``readings``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from caz_tui.data import values
from caz_tui.data.choices import Charges, Field, LicenceHistory, Order, Payer, Role, Situation, Tab, Term
from caz_tui.data.readings import Client, ExportPeriod, Licences, Purchase


class Value(BaseModel):
    """A frozen value: equal by content, never changed, refusing fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


def _situation(value: object) -> object:
    return values.choice(value, Situation)


def _payer(value: object) -> object:
    return values.optional_choice(value, Payer)


def _history(value: object) -> object:
    return values.choice(value, LicenceHistory)


def _charges(value: object) -> object:
    return values.choice(value, Charges)


Name = Annotated[str, BeforeValidator(values.name)]
OptionalLine = Annotated[str | None, BeforeValidator(values.optional_line)]
OptionalBlock = Annotated[str | None, BeforeValidator(values.optional_block)]
Document = Annotated[str, BeforeValidator(values.document)]
OptionalDate = Annotated[date | None, BeforeValidator(values.optional_date)]
OptionalYesNo = Annotated[bool | None, BeforeValidator(values.optional_yes_no)]
YesNo = Annotated[bool, BeforeValidator(values.yes_no)]
Email = Annotated[str | None, BeforeValidator(values.optional_email)]
Phone = Annotated[str | None, BeforeValidator(values.optional_phone)]
State = Annotated[str | None, BeforeValidator(values.optional_state)]
Tags = Annotated[tuple[str, ...], BeforeValidator(values.tags)]


class ClientChanges(Value):
    """The fields of a client that someone wants written, from a form or from a line of a file.

    A field that was not set keeps its value on a known client and takes the default below on a new one. Texts are
    accepted as people type them; what is refused says why in Portuguese.
    """

    name: Name = ""
    trade_name: OptionalLine = None
    document: Document = ""
    situation: Annotated[Situation, BeforeValidator(_situation)] = Situation.NOT_CONNECTED
    plan: OptionalLine = None
    payer: Annotated[Payer | None, BeforeValidator(_payer)] = None
    expires_on: OptionalDate = None
    auto_renews: OptionalYesNo = None
    licence_history: Annotated[LicenceHistory, BeforeValidator(_history)] = LicenceHistory.NEVER
    last_export: ExportPeriod | None = None
    ca_charges: Annotated[Charges, BeforeValidator(_charges)] = Charges.NONE
    email: Email = None
    phone: Phone = None
    city: OptionalLine = None
    state: State = None
    tags: Tags = ()
    notes: OptionalBlock = None
    support_id: OptionalLine = None
    archived: YesNo = False


class Contract(Value):
    """A plan to be contracted, renewed or changed for one client."""

    plan: Annotated[str, BeforeValidator(values.plan)]
    payer: Annotated[Payer, BeforeValidator(lambda value: values.choice(value, Payer))]
    term: Annotated[Term, BeforeValidator(lambda value: values.choice(value, Term))]
    auto_renews: YesNo


class LicenceEvent(Value):
    """One step in the life of a client's licence."""

    at: datetime
    what: str
    plan: str | None
    previous_plan: str | None
    payer: Payer | None
    term: Term | None
    expires_on: date | None
    auto_renews: bool | None
    by: str


class FieldChange(Value):
    """One field before and after an edit, as text for people."""

    field: Field
    before: str
    after: str


class AuditEntry(Value):
    """Who did what, when; ``changes`` is empty for actions that change no field."""

    at: datetime
    by: str
    action: str
    changes: tuple[FieldChange, ...]


class TrailEntry(AuditEntry):
    """One entry of the whole trail; ``subject`` is what it was done to, in words."""

    number: int
    subject: str


class TrailQuery(Value):
    """Which entries of the trail are wanted; what is None does not matter.

    ``who`` is a person, ``client`` a bare document or an id, ``action`` the beginning of what was done, and the days,
    both included, are those of São Paulo.
    """

    who: str | None = None
    client: str | int | None = None
    action: str | None = None
    since: date | None = None
    until: date | None = None


class Benefit(Value):
    """An amount the partner programme credited to the office, in integer cents."""

    credited_on: date
    description: str
    amount_cents: int


class LicenceUser(Value):
    """A client that uses a licence of the Plano Exclusivo, and since when, as far as it is known."""

    id: int
    name: str
    document: str
    since: date | None
    previous_plan: str | None


class PurchaseDetails(Value):
    """One purchase beside the licences it is part of.

    ``users_seen`` is how many of the clients that use them exist for whoever asks.
    """

    purchase: Purchase
    licences: Licences
    users_seen: int


class PaymentsSummary(Value):
    """The figures above the list of purchases; money in integer cents."""

    paid_in_12_months_cents: int
    open_cents: int
    next_renewal: date | None
    benefits_cents: int


class SavedView(Value):
    """A named tab, query and order."""

    name: str
    tab: Tab
    query: str
    order: Order


class User(Value):
    """Somebody who may open the portfolio, or once could."""

    name: str
    role: Role
    active: bool
    carteiras: tuple[str, ...]
    created_at: datetime
    created_by: str


class Carteira(Value):
    """A part of the portfolio, how many clients are in it, archived ones included, and whom it is given to."""

    name: str
    clients: int
    users: tuple[str, ...]


class Assigned(Value):
    """What became of clients that were put into a carteira, or taken out of theirs (None)."""

    carteira: str | None
    moved: int
    already: int


class Dossier(Value):
    """Everything that is kept about one client."""

    client: Client
    timeline: tuple[LicenceEvent, ...]
    purchases: tuple[Purchase, ...]
    history: tuple[AuditEntry, ...]


class Suggestion(Value):
    """A client found by name or document, for the command palette."""

    id: int
    name: str
    document: str


def problems_of(error: Any) -> dict[str, str]:  # noqa: ANN401 - importing pydantic's error type costs start-up time
    """Return the sentence for each attribute that a pydantic validation error names."""
    sentences: dict[str, str] = {}
    for problem in error.errors():
        attribute = str(problem["loc"][0]) if problem["loc"] else ""
        cause = problem.get("ctx", {}).get("error")
        sentences.setdefault(attribute, str(cause) if cause else str(problem["msg"]))
    return sentences
