"""Films and single episodes: any file that bears the title, and none of the series beside it."""

from __future__ import annotations

import pytest

from kotozoe.model import SubtitleFile
from kotozoe.subtitles.ranking.choose import Background, ranking_target
from kotozoe.subtitles.ranking.rank import Preferences, choose
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
