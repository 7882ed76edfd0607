"""One file that several ask for at about the same time is fetched once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from kotozoe.model import NotObtained, Readable, SubtitleFile, Urgency
from tests.subtitles.test_fetcher import GOOD, Site, Stage, readable


async def test_who_asks_while_an_answer_comes_has_it_without_a_request(tmp_path: Path) -> None:
    class Busy(Site):
        """Answers who asks first once somebody else has asked, whose turn comes when that answer is there."""

        second: asyncio.Task[Readable | NotObtained]
        both = asyncio.Event()

        async def download(
            self, entry_id: int, file: SubtitleFile, urgency: Urgency, known: Callable[[], bytes | None] = lambda: None
        ) -> bytes:
            self.downloads.append(file.name)
            if len(self.downloads) == 1:
                self.second = asyncio.create_task(stage.obtain())
                await self.both.wait()
                return GOOD
            self.both.set()
            async with asyncio.timeout(60):
                while (contents := known()) is None:  # noqa: ASYNC110 - a turn comes again and again
                    await asyncio.sleep(0)
            return contents

    site = Busy({"Kaze no Renshuu - 03.srt": GOOD})
    stage = Stage(tmp_path, site)
    first = await readable(stage)
    assert await site.second == first
