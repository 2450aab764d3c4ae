"""The seam with how pydantic and SQLAlchemy look for plug-ins of other packages: there are none for them here.

pydantic asks ``importlib.metadata`` for them when the first model is made, which reads what is said of every package
of the environment and imports a reader of mails and one of archives for it: a tenth of the import, and 1.5 MB. What is
known of the inside: at their import they want no more of that module than the function ``entry_points``, which
SQLAlchemy asks only for a driver that it does not know by itself. Whoever asks for anything else gets the module as it
is.
"""

from __future__ import annotations

import sys
from typing import Final

from caz_tui.data.put_off import put_off

_MODULE: Final = "importlib.metadata"


def spare() -> None:
    """Put something in the place of the module, unless it is there already."""
    if _MODULE not in sys.modules:
        put_off(_MODULE, lambda name: _none if name == "entry_points" else None)


def _none(**_wanted: object) -> dict[str, object]:
    return {}
