"""Values as people and spreadsheets write them, turned into what is stored.

Each function takes what was typed (or a value that is right already) and returns the stored form; it raises
``ValueError`` with half a sentence in Portuguese that says what is wrong and what is allowed.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from caz_tui.data.documents import parse_document
from caz_tui.data.text import clean_block, clean_line, fold, slugify

if TYPE_CHECKING:
    from caz_tui.data.choices import Labelled

    LabelledT = TypeVar("LabelledT", bound=Labelled)

NAME_LENGTH = 200
LINE_LENGTH = 200
BLOCK_LENGTH = 2_000
TAG_LENGTH = 40
FIRST_YEAR, LAST_YEAR = 1900, 2199
STATES = (
    "AC", "AL", "AM", "AP", "BA", "CE", "DF", "ES", "GO", "MA", "MG", "MS", "MT", "PA", "PB", "PE", "PI", "PR",
    "RJ", "RN", "RO", "RR", "RS", "SC", "SE", "SP", "TO",
)  # fmt: skip

_EXCEL_EPOCH = date(1899, 12, 30)
_BRAZILIAN_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})", re.ASCII)
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?", re.ASCII)
# Four digits would be a day before 1927, and are a year to whoever types them.
_EXCEL_SERIAL = re.compile(r"(\d{5,6})(?:\.0+)?", re.ASCII)
_EMAIL = re.compile(
    r"[A-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Z0-9](?:[A-Z0-9-]{0,61}[A-Z0-9])?\.)+[A-Z]{2,63}",
    re.ASCII | re.IGNORECASE,
)
_PHONE_MASK = re.compile(r"[\s().\-/]")
_E164 = re.compile(r"\+[1-9][0-9]{7,14}", re.ASCII)
_NATIONAL_PHONE = re.compile(r"0?([1-9][1-9][2-9][0-9]{7,8})", re.ASCII)
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+", re.ASCII)
_MONEY = re.compile(r"(\d{1,13})(?:[.,](\d{1,2}))?", re.ASCII)
_INTEGER = re.compile(r"(\d{1,9})(?:[.,]0+)?", re.ASCII)


def name(value: object) -> str:
    """Return a name of 1 to 200 characters."""
    text = clean_line(str(value or ""))
    if not text:
        raise ValueError("falta o nome do cliente")
    return _short_enough(text, NAME_LENGTH)


def plan(value: object) -> str:
    """Return the name of a plan, which is free text."""
    text = clean_line(str(value or ""))
    if not text:
        raise ValueError("falta o plano")
    return _short_enough(text, LINE_LENGTH)


def optional_line(value: object) -> str | None:
    """Return a text of one line, or None when it is blank."""
    if value is None:
        return None
    return _short_enough(clean_line(str(value)), LINE_LENGTH) or None


def optional_block(value: object) -> str | None:
    """Return a text of several lines, or None when it is blank."""
    if value is None:
        return None
    return _short_enough(clean_block(str(value)), BLOCK_LENGTH) or None


def document(value: object) -> str:
    """Return a bare CNPJ or CPF."""
    text = str(value or "").strip()
    if not text:
        raise ValueError("falta o CNPJ ou CPF")
    return parse_document(text)


def choice(value: object, choices: type[LabelledT]) -> LabelledT:
    """Return the member of a closed list that a slug or label names, accents, case and punctuation aside."""
    if isinstance(value, choices):
        return value
    wanted = slugify(str(value if value is not None else ""))
    for member in choices:
        if _agrees(wanted, slugify(member.value)) or _agrees(wanted, slugify(member.label)):
            return member
    allowed = ", ".join(member.value for member in choices)
    raise ValueError(f"valor desconhecido; use um de: {allowed}")


def _agrees(wanted: str, slug: str) -> bool:
    """Let the grammatical gender pass: CANCELADA in a column of companies is ``cancelado``."""
    return wanted == slug or (len(slug) > 2 and wanted[:-1] == slug[:-1] and {wanted[-1:], slug[-1]} == {"a", "o"})


def optional_choice(value: object, choices: type[LabelledT]) -> LabelledT | None:
    """Return the member a slug or label names, or None when it is blank."""
    if value is None or value == "":
        return None
    return choice(value, choices)


def optional_date(value: object) -> date | None:
    """Return a date written ``dd/mm/aaaa``, ISO or as an Excel serial number, or None when it is blank."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value).strip()
    return parse_date(text) if text else None


