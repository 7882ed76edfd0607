"""Runs jimaku-dl, inside its own environment, at the servers that the environment names. Its menus pick the first line.

python peer_runner.py names FOLDER FETCH < NAMES.json    a list of {name, anilist_id}; prints what came of each
python peer_runner.py command VIDEO                      its own command; prints the seconds that it worked
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import jimaku_dl.cli as cli
from jimaku_dl.downloader import JimakuDownloader


class _Enough(Exception):
    """All that was asked for is known."""


class Watched(JimakuDownloader):  # type: ignore[misc]
    """Itself, at other addresses, with its menus answered and what they offered kept."""

    ANILIST_API_URL = os.environ["PEER_ANILIST"]
    JIMAKU_SEARCH_URL = os.environ["PEER_JIMAKU"] + "/api/entries/search"
    JIMAKU_FILES_BASE = os.environ["PEER_JIMAKU"] + "/api/entries"
    fetch = True

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.clear()

    def clear(self) -> None:
        self.menu: list[str] = []
        self.media: list[int] = []
        self.episode: int | None = None

    def parse_filename(self, filename: str) -> tuple[str, int, int]:
        told: tuple[str, int, int] = super().parse_filename(filename)
        self.episode = told[2]
        return told

    def query_anilist(self, title: str, season: int | None = None) -> int:
        found: int = super().query_anilist(title, season)
        self.media = [int(option.split(" - ")[0]) for option in self.menu] or [found]
        if not self.fetch:
            raise _Enough
        return found

    def fzf_menu(self, options: list[str], multi: bool = False) -> Any:
        self.menu = options
        return options[:1] if multi else options[0]


def _one(peer: Watched, folder: Path, row: dict[str, Any]) -> dict[str, Any]:
    folder.mkdir()
    video = folder / row["name"]
    video.touch()
    peer.clear()
    saved: list[str] = []
    try:
        saved = peer.download_subtitles(str(video), anilist_id=row["anilist_id"])
    except _Enough:
        pass
    except Exception as error:  # noqa: BLE001 - whatever ends it, there is no subtitle
        print(f"{row['name']}: {error!r}", file=sys.stderr)
    files = [option.partition(". ")[2] for option in peer.menu] if saved else []
    return {"episode": peer.episode, "media": peer.media, "files": files, "saved": Path(saved[0]).name if saved else ""}


def names(folder: Path, fetch: bool) -> None:
    """Do them all; where it would ask a person for words, standard input has ended and nobody answers."""
    rows = json.load(sys.stdin)
    Watched.fetch = fetch
    peer = Watched(quiet=True)
    real, sys.stdout = sys.stdout, sys.stderr
    told = [_one(peer, folder / str(at), row) for at, row in enumerate(rows)]
    print(json.dumps(told), file=real)


def command(video: str) -> None:
    began = time.monotonic()
    cli.JimakuDownloader = Watched
    code = cli.main([video, "--log-level", "ERROR"])
    print(time.monotonic() - began)
    sys.exit(code)


if __name__ == "__main__":
    if sys.argv[1] == "names":
        names(Path(sys.argv[2]), sys.argv[3] == "1")
    else:
        command(sys.argv[2])
