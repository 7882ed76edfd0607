"""Nothing but a title may leave this machine."""

from __future__ import annotations

import pytest

from kotozoe.identify.names.identify import identify
from kotozoe.identify.names.searchable import search_titles
from kotozoe.model import VideoFile


@pytest.mark.parametrize(
    ("path", "titles"),
    [
        ("/pod/wind diaries - ep 85 - the long rain.mp4", ("wind diaries",)),
        ("/tv/song of winds e07 the breaking point.mkv", ("song of winds",)),
        ("/tv/cdrama/song of winds e07.mkv", ("song of winds",)),
        ("/tv/Home cache/Song of Winds/05 - The Long Rain.mkv", ("song of winds",)),
        ("/v/[Group] Kaze no Uta 2nd Season - 05 - Ame (1080p).mkv", ("kaze no uta",)),
        ("/v/Kaze no Uta (2019) S02E05 The Long Rain.mkv", ("kaze no uta",)),
        ("/rec/2024年04月05日-アニメ 風の歌 第3話「長い雨」_BS11.ts", ("風の歌",)),
        ("/rec/風の歌 season22 第3話.ts", ("風の歌",)),
        ("/tv/Breaking Wind/Season 2 - 05.mkv", ("breaking wind",)),
        ("/v/Season 2 - 05.mkv", ()),
    ],
)
def test_only_the_title_is_searched(path: str, titles: tuple[str, ...]) -> None:
    assert search_titles(identify(VideoFile(path))) == titles
