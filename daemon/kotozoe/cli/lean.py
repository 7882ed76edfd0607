"""Imports some modules of the standard library without parts of theirs; to be imported before all else.

asyncio loads ssl for a TLS of its own that nothing here uses: httpx has another. hashlib has hashes besides OpenSSL's,
and shutil packs no archives here. A daemon that has nothing to ask goes without 7 MB, and each command starts sooner.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import cast

_WITHOUT = {"asyncio": ("ssl",), "hashlib": ("_hashlib",), "shutil": ("bz2", "lzma")}

for _name, _parts in _WITHOUT.items():
    _absent = [part for part in _parts if part not in sys.modules] if _name not in sys.modules else []
    for _part in _absent:
        sys.modules[_part] = cast("ModuleType", None)  # an import of it fails, for which the other is prepared
    try:
        __import__(_name)
    finally:
        for _part in _absent:
            del sys.modules[_part]
