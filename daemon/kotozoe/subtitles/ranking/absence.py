"""Why no file of an entry serves, in one sentence, and whether one may come yet."""

from __future__ import annotations

from collections.abc import Sequence

from kotozoe.subtitles.ranking.episode_offsets import NumberingFit
from kotozoe.subtitles.ranking.files import FileReading
from kotozoe.subtitles.ranking.target import RankingTarget


def _span(first: float, last: float) -> str:
    return f"{first:g}" if first == last else f"{first:g}-{last:g}"


def _held(readings: Sequence[FileReading]) -> list[tuple[float, float]]:
    """Return the episodes of the wanted media that files hold, as ranges without gaps, in order."""
    ranges = sorted(
        (r.first, r.last)
        for r in readings
        if r.fit is not NumberingFit.OTHER and r.first is not None and r.last is not None and r.last >= 0
    )
    held: list[tuple[float, float]] = []
    for first, last in ranges:
        if held and first <= held[-1][1] + 1:
            held[-1] = (held[-1][0], max(last, held[-1][1]))
        else:
            held.append((max(first, 0.0), last))
    return held


def _spans(held: Sequence[tuple[float, float]]) -> str:
    spans = [_span(*h) for h in held]
    if len(spans) > _MAX_SPANS:
        spans = [*spans[: _MAX_SPANS - 1], f"others up to {held[-1][1]:g}"]
    return ", ".join(spans)


_MAX_SPANS = 4


def what_instead(readings: Sequence[FileReading], wanted: RankingTarget) -> tuple[str, bool]:
    """Say what the entry holds instead, and whether it ends before the wanted episode, so that this may come."""
    if not readings:
        return "the entry is empty", False
    held = _held(readings)
    if not held:
        return f"no file for {sought(wanted)}: what the entry holds is named as something else", False
    if wanted.episode is None:
        return f"no file for this video: the entry holds episodes {_spans(held)}", False
    end = wanted.episode_end or wanted.episode
    whole = wanted.episode.is_integer() if isinstance(wanted.episode, float) else True
    if whole and any(first <= wanted.episode and end <= last for first, last in held):
        return f"no one file holds {sought(wanted)}: the entry has parts of that only", False
    yet = end > held[-1][1]
    return f"no file for {sought(wanted)}{' yet' if yet else ''}: the entry holds {_spans(held)}", yet


def in_another_language(
    languages: Sequence[Sequence[str]], readings: Sequence[FileReading], wanted: RankingTarget
) -> tuple[str, bool]:
    """Say that the files of the episode are in other languages by their names, `languages` those of each, and whether
    one in a language that is wanted may come: these `readings` end before the episode.
    """
    number = len(languages)
    which = "the only one is, by its name" if number == 1 else f"all {number} are, by their names"
    names = dict.fromkeys(_LANGUAGES.get(language, language) for said in languages for language in said)
    held, end = _held(readings), wanted.episode_end or wanted.episode
    yet = end is not None and (not held or end > held[-1][1])
    return f"no file for {sought(wanted)}{' yet' if yet else ''}: {which}, in {' or '.join(names)} only", yet


_LANGUAGES = {"zh": "Chinese", "en": "English", "ko": "Korean"}


def sought(wanted: RankingTarget) -> str:
    if wanted.episode is None:
        return "this video"
    end = wanted.episode_end or wanted.episode
    return f"episode{'s' if end != wanted.episode else ''} {_span(wanted.episode, end)}"
