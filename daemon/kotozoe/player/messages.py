"""What mpv and the script say, checked at the border and made into values; nothing here reaches out."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

from kotozoe.identify.names.identify import is_named
from kotozoe.model import Track, VideoFile
from kotozoe.player.titles import LASTING

PROTOCOL = 1
"""The number that script and daemon must share; raised when either would misread the other."""

NAMES = (
    "path",
    "working-directory",
    "media-title",
    "demuxer-via-network",
    "duration",
    "metadata/by-key/title",
    "stream-open-filename",
    *LASTING,
)
"""The properties that `video_file` and `lasting` read."""

OBSERVED = ("sid", "media-title", "metadata", *LASTING)
"""The properties whose changes are followed: the subtitle track, and what names a stream."""

BOUNDARIES = ("start-file", "end-file")
"""The events that separate what belongs to one file from what belongs to the next."""

_MAX_TEXT = 4096
_MAX_ARGS = 17
_MAX_TRACKS = 500
_MAX_DURATION = 1e6  # seconds


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file is loaded and its tracks are chosen.

    `attached`: it was playing long before we met the player, so that its track is the user's own choice.
    `sid` is the selected subtitle track, None for none. `requested_sid` is what mpv was set to show, by an option, a
    profile or watch-later: "auto", "no", or the number of a track that it found. `slang` are its wanted languages.
    `unsettled`: the client may yet say what this stream is; if it does, a Renamed follows.
    """

    playback_id: str
    video: VideoFile
    tracks: tuple[Track, ...]
    sid: int | None
    attached: bool
    requested_sid: int | Literal["auto", "no"] = "auto"
    slang: tuple[str, ...] = ()
    unsettled: bool = False


@dataclass(frozen=True, slots=True)
class Renamed:
    """The stream that plays is known by other names than before."""

    playback_id: str
    video: VideoFile


@dataclass(frozen=True, slots=True)
class Unloaded:
    """The playback is over; whatever still comes for it is late."""

    playback_id: str


@dataclass(frozen=True, slots=True)
class ScriptMessage:
    """What the script asks of us: `name` without our prefix, `args` untrusted text."""

    name: str
    args: tuple[str, ...]


PlayerEvent: TypeAlias = Loaded | Renamed | Unloaded | ScriptMessage


def text(value: object, limit: int = _MAX_TEXT) -> str:
    """Return a string of at most `limit` characters; empty for anything that is none."""
    return value[:limit] if isinstance(value, str) else ""


def track_id(value: object) -> int | None:
    """Return mpv's `sid` (a number, or false for none) as a number or None."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def requested_sid(value: object) -> int | Literal["auto", "no"]:
    """Return mpv's option `sid`: false or "no" is no, a number a track, anything else is left to mpv."""
    if value is False or value == "no":
        return "no"
    return number if (number := track_id(value)) is not None else "auto"


def slang(value: object) -> tuple[str, ...]:
    """Return mpv's option `slang`, in lower case."""
    items = value[:_MAX_TRACKS] if isinstance(value, list) else []
    return tuple(item.strip().lower() for item in (text(item, 100) for item in items) if item.strip())


def tracks(value: object) -> tuple[Track, ...]:
    """Return mpv's `track-list`, without the items that make no sense."""
    items = value[:_MAX_TRACKS] if isinstance(value, list) else []
    return tuple(track for track in map(_track, items) if track)


def _track(item: object) -> Track | None:
    if not isinstance(item, dict):
        return None
    number, kind = track_id(item.get("id")), item.get("type")
    if number is None or kind not in ("video", "audio", "sub"):
        return None
    return Track(
        track_id=number,
        kind=cast("Literal['video', 'audio', 'sub']", kind),
        language=text(item.get("lang")),
        title=text(item.get("title")),
        codec=text(item.get("codec")),
        forced=item.get("forced") is True,
        selected=item.get("selected") is True,
        external_filename=text(item.get("external-filename")),
    )


def video_file(names: Mapping[str, object], own: Mapping[str, str] | None = None) -> VideoFile:
    """Return what is played; a relative path is joined with mpv's working directory, a URL is kept as it is.

    `own`: those of the lasting names that are this file's.
    """
    path = text(names.get("path"))
    if names.get("stream-open-filename") == "-":  # mpv since 0.39 makes a path of the pipe, too
        path = "-"
    if "://" not in path and path != "-":
        path = posixpath.normpath(posixpath.join(text(names.get("working-directory")), path)) if path else ""
    network = names.get("demuxer-via-network") is True
    own = own or {}
    title, source = _title(names, own), own.get("user-data/media-source/Path", "")
    return VideoFile(path, title, network, _duration(names.get("duration")), source)


def lasting(names: Mapping[str, object]) -> dict[str, str]:
    """Return the names that outlive a file. Of `title`, the window's, only what looks like that of a release is one."""
    values = {name: text(names.get(name)) for name in LASTING}
    window = values["title"]
    if "${" in window or not is_named(VideoFile("-", window)):
        values["title"] = ""
    return values


def _title(names: Mapping[str, object], own: Mapping[str, str]) -> str:
    """Return the title: as forced, else as the window's names a release, else as the file or the playlist says.

    While a title is forced that is another file's, `media-title` is that one.
    """
    forced = text(names.get("force-media-title"))
    said = text(names.get("metadata/by-key/title" if forced else "media-title"))
    return own.get("force-media-title") or own.get("title") or said


def _duration(value: object) -> float | None:
    """Return mpv's `duration` in seconds; None for nothing, and for what no video lasts."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(cast("float", value)) if number and 0 < cast("float", value) < _MAX_DURATION else None


def next_video(names: Mapping[str, object], at: int) -> VideoFile | None:
    """Return the item of the playlist at this place, as it will be played; None if there is none."""
    path = text(names.get(f"playlist/{at}/filename"))
    title, folder = names.get(f"playlist/{at}/title"), names.get("working-directory")
    network = "://" in path
    names = {"path": path, "working-directory": folder, "media-title": title, "demuxer-via-network": network}
    return video_file(names) if path else None


def script_message(args: object) -> ScriptMessage | None:
    """Return a `client-message` that is for us, None for those of others."""
    if not isinstance(args, list) or not args or not all(isinstance(arg, str) for arg in args):
        return None
    prefix, _, name = args[0].partition("-")
    if prefix != "kotozoe" or not name:
        return None
    return ScriptMessage(name[:100], tuple(text(arg) for arg in args[1:_MAX_ARGS]))


def trimmed(name: object, event: object) -> dict[str, object] | None:
    """Return of an event what is read here, bounded in size; None for what is not for us."""
    if not isinstance(event, dict) or not isinstance(name, str):
        return None
    if name == "property-change":
        value = event.get("data")
        known = value if value is None or isinstance(value, bool | int | float) else text(value)
        return {"name": text(event.get("name"), 100), "data": known}
    if name == "client-message":
        args = event.get("args")
        if script_message(args) is None or not isinstance(args, list):
            return None
        return {"args": [text(arg) for arg in args[:_MAX_ARGS]]}
    return {}


def protocol_of(message: ScriptMessage) -> int | None:
    """Return the protocol number that a hello names."""
    try:
        hello = json.loads(message.args[0])
    except (IndexError, ValueError, RecursionError):
        return None
    return track_id(hello.get("protocol")) if isinstance(hello, dict) else None
