"""A text field for the path of a file, completed from the disk."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

from textual.actions import SkipAction
from textual.binding import Binding
from textual.suggester import Suggester

from caz_tui.terminal.visible import visible
from caz_tui.widgets.one_line import OneLine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Completions = Callable[[str, Sequence[str]], list[str]]

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
    return sorted(found, key=_files_first)[:most]


def _shown(complete: Completions) -> Completions:
    """Return a way of completing that leaves out what could not be shown, sorted, and no more than fits a list."""

    def listed(text: str, suffixes: Sequence[str]) -> list[str]:
        found = (path for path in complete(text, suffixes) if visible(path) == path)
        return sorted(found, key=_files_first)[:MOST_ENTRIES]

    return listed


def _files_first(path: str) -> tuple[bool, str]:
    return path.endswith("/"), path.lower()


class _FromDisk(Suggester):
    def __init__(self, suffixes: Sequence[str], complete: Completions) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._suffixes = suffixes
        self._complete = complete

    async def get_suggestion(self, value: str) -> str | None:
        """Return the first path that begins with what is typed."""
        listed = await asyncio.to_thread(self._complete, value, self._suffixes) if value else []
        return next((path for path in listed if path.startswith(value)), None)


class PathInput(OneLine):
    """An ``Input`` that offers what is on the disk; → takes it, ↓ and ↑ go through what fits."""

    BINDINGS = [
        Binding("down", "offer(1)", show=False),
        Binding("up", "offer(-1)", show=False),
    ]

    def __init__(
        self,
        value: str = "",
        *,
        suffixes: Sequence[str],
        completes: bool = True,
        folder: str = "",
        complete: Completions | None = None,
    ) -> None:
        """Take the first value and what is offered.

        Args:
            value: the path at first.
            suffixes: the endings of the files that are wanted.
            completes: whether ↓ and ↑ go through what fits.
            folder: what the one folder is called that files may be in; empty where they may be anywhere.
            complete: lists the paths that begin with a text and end in one of some suffixes; by default from the disk.
        """
        self.completions: Completions = _shown(complete) if complete else completions
        placeholder = f"nome do arquivo na pasta {visible(folder)}" if folder else "caminho do arquivo"
        super().__init__(value, suggester=_FromDisk(suffixes, self.completions), placeholder=placeholder)
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
        found = await asyncio.to_thread(self.completions, self._asked, self._suffixes)
        if not found:
            return
        place = found.index(self.value) + step if self.value in found else (0 if step > 0 else -1)
        self.value = self._offered = found[place % len(found)]
        self.cursor_position = len(self.value)
