"""A new mpv for one file, and when it loaded the file and showed a subtitle: what a double click on a video does."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tests.live.home import Home
from tests.live.mpv import SCRIPT

_WATCHER = """
local out = io.open('/dev/fd/%d', 'w')
local function say(word) out:write(word, '\\n') out:flush() end
mp.register_event('file-loaded', function() say('loaded') end)
mp.observe_property('current-tracks/sub/external', 'native', function(_, is) if is then say('selected') end end)
"""
_PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Opened:
    """Seconds since the process was started; `loaded` may come later than `selected` with `--sub-file`."""

    loaded: float
    selected: float


class FreshPlayer:
    """A player started this moment; end it with `close`. Nobody reads what it prints."""

    def __init__(self, home: Home, *arguments: str | Path, with_script: bool = True) -> None:
        told, tells = os.pipe()
        watcher = home.root / f"watcher-{tells}.lua"
        watcher.write_text(_WATCHER % tells)
        fixed = ["mpv", "--no-config", "--vo=null", "--ao=null", "--no-terminal", "--keep-open=yes"]
        script = [f"--script={watcher}", *([f"--script={SCRIPT}"] if with_script else [])]
        self.began = time.monotonic()
        self._process = subprocess.Popen(
            [*fixed, *script, *arguments], env=home.environ, pass_fds=(tells,), stdin=subprocess.DEVNULL
        )
        os.close(tells)
        self._told = os.fdopen(told)

    def opened(self) -> Opened:
        """Wait until the file is loaded and a subtitle of its own file is shown."""
        seen: dict[str, float] = {}
        while not {"loaded", "selected"} <= seen.keys():
            word = self._told.readline().strip()
            if not word:
                raise RuntimeError("mpv ended before it showed a subtitle")
            seen.setdefault(word, time.monotonic() - self.began)
        return Opened(seen["loaded"], seen["selected"])

    def close(self) -> None:
        self._process.kill()
        self._process.wait(_PATIENCE)
        self._told.close()
