"""Between the frozen values and the columns that store them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from caz_tui.data.documents import mask
from caz_tui.data.readings import Client, ClientRow, client_fields
from caz_tui.data.schemas import ClientChanges
from caz_tui.data.tables import carteiras, clients
from caz_tui.data.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import ColumnElement, Row

SEARCH_SEPARATOR = "\n"
"""Stands between the texts that are searched, so that no word matches across two of them."""

_FOLDED = ("name", "trade_name", "plan", "email", "city", "support_id")
_SAME = (
    "document", "name", "trade_name", "situation", "plan", "payer", "expires_on", "auto_renews", "licence_history",
    "ca_charges", "email", "phone", "city", "state", "notes", "support_id", "archived",
)  # fmt: skip
_GIVEN = (*_SAME, "tags", "last_export")
# The same plans and cities come up for many clients.
_fold_again = lru_cache(maxsize=8_192)(fold)
_FOLDED_COLUMNS = tuple((name, f"{name}_folded", _fold_again if name in ("plan", "city") else fold) for name in _FOLDED)
_NOT_IN_ROW = {"notes", "support_id", "created_at", "created_by", "updated_at"}
_NEVER_READ = {"search", "carteira_id"}
Columns = tuple["ColumnElement[Any]", ...]
ROW_COLUMNS: Columns = (
    *(
        column
        for column in clients.c
        if column.name not in _NOT_IN_ROW | _NEVER_READ and not column.name.endswith("_folded")
    ),
    select(carteiras.c.name).where(carteiras.c.id == clients.c.carteira_id).scalar_subquery().label("carteira"),
)
CLIENT_COLUMNS: Columns = (*ROW_COLUMNS, *(clients.c[name] for name in sorted(_NOT_IN_ROW)))
_ROW_NAMES, _CLIENT_NAMES = (tuple(column.key or "" for column in some) for some in (ROW_COLUMNS, CLIENT_COLUMNS))


def columns_of(client: ClientChanges | Client) -> dict[str, Any]:
    """Return every stored column that follows from a client's fields."""
    return columns_from({name: getattr(client, name) for name in _GIVEN})


def columns_from(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return every stored column that follows from the fields of a client, all of them by name."""
    columns = {name: fields[name] for name in _SAME}
    for name, folded, key in _FOLDED_COLUMNS:
        text = columns[name]
        columns[folded] = None if text is None else key(text)
    columns["tags"] = list(fields["tags"])
    period = fields["last_export"]
    columns["export_start"] = period.start if period else None
    columns["export_end"] = period.end if period else None
    document = columns["document"]
    texts = (
        columns["name_folded"],
        columns["trade_name_folded"],
        document.lower(),
        mask(document).lower(),
        columns["email_folded"],
    )
    columns["search"] = SEARCH_SEPARATOR.join([text for text in texts if text])
    return columns


def tag_keys(client: ClientChanges | Client) -> set[str]:
    """Return the folded tags of a client, as the tag index holds them."""
    return keys_of_tags(client.tags)


def keys_of_tags(tags: Iterable[str]) -> set[str]:
    """Return tags as the tag index holds them."""
    return {fold(tag) for tag in tags}


def client_row(row: Row[*tuple[Any, ...]]) -> ClientRow:
    """Return the table line in a selected row that begins with ``ROW_COLUMNS``."""
    return ClientRow(**client_fields(dict(zip(_ROW_NAMES, row, strict=False))))


def client(row: Row[*tuple[Any, ...]]) -> Client:
    """Return the client in a selected row that begins with ``CLIENT_COLUMNS``."""
    return Client(**client_fields(dict(zip(_CLIENT_NAMES, row, strict=False))))


def merged(current: Client, changes: ClientChanges) -> ClientChanges:
    """Return the fields of a client after some of them are changed, validated already on both sides."""
    fields = {name: getattr(current, name) for name in ClientChanges.model_fields}
    fields.update({name: getattr(changes, name) for name in changes.model_fields_set})
    return without_idle_renewal(ClientChanges.model_construct(**fields))


def without_idle_renewal(wanted: ClientChanges) -> ClientChanges:
    """Return all fields of a client as they may be together: without a plan there is nothing to renew."""
    if wanted.plan is not None or wanted.auto_renews is None:
        return wanted
    return wanted.model_copy(update={"auto_renews": None})
