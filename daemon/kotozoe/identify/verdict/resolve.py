"""The pure step: what a name says and what is known -> the best present answer, and what would change it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from kotozoe.identify.names.identify import Identified
from kotozoe.identify.names.searchable import likeliest, search_titles
from kotozoe.identify.names.words import LIVE_ACTION
from kotozoe.identify.verdict import explained
from kotozoe.identify.verdict.evidence import BAR, TITLE_WORDS, WAY_WORDS
from kotozoe.identify.verdict.inquiry import Inquiry
from kotozoe.identify.verdict.judge import Hypothesis, gather, shortlist, weigh
from kotozoe.identify.verdict.knowledge import Knowledge, Want, WantFacts, WantListing, WantSearch
from kotozoe.identify.verdict.matching import MatchQuality, TitleMatch, order
from kotozoe.identify.verdict.pinned import pinned
from kotozoe.identify.verdict.publishing import published
from kotozoe.identify.verdict.relatives import kin_hits
from kotozoe.identify.verdict.stated import stated_alone, stated_hits
from kotozoe.identify.verdict.ties import in_time, rivals
from kotozoe.identify.verdict.title_matches import exact_hits, found_hits, near_hits, unclaimed
from kotozoe.model import Candidate, EpisodeRef, Kind, MediaKey, Verdict
from kotozoe.printable import printable


@dataclass(frozen=True, slots=True)
class Resolution:
    """The present verdict, and what would have to be known to better it; none: it is final."""

    verdict: Verdict
    wants: tuple[Want, ...] = ()


Step = Callable[[Identified, Inquiry, tuple[TitleMatch, ...]], tuple[TitleMatch, ...]]


def resolve(identified: Identified, knowledge: Knowledge) -> Resolution:
    """Decide from scratch; the same arguments always give the same answer."""
    if identified.skip:
        return Resolution(Verdict("skipped", _sentence(identified.skip), release=identified.release))
    inquiry = Inquiry(knowledge)
    trace: list[str] = []
    verdict = pinned(identified, knowledge.pins, inquiry) or _decide(identified, inquiry, trace)
    if inquiry.wants:
        return Resolution(verdict, tuple(inquiry.wants))
    return Resolution(replace(verdict, trace=explained.sentences((explained.read_as(identified), *verdict.trace))))


def _decide(identified: Identified, inquiry: Inquiry, trace: list[str]) -> Verdict:
    """Go from what costs nothing to what costs a request; stop where something is wanted first."""
    hits: tuple[TitleMatch, ...] = ()
    ranked: tuple[Hypothesis, ...] = ()
    identified = replace(identified, readings=unclaimed(identified.readings, inquiry))
    for step in (_stated, _exact, _near, _search, _kin):
        if _needless(step, ranked) or (step is _search and not _may_ask(identified, inquiry, hits, ranked)):
            continue
        more = step(identified, inquiry, hits)
        if inquiry.wants:
            break
        if LIVE_ACTION.search(identified.name):
            more = tuple(h for h in more if not h.anime or h.agreement is MatchQuality.STATED)
        hits = (*hits, *more)
        if step is _exact and identified.extra and not _titled(hits, identified.extra):
            return Verdict(
                "skipped", _sentence(f"it is an extra, not an episode ({identified.extra})"), release=identified.release
            )
        if step is _exact and (live := _live_action(hits)) is not None:
            return _live_verdict(identified, live, inquiry, trace)
        if step is _stated and (alone := stated_alone(identified, hits, inquiry)):
            trace.append(explained.step(step.__name__, hits, alone, inquiry))
            return _verdict(identified, alone, inquiry, trace)
        short = shortlist(hits)
        gather(short, inquiry)
        if inquiry.wants:
            break
        ranked = weigh(short, inquiry)
        trace.append(explained.step(step.__name__, short, ranked, inquiry))
        if ranked and _settled(ranked, inquiry):
            break
    return _verdict(identified, ranked, inquiry, trace, hits)


def _needless(step: Step, ranked: tuple[Hypothesis, ...]) -> bool:
    """Say whether a likeness is there that neither spelling nor the family can better."""
    clear = bool(ranked) and not ranked[0].unread and ranked[0].hit.agreement <= MatchQuality.SIDE
    return clear and (step is _near or (step is _kin and not ranked[0].foreign))


def _settled(ranked: tuple[Hypothesis, ...], inquiry: Inquiry) -> bool:
    """Say whether the best answer needs no further look-up."""
    best = ranked[0]
    return best.believed and len(rivals(ranked, inquiry)) == 1


def _stated(identified: Identified, inquiry: Inquiry, _: tuple[TitleMatch, ...]) -> tuple[TitleMatch, ...]:
    return stated_hits(identified, inquiry)


def _exact(identified: Identified, inquiry: Inquiry, _: tuple[TitleMatch, ...]) -> tuple[TitleMatch, ...]:
    return exact_hits(identified.readings, inquiry)


def _titled(hits: Iterable[TitleMatch], word: str) -> bool:
    """Say whether the word is part of a known title that the name gives in full."""
    return any(
        h.agreement <= MatchQuality.WHOLE and word in h.reading.title_text and word.casefold() in h.text.casefold()
        for h in hits
    )


def _near(identified: Identified, inquiry: Inquiry, _: tuple[TitleMatch, ...]) -> tuple[TitleMatch, ...]:
    zones = {r.title_text for r in likeliest(identified)}
    return near_hits((r for r in identified.readings if r.title_text in zones), inquiry)


def _search(identified: Identified, inquiry: Inquiry, _: tuple[TitleMatch, ...]) -> tuple[TitleMatch, ...]:
    """Ask AniList who bears the title."""
    found = [f for title in search_titles(identified) for f in inquiry.searched(title)]
    return found_hits(identified.readings, found, inquiry)


def _may_ask(
    identified: Identified, inquiry: Inquiry, hits: tuple[TitleMatch, ...], ranked: tuple[Hypothesis, ...]
) -> bool:
    """Say whether the title may be sent to AniList: it would be answered unasked, or it is like a known title.

    What is like none is sent only if it looks like a release, and like one of anime. A mere spelling is no likeness
    where the year speaks against it.
    """
    if ranked and ranked[0].confidence >= BAR:
        return True
    alike = any(h.agreement is not MatchQuality.NEAR or ranked for h in hits)
    if identified.looks_like_release and (identified.as_anime or alike):
        return True
    return any(h.agreement <= MatchQuality.BARE for h in hits) or (
        (alike or not hits) and bool(near_hits(likeliest(identified), inquiry))
    )


def _kin(_: Identified, inquiry: Inquiry, hits: tuple[TitleMatch, ...]) -> tuple[TitleMatch, ...]:
    return kin_hits(shortlist(hits), inquiry)


def _live_action(hits: Iterable[TitleMatch]) -> TitleMatch | None:
    """Return the live-action entry that the whole title names, if no anime is named so."""
    exact = [h for h in sorted(hits, key=order) if h.agreement <= MatchQuality.BARE]
    if not exact or any(h.anime for h in exact):
        return None
    level = {h.media for h in exact if (h.agreement, h.reading.folder) == (exact[0].agreement, exact[0].reading.folder)}
    return exact[0] if len(level) == 1 else None


def _live_verdict(identified: Identified, hit: TitleMatch, inquiry: Inquiry, trace: list[str]) -> Verdict:
    entry = inquiry.entry_of(hit.media)
    parsed = hit.reading.parsed
    movie = entry is not None and entry.movie
    if entry is None or (parsed.episode is None and not movie):
        return Verdict(
            "unknown",
            "The name fits a live-action entry but says no episode.",
            release=identified.release,
            trace=tuple(trace),
        )
    ref = EpisodeRef(hit.media, 1 if movie else parsed.episode, parsed.episode_end)
    why = f"{printable(entry.name)} is a live-action entry of exactly this name, and no anime is called so."
    kind: Kind = "movie" if movie else "tv"
    return Verdict("resolved", why, ref, entry.entry_id, entry.name, kind, 0.9, identified.release, tuple(trace))


def _verdict(
    identified: Identified,
    ranked: tuple[Hypothesis, ...],
    inquiry: Inquiry,
    trace: list[str],
    fallen: tuple[TitleMatch, ...] = (),
) -> Verdict:
    trouble = _trouble(inquiry.knowledge)
    if not ranked:
        why = (_misfit(inquiry) or explained.why_nothing(fallen, inquiry)) + (f"; {trouble}" if trouble else "") + "."
        return Verdict("unknown", why, release=identified.release, trace=tuple(trace))
    level = in_time(ranked, published(identified.release.group, identified.name), inquiry)
    candidates = tuple(_candidate(h, inquiry) for h in dict.fromkeys((*level, *ranked)))[:8]
    best = level[0]
    if len(level) > 1 or best.confidence < BAR:
        why = _doubt(level, best, inquiry) + (f" {_sentence(trouble)}" if trouble else "")
        return Verdict("ambiguous", why, release=identified.release, trace=tuple(trace), candidates=candidates)
    entry = inquiry.entry(best.spot.anilist_id)
    title = candidates[0].title
    why = f"{printable(title)}: {TITLE_WORDS[best.hit.agreement]}, and {WAY_WORDS[best.spot.way]}."
    return Verdict(
        "resolved",
        why,
        candidates[0].ref,
        entry.entry_id if entry is not None else None,
        title,
        _kind(best, inquiry),
        best.confidence,
        identified.release,
        tuple(trace),
        candidates[1:],
    )


def _misfit(inquiry: Inquiry) -> str:
    """Return what the length of the video speaks against, "" for nothing."""
    for media, minutes in inquiry.misfits.items():
        title, seconds = printable(inquiry.told_title(media), 80), inquiry.knowledge.seconds or 0
        return f"{title} fits the name, but lasts {minutes} minutes, and this video {seconds / 60:.0f}"
    return ""


def _doubt(level: tuple[Hypothesis, ...], best: Hypothesis, inquiry: Inquiry) -> str:
    names = [printable(inquiry.told_title(h.spot.anilist_id), 80) for h in level[:3]]
    if len(level) > 1:
        return f"The name fits {' and '.join(names)} equally well."
    evidence = f"{TITLE_WORDS[best.hit.agreement]}, and {WAY_WORDS[best.spot.way]}"
    return f"Probably {names[0]}, but too unsure to answer: {evidence}."


def _candidate(hypothesis: Hypothesis, inquiry: Inquiry) -> Candidate:
    spot, parsed = hypothesis.spot, hypothesis.hit.reading.parsed
    end = None
    if parsed.episode_end is not None and parsed.episode is not None:
        end = spot.episode + parsed.episode_end - parsed.episode
    ref = EpisodeRef(MediaKey("anilist", str(spot.anilist_id)), spot.episode, end)
    evidence = f"{TITLE_WORDS[hypothesis.hit.agreement]}; {WAY_WORDS[spot.way]}"
    return Candidate(ref, inquiry.told_title(spot.anilist_id), evidence, hypothesis.confidence)


def _kind(best: Hypothesis, inquiry: Inquiry) -> Kind:
    kind = inquiry.told_format(best.spot.anilist_id)
    if kind == "MOVIE":
        return "movie"
    return "special" if kind in ("OVA", "SPECIAL") else "tv"


def _trouble(knowledge: Knowledge) -> str:
    """Return why a remote want was not answered, if one was not."""
    remote = (WantFacts, WantSearch, WantListing)
    return next((reason for want, reason in knowledge.unanswered.items() if isinstance(want, remote)), "")


def _sentence(text: str) -> str:
    text = printable(text, 300)
    return f"{text[:1].upper()}{text[1:]}." if text and not text.endswith(".") else text
