"""Tracks and preferences: is a subtitle wanted for this file, and may ours be the one that is shown?"""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from kotozoe.model import Track, VideoFile
from kotozoe.printable import printable

IMAGE_CODECS = frozenset({"hdmv_pgs_subtitle", "dvd_subtitle", "dvb_subtitle", "xsub"})
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
        return "its folder is listed in [watch] exclude"
    if include and not under(video.path, include):
        return "its folder is not listed in [watch] include"
    return ""


def under(path: str, patterns: Iterable[str]) -> bool:
    """Tell whether `path` lies in one of the folders, or matches one of the shell patterns (`*` crosses slashes)."""
    return any(
        path == p.rstrip("/") or path.startswith(p.rstrip("/") + "/") or fnmatch.fnmatchcase(path, p) for p in patterns
    )


def serving_track(
    tracks: Sequence[Track],
    languages: Sequence[str],
    ours: Collection[str] = (),
    yields: Collection[str] = ("text",),
) -> Track | None:
    """Return a track that makes ours unnecessary; forced and signs-only ones never do. `ours`: file names of our own.

    `yields` says what counts in a wanted language: "text", "image" (PGS, VobSub), and "untagged" text, of which nothing
    says the language, neither a tag nor, of a file, what is written in it.
    """
    theirs = (t for t in tracks if t.kind == "sub" and t.external_filename not in ours)
    return next((t for t in theirs if _kind_of(t, languages) in yields), None)


def may_select(
    tracks: Sequence[Track],
    languages: Sequence[str],
    *,
    changed_by_user: bool,
    attached: bool,
    ours: Collection[str] = (),
    requested_sid: int | str = "auto",
    slang: Sequence[str] = (),
    yields: Collection[str] = ("text",),
) -> Selection:
    """Decide whether our track is shown. `attached`: the file was playing before we came.

    `requested_sid` and `slang` are mpv's options from before it loaded the file: "no", "auto" or a track; languages.
    """
    shown = next((t for t in tracks if t.kind == "sub" and t.selected and t.external_filename not in ours), None)
    if changed_by_user:
        return Selection(select=False, why="you selected a subtitle track yourself")
    if requested_sid == "no":
        return Selection(select=False, why="mpv is set to show no subtitle (sid=no)")
    if shown is not None and shown.track_id == requested_sid:
        return Selection(select=False, why=f"mpv is set to show track {requested_sid} (sid)")
    if (present := serving_track(tracks, languages, ours, yields)) is not None:
        return Selection(select=False, why=_why_present(present, languages))
    if shown is not None and _place(shown, slang) < min(_rank(word, slang) for word in languages):
        return Selection(select=False, why=f"--slang wants {shown.language} before {languages[0]}")
    if attached and shown is not None:
        return Selection(select=False, why="a subtitle was selected before kotozoe connected")
    return Selection(select=True)


def _why_present(track: Track, languages: Sequence[str]) -> str:
    """Say which track makes ours unnecessary."""
    kind = _kind_of(track, languages)
    if kind == "untagged":
        return "the video has a text track that nothing says the language of, and [subtitles] yield_to has untagged"
    language = track.language or languages[0]
    if not track.external_filename:
        return f"the video has a {language} {kind} track already"
    where = "from the network" if "://" in track.external_filename else posixpath.basename(track.external_filename)
    return f"a {language} subtitle file is loaded already ({printable(where, 60)})"


def second(tracks: Sequence[Track], language: str, ours: Collection[str] = ()) -> Track | None:
    """Return the video's text track in this language, for the second subtitle."""
    theirs = (t for t in tracks if t.kind == "sub" and t.external_filename not in ours)
    return next((t for t in theirs if _kind_of(t, (language,)) == "text"), None)


def _kind_of(track: Track, languages: Sequence[str]) -> str:
    """Return as what the track counts: text, image, untagged; empty for nothing."""
    if track.forced or _PARTIAL.search(track.title):
        return ""
    image = track.codec in IMAGE_CODECS
    if any(_is_language(track, wanted) for wanted in languages):
        return "image" if image else "text"
    if image or track.language.lower() not in ("", "und"):
        return ""
    return "" if any(_is_language(track, other) for other in _SPELLINGS) else "untagged"


def _rank(word: str, slang: Sequence[str]) -> int:
    spellings = _SPELLINGS.get(word, (word,))
    return next((i for i, wanted in enumerate(slang) if wanted.split("-")[0] in spellings), len(slang))


def _place(track: Track, slang: Sequence[str]) -> int:
    """Return how early the track's language stands in `slang`; its length if it does not."""
    return next((i for i, wanted in enumerate(slang) if _is_language(track, _code(wanted))), len(slang))


def _code(language: str) -> str:
    plain = language.split("-", maxsplit=1)[0]
    return next((code for code, spellings in _SPELLINGS.items() if plain in spellings), plain)


def _is_language(track: Track, wanted: str) -> bool:
    spellings = _SPELLINGS.get(wanted, (wanted,))
    said = track.language.lower().replace("_", "-").split("-")[0]
    if said and said != "und":
        return said in spellings
    return any(word in spellings for word in re.findall(r"[a-z]+", track.title.lower())) or (
        wanted == "ja" and "日本語" in track.title
    )
