"""Other programs that time a subtitle by sound. They propose; whether it is believed is decided elsewhere.

None of them reads the video: they get a recording of its voices, which we made within bounds.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kotozoe.errors import KotozoeError
from kotozoe.timing.fitting.cues import Cue, Transform, between
from kotozoe.timing.references.child_process import output
from kotozoe.timing.references.text import cues_by_number, numbered

_SECONDS = 120.0  # that one program may take
_MOST_READ = 1_000_000_000  # bytes: the recording, a few times over, and the program's own libraries
_KNOWN = (
    ("ffsubsync", "ffsubsync", ("SOUND", "-i", "GIVEN", "-o", "MADE", "--max-offset-seconds", "600")),
    ("alass", "alass", ("SOUND", "GIVEN", "MADE")),
    ("alass", "alass-cli", ("SOUND", "GIVEN", "MADE")),
)


@dataclass(frozen=True, slots=True)
class Engine:
    """A program on this machine; `words` with SOUND, GIVEN and MADE in their places."""

    name: str
    words: tuple[str, ...]

    async def proposal(self, sound: Path, cues: Sequence[Cue]) -> Transform | None:
        """Return how it would move the cues, or None if that is nothing we could write. Raises NotRead, Untimed."""
        given, made = sound.with_name("given.srt"), sound.with_name("made.srt")
        await asyncio.to_thread(given.write_text, numbered(cues), "utf-8")
        filled = [{"SOUND": str(sound), "GIVEN": str(given), "MADE": str(made)}.get(word, word) for word in self.words]
        await output(filled, most_read=_MOST_READ, seconds=_SECONDS)
        text = await asyncio.to_thread(made.read_text, "utf-8", "replace")
        return between(cues, cues_by_number(text))


def engines() -> tuple[Engine, ...]:
    """Return those that are installed beside us, as by an extra, or on the user's path."""
    folders = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)))
    found = ((name, shutil.which(program, path=folders), words) for name, program, words in _KNOWN)
    return tuple({name: Engine(name, (place, *words)) for name, place, words in found if place}.values())


async def proposals(
    record: Callable[[Path], Awaitable[None]], cues: Sequence[Cue], asked: Sequence[Engine]
) -> AsyncIterator[tuple[str, Transform]]:
    """Yield what each engine proposes, with its name; one that fails proposes nothing. `record` writes the sound."""
    if not asked:
        return
    with tempfile.TemporaryDirectory(prefix="kotozoe-") as folder:
        sound = Path(folder) / "sound.wav"
        await record(sound)
        for engine in asked:
            try:
                proposed = await engine.proposal(sound, cues)
            except (KotozoeError, OSError):
                continue
            if proposed is not None:
                yield engine.name, proposed
