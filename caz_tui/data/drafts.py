"""Forms that were being filled in when a session was cut off, kept in files until their person decides."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from caz_tui.bare_hashlib import hashlib
from caz_tui.data.clock import SystemClock
from caz_tui.data.documents import bare

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pydantic import TypeAdapter

    from caz_tui.data.clock import Clock
    from caz_tui.data.readings import Client

_LARGEST_BYTES: Final = 1024 * 1024
_SUFFIX: Final = ".json"


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed into the form of a client.

    Attributes:
        client: the client as the form was opened on it; None for a new one, or when this version cannot read it.
        client_id: the client's id; None for a new one.
        typed: the texts that differ from the client's, by the names of the form.
        name: under which the draft is kept; empty while it is not.
        saved_at: when it was kept; None while it is not.
    """

    client: Client | None
    client_id: int | None
    typed: Mapping[str, str]
    name: str = ""
    saved_at: datetime | None = None

    @property
    def title(self) -> str:
        """Whom the draft is about, as far as it says so."""
        return self.typed.get("name", "").strip() or (self.client.name if self.client else "")


class Drafts:
    """The drafts of one person on one database; nothing here ever stands in the way of leaving or of coming in."""

    def __init__(self, folder: Path, person: str, database: str, clock: Clock | None = None) -> None:
        """Take where drafts are kept, and whose these are."""
        key = hashlib.sha256(f"{person}\0{database}".encode(errors="surrogateescape")).hexdigest()[:16]
        self._folder = folder / key
        self._clock = clock or SystemClock()

    def keep(self, draft: Draft) -> None:
        """Write a draft, over the file it came from if it did, readable by nobody else."""
        moment = self._clock.now()
        name = draft.name or f"{moment:%Y%m%dT%H%M%S}-{os.urandom(4).hex()}{_SUFFIX}"
        content = {
            "client_id": draft.client_id,
            "client": _dumped(draft.client) if draft.client else None,
            "typed": dict(draft.typed),
            "saved_at": moment.isoformat(),
        }
        unfinished = self._folder / f".{name}"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            unfinished.unlink(missing_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            with os.fdopen(os.open(unfinished, flags, 0o600), "w", encoding="utf-8", errors="replace") as file:
                json.dump(content, file)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self._folder / name)
        except OSError:
            # A full disk must not keep the session from ending.
            return

    def newest(self) -> Draft | None:
        """Return the last draft that can be read, if there is any."""
        try:
            names = sorted((entry.name for entry in os.scandir(self._folder)), reverse=True)
        except OSError:
            return None
        drafts = (self._read(name) for name in names if name.endswith(_SUFFIX) and not name.startswith("."))
        return next((draft for draft in drafts if draft is not None), None)

    def forget(self, draft: Draft) -> None:
        """Remove a draft that is no longer wanted."""
        try:
            (self._folder / draft.name).unlink(missing_ok=True)
        except OSError:
            return

    def forget_about(self, document: str) -> int:
        """Remove every draft of a client with a document, other persons' too; return how many went.

        Args:
            document: as it is stored.
        """
        gone = 0
        for path in sorted(self._folder.parent.glob(f"*/*{_SUFFIX}")):
            if document in _documents_in(_content(path)):
                path.unlink(missing_ok=True)
                gone += 1
        return gone

    def _read(self, name: str) -> Draft | None:
        content = _content(self._folder / name)
        try:
            return _draft(name, content) if content else None
        except (ValueError, KeyError, TypeError, AttributeError):
            return None


def _content(path: Path) -> dict[str, Any]:
    """Return what is in the file of a draft, or nothing when it cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, encoding="utf-8") as file:
            content = json.loads(file.read(_LARGEST_BYTES))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _documents_in(content: Mapping[str, Any]) -> set[str]:
    """Return the documents of the client that a draft is about, as it was and as it was typed."""
    found = set()
    for name in ("client", "typed"):
        part = content.get(name)
        if isinstance(part, dict) and isinstance(part.get("document"), str):
            found.add(bare(part["document"]))
    return found


def _draft(name: str, content: dict[str, Any]) -> Draft:
    stored = content["client"]
    client_id = content["client_id"]
    draft = Draft(
        client=None,
        client_id=None if client_id is None else int(client_id),
        typed={str(field): str(text) for field, text in content["typed"].items()},
        name=name,
        saved_at=datetime.fromisoformat(content["saved_at"]),
    )
    return replace(draft, client=_validated(stored)) if stored else draft


def _clients() -> TypeAdapter[Client]:
    # The desk looks for drafts before it has imported what clients are made of.
    from pydantic import TypeAdapter  # noqa: PLC0415

    from caz_tui.data.readings import Client  # noqa: PLC0415

    return TypeAdapter(Client)


def _dumped(client: Client) -> dict[str, Any]:
    """Return a client as JSON has it."""
    fields: dict[str, Any] = _clients().dump_python(client, mode="json")
    return fields


def _validated(stored: object) -> Client | None:
    """Return the client that JSON has; None for one of another version of the program, which is then read anew."""
    from pydantic import ValidationError  # noqa: PLC0415 - as above

    try:
        return _clients().validate_python(stored)
    except ValidationError:
        return None
