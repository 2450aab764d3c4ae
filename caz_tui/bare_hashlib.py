"""hashlib and hmac without OpenSSL: half the time that their import takes, and 2 MB of memory a session.

Where Python was built without OpenSSL they do with its own code for all that is guaranteed; so they do here. The seals
of the audit trail take as long either way. Whoever imports ``_hashlib`` or ``ssl`` later gets it.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import Any

_SHA_2 = ("_sha2",) if sys.version_info >= (3, 12) else ("_sha256", "_sha512")
_PYTHONS_OWN = ("_md5", "_sha1", *_SHA_2, "_sha3", "_blake2")

_modules: dict[str, Any] = sys.modules
_is_spared = not {"hashlib", "hmac", "_hashlib"} & _modules.keys() and all(map(find_spec, _PYTHONS_OWN))
if _is_spared:
    _modules["_hashlib"] = None
try:
    import hashlib
    import hmac
finally:
    if _is_spared:
        del _modules["_hashlib"]

__all__ = ["hashlib", "hmac"]
