"""Paths that people name in dialogs: anywhere on the disk, or in the one folder of a restricted session."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual.widgets import Static

from caz_tui.data.sheets.office_folder import ConfinedPath
from caz_tui.terminal.text import shown
from caz_tui.widgets.path_input import PathInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caz_tui.data.sheets.office_folder import OfficeFolder


def path_input(
    value: str, suffixes: Sequence[str], folder: OfficeFolder | None, *, completes: bool = True
) -> PathInput:
    """Return a field for a path, which offers what is in the folder, or on the disk where there is none."""
    if folder is None:
        return PathInput(value, suffixes=suffixes, completes=completes)
    return PathInput(value, suffixes=suffixes, completes=completes, folder=folder.name, complete=folder.completions)


def export_input(name: str, suffixes: Sequence[str], folder: OfficeFolder | None) -> PathInput:
    """Return a field for where to export to, with a name in the person's home, or in the folder."""
    return path_input(name if folder else f"~/{name}", suffixes, folder)


def path_of(text: str, folder: OfficeFolder | None) -> Path:
    """Return the path that a text names; raises ``SheetError`` when it leads out of the folder."""
    return folder.file(text) if folder else Path(text).expanduser()


def whereabouts(path: Path) -> str:
    """Return the words for where a file is."""
    return f"pasta {path.folder.name}" if isinstance(path, ConfinedPath) else str(path.parent)


def export_hint(folder: OfficeFolder | None) -> Static:
    """Return the line that says what the name of an exported file decides, and where it goes."""
    where = f"Vai para a pasta {folder.name}. " if folder else ""
    return Static(shown(f"{where}A terminação decide o formato: .csv, .xlsx ou .json"), classes="hint", markup=False)