def parse_date(text: str) -> date:
    """Return the date that a text writes.

    Raises:
        ValueError: it is no date, or a day that does not exist.
    """
    if match := _BRAZILIAN_DATE.fullmatch(text):
        day, month, year = (int(part) for part in match.groups())
        return _existing_date(year if year > 99 else 2000 + year, month, day, text)
    if match := _ISO_DATE.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
        return _existing_date(year, month, day, text)
    if match := _EXCEL_SERIAL.fullmatch(text):
        found = _EXCEL_EPOCH + timedelta(days=int(match[1]))
        return _existing_date(found.year, found.month, found.day, text)
    raise ValueError("não é uma data; escreva dd/mm/aaaa")


def _existing_date(year: int, month: int, day: int, text: str) -> date:
    if FIRST_YEAR <= year <= LAST_YEAR:
        try:
            return date(year, month, day)
        except ValueError:
            pass
    raise ValueError(f"a data {text} não existe; escreva dd/mm/aaaa") from None


def yes_no(value: object) -> bool:
    """Return whether a text says yes; blank is no."""
    return bool(optional_yes_no(value))


def optional_yes_no(value: object) -> bool | None:
    """Return whether a text says yes or no, or None when it is blank."""
    if value is None or isinstance(value, bool):
        return value
    word = fold(str(value).strip())
    if not word:
        return None
    if word in {"sim", "s", "1", "true", "verdadeiro"}:
        return True
    if word in {"nao", "n", "0", "false", "falso"}:
        return False
    raise ValueError("valor desconhecido; use Sim ou Não")


def optional_email(value: object) -> str | None:
    """Return an e-mail address, or None when it is blank."""
    text = clean_line(str(value or ""))
    if not text:
        return None
    if not _EMAIL.fullmatch(text) or ".." in text or text.split("@")[0][-1] == "." or text[0] == ".":
        raise ValueError("o e-mail não tem a forma nome@dominio.com.br")
    return text


def optional_phone(value: object) -> str | None:
    """Return a telephone number in E.164 form, taken as Brazilian when it has no country code, or None when blank."""
    text = _PHONE_MASK.sub("", clean_line(str(value or "")))
    if not text:
        return None
    if _E164.fullmatch(text):
        return text
    match = _NATIONAL_PHONE.fullmatch(text)
    if not match:
        raise ValueError("o telefone precisa de DDD e número, como (11) 98765-4321, ou de código do país, como +351…")
    return f"+55{match[1]}"


def optional_state(value: object) -> str | None:
    """Return one of the 27 federative units, or None when it is blank."""
    text = str(value or "").strip().upper()
    if not text:
        return None
    if text not in STATES:
        raise ValueError("a UF não existe; use a sigla de um dos 26 estados ou DF")
    return text


def tags(value: object) -> tuple[str, ...]:
    """Return tags without repetition, in the order given; a text separates them by commas or semicolons."""
    if value is None:
        return ()
    parts = re.split(r"[,;\n]", value) if isinstance(value, str) else [str(part) for part in value]  # type: ignore[attr-defined]
    found: dict[str, str] = {}
    for part in parts:
        tag = clean_line(part)
        if "," in tag or ";" in tag:
            raise ValueError("uma etiqueta não pode ter vírgula nem ponto e vírgula")
        if tag:
            found.setdefault(fold(tag), _short_enough(tag, TAG_LENGTH))
    return tuple(found.values())


def money_cents(value: object) -> int:
    """Return an amount in integer cents, written ``1.234,56``, ``R$ 1.234,56`` or as a plain decimal number."""
    text = str(value if value is not None else "").replace("R$", "").replace("\u00a0", " ").strip()
    whole = text.split(",")[0]
    if _THOUSANDS.fullmatch(whole):
        text = whole.replace(".", "") + text[len(whole) :]
    match = _MONEY.fullmatch(text)
    if not match:
        raise ValueError("não é um valor em reais; escreva 1.234,56")
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))


def quantity(value: object) -> int:
    """Return a whole number greater than zero."""
    match = _INTEGER.fullmatch(str(value if value is not None else "").strip())
    if not match or int(match[1]) == 0:
        raise ValueError("a quantidade precisa ser um número inteiro maior que zero")
    return int(match[1])


def _short_enough(text: str, length: int) -> str:
    if len(text) > length:
        raise ValueError(f"passa de {length} caracteres")
    return text
