"""Tracks and preferences: is a subtitle wanted for this file, and may ours be the one that is shown?"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kotozoe.model import Track, VideoFile

_IMAGE_CODECS = frozenset({"hdmv_pgs_subtitle", "dvd_subtitle", "dvb_subtitle", "xsub"})
_PARTIAL = re.compile(r"\b(?:signs?|songs?|forced|karaoke|lyrics)\b|看板|歌詞|テロップ", re.IGNORECASE)
# What containers and people write for one language; the first is BCP 47's.
_SPELLINGS = {
    "ja": ("ja", "jpn", "jp", "japanese"),
    "en": ("en", "eng", "english"),
    "zh": ("zh", "zho", "chi", "chinese"),
}


@dataclass(frozen=True, slots=True)
class Selection:
    """Whether our track becomes the shown one; `why` is a clause that can follow "not selected:"."""

    select: bool
    why: str = ""


def unwanted(tracks: Sequence[Track]) -> str:
    """Return why this file needs no subtitle at all, or an empty text."""
    if not any(t.kind == "video" for t in tracks):
        return "it has no video"
    return ""


def unwatched(video: VideoFile, include: Sequence[str], exclude: Sequence[str]) -> str:
    """Return why the user's settings leave this file alone, or an empty text. Patterns as in `under`."""
    if under(video.path, exclude):
        return "[watch] exclude names its folder"
    if include and not under(video.path, include):
        return "it is in none of the folders of [watch] include"
    return ""


def under(path: str, patterns: Iterable[str]) -> bool:
    """Tell whether `path` lies in one of the folders, or matches one of the shell patterns (`*` crosses slashes)."""
    return any(
        path == p.rstrip("/") or path.startswith(p.rstrip("/") + "/") or fnmatch.fnmatchcase(path, p) for p in patterns
    )


def full_text_track(tracks: Sequence[Track], languages: Sequence[str], ours: Iterable[str] = ()) -> Track | None:
    """Return a subtitle track that already serves: text, in a wanted language, not forced or signs-only, not ours.

    `ours` are file names of tracks that we added.
    """
    mine = frozenset(ours)
    return next((t for t in tracks if _serves(t, languages) and t.external_filename not in mine), None)


def may_select(
    tracks: Sequence[Track],
    languages: Sequence[str],
    *,
    changed_by_user: bool,
    attached: bool,
    ours: Iterable[str] = (),
) -> Selection:
    """Decide whether our track is shown. `attached`: the file was playing before we came."""
    if changed_by_user:
        return Selection(select=False, why="you chose the subtitle track yourself")
    if (present := full_text_track(tracks, languages, ours)) is not None:
        return Selection(select=False, why=f"the video has a {present.language or languages[0]} text track already")
    if attached and any(t.kind == "sub" and t.selected for t in tracks):
        return Selection(select=False, why="a subtitle was on screen before kotozoe came")
    return Selection(select=True)


def _serves(track: Track, languages: Sequence[str]) -> bool:
    return (
        track.kind == "sub"
        and track.codec not in _IMAGE_CODECS
        and not track.forced
        and not _PARTIAL.search(track.title)
        and any(_is_language(track, wanted) for wanted in languages)
    )


def _is_language(track: Track, wanted: str) -> bool:
    spellings = _SPELLINGS.get(wanted, (wanted,))
    said = track.language.lower().replace("_", "-").split("-")[0]
    if said and said != "und":
        return said in spellings
    return any(word in spellings for word in re.findall(r"[a-z]+", track.title.lower())) or (
        wanted == "ja" and "日本語" in track.title
    )
