"""The seam with what ``textual.app`` imports and the first frame does without: its import is spared.

Textual's own command palette, which this program has none of, brings the tree, the list of options and the rest of what
its window is made of: a tenth of what is imported before the first frame. What is known of Textual's inside: at their
import ``textual.app`` and ``textual.theme`` want no more of ``textual.command`` than classes to name and to inherit
from, and nothing of Textual's wants more of some modules than a function, to call it later: the folder that a picture
goes to, the number of a note, the name that a misspelt one in a style sheet may mean. Whoever asks for anything else
gets a module as it is.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Final

from caz_tui.data.put_off import put_off, put_off_calls

FUNCTIONS: Final = {"difflib": "get_close_matches", "platformdirs": "user_downloads_path", "uuid": "uuid4"}
"""The modules of which one function is wanted, and that late."""

_PALETTE: Final = "textual.command"
_NAMES: Final = ("CommandListItem", "CommandPalette", "DiscoveryHit", "Hit", "Hits", "Provider", "SimpleProvider")
_STAND_INS: Final = {name: type(name, (), {"__module__": _PALETTE}) for name in _NAMES}


def spare() -> None:
    """Put something in the place of these modules, those aside that are there already."""
    with suppress(ImportError):
        if _PALETTE not in sys.modules:
            put_off(_PALETTE, _STAND_INS.get)
    for name, function in FUNCTIONS.items():
        if name not in sys.modules:
            put_off_calls(name, function)
