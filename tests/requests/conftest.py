"""The same clients and clock as for the providers."""

from tests.providers.conftest import clock, deps, jimaku, keyring, servers

__all__ = ["clock", "deps", "jimaku", "keyring", "servers"]
