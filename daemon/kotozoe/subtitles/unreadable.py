"""The one trouble this room has."""

from __future__ import annotations

from kotozoe.errors import KotozoeError


class Unreadable(KotozoeError):
    """A file of which nothing can be shown; the message says why, for a person. The next candidate may do."""
