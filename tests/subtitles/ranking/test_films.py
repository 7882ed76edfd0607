"""Films and single episodes: any file that bears the title, and none of the series beside it."""

from __future__ import annotations

import pytest

from kotozoe.model import SubtitleFile
from kotozoe.subtitles.ranking.choose import Background, ranking_target
from kotozoe.subtitles.ranking.rank import Preferences, choose
from kotozoe.subtitles.ranking.siblings import Sibling
from kotozoe.subtitles.ranking.target import Start

SHOW = Background(("Kaze", "風"), ("Kaze Movie 2: Umi no Uta",), 12, "TV", (Start(1, 0),))
SERIES = [f"[G] Kaze - {n:02d} [1080p].ass" for n in range(1, 13)] + [
    f"風.S01E{n:02d}.ja[cc].srt" for n in range(1, 13)
]
OPENING = "[G] Kaze - NCOP1.ass"


def chosen(files: list[str], video: str, known: Background, episode: float = 1) -> str | None:
    wanted = ranking_target(video, episode, None, known.titles[:1], known)
    file = choose(tuple(map(SubtitleFile, files)), wanted, Preferences()).file
    return file.name if file else None


@pytest.mark.parametrize(
    ("titles", "files"),
    [
        (("Kaze Movie",), ["Kaze Movie (2010).srt", "Kaze.the.Movie.2010.1080p.ja.srt", "[A] Kaze Movie [BD].ja.ass"]),
        (("Kaze (1979)",), ["Kaze (1979).srt", "[A] Kaze (1979) [BD 1080p].ass"]),
        (
            ("Kaze Movie 2: Umi no Uta", "劇場版 風 海の歌"),
            [
                "Kaze.the.Movie.2.Umi.no.Uta.2002.ja.srt",
                "Kaze Movie 2 - Umi no Uta.srt",
                "劇場版.風.海の歌.2002.ja.srt",
            ],
        ),
        (
            ("Kaze: 14-banme no Umi", "風 １４番目の海"),
            ["風 １４番目の海.WEBRip.ja-jp.srt", "風 １４番目の海 1998 ja.srt"],
        ),
        (("Kaze: Umi", "風特別篇 海の上で"), ["風特別篇 海の上で 1984 ja.srt"]),
        (("Kaze Movie: Special Menu",), ["Kaze Movie Special Menu (2013).srt"]),
        (("Kaze♯ no Umi", "風の海♯"), ["風の海♯ 2000 ja.srt"]),
    ],
)
@pytest.mark.parametrize("count", [1, None])
def test_a_film_is_found_alone_and_beside_its_series(
    titles: tuple[str, ...], files: list[str], count: int | None
) -> None:
    film = Background(titles, ("Kaze", "風"), count, "MOVIE")
    video = f"[X] {titles[0].replace(':', '')} (BD 1080p) [ABCD1234].mkv"
    assert chosen([*SERIES, OPENING], video, film) is None
    for file in files:
        assert chosen([file], video, film) == file
        assert chosen([*SERIES, OPENING, file], video, film) == file


def test_numbered_films_of_one_entry_are_told_by_their_numbers() -> None:
    files = [f"Kaze Movie {n:02d} [BD].ass" for n in range(1, 13)]
    film = Background(("Kaze Movie 3",), ("Kaze",), 1, "MOVIE")
    assert chosen(files, "Kaze Movie 3 (2003) [BD].mkv", film) in (files[2], None)


@pytest.mark.parametrize("film", ["劇場版 風 海の歌 2001 ja.srt", "[A] Kaze Movie 2 Umi no Uta [BD].ass", "風.ja.srt"])
def test_a_file_without_a_number_is_no_episode_of_a_television_show(film: str) -> None:
    assert chosen([film], "[X] Kaze - 01 (1080p).mkv", SHOW) is None
    assert chosen([*SERIES, film], "[X] Kaze - 01 (1080p).mkv", SHOW) in SERIES
    one_part = Background(("Kaze",), (), 1, "ONA")
    assert chosen(["風.ja.srt"], "[X] Kaze - 01 (1080p).mkv", one_part) == "風.ja.srt"


def test_a_pack_of_pictures_comes_after_text() -> None:
    film = Background(("Kaze Movie: Umi no Uta",), ("Kaze",), 1, "MOVIE")
    files = ["Kaze Movie Umi no Uta BDSUP.7z", "Kaze.the.Movie.Umi.no.Uta.ja.7z"]
    assert chosen(files, "[X] Kaze Movie Umi no Uta.mkv", film) == files[1]
    assert chosen(files[:1], "[X] Kaze Movie Umi no Uta.mkv", film) == files[0]


COUNTED = ["Kaze.the.Movie.S01E01.ja.srt", "Kaze.the.Movie.S02E01.ja.srt"]
NOTHING = Background()


