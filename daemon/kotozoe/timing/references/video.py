"""What the video itself offers to time a subtitle by: its subtitle tracks and its voices, read within bounds."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kotozoe.lanes import TIMING
from kotozoe.printable import printable
from kotozoe.safe_files import opened
from kotozoe.timing.fitting.align import Reference
from kotozoe.timing.fitting.cues import Cue
from kotozoe.timing.references.child_process import NotRead, output, stream
from kotozoe.timing.references.demux import bitmap_tracks, has_sound
from kotozoe.timing.references.ebml import NoIndex
from kotozoe.timing.references.matroska import Head, described, head_of, indexed_tracks, is_matroska, track_number
from kotozoe.timing.references.track import LineTrack, best_track, is_partial
from kotozoe.timing.references.vad import RATE, SpeechDetector

MAX_READ = 200_000_000  # bytes of one video
_PROBED = 20_000_000  # bytes for what ffprobe needs to know the tracks
_SHARE = 0.95  # of the bytes allowed that windows are planned with: bit rates vary
_WINDOWS = 8
_PYTHON = 8_000_000  # bytes that Python reads of itself
_OPENING = 3_000_000  # bytes that are read to open the file and to seek, for each window
_SHORTEST_WINDOW = 10.0
_SECONDS = 120.0  # that one program may take
_WHOLE_SECONDS = 300.0  # that all of them may take for one video
_TEXT = frozenset({"ass", "ssa", "subrip", "srt", "mov_text", "webvtt", "text"})
_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "afs", "fuse.sshfs", "fuse.rclone", "davfs"}
)
_QUIET = ("-v", "error", "-protocol_whitelist", "file,pipe")
_HASTY = ("-probesize", "1000000", "-analyzeduration", "0")
# Where something was left out, there is silence instead, so that everything keeps its time.
# Written by the buffer: a write for each packet costs more than the decoding.
_PCM = ("-ac", "1", "-ar", str(RATE), "-flush_packets", "0", "-f", "s16le", "-")
_SAMPLES = ("-af", "aresample=async=1:first_pts=0", *_PCM)
_DEMUX = (sys.executable, "-m", "kotozoe.timing.references.demux")
_HEARD = 0.9  # share of a video's sound that counts as all of it


@dataclass(frozen=True, slots=True)
class Layout:
    """What a container says it holds; `size` in bytes, `seconds` 0 if unknown.

    `sparse`: one track can be read without the rest, as its places are listed.
    """

    seconds: float
    size: int
    sparse: bool
    tracks: tuple[LineTrack, ...]
    sound: int | None  # the audio track that voices are expected in, counted among the audio tracks


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads at most `most_read` bytes of a video at a time, and nothing over the network unless that is wished.

    `turns`: so many videos are read at the same time, by all readers that share it.
    """

    most_read: int = MAX_READ
    network: bool = False
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1), compare=False)
    _known: dict[tuple[str, bool], Reference] = field(default_factory=dict, init=False, repr=False, compare=False)

    async def tracks(self, path: str) -> tuple[LineTrack, ...]:
        """Return the text tracks with their lines, and bitmap tracks where those tell little. Raises NotRead."""
        await asyncio.to_thread(self._check, path)
        async with self.turns, _limited():
            tracks = await text_tracks(path, self.most_read)
            best = best_track(tracks)
            if best is not None and not is_partial(best):
                return tracks
            return *tracks, *await bitmaps(path, self.most_read)

    async def speech(self, path: str, *, parts: bool) -> Reference:
        """Return when somebody speaks, in all of a video or in parts that are spread over it. Raises NotRead."""
        await asyncio.to_thread(self._check, path)
        for known in ((path, False), (path, parts)):
            if known in self._known:
                return self._known[known]
        async with self.turns, _limited():
            self._known[path, parts] = await speech(path, self.most_read, parts=parts)
        return self._known[path, parts]

    def _check(self, path: str) -> None:
        if "://" in path or on_network(path):
            if not self.network:
                raise NotRead("the video comes over the network: [timing] network allows to read it")
            if "://" in path:
                return
        try:
            opened(Path(path)).close()
        except OSError as error:
            raise NotRead(f"the video cannot be read: {error.strerror}") from None


@asynccontextmanager
async def _limited() -> AsyncIterator[None]:
    """Give one video, with all that is started for it, a time. Raises NotRead."""
    try:
        async with asyncio.timeout(_WHOLE_SECONDS):
            yield
    except TimeoutError:
        raise NotRead(f"reading the video took longer than {_WHOLE_SECONDS:.0f} s") from None


async def text_tracks(path: str, most_read: int) -> tuple[LineTrack, ...]:
    try:
        return await TIMING.run(indexed_tracks, Path(path))
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
    return await TIMING.run(_layout, await output(words, most_read=_PROBED, seconds=_SECONDS))


