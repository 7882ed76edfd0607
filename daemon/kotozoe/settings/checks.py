"""The checks of single values. Each returns the value in the type of its field, or raises `Wrong` with the rest of a
sentence that starts with the key's name and ends with what to do.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import SplitResult, urlsplit

from kotozoe.model import Secret
from kotozoe.printable import printable

# A check returns what its field holds; the schema pairs them.
Check = Callable[[object], Any]

_FORMATS = ("ass", "ssa", "srt", "vtt")
_LABELS = ("speaker", "sound")
_TRACK_SORTS = ("text", "image", "untagged")
_LOOPBACK = re.compile(r"localhost|127(?:\.\d+){3}|::1")
# Names that exist in home networks only: RFC 6762, RFC 8375, and what routers use.
_HOME_NAME = re.compile(r"\A(?:[^.:]+|.+\.(?:local|lan|home|internal|home\.arpa))\Z")
_HOST = re.compile(r"[\w.:-]{1,253}")
# Spellings of a language that people write where its BCP 47 code is meant.
_LANGUAGES = {"jp": "ja", "jpn": "ja", "japanese": "ja", "eng": "en", "english": "en", "chi": "zh", "zho": "zh"}
_SOCKET_BYTES = 107  # of sockaddr_un.sun_path on Linux, without its NUL


class Wrong(Exception):
    """Why a value is not allowed."""


def text(value: object) -> str:
    if not isinstance(value, str):
        raise Wrong(f"must be a text in quotes, not {_shown(value)}")
    if not value.strip():
        raise Wrong("is empty: give it a value, or remove the line for the default")
    if any(ord(c) < 0x20 or ord(c) == 0x7F for c in value):
        raise Wrong("holds a control character: write it on one line, without \\n, \\t or \\u0000")
    return value


def switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise Wrong(f"must be true or false (without quotes), not {_shown(value)}")
    return value


def many(check: Check, least: int = 0) -> Check:
    """Return the check of a list of at least `least` such values, all different."""

    def checked(value: object) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise Wrong(f"must be a list, as in [{_in_list(value)}], not {_shown(value)}")
        if len(value) < least:
            raise Wrong("is an empty list: name at least one, or remove the line for the default")
        found: list[Any] = []
        for number, item in enumerate(value, start=1):
            try:
                checked_item = check(item)
            except Wrong as wrong:
                raise Wrong(f"(item {number}) {wrong}") from None
            if checked_item in found:
                raise Wrong(f"(item {number}) is there twice: remove one")
            found.append(checked_item)
        return tuple(found)

    return checked


def url(value: object) -> str:
    """Check an http(s) address without credentials; a trailing slash goes."""
    address, split = _split(value)
    if split.username is not None or split.password is not None:
        raise Wrong("holds a user name or password: remove what stands before the @")
    if split.fragment:
        raise Wrong("holds a #: remove it and what follows")
    return address.rstrip("/")


def url_or_none(value: object) -> str:
    """Check an address as `url` does; an empty one switches off what it is the address of."""
    return "" if value == "" else url(value)


def secret_url(value: object) -> str:
    """Check an address that the API key is sent to: encrypted, unless it is this machine or one of the home network."""
    address = url(value)
    split = urlsplit(address)
    if split.query:
        raise Wrong("holds a ?: give the address of the site only")
    if split.scheme != "https" and not _is_at_home(split.hostname or ""):
        raise Wrong(f'would send your API key unencrypted: write "https://{printable(split.netloc)}"')
    return address


def is_loopback(host: str) -> bool:
    return bool(_LOOPBACK.fullmatch(host))


def _is_at_home(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return bool(_HOME_NAME.fullmatch(host))


def origin(value: object) -> str:
    address = secret_url(value)
    split = urlsplit(address)
    if split.path:
        raise Wrong(f'must be an origin without a path: write "{split.scheme}://{printable(split.netloc)}"')
    return address


def path(value: object) -> str:
    found = text(value)
    if "://" in found:
        raise Wrong("must be a path on this machine, not an address")
    return found


def pattern(value: object) -> str:
    """Check a folder or a shell pattern of whole paths or addresses."""
    found = text(value)
    if not found.startswith(("/", "~", "*")) and "://" not in found:
        raise Wrong(f'would never match, as paths begin with a slash: write "/…/{printable(found, 60)}" or "*{found}*"')
    return found


def socket_path(value: object) -> str:
    found = path(value)
    if not found.startswith(("/", "~")):
        raise Wrong(f'must be a whole path, as in "/run/user/1000/{printable(found, 40)}"')
    if len(found.encode()) > _SOCKET_BYTES:
        raise Wrong(f"is longer than the {_SOCKET_BYTES} bytes that a socket's path may have: choose a shorter one")
    return found


def language(value: object) -> str:
    found = text(value)
    code = found.lower()
    if meant := _LANGUAGES.get(code):
        raise Wrong(f'names no language by "{printable(found, 20)}": did you mean "{meant}"?')
    if not re.fullmatch(r"[a-z]{2,3}", code):
        raise Wrong(f'names no language by "{printable(found, 20)}": write its code, as in "ja"')
    return code


def second(value: object) -> str:
    """Return what is shown as second subtitle: a language, "ours", or nothing."""
    return value if value in ("", "ours") and isinstance(value, str) else language(value)


def label(value: object) -> str:
    name = text(value)
    if name not in _LABELS:
        raise Wrong(f'knows no labels called "{printable(name, 20)}": there are {", ".join(_LABELS)}')
    return name


def track_sort(value: object) -> str:
    name = text(value).lower()
    if name not in _TRACK_SORTS:
        raise Wrong(f'knows no tracks called "{printable(name, 20)}": there are {", ".join(_TRACK_SORTS)}')
    return name


def format_name(value: object) -> str:
    name = text(value).lower().removeprefix(".")
    if name not in _FORMATS:
        import difflib  # noqa: PLC0415 - only a mistake needs it

        near = difflib.get_close_matches(name, _FORMATS, n=1)
        said = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(_FORMATS)}"
        raise Wrong(f'names no format by "{printable(name, 20)}": {said}')
    return name


def one_of(choices: tuple[str, ...]) -> Check:
    def checked(value: object) -> str:
        if value in choices and isinstance(value, str):
            return value
        quoted = ", ".join(f'"{choice}"' for choice in choices)
        given = f'"{printable(value, 20)}"' if isinstance(value, str) else _shown(value)
        raise Wrong(f"must be one of {quoted}, not {given}")

    return checked


def megabytes(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Wrong(f"must be a number of megabytes, not {_shown(value)}")
    if not 20 <= value <= 100_000:
        raise Wrong("must be from 20 to 100000 (megabytes)")
    return value


def command(value: object) -> tuple[str, ...]:
    """Check a program and its arguments, each a text of its own: no shell reads them."""
    if isinstance(value, str):
        words = ", ".join(f'"{printable(word, 40)}"' for word in value.split()) or '"pass", "jimaku"'
        raise Wrong(f"must be a list of the program and its arguments: write [{words}]")
    if not isinstance(value, list):
        raise Wrong('must be a list of the program and its arguments, as in ["pass", "jimaku"]')
    if not value:
        raise Wrong("is an empty list: name a program, or remove the line")
    if not all(isinstance(word, str) and "\0" not in word for word in value):
        raise Wrong('must hold texts only: put each argument in quotes, as in ["pass", "jimaku"]')
    return (text(value[0]), *value[1:])


def secret(value: object) -> Secret:
    """Check a key without ever showing it; what a key may hold is `key`'s knowledge."""
    if not isinstance(value, str):
        raise Wrong("must be a text in quotes")
    if not value.strip():
        raise Wrong("is empty: give the key, or remove the line")
    return Secret(value)


def _split(value: object) -> tuple[str, SplitResult]:
    address = text(value).strip()
    try:
        split = urlsplit(address)
        split.port  # noqa: B018 - reading it checks it
    except ValueError:
        raise Wrong(f"is no valid address: {_shown_address(address)}; write it as in a browser") from None
    if split.scheme not in {"http", "https"}:
        raise Wrong(f'must begin with https://: write "https://{_shown_address(address.split("://")[-1])}"')
    if not split.hostname or not _HOST.fullmatch(split.hostname) or re.search(r"\s", address):
        raise Wrong('names no host: write it as in "https://example.org"')
    return address, split


def _shown_address(address: str) -> str:
    return printable(address.rpartition("@")[2], 100)


def _shown(value: object) -> str:
    """Name the type of a wrong value in TOML's words; never its content, which may be a secret."""
    names: dict[type, str] = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "a text",
        list: "a list",
        dict: "a section",
    }
    return names.get(type(value), "a date or time")


def _in_list(value: object) -> str:
    return f'"{printable(value, 40)}"' if isinstance(value, str) else '"…"'
