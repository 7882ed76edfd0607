"""The same clients and clock as for the providers."""

from tests.providers.conftest import clock, jimaku, keyring, servers

__all__ = ["clock", "jimaku", "keyring", "means", "servers"]
