"""What `.nfo` files say: ids and numbers from honest ones, nothing from the others."""

from __future__ import annotations

import pytest

from kotozoe.identify.names.identify import StatedId, identify
from kotozoe.identify.names.nfo import MAX_SIZE, Nfo, read_nfo, with_nfo
from kotozoe.identify.names.numbers import NumberPlace
from kotozoe.model import VideoFile

SHOW = Nfo("tvshow", (StatedId("tvdb", "5"),))
EPISODE = Nfo("episodedetails", (), 2, 3)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('<tvshow><title>K</title><uniqueid type="tvdb">5</uniqueid></tvshow>', SHOW),
        ('<tvshow><uniqueid type="TVDB" default="true"> 5 </uniqueid><tvdbid>5</tvdbid></tvshow>', SHOW),
        ("<tvshow><anidbid>9</anidbid></tvshow>", Nfo("tvshow", (StatedId("anidb", "9"),))),
        ("<tvshow><anilistid>9</anilistid></tvshow>", Nfo("tvshow", (StatedId("anilist", "9"),))),
        ('<tvshow><uniqueid type="tmdb">7</uniqueid></tvshow>', Nfo("tvshow", (StatedId("tmdb-tv", "7"),))),
        ('<movie><uniqueid type="tmdb">7</uniqueid></movie>', Nfo("movie", (StatedId("tmdb-movie", "7"),))),
        ("<movie><id>tt0012</id></movie>", Nfo("movie", (StatedId("imdb", "tt0012"),))),
        ("<movie><imdb_id>tt0012</imdb_id><id>12</id></movie>", Nfo("movie", (StatedId("imdb", "tt0012"),))),
        ("<tvshow><tvdbid>5</tvdbid></tvshow>\nhttps://example.org/5", SHOW),  # a link may follow
        ('<?xml version="1.0" encoding="UTF-8"?>\n<tvshow><tvdbid>5</tvdbid></tvshow>', SHOW),
        ("<tvshow><tvdbid></tvdbid><tvdbid>-5</tvdbid><tvdbid>5 or so</tvdbid></tvshow>", Nfo("tvshow")),
        ("<tvshow><actor><tvdbid>5</tvdbid></actor></tvshow>", Nfo("tvshow")),
        (
            '<episodedetails><season>2</season><episode>3</episode><uniqueid type="tvdb">5</uniqueid></episodedetails>',
            EPISODE,
        ),
        ("<episodedetails><season>x</season></episodedetails>", Nfo("episodedetails")),
        (f"<tvshow>{''.join(f'<tvdbid>{i}</tvdbid>' for i in range(90))}</tvshow>", None),
        ("<html><body/></html>", None),
        ("<tvshow><tvdbid>5</tvdbid>", None),
        ("https://example.org/5", None),
        ("", None),
        ('<!DOCTYPE x [<!ENTITY a "5">]><tvshow><tvdbid>&a;</tvdbid></tvshow>', None),
        ('<!DOCTYPE x SYSTEM "file:///etc/passwd"><tvshow><tvdbid>5</tvdbid></tvshow>', None),
        ('<?xml version="1.0" encoding="no-such"?><tvshow><tvdbid>5</tvdbid></tvshow>', None),
    ],
)
def test_ids_and_numbers_are_read(text: str, read: Nfo | None) -> None:
    found = read_nfo(text.encode())
    if text.count("<tvdbid>") > 50:
        assert found is not None
        assert len(found.ids) == 12
    else:
        assert found == read


def test_a_bomb_does_not_go_off() -> None:
    bomb = '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(12)
    )
    assert read_nfo(f"{bomb}]><tvshow><tvdbid>&m;</tvdbid></tvshow>".encode()) is None


def test_a_huge_file_and_a_huge_value_say_nothing() -> None:
    assert read_nfo(b" " * MAX_SIZE + b"<tvshow/>") is None
    assert read_nfo(b"<tvshow><tvdbid>" + b"5" * 500_000 + b"</tvdbid></tvshow>") == Nfo("tvshow")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "latin-1"])
def test_encodings_are_told_by_the_file(encoding: str) -> None:
    name = encoding if encoding != "utf-8-sig" else "utf-8"
    text = f'<?xml version="1.0" encoding="{name}"?><tvshow><title>é</title><tvdbid>5</tvdbid></tvshow>'
    assert read_nfo(text.encode(encoding)) == SHOW


def test_the_ids_join_those_of_the_name() -> None:
    identified = identify(VideoFile("/tv/Kaze [anidb-4]/Kaze - S01E02.mkv"))
    assert with_nfo(identified, (SHOW,)).ids == (StatedId("tvdb", "5"), StatedId("anidb", "4"))
    assert with_nfo(identified, ()) is identified


def test_the_episodes_own_file_gives_the_number() -> None:
    found = with_nfo(identify(VideoFile("/tv/Kaze/Kaze 103.mkv")), (EPISODE, SHOW))
    parsed = found.readings[0].parsed
    assert (parsed.place, parsed.season, parsed.episode) == (NumberPlace.SEASON_EPISODE, 2, 3)


def test_the_episodes_number_without_an_id_says_nothing() -> None:
    identified = identify(VideoFile("/tv/Kaze/Kaze 103.mkv"))
    assert with_nfo(identified, (EPISODE,)) is identified


def test_a_double_keeps_its_end() -> None:
    found = with_nfo(identify(VideoFile("/tv/Kaze/Kaze S02E03-E04.mkv")), (EPISODE, SHOW))
    assert found.readings[0].parsed.episode_end == 4


def test_a_name_without_title_is_no_longer_skipped() -> None:
    found = with_nfo(identify(VideoFile("/v/05.mkv")), (SHOW,))
    assert not found.skip
    assert found.readings[0].parsed.episode == 5


def test_an_extra_stays_one() -> None:
    identified = identify(VideoFile("/tv/Kaze/Extras/Kaze 01.mkv"))
    assert with_nfo(identified, (SHOW,)) is identified


def test_a_films_id_says_nothing_of_an_episode() -> None:
    film = Nfo("movie", (StatedId("tmdb-movie", "7"),))
    identified = identify(VideoFile("/tv/Kaze/Kaze S01E02.mkv"))
    assert with_nfo(identified, (film,)) is identified
    assert with_nfo(identify(VideoFile("/tv/Kaze/Kaze.mkv")), (film,)).ids == film.ids
