"""guessit as a reader beside ours: what it reads otherwise is added, what it leaves out is not."""

from __future__ import annotations

import pytest
from guessit.api import GuessitException

from kotozoe.identify.names.guessed import with_guessed
from kotozoe.identify.names.identify import Identified, identify
from kotozoe.model import VideoFile


def added(path: str) -> list[tuple[str, int | None, float | None]]:
    identified = identify(VideoFile(path))
    more = with_guessed(identified).readings[len(identified.readings) :]
    return [(r.title_text, r.parsed.season, r.parsed.episode) for r in more]


def test_another_cut_is_added() -> None:
    assert ("Kaze: Uta", None, 2) in added("/v/[G]雨の 雨の Kaze: Uta 02[WEBRIP AVC 1080P].mkv")


@pytest.mark.parametrize(
    "path",
    [
        "/v/[G] Kaze no Uta - Ame no Hen - 05 [1080p].mkv",
        "/v/[G] Kaze no Uta - Ame no Owari v2 [1080p].mkv",
        "/v/Kaze no Uta Movie 3 [1080p].mkv",
        "/v/Kaze/S03E07-Rain [703A5C5B].mkv",
        "/v/Kaze/03.mkv",
    ],
)
def test_a_shorter_title_or_that_of_an_episode_is_not(path: str) -> None:
    assert added(path) == []


def test_a_name_that_guessit_gives_up_on_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up(name: str) -> None:
        raise GuessitException(name, {})

    monkeypatch.setattr("guessit.guessit", give_up)
    assert added("/v/[G] Kaze - 05.mkv") == []


def test_what_is_skipped_is_not_guessed() -> None:
    skipped = Identified("05", skip="no title")
    assert with_guessed(skipped) is skipped
