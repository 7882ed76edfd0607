"""The bytes of one subtitle file -> the bytes for the cache, if they can be shown and are what is wanted."""

from __future__ import annotations

from kotozoe.subtitles.archive import kind_of
from kotozoe.subtitles.canonical import canonical
from kotozoe.subtitles.ranking.subtitle_content import unfit
from kotozoe.subtitles.text import decode
from kotozoe.subtitles.unreadable import Unreadable

_PGS = b"PG"
_VOBSUB = b"# VobSub index file"
_MPEG_PACK = b"\0\0\x01\xba"


def opened(raw: bytes, extension: str, languages: tuple[str, ...]) -> bytes:
    """Return text in UTF-8 that begins as its format does, pictures as they are. Raises Unreadable with the reason."""
    if kind_of(raw):
        raise Unreadable("it is an archive inside an archive inside an archive")
    if extension == "sup":
        if not raw.startswith(_PGS):
            raise Unreadable("it is no picture subtitle, whatever its name says")
        return raw
    if extension == "sub" and raw.startswith(_MPEG_PACK):
        raise Unreadable("its pictures need an .idx file, which is not there")
    text = decode(raw)
    if extension == "idx":
        if not raw.startswith(_VOBSUB):
            raise Unreadable("it is no VobSub index")
        return raw
    if reason := unfit(text, languages):
        raise Unreadable(reason)
    return canonical(text).encode("utf-8")
