"""Where kotozoe keeps its files, by the conventions of the platform."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs

from kotozoe.errors import StorageError
from kotozoe.printable import printable
from kotozoe.settings.schema import JimakuSettings

# next to the config; `kotozoe login` writes them
KEY_FILE = "jimaku.key"
SEALED_FILE = "jimaku.cred"  # encrypted by systemd


@dataclass(frozen=True, slots=True)
class Paths:
    """`cache` may be deleted at any time; deleting `state` costs some waiting; `data` is the user's own. The sockets of
    the players are in `player.runtime_folder`.

    `server` stands in the names of what is known by a Jimaku server's ids; it is empty for the usual one.
    """

    config: Path
    cache: Path
    state: Path
    data: Path
    server: str = ""

    def for_server(self, url: str) -> Paths:
        """Return the paths for what is known of the Jimaku server at `url`: another one's ids mean something else."""
        return replace(self, server=_server(url))

    @property
    def catalogue(self) -> Path:
        return self.cache / f"catalogue{self.server}.sqlite"

    @property
    def subtitle_cache(self) -> Path:
        return self.cache / "subtitles"

    @property
    def rate_limits(self) -> Path:
        return self.state / "rate-limits.sqlite"

    @property
    def timings(self) -> Path:
        return self.cache / "timings.sqlite"

    @property
    def awaited(self) -> Path:
        return self.state / f"awaited{self.server}.sqlite"

    @property
    def pins(self) -> Path:
        return self.data / "pins.json"

    @property
    def status(self) -> Path:
        return self.state / "status.json"

    @property
    def installed(self) -> Path:
        return self.state / "installed.json"

    @property
    def introduced(self) -> Path:
        """There once the user was told of the menu."""
        return self.state / "introduced"

    @property
    def lock(self) -> Path:
        return self.state / "kotozoe.lock"


def places(config: Path | None = None) -> Paths:
    """Return this user's places; `config` is the file where it is not the usual one."""
    return Paths(
        config=config or platformdirs.user_config_path("kotozoe", appauthor=False) / "config.toml",
        cache=platformdirs.user_cache_path("kotozoe", appauthor=False),
        state=platformdirs.user_state_path("kotozoe", appauthor=False),
        data=platformdirs.user_data_path("kotozoe", appauthor=False),
    )


def _server(url: str) -> str:
    """Return the same for all spellings of one address, as a part of a file's name."""
    if url == JimakuSettings().url:
        return ""
    import hashlib  # noqa: PLC0415 - its libcrypto is 0.6 MB that a daemon that waits goes without

    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = f"{parts.scheme}://{parts.hostname}:{port}{parts.path.rstrip('/')}"
    return "-" + hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def prepare(at: Paths) -> None:
    """Create the missing folders, for this user only. Raises StorageError for state and data.

    Without a cache everything works in memory until there is one.
    """
    for folder in (at.cache, at.subtitle_cache):
        with suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for folder, holds, variable in (
        (at.state, "the daemon's state", "XDG_STATE_HOME"),
        (at.data, "your pins", "XDG_DATA_HOME"),
    ):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(
                f"The folder {printable(str(folder))} for {holds} cannot be made ({error.strerror}): "
                f"make it yourself, or set {variable} to a folder that you may write to"
            ) from None
