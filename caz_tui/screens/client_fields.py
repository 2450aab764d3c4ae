"""The fields of a client as a form holds them: as texts, until they become ``ClientChanges``."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pydantic import ValidationError

from caz_tui import formats
from caz_tui.data import values
from caz_tui.data.choices import Field, Labelled
from caz_tui.data.documents import mask
from caz_tui.data.readings import Client, ExportPeriod
from caz_tui.data.schemas import ClientChanges, problems_of
from caz_tui.screens.form_dialog import WrongFields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caz_tui.data.readings import ClientRow

EXPORT_START, EXPORT_END = "export_start", "export_end"
LAST_EXPORT = Field.LAST_EXPORT.attribute
LICENCE_ATTRIBUTES = frozenset(("situation", "plan", "payer", "expires_on", "auto_renews", "licence_history"))
"""What contracting a plan writes together; half of one person's and half of another's would make no sense."""

_YES, _NO = "sim", "nao"
_HIDDEN = frozenset((LAST_EXPORT,))


def texts_of(client: Client | ClientChanges) -> dict[str, str]:
    """Return every field as a form shows it, the exported period as two dates."""
    texts = {name: _text(name, getattr(client, name)) for name in ClientChanges.model_fields if name not in _HIDDEN}
    period = client.last_export
    texts[EXPORT_START] = f"{period.start:%d/%m/%Y}" if period else ""
    texts[EXPORT_END] = f"{period.end:%d/%m/%Y}" if period else ""
    return texts


def changes_of(texts: Mapping[str, str], at_first: Mapping[str, str]) -> ClientChanges:
    """Return the fields whose text is another one than at first.

    Raises:
        WrongFields: some texts are refused; the problems go by the name of the attribute.
    """
    changed = {name: text for name, text in texts.items() if text != at_first[name]}
    wanted: dict[str, object] = {name: text for name, text in changed.items() if name not in {EXPORT_START, EXPORT_END}}
    problems: dict[str, str] = {}
    if changed.keys() & {EXPORT_START, EXPORT_END}:
        try:
            wanted[LAST_EXPORT] = period_of(texts[EXPORT_START], texts[EXPORT_END])
        except ValueError as error:
            problems[LAST_EXPORT] = str(error)
    try:
        changes = ClientChanges.model_validate(wanted)
    except ValidationError as error:
        raise WrongFields({**problems_of(error), **problems}) from None
    if problems:
        raise WrongFields(problems)
    return changes


def period_of(start: str, end: str) -> ExportPeriod | None:
    """Return the period between two dates as typed, or None when both are blank.

    Raises:
        ValueError: one is no date, one is missing, or the end comes first.
    """
    first, last = values.optional_date(start), values.optional_date(end)
    if first is None and last is None:
        return None
    if first is None or last is None:
        raise ValueError(f"falta o {'início' if first is None else 'fim'} do período exportado")
    if last < first:
        raise ValueError("o fim do período exportado vem antes do início")
    return ExportPeriod(start=first, end=last)


def tidy(name: str, text: str) -> str:
    """Return a document or a telephone as people write it, when it is right; any other text as it is."""
    try:
        match name:
            case "document":
                return mask(values.document(text))
            case "phone":
                return _text(name, values.optional_phone(text))
    except ValueError:
        pass
    return text


def value_text(value: object) -> str:
    """Return a field's value for people to compare with another."""
    match value:
        case None | () | "":
            return formats.NOTHING
        case bool():
            return formats.yes_no(value).capitalize()
        case Labelled():
            return value.label
        case ExportPeriod():
            return formats.period(value)
        case tuple():
            return ", ".join(value)
        case date():
            return formats.day(value)
        case _:
            return str(value)


def collisions(base: ClientRow, mine: ClientChanges, theirs: ClientRow) -> tuple[str, ...]:
    """Return the attributes to choose between when someone else saved first; nothing when both edits fit together.

    They fit when they touch other fields; the fields that contracting a plan writes count as one.
    """
    differing = tuple(name for name in ClientChanges.model_fields if _after(base, mine, name) != getattr(theirs, name))
    changed_by_me = {name for name in mine.model_fields_set if getattr(mine, name) != getattr(base, name)}
    changed_by_them = {name for name in ClientChanges.model_fields if getattr(theirs, name) != getattr(base, name)}
    clash = changed_by_me & changed_by_them & set(differing)
    both_on_licence = bool(changed_by_me & LICENCE_ATTRIBUTES) and bool(changed_by_them & LICENCE_ATTRIBUTES)
    if not clash and not both_on_licence:
        return ()
    wanted = clash | (LICENCE_ATTRIBUTES & (changed_by_me | changed_by_them) if both_on_licence else set())
    return tuple(name for name in differing if name in wanted)


def _after(base: ClientRow, mine: ClientChanges, name: str) -> object:
    return getattr(mine, name) if name in mine.model_fields_set else getattr(base, name)


def _text(name: str, value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return _YES if value else _NO
        case Labelled():
            return value.value
        case date():
            return f"{value:%d/%m/%Y}"
        case tuple():
            return ", ".join(value)
    if name == "document":
        return mask(str(value))
    return formats.phone(str(value)) if name == "phone" else str(value)
