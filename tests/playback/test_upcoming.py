from __future__ import annotations

import pytest

from kotozoe.playback.upcoming import in_order, is_video, next_in_folder


@pytest.mark.parametrize(
    ("name", "video"),
    [("a.mkv", True), ("A.MKV", True), ("a.srt", False), ("mkv", False), (".mkv", False), (".a.mkv", False)],
)
def test_videos_are_known_by_their_extension(name: str, video: bool) -> None:
    assert is_video(name) is video


def test_names_are_sorted_as_a_person_would() -> None:
    names = ["Show 10.mkv", "show 2.mkv", "Show 1.mkv", "Show ９.mkv", "Show.mkv", "02.mkv", "9" * 30 + ".mkv"]
    assert sorted(names, key=in_order) == [
        "02.mkv",
        "9" * 30 + ".mkv",
        "Show 1.mkv",
        "show 2.mkv",
        "Show ９.mkv",
        "Show 10.mkv",
        "Show.mkv",
    ]


@pytest.mark.parametrize(
    ("names", "present", "following"),
    [
        (["[A] X - 02.mkv", "[A] X - 10.mkv", "[A] X - 02.srt"], "[A] X - 02.mkv", "[A] X - 10.mkv"),
        (["[A] X - 02.mkv", "[B] X - 03.mkv", "[A] X - 03.mkv"], "[A] X - 02.mkv", "[A] X - 03.mkv"),
        (["1.mkv", "2.mkv"], "2.mkv", None),
        ([], "1.mkv", None),
        (["2.mkv"], "1.mkv", "2.mkv"),
    ],
)
def test_the_next_in_the_folder(names: list[str], present: str, following: str | None) -> None:
    assert next_in_folder(names, present) == following
