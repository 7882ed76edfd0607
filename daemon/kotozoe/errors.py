"""What can go wrong, grouped by what the caller does next.

KotozoeError
├── UserError        the person must act: shown as text, never with a traceback
├── PlayerError      one mpv
│   ├── PlayerGone       forget the player
│   ├── CommandRefused   mpv said no: the player lives on
│   │   └── Unanswered       it hangs, and may yet do what it was told: try again later
│   └── MovedOn          the playback is over: say nothing, do nothing more for it
├── ProviderError    one service; `host` names it
│   ├── Unavailable      ask again later (no network, 5xx, outage)
│   ├── Throttled        ask again after `wait` seconds
│   ├── Refused          do not ask again until the key or the settings change
│   ├── Missing          it is really not there (any more): look at a fresh listing
│   └── Malformed        an answer that is not what the contract says; `excerpt` keeps its beginning
│       └── Incomplete       its body broke off or trickled: this one again, but soon another instead
└── StorageError     the disk: full, read-only, damaged
"""

from __future__ import annotations


class KotozoeError(Exception):
    """Any trouble that kotozoe knows how to speak about."""


class UserError(KotozoeError):
    """Something only the person can mend.

    `problems` are further sentences, one a line, each complete in itself.
    """

    def __init__(self, text: str, problems: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.text = text
        self.problems = problems


class PlayerError(KotozoeError):
    """One mpv gave trouble; no other player is touched by it."""


class PlayerGone(PlayerError):
    """The player has quit, was killed, or its socket is not its own."""


class CommandRefused(PlayerError):
    """mpv answered with an error, or not within the time allowed."""


class Unanswered(CommandRefused):
    """mpv did not answer within the time allowed; it may do so later."""


class MovedOn(PlayerError):
    """What was to be done was for a file that mpv plays no more."""


class ProviderError(KotozoeError):
    """A service could not answer. Never to be read as "there is nothing"."""

    def __init__(self, host: str, reason: str) -> None:
        super().__init__(f"{host}: {reason}")
        self.host = host
        self.reason = reason


class Unavailable(ProviderError):
    """No connection, a server error or an outage: later, with back-off, not before `wait` seconds have passed."""

    def __init__(self, host: str, reason: str, wait: float = 0.0) -> None:
        super().__init__(host, reason)
        self.wait = wait


class Throttled(ProviderError):
    """The service asked us to wait `wait` seconds."""

    def __init__(self, host: str, reason: str, wait: float) -> None:
        super().__init__(host, reason)
        self.wait = wait


class Refused(ProviderError):
    """Not for us: no key, a wrong key, a request that the service will never accept."""


class Missing(ProviderError):
    """The service answered properly that this thing does not exist (any more)."""


class Malformed(ProviderError):
    """An answer outside the contract. `excerpt` is at most 200 characters of it, made printable."""

    def __init__(self, host: str, reason: str, excerpt: str = "") -> None:
        super().__init__(host, reason)
        self.excerpt = excerpt


class Incomplete(Malformed):
    """An answer whose body broke off, or came too slowly to wait for. Another path of that host may be well."""


class StorageError(KotozoeError):
    """Reading or writing our own files failed."""
