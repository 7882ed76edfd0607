"""From a video, its episode and what is known of its media to what is wanted of a listing; and the same as JSON."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kotozoe.identify.counting.numbering import Rules
from kotozoe.identify.counting.seasons import SeasonRow
from kotozoe.identify.names.titles import Quality, sides, title_keys
from kotozoe.identify.names.words import MOVIE, SEASON_FOLDER
from kotozoe.model import Facts, SubtitleFile
from kotozoe.subtitles.ranking.file_names import read_name, zone_of
from kotozoe.subtitles.ranking.filename_groups import SECOND, extends
from kotozoe.subtitles.ranking.files import counted_season, keys_of, marks_of, pick_slots, plain_key, said_by
from kotozoe.subtitles.ranking.films import film_number, half_of
from kotozoe.subtitles.ranking.rank import Preferences, choose
from kotozoe.subtitles.ranking.siblings import Sibling, episodes_before, siblings_of
from kotozoe.subtitles.ranking.tags import read_tags, special_words, stands_beside
from kotozoe.subtitles.ranking.target import Elsewhere, RankingTarget, Start, nowhere

_VIDEO_EXTENSION = re.compile(r"\.[a-z0-9]{2,4}$", re.IGNORECASE)
_MAX_FOLDERS = 2
_SPECIAL_FORMATS = ("OVA", "SPECIAL")
_TELEVISION = ("TV", "TV_SHORT")


@dataclass(frozen=True, slots=True)
class Background:
    """What is known of the media apart from the listing. Nothing of it is needed; all of it makes the choice surer."""

    titles: tuple[str, ...] = ()
    other_titles: tuple[str, ...] = ()  # of other media of the same series
    count: int | None = None
    format: str | None = None
    starts: tuple[Start, ...] = ()
    elsewhere: Elsewhere = nowhere
    siblings: tuple[Sibling, ...] = ()
    before: int | None = None  # episodes of the series that went before, by its chain of prequels
    own_titles: tuple[str, ...] = ()  # those of `titles` that are no synonyms: these may be the whole series'


def starts_of(anilist_id: int | None, rules: Rules, seasons: Iterable[SeasonRow]) -> tuple[Start, ...]:
    """Return how longer counts reach the media: rules first, then the season map."""
    found: dict[Start, None] = {}
    for media, lines in rules.by_media.items():
        for line in lines:
            if line.target == anilist_id and media != anilist_id and not line.single:
                found[Start(None, line.first - line.begin)] = None
    for row in seasons:
        if row.anilist_id == anilist_id and row.first:
            found[Start(row.season, row.begin - row.first)] = None
    return tuple(found)


def ranking_target(
    video: str, episode: float | None, episode_end: float | None, names: Sequence[str], known: Background
) -> RankingTarget:
    """Say what is wanted for `video` (a path). `names` are those of the entry."""
    folders, _, base = video.replace("\\", "/").rstrip("/").rpartition("/")
    reading = read_name(_VIDEO_EXTENSION.sub("", base))
    slot = pick_slots([reading])[0]
    zone = zone_of(reading, slot)
    nearest = folders.split("/")[::-1][:_MAX_FOLDERS]
    if not plain_key(zone):
        zone = next((f for f in nearest if f and not SEASON_FOLDER.match(f)), "")
    _, _, said_season, part = said_by(zone)
    counted_in = slot.season if slot else None
    folder_season = next((int(m[1]) for f in nearest if (m := SEASON_FOLDER.match(f))), None)
    own_names = _own_names(names, known)
    entry_season, entry_part = _said_by_all((*own_names, *known.titles))
    season = counted_season(slot, said_season) or folder_season or entry_season
    titles = (*own_names, *known.titles)
    ahead = slot is not None and episode is not None and slot.first > episode
    later = max(season or 1, part or entry_part or 1) > 1 or (ahead and not known.titles)
    second = not ahead and (season or part or entry_part) == SECOND
    wider = later and _named_as_the_series(names, known.titles, zone, by_signs=second)
    film = known.format == "MOVIE" or (not known.titles and episode in (None, 1) and MOVIE.search(zone) is not None)
    single = episode is None or known.count == 1 or film
    own_marks = _marked(known.titles or (() if wider else names))
    host = _host(names, known)
    return RankingTarget(
        video=reading,
        tags=read_tags(reading.stem, slot.start if slot else 0),
        episode=episode,
        episode_end=episode_end,
        season=season,
        part=part or entry_part,
        claimed=slot.first if slot else None,
        counted_in=counted_in,
        named=_names_of_unnumbered(zone) if slot is None else frozenset(),
        video_keys=keys_of((zone,)),
        own=keys_of(titles),
        others=_whole_keys(known.other_titles) - keys_of(titles),
        count=known.count or (1 if known.format == "MOVIE" else None),
        starts=(*known.starts, *_starts_in_titles(known)),
        single=single,
        special=special_words(base)
        or counted_in == 0
        or known.format in _SPECIAL_FORMATS
        or any(special_words(n) for n in (titles if single else own_names)),
        special_video=special_words(zone) and not known.titles and not any(map(special_words, names)),
        own_marks=own_marks,
        other_marks=_marked(known.other_titles) - own_marks,
        known_elsewhere=known.elsewhere,
        entry=frozenset(key for key, _ in _marked(names)),
        wider=wider,
        borrowed=host is not None or _lent(names, known),
        host_count=host.count if host else None,
        before=known.before,
        sibling_marks=_sibling_marks(known) - own_marks,
        sibling_lengths=frozenset((k, s.count) for s in known.siblings if s.count for k, _ in _marked(s.titles)),
        own_titles=_full_keys(known.own_titles) - _full_keys(t for s in known.siblings for t in s.titles),
        titled=bool(known.titles),
        regular=known.format in _TELEVISION and known.count != 1,
        whole_titles=_whole_titles(known) if single else frozenset(),
        minor=any(map(stands_beside, (base, *titles))),
        own_numbers=_numbers_in((zone, *titles), slot.first if slot else None, _one_of_several_films(known)),
        film=film,
        film_number=film_number(zone, titles, slot.first if slot else None),
        half=next((half for t in (zone, *titles) if (half := half_of(t))), None),
        own_seasons=frozenset(s for t in titles if (s := said_by(t)[2])),
    )


def _own_names(names: Sequence[str], known: Background) -> tuple[str, ...]:
    """Leave out those names of an entry that are the very titles of another media of the series: files of several
    media may lie in the entry of one.
    """
    if not known.titles:
        return tuple(names)
    others = _full_keys(known.other_titles) - _full_keys(known.titles)
    return tuple(n for n in names if _full_keys((n,)).isdisjoint(others))


def _host(names: Sequence[str], known: Background) -> Sibling | None:
    """Return the other media of the series whose entry this is by its names, where none of them is the wanted one's."""
    entry = _marked(names)
    if not known.titles or entry & _marked(known.own_titles or known.titles):
        return None
    named = next((s for s in known.siblings if entry & _marked(s.titles)), None)
    if named or entry & _marked(known.titles):
        return named
    return next((s for s in known.siblings if entry & _marked(s.synonyms)), None)