@pytest.mark.parametrize(
    ("video", "file"),
    [
        ("Kaze the Movie I - Umi no Uta (2009).mkv", COUNTED[0]),
        ("Kaze.Movie.II.Yama.no.Uta.2010.1080p.mkv", COUNTED[1]),
        ("Kaze Movie 2 - Yama no Uta.mkv", COUNTED[1]),
        ("Kaze the Movie (2009).mkv", COUNTED[0]),
        ("Kaze the Movie - Umi no Uta (2009).mkv", None),  # which of the two nobody says
        ("Kaze Movie III (2012).mkv", None),
    ],
)
def test_films_that_are_counted_as_seasons_are_told_by_the_number_in_the_videos_title(
    video: str, file: str | None
) -> None:
    wanted = ranking_target(video, 1, None, ("Kaze",), NOTHING)
    found = choose(tuple(map(SubtitleFile, [*SERIES, *COUNTED])), wanted, Preferences()).file
    assert (found.name if found else None) == file


def test_a_titles_roman_numeral_tells_the_film() -> None:
    film = Background(("Kaze Movie II: Yama no Uta", "風 劇場版Ⅱ 山の歌"), ("Kaze", "Kaze Movie I"), 1, "MOVIE")
    video = "[X] Kaze Gekijouban - Yama no Uta (BD 1080p).mkv"
    for episode in (1, None):
        wanted = ranking_target(video, episode, None, ("Kaze",), film)
        assert choose(tuple(map(SubtitleFile, [*SERIES, *COUNTED])), wanted, Preferences()).file == SubtitleFile(
            COUNTED[1]
        )


@pytest.mark.parametrize(
    ("video", "entry", "files", "file"),
    [
        # all that the entry holds is one film, whatever its number
        ("風 海の歌 (1970) (DVD).mkv", "Kaze: Umi no Uta", ["Kaze Movie.S01E02.JA.srt"], "Kaze Movie.S01E02.JA.srt"),
        ("[X] Kaze - 01.mkv", "Kaze", ["Kaze - 02.srt"], None),
        # the number of the only film is the video's
        ("[X] Kaze Movie - 00.mkv", "Kaze", ["[X] Kaze Movie - 00 [720p].ass"], "[X] Kaze Movie - 00 [720p].ass"),
        ("[X] Kaze Movie - 00.mkv", "Kaze", ["Kaze.WEBRip.ja.srt", "OVA 05.srt"], "Kaze.WEBRip.ja.srt"),
        # beside what is named otherwise
        (
            "Umi no Uta (2019) [BluRay-1080p].mkv",
            "Umi no Uta",
            [f"[G] YAMA NO UTA {n:02} Record [BDRip].ass" for n in range(1, 4)] + ["[G] UMI NO UTA [BDRip].ass"],
            "[G] UMI NO UTA [BDRip].ass",
        ),
        # "The Movie" may stand in its title, or not
        ("Kaze Umi (2018).mkv", "Kaze", [*SERIES, "Kaze The Movie - Umi.CC.ja.srt"], "Kaze The Movie - Umi.CC.ja.srt"),
        ("Kaze Yama (2018).mkv", "Kaze", [*SERIES, "Kaze The Movie - Umi.CC.ja.srt"], None),
        ("Kaze - 03.mkv", "Kaze", ["Kaze The Movie - Umi.CC.ja.srt"], None),
        ("Kaze Movie Zenpen (2012).mkv", "Kaze", ["[A] Kaze Kouhen.ass", "[A] Kaze Zenpen.ass"], "[A] Kaze Zenpen.ass"),
        ("Kaze Movie Kouhen (2012).mkv", "Kaze", ["劇場版 風 前編.srt", "劇場版 風 後編.srt"], "劇場版 風 後編.srt"),
        ("Kaze Movie Kouhen (2012).mkv", "Kaze", ["劇場版 風 前編.srt"], None),
        # one film of several is left
        ("Kaze the Movie I - Umi (2009).mkv", "Wind", [*SERIES, "Kaze.the.Movie.S02E01.ja.srt"], None),
        ("Kaze Movie II - Yama (2010).mkv", "Wind", [*SERIES, "Kaze.the.Movie.S01E01.ja.srt"], None),
        ("Kaze - S01E01 - Umi.mkv", "Wind", ["Kaze.the.Movie.S01E01.ja.srt", "[G] Kaze - 02.ass"], None),
    ],
)
def test_a_film_of_which_nothing_is_known_but_names(video: str, entry: str, files: list[str], file: str | None) -> None:
    wanted = ranking_target(video, 3 if "03" in video else 1, None, (entry,), NOTHING)
    found = choose(tuple(map(SubtitleFile, files)), wanted, Preferences()).file
    assert (found.name if found else None) == file


def test_two_episodes_of_the_show_are_none_of_a_special() -> None:
    """The group's others stand under the same title."""
    files = [*SERIES, "[H] Kaze - 08 [JPN].ass", "[H] Kaze - 12 [JPN].ass"]
    special = Background(("Kaze: Umi no Uta",), ("Kaze", "風"), 1, "OVA", siblings=(Sibling(("Kaze",), (), 12, "TV"),))
    wanted = ranking_target("Kaze - S00E01 - Umi no Uta.mkv", 1, None, ("Kaze",), special)
    assert choose(tuple(map(SubtitleFile, files)), wanted, Preferences()).file is None
    unknown = ranking_target("Kaze - S00E01 - Umi no Uta.mkv", 1, None, ("Kaze",), NOTHING)
    assert choose(tuple(map(SubtitleFile, files)), unknown, Preferences()).file is None
    assert choose((SubtitleFile("Kaze - OVA 01.srt"),), unknown, Preferences()).file is not None