def _layout(printed: bytes) -> Layout:
    try:
        said = json.loads(printed)
        streams = [stream for stream in said["streams"] if isinstance(stream, dict)]
        seconds, size = float(said["format"].get("duration", 0)), int(said["format"]["size"])
        sparse = "mp4" in str(said["format"]["format_name"]).split(",")
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

    async def heard(self, take: Callable[[bytes], None]) -> None:
        """Hand over the samples as they come. Raises NotRead."""
        words = ("ffmpeg", "-nostdin", *_QUIET, *_HASTY, *self.opened, "-vn", "-sn", "-dn", "-threads", "1", *_SAMPLES)
        await stream(words, take, most_read=self.most_read, seconds=_SECONDS, source=self.source)


async def _listenings(path: str, most_read: int, *, parts: bool) -> tuple[_Listening, ...]:
    """Return what has to be heard: all at once where the picture can be skipped. Raises NotRead."""
    if await asyncio.to_thread(is_matroska, Path(path)):
        if not await asyncio.to_thread(has_sound, Path(path)):
            raise NotRead("the video has no sound")
        demux = (*_DEMUX, path, str(most_read - _PYTHON), "parts" if parts else "all")
        return (_Listening(0.0, ("-copyts", "-i", "pipe:0"), most_read, demux),)
    layout = await look(path)
    if layout.sound is None:
        raise NotRead("the video has no sound")
    source = ("-i", f"file:{path}", "-map", f"0:a:{layout.sound}")
    windows = () if layout.sparse else windows_of(layout, most_read)
    if not windows:
        return (_Listening(0.0, ("-avioflags", "direct", *source), most_read),)
    length = f"{windows[0].end - windows[0].start:.3f}"
    share = most_read // len(windows)
    return tuple(_Listening(w.start, ("-ss", f"{w.start:.3f}", "-t", length, *source), share) for w in windows)


async def speech(path: str, most_read: int, *, parts: bool) -> Reference:
    """Return when somebody speaks. Raises NotRead."""
    cues: list[Cue] = []
    windows: list[Cue] = []
    for listening in await _listenings(path, most_read, parts=parts):
        detector = SpeechDetector(listening.start)
        await listening.heard(detector.take)
        cues += detector.speech()
        windows += detector.windows()
    heard, whole = sum(w.end - w.start for w in windows), windows[-1].end if windows else 0.0
    return Reference(tuple(cues), () if heard >= _HEARD * whole else tuple(windows), written=False)


async def bitmaps(path: str, most_read: int) -> tuple[LineTrack, ...]:
    """Return the bitmap tracks of a Matroska file, with their lines. Raises NotRead."""
    head = await TIMING.run(_head_with_bitmaps, path)
    if head is None:
        return ()
    printed = await output((*_DEMUX, path, str(most_read - _PYTHON), "lines"), most_read=most_read, seconds=_SECONDS)
    return await TIMING.run(_bitmap_tracks, head, printed)


def _head_with_bitmaps(path: str) -> Head | None:
    """Return a Matroska file's head if it names bitmap tracks."""
    try:
        with opened(Path(path)) as file:
            head = head_of(file)
    except (NoIndex, OSError):
        return None
    return head if bitmap_tracks(head) else None


def _bitmap_tracks(head: Head, printed: bytes) -> tuple[LineTrack, ...]:
    cues: dict[int, list[Cue]] = {}
    for line in printed.decode("ascii").splitlines():
        track, start, end = line.split(" ")
        cues.setdefault(int(track), []).append(Cue(float(start), float(end)))
    numbered = ((place, entry, track_number(entry)) for place, entry in head.subtitles())
    return tuple(described(place, entry, tuple(cues[n]), pictures=True) for place, entry, n in numbered if n in cues)


async def _with_cues(path: str, track: LineTrack, windows: tuple[Cue, ...], most_read: int) -> LineTrack:
    """Read when a track's lines are shown, without reading what they say."""
    spans = ",".join(f"{window.start:.3f}%{window.end:.3f}" for window in windows)
    part = ("-read_intervals", spans) if windows else ()
    wanted = ("-select_streams", f"s:{track.place}", "-show_entries", "packet=pts_time,duration_time,size")
    words = ("ffprobe", *_QUIET, *part, *wanted, "-of", "csv=p=0", f"file:{path}")
    cues = await TIMING.run(_cues, await output(words, most_read=most_read, seconds=_SECONDS))
    return LineTrack(track.place, track.language, track.title, track.forced, cues, windows)


def _cues(printed: bytes) -> tuple[Cue, ...]:
    return tuple(cue for line in printed.decode("ascii", "replace").splitlines() if (cue := _cue(line)))


def _cue(line: str) -> Cue | None:
    found = re.match(r"([0-9.]+),([0-9.]+|N/A),(\d+)", line)
    if not found or int(found[3]) <= 2:  # of mov_text, an empty line fills the gap between two
        return None
    start = float(found[1])
    return Cue(start, start + (float(found[2]) if found[2] != "N/A" else 2.5))


def _track(place: int, stream: Mapping[str, Any]) -> LineTrack:
    tags, flags = stream.get("tags") or {}, stream.get("disposition") or {}
    title, language = printable(str(tags.get("title", ""))), printable(str(tags.get("language", "")), 20)
    return LineTrack(place, language, title, flags.get("forced") == 1)


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
