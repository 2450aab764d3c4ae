"""SQLAlchemy's asyncio engine without its ORM.

``sqlalchemy.ext.asyncio`` imports its sessions, and these the ORM: a fifth of what is imported before the first frame,
and none of it is used. Here the package's own code runs only when somebody asks it for something that its engine does
not need. What is known of SQLAlchemy's inside: the module ``engine`` of the package needs no more than its siblings
``base``, ``exc`` and ``result``.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy.ext

if TYPE_CHECKING:
    from sqlalchemy import URL
    from sqlalchemy.ext.asyncio import AsyncEngine

PACKAGE: Final = "sqlalchemy.ext.asyncio"
_WITHOUT_ORM: Final = ("base", "engine", "exc", "result")


def create_async_engine(url: URL, **options: Any) -> AsyncEngine:  # noqa: ANN401 - handed on as they are
    """Return an engine for an address; the options are those of SQLAlchemy's function of this name."""
    if PACKAGE not in sys.modules:
        _put_off(PACKAGE)
    engine: AsyncEngine = import_module(f"{PACKAGE}.engine").create_async_engine(url, **options)
    return engine


def _put_off(name: str) -> None:
    """Make a package known whose code runs when it is first asked for anything but some of its modules."""
    spec = find_spec(name)
    if spec is None or spec.loader is None:
        raise ImportError(f"no package {name}", name=name)
    package, loader = module_from_spec(spec), spec.loader

    def look_up(attribute: str) -> object:
        if attribute in _WITHOUT_ORM:
            return import_module(f"{name}.{attribute}")
        vars(package).pop("__getattr__", None)
        loader.exec_module(package)
        return getattr(package, attribute)

    vars(package)["__getattr__"] = look_up
    sys.modules[name] = package
    setattr(sqlalchemy.ext, name.rpartition(".")[2], package)
