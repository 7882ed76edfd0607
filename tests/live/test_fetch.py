"""`kotozoe fetch` as a process, against stand-in servers that limit as the real ones do."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.fakes import Servers
from tests.live.home import Home

EPISODES = range(13, 17)  # of the second season, counted through
OTHER = "[Hayate] Kaze no Renshuu - 20 (1080p).mkv"


@pytest.fixture
def library(home: Home) -> Path:
    folder = home.root / "Anime" / "Kaze"
    folder.mkdir(parents=True)
    for episode in EPISODES:
        (folder / f"[Hayate] Kaze no Renshuu - {episode:02} (1080p).mkv").touch()
    (folder / "holiday.mkv").touch()
    return folder.parent


def contents(servers: Servers, number: int) -> bytes:
    return next(file.content for file in servers.world.entries[1235].files if f"- {number}." in file.name)


def counts(servers: Servers) -> tuple[int, int, int]:
    paths = [asked.path for asked in servers.jimaku.requests]
    listings, downloads = (sum(word in path for path in paths) for word in ("/files", "/download/"))
    return len(paths) - listings - downloads, listings, downloads


def test_a_library_costs_one_catalogue_one_listing_and_each_file_once(
    home: Home, servers: Servers, library: Path
) -> None:
    done = home.command("fetch", "--json", str(library))
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert sorted(row["outcome"] for row in told) == ["fetched"] * 4 + ["left out"]
    for row in told:
        if row["outcome"] == "fetched":
            assert row["entry_id"] == 1235
            assert Path(row["file"]).read_bytes() == contents(servers, row["episode"] + 12)
    assert counts(servers) == (1, 1, 4)
    again = home.command("fetch", str(library))
    assert "4 already there, 1 left out" in again.stdout
    assert counts(servers) == (1, 1, 4)


def test_a_dry_run_fetches_nothing_and_tells_the_price(home: Home, servers: Servers, library: Path) -> None:
    done = home.command("fetch", "--dry-run", str(library))
    assert "4 to fetch" in done.stdout
    assert "that is 1 listing and at most 4 files to ask for" in done.stdout
    assert counts(servers) == (1, 0, 0)


def test_beside_the_videos_nothing_is_replaced(home: Home, servers: Servers, library: Path) -> None:
    theirs = library / "Kaze" / "[Hayate] Kaze no Renshuu - 14 (1080p).ja.ass"
    theirs.write_text("theirs")
    done = home.command("fetch", "--sidecar", str(library))
    assert "3 fetched, 1 already there, 1 left out" in done.stdout
    assert theirs.read_text() == "theirs"
    beside = sorted(path.name for path in (library / "Kaze").glob("*.ja.*"))
    extensions = ["srt", "ass", "srt", "srt"]
    ends = [f"- {n} (1080p).ja.{extension}" for n, extension in zip(EPISODES, extensions, strict=True)]
    assert all(name.endswith(end) for name, end in zip(beside, ends, strict=True))
    assert counts(servers)[2] == 3


def test_what_is_not_there_is_a_mistake_and_a_wrong_key_a_reason(home: Home, library: Path) -> None:
    wrong = home.command("fetch", str(library / "nowhere"))
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "There is no" in wrong.stderr
    home.key_file.write_text("A" * 58)
    refused = home.command("fetch", str(library))
    assert refused.returncode == 1
    assert "API key was not accepted" in refused.stdout


def test_one_that_was_killed_goes_on_where_it_was(home: Home, servers: Servers, library: Path) -> None:
    command = [sys.executable, "-m", "kotozoe", "fetch", str(library)]
    with subprocess.Popen(command, env=home.environ, stdout=subprocess.DEVNULL) as killed:
        servers.jimaku.wait_for(4)
        killed.send_signal(signal.SIGKILL)
    before = counts(servers)
    rest = home.command("fetch", "--json", str(library)).stdout
    outcomes = Counter(json.loads(line)["outcome"] for line in rest.splitlines())
    assert (outcomes["fetched"] + outcomes["present"], outcomes["left out"]) == (4, 1)
    catalogue, listings, downloads = counts(servers)
    assert (catalogue, listings) == before[:2] == (1, 1)
    assert downloads <= 4 + 2  # two were on their way
    assert not list(home.root.glob("cache/kotozoe/subtitles/*/*.new"))


@pytest.mark.live
def test_the_screen_does_not_wait_for_a_library(home: Home, servers: Servers, library: Path, video: Path) -> None:
    path = home.put(video, OTHER)
    with home.daemon():
        home.wait(lambda _: "catalogue (other)" in home.log())
        command = [sys.executable, "-m", "kotozoe", "fetch", "--sidecar", str(library)]
        with subprocess.Popen(command, env=home.environ, stdout=subprocess.DEVNULL) as fetch:
            servers.jimaku.wait_for(len(servers.jimaku.requests) + 2)
            began = time.monotonic()
            with home.playing(path) as player:
                player.wait_selected("20")
            assert time.monotonic() - began < 10
            fetch.terminate()
    assert servers.jimaku.statuses.count(429) == 0


def test_a_reader_that_wants_one_line_ends_it_quietly(home: Home, library: Path) -> None:
    fetch = [sys.executable, "-m", "kotozoe", "fetch", "--json", str(library)]
    with subprocess.Popen(fetch, env=home.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        told = process.stderr.read()
    assert process.returncode in (0, 141)
    assert b"unexpected" not in told
