"""What the video itself offers to time a subtitle by: its text tracks and its sound, read within bounds."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from array import array
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from kotozoe.printable import printable
from kotozoe.timing.fitting.cues import Cue, Transform
from kotozoe.timing.fitting.speech import STEP, Sound, Stretch
from kotozoe.timing.references.audio_demux import has_sound
from kotozoe.timing.references.child_process import NotRead, output
from kotozoe.timing.references.engines import engines, proposals
from kotozoe.timing.references.matroska import NoIndex, indexed_tracks, is_matroska
from kotozoe.timing.references.track import TextTrack

MOST_READ = 200_000_000  # bytes of one video
_PROBED = 20_000_000  # bytes for what ffprobe needs to know the tracks
_SHARE = 0.95  # of the bytes allowed that windows are planned with: bit rates vary
_WINDOWS = 8
_PYTHON = 8_000_000  # bytes that Python reads of itself
_OPENING = 3_000_000  # bytes that are read to open the file and to seek, for each window
_SHORTEST_WINDOW = 10.0
_SECONDS = 120.0  # that one program may take
_TEXT = frozenset({"ass", "ssa", "subrip", "srt", "mov_text", "webvtt", "text"})
_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "afs", "fuse.sshfs", "fuse.rclone", "davfs"}
)
_QUIET = ("-v", "error", "-protocol_whitelist", "file,pipe")
_HASTY = ("-probesize", "1000000", "-analyzeduration", "0")
# Voices are between these, and the envelope is what their loudness does; the rest of the sound is noise to us. Where
# something was left out, there is silence instead, so that everything keeps its time.
_FILLED = "aresample=async=1:first_pts=0"
_VOICES = "aformat=sample_rates=8000:channel_layouts=mono,highpass=f=250,lowpass=f=3000"
_LOUDNESS = f"aeval=abs(val(0)),aresample={round(1 / STEP)},aformat=sample_fmts=flt"
_ENVELOPE = ("-af", f"{_FILLED},{_VOICES},{_LOUDNESS}", "-f", "f32le", "-")


@dataclass(frozen=True, slots=True)
class Layout:
    """What a container says it holds; `size` in bytes, `seconds` 0 if unknown.

    `sparse`: one track can be read without the rest, as its places are listed.
    """

    seconds: float
    size: int
    sparse: bool
    tracks: tuple[TextTrack, ...]
    sound: int | None  # the audio track that voices are expected in, counted among the audio tracks


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads at most `most_read` bytes of a video at a time, and nothing over the network unless that is wished."""

    most_read: int = MOST_READ
    network: bool = False
    _heard: dict[str, Sound] = field(default_factory=dict, init=False, repr=False, compare=False)

    async def tracks(self, path: str) -> tuple[TextTrack, ...]:
        """Return the video's text tracks with their lines. Raises NotRead."""
        self._check(path)
        return await text_tracks(path, self.most_read)

    async def sound(self, path: str) -> Sound:
        """Return how loud voices may be over time; read once. Raises NotRead."""
        self._check(path)
        if path not in self._heard:
            self._heard[path] = await sound(path, self.most_read)
        return self._heard[path]

    async def proposals(self, path: str, cues: Sequence[Cue]) -> AsyncIterator[tuple[str, Transform]]:
        """Yield what other engines would do with a subtitle, with their names. Raises NotRead."""
        self._check(path)
        async for name, transform in proposals(partial(record, path, most_read=self.most_read), cues, engines()):
            yield name, transform

    def _check(self, path: str) -> None:
        if not self.network and ("://" in path or on_network(path)):
            raise NotRead("the video comes over the network: [timing] network allows to read it")


async def text_tracks(path: str, most_read: int) -> tuple[TextTrack, ...]:
    try:
        return await asyncio.to_thread(indexed_tracks, Path(path))
    except OSError as error:
        raise NotRead(f"the video cannot be read: {error.strerror}") from None
    except NoIndex:
        pass
    layout = await look(path)
    if not layout.tracks:
        return ()
    windows = () if layout.sparse else windows_of(layout, most_read)
    return tuple([await _with_cues(path, track, windows, most_read) for track in layout.tracks[:2]])


async def look(path: str) -> Layout:
    """Return what the container holds. Raises NotRead."""
    words = ("ffprobe", *_QUIET, "-show_streams", "-show_format", "-of", "json", f"file:{path}")
    printed = await output(words, most_read=_PROBED, seconds=_SECONDS)
    try:
        told = json.loads(printed)
        streams = [stream for stream in told["streams"] if isinstance(stream, dict)]
        seconds, size = float(told["format"].get("duration", 0)), int(told["format"]["size"])
        sparse = "mp4" in str(told["format"]["format_name"]).split(",")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise NotRead("ffprobe says nothing of it") from None
    subtitles = [stream for stream in streams if stream.get("codec_type") == "subtitle"]
    tracks = tuple(_track(n, stream) for n, stream in enumerate(subtitles) if stream.get("codec_name") in _TEXT)
    return Layout(seconds, size, sparse, tracks, _voices([s for s in streams if s.get("codec_type") == "audio"]))


