"""Subtitles that are out of time in known ways: how many are put right, how many made worse, and what that costs.

    python -m benchmarks.timing [--work FOLDER] [--ffsubsync PROGRAM] [--alass PROGRAM] [--episodes N]
                              [--reference text|sound] [--report FILE]
    python -m benchmarks.timing --voices FOLDER ...

The episodes are made here: speech by espeak-ng at known times, over noise and music, in videos of 1 GB and more. How
well people's voices are heard they cannot tell: for that, FOLDER has videos of people who speak, each N.mkv with
N.json, a list of [start, end] in seconds of its lines. Needs espeak-ng and ffmpeg; ffsubsync and alass are measured
beside where they are found. The work folder takes about 3 GB an episode while it runs, and keeps the episodes for the
next run if it is named.
"""

from __future__ import annotations

import argparse
import json
import operator
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.support.sync_material import Episode, made
from kotozoe.subtitles.ranking.subtitle_content import stamp, timed_cues, unified
from kotozoe.timing.fitting.cues import RATES, Cue

CLOSE = 0.1  # seconds from the truth that count as right
RIGHT = 0.95  # share of a subtitle's lines that must be
WORSE = 0.05  # seconds by which the mean error must grow to be called worse

Move = Callable[[float], float]


@dataclass(frozen=True)
class Case:
    """`cues` as the subtitle has them, `truth` where they belong; no truth: nothing should be changed."""

    kind: str
    episode: int
    cues: tuple[Cue, ...]
    truth: tuple[Cue, ...] | None


@dataclass(frozen=True)
class Result:
    """What an engine made of a case."""

    code: str
    right: bool
    worse: bool
    seconds: float
    cpu: float
    read: int


# -- cases


def cases_of(episode: Episode, number: int, others: Sequence[Episode]) -> Iterator[Case]:
    """Make the cases of one episode: the truth is always where the episode has its lines."""
    chance = random.Random(f"cases {number}")
    own = episode.japanese

    def case(kind: str, move: Move) -> Case:
        # a line cannot be shown before the beginning: whoever cut the subtitle so has lost it
        kept = tuple(c for c in own if move(c.start) >= 0)
        return Case(kind, number, tuple(Cue(s := move(c.start), s + c.end - c.start) for c in kept), kept)

    yield case("none", lambda t: t)
    for shift in (0.2, -0.2, 0.7, -1.3, 4.5, -11.0, 30.0, -48.0, 90.0, -90.0):
        yield case("offset", partial(operator.add, shift))
    for rate in (RATES[1], RATES[3], RATES[5]):
        for ratio, shift in ((rate, 0.0), (1 / rate, 5.0)):
            stretched = tuple(Cue(c.start * ratio + shift, c.end * ratio + shift) for c in own)
            yield Case("rate", number, stretched, own)
    for count in (1, 2, 3, 4):
        cuts = _cuts(chance, count)
        yield case(f"{count} breaks", partial(_broken, cuts))
    opening = own[len(own) // 6].start
    without = tuple(c for c in own if not opening <= c.start < opening + 90)
    cut = tuple(Cue(*(t - 90 if c.start > opening else t for t in (c.start, c.end))) for c in without)
    yield Case("opening cut", number, cut, without)
    late = tuple(Cue(c.start + 2.4, c.end + 2.4) for c in episode.third)
    yield Case("other splitting", number, late, episode.third)
    for other in others:
        yield Case("different", number, other.japanese, None)
        yield Case("different", number, tuple(Cue(c.start + 7, c.end + 7) for c in other.third), None)
    yield Case("empty", number, (), None)


def _broken(cuts: Sequence[tuple[float, float]], time: float) -> float:
    return time + sum(length for at, length in cuts if time > at)


def _cuts(chance: random.Random, count: int) -> list[tuple[float, float]]:
    """Return where breaks are, at least three minutes apart as on television, and how long."""
    places = [150 + (1200 / count) * (n + chance.uniform(0.15, 0.85)) * 0.95 for n in range(count)]
    return [(place, chance.choice((15.0, 60.0, 75.0, 90.0, 120.0))) for place in places]


# -- engines


@dataclass(frozen=True)
class Engine:
    """Rewrites a subtitle or writes another: `words` with VIDEO, IN and OUT in their places."""

    name: str
    words: tuple[str, ...]
    in_place: bool = False

    def run(self, case: Case, video: Path, folder: Path) -> Result:
        given, out = folder / "given.srt", folder / "out.srt"
        write(given, case.cues)
        out.unlink(missing_ok=True)
        Path(f"{given}.bak").unlink(missing_ok=True)
        filled = [{"VIDEO": str(video), "IN": str(given), "OUT": str(out)}.get(word, word) for word in self.words]
        spent = measured(filled)
        after = read(given if self.in_place else out) if case.cues else ()
        after = after if len(after) == len(case.cues) else case.cues  # nothing usable was written: the person keeps it
        right, worse = judged(case, after)
        return Result(str(spent.code), right, worse, spent.seconds, spent.cpu, spent.read)


@dataclass(frozen=True)
class Spent:
    code: int
    seconds: float
    cpu: float
    read: int


def measured(words: Sequence[str]) -> Spent:
    """Run a program; its time, CPU and bytes read include those of whatever it ran itself."""
    before_read, before = _read_by_children(), os.times()
    began = time.monotonic()
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    seconds = time.monotonic() - began
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Spent(done.returncode, seconds, cpu, _read_by_children() - before_read)


def _read_by_children() -> int:
    """Return the bytes that this process and its ended children have read."""
    lines = Path("/proc/self/io").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("rchar"))


