"""What is done with a stranger's bytes behind each door, as functions that another process can do alone."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from kotozoe.lookup.list_reader import keep
from kotozoe.model import SubtitleFile
from kotozoe.player.inbox import MAX_LINE, MAX_WAITING, Inbox
from kotozoe.player.messages import trimmed
from kotozoe.providers import entries, jimaku
from kotozoe.requests.http import Answer, read_json
from kotozoe.store.catalogue import Catalogue
from kotozoe.subtitles.archive import open_archive, read_member
from kotozoe.subtitles.opened import opened
from kotozoe.subtitles.ranking.choose import Background, ranking_target
from kotozoe.subtitles.ranking.rank import Preferences, choose_readable
from kotozoe.subtitles.text import decode
from kotozoe.timing.fitting.align import Reference
from kotozoe.timing.fitting.cues import Cue, moved
from kotozoe.timing.fitting.fit import fit
from kotozoe.timing.references.matroska import indexed_tracks
from kotozoe.timing.references.text import cues_of, retimed
from kotozoe.timing.references.video import _cues, _layout


def _answer(body: bytes) -> Answer:
    return Answer(200, {}, body, "http://127.0.0.1/")


def _kept(keep: Callable[[Catalogue], object]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        catalogue = Catalogue(Path(folder) / "catalogue.sqlite")
        keep(catalogue)
        catalogue.close()


def catalogue(body: bytes) -> None:
    _kept(lambda catalogue: keep(catalogue, "anime", body, "", 1.0))


def listing(body: bytes) -> int:
    return len(jimaku.listed("jimaku.cc", entries.objects(body, "jimaku.cc")))


def small_answer(body: bytes) -> int:
    return len(read_json("anilist.co", _answer(body)))


def rules(body: bytes) -> int:
    found: list[int] = []

    def keep(catalogue: Catalogue) -> None:
        catalogue.keep_rules(body.decode("utf-8-sig", "replace"), "")
        found.append(len(catalogue.rules().by_media))

    _kept(keep)
    return found[0]


def seasons(body: bytes) -> None:
    _kept(lambda catalogue: keep(catalogue, "seasons", body, "", 1.0))


def titles(body: bytes) -> None:
    _kept(lambda catalogue: keep(catalogue, "titles", body, "", 1.0))


def subtitle(raw: bytes, extension: str = "srt") -> bytes:
    return opened(raw, extension, ("ja",))


def members(raw: bytes) -> list[str]:
    """Open an archive, read its first member and its last one, and make each a subtitle."""
    archive, came = open_archive(raw), []
    for member in (archive.members[0], archive.members[-1]):
        try:
            opened(read_member(archive, member), "srt", ("ja",))
        except Exception as reason:  # noqa: BLE001 - what comes of it is compared by who asked
            came.append(str(reason))
    return came


def ranked(count: int, length: int) -> int:
    names = (f"[G{n % 9}] Kaze no Renshuu - {n:05d}".ljust(length - 4, "x") + ".srt" for n in range(count))
    wanted = ranking_target("/a/Kaze no Renshuu - 03.mkv", 3.0, None, ("Kaze no Renshuu",), Background())
    return len(choose_readable(tuple(map(SubtitleFile, names)), wanted, Preferences()).ranked)


def timed(raw: bytes, extension: str) -> int:
    text = decode(raw)
    retimed(text, extension, moved(1.0))
    return len(cues_of(text, extension))


def fitted(count: int) -> str:
    dice = random.Random(1)

    def lines() -> list[Cue]:
        starts = sorted(dice.uniform(0, count) for _ in range(count))
        return [Cue(start, start + 1) for start in starts]

    return fit(lines(), Reference(tuple(lines()))).why


def index(path: str) -> int:
    return sum(len(track.cues) for track in indexed_tracks(Path(path)))


def printed(output: bytes, what: str) -> str:
    return repr(_layout(output) if what == "layout" else len(_cues(output)))[:100]


def messages() -> int:
    """Let a peer send what waits at the most, and a line that takes the most as values."""
    import json  # noqa: PLC0415 - only here

    loop: Any = SimpleNamespace(call_soon_threadsafe=lambda *_: None)
    inbox = Inbox(loop, lambda *_: None, lambda: None)
    for _ in range(2 * MAX_WAITING):
        inbox.put("client-message", {"args": ["kotozoe-retry", *("\U0001f600" * 4096 for _ in range(16))]})
        inbox.put("property-change", {"name": f"sid{random.random()}", "data": "\U0001f600" * 4096})
    line = b"[" + b"{}," * (MAX_LINE // 3 - 1) + b"{}]"
    trimmed("client-message", {"args": json.loads(line)})
    return len(inbox._waiting)
