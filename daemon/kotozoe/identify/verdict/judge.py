"""Weighing: hits become hypotheses, each with its evidence and what speaks against it, and stand in order."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from kotozoe.identify.names.numbers import YEAR, NumberPlace
from kotozoe.identify.names.reading import ParsedNumbers, Reading
from kotozoe.identify.names.titles import exact
from kotozoe.identify.verdict.counting_method import CountingMethod, EpisodeCandidate
from kotozoe.identify.verdict.episode_candidates import spots
from kotozoe.identify.verdict.evidence import UNREAD, confidence
from kotozoe.identify.verdict.films import of_later_part, unsaid_number
from kotozoe.identify.verdict.inquiry import Inquiry
from kotozoe.identify.verdict.matching import KIND_MARK, MatchQuality, TitleMatch, one_word, order
from kotozoe.identify.verdict.series import mapped_parts
from kotozoe.identify.verdict.unread import another_number, another_title, asked, begins, explains, foreign, unread
from kotozoe.model import MediaKey

MAX_MEDIA = 12  # that are looked at closely for one name
_MAX_SIBLINGS = 24
_TO_DISC = 3  # years from a film to its last disc
_LONG_TITLE = 4  # words
_WORDS_OF_A_TITLE = 2  # behind a number, that are no chance
_SOURCES = {"catalogue": 0, "facts": 0, "synonym": 1, "list": 2}
_YEAR_PLACE = 4  # of a standing
_MARK = re.compile(r" ?[(（](?:\d{4}|tv|ova|ona|movie)[)）]")
_BESIDE = frozenset({"OVA", "SPECIAL"})
_FORMATS = {  # as a mark in parentheses says them, "Title (OVA)"
    "ona": frozenset({"ONA"}),
    "movie": frozenset({"MOVIE"}),
    **dict.fromkeys(("ova", "oad", "special", "specials"), _BESIDE),
}
_SURE_WAYS = (CountingMethod.DIRECT, CountingMethod.MAPPED, CountingMethod.LISTED, CountingMethod.SINGLE)


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One possible answer. `standing` orders hypotheses, least first; equal standings cannot be told apart."""

    spot: EpisodeCandidate
    hit: TitleMatch
    standing: tuple[int, ...]
    unread: tuple[str, ...] = ()  # words of the title that no name of the media explains
    foreign: bool = False  # words in another script may be those of another media of the family
    marked: bool = False  # it has a namesake, and another name by which it is told from that

    @property
    def confidence(self) -> float:
        # a part of a name, and words behind the number: these may belong to another name that begins so
        cut_off = self.hit.reading.parsed.followed and self.hit.agreement >= MatchQuality.SIDE
        return UNREAD if self.unread or cut_off else confidence(self.hit.agreement, self.spot.way)

    @property
    def believed(self) -> bool:
        """Say whether no other media need be looked for that bears the title."""
        hit = self.hit
        if hit.agreement is MatchQuality.STATED:
            return True
        year = hit.reading.parsed.year
        dated = year is None or str(year) in hit.text or self.standing[_YEAR_PLACE] == 0
        named = hit.agreement <= MatchQuality.WHOLE and hit.own
        led_on = self.spot.way in (CountingMethod.FILM, CountingMethod.SPECIAL)  # "Title OVA" may be a name of its own
        whole = hit.exactly and hit.agreement <= MatchQuality.BARE and not (self.marked and year is None)
        open_ended = hit.reading.parsed.open_ended  # "Title 2" may be a name of its own
        return not (self.unread or self.foreign or led_on or open_ended) and dated and (whole or named)

    @property
    def dated(self) -> bool:
        """Say whether the name says the year in which the media, or its name, says it began."""
        return self.hit.reading.parsed.year is not None and self.standing[_YEAR_PLACE] == 0

    @property
    def pair(self) -> tuple[int, float]:
        return self.spot.pair