def _lent(names: Sequence[str], known: Background) -> bool:
    """Say whether the entry bears the title of another media of the series that is known by its entry alone."""
    entry = frozenset(key for key, _ in _marked(names))
    if not known.titles or not entry or _marked(names) & _marked(known.titles):
        return False
    return entry <= known.elsewhere(entry).series


def _sibling_marks(known: Background) -> frozenset[tuple[str, str]]:
    """Return the titles of other shows of the series; not those of films and specials, which are no numbered files."""
    shows = [s for s in known.siblings if s.count != 1 and s.format != "MOVIE"]
    return _marked([t for s in shows for t in (*s.titles, *s.synonyms)])


def _full_keys(titles: Iterable[str]) -> frozenset[str]:
    return frozenset(rows[0].key for t in titles if (rows := title_keys(t)))


def _whole_titles(known: Background) -> frozenset[str]:
    others = _full_keys(known.other_titles)
    return frozenset(
        key for key in _full_keys(known.titles) if _telling(key) and not any(other.startswith(key) for other in others)
    )


def _telling(key: str) -> bool:
    return len(key) >= (8 if key.isascii() else 3)


def _named_as_the_series(names: Sequence[str], titles: Sequence[str], zone: str, *, by_signs: bool) -> bool:
    """Say whether an entry bears the name of the series where a later season is wanted. Two signs at the end of a name
    may be what tells the second season (`by_signs`): of a media without known titles, such a name is left alone.
    """
    entry = _marked(names)
    if not entry or _said_by_all(names) != (None, None):
        return False
    if titles:
        return not entry & _marked(titles) and any(key in keys_of(titles) for key, _ in entry)
    video = keys_of((zone,))
    if video and not any(key in video or extends(key, v) or extends(v, key) for key, _ in entry for v in video):
        return not by_signs  # in another language
    return any(key in video and (len(marks) <= 1 or not by_signs) for key, marks in entry)


def _one_of_several_films(known: Background) -> bool:
    return known.format == "MOVIE" and any(s.format == "MOVIE" for s in known.siblings)


_NUMBER = re.compile(r"(?<![\w.])\d{1,2}(?![\w.])")


def _numbers_in(titles: Iterable[str], claimed: float | None, several: bool) -> frozenset[int]:
    """Return the numbers that stand in titles of a media, "Movie 3", and the video's own. Where there is none: 1,
    unless the series has several films, of which any may be the first.
    """
    found = {int(n) for t in titles for n in _NUMBER.findall(unicodedata.normalize("NFKC", t))}
    found |= {int(claimed)} if claimed is not None else set()
    return frozenset(found or (set() if several else {1}))


def _whole_keys(titles: Iterable[str]) -> frozenset[str]:
    """Return the keys of whole titles, season words on and off. "The Movie" stays: what is left without it is the
    series' name more often than the film's.
    """
    return frozenset(row.key for t in titles for row in title_keys(t) if row.quality <= Quality.STRIPPED)


