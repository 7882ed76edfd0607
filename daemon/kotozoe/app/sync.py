"""What `kotozoe sync` does: one subtitle file of the user's own, checked and rewritten only where that surely helps."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kotozoe.errors import UserError
from kotozoe.printable import printable
from kotozoe.safe_files import bounded
from kotozoe.settings.load import load
from kotozoe.subtitles.text import decode
from kotozoe.subtitles.unreadable import Unreadable
from kotozoe.timing.check import EXACT, STYLE, check
from kotozoe.timing.fitting.cues import Cue
from kotozoe.timing.fitting.cues import sentence as describe
from kotozoe.timing.fitting.fit import Status
from kotozoe.timing.references.text import FORMATS, Untimed, cues_of, retimed
from kotozoe.timing.references.video import Reader

_MAX_BYTES = 16 * 1024 * 1024  # of a subtitle


@dataclass(frozen=True, slots=True)
class Synced:
    """The outcome, and what was done, as a sentence."""

    status: Status
    sentence: str


def sync(config: Path, video: str, subtitle: str, *, dry_run: bool, by_sound: bool) -> Synced:
    """Check a subtitle file against a video and rewrite it if another timing is verified. Raises UserError.

    The original is kept next to it as .bak, unless there is a .bak already.
    """
    settings = load(config).timing
    path, extension = Path(subtitle), Path(subtitle).suffix[1:].lower()
    text, cues = _read_subtitle(path, extension)
    if not os.path.isfile(video):  # noqa: PTH113 - a path of any bytes
        raise UserError(f"There is no video {printable(video)}: check the name")
    reader = Reader(settings.max_read_megabytes * 1_000_000, network=True)
    whole = os.path.abspath(video)  # noqa: PTH100 - bytes survive
    by_voices = by_sound or settings.sound != "off"
    least = EXACT if by_sound else STYLE
    found = asyncio.run(check(whole, path.absolute(), cues, reader, by_sound=by_voices, least=least))
    transform = found.fit.transform
    if transform is None:
        unclear = "could not determine: " if found.fit.status == "unclear" else ""
        return Synced(found.fit.status, f"{unclear}{found.sentence}")
    if not (found.by_lines or by_sound or settings.sound == "retime"):
        return Synced("unclear", f"might be {describe(transform)}: {found.sentence}; --by-sound does it")
    if dry_run:
        return Synced("retime", f"would be {describe(transform)}: {found.sentence}")
    _rewrite(path, retimed(text, extension, transform).encode("utf-8"))
    return Synced("retime", f"{describe(transform)}: {found.sentence}")


def _read_subtitle(path: Path, extension: str) -> tuple[str, tuple[Cue, ...]]:
    shown = printable(path.name)
    if extension not in FORMATS:
        raise UserError(f"{shown} is not a text subtitle: name a file that ends in {', '.join(FORMATS)}")
    try:
        text = decode(bounded(path, _MAX_BYTES))
        return text, cues_of(text, extension)
    except OSError as error:
        raise UserError(f"{shown} cannot be read ({error.strerror}): check the name") from None
    except (Unreadable, Untimed) as reason:
        raise UserError(f"{shown} cannot be used as a subtitle: {reason}") from None


def _rewrite(path: Path, contents: bytes) -> None:
    """Replace the contents of a file, whole or not at all, and keep its mode."""
    backup = path.with_name(f"{path.name}.bak")
    target = path.resolve()
    handle, temporary = tempfile.mkstemp(prefix=".new-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(contents)
        shutil.copymode(target, temporary)
        if not backup.exists():
            shutil.copy2(target, backup)
        Path(temporary).replace(target)
    except OSError as error:
        with suppress(OSError):
            Path(temporary).unlink()
        raise UserError(f"{printable(path.name)} cannot be written ({error.strerror}); the file is unchanged") from None