def _year(hit: TitleMatch, spot: EpisodeCandidate, anchor: int, inquiry: Inquiry, alone: bool) -> int | None:
    """Return 0 if the claimed year agrees, 1 if it says nothing, None if it speaks against.

    `alone`: nothing else bears the name, so that a year may be one off.
    """
    claimed, year = hit.reading.parsed.year, inquiry.year(spot.anilist_id)
    if claimed is None:
        return 1
    own = _years_in(hit.text)
    if claimed == year or _named_by_year(spot.anilist_id, claimed, inquiry) or claimed in own:
        return 0
    if own or hit.agreement >= MatchQuality.PREFIX:  # another year is its name; a loose likeness needs the year to hold
        return None
    if year is None:
        return 1 if alone and not _film_of_one_word(hit.reading) else None
    single = spot.way is CountingMethod.SINGLE
    near = abs(claimed - year) == 1 and (alone or single)
    # the year in which a disc of a film was sold, where its title is too long to be another's
    near = near or (single and 0 < claimed - year <= _TO_DISC and len(asked(hit.reading.title_text)) >= _LONG_TITLE)
    return 1 if near or claimed == inquiry.year(anchor) or claimed == _first_year(anchor, inquiry) else None


def _years_in(text: str) -> set[int]:
    return {int(m[1]) for m in YEAR.finditer(text)}


def _named_by_year(media: int, year: int, inquiry: Inquiry) -> bool:
    return any(year in _years_in(name) for name in inquiry.names(media))


def _film_of_one_word(reading: Reading) -> bool:
    """Say whether a name is that of a film, by one word and outside of a fansub's style: many films have the same."""
    return reading.parsed.place is NumberPlace.NONE and not reading.parsed.led and one_word(reading.title_text)


def _first_year(anchor: int, inquiry: Inquiry) -> int | None:
    parts = mapped_parts(inquiry, anchor)
    return inquiry.year(parts[0]) if parts else None


def _format(hit: TitleMatch, spot: EpisodeCandidate, inquiry: Inquiry) -> int:
    parsed = hit.reading.parsed
    if parsed.special:
        return 0 if inquiry.special_like(spot.anilist_id) else 1
    if parsed.movie or parsed.place is NumberPlace.NONE:
        return 0 if inquiry.format(spot.anilist_id) == "MOVIE" else 1
    return 0 if inquiry.tv_like(spot.anilist_id) else 1


def _season(hit: TitleMatch, spot: EpisodeCandidate) -> int:
    """Prefer what says the season itself; in a library that counts seasons as the map does, what the map says."""
    if hit.as_part:
        return 2
    if hit.season in (None, 1):
        return 0
    if hit.reading.parsed.library:
        return 0 if spot.way is CountingMethod.MAPPED else 1
    return (
        0
        if hit.own or (spot.way is CountingMethod.MAPPED and hit.reading.parsed.place is NumberPlace.SEASON_EPISODE)
        else 1
    )


def _another_spelling(hit: TitleMatch) -> bool:
    """Say whether the whole of a name was met but for its marks ("!!", "!?"), by which parts of a series differ."""
    parsed = hit.reading.parsed
    plain = parsed.season in (None, 1) and not parsed.movie and hit.agreement is MatchQuality.WHOLE
    return plain and not hit.exactly


def _way(way: CountingMethod) -> int:
    if way <= CountingMethod.RULE:
        return 0
    return 1 if way in _SURE_WAYS else 2 if way < CountingMethod.OPEN else 3


def _hypotheses(hit: TitleMatch, inquiry: Inquiry, alone: bool, kin: Collection[str]) -> Iterable[Hypothesis]:
    anchor = hit.media.anilist_id
    if anchor is None:
        return
    stated, marked = hit.agreement is MatchQuality.STATED, _marked(hit, inquiry)
    namesake = marked or _told_apart(hit, inquiry)
    for spot in spots(hit, anchor, inquiry):
        year = _year(hit, spot, anchor, inquiry, alone)
        if year is None or inquiry.lasts_otherwise(spot.anilist_id, _episodes(hit.reading.parsed)):
            continue
        names = () if stated else tuple(filter(None, (*inquiry.names(spot.anilist_id), hit.text, hit.base)))
        strange = foreign(hit.reading.title_text, names) if names else ()
        rest = _another_kind(hit, spot.anilist_id, inquiry) or _unread(hit, names, strange, kin)
        if spot.way is CountingMethod.FILM and of_later_part(anchor, inquiry):
            rest = rest or unread(hit.text, inquiry.names(spot.anilist_id))
        standing = (
            bool(rest),
            hit.agreement,
            hit.reading.folder,
            -hit.length,
            year,
            _another_spelling(hit),
            _format(hit, spot, inquiry),
            _season(hit, spot),
            hit.agreement is MatchQuality.SIDE and not hit.exactly,
            _way(spot.way),
            hit.source == "list",  # its English names are often those of the whole series
            not hit.exactly,
            marked,
            hit.reading.parsed.place,
            not hit.same_text,
            _SOURCES[hit.source],
        )
        yield Hypothesis(spot, hit, standing, rest, bool(strange), namesake)


