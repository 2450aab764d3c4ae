"""The seam with Textual's own command palette, which this program has none of: its import is spared.

``textual.app`` imports ``textual.command``, and that the tree, the list of options and the rest of what its window is
made of: a tenth of what is imported before the first frame. What is known of Textual's inside: at their import
``textual.app`` and ``textual.theme`` want no more of it than classes to name and to inherit from. Whoever asks for
anything else gets the module as it is.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Final

from caz_tui.data.put_off import put_off

_MODULE: Final = "textual.command"
_NAMES: Final = ("CommandListItem", "CommandPalette", "DiscoveryHit", "Hit", "Hits", "Provider", "SimpleProvider")
_STAND_INS: Final = {name: type(name, (), {"__module__": _MODULE}) for name in _NAMES}


def spare() -> None:
    """Put something in the place of Textual's palette, unless it is there already."""
    if _MODULE not in sys.modules:
        with suppress(ImportError):
            put_off(_MODULE, _stand_in)


def _stand_in(name: str) -> object:
    # What imports a name looks at those of the import system first.
    if name.startswith("__"):
        raise AttributeError(name)
    return _STAND_INS.get(name)
