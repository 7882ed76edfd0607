"""What comes from mpv is untrusted: it becomes values, or nothing."""

from __future__ import annotations

import pytest

from kotozoe.model import Track, VideoFile
from kotozoe.player import messages
from kotozoe.player.messages import ScriptMessage


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"path": "/v/a.mkv", "working-directory": "/w"}, VideoFile("/v/a.mkv")),
        ({"path": "./b/../a.mkv", "working-directory": "/w"}, VideoFile("/w/a.mkv")),
        ({"path": "a.mkv"}, VideoFile("a.mkv")),
        ({"path": "-", "working-directory": "/w"}, VideoFile("-")),
        ({"path": "/w/-", "working-directory": "/w", "stream-open-filename": "-"}, VideoFile("-")),
        ({"path": "/w/-", "working-directory": "/w", "stream-open-filename": "/w/-"}, VideoFile("/w/-")),
        ({"path": "http://h/a//b", "demuxer-via-network": True}, VideoFile("http://h/a//b", network=True)),
        ({"path": "/a", "media-title": "T", "demuxer-via-network": "yes"}, VideoFile("/a", "T")),
        ({"path": None, "working-directory": "/w", "media-title": 5}, VideoFile("")),
        ({}, VideoFile("")),
    ],
)
def test_a_path_is_absolute_or_a_url(names: dict[str, object], expected: VideoFile) -> None:
    assert messages.video_file(names) == expected


URL = "http://h/v/stream.mkv?static=true"


@pytest.mark.parametrize(
    ("names", "own", "title"),
    [
        ({"media-title": "stream.mkv?static=true"}, {"title": "Show; Episode 5"}, "Show; Episode 5"),
        ({"media-title": "Remux"}, {"title": "Show; Episode 5"}, "Show; Episode 5"),
        (
            {"media-title": "Show - 05", "force-media-title": "Show - 05"},
            {"force-media-title": "Show - 05", "title": "Other; Episode 6"},
            "Show - 05",
        ),
        ({"media-title": "Show - 04", "force-media-title": "Show - 04"}, {}, ""),
        (
            {"media-title": "Show - 04", "force-media-title": "Show - 04", "metadata/by-key/title": "Show 05"},
            {},
            "Show 05",
        ),
        (
            {"media-title": "Show - 04", "force-media-title": "Show - 05"},
            {"force-media-title": "Show - 05"},
            "Show - 05",
        ),
    ],
)
def test_a_stream_has_the_title_that_is_its_own(names: dict[str, object], own: dict[str, str], title: str) -> None:
    assert messages.video_file({"path": URL, **names}, own).media_title == title


def test_the_file_that_a_client_streams_is_kept() -> None:
    own = {"user-data/media-source/Path": "/srv/Show - 05.mkv"}
    assert messages.video_file({"path": URL}, own).source_path == "/srv/Show - 05.mkv"


@pytest.mark.parametrize(
    ("window", "name"),
    [("${?media-title:${media-title} - }mpv", ""), ("my mpv", ""), ("Show; Episode 5", "Show; Episode 5"), (None, "")],
)
def test_a_window_title_counts_if_it_looks_like_a_release(window: object, name: str) -> None:
    assert messages.lasting({"title": window})["title"] == name


def test_malformed_tracks_are_ignored() -> None:
    told = [
        {"id": 1, "type": "video"},
        {"id": 2, "type": "sub", "lang": "ja", "title": "T", "codec": "ass", "forced": True, "selected": True},
        {"id": 3, "type": "sub", "external-filename": "/s.srt", "lang": 7},
        {"id": True, "type": "sub"},
        {"id": "4", "type": "sub"},
        {"id": 5, "type": "other"},
        {"type": "sub"},
        "sub",
        None,
    ]
    assert messages.tracks(told) == (
        Track(1, "video"),
        Track(2, "sub", "ja", "T", "ass", forced=True, selected=True),
        Track(3, "sub", external_filename="/s.srt"),
    )


@pytest.mark.parametrize("told", [None, "x", {}, 5])
def test_a_malformed_track_list_has_no_tracks(told: object) -> None:
    assert messages.tracks(told) == ()


@pytest.mark.parametrize(("told", "expected"), [(1, 1), (False, None), (True, None), (None, None), ("no", None)])
def test_no_selected_track_is_none(told: object, expected: int | None) -> None:
    assert messages.track_id(told) == expected


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["kotozoe-retry", "a", "b"], ScriptMessage("retry", ("a", "b"))),
        (["kotozoe-open-menu"], ScriptMessage("open-menu", ())),
        (["kotozoe", "x"], None),
        (["other-retry"], None),
        (["kotozoe-x", 5], None),
        ([], None),
        (None, None),
        ("kotozoe-x", None),
    ],
)
def test_script_messages_for_others_are_ignored(args: object, expected: ScriptMessage | None) -> None:
    assert messages.script_message(args) == expected


def test_script_messages_are_bounded() -> None:
    message = messages.script_message(["kotozoe-" + "n" * 1000, *["a" * 100_000] * 50])
    assert message is not None
    assert (len(message.name), len(message.args), len(message.args[0])) == (100, 16, 4096)


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (('{"protocol":1}',), 1),
        (('{"protocol":"1"}',), None),
        (("[]",), None),
        (("{",), None),
        (("[" * 5000,), None),
        ((), None),
    ],
)
def test_a_hello_names_its_protocol(args: tuple[str, ...], expected: int | None) -> None:
    assert messages.protocol_of(ScriptMessage("hello", args)) == expected


@pytest.mark.parametrize(
    ("value", "seconds"), [(1420.5, 1420.5), (90, 90.0), (0, None), (-1, None), (1e9, None), (True, None), ("9", None)]
)
def test_a_plausible_video_duration_is_kept(value: object, seconds: float | None) -> None:
    assert messages.video_file({"path": "/a", "duration": value}).duration == seconds
