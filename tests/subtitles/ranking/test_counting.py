"""Which numbers of a listing are those of the media: seasons, parts, corrections, doubles, films and what is beside."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kotozoe.model import SubtitleFile
from kotozoe.subtitles.ranking.choose import Background, ranking_target
from kotozoe.subtitles.ranking.file_names import read_name
from kotozoe.subtitles.ranking.rank import Choice, Preferences, choose
from kotozoe.subtitles.ranking.target import OtherTitles, Start
from tests.subtitles.ranking.made import run

NAME = "Kaze no Renshuu"


def choice(
    files: list[str], video: str, episode: float | None, known: Background | None = None, end: float | None = None
) -> Choice:
    wanted = ranking_target(video, episode, end, (NAME,), known or Background())
    return choose(tuple(map(SubtitleFile, files)), wanted, Preferences())


def chosen(files: list[str], video: str, episode: float | None, known: Background | None = None) -> str | None:
    file = choice(files, video, episode, known).file
    return file.name if file else None


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("[G] X - 03-04.srt", [(3, 4)]),
        ("[G] X - 01-12 JP subs.7z", [(1, 12)]),
        ("[G] X - 05 - 1080p.srt", [(5, 5)]),
        ("X Third Season 012.srt", [(12, 12)]),
        ("X 2nd Season_05.srt", [(5, 5)]),
        ("X Final Season 05.srt", [(5, 5)]),
        ("X 2nd Cour 05.srt", [(5, 5)]),
        ("X Season 3.zip", []),
        ("X (2024_07_09).srt", []),
        ("X_2024_07_07_01_30.srt", []),
        ("X 2024-7-2.srt", []),
        ("X 2024年07月09日01時30分.srt", []),
        ("20240709_0130_X #3.srt", [(3, 3)]),
        ("202407090130001-X 第4話.srt", [(4, 4)]),
        ("X.2024.05.srt", [(5, 5)]),
        ("X ♯10.srt", [(10, 10)]),
        ("X 第弐拾四話.srt", [(24, 24)]),
        ("X 第10羽.srt", [(10, 10)]),
        ("X 第六膳.srt", [(6, 6)]),
        ("X 12軒目.srt", [(12, 12)]),
        ("X MISSION：13.srt", [(13, 13)]),
        ("X STAGE01.srt", [(1, 1)]),
        ("X Fourth Stage - 05.srt", [(5, 5)]),
    ],
)
def test_numbers_are_read_and_dates_are_none(name: str, numbers: list[tuple[int, int]]) -> None:
    assert [(s.first, s.last) for s in read_name(name).slots] == numbers


def test_a_name_of_copies_only_is_read_in_linear_time() -> None:
    assert read_name("X 05" + " (1)" * 60 + ".srt").slots[0].first == 5


def test_the_last_episode_is_known_by_its_word() -> None:
    files = [*run("風の練習 第{}話.srt", 1, 11), "風の練習 最終話.srt"]
    assert chosen(files, "[G] Kaze no Renshuu - 12.mkv", 12, Background(count=12)) == files[-1]
    assert chosen(files, "[G] Kaze no Renshuu - 12.mkv", 12) is None


@pytest.mark.parametrize("mark", ["(OVA)", "[OAD]", "(SP)", "(Special 1)"])
def test_a_special_is_not_the_episode_of_its_number(mark: str) -> None:
    files = [f"Kaze no Renshuu - 13{mark}.ass", "Kaze no Renshuu - 13.srt"]
    assert chosen(files, "[G] Kaze no Renshuu - 13.mkv", 13, Background(count=13)) == files[1]
    others = run("Kaze no Renshuu - {:02d}.srt", 1, 12)
    assert chosen([files[0], *others], "[G] Kaze no Renshuu - 13.mkv", 13, Background(count=12)) is None


def test_a_special_that_the_media_counts_is_an_episode_of_it() -> None:
    files = [*run("Kaze no Renshuu - {:02d}.srt", 1, 12), "Kaze no Renshuu - 13 (Special 1).srt"]
    assert chosen(files, "[G] Kaze no Renshuu - 13.mkv", 13, Background(count=13)) == files[-1]


def test_a_title_that_begins_like_a_special_is_a_title() -> None:
    assert chosen(["Kaze no Renshuu S01E05 Special Guest.srt"], "[G] Kaze no Renshuu - 05.mkv", 5) is not None


def test_a_pack_never_stands_before_a_file_of_the_episode() -> None:
    files = ["[G] Kaze no Renshuu [001-500] [Amazon].rar", "風の練習.S02E05.第037話.WEB-DL.Hulu.ja.srt"]
    assert chosen(files, "[G] Kaze no Renshuu - 037 (1080p).mkv", 37, Background(count=500)) == files[1]
    assert chosen(files, "[G] Kaze no Renshuu - 005 (1080p).mkv", 5, Background(count=500)) == files[0]


def test_of_two_numbers_the_second_counts_through_a_media_of_several_seasons() -> None:
    files = [f"風の練習.S{s:02d}E{n:02d}.第{12 * s - 12 + n:03d}話.ja.srt" for s in (1, 2, 3) for n in range(1, 13)]
    assert chosen(files, "[G] Kaze no Renshuu - 28.mkv", 28, Background(count=36)) == files[27]
    assert chosen(files, "[G] Kaze no Renshuu - 05.mkv", 5, Background(count=36)) == files[4]
    # the map of another service cuts the seasons elsewhere; the names of the listing are surer
    mapped = Background(count=36, starts=(Start(1, 0), Start(2, -10), Start(3, -20)))
    assert chosen(files, "[G] Kaze no Renshuu - 14.mkv", 14, mapped) == files[13]


def test_a_later_media_keeps_to_its_season_whatever_the_second_number() -> None:
    files = [f"風の練習.S{s:02d}E{n:02d}.第{12 * s - 12 + n:03d}話.ja.srt" for s in (1, 2) for n in range(1, 13)]
    assert chosen(files, "[G] Kaze no Renshuu S2 - 03.mkv", 3, Background(count=12)) == files[14]


def test_the_signs_at_the_end_of_a_title_tell_seasons_apart() -> None:
    known = Background(titles=("Kaze!!",), other_titles=("Kaze!",), count=26)
    first, second = run("[A][Kaze!][{:02d}][BD].ass", 1, 14), run("[B] Kaze!! - {:02d}.ass", 1, 26)
    assert chosen(first + second, "Kaze.S02E05.mkv", 5, known) == second[4]
    assert chosen(first, "Kaze.S02E05.mkv", 5, known) == first[4]  # signs are left out as often as not
    other = Background(titles=("Kaze!",), other_titles=("Kaze!!",), count=14)
    assert chosen(second, "[G] Kaze! - 05.mkv", 5, other) is None  # nobody adds them


def test_a_related_film_does_not_own_the_name_of_the_series() -> None:
    known = Background(titles=(NAME,), other_titles=("劇場版 風の練習", "Kaze no Renshuu Gaiden"))
    assert chosen(["風の練習.S01E05.ja.srt"], "[G] Kaze no Renshuu - 05.mkv", 5, known) is not None


def test_the_number_of_a_final_season_is_one_its_titles_say_or_the_only_one_here() -> None:
    final = Background(titles=("Kaze no Renshuu Final Season", "Kaze no Renshuu 8"), count=11)
    video = "[G] Kaze no Renshuu Final Season - 06.mkv"
    assert chosen(run("Kaze Renshu S3 - {:02d}.srt", 1, 12), video, 6, final) == "Kaze Renshu S3 - 06.srt"
    several = run("Kaze Renshu S3 - {:02d}.srt", 1, 12) + run("Wind S05E{:02d}.srt", 1, 12)
    assert chosen(several, video, 6, final) is None
    right = run("[A] Kaze no Renshuu S8 - {:02d}.srt", 1, 11)
    assert chosen(several + right, video, 6, final) == right[5]


def test_numbers_below_the_known_start_are_of_an_earlier_season() -> None:
    known = Background(count=11, starts=(Start(None, 159),))
    files = ["Kaze_no_Renshuu_007.srt", "Kaze_no_Renshuu_031.srt", "Kaze_no_Renshuu_035.srt"]
    assert chosen(files, "[G] Kaze no Renshuu - 166.mkv", 7, known) is None


@pytest.mark.parametrize("known", [Background(format="OVA"), Background(format="SPECIAL", count=1)])
def test_an_ova_that_is_listed_as_the_next_episode_is_found(known: Background) -> None:
    files = ["[N] Kaze no Renshuu - 13 (AT-X).ass"]
    assert chosen(files, "[G] Kaze no Renshuu Place=Princess - 01.mkv", 1, known) == files[0]
    beside = ["Kaze no Renshuu - 12.ass", *files]
    assert chosen(beside, "[G] Kaze no Renshuu OVA - 01.mkv", 1, known) in (None, files[0])
    assert chosen(["Kaze no Renshuu - 08.ass"], "[G] Kaze no Renshuu OVA - 01.mkv", 1, known) is None


def test_a_number_in_the_medias_own_title_says_where_it_begins() -> None:
    known = Background(titles=("Kaze no Renshuu OVA", "Kaze no Renshuu Episode 8"), format="OVA")
    files = ["Kaze no Renshuu - 08.ass", "Kaze no Renshuu - 07.ass"]
    assert chosen(files, "[G] Kaze no Renshuu OVA - 01.mkv", 1, known) == files[0]


@pytest.mark.parametrize(("video", "episode", "listing"), [(20, 19, 40), (8, 7, 12), (13, 1, 13), (20, 8, 24)])
def test_a_correction_downwards_counts_as_one_upwards(video: int, episode: int, listing: int) -> None:
    files = run("[Grp] Kaze no Renshuu - {:02d}.srt", 1, listing)
    assert (
        chosen(files, f"[Q] Kaze no Renshuu - {video:02d}.mkv", episode, Background(count=listing))
        == files[episode - 1]
    )


@pytest.mark.parametrize("pattern", ["[Grp] Kaze no Renshuu - {:02d}.srt", "Kaze.no.Renshuu.S01E{:02d}.srt"])
@pytest.mark.parametrize(("video", "episode", "listing"), [(20, 8, 24), (13, 1, 13), (40, 1, 40)])
def test_what_the_user_says_of_the_episode_is_no_count_of_the_listing(
    pattern: str, video: int, episode: int, listing: int
) -> None:
    files = tuple(SubtitleFile(name) for name in run(pattern, 1, listing))
    wanted = ranking_target(f"[Grp] Kaze no Renshuu - {video:02d}.mkv", episode, None, (NAME,), Background())
    said = replace(wanted, episode_said=True)
    assert choose(files, said, Preferences()).file == files[episode - 1]


def test_a_listing_that_needs_the_distance_has_it_from_the_user_too() -> None:
    files = tuple(SubtitleFile(name) for name in run("[Grp] Kaze no Renshuu - {:02d}.srt", 13, 24))
    wanted = ranking_target("[Q] Kaze no Renshuu - 20.mkv", 8, None, (NAME,), Background())
    assert choose(files, replace(wanted, episode_said=True), Preferences()).file == files[7]


def test_a_small_correction_holds_while_the_entry_grows() -> None:
    files = run("[Grp] Kaze no Renshuu - {:02d}.srt", 1, 9)
    assert chosen(files, "[Q] Kaze no Renshuu - 08.mkv", 7, Background(count=12)) == files[6]
    assert chosen(files, "[Q] Kaze no Renshuu - 08.mkv", 7) == files[6]
    assert chosen(files, "[Q] Kaze no Renshuu - 05.mkv", 6) == files[5]


@pytest.mark.parametrize(
    ("pattern", "video", "count", "before"),
    [
        ("{:02d}.srt", "Kaze.S02E02.mkv", 24, 12),
        ("{:02d}.srt", "[Grp] Kaze - 14.mkv", 24, 12),
        ("[Sub] Kaze no Renshuu - {:02d}.ass", "Kaze no Renshuu S02E02.mkv", 24, 12),
        ("Kaze.no.Renshuu.Part.2.S01E{:02d}.ass", "[G] Kaze no Renshuu Part 2 - 02.mkv", 13, 11),
        ("Kaze.no.Renshuu.S01E{:02d}.ass", "[G] Kaze no Renshuu - 13.mkv", 13, 11),
    ],
)
def test_exactly_as_many_numbers_as_episodes_are_the_medias_own(
    pattern: str, video: str, count: int, before: int
) -> None:
    known = Background(count=count, starts=(Start(None, before), Start(1, before)))
    assert chosen(run(pattern, 1, count), video, 2, known) == pattern.format(2)


def test_a_count_through_both_seasons_is_still_read_as_such() -> None:
    known = Background(count=24, starts=(Start(None, 12),))
    assert chosen(run("[S] Kaze - {:02d}.srt", 1, 36), "Kaze S02E02.mkv", 2, known) == "[S] Kaze - 14.srt"
    assert chosen(run("[S] Kaze - {:02d}.srt", 13, 36), "Kaze S02E02.mkv", 2, known) == "[S] Kaze - 14.srt"


def test_a_double_takes_the_equal_range_first() -> None:
    files = ["[Grp] X - 01-12.srt", "[Grp] X - 03-04.srt", "[Oth] X - 03.srt", "[Oth] X - 04.srt"]
    for video in ("[Oth] X - 03-04.mkv", "X.S01E03E04.mkv"):
        found = choice(files, video, 3, end=4)
        assert found.file
        assert found.file.name == "[Grp] X - 03-04.srt"
    assert chosen(files, "[Grp] X - 03.mkv", 3) == "[Oth] X - 03.srt"
    assert chosen(["X - 01-99.srt", "X - 03-04.srt"], "X - 04.mkv", 4) == "X - 03-04.srt"


@pytest.mark.parametrize(
    ("files", "episode", "end", "why"),
    [
        (
            ["X - 03.srt", "X - 04.srt"],
            3,
            4,
            "no one file holds episodes 3-4: the entry has parts of that only",
        ),
        (["X - 01-02.srt", "X - 05-06.srt"], 3, 4, "no file for episodes 3-4: the entry holds 1-2, 5-6"),
        (run("X - {:02d}.srt", 1, 12), 13, None, "no file for episode 13 yet: the entry holds 1-12"),
        (run("X - {:02d}.srt", 1, 12), 9.5, None, "no file for episode 9.5: the entry holds 1-12"),
        (
            run("X - {:02d}.srt", 1, 2) + [f"X - {n:02d}.srt" for n in (5, 7, 9, 11)],
            6,
            None,
            "no file for episode 6: the entry holds 1-2, 5, 7, others up to 11",
        ),
    ],
)
def test_a_reason_says_what_is_really_there(files: list[str], episode: float, end: float | None, why: str) -> None:
    found = choice(files, f"X - {episode:04g}.mkv", episode, end=end)
    assert (found.file, found.why) == (None, why)


def test_a_film_without_a_number_finds_its_title_behind_one() -> None:
    files = ["風.新編集版.S01E26.Memory.of.Snow.ja.srt", "風.新編集版.S01E27.氷.ja.srt"]
    known = Background(titles=("風",), count=2, format="OVA")
    assert chosen(files, "[H] Kaze no Renshuu - Memory of Snow [1080p].mkv", 1, known) == files[0]


def test_a_dump_gives_nothing_to_a_sequel_that_says_no_season() -> None:
    files = [f"風の練習.S{s:02d}E{n:02d}.JA.srt" for s in (1, 2, 3) for n in range(1, 13)]
    assert chosen(files, "[G] Kaze no Renshuu Arashi-hen - 05.mkv", 5) is None
    mapped = Background(starts=(Start(3, 0),))
    assert chosen(files, "[G] Kaze no Renshuu Arashi-hen - 05.mkv", 5, mapped) == files[28]
    assert chosen(files[:24], "[G] Kaze no Renshuu Arashi-hen - 05.mkv", 5, mapped) is None


def test_season_words_of_the_series_are_not_met_by_season_1_in_another_script() -> None:
    files = run("風の練習.S01E{:02d}.srt", 1, 12)
    assert chosen(files, "[G] Kaze no Renshuu 2nd Season - 04.mkv", 4) is None
    assert chosen(files, "Kaze.no.Renshuu.S02E04.mkv", 4) == files[3]  # the show alone may count so


def test_an_absolute_number_finds_the_season_that_begins_where_another_ends() -> None:
    fifth = run("My Kaze.S05E{:02d}.srt", 105, 113)
    dump = [*run("Kaze S2 {:02d}.srt", 1, 12), *fifth, *run("Kaze no Renshuu S6 - {:02d}.srt", 1, 9)]
    assert chosen(dump, "[G] Kaze no Renshuu - 118.mkv", 5) == "Kaze no Renshuu S6 - 05.srt"
    assert chosen(dump, "[G] Kaze no Renshuu - 165.mkv", 6) is None
    assert chosen(dump, "[G] Kaze no Renshuu - 108.mkv", 20) == "My Kaze.S05E108.srt"


def test_names_without_a_season_do_not_stand_in_where_others_say_theirs() -> None:
    dump = [
        *run("Kaze_no_Renshuu_{:03d}.srt", 7, 35),
        *run("Kaze_S2_{:02d}.srt", 1, 12),
        *run("Wind S3 {:02d}.srt", 1, 9),
    ]
    assert chosen(dump, "My.Kaze.S02E10.mkv", 10) == "Kaze_S2_10.srt"
    assert chosen([f for f in dump if f != "Kaze_S2_10.srt"], "My.Kaze.S02E10.mkv", 10) is None


def test_more_signs_at_the_end_of_a_title_are_its_second_season() -> None:
    first, second = run("[A][Kaze no Renshuu!][{:02d}].ass", 1, 14), run("[B] Kaze no Renshuu!! - {:02d}.ass", 1, 26)
    assert chosen(first + second, "Kaze.S02E11.mkv", 11) == second[10]


def test_more_signs_than_the_entrys_are_another_season_where_others_have_the_same() -> None:
    first, second = run("[A][Kaze no Renshuu!][{:02d}].ass", 1, 12), run("[B] Kaze no Renshuu!! - {:02d}.ass", 1, 13)
    wanted = ranking_target("[B] Kaze no Renshuu! - 13.mkv", 13, None, ("Kaze no Renshuu!",), Background())
    assert choose(tuple(map(SubtitleFile, first + second)), wanted, Preferences()).file is None
    assert choose(tuple(map(SubtitleFile, second)), wanted, Preferences()).file is not None


@pytest.mark.parametrize("known", [Background(), Background((f"{NAME} II",), (NAME,), 12, starts=(Start(2, 0),))])
@pytest.mark.parametrize("first", ["[S] Kaze no Renshuu - {:02d}.ass", "[S][風の練習][{:02d}].ass"])
@pytest.mark.parametrize("second", ["[K] Kaze no Renshuu II - {:02d}.ass", "Kaze.no.Renshuu.S02E{:02d}.srt"])
@pytest.mark.parametrize("video", ["[S] Kaze no Renshuu II - 04.mkv", "Kaze.no.Renshuu.S02E04.mkv"])
def test_names_without_a_season_are_of_the_first_in_an_entry_of_the_series(
    known: Background, first: str, second: str, video: str
) -> None:
    dump = run(first, 1, 12) + run(second, 1, 3) + run(second, 5, 12)
    assert chosen([*dump, second.format(4)], video, 4, known) == second.format(4)
    assert chosen(dump, video, 4, known) is None
    own = ranking_target(video, 4, None, ("Kaze no Renshuu II",), known)  # in an entry of its own they are of it
    assert choose(tuple(map(SubtitleFile, dump)), own, Preferences()).file is not None


def test_a_title_that_goes_on_from_the_series_counts_as_saying_the_season() -> None:
    known = Background((f"{NAME} Next", f"{NAME} 2nd Season"), (NAME,), 12, starts=(Start(2, 0),))
    dump = [*run("[S][我的练习很少][{:02d}].ass", 1, 12), *run("Kaze_no_Renshuu_Next_{:03d}.ass", 1, 9)]
    assert chosen(dump, "[G] Kaze no Renshuu Next - 09.mkv", 9, known) == "Kaze_no_Renshuu_Next_009.ass"
    assert chosen(dump, "[G] Kaze no Renshuu Next - 10.mkv", 10, known) is None


def test_a_count_through_both_seasons_is_read_beside_names_that_say_theirs() -> None:
    known = Background((f"{NAME} II",), (NAME,), 12, starts=(Start(None, 12), Start(2, 0)))
    dump = [*run("[S] Kaze no Renshuu - {:02d}.ass", 1, 24), *run("[K] Kaze no Renshuu II - {:02d}.ass", 1, 3)]
    assert chosen(dump, "[G] Kaze no Renshuu II - 04.mkv", 4, known) == "[S] Kaze no Renshuu - 16.ass"


def test_a_second_season_by_its_signs_may_be_numbered_in_its_files() -> None:
    wanted = ranking_target("[G] Kaze!! - 03.mkv", 3, None, ("Kaze!!",), Background())
    assert choose((SubtitleFile("Kaze S2 - 03.srt"),), wanted, Preferences()).file is not None
    wanted = ranking_target("[G] Kaze! - 03.mkv", 3, None, ("Kaze!",), Background())
    assert choose((SubtitleFile("Kaze S2 - 03.srt"),), wanted, Preferences()).file is None


def test_the_video_itself_may_show_both_numbers() -> None:
    files = [f"風.S{s:02d}E{n:02d}.第{12 * s - 12 + n:03d}話.srt" for s in (1, 2, 3) for n in range(1, 13)]
    assert chosen(files, "風.S03E02.第026話.WEB-DL.mkv", 26) == files[25]


def test_the_title_of_another_entry_counts_only_where_it_is_no_part_of_this_series() -> None:
    known = Background(titles=(NAME,), elsewhere=lambda keys: OtherTitles(keys & {"amenorenshu", "kazenorenshukai"}))
    assert chosen(run("Ame no Renshuu - {:02d}.srt", 1, 12), "[G] Kaze no Renshuu - 03.mkv", 3, known) is None
    later = Background(titles=("Kaze no Renshuu Kai",), elsewhere=lambda keys: OtherTitles(keys & {"kazenorenshu"}))
    assert chosen(run("Kaze no Renshuu - {:02d}.srt", 1, 12), "[G] Kaze no Renshuu Kai - 03.mkv", 3, later) is not None


@pytest.mark.parametrize(
    "file",
    [
        "Kaze.2022.JPN.BluRay.1080p.DTS-HD.MA.5.1.srt",
        "Kaze no Renshuu (2022) 5.1 DTS.srt",
        "KAZE (1988) 2160p UHD BluRay TrueHD 7.1.srt",
        "Kaze no Renshuu 2017 DDP5.1 FLAC 2.0.srt",
        "風の練習.WEBRip.Netflix.ja[cc].srt",
        "Kaze no Renshuu Movie [BDRip FLAC 5.1ch].ass",
    ],
)
@pytest.mark.parametrize("known", [Background(), Background(format="MOVIE", count=1)])
@pytest.mark.parametrize("episode", [None, 1])
def test_a_film_takes_any_file_of_its_entry(file: str, known: Background, episode: float | None) -> None:
    assert chosen([file], "[Grp] Kaze no Renshuu (2022) [BD 1080p].mkv", episode, known) == file


def test_a_film_leaves_what_says_something_else() -> None:
    film = Background(format="MOVIE", count=1)
    files = [
        "Kaze no Renshuu OVA.srt",
        "[X] Kaze no Renshuu Gaiden.srt",
        "Kaze no Renshuu PV.srt",
        "Kaze.no.Renshuu.srt",
    ]
    assert chosen(files, "Kaze no Renshuu (2022).mkv", None, film) == files[-1]
    numbered = ["Kaze no Renshuu Movie 23.srt", "Kaze no Renshuu Movie 24.srt"]
    assert chosen(numbered, "Kaze no Renshuu Movie 24.mkv", None, film) == numbered[1]
    assert chosen(numbered, "Kaze no Renshuu Movie 22.mkv", None, film) is None


@pytest.mark.parametrize(
    "file", ["Kaze Mini Theatre 01-06 SUP.rar", "Kaze no Renshuu Mini Anime - 04.srt", "風の練習 ミニ劇場 第4話.srt"]
)
def test_shorts_beside_a_show_are_no_episodes_of_it(file: str) -> None:
    assert chosen([file], "[G] Kaze no Renshuu - 04.mkv", 4) is None
    assert chosen([file, "[K] Kaze no Renshuu - 01-12 JP subs.7z"], "[G] Kaze no Renshuu - 04.mkv", 4) is not None
    wanted = ranking_target("[G] Kaze Mini Theatre - 04.mkv", 4, None, ("Kaze Mini Theatre",), Background())
    assert choose((SubtitleFile("Kaze Mini Theatre 01-06 SUP.rar"),), wanted, Preferences()).file is not None


def test_members_that_repeat_which_episodes_their_pack_holds_are_not_of_another_show() -> None:
    titled = Background(titles=("Kaze no Renshuu",))
    files = run("[G] Kaze no Renshuu 01-12 - {:02}.srt", 1, 12)
    assert chosen(files, "[G] Kaze no Renshuu - 09 (1080p).mkv", 9, titled) == files[8]
