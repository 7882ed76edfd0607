"""Another Jimaku server while the daemon runs: its own ids, its own files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes import Servers, World, serve
from tests.live.home import Home

pytestmark = pytest.mark.live

FIRST, SECOND = "[Hayate] Kaze no Renshuu - 05 (1080p).mkv", "[Hayate] Kaze no Renshuu - 06 (1080p).mkv"


def test_after_a_change_of_the_server_its_files_are_shown(home: Home, servers: Servers, video: Path) -> None:
    other = World.small()
    show, inn = other.entries[1234], other.entries[1240]
    other.entries |= {1240: show, 1234: inn}
    show.row["id"], inn.row["id"] = 1240, 1234
    first, second = home.put(video, FIRST), home.put(video, SECOND)
    with serve(other) as others, home.daemon(), home.playing("--keep-open=yes", first) as player:
        player.wait_selected("Kaze no Renshuu - 05")
        home.configure(others)
        home.wait(lambda told: any(others.jimaku.url.rpartition("/")[2] in h["name"] for h in told.get("hosts", ())))
        player.command("loadfile", str(second))
        player.wait_selected("Kaze no Renshuu - 06")
        assert {asked.path for asked in others.jimaku.requests if asked.path.endswith("/files")} == {
            "/api/entries/1240/files"
        }
