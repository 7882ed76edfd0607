"""Each key of the config, changed on disk while a video plays, has its effect within a second."""

from __future__ import annotations

import http.server
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from kotozoe.settings.schema import Settings
from tests.fakes import Asked, Servers, World, serve
from tests.fakes.world import SMALL, WorldFile
from tests.live.home import PATIENCE, Home
from tests.live.ipc import Ipc
from tests.live.mpv import Mpv, make_video
from tests.live.test_retime import ENTRY, SECONDS, lines, srt

pytestmark = pytest.mark.live

PLAIN = "[Hayate] Kaze no Renshuu - 13 (1080p).mkv"
JAPANESE = "[Hayate] Kaze no Renshuu - 14 (1080p).mkv"  # has a Japanese text track
ENGLISH = "[Hayate] Kaze no Renshuu - 15 (1080p).mkv"  # has an English one, and the subtitle is late
FURTHER = "[Hayate] Kaze no Renshuu - 16 (1080p).mkv"
LARGE = "[Hayate] Kaze no Renshuu - 17 (1080p).avi"  # 35 MB, and nothing tells where its sound is
UNKNOWN = "[Hayate] Nobody Knows This - 01 (1080p).mkv"
KEY = "AAAAAAAA" + "z" * 50
LABELLED = "\n99\n00:00:58,000 --> 00:00:59,000\n（風太）待って\n"
KUMO = 'prefer_groups = ["Kumo"]'
Told = dict[str, Any]


@dataclass
class Playing:
    """The daemon with its players, and when its config was last written."""

    home: Home
    servers: Servers
    other: Ipc  # to a player of its own, which plays what a test wants
    stream: str  # where the files of the home are served
    at: float = 0.0
    before: tuple[int, ...] = ()  # how much there was of what grows

    def _grown(self) -> tuple[str, str, list[Asked], list[Asked]]:
        shown = (self.home.root / "plain.log").read_text("utf-8", "replace")
        return self.home.log(), shown, self.servers.files.requests, self.servers.anilist.requests

    def write(self, text: str) -> None:
        self.at, self.before = time.time(), tuple(map(len, self._grown()))
        fresh = self.home.config.with_suffix(".new")
        fresh.write_text(text)
        fresh.replace(self.home.config)

    @property
    def log(self) -> str:
        """Return what was logged since."""
        return self._grown()[0][self.before[0] :]

    @property
    def shown(self) -> str:
        """Return what the first player says since that it does."""
        return self._grown()[1][self.before[1] :]

    @property
    def files_asked(self) -> list[Asked]:
        return self._grown()[2][self.before[2] :]

    @property
    def anilist_asked(self) -> list[Asked]:
        return self._grown()[3][self.before[3] :]

    def play(self, path: str) -> None:
        self.other.command("loadfile", path)

    def steps(self, name: str) -> list[dict[str, Any]]:
        """Return what was told since of a video."""
        found = [p for p in self.home.status()["playbacks"] if p["name"] == name]
        return [step for step in found[-1]["steps"] if step["at"] > self.at] if found else []


Seen = Callable[[Playing], bool]


def hosts(name: str) -> Seen:
    return lambda now: any(name in host["name"] for host in now.home.status()["hosts"])


def key(origin: str) -> Seen:
    return lambda now: origin in now.home.status()["key"]["origin"]


def told(name: str, step: str, word: str = "") -> Seen:
    """Tell whether the story that is told anew has come to this."""
    return lambda now: any(s["step"] == step and word in s["sentence"] for s in now.steps(name))


def logged(word: str) -> Seen:
    return lambda now: word in now.log


def fetched(query: str) -> Seen:
    return lambda now: any(asked.query == query for asked in now.files_asked)


def from_another_origin(now: Playing) -> bool:
    asked = [a for a in now.servers.jimaku.requests if "Yama" in unquote(a.path)]
    return bool(asked) and asked[-1].headers["host"].startswith("localhost")


def players(number: int) -> Seen:
    return lambda now: len(now.home.status()["players"]) == number


def quiet(now: Playing) -> bool:
    return told(PLAIN, "selected", "Tsubasa")(now) and "字幕" not in now.shown


def unasked(now: Playing) -> bool:
    return told(UNKNOWN, "unknown")(now) and not now.anilist_asked


