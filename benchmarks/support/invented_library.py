"""Invented shows in any number, for stand-ins that serve a whole library of them."""

from __future__ import annotations

import random
from pathlib import Path

from tests.fakes import World, WorldEntry, WorldFile

_SYLLABLES = tuple(
    consonant + vowel for consonant in ("k", "s", "t", "n", "h", "m", "y", "r") for vowel in ("a", "e", "i", "o", "u")
)


def titles(count: int, seed: int = 7) -> list[str]:
    """Return so many different titles, spelt far enough from each other."""
    dice = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        words = ("".join(dice.choices(_SYLLABLES, k=dice.randint(3, 4))).capitalize() for _ in range(3))
        found[" ".join(words)] = None
    return list(found)


def other_title(title: str) -> str:
    """Return the name of a show that AniList alone knows."""
    return " ".join(word[::-1].capitalize() for word in reversed(title.split()))


def world(count: int, episodes: int, *, listed: int | None = None) -> World:
    """Return shows with an entry, a media and a file for each episode (for the first `listed` of them)."""
    made = World(rules=b"::rules\n")
    for at, title in enumerate(titles(count)):
        media, entry = 1_000_000 + at, 10_000 + at
        made.media[media] = {
            "id": media,
            "format": "TV",
            "status": "FINISHED",
            "episodes": max(episodes, 2),
            "seasonYear": 2020,
            "title": {"romaji": title, "english": other_title(title)},
            "startDate": {"year": 2020},
        }
        flags = {"anime": True, "unverified": False, "external": False, "movie": False, "adult": False}
        row = {"id": entry, "name": title, "anilist_id": media, "last_modified": "2026-05-03T11:22:33Z", "flags": flags}
        files = [WorldFile(f"[Hane] {title} - {n:02} (1080p).ja.srt") for n in range(1, (listed or episodes) + 1)]
        made.entries[entry] = WorldEntry(row, files)
    return made


def video_name(title: str, episode: int) -> str:
    return f"[Hane] {title} - {episode:02} (1080p).mkv"


def library(root: Path, names: list[str], episodes: int) -> Path:
    """Make a folder for each show, with empty files for its videos."""
    for title in names:
        folder = root / title
        folder.mkdir(parents=True)
        for episode in range(1, episodes + 1):
            (folder / video_name(title, episode)).touch()
    return root