def _confirmed(hit: TitleMatch, inquiry: Inquiry) -> TitleMatch:
    """Return the hit as one of a title of its own, where what the list of titles says is known to be one."""
    facts = inquiry.knowledge.facts(hit.media.anilist_id or 0)
    if hit.source != "list" or facts is None or hit.text not in facts.titles:
        return hit
    return replace(hit, source="facts", exactly=hit.exactly or (hit.agreement is MatchQuality.WHOLE and hit.same_text))


def _namesakes(hits: Collection[TitleMatch], inquiry: Inquiry) -> Iterable[TitleMatch]:
    """Yield hits for media of the series that bear exactly the name that was met: split seasons often share one."""
    met = {h.media for h in hits}
    for hit in hits:
        media = hit.media.anilist_id
        if media is None or not hit.exactly or hit.agreement > MatchQuality.BARE:
            continue
        for other in around(media, inquiry):
            facts, key = inquiry.facts(other), MediaKey("anilist", str(other))
            if key not in met and facts is not None and hit.text in facts.titles:
                yield replace(hit, media=key, source="facts")


def _marked(hit: TitleMatch, inquiry: Inquiry) -> bool:
    """Say whether a name of the media is the title with a mark that tells it from a namesake: "(2022)", "(TV)"."""
    title = exact(hit.text)
    rests = (exact(name).removeprefix(title) for name in inquiry.names(hit.media.anilist_id or 0))
    return hit.agreement <= MatchQuality.BARE and any(_MARK.fullmatch(rest) for rest in rests)


def _told_apart(hit: TitleMatch, inquiry: Inquiry) -> bool:
    """Say whether any other name of the media has such a mark: its namesake may bear this name as well."""
    names = map(exact, inquiry.names(hit.media.anilist_id or 0))
    return not _MARK.search(exact(hit.text)) and any(_MARK.search(name) for name in names)


def _episodes(parsed: ParsedNumbers) -> float:
    """Return how many episodes the file is said to hold."""
    return 1.0 if parsed.episode is None or parsed.episode_end is None else parsed.episode_end - parsed.episode + 1


def _another_kind(hit: TitleMatch, media: int, inquiry: Inquiry) -> tuple[str, ...]:
    """Return the word by which a name, or the folder of films it lies in, says another kind of work than the media."""
    if hit.reading.parsed.among_films and not inquiry.single(media):
        return ("movie",)
    if hit.reading.parsed.movie and not hit.reading.parsed.episode and hit.agreement is MatchQuality.BARE:
        return unsaid_number(hit.reading.title_text, media, inquiry)
    mark, kind = KIND_MARK.search(hit.reading.own or hit.reading.title_text), inquiry.format(media)
    if mark is None or kind is None or kind in _FORMATS.get(mark[0][1:-1].casefold(), (kind,)):
        return ()
    return () if any(mark[0].casefold() in name.casefold() for name in inquiry.names(media)) else (mark[0],)


def _unread(hit: TitleMatch, names: tuple[str, ...], strange: tuple[str, ...], kin: Collection[str]) -> tuple[str, ...]:
    """Return what is not explained; `strange`, in another script, if one of `kin`, the family's names, bears it."""
    own, season = hit.reading.own, hit.reading.parsed.season
    if names and (other := another_title(own, names) or another_number(own, season, names)):
        return other
    if names and (other := _of_special(hit.reading, names)):
        return other
    if hit.agreement in (MatchQuality.STATED, MatchQuality.NEAR):  # what is spelt otherwise has the same words
        return ()
    if hit.exactly and hit.agreement is MatchQuality.WHOLE:
        return ()
    if left := unread(hit.reading.title_text, names):
        return left
    return strange if kin and explains(strange, kin) else ()


