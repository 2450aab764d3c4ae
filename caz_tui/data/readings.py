"""The frozen values of which lists, figures and purchases are made, as they are read.

They come from our own columns, so there is nothing to validate, and the first screens show them before what validates
(pydantic) is imported. Most are tuples by name, which Python makes in a tenth of the time of a dataclass.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime  # noqa: TC003 - pydantic asks for them where these stand in models of its own
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple, Self

from caz_tui.data.choices import Attention, Charges, LicenceHistory, Payer, PurchaseStatus, Role, Situation

if TYPE_CHECKING:
    from collections.abc import Mapping


DEFAULT_OFFICE_NAME: Final = "Meu escritório"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPeriod:
    """A period exported to the accounting system, both ends included."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError("o fim do período exportado vem antes do início")

    @classmethod
    def as_stored(cls, start: date, end: date) -> Self:
        """Return a period as it stands in a column, whatever wrote it there: it is shown, not judged."""
        period = object.__new__(cls)
        object.__setattr__(period, "start", start)
        object.__setattr__(period, "end", end)
        return period


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRow:
    """What a line of the client table holds."""

    # What pydantic is told where one of these comes from outside, such as out of a draft.
    __pydantic_config__: ClassVar[Mapping[str, Any]] = {"extra": "forbid"}

    id: int
    version: int
    name: str
    trade_name: str | None
    document: str
    situation: Situation
    plan: str | None
    payer: Payer | None
    expires_on: date | None
    auto_renews: bool | None
    licence_history: LicenceHistory
    last_export: ExportPeriod | None
    ca_charges: Charges
    email: str | None
    phone: str | None
    city: str | None
    state: str | None
    tags: tuple[str, ...]
    archived: bool
    carteira: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Client(ClientRow):
    """A client whole, with the version that an edit must name."""

    notes: str | None
    support_id: str | None
    created_at: datetime
    created_by: str
    updated_at: datetime


class Page(NamedTuple):
    """Some consecutive rows of a result, starting at ``offset``, and how many it has where that is known already."""

    offset: int
    rows: tuple[ClientRow, ...]
    total: int | None = None


class PurchaseItem(NamedTuple):
    """One line of a purchase; money in integer cents."""

    product: str
    quantity: int
    unit_price_cents: int

    @property
    def total_cents(self) -> int:
        """Quantity times unit price, in cents."""
        return self.quantity * self.unit_price_cents


class Purchase(NamedTuple):
    """A purchase of the office, with its items."""

    number: str
    bought_on: date
    description: str
    payment_method: str
    status: PurchaseStatus
    renews_on: date | None
    items: tuple[PurchaseItem, ...]
    in_force: bool
    is_licence_batch: bool

    @property
    def total_cents(self) -> int:
        """The sum of the items, in cents."""
        return sum(item.total_cents for item in self.items)

    @property
    def quantity(self) -> int:
        """The sum of Quantidade over the items."""
        return sum(item.quantity for item in self.items)

    @property
    def active_licences(self) -> int:
        """The licences this purchase puts in force: its Quantidade, or none when it is not in force."""
        return self.quantity if self.in_force and self.is_licence_batch else 0


class Licences(NamedTuple):
    """The licences of the Plano Exclusivo that are in force, and what is left of them."""

    bought: int
    in_use: int
    renews_on: date | None

    @property
    def free(self) -> int:
        """The licences without a client yet ("Disponível")."""
        return max(0, self.bought - self.in_use)


class PortfolioSummary(NamedTuple):
    """The figures of Minha carteira; all of them count clients that are not archived."""

    total: int
    active: int
    by_payer: dict[Payer | None, int]
    by_situation: dict[Situation, int]
    by_plan: dict[str, int]
    attention: dict[Attention, int]
    expiring_by_week: tuple[int, ...]
    licences: Licences


class Person(NamedTuple):
    """Whoever is at the keyboard; ``carteiras`` are those whose clients they see, empty when they see all."""

    name: str
    role: Role
    carteiras: tuple[str, ...] = ()


def client_fields(stored: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a client, or of its row, from its columns as they are stored; takes the dict for itself."""
    start, end = stored.pop("export_start"), stored.pop("export_end")
    stored["last_export"] = ExportPeriod.as_stored(start, end) if end else None
    stored["situation"] = Situation(stored["situation"])
    stored["payer"] = None if stored["payer"] is None else Payer(stored["payer"])
    stored["licence_history"] = LicenceHistory(stored["licence_history"])
    stored["ca_charges"] = Charges(stored["ca_charges"])
    stored["tags"] = tuple(stored["tags"])
    return stored
