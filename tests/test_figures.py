"""The figures in the pages' sentences are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kotozoe.app.library_fetch import FEW
from kotozoe.cli.status import _MAX_BEFORE
from kotozoe.desktop.doctor import _OLDEST_MPV
from kotozoe.identify.names import nfo
from kotozoe.lookup.finder import FACTS_A_REQUEST
from kotozoe.playback import retiming, track_text
from kotozoe.player import inbox, titles
from kotozoe.player.osd import _LONGEST, _SHORTEST
from kotozoe.providers import anilist, entries, jimaku, reference_lists
from kotozoe.requests import body, host, http, rate_limit
from kotozoe.settings import load
from kotozoe.settings.key import _COMMAND_SECONDS
from kotozoe.settings.schema import SECTIONS, Settings, TimingSettings
from kotozoe.store import freshness, pins_text
from kotozoe.subtitles import archive, candidate, text
from kotozoe.subtitles.cache import LIMIT
from kotozoe.timing import check
from kotozoe.timing.fitting import fit
from kotozoe.timing.references import child_process, demux, matroska, track, vad, video
from tests.hostile.test_memory import MAX_MB

ROOT = Path(__file__).parents[1]
MIB = 1 << 20
WORDS = {2: "two", 3: "three", 4: "four", 5: "five", 8: "eight", 10: "ten", 12: "twelve", 30: "thirty", 50: "fifty"}
MINUTE, DAY = 60, 24 * 3600
AWAITED_DAYS = (freshness.LAST_LOOK / DAY, freshness.LOOKED_FOR / DAY)
JIMAKU, ANILIST, AMVSTRM = (quota.limit for quota in (rate_limit.JIMAKU, rate_limit.ANILIST, rate_limit.AMVSTRM))
SHARE = f"{demux._PARTS_SHARE * 100:g} % of its sound"


def word(number: float) -> str:
    return WORDS[int(number)]


# the page, and how a sentence of it has to go with the figures that the code has now
SENTENCES = (
    ("README.md", f"mpv {_OLDEST_MPV[0]}.{_OLDEST_MPV[1]} or newer"),
    ("docs/commands.md", f"the last {word(_MAX_BEFORE)} before"),
    ("docs/config.md", f"no shell, {_COMMAND_SECONDS:g} s"),
    ("docs/how-it-decides.md", f"{word(FACTS_A_REQUEST)} media at a time"),
    ("docs/library.md", f"{word(FACTS_A_REQUEST)} series share one request"),
    ("docs/library.md", f"Up to {word(FEW)} videos"),
    ("docs/library.md", f"The cache holds {LIMIT // 10**6} MB"),
    ("docs/library.md", {60: "Files are fetched one a second"}[rate_limit.DOWNLOADS.limit]),
    ("docs/playing.md", f"stays for {word(_SHORTEST)} to {word(_LONGEST)} seconds"),
    ("docs/playing.md", f"after {', '.join(str(int(freshness.FIRST_LOOK / MINUTE) << n) for n in range(4))} … minutes"),
    ("docs/playing.md", {(0.5, 14.0): "later twice a day, for a fortnight"}[AWAITED_DAYS]),
    ("docs/playing.md", f"older than {word(freshness.FIRST_LOOK / MINUTE)} minutes"),
    ("docs/playing.md", f"({track_text._MAX_BYTES // MIB} MB at most)"),
    ("docs/playing.md", f"for {word(titles.WAIT)} seconds, and whenever it comes"),
    ("docs/quotas.md", f"{JIMAKU} requests a minute to your whole household, AniList {ANILIST};"),
    ("docs/quotas.md", f"asked {AMVSTRM} times a minute at most"),
    ("docs/quotas.md", f"switched off: {word(anilist.OUTAGE / MINUTE)} minutes and longer"),
    ("docs/timing.md", f"parts of {fit._PART:g} s"),
    ("docs/timing.md", f"up to {word(fit._MAX_CUTS)} cuts"),
    ("docs/timing.md", f"It reacts {vad._LATE:g} s late"),
    ("docs/timing.md", f"up to {word(retiming._MAX_CANDIDATES - 1)} other candidates"),
    ("docs/timing.md", f"at most {TimingSettings().max_read_megabytes} MB of it"),
    ("docs/timing.md", f"{word(demux._PARTS)} parts of the episode come first, {SHARE}"),
    ("docs/timing.md", f"Fewer than {word(fit._FEWEST)} lines"),
    ("docs/timing.md", f"less than {check.STYLE:g} s off by the voices"),
    ("docs/timing.md", f"and for less than {check.STYLE:g} s"),
)


@pytest.mark.parametrize(("page", "sentence"), SENTENCES)
def test_a_figure_on_a_page_is_that_of_the_code(page: str, sentence: str) -> None:
    assert sentence in " ".join((ROOT / page).read_text("utf-8").split())


def test_the_settings_of_timing_are_told_with_their_defaults() -> None:
    told = (ROOT / "docs" / "timing.md").read_text("utf-8").partition("## Settings")[2].partition("\n## ")[0]
    rows = dict(re.findall(r'^\| `(\w+)` \| `"?(\w+)"?` \|', told, re.MULTILINE))
    defaults = {key: getattr(Settings().timing, key) for key in SECTIONS["timing"].keys}
    assert rows == {key: "false" if value is False else str(value) for key, value in defaults.items()}


def test_the_options_of_the_script_are_told_with_their_defaults() -> None:
    conf, script = ((ROOT / "mpv-scripts" / f"kotozoe.{end}").read_text("utf-8") for end in ("conf", "lua"))
    told = dict(re.findall(r"^#(\w+)=(.*)$", conf, re.MULTILINE))
    table = script.partition("\nlocal opts = {")[2].partition("}")[0]
    used = {name: value.strip("'") for name, value in re.findall(r"(\w+) = ('[^']*'|\w+)", table)}
    assert told == {name: {"true": "yes", "false": "no"}.get(value, value) for name, value in used.items()}


def megabytes(*sizes: int) -> str:
    return f"{', '.join(str(size // MIB) for size in sizes)} MB"


def bounds() -> list[str]:
    """Return the second column of SECURITY.md's table."""
    answers = (jimaku.CATALOGUE_LIMIT, jimaku.LISTING_LIMIT, reference_lists.LIMIT, http.MIB, jimaku.FILE_LIMIT)
    members = f"{archive.MAX_MEMBERS:,}, {archive.LARGEST_MEMBER // MIB} MB, {archive.LARGEST_TOTAL // MIB} MB"
    index = f"{megabytes(matroska._MAX_BYTES[matroska._CUES])}, {matroska._MAX_POINTS:,}"
    program = f"{megabytes(child_process._MEMORY)}, {megabytes(child_process._MAX_OUTPUT)}, {video._SECONDS:g} s"
    return [
        f"{megabytes(*answers)}; {megabytes(body.MAX_BODIES)}",
        f"{entries.MAX_ROWS:,}, {jimaku._MAX_FILES:,}, {jimaku._MAX_FILE_NAME}",
        f"{body.MIN_BYTES_PER_SECOND // 1024} kB/s; {host.MAX_INCOMPLETE}",
        f"{members}; {candidate.MAX_MEMBERS_OPENED}, {megabytes(candidate.MAX_UNPACKED)}",
        f"{candidate.MAX_SECONDS:g} s",
        f"{megabytes(text.LARGEST)}, {text.MAX_LINES:,}, {text.MAX_CUES:,}",
        f"{index}; {program}, {video._WHOLE_SECONDS:g} s",
        f"{inbox.MAX_LINE // 1024} kB, {inbox.MAX_WAITING:,}, {megabytes(inbox.MAX_TEXT)}",
        megabytes(load.MAX_BYTES, pins_text.MAX_BYTES, nfo.MAX_SIZE, check._MAX_SIDECAR_BYTES),
        f"{sum(MAX_MB.values())} of 600",
    ]


def test_the_table_of_bounds_is_that_of_the_code() -> None:
    table = (ROOT / "SECURITY.md").read_text("utf-8").partition("| bound | figure |\n|---|---|\n")[2]
    rows = [line.strip("| ").split(" | ") for line in table.partition("\n\n")[0].splitlines()]
    assert [figure for _, figure in rows] == bounds()
    assert f"over {body.WINDOW:g} seconds" in rows[2][0]
    parts = ("by itself", "bodies", "answers", "files", "timing", "peer")
    assert [int(figure) for figure in re.findall(r"\d+", rows[-1][0])] == [MAX_MB[part] for part in parts]


def test_tracks_and_subtitles_need_as_many_lines() -> None:
    """The page says "or tracks with fewer"."""
    assert track._FEWEST == fit._FEWEST
