"""A verdict as the JSON that scripts rely on, and as a sentence."""

from __future__ import annotations

from kotozoe.model import Verdict
from kotozoe.printable import printable


def verdict_record(path: str, verdict: Verdict) -> dict[str, object]:
    """Return what `identify --json` says of one path; these keys are a promise."""
    ref = verdict.ref if verdict.status == "resolved" else None
    whole = 1.0 if ref and ref.episode is None else None
    return {
        "path": path,
        "status": verdict.status,
        "anilist_id": ref.media.anilist_id if ref else None,
        "tmdb_id": ref.media.tmdb_id if ref else None,
        "entry_id": verdict.entry_id if ref else None,
        "episode": _number(whole or ref.episode) if ref else None,
        "episode_end": _number(ref.episode_end) if ref else None,
        "title": verdict.title if ref else None,
        "kind": verdict.kind if ref else None,
        "confidence": round(verdict.confidence, 3),
        "why": verdict.why,
    }


def verdict_sentence(verdict: Verdict) -> str:
    record = verdict_record("", verdict)
    if verdict.ref is None or verdict.status != "resolved":
        return f"{verdict.status}: {printable(verdict.why)}"
    part = "" if verdict.kind == "movie" else f", episode {record['episode']}"
    end = f"-{record['episode_end']}" if record["episode_end"] is not None else ""
    title, why = printable(verdict.title), printable(verdict.why)
    return f"{title}{part}{end} ({verdict.ref.media}): {why.removeprefix(f'{title}: ')}"


def _number(episode: float | None) -> float | None:
    return int(episode) if episode is not None and episode == int(episode) else episode