def _marked(titles: Iterable[str]) -> frozenset[tuple[str, str]]:
    return frozenset((title_keys(t)[0].key, marks_of(t)) for t in titles if title_keys(t))


_NUMBER_IN_TITLE = re.compile(r"第 ?(\d{1,2}) ?話|\bepisode (\d{1,2})\b", re.IGNORECASE)


def _starts_in_titles(known: Background) -> tuple[Start, ...]:
    """Return where an OVA begins in the count of its series, as its own titles say: "Title Episode 13"."""
    if known.format not in _SPECIAL_FORMATS:
        return ()
    found = (_NUMBER_IN_TITLE.search(t) for t in known.titles)
    return tuple(dict.fromkeys(Start(None, int(m[1] or m[2]) - 1) for m in found if m))


def _said_by_all(names: Sequence[str]) -> tuple[int | None, int | None]:
    for name in names:
        _, _, season, part = said_by(name)
        if season is not None or part is not None:
            return season, part
    return None, None


def _names_of_unnumbered(zone: str) -> frozenset[str]:
    """Return keys of the name, and of its last side, that a file for this video would carry."""
    keys = [plain_key(side) for side in (zone, *list(sides(zone))[-1:])]
    return frozenset(k for k in keys if _telling(k))


def choose_json(
    line: Mapping[str, Any], known: Background | None = None, preferences: Preferences | None = None
) -> dict[str, Any]:
    """Answer one request of `kotozoe choose --json -`. Raises ValueError, in words for a person, if it is not one."""
    files = tuple(_file(f) for f in _list(line, "files"))
    video, name = line.get("video"), line.get("entry_name") or ""
    episode = line.get("episode")
    if not isinstance(video, str) or not isinstance(name, str):
        raise ValueError('"video" and "entry_name" must be texts')  # noqa: TRY004 - one kind of error for a bad line
    if episode is not None and (not isinstance(episode, int | float) or isinstance(episode, bool)):
        raise ValueError('"episode" must be a number or null')
    wanted = ranking_target(video, episode, None, (name,) if name else (), known or Background())
    choice = choose(files, wanted, preferences or Preferences())
    return {
        "choice": choice.file.name if choice.file else None,
        "ranked": [{"name": r.file.name, "matches": list(r.matches)} for r in choice.ranked],
        "why": choice.why,
    }


def _list(line: Mapping[str, Any], key: str) -> list[Any]:
    value = line.get(key)
    if not isinstance(value, list):
        raise ValueError(f'"{key}" must be a list')  # noqa: TRY004 - as above
    return value


def _file(value: object) -> SubtitleFile:
    if isinstance(value, str):
        return SubtitleFile(value)
    if isinstance(value, dict) and isinstance(value.get("name"), str):
        size, modified = value.get("size", 0), value.get("last_modified", 0.0)
        return SubtitleFile(
            value["name"],
            size if isinstance(size, int) else 0,
            float(modified) if isinstance(modified, int | float) else 0.0,
        )
    raise ValueError('a file is a name, or {"name", "size", "last_modified"}')


_SERIES = frozenset({"SEQUEL", "PREQUEL", "PARENT", "SIDE_STORY", "SPIN_OFF", "ALTERNATIVE", "SUMMARY", "OTHER"})
_NEAR = frozenset({"SEQUEL", "PREQUEL", "PARENT", "SIDE_STORY"})


def series_of(anilist_id: int, facts: Mapping[int, Facts]) -> frozenset[int]:
    """Return the media that belong to the series of one, as far as `facts` tell: those that it names, and the nearest
    ones that these name, as a film and another film know each other by their show alone.
    """
    own = facts.get(anilist_id)
    related = {r.anilist_id for r in own.relations if r.kind in _SERIES} if own else set()
    beyond = {r.anilist_id for i in related if i in facts for r in facts[i].relations if r.kind in _NEAR}
    return frozenset(related | beyond) - {anilist_id}


def background_of(
    anilist_id: int,
    facts: Mapping[int, Facts],
    rules: Rules,
    seasons: Iterable[SeasonRow],
    elsewhere: Elsewhere = nowhere,
) -> Background:
    """Gather what helps choosing out of what is known; `facts` may hold the related media, too."""
    own = facts.get(anilist_id)
    seasons = tuple(seasons)
    starts = starts_of(anilist_id, rules, seasons)
    if own is None:
        return Background(starts=starts, elsewhere=elsewhere)
    series = series_of(anilist_id, facts)
    wider = (series | {row.anilist_id for row in seasons}) - {anilist_id}
    others = tuple(t for i in sorted(series) if i in facts for t in facts[i].titles)
    before = episodes_before(anilist_id, facts) if own.format in _TELEVISION else None
    if before == 0 and any((said_by(t)[2] or 1) > 1 for t in own.titles):
        before = None  # whose prequel is not known
    titles = (*own.titles, *own.synonyms)
    return Background(
        titles, others, own.episodes, own.format, starts, elsewhere, siblings_of(wider, facts), before, own.titles
    )
