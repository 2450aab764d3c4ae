"""Modules of others whose code runs when it is asked for, and not because something that is needed imports them."""

from __future__ import annotations

import sys
from importlib.util import find_spec, module_from_spec
from threading import RLock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType


def put_off(name: str, instead: Callable[[str], object]) -> Callable[[], ModuleType]:
    """Make a module known whose code runs when something is first asked of it that nothing stands in for.

    Args:
        name: the whole name of the module, which nobody has imported yet.
        instead: returns what stands in for an attribute until then, None for nothing.

    Returns:
        What runs its code, once, and returns it.

    Raises:
        ImportError: there is no such module.
    """
    spec = find_spec(name)
    if spec is None or spec.loader is None:
        raise ImportError(f"no module {name}", name=name)
    module, loader = module_from_spec(spec), spec.loader
    # Who asks while another thread runs its code waits for the end of that, as for an import.
    running, has_run = RLock(), False

    def run() -> ModuleType:
        nonlocal has_run
        with running:
            if not has_run:
                has_run = True
                loader.exec_module(module)
        return module

    def look_up(attribute: str) -> object:
        missing = AttributeError(f"module {name!r} has no attribute {attribute!r}")
        # Asked by the import of a name from a module, of which a package has one from the start.
        if attribute == "__path__":
            raise missing
        stand_in = None if has_run else instead(attribute)
        if stand_in is not None:
            return stand_in
        try:
            return vars(run())[attribute]
        except KeyError:
            raise missing from None

    vars(module)["__getattr__"] = look_up
    sys.modules[name] = module
    parent, _, last = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], last, module)
    return run


def put_off_calls(name: str, function: str) -> None:
    """Make a module known whose code runs when a function of it is first called, or it is asked for anything else.

    Args:
        name: the whole name of the module, which nobody has imported yet.
        function: the name of the function.

    Raises:
        ImportError: there is no such module.
    """

    def called(*args: object, **named: object) -> object:
        return getattr(run(), function)(*args, **named)

    run = put_off(name, lambda attribute: called if attribute == function else None)