# section, key, its new value, and what comes of it; the last: what is played meanwhile, or other keys that are set
EFFECTS: list[tuple[str, str, str, Seen | None, str]] = [
    ("jimaku", "url", '"http://127.0.0.1:9"', hosts("127.0.0.1:9"), ""),
    ("jimaku", "api_key_file", '"other.key"', key("other.key"), ""),
    ("jimaku", "api_key_command", '["echo", "x"]', key("the command echo"), ""),
    ("jimaku", "api_key", f'"{KEY}"', key("[jimaku] api_key"), ""),
    ("jimaku", "download_origins", '["{localhost}"]', from_another_origin, 'prefer_groups = ["Yama"]'),
    ("anilist", "url", '"http://127.0.0.1:10"', hosts("127.0.0.1:10"), ""),
    ("anilist", "enabled", "false", unasked, UNKNOWN),
    ("amvstrm", "url", '"http://127.0.0.1:11"', hosts("127.0.0.1:11"), ""),
    ("relations", "url", '"{relations}?again"', fetched("again"), ""),
    ("seasons", "url", '"{seasons}?anew"', fetched("anew"), ""),
    ("titles", "url", '"{titles}?afresh"', fetched("afresh"), ""),
    ("subtitles", "languages", '["en"]', told(ENGLISH, "added", "not selected"), ""),
    ("subtitles", "formats", '["vtt"]', told(PLAIN, "obtained", ".vtt"), ""),
    ("subtitles", "prefer_groups", '["Tsubasa"]', told(PLAIN, "selected", "Tsubasa"), ""),
    ("subtitles", "avoid_groups", '["Hayate", "Kumo", "Yama"]', told(PLAIN, "selected", "Tsubasa"), ""),
    ("subtitles", "yield_to", '["image"]', told(JAPANESE, "selected"), ""),
    (
        "subtitles",
        "strip",
        '["speaker"]',
        told(PLAIN, "obtained", "without speaker labels"),
        'prefer_groups = ["Kumo"]',
    ),
    ("subtitles", "secondary", '"en"', told(ENGLISH, "second"), ""),
    ("watch", "include", '["/nowhere"]', told(PLAIN, "skipped"), ""),
    ("watch", "exclude", '["*"]', told(PLAIN, "skipped"), ""),
    ("watch", "private", '["/tmp"]', logged("its folder is listed in [watch] private"), ""),
    ("player", "sockets", '["{spare}"]', players(5), ""),
    ("player", "osd", '"none"', quiet, 'prefer_groups = ["Tsubasa"]'),
    ("folders", "paths", '["subs"]', told(PLAIN, "obtained", "[Own]"), ""),
    ("cache", "max_megabytes", "20", None, ""),  # see below
    ("timing", "text", '"check"', told(ENGLISH, "advice", "only checks"), ""),
    (
        "timing",
        "sound",
        '"off"',
        logged("cannot determine the timing: the video has no subtitle track to compare with"),
        "",
    ),
    ("timing", "misfit", '"keep"', None, ""),  # read once a file; what it does: tests/playback/test_retiming.py
    ("timing", "network", "true", logged("the video cannot be read"), "{stream}/" + FURTHER),
    ("timing", "max_read_megabytes", "20", logged("too little of it fits into 20 MB"), LARGE),
]


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with serve(World.load(SMALL), limits=False) as found:
        found.jimaku.base = found.jimaku.url.replace("127.0.0.1", "localhost")
        files = found.world.entries[ENTRY].files
        body = next(file.content for file in files if "- 13" in file.name)
        files.append(WorldFile("[Hayate] Kaze no Renshuu - 13.ja.vtt", b"WEBVTT\n\n" + body.replace(b",", b".")))
        files.append(WorldFile("[Tsubasa] Kaze no Renshuu - 13.ja.srt", body))
        files.append(WorldFile("[Yama] Kaze no Renshuu - 13.ja.srt", body))
        files.append(WorldFile("[Kumo] Kaze no Renshuu - 13.ja.srt", (srt(lines(1)) + LABELLED).encode()))
        for name, shift in (("- 14", 0.0), ("- 15", 1.3)):  # as long as their videos
            at = next(n for n, file in enumerate(files) if name in file.name)
            files[at] = WorldFile(files[at].name, srt(lines(1), shift).encode())
        yield found


def with_track(path: Path, language: str) -> Path:
    """Make a video with a text track."""
    text = path.with_suffix(".srt.tmp")
    text.write_text(srt(lines(1)))
    picture = ["-f", "lavfi", "-i", f"testsrc=size=32x32:rate=1:duration={SECONDS}", "-f", "srt", "-i", str(text)]
    codecs = ["-c:v", "mpeg4", "-c:s", "ass", "-metadata:s:s:0", f"language={language}"]
    subprocess.run(["ffmpeg", "-v", "error", "-y", *picture, *codecs, str(path)], check=True)
    text.unlink()
    return path


