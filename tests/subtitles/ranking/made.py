"""Listings made of invented names, and what is chosen from them."""

from __future__ import annotations

from kotozoe.model import SubtitleFile
from kotozoe.subtitles.ranking.choose import Background, ranking_target
from kotozoe.subtitles.ranking.rank import Preferences, choose

NAME = "Kaze no Renshuu"


def run(pattern: str, first: int, last: int) -> list[str]:
    """Return the names of a run of episodes."""
    return [pattern.format(n) for n in range(first, last + 1)]


def chosen(
    files: list[str],
    video: str,
    episode: float | None,
    known: Background | None = None,
    entry: str = NAME,
    end: float | None = None,
) -> str | None:
    """Return the name of the file that is chosen; an entry without a name is none."""
    wanted = ranking_target(video, episode, end, (entry,) if entry else (), known or Background())
    file = choose(tuple(map(SubtitleFile, files)), wanted, Preferences()).file
    return file.name if file else None
