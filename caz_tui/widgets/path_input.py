"""A text field for the path of a file, completed from the disk."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

from textual.actions import SkipAction
from textual.binding import Binding
from textual.suggester import Suggester
from textual.widgets import Input

from caz_tui.terminal.visible import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_ENTRIES = 200


def completions(text: str, suffixes: Sequence[str], most: int = MOST_ENTRIES) -> list[str]:
    """Return the folders, and the files of some suffixes, whose paths begin with a text; hidden ones only when asked.

    Names that could not be shown as they are on the disk are left out: typing them back would name another file.
    """
    folder_text, slash, beginning = text.rpartition("/")
    folder = Path((folder_text + slash) or ".").expanduser()
    found: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                name = entry.name
                if not name.lower().startswith(beginning.lower()) or visible(name) != name:
                    continue
                if name.startswith(".") and not beginning.startswith("."):
                    continue
                if entry.is_dir():
                    found.append(f"{folder_text}{slash}{name}/")
                elif name.lower().endswith(tuple(suffixes)):
                    found.append(f"{folder_text}{slash}{name}")
    except (OSError, ValueError):
        return []
    return sorted(found, key=lambda path: (path.endswith("/"), path.lower()))[:most]


class _FromDisk(Suggester):
    def __init__(self, suffixes: Sequence[str]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._suffixes = suffixes

    async def get_suggestion(self, value: str) -> str | None:
        """Return the first path that begins with what is typed."""
        listed = await asyncio.to_thread(completions, value, self._suffixes) if value else []
        return next((path for path in listed if path.startswith(value)), None)


class PathInput(Input):
    """An ``Input`` that offers what is on the disk; → takes it, ↓ and ↑ go through what fits."""

    BINDINGS = [
        Binding("down", "offer(1)", show=False),
        Binding("up", "offer(-1)", show=False),
    ]

    def __init__(self, value: str = "", *, suffixes: Sequence[str], completes: bool = True) -> None:
        """Take the first value, the endings of the files that are wanted, and whether ↓ and ↑ complete."""
        super().__init__(value, suggester=_FromDisk(suffixes), placeholder="caminho do arquivo")
        self._completes = completes
        self.cursor_blink = False
        self.select_on_focus = False
        self._suffixes = suffixes
        self._asked = value
        self._offered: str | None = None

    async def action_offer(self, step: int) -> None:
        """Put the next or previous path that fits into the field."""
        if not self._completes:
            raise SkipAction
        if self.value != self._offered:
            self._asked = self.value
        found = await asyncio.to_thread(completions, self._asked, self._suffixes)
        if not found:
            return
        place = found.index(self.value) + step if self.value in found else (0 if step > 0 else -1)
        self.value = self._offered = found[place % len(found)]
        self.cursor_position = len(self.value)
