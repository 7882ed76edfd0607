"""Listings of which nothing is known but the names: none rather than a guess."""

from __future__ import annotations

import pytest

from kotozoe.subtitles.ranking.choose import Background
from kotozoe.subtitles.ranking.siblings import Sibling
from kotozoe.subtitles.ranking.target import Start
from tests.subtitles.ranking.made import NAME, chosen, run


@pytest.mark.parametrize(
    ("pattern", "last", "video", "episode"),
    [
        ("[G] Kaze no Renshuu - {:02d}.srt", 12, "[S] Kaze no Renshuu - 15.mkv", 3),
        ("[G] Kaze no Renshuu - {:02d}.srt", 25, "[S] Kaze no Renshuu - 28.mkv", 3),
        ("Kaze no Renshuu S01E{:02d}.srt", 12, "[S] Kaze no Renshuu - 15.mkv", 3),
        ("風の練習.S01E{:02d}.srt", 12, "[S] Kaze no Renshuu - 15.mkv", 3),
        ("[G] Kaze no Renshuu - {:02d}.srt", 13, "Kaze no Renshuu S02E03.mkv", 3),
        ("[G] Kaze no Renshuu - {:02d}.srt", 25, "Kaze no Renshuu S03E04.mkv", 4),
        ("[G] Kaze no Renshuu - {:02d}.srt", 12, "Kaze no Renshuu II - 04.mkv", 4),
    ],
)
def test_the_entry_of_the_series_has_nothing_for_a_season_after_those_it_holds(
    pattern: str, last: int, video: str, episode: int
) -> None:
    assert chosen(run(pattern, 1, last), video, episode) is None


def test_a_season_is_where_the_video_counts_by_the_seasons_that_went_before_it() -> None:
    files = run("風の練習.S01E{:02d}.srt", 1, 13) + run("風の練習.S02E{:02d}.srt", 1, 12)
    assert chosen(files, "[S] Kaze no Renshuu - 15.mkv", 2) == "風の練習.S02E02.srt"
    assert chosen(files, "[S] Kaze no Renshuu - 27.mkv", 2) is None  # of the third season
    files += run("風の練習.S03E{:02d}.srt", 1, 12)
    assert chosen(files, "[S] Kaze no Renshuu - 27.mkv", 2) == "風の練習.S03E02.srt"
    assert chosen(run("風の練習 5 - {:02d}.srt", 1, 12), "[S] Kaze no Renshuu - 15.mkv", 2) is None


@pytest.mark.parametrize("video", ["Kaze no Renshuu Umi no Uta (BD 1080p).mkv", "[G] Kaze no Renshuu Movie [BD].mkv"])
@pytest.mark.parametrize("pattern", ["[G] Kaze no Renshuu - {:02d}.srt", "風の練習.S01E{:02d}.srt"])
def test_a_video_without_a_number_is_no_episode_of_the_series(video: str, pattern: str) -> None:
    files = run(pattern, 1, 12)
    assert chosen(files, video, None) is None
    film = video.replace(".mkv", ".srt")
    assert chosen([*files, film], video, None) == film


def test_live_action_is_left_out_unless_all_is_or_the_video() -> None:
    live = run("Kaze no Renshuu (Live-Action) S01E{:02d}.srt", 1, 10)
    anime = run("[G] Kaze no Renshuu - {:02d}.srt", 1, 9)
    assert chosen([*live, *anime], "Kaze no Renshuu - 05.mkv", 5) == "[G] Kaze no Renshuu - 05.srt"
    assert chosen([*live, *anime], "Kaze no Renshuu - 10.mkv", 10) is None
    assert chosen([*live, *anime], "Kaze no Renshuu Live Action - 10.mkv", 10) == live[9]
    assert chosen(live, "Kaze no Renshuu - 05.mkv", 5) == live[4]


def test_one_number_after_those_of_the_first_season_is_no_episode_of_the_second() -> None:
    first = Sibling(("Kaze no Renshuu",), count=13, format="TV")
    known = Background(
        ("Kaze no Renshuu 2",), ("Kaze no Renshuu",), 13, "TV", (Start(None, 13),), siblings=(first,), before=13
    )
    files = run("[G] Kaze no Renshuu [{:02d}].srt", 2, 14)
    assert chosen(files, "[S] Kaze no Renshuu - 14.mkv", 1, known=known) is None
    assert chosen(files, "[S] Kaze no Renshuu 2 - 08.mkv", 8, known=known) is None
    files += run("[G] Kaze no Renshuu [{:02d}].srt", 15, 20)
    assert chosen(files, "[S] Kaze no Renshuu - 14.mkv", 1, known=known) == "[G] Kaze no Renshuu [14].srt"


