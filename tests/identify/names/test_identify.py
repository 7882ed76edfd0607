"""From a path or title to readings, stated ids, or the reason to leave the video alone."""

from __future__ import annotations

import sys
import time
from dataclasses import replace

import pytest
from guessit.api import GuessitException

from kotozoe.identify.names.identify import StatedId, identify, own_name
from kotozoe.model import VideoFile


def titles(path: str, media_title: str = "", network: bool = False) -> list[tuple[str, int | None, float | None]]:
    found = identify(VideoFile(path, media_title, network))
    return [(r.title_text, r.parsed.season, r.parsed.episode) for r in found.readings]


@pytest.mark.parametrize(
    ("path", "reading"),
    [
        ("/data/Anime/Kaze no Uta/05.mkv", ("Kaze no Uta", None, 5)),
        ("/data/Anime/Kaze no Uta/Season 2/S02E05.mkv", ("Kaze no Uta", 2, 5)),
        ("/data/Anime/Kaze no Uta/Season 02/05.mkv", ("Kaze no Uta", 2, 5)),
        ("/data/Anime/Kaze no Uta (2016)/movie.mkv", ("Kaze no Uta", None, None)),
        ("C:\\Videos\\Kaze no Uta\\Episode 5.mkv", ("Kaze no Uta", None, 5)),
        ("E:/Anime/[Group] Kaze no Uta (01-12) [1080p]/S01E03-Rain.mkv", ("Kaze no Uta", 1, 3)),
        ("/x/Kaze no Uta S01-S03/S01E03-Rain.mkv", ("Kaze no Uta", 1, 3)),
        ("https://[example/Kaze no Uta - 05.mkv", ("Kaze no Uta", None, 5)),  # an address that is none
        ("https://example.org/v/%5BGroup%5D%20Kaze%20no%20Uta%20-%2005.mkv", ("Kaze no Uta", None, 5)),
    ],
)
def test_the_folders_give_what_the_name_leaves_out(path: str, reading: tuple[str, int | None, float | None]) -> None:
    assert reading in titles(path)


def test_a_stream_is_known_by_its_media_title() -> None:
    assert ("Kaze no Uta", 2, 1.0) in titles(
        "https://example.org/watch?v=x7", "Kaze no Uta S02E01 - Rain", network=True
    )


@pytest.mark.parametrize("path", ["-", "fd://0", "edl://x.ts", "https://example.org/watch?v=x7"])
@pytest.mark.parametrize(
    "title",
    [
        "[Group] Kaze no Uta - 10 (1080p)",
        "Kaze no Uta; Episode 10",
        "Kaze no Uta Episode 10",
        "[PROVIDER] Kaze no Uta E10",
        "Kaze no Uta - E10 - sub",
    ],
)
def test_what_has_no_path_of_its_own_is_known_by_its_title(path: str, title: str) -> None:
    assert ("Kaze no Uta", None, 10.0) in titles(path, title)


def test_a_file_on_a_server_names_a_stream_better_than_its_title() -> None:
    url, title = "http://example.org/Videos/5/stream.mkv?static=true", "Kaze no Uta - s2e03 - Rain"
    source = VideoFile(url, title, network=True, source_path="/srv/Kaze no Uta/[Group] Kaze no Uta - 15.mkv")
    assert identify(source).release.group == "Group"
    assert own_name(source) == "srv/Kaze no Uta/[Group] Kaze no Uta - 15.mkv"
    opaque = replace(source, source_path="/srv/8f3a.mkv")
    assert [(r.title_text, r.parsed.season, r.parsed.episode) for r in identify(opaque).readings][:1] == [
        ("Kaze no Uta", 2, 3)
    ]
    assert own_name(opaque) == title
    untitled = replace(source, media_title="", source_path="/srv/Kaze no Uta/03.mkv")
    assert ("Kaze no Uta", 3) in [(r.title_text, r.parsed.episode) for r in identify(untitled).readings]


@pytest.mark.parametrize(
    ("video", "name"),
    [
        (VideoFile("/a/Kaze - 05.mkv", "Other"), "/a/Kaze - 05.mkv"),
        (VideoFile("http://h/Kaze/05.mkv", "05.mkv", network=True), "Kaze/05.mkv"),
        (VideoFile("-", "Kaze - 05"), "Kaze - 05"),
        (VideoFile("-"), "-"),
    ],
)
def test_a_stream_is_known_by_what_names_it(video: VideoFile, name: str) -> None:
    assert own_name(video).endswith(name)


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("/home/emma/05.mkv", "title"),
        ("01.mkv", "title"),
        ("D:/Videos/New Folder/Episode 7.mp4", "title"),
        ("", "title"),
        ("/a/Kaze/Extras/Kaze 01.mkv", "extras"),
        ("/a/Kaze/01.flac", "not a video"),
    ],
)
def test_what_cannot_be_known_is_skipped_with_a_reason(path: str, word: str) -> None:
    assert word in identify(VideoFile(path)).skip


