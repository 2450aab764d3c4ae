"""asyncio without TLS, which nothing here speaks: a fifth of the time that its import takes, and 1.5 MB.

Where Python was built without OpenSSL, asyncio does without it; so it does here. The driver of a server brings a TLS of
its own, and whoever imports ``ssl`` later gets it.
"""

from __future__ import annotations

import sys
from typing import Any

_modules: dict[str, Any] = sys.modules
_is_spared = not {"asyncio", "ssl"} & _modules.keys()
if _is_spared:
    _modules["ssl"] = None
try:
    import asyncio
finally:
    if _is_spared:
        del _modules["ssl"]

__all__ = ["asyncio"]