def judged(case: Case, after: Sequence[Cue]) -> tuple[bool, bool]:
    """Return whether it is right now, and whether it is worse than it was."""
    if case.truth is None:
        changed = any(abs(a.start - b.start) > CLOSE for a, b in zip(after, case.cues, strict=True))
        return not changed, changed
    errors = [abs(a.start - b.start) for a, b in zip(after, case.truth, strict=True)]
    before = [abs(a.start - b.start) for a, b in zip(case.cues, case.truth, strict=True)]
    right = sum(error <= CLOSE for error in errors) >= RIGHT * len(errors)
    return right, statistics.fmean(errors) > statistics.fmean(before) + WORSE


def write(path: Path, cues: Sequence[Cue]) -> None:
    # shifted before the beginning, a line cannot be written: it keeps its place in the order at 0
    blocks = []
    for number, cue in enumerate(cues):
        start = max(0.0, cue.start)
        blocks.append(f"{number + 1}\n{stamp(start)} --> {stamp(max(start + 0.001, cue.end))}\n{number}\n")
    path.write_text("\n".join(blocks), "utf-8")


def read(path: Path) -> tuple[Cue, ...]:
    """Return the cues in the order in which `write` was given them."""
    try:
        lines = sorted(timed_cues(unified(path.read_text("utf-8", "replace"))), key=lambda line: int(line.text))
    except (OSError, ValueError):
        return ()
    return tuple(Cue(line.begin, line.end) for line in lines)


# -- the table


