"""Listings read as a whole: what a number means is seen from its family."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kotozoe.identify.counting.numbering import parse_rules
from kotozoe.identify.counting.seasons import SeasonRow
from kotozoe.model import Facts, Relation, SubtitleFile
from kotozoe.subtitles.ranking.choose import Background, background_of, choose_json, ranking_target, starts_of
from kotozoe.subtitles.ranking.files import read_listing
from kotozoe.subtitles.ranking.rank import Preferences, choose
from kotozoe.subtitles.ranking.siblings import Sibling
from kotozoe.subtitles.ranking.tags import read_tags
from kotozoe.subtitles.ranking.target import Start
from tests.subtitles.ranking.made import NAME, chosen, run


def test_a_listing_that_counts_on_is_read_by_the_distance_that_the_video_shows() -> None:
    files = run("[G] Kaze no Renshuu [{:02d}][BDRip].ass", 1, 24)
    assert chosen(files, "[S] Kaze no Renshuu - 15 (1080p).mkv", 3) == "[G] Kaze no Renshuu [15][BDRip].ass"


def test_a_listing_that_begins_late_counts_on() -> None:
    files = run("[G] Kaze no Renshuu [{:02d}][BDRip].ass", 25, 48)
    assert chosen(files, "[S] Kaze no Renshuu 2nd Season - 02 (1080p).mkv", 2) == "[G] Kaze no Renshuu [26][BDRip].ass"


def test_a_rule_tells_where_a_media_begins_in_a_longer_count() -> None:
    files = run("[G] Kaze no Renshuu - {:02d}.ass", 1, 22)
    known = Background(count=11, starts=(Start(None, 11),))
    assert chosen(files, "[S] Kaze no Renshuu S2 - 04.mkv", 4, known) == "[G] Kaze no Renshuu - 15.ass"


def test_more_numbers_than_episodes_count_on_only_from_where_blocks_end() -> None:
    known = Background(count=12)
    files = run("[G] Kaze no Renshuu - {:02d}.ass", 1, 24)
    assert chosen(files, "Kaze no Renshuu S02E02.mkv", 2, known) == "[G] Kaze no Renshuu - 14.ass"
    assert chosen(files[:18], "Kaze no Renshuu S02E02.mkv", 2, known) is None


def test_two_numbers_side_by_side_tell_the_distance_to_names_that_have_one() -> None:
    files = ["Kaze.S02E07.第35話 風.ja.srt", *run("[G] Kaze no Renshuu - {:02d}.ass", 30, 38)]
    assert chosen(files, "[G] Kaze no Renshuu S2 - 03.mkv", 3) == "[G] Kaze no Renshuu - 31.ass"
    assert chosen(files, "[G] Kaze no Renshuu S2 - 01.mkv", 1) is None


def test_seasons_that_count_on_are_one_count() -> None:
    files = run("風の練習.S01E{:02d}.JA.srt", 1, 13) + run("風の練習.S02E{:02d}.JA.srt", 14, 25)
    assert chosen(files, "[S] Kaze no Renshuu - 20.mkv", 20) == "風の練習.S02E20.JA.srt"


def test_a_season_that_begins_late_counts_on() -> None:
    files = run("[F] Kaze - S02E{:02d} [1080p].ass", 14, 26)
    assert chosen(files, "Kaze.no.Renshuu.2.S02E06.mkv", 6) == "[F] Kaze - S02E19 [1080p].ass"


@pytest.mark.parametrize(("season", "file"), [(1, "風の練習.S01E04.JA.srt"), (2, "風の練習.S02E04.JA.srt")])
def test_a_dump_of_several_seasons_gives_the_one_that_the_video_says(season: int, file: str) -> None:
    files = run("風の練習.S01E{:02d}.JA.srt", 1, 12) + run("風の練習.S02E{:02d}.JA.srt", 1, 12)
    assert chosen(files, f"Kaze no Renshuu - S{season:02d}E04.mkv", 4) == file
    del files[files.index(file)]
    assert chosen(files, f"Kaze no Renshuu - S{season:02d}E04.mkv", 4) is None


def test_a_sequel_never_stands_in_for_an_episode_that_is_missing() -> None:
    files = run("Kaze_no_Renshuu_{:03d}.srt", 3, 24) + run("Kaze_no_Renshuu_The_Second_Storm_{:03d}.srt", 1, 12)
    assert chosen(files, "[S] Kaze no Renshuu - 02.mkv", 2) is None
    assert chosen(files, "[S] Kaze no Renshuu - 03.mkv", 3) == "Kaze_no_Renshuu_003.srt"
    sequel = "[S] Kaze no Renshuu The Second Storm - {:02d}.mkv"
    assert chosen(files, sequel.format(3), 3) == "Kaze_no_Renshuu_The_Second_Storm_003.srt"
    assert chosen(files, sequel.format(15), 15) is None


def test_a_family_named_as_another_media_of_the_series_is_left_out() -> None:
    known = Background(titles=(NAME,), other_titles=("Arashi no Renshuu",))
    assert chosen(run("Arashi no Renshuu - {:02d}.srt", 1, 12), "Kaze no Renshuu - 02.mkv", 2, known) is None


def test_the_first_seasons_title_with_this_ones_number_is_of_this_media() -> None:
    known = Background(titles=("Kaze no Renshuu: Tsumuji",), other_titles=("風の練習",))
    files = run("風の練習.S02E{:02d}.JA.srt", 1, 12)
    assert chosen(files, "[S] Kaze no Renshuu S2 - 04.mkv", 4, known) == "風の練習.S02E04.JA.srt"
    assert chosen(files, "[S] Kaze no Renshuu - 04.mkv", 4, known) is None
    assert chosen([*files, "[S] Kaze no Renshuu S2 - 03.srt"], "[S] Kaze no Renshuu S2 - 04.mkv", 4, known) is None


def test_a_stray_file_of_another_show_is_left_out() -> None:
    files = ["Kaze no Renshuu 001.srt", "Ultra_Chronicle_Odyssey_E02.CC.ja.srt"]
    assert chosen(files, "[S] Kaze no Renshuu - 02.mkv", 2) is None


def test_the_number_that_changes_is_the_episode_among_bare_numbers() -> None:
    files = run("91 Days {:02d} v.srt", 1, 12)
    assert chosen(files, "91 Days - 05.mkv", 5) == "91 Days 05 v.srt"
    assert chosen(files, "91 Days - 91.mkv", 91) is None


@pytest.mark.parametrize(
    ("files", "episode", "end", "expected"),
    [
        (["X - 03,04.ass", "X - 03.ass"], 3, 4, "X - 03,04.ass"),
        (["X - 03.ass", "X - 04.ass"], 3, 4, None),
        (["X - 03,04.ass"], 4, None, "X - 03,04.ass"),
        (["X S01E01E02.srt", "X S01E01.srt"], 1, 2, "X S01E01E02.srt"),
    ],
)
def test_a_double_gets_a_range_or_none_never_half(
    files: list[str], episode: float, end: float | None, expected: str | None
) -> None:
    assert chosen(files, f"X - {episode:02d}.mkv", episode, end=end) == expected


def test_specials_and_openings_never_stand_in_for_an_episode() -> None:
    files = ["[G] X - OVA1.ass", "[G] X - NCOP1.ass", "[G] X - SP01.ass", "[G] X PV 01.ass", "[G] X - 02.ass"]
    assert chosen(files, "[G] X - 01.mkv", 1) is None


def test_an_ova_gets_the_ova_and_a_fraction_only_itself() -> None:
    assert chosen(["[G] X - OVA1.ass", "[G] X - 01.ass"], "[G] X - OVA 1.mkv", 1, Background(format="OVA")) is not None
    files = ["X - 12.srt", "X - 12.5.srt"]
    assert chosen(files, "X - 12.5.mkv", 12.5) == "X - 12.5.srt"
    assert chosen(files[:1], "X - 12.5.mkv", 12.5) is None


@pytest.mark.parametrize(
    "file", ["Kaze no Renshuu (2021) [BD].ass", "風の練習.WEBRip.Netflix.ja[cc].srt", "Kaze.srt", "Kaze pack.zip"]
)
def test_a_movie_takes_what_has_no_number(file: str) -> None:
    assert chosen([file], "Kaze no Renshuu (BD 1080p).mkv", None, Background(format="MOVIE")) == file


def test_an_archive_serves_when_it_covers_the_episode_and_no_file_is_better() -> None:
    files = ["X (01-24).zip", "X - 02.srt"]
    assert chosen(files, "X - 02.mkv", 2) == "X - 02.srt"
    assert chosen(files, "X - 09.mkv", 9) == "X (01-24).zip"
    assert chosen(files, "X - 25.mkv", 25) is None
    assert chosen(["X S2 (13-24).zip"], "X S02E03.mkv", 3) == "X S2 (13-24).zip"
    assert chosen(["X S2 (13-24).zip"], "X/Season 01/X - S01E03.mkv", 3) is None


@pytest.mark.parametrize(
    "name", ["", ".", "../../etc/passwd 03.srt", "a\0b - 03.srt", "\udcff - 03.srt", "${path} - 03.srt", "9" * 300]
)
def test_names_that_lie_are_only_names(name: str) -> None:
    read_listing((SubtitleFile(name),), ranking_target(name, 3, None, (), Background()))


def test_a_request_as_json_is_answered_with_choice_ranking_and_reason() -> None:
    line = {
        "anilist_id": 1,
        "entry_name": NAME,
        "files": ["Kaze no Renshuu - 02.srt", {"name": "Kaze no Renshuu - 03.srt", "size": 9, "last_modified": 1.5}],
        "video": "[S] Kaze no Renshuu - 03.mkv",
        "episode": 3,
    }
    answer = choose_json(line)
    assert answer["choice"] == "Kaze no Renshuu - 03.srt"
    assert [r["name"] for r in answer["ranked"]] == ["Kaze no Renshuu - 03.srt"]
    assert choose_json({**line, "episode": 9})["why"] == "no file for episode 9 yet: the entry holds 2-3"


@pytest.mark.parametrize("change", [{"files": None}, {"files": [3]}, {"video": 3}, {"episode": "3"}, {"episode": True}])
def test_what_is_no_request_is_refused_in_words(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"must be|a file is"):
        choose_json({"files": [], "video": "x", "episode": 1, **change})


def test_a_season_said_by_the_title_outweighs_s01_and_a_particle_is_no_season() -> None:
    files = run("[G] Kaze no Renshuu 2nd Season - {:02d}.ass", 1, 12)
    assert chosen(files, "Kaze no Renshuu Season 2 - S01E04.mkv", 4) == files[3]
    files = run("Kaze no Naku Koro ni.S01E{:02d}.srt", 1, 12)
    assert chosen(files, "Kaze no Naku Koro ni - 04.mkv", 4) == files[3]


def test_a_long_count_from_an_unknown_start_gives_nothing() -> None:
    files = run("[G] Kaze no Renshuu - {:02d}.ass", 1, 37)
    assert chosen(files, "Kaze no Renshuu S2 - 10.mkv", 10) is None
    assert chosen(files, "Kaze no Renshuu S2 - 10.mkv", 10, Background(starts=(Start(None, 25),))) == files[34]


def test_a_later_season_under_the_same_title_is_not_that_of_a_video_without_one() -> None:
    assert chosen(["Kaze no Renshuu S2 (13-24).zip"], "Kaze no Renshuu - 03.mkv", 3) is None


def test_parts_and_seasons_of_the_title_are_kept_apart() -> None:
    files = run("Kaze no Renshuu Part 2 - {:02d}.srt", 1, 12) + run("Kaze no Renshuu Part 3 - {:02d}.srt", 1, 12)
    assert chosen(files, "Kaze no Renshuu Part 3 - 04.mkv", 4) == "Kaze no Renshuu Part 3 - 04.srt"
    assert chosen(files[:12], "Kaze no Renshuu Part 3 - 04.mkv", 4) is None
    assert chosen(files[:12], "Kaze no Renshuu S3 - 04.mkv", 4) is None


def test_a_video_that_runs_ahead_finds_its_season_by_either_count() -> None:
    absolute = "[G] Kaze no Renshuu - 15.mkv"
    assert chosen(run("風の練習.S01E{:02d}.srt", 1, 24), absolute, 3) == "風の練習.S01E15.srt"
    assert chosen(run("風の練習.S02E{:02d}.srt", 1, 12), absolute, 3) == "風の練習.S02E03.srt"
    assert chosen(run("風の練習.S02E{:02d}.srt", 29, 38), "風の練習.S02E31.mkv", 3) == "風の練習.S02E31.srt"


def test_the_season_map_tells_where_a_media_begins_in_a_season() -> None:
    known = Background(count=12, starts=(Start(1, 12),))
    files = run("風の練習.S01E{:02d}.srt", 1, 24)
    assert chosen(files, "Kaze no Renshuu S2 - 03.mkv", 3, known) == "風の練習.S01E15.srt"
    assert chosen(files, "Kaze no Renshuu - S01E15.mkv", 3, known) == "風の練習.S01E15.srt"
    assert chosen(run("[G] Kaze - {:02d}.srt", 1, 24), "Kaze no Renshuu S2 - 03.mkv", 3, known) == "[G] Kaze - 15.srt"
    later = Background(count=12, starts=(Start(2, 12),))
    assert chosen(run("風の練習.S02E{:02d}.srt", 1, 24), "風の練習 S02 - 03.mkv", 3, later) == "風の練習.S02E15.srt"
    assert chosen(run("風の練習.S02E{:02d}.srt", 1, 12), "風の練習 S02 - 03.mkv", 3, later) == "風の練習.S02E03.srt"


def test_a_title_of_its_own_may_count_its_seasons_anew() -> None:
    files = run("風の練習・解.S01E{:02d}.srt", 1, 12)
    assert chosen(files, "Wind Practice Kai - S02E03.mkv", 3) == "風の練習・解.S01E03.srt"
    assert chosen(run("Wind Practice.S01E{:02d}.srt", 1, 12), "Wind Practice - S02E03.mkv", 3) is None


def test_its_own_title_with_few_numbers_counts_within_the_media() -> None:
    known = Background(titles=("Kaze no Renshuu Gaiden",), count=12, starts=(Start(None, 24),))
    files = run("Kaze no Renshuu Gaiden - {:02d}.srt", 1, 12)
    assert chosen(files, "Kaze no Renshuu Gaiden - 27.mkv", 3, known) == "Kaze no Renshuu Gaiden - 03.srt"


def test_a_group_that_counts_the_video_on_counts_its_files_so() -> None:
    files = run("[G] Kaze no Renshuu - {:02d}.srt", 1, 12) + run("[H] Kaze no Renshuu - {:02d}.srt", 1, 12)
    assert chosen(files, "[G] Kaze no Renshuu - 14.mkv", 2) is None
    second = "Kaze no Renshuu 2nd Season"
    assert chosen(files, "[G] Kaze no Renshuu - 14.mkv", 2, entry=second) is None
    assert chosen(files, "[X] Kaze no Renshuu - 14.mkv", 2, entry=second) is not None


def test_two_blocks_in_one_count_are_split_where_nothing_else_is_known() -> None:
    files = run("[G] Kaze no Renshuu - {:02d}.srt", 1, 24)
    assert chosen(files, "Kaze no Renshuu S2 - 02.mkv", 2) == "[G] Kaze no Renshuu - 14.srt"
    second = chosen(files[:12], "Kaze no Renshuu S2 - 02.mkv", 2, entry="Kaze no Renshuu S2")
    assert second == "[G] Kaze no Renshuu - 02.srt"


def test_an_archive_without_numbers_may_hold_the_episode() -> None:
    assert chosen(["Kaze no Renshuu.zip"], "Kaze no Renshuu - 05.mkv", 5) == "Kaze no Renshuu.zip"


def test_a_range_may_be_written_in_two_widths() -> None:
    assert chosen(["Kaze no Renshuu 1~12.zip"], "Kaze no Renshuu - 05.mkv", 5) == "Kaze no Renshuu 1~12.zip"


def test_the_names_of_the_entry_say_its_season() -> None:
    wanted = ranking_target("05.mkv", 5, None, ("Kaze no Renshuu 2nd Season",), Background())
    assert (wanted.season, wanted.part) == (2, None)


def test_a_short_name_of_a_service_counts_beside_web() -> None:
    assert read_tags("Kaze no Renshuu S01E05 CR WEB-DL", 15).service == "crunchyroll"
    assert read_tags("Kaze no Renshuu S01E05 CR 1080p", 15).service == ""


def test_half_an_episode_serves_only_when_there_is_no_whole() -> None:
    assert chosen(["X 05a.srt", "X 05.srt"], "X - 05.mkv", 5) == "X 05.srt"
    assert chosen(["X 05a.srt"], "X - 05.mkv", 5) == "X 05a.srt"


@pytest.mark.parametrize("video", ["Kaze no Renshuu S02E05.mkv", "Kaze no Renshuu - 25.mkv"])
def test_a_media_goes_on_through_the_seasons_of_the_map(video: str) -> None:
    rows = (SeasonRow(1, 9, 1, 1, 20, 1), SeasonRow(1, 9, 2, 1, 25, 21), SeasonRow(1, 9, 3, 1, None, 0))
    known = Background(count=60, starts=starts_of(1, parse_rules(""), rows))
    seasons = [*run("Kaze no Renshuu S01E{:02d}.srt", 1, 20), *run("Kaze no Renshuu S02E{:02d}.srt", 1, 25)]
    assert chosen(seasons, video, 25, known) == "Kaze no Renshuu S02E05.srt"
    assert chosen(seasons[20:], video, 25, known) == "Kaze no Renshuu S02E05.srt"
    assert chosen(run("Kaze no Renshuu S02E{:02d}.srt", 21, 45), video, 25, known) == "Kaze no Renshuu S02E25.srt"
    assert chosen(run("Kaze no Renshuu - {:02d}.srt", 1, 60), video, 25, known) == "Kaze no Renshuu - 25.srt"


def test_what_is_known_is_gathered_for_the_choice() -> None:
    rules = parse_rules("- 1|1|1:13-24 -> 2|2|2:1-12!\n- 1|1|1:25 -> 3|3|3:1\n")
    rows = (SeasonRow(2, 9, 1, 13, 24), SeasonRow(1, 9, 1, 1, 12))
    facts = {
        2: Facts(
            2, ("Kaze II",), ("K2",), "TV", episodes=12, relations=(Relation("PREQUEL", 1), Relation("CHARACTER", 7))
        ),
        1: Facts(1, ("Kaze",)),
        7: Facts(7, ("Hana",)),
    }
    known = background_of(2, facts, rules, rows)
    starts = (Start(None, 12), Start(1, 12))
    expected = Background(("Kaze II", "K2"), ("Kaze",), 12, "TV", starts, siblings=(Sibling(("Kaze",)),))
    assert known == replace(expected, own_titles=("Kaze II",))
    assert background_of(5, {}, rules, ()) == Background()


def test_a_video_of_more_words_than_its_entry_goes_with_what_is_named_as_it() -> None:
    files = [*run("Kaze no Renshuu Arashi - {:02d}.srt", 1, 2), *run("Ame - {:02d}.srt", 1, 12)]
    assert chosen(files, "Kaze no Renshuu Arashi - 02.mkv", 2) == "Kaze no Renshuu Arashi - 02.srt"
    assert chosen(files, "Kaze no Renshuu Arashi - 03.mkv", 3) is None


def test_a_file_under_another_title_of_the_media_is_of_it() -> None:
    known = Background(titles=("Wind Practice",))
    files = run("Wind Practice - {:02d}.srt", 1, 12)
    assert chosen(files, "[S] Kaze no Renshuu - 03.mkv", 3, known) == "Wind Practice - 03.srt"


def test_a_film_takes_a_file_that_is_numbered() -> None:
    assert chosen(["X - 01.srt"], "X (2019).mkv", None) == "X - 01.srt"


def test_the_season_of_an_entry_is_what_any_of_its_names_says() -> None:
    assert ranking_target("[S] X - 03.mkv", 3, None, ("X", "X 2nd Season"), Background()).season == 2


@pytest.mark.parametrize(("count", "claimed", "episode"), [(24, 24, 13), (11, 13, 2)])
def test_a_title_that_only_this_media_has_counts_within_it(count: int, claimed: int, episode: int) -> None:
    title = "Kaze no Renshuu: Arashi-hen"
    known = Background(titles=(title,), count=count, starts=(Start(None, 11),))
    wanted = ranking_target(f"[Hane] {NAME} - {claimed}.mkv", episode, None, (title,), known)
    files = [SubtitleFile(name) for name in run(f"[Hane] {title} - {{:02d}}.srt", 1, count)]
    choice = choose(tuple(files), wanted, Preferences())
    assert choice.file == files[episode - 1]


COUNTERS = run("[H] ACT.{:02d} 風の中.srt", 1, 5) + run("[H] Kaze no Renshuu - ACT.{:02d} 風の中.srt", 6, 9)


@pytest.mark.parametrize("known", [Background(), Background((NAME,), count=12, format="TV")])
def test_a_counting_word_in_front_of_the_number_is_no_title(known: Background) -> None:
    assert chosen(COUNTERS, f"{NAME} - 03.mkv", 3, known) == COUNTERS[2]
    assert chosen(COUNTERS, f"{NAME} - 07.mkv", 7, known) == COUNTERS[6]


def test_a_stage_that_says_which_one_is_part_of_the_title() -> None:
    files = run("Kaze Second Stage - {:02d}.srt", 1, 4) + run("Kaze First Stage - {:02d}.srt", 1, 4)
    assert chosen(files, "Kaze First Stage - 03.mkv", 3, entry="Kaze First Stage") == files[6]


def test_an_ordinal_alone_is_a_season() -> None:
    files = run("[G][Kaze_no_Renshuu_2nd][{:02d}].ass", 1, 4) + run(
        "[アニメ] Kaze no Renshuu 3rdシーズン 第{:02d}話.ass", 1, 4
    )
    assert chosen(files, f"{NAME} S2 - 03.mkv", 3) == files[2]
    assert chosen(files, f"{NAME} 3rd Season - 03.mkv", 3) == files[6]
    assert chosen(files, f"{NAME} S4 - 03.mkv", 3) is None
    remarked = run("Kaze no Renshuu 2nd（海編～Umi～）＃{:02d}.srt", 1, 4)
    known = Background((NAME,), count=12, format="TV")
    assert chosen([*run(f"{NAME} - {{:02d}}.srt", 1, 2), *remarked], f"{NAME} - 03.mkv", 3, known) is None


def test_a_later_season_without_a_title_is_not_the_first() -> None:
    files = run(f"{NAME}.S01E{{:02d}}.srt", 1, 3)
    assert chosen([*files, ".S04E04.風.srt"], f"{NAME} - 04.mkv", 4) is None
