"""One loaded file's story, as the daemon tells it and hears about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from kotozoe.correct import Corrections
from kotozoe.playback import Loaded, Playback


@dataclass(frozen=True, slots=True)
class Story:
    """`opening` comes before everything else; `ended` is called once the file is over, or the story is told anew."""

    loaded: Loaded
    playback: Playback
    corrections: Corrections
    private: bool
    opening: Callable[[], Awaitable[None]]
    ended: Callable[[], None]

    async def tell(self) -> bool:
        """Return whether nothing more can come of it."""
        if self.private:
            self.playback.told("skipped", "[watch] private names its folder")
            return True
        await self.opening()
        return await self.playback.play(self.loaded)

    async def hear(self, name: str, words: tuple[str, ...]) -> bool:
        """Return whether the story is to be told anew."""
        return not self.private and await self.corrections.hear(name, words)