@pytest.fixture(scope="module")
def playing(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playing]:
    root = tmp_path_factory.mktemp("k") / "home"
    home = Home(root, servers)
    own = home.config.parent / "subs" / "Kaze no Renshuu 2nd Season"
    own.mkdir(parents=True)
    (own / "[Own] Kaze no Renshuu - 13.ja.srt").write_text(srt(lines(1)))
    plain = make_video(root / PLAIN, seconds=60)
    for name in (UNKNOWN, FURTHER):
        (root / name).write_bytes(plain.read_bytes())
    picture = ["-f", "lavfi", "-i", "testsrc=size=320x240:rate=5:duration=60", "-f", "lavfi", "-i", "sine=d=60"]
    codecs = ["-c:v", "rawvideo", "-pix_fmt", "yuv420p", str(root / LARGE)]
    subprocess.run(["ffmpeg", "-v", "error", "-y", *picture, *codecs], check=True)
    videos = [with_track(root / JAPANESE, "jpn"), with_track(root / ENGLISH, "eng")]
    with (
        ExitStack() as stack,
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=root)) as files,
    ):
        threading.Thread(target=files.serve_forever, daemon=True).start()
        stack.callback(files.shutdown)
        stack.enter_context(home.daemon())
        stack.enter_context(Mpv(home.runtime, ["--pause", f"--log-file={root}/plain.log", plain]))
        for video in videos:
            stack.enter_context(Mpv(home.runtime, ["--pause", video]))
        stack.enter_context(Mpv(home.runtime, ["--pause", f"--input-ipc-server={root}/other.sock"]))
        stack.enter_context(Mpv(home.runtime, [f"--input-ipc-server={root}/spare.sock"], script=False))
        home.wait_step(PLAIN, "selected")
        home.wait_step(JAPANESE, "added")
        home.wait_step(ENGLISH, "retimed")
        home.wait(lambda status: len(status["players"]) == 4)
        now = Playing(home, servers, Ipc(root / "other.sock"), f"http://127.0.0.1:{files.server_port}")
        yield now
        now.other.close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def test_no_key_is_left_out() -> None:
    settings = Settings()
    every = {
        (section.name, name.name) for section in fields(settings) for name in fields(getattr(settings, section.name))
    }
    assert {(section, name) for section, name, *_ in EFFECTS} == every


@pytest.mark.parametrize(
    ("section", "name", "value", "seen", "beside"), EFFECTS, ids=[f"{section}.{name}" for section, name, *_ in EFFECTS]
)
def test_a_changed_key_has_its_effect_within_a_second(
    section: str, name: str, value: str, seen: Seen | None, beside: str, playing: Playing
) -> None:
    home = playing.home
    written = _with(playing, section, name, value, beside if "=" in beside else "")
    plain, now = (set(text.splitlines()) for text in (_with(playing, *_PLAIN), home.config.read_text()))
    if set(written.splitlines()) & (now - plain):
        playing.write(_with(playing, *_PLAIN))  # what an earlier test has set would be no change
        home.wait(lambda _: "new settings applied" in playing.log)
    playing.write(written)
    home.wait(lambda _: "new settings applied" in playing.log)
    spent = time.time() - playing.at
    if beside and "=" not in beside:
        playing.play(beside.format(**_places(playing)) if "{" in beside else str(home.root / beside))
        playing.at = time.time()
    if seen is not None:
        home.wait(lambda _: seen(playing))
    spent = max(spent, time.time() - playing.at)
    print(f"{section}.{name}: {spent:.2f} s")
    assert spent < (1.0 if os.getloadavg()[0] < (os.cpu_count() or 1) else PATIENCE)


def test_a_smaller_cache_loses_at_once_what_was_not_used_for_longest(playing: Playing) -> None:
    large = playing.home.root / "cache" / "kotozoe" / "subtitles" / "1" / "old.zip"
    large.parent.mkdir(parents=True, exist_ok=True)
    large.touch()
    os.truncate(large, 30_000_000)
    os.utime(large, (0, 0))
    playing.write(_with(playing, "cache", "max_megabytes", "25"))
    playing.home.wait(lambda _: not large.exists())
    assert all(Path(told["shows"]).exists() for told in playing.home.status()["playbacks"] if told.get("shows"))


def _places(playing: Playing) -> dict[str, str]:
    urls = playing.servers.urls()
    spare = str(playing.home.root / "spare.sock")
    localhost = playing.servers.jimaku.base
    return {**urls, "spare": spare, "localhost": localhost, "stream": playing.stream}


_PLAIN = ("anilist", "enabled", "true")


def _with(playing: Playing, section: str, name: str, value: str, beside: str = "") -> str:
    """Return the config of the stand-in servers with one key more, or another; `beside` goes into [subtitles]."""
    home = playing.home
    home.config.with_name("other.key").write_text("another-key\n")
    urls = playing.servers.urls()
    table = {
        "jimaku": {"url": f'"{urls["jimaku"]}"', "api_key_file": f'"{home.key_file}"'},
        "anilist": {"url": f'"{urls["anilist"]}"'},
        "relations": {"url": f'"{urls["relations"]}"'},
        "seasons": {"url": f'"{urls["seasons"]}"'},
        "titles": {"url": f'"{urls["titles"]}"'},
    }
    if name == "api_key":
        del table["jimaku"]["api_key_file"]
    table.setdefault(section, {})[name] = value.format(**_places(playing)) if "{" in value else value
    if beside:
        key, _, wanted = beside.partition(" = ")
        table.setdefault("subtitles", {})[key] = wanted
    return "".join(f"[{s}]\n" + "".join(f"{k} = {v}\n" for k, v in keys.items()) for s, keys in table.items())
