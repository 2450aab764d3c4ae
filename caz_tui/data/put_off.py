"""Modules of others whose code runs when it is asked for, and not because something that is needed imports them."""

from __future__ import annotations

import sys
from importlib.util import find_spec, module_from_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def put_off(name: str, instead: Callable[[str], object]) -> None:
    """Make a module known whose code runs when something is first asked of it that nothing stands in for.

    Args:
        name: the whole name of the module, which nobody has imported yet.
        instead: returns what stands in for an attribute until then, None for nothing; may raise ``AttributeError``.

    Raises:
        ImportError: there is no such module.
    """
    spec = find_spec(name)
    if spec is None or spec.loader is None:
        raise ImportError(f"no module {name}", name=name)
    module, loader = module_from_spec(spec), spec.loader

    def look_up(attribute: str) -> object:
        stand_in = instead(attribute)
        if stand_in is not None:
            return stand_in
        vars(module).pop("__getattr__", None)
        loader.exec_module(module)
        return getattr(module, attribute)

    vars(module)["__getattr__"] = look_up
    sys.modules[name] = module
    parent, _, last = name.rpartition(".")
    setattr(sys.modules[parent], last, module)
