"""Who may do what: one table, for the data service that enforces it and for the screens that show it."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum, auto
from typing import Final

from caz_tui.data.choices import Role
from caz_tui.data.errors import AccessGone

LONGEST_PERSON_CHARS: Final = 64
_PERSON: Final = re.compile(r"[^\W_](?:[\w.@-]*[^\W_])?")


class Permission(Enum):
    """What a call of the data service needs; each role has some of them."""

    SEE = auto()
    """Reading and exporting the clients in the person's scope, and keeping note of it."""

    WORK = auto()
    """Changing the clients in the person's scope."""

    OVERSEE = auto()
    """Reading what concerns the office as a whole: the trail of everybody, the users."""

    ADMINISTER = auto()
    """Changing what concerns the office as a whole: users, carteiras, imports, the erasure of personal data."""


_MAY: Final = {
    Role.ADMINISTRATOR: frozenset(Permission),
    Role.ANALYST: frozenset({Permission.SEE, Permission.WORK}),
    Role.READER: frozenset({Permission.SEE, Permission.OVERSEE}),
}


def may(role: Role | None, permission: Permission) -> bool:
    """Tell whether a role has a permission; a role that is not known yet is given the benefit of the doubt.

    Screens ask this to know what to offer. What they let through is asked again by the service, which always knows.
    """
    return role is None or permission in _MAY[role]


def why_not(role: Role, permission: Permission) -> str:
    """Return the sentence for somebody whose role lacks a permission."""
    if role is Role.READER:
        return "O papel Leitura vê tudo e não muda nada; peça a um administrador."
    if permission is Permission.OVERSEE:
        return f"O papel {role.label} vê só as próprias carteiras; peça a um administrador."
    return "Só um administrador pode fazer isso."


def admitted(name: str, users: int, role: str | None, *, is_active: bool | None) -> Role:
    """Return the role in which somebody is let in.

    With no user but the one who created the database nobody was ever given a part of it: whoever the system lets open
    it is its administrator, under whatever name. From the second user on, only users are let in.

    Args:
        name: who it is.
        users: how many users there are, counted up to two.
        role: what is stored of the one of this name; None when there is none.
        is_active: whether their access was not taken away.

    Raises:
        AccessGone: the person is no user, or no longer.
    """
    if users < 2:
        return Role.ADMINISTRATOR
    if role is None:
        raise AccessGone(f"{name} não está entre os usuários deste banco; peça a um administrador que o crie.")
    if not is_active:
        raise AccessGone(f"O acesso de {name} foi desativado; fale com um administrador.")
    return Role(role)


def person_name(text: str) -> str:
    """Return a person's name as it is stored; raises ``ValueError`` for one that would not do on a command line."""
    name = unicodedata.normalize("NFC", text)
    if not (_PERSON.fullmatch(name) and len(name) <= LONGEST_PERSON_CHARS):
        raise ValueError(f"“{text}” não serve: use até {LONGEST_PERSON_CHARS} letras e números, com . _ - @ no meio")
    return name
