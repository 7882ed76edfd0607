"""What `fetch` and `clean` say, against an app that tells a story from a list."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

import pytest

from kotozoe.app.fetch import Shown
from kotozoe.app.library_fetch import Order, Progress, Result
from kotozoe.cli import clean, fetch
from kotozoe.cli.call import Call
from kotozoe.cli.progress import Teller
from kotozoe.errors import UserError
from kotozoe.model import EpisodeRef, MediaKey, Verdict
from kotozoe.service.log import Masks
from kotozoe.subtitles.cache import Cleaned

CONFIG = Path("/config.toml")
VERDICT = Verdict("resolved", "by title", EpisodeRef(MediaKey("anilist", "5"), 3.0), 7, "Show", "tv", 0.99)
FETCHED = Result("/anime/Show - 03.mkv", "fetched", "/cache/7/Show - 03.ja.srt", "Show - 03.ja.srt", VERDICT)
PRESENT = Result("/anime/Show - 02.mkv", "present", "/anime/Show - 02.ja.ass", "a subtitle lies beside it already")
LATER = [
    Result(
        f"/anime/Show - {n}.mkv", "left out", why=f"no file for episode {n} yet: the entry holds 1-8", verdict=VERDICT
    )
    for n in (9, 10)
]
UNKNOWN = Result(
    "/anime/\x1b[2J.mkv", "left out", why="unknown: no such title", verdict=Verdict("unknown", "no such title")
)


@dataclass
class Stories:
    """Tells these results, or stops with an error."""

    results: Sequence[Result]
    error: BaseException | None = None
    shown: Shown | None = None
    orders: list[Order] = field(default_factory=list)

    def fetch(self, config: Path, order: Order, watcher: Teller) -> None:
        assert config == CONFIG
        self.orders.append(order)
        for result in self.results:
            watcher.result(result)
        if self.shown:
            watcher.shown(self.shown)
        if self.error:
            raise self.error

    def clean(self, config: Path, unused_for: float) -> Cleaned:
        assert (config, unused_for) == (CONFIG, 7 * 86_400)
        return Cleaned(3, 1_500_000, 400_000)


def run(stories: Stories, *, as_json: bool = False) -> int:
    args = argparse.Namespace(paths=["/anime"], sidecar=False, dry_run=False, json=as_json)
    with patch("kotozoe.app.fetch.fetch", stories.fetch):
        return fetch.run(args, Call(CONFIG, Masks()))


def test_each_video_has_a_line_and_the_reasons_are_summed_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(Stories([FETCHED, PRESENT, *LATER, UNKNOWN])) == 0
    assert capsys.readouterr().out.splitlines() == [
        "fetched   Show - 03.mkv: Show - 03.ja.srt",
        "left out  Show - 9.mkv: no file for episode 9 yet: the entry holds 1-8",
        "left out  Show - 10.mkv: no file for episode 10 yet: the entry holds 1-8",
        "left out  \ufffd[2J.mkv: unknown: no such title",
        "1 fetched, 1 already there, 3 left out",
        "left out, 2: no file for the episode yet: the entry holds 1-8",
        "left out, 1: unknown: no such title",
    ]


def test_for_machines_each_video_is_an_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(Stories([FETCHED, PRESENT]), as_json=True) == 0
    told = capsys.readouterr()
    first, second = (json.loads(line) for line in told.out.splitlines())
    assert first["path"] == FETCHED.path
    assert (first["outcome"], first["file"], first["episode"]) == ("fetched", FETCHED.file, 3)
    assert (second["outcome"], second["why"]) == ("present", PRESENT.why)
    assert "1 fetched, 1 already there" in told.err


def test_a_plan_says_what_it_would_cost(capsys: pytest.CaptureFixture[str]) -> None:
    planned = Result(FETCHED.path, "planned", why="by title", verdict=VERDICT)
    shown = Shown(Progress("fetching", 0, 1, to_list=40, to_fetch=480), 480.0)
    assert run(Stories([planned], shown=shown)) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "planned   Show - 03.mkv: Show, episode 3 (anilist:5): by title"
    assert told[-1] == ("that is 40 listings and at most 480 files to ask for: 8 min at the pace that Jimaku allows")


def test_an_interrupted_one_says_that_it_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(Stories([FETCHED], error=KeyboardInterrupt()))
    assert capsys.readouterr().out.splitlines()[-1] == "not done yet: the same command goes on from here"


def test_a_reader_that_has_gone_is_told_nothing_more(capsys: pytest.CaptureFixture[str]) -> None:
    with patch("builtins.print", side_effect=BrokenPipeError), pytest.raises(BrokenPipeError):
        run(Stories([FETCHED, PRESENT]), as_json=True)
    assert capsys.readouterr().err == ""


def test_a_mistake_is_no_summary(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UserError):
        run(Stories([], error=UserError("There is no /anime: check the name")))
    assert "not done yet" not in capsys.readouterr().out


@pytest.mark.parametrize(("results", "code"), [([UNKNOWN], 1), ([], 0), ([PRESENT], 0)])
def test_exit_codes(results: list[Result], code: int) -> None:
    assert run(Stories(results)) == code


def test_cleaning_says_what_went(capsys: pytest.CaptureFixture[str]) -> None:
    with patch("kotozoe.app.fetch.clean", Stories([]).clean):
        assert clean.run(argparse.Namespace(unused=7.0), Call(CONFIG, Masks())) == 0
    assert capsys.readouterr().out == "3 files removed, 1.5 MB; 0.4 MB are left\n"
