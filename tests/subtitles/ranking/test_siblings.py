"""A name in a listing may mean another media of the series: it does, unless something speaks for the wanted one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kotozoe.identify.counting.numbering import Rules
from kotozoe.identify.counting.seasons import SeasonRow
from kotozoe.model import Facts, Relation
from kotozoe.subtitles.ranking.choose import Background, background_of
from kotozoe.subtitles.ranking.siblings import episodes_before
from tests.subtitles.ranking.made import chosen, run

HEAD = Facts(1, ("Kaze no Renshuu", "風の練習"), format="TV", episodes=13, relations=(Relation("SEQUEL", 2),))
SECOND = Facts(
    2,
    ("Zoku Kaze no Renshuu", "Wind Practice Season 2"),
    format="TV",
    episodes=13,
    relations=(Relation("PREQUEL", 1), Relation("SEQUEL", 3)),
)
THIRD = Facts(3, ("Kaze no Renshuu San",), format="TV", episodes=12, relations=(Relation("PREQUEL", 2),))
SERIES = {f.anilist_id: f for f in (HEAD, SECOND, THIRD)}


def known(media: int, seasons: tuple[SeasonRow, ...] = ()) -> Background:
    return background_of(media, SERIES, Rules(), seasons)


@pytest.mark.parametrize(
    "video", ["[G] Zoku Kaze no Renshuu - 05.mkv", "Wind.Practice.S02E05.mkv", "[G] Kaze - 18.mkv"]
)
@pytest.mark.parametrize("files", ["[A] Kaze no Renshuu - {:02d}.ass", "Wind.Practice.S01E{:02d}.srt", "sub{:03d}.srt"])
def test_the_entry_of_the_first_season_holds_nothing_for_the_second(video: str, files: str) -> None:
    assert chosen(run(files, 1, 13), video, 5, known(2), "Kaze no Renshuu") is None


def test_in_its_own_entry_the_same_names_are_the_media() -> None:
    files = run("[A] Kaze no Renshuu - {:02d}.ass", 1, 13)
    second = replace(SECOND, titles=("Kaze no Renshuu 2nd Season",))
    plain = background_of(2, {**SERIES, 2: second}, Rules(), ())
    assert chosen(files, "[G] Kaze no Renshuu S2 - 05.mkv", 5, plain, "Kaze no Renshuu 2nd Season") == files[4]
    assert chosen(files, "[G] Kaze no Renshuu S2 - 05.mkv", 5, plain, "Kaze no Renshuu") is None


def test_a_count_that_goes_on_through_the_entry_of_the_first_season() -> None:
    files = run("Kaze no Renshuu_{:03d}.srt", 1, 26)
    assert chosen(files, "[G] Zoku Kaze no Renshuu - 05.mkv", 5, known(2), "Kaze no Renshuu") is None  # says no start
    mapped = replace(known(2), starts=known(2, (SeasonRow(2, 9, 1, 14, 26),)).starts)
    assert chosen(files, "[G] Zoku Kaze no Renshuu - 05.mkv", 5, mapped, "Kaze no Renshuu") == files[17]
    assert chosen(files, "[G] Kaze no Renshuu - 18.mkv", 5, known(2), "Kaze no Renshuu") == files[17]
    assert chosen(files, "[G] Kaze no Renshuu San - 05.mkv", 5, known(3), "Kaze no Renshuu") is None


def test_a_name_of_the_media_goes_before_that_of_the_series() -> None:
    files = [*run("[A] Kaze no Renshuu - {:02d}.ass", 1, 13), *run("[B] Kaze no Renshuu San - {:02d}.ass", 1, 12)]
    assert chosen(files, "Wind.Practice.S03E04.mkv", 4, known(3), "Kaze no Renshuu San") == files[16]
    assert chosen(files, "Wind.Practice.S03E04.mkv", 4, known(3), "Kaze no Renshuu") == files[16]


def test_the_series_title_with_the_season_that_the_media_is() -> None:
    third = replace(THIRD, synonyms=("Wind Practice Season 3",))
    files = [*run("[A] Kaze no Renshuu San - {:02d}.ass", 1, 3), *run("[B] Kaze no Renshuu 3 - {:02d}.ass", 1, 12)]
    known_third = background_of(3, {**SERIES, 3: third}, Rules(), ())
    assert chosen(files, "[G] Kaze no Renshuu San - 08.mkv", 8, known_third, "Kaze no Renshuu San") == files[10]


def test_seasons_that_count_on_are_told_by_their_own_number() -> None:
    files = [*run("Kaze.no.Renshuu.S01E{:02d}.srt", 1, 12), *run("Kaze.no.Renshuu.S02E{:02d}.srt", 13, 24)]
    files += [
        *run("Kaze.no.Renshuu.S03E{:02d}.srt", 25, 36),
        *run("[A] Kaze no Renshuu 2nd Season - {:02d}.ass", 13, 24),
    ]
    video = "[A] Kaze no Renshuu 3rd Season - 01.mkv"
    assert chosen(files, video, 1, Background(), "Kaze no Renshuu") == "Kaze.no.Renshuu.S03E25.srt"


def test_which_film_a_number_means_where_there_are_several() -> None:
    show = replace(HEAD, relations=(Relation("SIDE_STORY", 8), Relation("SIDE_STORY", 9)))
    films = [Facts(i, (t,), format="MOVIE", episodes=1, relations=(Relation("PARENT", 1),)) for i, t in FILMS]
    about = {1: show, **{f.anilist_id: f for f in films}}
    files = ["[A] Kaze no Renshuu Movie - 01.ass", *run("[A] Kaze no Renshuu - {:02d}.ass", 1, 13)]
    video = "Wind.Practice.The.Movie.Ame.mkv"
    assert chosen(files, video, None, background_of(9, about, Rules(), ()), "Kaze no Renshuu") is None
    alone = {1: show, 9: films[1]}
    assert chosen(files, video, None, background_of(9, alone, Rules(), ()), "Kaze no Renshuu") == files[0]


FILMS = ((8, "Kaze no Renshuu: Yuki"), (9, "Kaze no Renshuu: Ame"))


def test_how_many_episodes_went_before() -> None:
    assert [episodes_before(i, SERIES) for i in (1, 2, 3)] == [0, 13, 26]
    film = Facts(2, format="MOVIE", episodes=1, relations=(Relation("PREQUEL", 1),))
    assert episodes_before(3, {**SERIES, 2: film}) == 13
    assert episodes_before(3, {**SERIES, 1: replace(HEAD, episodes=None)}) is None
    assert episodes_before(3, {2: SECOND, 3: THIRD}) is None
    circle = replace(HEAD, relations=(Relation("PREQUEL", 3),))
    assert episodes_before(3, {**SERIES, 1: circle}) == 26


def test_a_count_is_that_of_the_show_whose_length_it_has() -> None:
    files = run("[A] Kaze no Renshuu - {:02d}.ass", 1, 13)
    second = replace(SECOND, titles=("Kaze no Renshuu 2nd Season",), episodes=11)
    plain = background_of(2, {**SERIES, 2: second}, Rules(), ())
    assert chosen(files, "[G] Kaze no Renshuu S2 - 05.mkv", 5, plain, "Kaze no Renshuu 2nd Season") is None


def test_a_rest_of_the_title_tells_the_season_where_nothing_is_spelled_alike() -> None:
    second = replace(SECOND, titles=("Kaze no Renshuu S",))
    known_second = background_of(2, {**SERIES, 2: second}, Rules(), ())
    files = [*run("[A] Kaze no Renshu - {:02d}.ass", 1, 13), *run("[A] Kaze no Renshu S - {:02d}.ass", 1, 13)]
    assert chosen(files, "[G] Kaze no Renshuu S - 05.mkv", 5, known_second, "Kaze no Renshuu") == files[17]


def test_the_first_of_a_series_is_no_later_season() -> None:
    files = run("[A] Kaze no Renshuu!! S2 - {:02d}.ass", 1, 13)
    first = replace(HEAD, titles=("Kaze no Renshuu!!",))
    known_first = background_of(1, {**SERIES, 1: first}, Rules(), ())
    assert chosen(files, "[G] Kaze no Renshuu!! - 05.mkv", 5, known_first, "Kaze no Renshuu!!") is None


def test_a_title_may_have_numbers_of_halves_only() -> None:
    files = ["Kaze.no.Renshuu.S01E05.5.srt", *run("Kaze.no.Renshuu.S02E{:02d}.srt", 1, 13)]
    assert chosen(files, "Kaze.no.Renshuu.S02E05.mkv", 5, Background(), "Kaze no Renshuu") == files[5]


@pytest.mark.parametrize(
    ("video", "expected"),
    [
        ("[G] Kaze no Renshuu Umi - 03.mkv", None),
        ("[G] Kaze no Renshuu - 03.mkv", "[A] Kaze no Renshuu - 03.ass"),
    ],
)
def test_where_the_names_alone_are_known_the_entry_is_what_it_is_called(video: str, expected: str | None) -> None:
    files = [*run("[A] Kaze no Renshuu - {:02d}.ass", 1, 25), *run("風の練習.S01E{:02d}.srt", 1, 25)]
    found = chosen(files, video, 3, Background(), "Kaze no Renshuu")
    assert found is None if expected is None else found == expected


def test_a_season_under_its_own_title_counts_from_one_and_is_no_live_action() -> None:
    sea = replace(SECOND, titles=("Kaze no Renshuu: Umi",), synonyms=("Kaze no Renshuu 2",))
    known_sea = background_of(2, {**SERIES, 2: sea}, Rules(), (SeasonRow(2, 9, 2, 1, 13),))
    files = [*run("Kaze no Renshuu Umi.S01E{:02d}.srt", 1, 13), *run("Kaze no Renshuu.S01E{:02d}.srt", 1, 13)]
    files += run("Kaze no Renshuu (Live-Action) S02E{:02d}.srt", 1, 13)
    for video in ("[G] Kaze no Renshuu - Umi - 04.mkv", "Kaze.no.Renshuu.S02E04.mkv"):
        for entry in ("Kaze no Renshuu", "Kaze no Renshuu: Umi"):
            assert chosen(files, video, 4, known_sea, entry) == files[3]
