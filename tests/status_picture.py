"""The README's picture of `kotozoe status --watch`: what the real command tells while two players play.

    python -m tests.status_picture [FILE]

The daemon and mpv are real, Jimaku and AniList stand-ins, whose addresses the picture replaces by the real ones.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tests.fakes import World, serve
from tests.live.home import Home
from tests.live.mpv import Mpv, make_video

PICTURE = Path(__file__).parents[1] / "docs" / "status.svg"
NAMES = ("[Hayate] Kaze no Renshuu - 13 (1080p).mkv", "Hoshikuzu Ryokan - S01E05 [1080p].mkv")
WIDTH = 136


def told() -> str:
    """Play, and return what the command says."""
    with tempfile.TemporaryDirectory(prefix="k", dir="/tmp") as folder, serve(World.small()) as servers:
        home = Home(Path(folder) / "home", servers)
        with ExitStack() as stack:
            stack.enter_context(home.daemon())
            for name in NAMES:
                video = make_video(home.root / name, seconds=60)
                stack.enter_context(Mpv(home.runtime, ["--pause", video]))
                home.wait_step(name, "selected")
            text = _printed(home)
        urls = servers.urls()
        real = {
            urls["jimaku"].removeprefix("http://"): "jimaku.cc",
            urls["anilist"].partition("//")[2].partition("/")[0]: "graphql.anilist.co",
            urls["relations"].partition("//")[2].partition("/")[0]: "raw.githubusercontent.com",
            str(home.key_file): "/home/you/.config/kotozoe/jimaku.key",
        }
        for found, shown in real.items():
            text = text.replace(found, shown)
        return text


def _printed(home: Home) -> str:
    words = [sys.executable, "-m", "kotozoe", "status", "--watch"]
    with subprocess.Popen(words, env=home.environ, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        text = "".join(iter(running.stdout.readline, "\n"))
        running.kill()
    return text


def main() -> None:
    """Draw it."""
    console = Console(record=True, width=WIDTH, file=io.StringIO())
    for line in told().splitlines():
        console.print(Text(line, no_wrap=True, overflow="ellipsis"))
    drawn = console.export_svg(title="kotozoe status --watch", unique_id="status")
    # no font from elsewhere: who looks at the picture asks nobody
    drawn = re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)
    Path(sys.argv[1] if len(sys.argv) > 1 else PICTURE).write_text(drawn.replace("Fira Code", "monospace"), "utf-8")


if __name__ == "__main__":
    main()
