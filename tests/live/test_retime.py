"""Subtitles that are out of time: put right while a real mpv plays, or left alone."""

from __future__ import annotations

import random
import subprocess
from contextlib import AbstractContextManager
from itertools import pairwise
from pathlib import Path

import pytest

from kotozoe.timing.fitting.cues import Cue
from tests.fakes import Servers
from tests.fakes.world import WorldFile
from tests.live.home import Home
from tests.live.ipc import Ipc

pytestmark = pytest.mark.live

EPISODE = "[Hayate] Kaze no Renshuu - 15 (1080p).mkv"
ENTRY = 1235
NAME = "[Hayate] Kaze no Renshuu - 15.ja.srt"
OTHER = "[Tsubasa] Kaze no Renshuu - 15.ja.srt"
SECONDS = 400


def lines(seed: int) -> list[Cue]:
    chance = random.Random(seed)
    made, now = [], 1.0
    while now < SECONDS - 8:
        length = chance.uniform(0.8, 3.0)
        made.append(Cue(round(now, 2), round(now + length, 2)))
        now += length + chance.choice((0.3, 0.5, 2.0, 5.0))
    return made


def srt(cues: list[Cue], shift: float = 0.0, text: str = "はい、これは字幕です") -> str:
    def clock(seconds: float) -> str:
        thousandths = round(seconds * 1000)
        return f"00:{thousandths // 60000:02}:{thousandths // 1000 % 60:02},{thousandths % 1000:03}"

    blocks = (f"{n}\n{clock(c.start + shift)} --> {clock(c.end + shift)}\n{text}{n}\n" for n, c in enumerate(cues, 1))
    return "\n".join(blocks)


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video with an English text track."""
    folder = tmp_path_factory.mktemp("video")
    chance = random.Random(7)
    english = [Cue(c.start + chance.uniform(0, 0.1), c.end) for c in lines(1) if chance.random() > 0.1]
    (folder / "english.srt").write_text(srt(english, text="line "))
    path = folder / "video.mkv"
    picture = ["-f", "lavfi", "-i", f"testsrc=size=32x32:rate=2:duration={SECONDS}", "-i", str(folder / "english.srt")]
    codecs = ["-c:v", "mpeg4", "-c:s", "ass", "-metadata:s:s:0", "language=eng"]
    subprocess.run(["ffmpeg", "-v", "error", "-y", *picture, *codecs, str(path)], check=True)
    return path


def offer(servers: Servers, **files: str) -> None:
    """Let the entry have these texts for its episode, under names that are the better the earlier."""
    entry = servers.world.entries[ENTRY]
    entry.files = [f for f in entry.files if "15" not in f.name]
    for name, body in zip((NAME, OTHER), files.values(), strict=False):
        entry.files.append(WorldFile(name, body.encode()))


def playing(home: Home, video: Path, *arguments: str) -> AbstractContextManager[Ipc]:
    return home.playing(*arguments, home.put(video, EPISODE))


def test_a_late_subtitle_is_put_right_while_it_plays(home: Home, servers: Servers, video: Path) -> None:
    offer(servers, late=srt(lines(1), 1.3))
    with home.daemon(), playing(home, video) as player:
        player.command("observe_property", 77, "sid")
        player.command("observe_property", 78, "time-pos")
        track = player.wait_selected("shifted −1.3 s")
        home.wait_step(EPISODE, "retimed")
        tracks = [t for t in player.get("track-list") if t["type"] == "sub" and t.get("external")]
        assert [t["external-filename"] for t in tracks] == [track["external-filename"]]
        (at, before), (_, after) = [(n, e.get("data")) for n, e in enumerate(player.events) if e.get("id") == 77][-2:]
        assert (after, type(before)) == (track["id"], int)  # from the one to the other, and through nothing else
        since = player.events[at:]
        assert not [e for e in since if e.get("event") in {"seek", "playback-restart"}]
        places = [e["data"] for e in since if e.get("id") == 78]
        assert all(0 <= later - earlier < 2 for earlier, later in pairwise(places)), places
        assert track["lang"] == "ja"
        retimed = Path(track["external-filename"]).read_text("utf-8")
        assert "これは字幕です1\n" in retimed
        assert abs(_first(retimed) - lines(1)[0].start) < 0.1
        originals = [
            p for p in Path(track["external-filename"]).parent.iterdir() if str(p) != str(track["external-filename"])
        ]
        assert originals[0].read_text("utf-8") == srt(lines(1), 1.3)


def test_what_fits_stays(home: Home, servers: Servers, video: Path) -> None:
    offer(servers, right=srt(lines(1)))
    with home.daemon(), playing(home, video) as player:
        player.wait_selected("(Jimaku)")
        home.wait_step(EPISODE, "timing")
        assert "retimed" not in home.steps(EPISODE)
        assert player.selected_subtitle()["title"].endswith("(Jimaku)")  # type: ignore[index]


def test_one_key_undoes_and_that_is_remembered(home: Home, servers: Servers, video: Path) -> None:
    offer(servers, late=srt(lines(1), 1.3))
    with home.daemon():
        with playing(home, video) as player:
            player.wait_selected("shifted −1.3 s")
            home.wait_step(EPISODE, "retimed")
            player.command("script-binding", "kotozoe/undo-retiming")
            player.wait_selected("as it came")
            home.wait_step(EPISODE, "undone")
        (home.root / EPISODE).unlink()
        with playing(home, video) as player:
            player.wait_selected("(Jimaku)")
            home.wait(lambda told: len(told["playbacks"]) >= 2 and "selected" in home.steps(EPISODE))
            assert "retimed" not in home.steps(EPISODE)


def test_a_subtitle_of_another_episode_gives_way_to_the_next_candidate(
    home: Home, servers: Servers, video: Path
) -> None:
    offer(servers, other=srt(lines(99)), right=srt(lines(1), 2.0))
    with home.daemon(), playing(home, video) as player:
        track = player.wait_selected("shifted −2.0 s")
        assert OTHER in track["title"]


def test_the_line_that_is_spoken_now_begins_now(home: Home, servers: Servers, video: Path) -> None:
    offer(servers, early=srt(lines(1), 0.0))
    home.configure(servers, '[timing]\ntext = "off"\nsound = "off"\n')
    with home.daemon(), playing(home, video, "--pause", "--start=20.7") as player:
        player.wait_selected("(Jimaku)")
        nearest = min(lines(1), key=lambda cue: abs(cue.start - 20.7))
        player.command("script-binding", "kotozoe/speak-now")
        track = player.wait_selected("shifted")
        starts = Path(track["external-filename"]).read_text("utf-8")
        assert abs(_first(starts) - (lines(1)[0].start + 20.7 - nearest.start)) < 0.6  # a frame of this video


def _first(text: str) -> float:
    """Return when the first line of an .srt is shown."""
    clock = text.splitlines()[1].partition(" --> ")[0].replace(",", ".")
    hours, minutes, seconds = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