def windows_of(layout: Layout, most_read: int) -> tuple[Cue, ...]:
    """Return the stretches to be read, spread evenly; none where all of it may be. Raises NotRead."""
    if layout.size <= most_read * _SHARE:
        return ()
    if layout.seconds <= 0:
        raise NotRead("its length is not known")
    length = (most_read * _SHARE / _WINDOWS - _OPENING) * layout.seconds / layout.size
    if length < _SHORTEST_WINDOW:
        raise NotRead(f"too little of it fits into {most_read // 1_000_000} MB")
    gap = layout.seconds / _WINDOWS
    length = min(length, gap)
    return tuple(Cue(begin, begin + length) for n in range(_WINDOWS) for begin in (n * gap + (gap - length) / 2,))


@dataclass(frozen=True, slots=True)
class _Listening:
    """How ffmpeg hears one stretch of a video: by itself, or out of what `source` prints."""

    start: float
    opened: tuple[str, ...]
    most_read: int
    source: tuple[str, ...] = ()

    async def heard(self, *printed: str) -> bytes:
        words = ("ffmpeg", "-nostdin", *_QUIET, *_HASTY, *self.opened, "-vn", "-sn", "-dn", "-threads", "1", *printed)
        return await output(words, most_read=self.most_read, seconds=_SECONDS, source=self.source)


async def _listenings(path: str, most_read: int) -> tuple[_Listening, ...]:
    """Return what has to be heard: all at once where the picture can be passed over. Raises NotRead."""
    if await asyncio.to_thread(is_matroska, Path(path)):
        if not await asyncio.to_thread(has_sound, Path(path)):
            raise NotRead("it has no sound")
        sieve = (sys.executable, "-m", "kotozoe.timing.references.audio_demux", path, str(most_read - _PYTHON))
        return (_Listening(0.0, ("-copyts", "-i", "pipe:0"), most_read, sieve),)
    layout = await look(path)
    if layout.sound is None:
        raise NotRead("it has no sound")
    opened = ("-i", f"file:{path}", "-map", f"0:a:{layout.sound}")
    windows = () if layout.sparse else windows_of(layout, most_read)
    if not windows:
        return (_Listening(0.0, ("-avioflags", "direct", *opened), most_read),)
    length = f"{windows[0].end - windows[0].start:.3f}"
    share = most_read // len(windows)
    return tuple(_Listening(w.start, ("-ss", f"{w.start:.3f}", "-t", length, *opened), share) for w in windows)


async def sound(path: str, most_read: int) -> Sound:
    """Return how loud voices may be over time. Raises NotRead."""
    raw = [(one.start, await one.heard(*_ENVELOPE)) for one in await _listenings(path, most_read)]
    return Sound(tuple(Stretch(start, _levels(printed)) for start, printed in raw))


async def record(path: str, target: Path, most_read: int) -> None:
    """Write the sound of a video for programs that want to hear it themselves. Raises NotRead."""
    listenings = await _listenings(path, most_read)
    if len(listenings) > 1:
        raise NotRead("only parts of the video can be heard")
    await listenings[0].heard("-af", _FILLED, "-ac", "1", "-ar", "16000", "-f", "wav", str(target))


def _levels(raw: bytes) -> array[float]:
    levels = array("f")
    levels.frombytes(raw[: len(raw) // 4 * 4])
    return levels


async def _with_cues(path: str, track: TextTrack, windows: tuple[Cue, ...], most_read: int) -> TextTrack:
    """Read when a track's lines are shown, without reading what they say."""
    spans = ",".join(f"{window.start:.3f}%{window.end:.3f}" for window in windows)
    part = ("-read_intervals", spans) if windows else ()
    wanted = ("-select_streams", f"s:{track.place}", "-show_entries", "packet=pts_time,duration_time,size")
    words = ("ffprobe", *_QUIET, *part, *wanted, "-of", "csv=p=0", f"file:{path}")
    printed = await output(words, most_read=most_read, seconds=_SECONDS)
    cues = tuple(cue for line in printed.decode("ascii", "replace").splitlines() if (cue := _cue(line)))
    return TextTrack(track.place, track.language, track.title, track.forced, cues, windows)


def _cue(line: str) -> Cue | None:
    found = re.match(r"([0-9.]+),([0-9.]+|N/A),(\d+)", line)
    if not found or int(found[3]) <= 2:  # of mov_text, an empty line fills the gap between two
        return None
    start = float(found[1])
    return Cue(start, start + (float(found[2]) if found[2] != "N/A" else 2.5))


def _track(place: int, stream: Mapping[str, Any]) -> TextTrack:
    tags, flags = stream.get("tags") or {}, stream.get("disposition") or {}
    title, language = printable(str(tags.get("title", ""))), printable(str(tags.get("language", "")), 20)
    return TextTrack(place, language, title, flags.get("forced") == 1)


def _voices(streams: list[Any]) -> int | None:
    """Return the first audio track that is no commentary."""
    titles = [str((stream.get("tags") or {}).get("title", "")).lower() for stream in streams]
    plain = [n for n, title in enumerate(titles) if "comment" not in title]
    return plain[0] if plain else 0 if streams else None


def on_network(path: str, mounts: str = "/proc/self/mountinfo") -> bool:
    """Tell whether a path lies on a file system that is reached over the network."""
    try:
        lines = Path(mounts).read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return False
    best, network = "", False
    for line in lines:
        fields, _, kind = line.partition(" - ")
        point = fields.split(" ")[4].replace("\\040", " ")
        if (path == point or path.startswith(point.rstrip("/") + "/")) and len(point) >= len(best):
            best, network = point, kind.split(" ")[0] in _NETWORK
    return network