@pytest.mark.parametrize("tag", [" JP", "_JA", " [JPN]"])
def test_a_language_before_the_number_is_no_part_of_the_title(tag: str) -> None:
    first = Sibling(("Kaze no Renshuu",), count=24, format="TV")
    known = Background(("Kaze no Renshuu Umi",), ("Kaze no Renshuu",), 13, "TV", (), siblings=(first,), before=24)
    files = run(f"Kaze_no_Renshuu{tag}_{{:02d}}.srt", 1, 24)
    assert chosen(files, "Kaze no Renshuu Umi - 03.mkv", 3, known, "Kaze no Renshuu Umi") is None
    own = run("Kaze_no_Renshuu_Umi_{:02d}.srt", 1, 13)
    assert chosen([*files, *own], "Kaze no Renshuu Umi - 03.mkv", 3, known, "Kaze no Renshuu Umi") == own[2]


def test_shows_of_a_series_are_told_by_what_they_go_on_with() -> None:
    series = run("[G] Kaze no Renshuu - {:02d}.srt", 1, 12)
    umi, sora = (run(f"[G] Kaze no Renshuu {word} - {{:02d}}.srt", 1, 12) for word in ("Umi", "Sora"))
    dump = [*series, *umi, *sora, *run("風の練習.S01E{:02d}.srt", 1, 12)]
    for entry in (NAME, "Kaze no Renshuu: Umi"):
        assert chosen(dump, "[S] Kaze no Renshuu Umi - 04.mkv", 4, entry=entry) == umi[3]
        assert chosen([f for f in dump if f != umi[3]], "[S] Kaze no Renshuu Umi - 04.mkv", 4, entry=entry) is None
    assert chosen([f for f in dump if f not in umi], "[S] Kaze no Renshuu Umi - 04.mkv", 4) is None
    assert chosen(dump, "[S] Kaze no Renshuu - 04.mkv", 4) in {series[3], "風の練習.S01E04.srt"}


def test_a_video_that_counts_on_is_of_the_show_that_the_entry_names() -> None:
    series, umi, sora = (run(f"[G] Kaze no Renshuu{w} - {{:02d}}.srt", 1, 12) for w in ("", " Umi", " Sora"))
    video, entry = "[S] Kaze no Renshuu - 16.mkv", "Kaze no Renshuu: Umi"
    assert chosen([*series, *umi, *sora], video, 4, entry=entry) == umi[3]
    assert chosen([*series, *sora, *umi[:3]], video, 4, entry=entry) is None


@pytest.mark.parametrize("entry", [NAME, "Kaze no Renshuu BURST"])
def test_a_latin_word_behind_a_japanese_title_is_in_the_videos_name_too(entry: str) -> None:
    first, burst = run("風の練習.S01E{:02d}.srt", 1, 12), run("風の練習 BURST.S01E{:02d}.srt", 1, 12)
    assert chosen([*first, *burst], "[S] Kaze no Renshuu BURST - 10.mkv", 10, entry=entry) == burst[9]
    assert chosen([*first, *burst[:9]], "[S] Kaze no Renshuu BURST - 10.mkv", 10, entry=entry) is None


def test_a_first_season_is_left_for_no_later_one() -> None:
    first, second = run("[G] 風の練習 - {:02d}.srt", 1, 12), run("風の練習.S02E{:02d}.srt", 1, 12)
    assert chosen([*first, *second], "[S] Kaze no Renshuu - 02.mkv", 2) == first[1]
    assert chosen([*first[2:], *second], "[S] Kaze no Renshuu - 02.mkv", 2) is None


@pytest.mark.parametrize("mark", ["OVA", "OAD", "Special"])
def test_a_special_is_no_episode_of_the_show(mark: str) -> None:
    series, special = run("[G] Kaze no Renshuu - {:02d}.srt", 1, 12), f"[G] Kaze no Renshuu {mark} - 01.srt"
    video = f"[S] Kaze no Renshuu {mark} - 01 [1080p].mkv"
    assert chosen(series, video, 1) is None
    assert chosen([*series, special], video, 1) == special
    assert chosen([*series, special], "[S] Kaze no Renshuu - 01.mkv", 1) == series[0]


def test_a_season_that_own_names_count_is_that_in_other_names_too() -> None:
    own = run("[G][Kaze no Renshuu S1][{:02d}].ass", 1, 3) + run("[G][Kaze no Renshuu S2][{:02d}].ass", 1, 3)
    english = run("[G][Wind Practice S2][{:02d}].ass", 1, 6)
    assert chosen([*own, *english], "Kaze no Renshuu - 05.mkv", 5) is None
    assert chosen([*own, *english], "Kaze no Renshuu S2 - 05.mkv", 5) == english[4]
    # the entry may be of a second season that has a name of its own
    assert chosen([*run("Kaze no Renshuu - {:02d}.ass", 1, 3), *english], "Kaze no Renshuu - 05.mkv", 5) == english[4]
