"""The portfolio as files that Brazilian Excel opens right and that import back to the same portfolio."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from caz_tui.data.choices import Field
from caz_tui.data.documents import mask
from caz_tui.data.errors import SheetError
from caz_tui.data.portable import benefit_json, client_json, dossier_json, purchase_json
from caz_tui.data.sheets.atomic import replacing
from caz_tui.data.sheets.cells import harmless
from caz_tui.data.sheets.columns import EXPORT_END, EXPORT_START, Kind, export_columns
from caz_tui.data.sheets.formats import BYTE_ORDER_MARK, FORMATS, Amount, Cell, Table, Writer, csv_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from caz_tui.data.readings import Client, Purchase
    from caz_tui.data.schemas import Benefit, Dossier

_BRAZILIAN_PHONE = re.compile(r"\+55([1-9][1-9])([2-9][0-9]{3,4})([0-9]{4})", re.ASCII)


def write_clients(path: Path, batches: Iterable[Iterable[Client]]) -> int:
    """Write clients to a file in the format its suffix names, and return how many; see ``clients_file``."""
    with clients_file(path) as file:
        return sum(file.write(batch) for batch in batches)


def write_purchases(path: Path, purchases: Iterable[Purchase]) -> int:
    """Write purchases to a file, one line an item, and return how many purchases; see ``clients_file``."""
    with _file(path, Table("Compras", _headers(Kind.PURCHASES), _purchase_rows, purchase_json)) as file:
        return file.write(purchases)


def write_benefits(path: Path, benefits: Iterable[Benefit]) -> int:
    """Write benefits to a file and return how many; see ``clients_file``."""
    with _file(path, Table("Benefícios", _headers(Kind.BENEFITS), _benefit_rows, benefit_json)) as file:
        return file.write(benefits)


@contextmanager
def clients_file(path: Path) -> Iterator[Writer]:
    """Open a file for clients that come in batches; it takes its name only when it is whole.

    Args:
        path: Where to write; the suffix is ``.csv``, ``.xlsx`` or ``.json``.

    Raises:
        SheetError: the format is unknown or the file cannot be written; nothing is left of it.
    """
    with _file(path, Table("Clientes", _headers(Kind.CLIENTS), _client_rows, client_json)) as file:
        yield file


def clients_csv(batches: Iterable[Iterable[Client]], *, byte_order_mark: bool = True) -> Iterator[str]:
    """Yield clients as the text of a CSV file: the header, then a piece a batch.

    Args:
        batches: The clients.
        byte_order_mark: Whether the text begins as Excel wants it.
    """
    yield (BYTE_ORDER_MARK if byte_order_mark else "") + csv_text([_headers(Kind.CLIENTS)])
    for batch in batches:
        yield csv_text(row for client in batch for row in _client_rows(client))


def purchases_csv(purchases: Iterable[Purchase], *, byte_order_mark: bool = True) -> str:
    """Return purchases as the text of a CSV file, one line an item."""
    rows = (row for purchase in purchases for row in _purchase_rows(purchase))
    return (BYTE_ORDER_MARK if byte_order_mark else "") + csv_text([_headers(Kind.PURCHASES), *rows])


def write_dossier(path: Path, dossier: Dossier) -> None:
    """Write everything kept about a client to a JSON file.

    Raises:
        SheetError: the name ends in something else, or the file cannot be written; one that was there is as it was.
    """
    if path.suffix.lower() != ".json":
        raise SheetError(f"O arquivo {harmless(path.name)} precisa terminar em .json.")
    with replacing(path) as file:
        file.write(f"{json.dumps(dossier_json(dossier), ensure_ascii=False, indent=2)}\n".encode())


def suffix_of(path: Path) -> str:
    """Return the suffix of a file to be written, which names its format.

    Raises:
        SheetError: no such format is written; the sentence names those that are.
    """
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        *others, last = FORMATS
        raise SheetError(
            f"O arquivo {harmless(path.name or str(path))} precisa terminar em {', '.join(others)} ou {last}."
        )
    return suffix


@contextmanager
def _file(path: Path, table: Table) -> Iterator[Writer]:
    suffix = suffix_of(path)
    with replacing(path) as file, FORMATS[suffix](file, table) as writer:
        yield writer


def _headers(kind: Kind) -> tuple[str, ...]:
    return tuple(column.header for column in export_columns(kind))


def _yes_no(value: bool | None) -> str:  # noqa: FBT001 - the value itself
    return "" if value is None else "Sim" if value else "Não"


def _phone(phone: str | None) -> str | None:
    """Write a Brazilian number as people do, so that no cell begins with a plus sign; others stay as they are."""
    match = _BRAZILIAN_PHONE.fullmatch(phone or "")
    return f"({match[1]}) {match[2]}-{match[3]}" if match else phone


_CLIENT_CELLS: dict[str, Callable[[Client], Cell]] = {
    Field.NAME: lambda client: client.name,
    Field.TRADE_NAME: lambda client: client.trade_name,
    Field.DOCUMENT: lambda client: mask(client.document),
    Field.SITUATION: lambda client: client.situation.label,
    Field.PLAN: lambda client: client.plan,
    Field.PAYER: lambda client: client.payer.label if client.payer else None,
    Field.EXPIRES_ON: lambda client: client.expires_on,
    Field.AUTO_RENEWS: lambda client: _yes_no(client.auto_renews),
    Field.LICENCE_HISTORY: lambda client: client.licence_history.label,
    EXPORT_START: lambda client: client.last_export.start if client.last_export else None,
    EXPORT_END: lambda client: client.last_export.end if client.last_export else None,
    Field.CHARGES: lambda client: client.ca_charges.label,
    Field.EMAIL: lambda client: client.email,
    Field.PHONE: lambda client: _phone(client.phone),
    Field.CITY: lambda client: client.city,
    Field.STATE: lambda client: client.state,
    Field.TAGS: lambda client: ", ".join(client.tags),
    Field.NOTES: lambda client: client.notes,
    Field.SUPPORT_ID: lambda client: client.support_id,
    Field.ARCHIVED: lambda client: _yes_no(client.archived),
}
_CLIENT_READERS = tuple(_CLIENT_CELLS[column.slug] for column in export_columns(Kind.CLIENTS))


def _client_rows(client: Client) -> Iterator[Sequence[Cell]]:
    yield [read(client) for read in _CLIENT_READERS]


def _purchase_rows(purchase: Purchase) -> Iterator[Sequence[Cell]]:
    for item in purchase.items:
        yield (
            purchase.number,
            purchase.bought_on,
            purchase.description,
            purchase.payment_method,
            purchase.status.label,
            purchase.renews_on,
            item.product,
            item.quantity,
            Amount(item.unit_price_cents),
        )


def _benefit_rows(benefit: Benefit) -> Iterator[Sequence[Cell]]:
    yield (benefit.description, benefit.credited_on, Amount(benefit.amount_cents))
