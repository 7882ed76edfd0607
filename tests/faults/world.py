"""What is played here, and which subtitle is right for it: each names itself in its text, so that a wrong one shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from kotozoe.subtitles.archive import open_archive, read_member
from kotozoe.subtitles.opened import opened
from tests.fakes import World, WorldEntry, WorldFile
from tests.fakes.cues import subtitle

EPISODES = 12
_STAMP = "2026-05-03T11:22:33Z"


@dataclass(frozen=True)
class Show:
    """`form` is how its files come: "srt", "ass", "long", "zip" (a pack), "old" (Shift_JIS), "two" (of two groups)."""

    name: str
    anilist_id: int
    entry_id: int
    form: str
    after: int = 0  # the media that it continues

    def files(self) -> list[WorldFile]:
        if self.form == "zip":
            return [WorldFile(f"[Hayate] {self.name} 01-{EPISODES}.zip", last_modified=_STAMP)]
        found = [WorldFile(self.file(n), self._body(n), _STAMP) for n in range(1, EPISODES + 1)]
        if self.form == "two":
            found += [WorldFile(self.file(n, "Kogarashi"), last_modified=_STAMP) for n in range(1, EPISODES + 1)]
        return found

    def file(self, episode: int, group: str = "Hayate") -> str:
        ending = "ass" if self.form == "ass" else "srt"
        return f"[{group}] {self.name} - {episode:02}.ja.{ending}"

    def _body(self, episode: int) -> bytes | None:
        made = subtitle(self.file(episode))
        if self.form == "long":
            return made * 40
        return made.decode().encode("cp932", "replace") if self.form == "old" else None


SHOWS = (
    Show("Akane no Machikado", 910001, 3001, "srt"),
    Show("Fuyu no Kishatabi", 910002, 3002, "ass"),
    Show("Fuyu no Kishatabi 2nd Season", 910003, 3003, "ass", after=910002),
    Show("Soramame Kikoubun", 910004, 3004, "zip"),
    Show("Madobe no Hikarigoke", 910005, 3005, "old"),
    Show("Pinto Awase no Mori", 910006, 3006, "srt"),
    Show("Futago Boshi Nikki", 910007, 3007, "two"),
    Show("Nagai Yoru no Hanashi", 910008, 3008, "long"),
)
REPLACED = Show("Tsubaki no Yakusoku", 910009, 3009, "srt")
REPLACING = Show("Hoshi wo Kazoeru Neko", 910010, REPLACED.entry_id, "srt")  # has its id once it is gone
NOBODYS = Show("Dare mo Shiranai Eiga", 0, 0, "srt")  # no server knows it
PINNED = SHOWS[5]
_LATER = "2026-06-03T11:22:33Z"
PLAIN = tuple(show for show in SHOWS if show is not PINNED and not show.after)
_RULES = b"::rules\n\n- 910002|?|910002:13-24 -> 910003|?|910003:1-12\n"


@dataclass(frozen=True)
class Video:
    """An episode as it is named on disk; the second season is numbered on from the first."""

    show: Show
    episode: int

    @property
    def name(self) -> str:
        return f"[Hayate] {self.show.name} - {self.episode:02} (1080p).mkv"

    def right(self, shift: int = 0) -> frozenset[bytes]:
        """Return the texts of the subtitles that may be shown for it, as they lie in the cache."""
        number, show = self.episode + shift, self.show
        if show is NOBODYS:
            return frozenset()
        if number > EPISODES:
            show = next(s for s in SHOWS if s.after == show.anilist_id)
            number -= EPISODES
        groups = ("Hayate", "Kogarashi") if show.form == "two" else ("Hayate",)
        return frozenset(_shelved(show, number, group) for group in groups)


@cache
def _shelved(show: Show, episode: int, group: str) -> bytes:
    if show.form == "zip":
        archive = open_archive(show.files()[0].content)
        member = next(m for m in archive.members if m.name.endswith(f" - {episode:02}.srt"))
        return opened(read_member(archive, member), "srt", ("ja",))
    name = show.file(episode, group)
    raw = next(file for file in show.files() if file.name == name).content
    return opened(raw, name.rpartition(".")[2], ("ja",))


@cache
def everything() -> frozenset[bytes]:
    """Return the contents of all files that may ever lie in the cache, archives included."""
    shows = (*SHOWS, REPLACED, REPLACING)
    whole = {text for show in shows for n in range(1, EPISODES + 1) for text in Video(show, n).right()}
    return frozenset(whole | {file.content for show in SHOWS if show.form == "zip" for file in show.files()})


def make_world() -> World:
    shows = (*SHOWS, REPLACED)
    return World(
        media={show.anilist_id: _media(show) for show in shows},
        entries={show.entry_id: WorldEntry(_entry(show), show.files()) for show in shows},
        rules=_RULES,
    )


def renumbered(world: World) -> World:
    """Return the same world as another server tells it: each entry has the id that here is its neighbour's."""
    entries = list(world.entries.values())
    ids = [entry.entry_id for entry in entries]
    moved = zip((*ids[1:], ids[0]), entries, strict=True)
    return World(
        media=world.media,
        entries={entry_id: WorldEntry({**entry.row, "id": entry_id}, entry.files) for entry_id, entry in moved},
        rules=world.rules,
    )


def give_id_away(world: World) -> None:
    """Take an entry away, and give its id to a show that came later."""
    files = [WorldFile(f"{n:02}.ja.srt", subtitle(REPLACING.file(n)), _LATER) for n in range(1, EPISODES + 1)]
    row = {**_entry(REPLACING), "last_modified": _LATER}
    world.entries[REPLACED.entry_id] = WorldEntry(row, files)
    world.media[REPLACING.anilist_id] = _media(REPLACING)


def _media(show: Show) -> dict[str, Any]:
    relations = [{"relationType": "SEQUEL", "id": s.anilist_id} for s in SHOWS if s.after == show.anilist_id]
    relations += [{"relationType": "PREQUEL", "id": show.after}] if show.after else []
    return {
        "id": show.anilist_id,
        "idMal": None,
        "title": {"romaji": show.name, "english": None, "native": None},
        "synonyms": [],
        "format": "TV",
        "status": "FINISHED",
        "episodes": EPISODES,
        "seasonYear": 2025,
        "startDate": {"year": 2025, "month": 1 + show.anilist_id % 10, "day": 1},
        "relations": relations,
    }


def _entry(show: Show) -> dict[str, Any]:
    flags = {"anime": True, "unverified": False, "external": False, "movie": False, "adult": False}
    return {
        "id": show.entry_id,
        "name": show.name,
        "anilist_id": show.anilist_id,
        "last_modified": _STAMP,
        "flags": flags,
    }
