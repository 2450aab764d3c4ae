"""SQLAlchemy's asyncio engine without its ORM.

``sqlalchemy.ext.asyncio`` imports its sessions, and these the ORM: a fifth of what is imported before the first frame,
and none of it is used. Here the package's own code runs only when somebody asks it for something that its engine does
not need. What is known of SQLAlchemy's inside: the module ``engine`` of the package needs no more than its siblings
``base``, ``exc`` and ``result``.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from caz_tui.data.put_off import put_off

if TYPE_CHECKING:
    from sqlalchemy import URL
    from sqlalchemy.ext.asyncio import AsyncEngine

PACKAGE: Final = "sqlalchemy.ext.asyncio"
_WITHOUT_ORM: Final = ("base", "engine", "exc", "result")

STATEMENTS_KEPT: Final = 100
"""Each is two hundred objects and more; SQLAlchemy keeps half as many again before it forgets any."""


def create_async_engine(url: URL, **options: Any) -> AsyncEngine:  # noqa: ANN401 - handed on as they are
    """Return an engine for an address; the options are those of SQLAlchemy's function of this name."""
    if PACKAGE not in sys.modules:
        put_off(PACKAGE, _without_orm)
    create = import_module(f"{PACKAGE}.engine").create_async_engine
    engine: AsyncEngine = create(url, query_cache_size=STATEMENTS_KEPT, **options)
    return engine


def _without_orm(attribute: str) -> object:
    return import_module(f"{PACKAGE}.{attribute}") if attribute in _WITHOUT_ORM else None
