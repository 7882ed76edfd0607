"""What other rooms need of this one, whether a subtitle comes from Jimaku or from the user's own folders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from kotozoe.model import NotObtained, Ranked, Readable, Urgency, Verdict, VideoFile


class SubtitleSource(Protocol):
    """From a verdict to a readable file in the cache; `SubtitleFetcher` and `LocalFirst`."""

    async def obtain(
        self,
        verdict: Verdict,
        video: VideoFile,
        urgency: Urgency,
        *,
        only: str = "",
        rejected: Mapping[str, str] | None = None,
    ) -> Readable | NotObtained:
        """Return the best readable file. `only`: the one file to take; `rejected`: names not to take, and why."""
        ...

    async def candidates(self, verdict: Verdict, video: VideoFile, urgency: Urgency) -> tuple[Ranked, ...]:
        """Return the files that may fit, best first. Raises ProviderError."""
        ...

    async def explain(self, verdict: Verdict, video: VideoFile, urgency: Urgency) -> tuple[str, ...]:
        """Explain what would be chosen and why, one step a line."""
        ...

    def must_list(self, entry_id: int) -> bool:
        """Tell whether obtaining a file of this entry begins with a request for its listing."""
        ...