def main() -> None:
    """Make what is missing, run every case, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--episodes", type=int, default=3)
    parser.add_argument("--ffsubsync", default=shutil.which("ffsubsync"))
    parser.add_argument("--alass", default=shutil.which("alass") or shutil.which("alass-cli"))
    parser.add_argument("--voices", type=Path)
    parser.add_argument("--reference", choices=("text", "sound"), help="only this one")
    parser.add_argument("--report", type=Path)
    asked = parser.parse_args()
    needed = ("ffmpeg", "ffprobe") if asked.voices else ("espeak-ng", "ffmpeg", "ffprobe")
    if missing := [name for name in needed if shutil.which(name) is None]:
        sys.exit(f"This needs {', '.join(missing)} (on Debian: apt install espeak-ng ffmpeg).")
    with tempfile.TemporaryDirectory(prefix="kotozoe-sync-") as temporary:
        folder = asked.work or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        episodes = recorded(asked.voices) if asked.voices else [made(folder, n) for n in range(asked.episodes)]
        engines = _engines(asked.ffsubsync, asked.alass)
        both = ("text", "sound") if not asked.voices else ("sound",)
        references = (asked.reference,) if asked.reference else both
        _run(episodes, engines, references, Path(temporary), asked.report)


def recorded(folder: Path) -> list[Episode]:
    """Return the episodes of a folder, by number; their videos have no text track."""
    listed = sorted(folder.glob("*.json"), key=lambda file: int(file.stem))
    lines = [tuple(Cue(start, end) for start, end in json.loads(file.read_text())) for file in listed]
    videos = [file.with_suffix(".mkv") for file in listed]
    return [Episode(own, own, video, video) for own, video in zip(lines, videos, strict=True)]


def _engines(ffsubsync: str | None, alass: str | None) -> list[Engine]:
    words = ("-m", "kotozoe", "sync", "--by-sound", "VIDEO", "IN")
    engines = [Engine("kotozoe", (sys.executable, *words), in_place=True)]
    if ffsubsync:
        engines.append(Engine("ffsubsync", (ffsubsync, "VIDEO", "-i", "IN", "-o", "OUT")))
    if alass:
        engines.append(Engine("alass", (alass, "VIDEO", "IN", "OUT")))
    return engines


def _run(
    episodes: Sequence[Episode], engines: Sequence[Engine], references: Sequence[str], folder: Path, report: Path | None
) -> None:
    cases = [case for n, one in enumerate(episodes) for case in cases_of(one, n, [o for o in episodes if o is not one])]
    results: defaultdict[tuple[str, str], list[tuple[Case, Result]]] = defaultdict(list)
    with (report or Path(os.devnull)).open("w") as told:
        for reference in references:
            for case in cases:
                episode = episodes[case.episode]
                video = episode.with_text if reference == "text" else episode.with_sound
                for engine in engines:
                    result = engine.run(case, video, folder)
                    results[reference, engine.name].append((case, result))
                    told.write(json.dumps([reference, engine.name, case.kind, case.episode, result.__dict__]) + "\n")
                    told.flush()
    sizes = ", ".join(f"{one.with_text.name} {one.with_text.stat().st_size / 1e9:.2f} GB" for one in episodes)
    print(f"{len(cases)} cases; videos: {sizes}")
    for (reference, name), found in results.items():
        _table(reference, name, found)


def _table(reference: str, name: str, found: Sequence[tuple[Case, Result]]) -> None:
    true = [(case, result) for case, result in found if case.truth is not None]
    foreign = [(case, result) for case, result in found if case.truth is None]
    right, worse = (sum(getattr(result, field) for _, result in true) for field in ("right", "worse"))
    spoilt = sum(result.worse for _, result in foreign)
    print(f"\n{name}, reference: {reference}")
    print(f"  right where there is a truth  {right}/{len(true)} ({right / len(true):.0%})")
    print(f"  made worse                    {worse + spoilt}/{len(found)} (of another episode or empty: {spoilt})")
    if name.startswith("kotozoe"):
        others = [result for case, result in foreign if case.kind == "different"]
        print(f"  another episode recognised    {sum(r.code == '5' for r in others)}/{len(others)}")
    for field, unit, scale in (("seconds", "s", 1.0), ("cpu", "s of CPU", 1.0), ("read", "MB read", 1e6)):
        values = [getattr(result, field) / scale for _, result in found]
        print(f"  {unit:29} median {statistics.median(values):.2f}, most {max(values):.2f}")
    kinds: defaultdict[str, list[Result]] = defaultdict(list)
    for case, result in found:
        kinds[case.kind].append(result)
    for kind, some in kinds.items():
        print(f"    {kind:16} {sum(r.right for r in some)}/{len(some)}  codes {' '.join(sorted(r.code for r in some))}")


if __name__ == "__main__":
    main()
