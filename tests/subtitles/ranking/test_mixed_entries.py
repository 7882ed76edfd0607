"""Entries that hold files of several media, and of other shows: what is taken for the wanted one, and what never is."""

from __future__ import annotations

import pytest

from kotozoe.identify.counting.numbering import Rules
from kotozoe.model import Entry, Facts, FuzzyDate, MediaKey, Relation
from kotozoe.store.catalogue import Catalogue
from kotozoe.subtitles.background import background
from kotozoe.subtitles.ranking.choose import Background, background_of
from kotozoe.subtitles.ranking.target import Start
from tests.subtitles.ranking.made import NAME, chosen, run

FIRST = Background((NAME, "風の練習"), (f"{NAME} 2nd Season",), 12, "TV", (Start(1, 0),))
SECOND = Background((f"{NAME} 2nd Season",), (NAME,), 12, "TV", (Start(2, 0),))


@pytest.mark.parametrize(
    "other",
    [
        "[A] Kaze no Renshuu Kai - {:02d}.srt",  # goes on from the title
        "[A] Yuki no Machi - {:02d}.srt",  # another show
        "Yuki.no.Machi.S01E{:02d}.WEBRip.ja[cc].srt",
        "ゆきのまち 第{:02d}話.srt",
    ],
)
def test_files_of_another_name_do_not_fill_a_gap(other: str) -> None:
    files = [*run("[B] Kaze no Renshuu - {:02d}.srt", 1, 5), *run(other, 1, 12)]
    assert chosen(files, "[G] Kaze no Renshuu - 03.mkv", 3, FIRST) == files[2]
    assert chosen(files, "[G] Kaze no Renshuu - 08.mkv", 8, FIRST) is None


@pytest.mark.parametrize("short", ["[A] Kazeren - {:02d}.srt", "KnR {:02d}.srt", "[风之练习][{:02d}].ass"])
def test_short_and_translated_names_of_the_media_do(short: str) -> None:
    files = [*run("[B] Kaze no Renshuu - {:02d}.srt", 1, 5), *run(short, 1, 12)]
    assert chosen(files, "[G] Kaze no Renshuu - 08.mkv", 8, FIRST) == short.format(8)


def test_a_pack_of_the_media_goes_before_a_file_of_another_show() -> None:
    files = ["[B] Kaze no Renshuu - 01-12.zip", "Yuki no Machi 08.srt"]
    assert chosen(files, "[G] Kaze no Renshuu - 08.mkv", 8, FIRST) == files[0]


@pytest.mark.parametrize("special", ["[B] Kaze no Renshuu [OVA].ass", "[B] Kaze no Renshuu [SP01].ass"])
def test_a_special_alone_in_its_entry_is_no_episode_of_a_television_show(special: str) -> None:
    assert chosen([special], "[B] Kaze no Renshuu - 01.mkv", 1, FIRST) is None
    assert chosen([special], "[B] Kaze no Renshuu - 01.mkv", 1, Background((NAME,), format="OVA")) == special


@pytest.mark.parametrize("late", ["[Kaze_R2][{:02d}].ass", "[A] Kaze R2 - {:02d}.srt"])
def test_a_short_title_may_go_on_as_that_of_another_media(late: str) -> None:
    known = Background((NAME,), (f"{NAME} R2",), 12, "TV")
    assert chosen(run(late, 1, 12), "[G] Kaze no Renshuu - 03.mkv", 3, known) is None
    after = Background((f"{NAME} R2",), (NAME,), 12, "TV")
    video = "[G] Kaze no Renshuu R2 - 03.mkv"
    assert chosen(run(late, 1, 12), video, 3, after, f"{NAME} R2") == late.format(3)


def test_a_series_beside_a_film_is_not_the_film() -> None:
    known = Background((f"{NAME}: Yoru",), (NAME,), 1, "MOVIE")
    video, film = "[G] Kaze no Renshuu Yoru (BD 1080p).mkv", "[A] Kaze no Renshuu Yoru [BD].jpn.srt"
    series = run("[A] Hello Kaze [{:02d}].ass", 1, 12)
    assert chosen([*series, film], video, 1, known) == film
    assert chosen(series, video, 1, known) is None


