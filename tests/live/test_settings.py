"""Each key of the config, changed on disk while a video plays, has its effect within a second."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from kotozoe.settings.schema import Settings
from tests.fakes import Servers, World, serve
from tests.fakes.world import SMALL
from tests.live.home import Home
from tests.live.mpv import Mpv, make_video

pytestmark = pytest.mark.live

NAME = "[Hayate] Kaze no Renshuu - 13 (1080p).mkv"
KEY = "AAAAAAAA" + "z" * 50
Told = dict[str, Any]
written: list[float] = []  # when the config was, last


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with serve(World.load(SMALL), limits=False) as found:
        yield found


@pytest.fixture(scope="module")
def playing(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    root = tmp_path_factory.mktemp("k") / "home"
    home = Home(root, servers)
    video = make_video(root / NAME, seconds=60)
    with home.daemon(), Mpv(home.runtime, ["--pause", video]):
        home.wait_step(NAME, "selected")
        yield home


def hosts(name: str) -> Callable[[Told], bool]:
    return lambda told: any(name in host["name"] for host in told["hosts"])


def key(origin: str) -> Callable[[Told], bool]:
    return lambda told: origin in told["key"]["origin"]


def step(name: str, word: str = "") -> Callable[[Told], bool]:
    """Tell whether the story that is told anew has come to this."""

    def seen(told: Told) -> bool:
        steps = told["playbacks"][-1]["steps"]
        return any(s["step"] == name and word in s["sentence"] and s["at"] > written[-1] for s in steps)

    return seen


# section, key, its new value, and what is seen of it in the status; None: that it is in force is said in the log
EFFECTS: list[tuple[str, str, str, Callable[[Told], bool] | None]] = [
    ("jimaku", "url", '"http://127.0.0.1:9"', hosts("127.0.0.1:9")),
    ("jimaku", "api_key_file", '"other.key"', key("other.key")),
    ("jimaku", "api_key_command", '["echo", "x"]', key("the command echo")),
    ("jimaku", "api_key", f'"{KEY}"', key("[jimaku] api_key")),
    ("jimaku", "download_origins", '["https://cdn.example"]', None),
    ("anilist", "url", '"http://127.0.0.1:10"', hosts("127.0.0.1:10")),
    ("anilist", "enabled", "false", None),
    ("amvstrm", "url", '"http://127.0.0.1:11"', hosts("127.0.0.1:11")),
    ("relations", "url", '"http://127.0.0.1:12/r"', None),
    ("seasons", "url", '"http://127.0.0.1:13/s"', None),
    ("subtitles", "languages", '["en"]', step("resolved")),
    ("subtitles", "formats", '["vtt"]', step("obtained")),
    ("subtitles", "prefer_groups", '["Other"]', None),
    ("subtitles", "avoid_groups", '["Hayate"]', None),
    ("subtitles", "yield_to", '["image"]', None),
    ("subtitles", "secondary", '"en"', None),
    ("watch", "include", '["/nowhere"]', step("skipped")),
    ("watch", "exclude", '["*"]', step("skipped")),
    ("watch", "private", '["/tmp"]', step("skipped", "private")),
    ("player", "sockets", '["/tmp/none.sock"]', None),
    ("player", "osd", "false", None),
    ("folders", "paths", '["subs"]', None),
    ("shelf", "most_kept", "20", None),
    ("sync", "text", '"off"', None),
    ("sync", "sound", '"off"', None),
    ("sync", "network", "true", None),
    ("sync", "most_read", "50", None),
]


def test_no_key_is_left_out() -> None:
    settings = Settings()
    every = {
        (section.name, name.name) for section in fields(settings) for name in fields(getattr(settings, section.name))
    }
    assert {(section, name) for section, name, _, _ in EFFECTS} == every


@pytest.mark.parametrize(("section", "name", "value", "seen"), EFFECTS, ids=lambda value: str(value)[:40])
def test_a_changed_key_has_its_effect_within_a_second(
    section: str, name: str, value: str, seen: Callable[[Told], bool] | None, playing: Home, servers: Servers
) -> None:
    before = playing.log().count("new settings are in force")
    text = _with(playing, servers, section, name, value)
    begun = time.monotonic()
    written.append(time.time())
    _replace(playing.config, text)
    playing.wait(lambda _: playing.log().count("new settings are in force") > before, 3)
    if seen is not None:
        playing.wait(seen, 3)
    spent = time.monotonic() - begun
    print(f"{section}.{name}: {spent:.2f} s")
    assert spent < 1.0


def test_a_smaller_shelf_loses_at_once_what_was_not_used_for_longest(playing: Home, servers: Servers) -> None:
    large = playing.root / "cache" / "kotozoe" / "shelf" / "1" / "old.zip"
    large.parent.mkdir(parents=True, exist_ok=True)
    large.touch()
    os.truncate(large, 30_000_000)
    os.utime(large, (0, 0))
    _replace(playing.config, _with(playing, servers, "shelf", "most_kept", "25"))
    playing.wait(lambda _: not large.exists(), 3)
    assert Path(playing.status()["playbacks"][-1]["shows"]).exists()


def _with(home: Home, servers: Servers, section: str, name: str, value: str) -> str:
    """Return the config of the stand-in servers with one key more, or another."""
    home.config.with_name("other.key").write_text("another-key\n")
    urls = servers.urls()
    table = {
        "jimaku": {"url": f'"{urls["jimaku"]}"', "api_key_file": f'"{home.key_file}"'},
        "anilist": {"url": f'"{urls["anilist"]}"'},
        "relations": {"url": f'"{urls["relations"]}"'},
        "seasons": {"url": f'"{urls["seasons"]}"'},
    }
    if name == "api_key":
        del table["jimaku"]["api_key_file"]
    table.setdefault(section, {})[name] = value
    return "".join(f"[{s}]\n" + "".join(f"{k} = {v}\n" for k, v in keys.items()) for s, keys in table.items())


def _replace(file: Path, text: str) -> None:
    fresh = file.with_suffix(".new")
    fresh.write_text(text)
    fresh.replace(file)