def _of_special(reading: Reading, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words of the title of its own that an unnumbered special has ("Title OVA - Words"), if unexplained."""
    bare = reading.parsed.special and reading.parsed.place is NumberPlace.NONE
    return unread(f"{reading.title_text} {reading.after}", names) if bare and reading.after else ()


def shortlist(hits: Iterable[TitleMatch]) -> tuple[TitleMatch, ...]:
    """Keep the hits of the first media in order; a side of a title text counts only if the whole of it met nothing."""
    kept: list[TitleMatch] = []
    media: dict[str, None] = {}
    whole = {h.reading.title_text for h in hits if h.agreement < MatchQuality.SIDE and h.anime}
    borne: dict[str, MatchQuality] = {}  # the title texts that are exactly the title of a media
    for hit in hits:
        if hit.agreement < MatchQuality.SIDE and hit.anime and hit.exactly:
            borne[hit.reading.title_text] = min(hit.agreement, borne.get(hit.reading.title_text, hit.agreement))
    whole_names = {
        (h.reading.title_text, h.reading.parsed.place) for h in hits if h.exactly and h.agreement is MatchQuality.WHOLE
    }
    whole_names |= {(h.text, NumberPlace.NONE) for h in hits if h.anime and h.agreement <= MatchQuality.BARE}
    for hit in sorted(hits, key=order):
        if not hit.anime or (
            hit.agreement in (MatchQuality.SIDE, MatchQuality.CUT) and hit.reading.title_text in whole
        ):
            continue
        if hit.reading.folder and hit.agreement > MatchQuality.BARE and begins(hit.reading.title_text, hit.reading.own):
            continue
        if hit.reading.parsed.place is NumberPlace.BARE and any(_of_title(hit.reading, *one) for one in whole_names):
            continue
        if hit.reading.title_text in borne and _mere_likeness(hit, borne[hit.reading.title_text]):
            continue
        media[str(hit.media)] = None
        if len(media) > MAX_MEDIA:
            break
        kept.append(hit)
    return tuple(kept)


def _of_title(reading: Reading, title: str, place: NumberPlace) -> bool:
    """Say whether the number of a reading is a word of `title`, which the name bears in full, before another number or
    a further word.
    """
    number = f"{reading.parsed.episode:g}" if reading.parsed.episode is not None else ""
    rest = title[len(reading.title_text) :] if title.casefold().startswith(reading.title_text.casefold()) else ""
    ended = place <= NumberPlace.DASH or re.search(r"[^\W\d_]", rest) is not None
    return bool(number) and number in re.findall(r"\d+", rest) and ended


def _mere_likeness(hit: TitleMatch, borne: MatchQuality) -> bool:
    """Say whether a hit says nothing beside a media that has exactly the title, and no such episode."""
    parsed = hit.reading.parsed
    if parsed.special or parsed.movie:  # those of a title have longer names
        return False
    if hit.agreement in (MatchQuality.NEAR, MatchQuality.PART):
        return True
    less = hit.agreement is MatchQuality.PREFIX or (hit.agreement < MatchQuality.SIDE and not hit.exactly)
    return parsed.place is NumberPlace.NONE and (less or borne < hit.agreement < MatchQuality.SIDE)


def gather(hits: Iterable[TitleMatch], inquiry: Inquiry) -> None:
    """Ask in one go for what will be needed of the media in question and of those around them."""
    for media in dict.fromkeys(h.media.anilist_id for h in hits):
        if media is None:
            continue
        inquiry.facts(media)
        for sibling in around(media, inquiry):
            inquiry.facts(sibling)


def around(media: int, inquiry: Inquiry) -> tuple[int, ...]:
    """Return the media of the series that the season map and the relation rules know."""
    mapped = (r.anilist_id for r in inquiry.seasons(media) if r.season > 0)
    return tuple(dict.fromkeys((*mapped, *sorted(inquiry.rules.targets(media)))))[:_MAX_SIBLINGS]


def _of_other_year(hit: TitleMatch, inquiry: Inquiry) -> bool:
    """Say whether nothing of the media's series began in the year that the name says."""
    claimed, media = hit.reading.parsed.year, hit.media.anilist_id
    if claimed is None or media is None or str(claimed) in hit.text:
        return False
    years = {inquiry.year(m) for m in (media, *mapped_parts(inquiry, media))}
    return None not in years and min(abs(claimed - (y or 0)) for y in years) > 1


def _of_unknown_year(hit: TitleMatch, inquiry: Inquiry) -> bool:
    claimed, media = hit.reading.parsed.year, hit.media.anilist_id
    if claimed is None or media is None or inquiry.year(media) is not None or str(claimed) in hit.text:
        return False
    return not _named_by_year(media, claimed, inquiry)


def _alone(hit: TitleMatch, hits: Iterable[TitleMatch], inquiry: Inquiry) -> bool:
    """Say whether no other media of exactly this name may be of the claimed year."""
    claimed = hit.reading.parsed.year
    others = {h.media.anilist_id for h in hits if h.exactly and h.media != hit.media and h.text == hit.text}
    years = [inquiry.year(m) for m in others if m is not None]
    return claimed is None or not any(y is None or abs(y - claimed) <= 1 for y in years)


def weigh(hits: Iterable[TitleMatch], inquiry: Inquiry) -> tuple[Hypothesis, ...]:
    """Return the hypotheses in order, the best one for each media and episode."""
    best: dict[tuple[int, float], Hypothesis] = {}
    hits = tuple(_confirmed(h, inquiry) for h in hits)
    other_year = min((h.agreement for h in hits if _of_other_year(h, inquiry)), default=None)
    kin: dict[str, list[str]] = {}
    for hit in hits:
        if hit.agreement is MatchQuality.KIN:
            kin.setdefault(hit.reading.title_text, []).append(hit.text)
    hits = (*hits, *_namesakes(hits, inquiry))
    undated = {h.media for h in hits if h.exactly and _of_unknown_year(h, inquiry)}
    dated = all(_of_other_year(h, inquiry) for h in hits if h.exactly and h.media not in undated)
    for hit in hits:
        sole = dated and hit.media in undated and len(undated) == 1  # all others of the name are of other years
        if other_year is not None and hit.agreement >= other_year and _of_unknown_year(hit, inquiry) and not sole:
            continue  # the known bearer of this name is of another year: so may this one be
        for hypothesis in _hypotheses(hit, inquiry, _alone(hit, hits, inquiry), kin.get(hit.reading.title_text, ())):
            held = best.get(hypothesis.pair)
            if held is None or hypothesis.standing < held.standing:
                best[hypothesis.pair] = hypothesis
    left = (h for h in best.values() if not any(_outdone(h, other, inquiry) for other in best.values()))
    return tuple(sorted(left, key=lambda h: (h.standing, h.pair)))


def _outdone(one: Hypothesis, other: Hypothesis, inquiry: Inquiry) -> bool:
    """Say whether another media's name explains more of what a name says: the words behind the number, "Title - 4 -
    More Words", or the name's own title, where only its folder's was met.
    """
    mine, its = one.hit.reading, other.hit.reading
    if other.unread or one.spot.anilist_id == other.spot.anilist_id or one.hit.agreement is MatchQuality.STATED:
        return False
    if mine.folder and not its.folder:
        met = mine.own == its.title_text and other.hit.agreement <= MatchQuality.SIDE
        return met and not explains(asked(mine.own), (*inquiry.names(one.spot.anilist_id), one.hit.text))
    if mine.parsed.place is NumberPlace.NONE or its.parsed.place is not NumberPlace.NONE:
        return False
    rest = its.title_text.removeprefix(mine.title_text)
    more = other.hit.agreement <= MatchQuality.BARE and rest not in ("", its.title_text)
    return more and len(asked(rest)) >= _WORDS_OF_A_TITLE
