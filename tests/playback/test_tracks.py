"""Which files want a subtitle, and when ours may be the one that is shown."""

from __future__ import annotations

import pytest

from kotozoe.model import Track, VideoFile
from kotozoe.playback import tracks

VIDEO = Track(1, "video")
JAPANESE = Track(1, "sub", language="jpn", codec="ass")


def test_a_file_without_video_wants_nothing() -> None:
    assert tracks.unwanted((Track(1, "audio"),)) == "it has no video"
    assert tracks.unwanted((VIDEO,)) == ""


@pytest.mark.parametrize(
    ("track", "serves"),
    [
        (JAPANESE, True),
        (Track(1, "sub", language="ja-JP", codec="subrip"), True),
        (Track(1, "sub", title="Japanese", codec="ass"), True),
        (Track(1, "sub", title="日本語", codec="ass"), True),
        (Track(1, "sub", language="und", title="JPN", codec="ass"), True),
        (Track(1, "sub", language="eng", title="Japanese names kept", codec="ass"), False),
        (Track(1, "sub", language="jpn", codec="hdmv_pgs_subtitle"), False),
        (Track(1, "sub", language="jpn", codec="ass", forced=True), False),
        (Track(1, "sub", language="jpn", codec="ass", title="Signs & Songs"), False),
        (Track(1, "sub", codec="ass"), False),
        (Track(1, "sub", codec="subrip", external_filename="/anime/a.srt"), False),
        (Track(1, "sub", language="ja", codec="subrip", external_filename="/anime/a.srt"), True),
        (Track(1, "audio", language="jpn", codec="aac"), False),
    ],
)
def test_only_a_full_text_track_in_the_language_serves(track: Track, serves: bool) -> None:
    assert (tracks.serving_track((VIDEO, track), ("ja",)) is not None) is serves


def test_a_language_without_known_spellings_is_compared_as_it_stands() -> None:
    assert tracks.serving_track((Track(1, "sub", language="ko", codec="ass"),), ("ko",)) is not None


def test_our_own_track_is_not_a_reason_to_hold_back() -> None:
    own = Track(2, "sub", language="ja", codec="subrip", external_filename="/cache/a.srt")
    assert tracks.may_select(
        (VIDEO, own), ("ja",), changed_by_user=False, attached=False, ours=("/cache/a.srt",)
    ).select


def test_an_own_choice_of_the_user_stands() -> None:
    chosen = tracks.may_select((VIDEO,), ("ja",), changed_by_user=True, attached=False)
    assert not chosen.select
    assert "yourself" in chosen.why


def test_a_japanese_text_track_stays_selected() -> None:
    chosen = tracks.may_select((VIDEO, JAPANESE), ("ja",), changed_by_user=False, attached=False)
    assert not chosen.select
    assert "jpn text track" in chosen.why


@pytest.mark.parametrize(
    ("requested_sid", "slang", "why"),
    [
        ("no", (), "set to show no subtitle"),
        (1, (), "set to show track 1"),
        ("auto", ("en-US", "ja"), "--slang wants eng before ja"),
        ("auto", ("ja", "en"), ""),
        (2, ("de",), ""),
    ],
)
def test_sid_and_slang_options_of_mpv_are_respected(requested_sid: int | str, slang: tuple[str, ...], why: str) -> None:
    english = Track(1, "sub", language="eng", codec="ass", selected=True)
    chosen = tracks.may_select(
        (VIDEO, english), ("ja",), changed_by_user=False, attached=False, requested_sid=requested_sid, slang=slang
    )
    assert chosen.select is not bool(why)
    assert why in chosen.why


def test_a_second_language_is_the_videos_own_text_track() -> None:
    english = Track(3, "sub", language="eng", codec="ass")
    assert tracks.second((VIDEO, JAPANESE, english), "en") == english
    assert tracks.second((VIDEO, JAPANESE, Track(3, "sub", language="eng", codec="dvd_subtitle")), "en") is None


def test_what_was_on_screen_before_we_came_stays() -> None:
    english = Track(1, "sub", language="eng", codec="ass", selected=True)
    assert not tracks.may_select((VIDEO, english), ("ja",), changed_by_user=False, attached=True).select
    assert tracks.may_select((VIDEO, english), ("ja",), changed_by_user=False, attached=False).select


@pytest.mark.parametrize(
    ("include", "exclude", "watched"),
    [
        ((), (), True),
        (("/anime",), (), True),
        (("/anime/",), (), True),
        (("/films",), (), False),
        (("/ani",), (), False),
        ((), ("/anime/old",), True),
        ((), ("/anime",), False),
        ((), ("*.mkv",), False),
        (("/anime",), ("/anime/a.mkv",), False),
    ],
)
def test_the_settings_say_which_folders_are_watched(
    include: tuple[str, ...], exclude: tuple[str, ...], watched: bool
) -> None:
    assert (tracks.unwatched(VideoFile("/anime/a.mkv"), include, exclude) == "") is watched