def test_a_persons_name_is_no_title() -> None:
    assert not any(title_text == "emma" for title_text, _, _ in titles("/home/emma/Videos/Kaze - 05.mkv"))


@pytest.mark.parametrize(
    ("path", "stated"),
    [
        ("/tv/Kaze (2016) {tvdb-123}/Season 01/Kaze - S01E01.mkv", StatedId("tvdb", "123")),
        ("/tv/Kaze [tvdbid-123]/Season 01/Kaze - S01E01.mkv", StatedId("tvdb", "123")),
        ("/tv/Kaze {tmdb-9}/Kaze.mkv", StatedId("tmdb", "9")),
        ("/tv/Kaze [tmdbid-9]/Kaze.mkv", StatedId("tmdb", "9")),
        ("/tv/Kaze [anidb-4]/Kaze - 01.mkv", StatedId("anidb", "4")),
        ("/tv/Kaze [anilist-7]/Kaze - 01.mkv", StatedId("anilist", "7")),
        ("/tv/Kaze {imdb-tt0001}/Kaze.mkv", StatedId("imdb", "tt0001")),
    ],
)
def test_ids_that_the_disk_states_are_read(path: str, stated: StatedId) -> None:
    assert identify(VideoFile(path)).ids == (stated,)


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("[Hayate] Kaze - 05v2 (1080p WEB-DL) [abcd1234]", "Hayate"),
        ("【Hayate & Kumo】 Kaze - 05", "Hayate & Kumo"),
        ("Kaze.S01E05.1080p.WEB-DL.AAC2.0.H.264-HAYATE", "HAYATE"),
        ("Kaze (風) - S01E05 [1080p][Multiple Subtitles]-Hayate", "Hayate"),
        ("Kaze - S01E05 WEB-DL", ""),
        ("Kaze - S01E05 - A Title WEBDL-1080p", ""),
        ("Kaze no Spy-Family", ""),
        ("Kaze (2016) - 05 (BD 1280x720 AVC AACx2) [5.1]", ""),
        ("Kaze - 05 [Episode 5]", ""),
    ],
)
def test_the_group_is_read_without_guessit(name: str, group: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "guessit", None)
    assert identify(VideoFile(f"{name}.mkv")).release.group == group


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("Kaze - 05 (Hayate Fansubs) [BD841253]", "Hayate Fansubs"),
        ("Kaze (2016) S01E05 (1080p WEBRip x265) [Hayate]", "Hayate"),
        ("Kaze - 05 [1080p] [ITA, JPN]", ""),
    ],
)
def test_guessit_tells_whether_another_bracket_is_the_group(name: str, group: str) -> None:
    assert identify(VideoFile(f"{name}.mkv")).release.group == group


def test_a_name_that_guessit_gives_up_on_has_no_group(monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up(name: str) -> None:
        raise GuessitException(name, {})

    monkeypatch.setattr("guessit.guessit", give_up)
    found = identify(VideoFile("Kaze - 05 (Hayate Fansubs) [abcd1234].mkv"))
    assert not found.release.group
    assert found.readings


@pytest.mark.parametrize(
    ("name", "release"),
    [
        ("[Group] Kaze - 05.mkv", True),
        ("Kaze.S01E02.mkv", True),
        ("風 第5話.mkv", True),
        ("Our wedding in Kyoto.mp4", False),
        ("holiday 2019.mp4", False),
    ],
)
def test_a_release_is_told_from_a_private_video(name: str, release: bool) -> None:
    assert identify(VideoFile(f"/v/{name}")).looks_like_release is release


@pytest.mark.parametrize(
    "text",
    [
        "a" * 5000,
        "[" * 3000,
        "1 " * 3000,
        "- 1 " * 2000,
        "(1)" * 2000,
        "S1E1" * 900,
        "あ1話" * 900,
        "(1)" * 2000 + "x",
        "(" * 3000,
        "「" * 3000,
        " " * 4000 + "x",
        "1" * 4000,
        "-_" * 2000,
        "【" * 3000,
        "2024-" * 900,
        "アニメ " * 900,
        "第" * 4000,
        "[¦]" * 1200,
        "S" * 4000,
        "e1-" * 1200,
        "¦" * 4000,
        "TOKYO MX " * 400,
    ],
)
def test_a_long_name_is_answered_in_time(text: str) -> None:
    began = time.process_time()
    identify(VideoFile(f"/{text}.mkv"))
    assert time.process_time() - began < 5