def test_tags_of_language_are_no_part_of_a_title() -> None:
    known = Background((f"{NAME}: Yoru",), (NAME,), 1, "MOVIE")
    for file in (
        "Kaze no Renshuu Yoru.ja[cc].srt",
        "Kaze no Renshuu Yoru [BD].jpn.ass",
        "Kaze no Renshuu Yoru_jpn.srt",
    ):
        assert chosen([file], "[G] Kaze no Renshuu Yoru (BD 1080p).mkv", 1, known) == file


def test_the_name_of_an_entry_may_be_that_of_another_season() -> None:
    files = [*run("[A] Kaze no Renshuu - {:02d}.srt", 1, 12), *run("Kaze_no_Renshuu_Kai_{:03d}.ass", 1, 24)]
    known = Background((NAME,), (f"{NAME} Kai",), 12, "TV", (Start(1, 0),))
    assert chosen(files, "Kaze no Renshuu - S01E08.mkv", 8, known, f"{NAME} Kai") == files[7]
    counted = run("[B] Kaze no Renshuu - {:02d}.srt", 13, 24)  # the second season's, counted on
    assert chosen([*files[:2], *counted], "[G] Kaze no Renshuu - 03.mkv", 3, FIRST, f"{NAME} 2nd Season") is None


def test_a_longer_first_season_does_not_count_on_where_the_second_is_named() -> None:
    known = Background((f"{NAME} 2",), (NAME,), 11, "TV", (Start(2, 0),))
    files = [*run("[A] Kaze no Renshuu - {:02d}.ass", 1, 22), *run("[A] Kaze no Renshuu 2 - {:02d}.ass", 1, 11)]
    assert chosen(files, "[A] Kaze no Renshuu 2 - 11.mkv", 11, known, f"{NAME} 2") == files[-1]
    assert chosen(files[:-1], "[A] Kaze no Renshuu 2 - 11.mkv", 11, known, f"{NAME} 2") is None


@pytest.mark.parametrize("first", ["風の練習.S01E{:02d}.srt", "A.Day.Like.Wind.S01E{:02d}.srt"])
def test_a_first_season_stands_in_for_no_later_one(first: str) -> None:
    known = Background((f"{NAME} 2nd Season", "風の練習 第2期"), (NAME, "風の練習"), 12, "TV", (Start(2, 0),))
    files = [*run(first, 1, 24), *run("Kaze no Renshuu S2 - {:02d}.srt", 1, 3)]
    assert chosen(files, "[G] Kaze no Renshuu 2nd Season - 03.mkv", 3, known) == files[-1]
    assert chosen(files[:-1], "[G] Kaze no Renshuu 2nd Season - 03.mkv", 3, known) is None


def test_names_without_a_season_are_of_the_first_where_others_say_another() -> None:
    known = Background((f"{NAME} Bloom", f"{NAME} 3rd Season"), (NAME,), 11, "TV", (Start(3, 0),))
    files = [*run("[S][風之練習][{:02d}].ass", 1, 12), *run("[K] Kaze no Renshuu S2 - {:02d}.ass", 1, 12)]
    assert chosen(files, "[G] Kaze no Renshuu S3 - 04.mkv", 4, known, f"{NAME} Bloom") is None


def _facts(anilist_id: int, title: str, *relations: Relation) -> Facts:
    return Facts(anilist_id, (title,), (), "MOVIE", "FINISHED", 1, 2020, FuzzyDate(2020), None, relations)


SERIES = {
    1: _facts(1, f"{NAME}: Asa", Relation("PARENT", 2)),
    2: _facts(2, NAME, Relation("SIDE_STORY", 1), Relation("SIDE_STORY", 3), Relation("CHARACTER", 4)),
    3: _facts(3, f"{NAME}: Yoru", Relation("PARENT", 2)),
    4: _facts(4, "Yuki no Machi"),
}


def test_a_film_knows_the_other_film_by_their_show() -> None:
    known = background_of(1, SERIES, Rules(), ())
    assert set(known.other_titles) == {NAME, f"{NAME}: Yoru"}


