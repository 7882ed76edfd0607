"""Every mpv is found, whichever of the two starts first, and forgotten when it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.live.mpv import Mpv, eventually, watching

pytestmark = pytest.mark.live


async def test_an_mpv_that_starts_after_the_daemon_is_found_and_its_file_is_no_old_one(
    runtime: Path, video: Path
) -> None:
    async with watching(runtime) as audience:
        with Mpv(runtime, [video]) as mpv:
            loaded = await (await audience.story(mpv.pid)).loaded()
    assert loaded.video.path == str(video)
    assert loaded.video.media_title == "Invented 05"
    assert not loaded.attached
    assert [track.kind for track in loaded.tracks] == ["video"]
    assert loaded.sid is None


async def test_an_mpv_that_plays_when_the_daemon_starts_is_found(runtime: Path, video: Path) -> None:
    with Mpv(runtime, [video]) as mpv:
        await eventually(mpv.announcement.exists)
        async with watching(runtime) as audience:
            assert (await (await audience.story(mpv.pid)).loaded()).video.path == str(video)
