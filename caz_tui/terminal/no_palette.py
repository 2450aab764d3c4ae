"""The seam with Textual's own command palette, which this program has none of: its import is spared.

``textual.app`` imports ``textual.command``, and that the tree, the list of options and the rest of what its window is
made of: a tenth of what is imported before the first frame. What is known of Textual's inside: at their import
``textual.app`` and ``textual.theme`` want no more of it than classes to name and to inherit from. Whoever asks for
anything else gets the module as it is.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec, module_from_spec
from typing import Final

_MODULE: Final = "textual.command"
_NAMES: Final = frozenset(
    {"CommandListItem", "CommandPalette", "DiscoveryHit", "Hit", "Hits", "Provider", "SimpleProvider"}
)


def spare() -> None:
    """Put something in the place of Textual's palette, unless it is there already."""
    if _MODULE in sys.modules:
        return
    spec = find_spec(_MODULE)
    if spec is None or spec.loader is None:
        return
    module, loader = module_from_spec(spec), spec.loader
    stand_ins = {name: type(name, (), {"__module__": _MODULE}) for name in _NAMES}

    def look_up(name: str) -> object:
        # What imports a name looks at those of the import system first.
        if name in stand_ins and "__getattr__" in vars(module):
            return stand_ins[name]
        if name.startswith("__"):
            raise AttributeError(name)
        if vars(module).pop("__getattr__", None) is not None:
            loader.exec_module(module)
        return getattr(module, name)

    vars(module)["__getattr__"] = look_up
    sys.modules[_MODULE] = module