def test_what_the_catalogue_knows_of_titles_tells_the_series_from_other_shows() -> None:
    with_entries = Catalogue(":memory:")
    entries = (Entry(i, facts.titles[0], "", "", i) for i, facts in SERIES.items())
    with_entries.replace_entries(entries, anime=True, now=0)
    with_entries.keep_facts(SERIES.values(), 0)
    told = background(with_entries, MediaKey("anilist", "1")).elsewhere(
        frozenset({"kazenorenshuasa", "kazenorenshuyoru", "yukinomachi"})
    )
    assert told.series == {"kazenorenshuyoru"}
    assert told.foreign == {"yukinomachi"}


def test_other_shows_do_not_change_how_an_entry_counts() -> None:
    known = Background((f"{NAME} Part 2",), (NAME,), 12, "TV", (Start(2, 0),))
    counted, other = run("[A] Kaze no Renshuu [{:02d}].ass", 13, 24), run("[A] Yuki no Machi [{:02d}].ass", 1, 24)
    assert chosen([*counted, *other], "[G] Kaze no Renshuu Part 2 - 03.mkv", 3, known) == counted[2]


def test_the_more_of_the_videos_name_the_better() -> None:
    known = Background((f"{NAME} Kai: Yoru no Hanashi",), (), 1, "OVA")
    files = ["[A] Kaze no Renshu - 14.ass", "[A] Kaze no Renshu Kai - OVA.ass"]
    assert chosen(files, "[G] Kaze no Renshu Kai - Yoru no Hanashi (BD).mkv", 1, known, "") == files[1]


@pytest.mark.parametrize(
    ("title", "video", "episode"),
    [
        (f"{NAME} Final Season", "Kaze no Renshuu - S08E05.mkv", 5),
        (f"{NAME} Umi-hen Part 2", "Kaze.no.Renshuu.S04E17.1080p.mkv", 5),
        (f"{NAME} Season 2 Part 2", "Kaze no Renshuu - S02E14.mkv", 2),
    ],
)
def test_the_whole_title_is_the_media_however_the_video_counts(title: str, video: str, episode: int) -> None:
    known = Background((title,), (NAME,), 16, "TV")
    pattern = f"[A] {title} - {{:02d}} (1080p).srt"
    assert chosen(run(pattern, 1, 16), video, episode, known, title) == pattern.format(episode)


def test_a_part_that_a_map_counts_on_in_a_season_of_the_series_is_found_under_its_name() -> None:
    known = Background((f"{NAME}: Umi no Shou",), (NAME,), 12, "TV", (Start(3, 12), Start(1, 60)))
    video = "[G] Kaze no Renshuu Umi no Shou - 02.mkv"
    assert chosen(run("Kaze no Renshuu.S03E{:02d}.srt", 13, 24), video, 2, known) == "Kaze no Renshuu.S03E14.srt"
    assert chosen(run("Kaze no Renshuu.S01E{:02d}.srt", 61, 72), video, 2, known) == "Kaze no Renshuu.S01E62.srt"
    assert chosen(run("Kaze no Renshuu.S03E{:02d}.srt", 1, 12), video, 2, known) is None


def test_a_season_counted_in_acts_is_no_episode() -> None:
    known = Background((f"{NAME} 2nd Season", "風の練習 第二幕"), (NAME,), 12, "TV")
    files = ["風の練習 第2幕 第1話.srt", "風の練習 第2幕 第2話.srt"]
    assert chosen(files, "[G] Kaze no Renshuu 2nd Season - 01.mkv", 1, known) == files[0]


@pytest.mark.parametrize("extra", ["[A] Kaze no Renshuu - NCOP1.ass", "[A] Kaze no Renshuu Yoru PV.srt"])
def test_an_opening_or_a_trailer_is_no_film(extra: str) -> None:
    known = Background((f"{NAME}: Yoru",), (NAME,), 1, "MOVIE")
    video = "Kaze no Renshuu Yoru (2025) [BD 1080p].mkv"
    assert chosen([extra], video, 1, known) is None
    for film in ("Kaze no Renshuu Yoru 2025 WEBRip.ja.srt", "Kaze no Renshuu Yoru by Hayate.srt"):
        assert chosen([extra, film], video, 1, known) == film
