"""Which of the files that hold the episode is best for this video, by rules in order.

Each rule gives a file a grade; the first rule by which two files differ decides. No weights. Names order: what is of
another episode never gets here, and of what does, only files in another language by their names are left to the user's
hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from kotozoe.model import Ranked, SubtitleFile
from kotozoe.printable import printable
from kotozoe.subtitles.ranking.absence import in_another_language, sought, what_instead
from kotozoe.subtitles.ranking.file_names import ARCHIVE_FORMATS, TEXT_FORMATS, offered, read_name
from kotozoe.subtitles.ranking.filename_groups import FamilyKey, Naming, extends, naming, shares
from kotozoe.subtitles.ranking.files import FileReading, covering, read_listing
from kotozoe.subtitles.ranking.tags import Tags, picture_words, read_tags
from kotozoe.subtitles.ranking.target import RankingTarget

RULES = (
    "picked",
    "fit",
    "title",
    "like",
    "checksum",
    "name",
    "language",
    "full",
    "plain",
    "avoid",
    "prefer",
    "text",
    "single",
    "group",
    "source",
    "version",
    "pure",
    "format",
    "captions",
    "timing",
    "newest",
)


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the user likes. `formats` best first; `captions` True: closed captions first, False: last, None: no matter.
    `rules` is the order of all rules; those not named follow in their usual order. `picked` is the file that the user
    chose for this video, `like` the one that was chosen last for another video of the entry. `strip` says which labels
    are taken out of its text, and orders nothing.
    """

    languages: tuple[str, ...] = ("ja",)
    formats: tuple[str, ...] = ()
    captions: bool | None = None
    rules: tuple[str, ...] = RULES
    prefer_groups: tuple[str, ...] = ()
    avoid_groups: tuple[str, ...] = ()
    picked: str = ""
    like: str = ""
    strip: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """The best file, or None; all that may serve, best first; and why in a sentence.

    `yet`: nothing serves now, but the entry ends before the episode, so it may come. `by_hand`: files of the episode in
    a language that is not wanted, by their names, which the user may pick all the same.
    """

    file: SubtitleFile | None
    ranked: tuple[Ranked, ...]
    why: str
    yet: bool = False
    by_hand: tuple[Ranked, ...] = ()


@dataclass(frozen=True, slots=True)
class _Seen:
    """A candidate beside the video."""

    reading: FileReading
    tags: Tags
    wanted: RankingTarget
    preferences: Preferences
    alone: bool  # no family of that title stands in the listing
    in_time: bool  # it is known to need no retiming


def _title(seen: _Seen) -> float:
    """3: named as the video, which goes on from another title; 2: as the media, or in a way that cannot be compared;
    above 1: as the beginning of what the video is called; 1.5: a pack of the media, whose name says little; 1: alone
    here under its name, or with nothing of the media's in it; 0: as the media, and more.
    """
    how = naming(seen.reading.key, seen.wanted)
    if how is Naming.LONGER:
        return 0
    if how is Naming.SHORTER:  # the more of what the video is called, the better
        return 1 + _begun(seen.reading.key, seen.wanted.video_keys)
    if seen.reading.name.archive:
        return 1.5 if how >= Naming.OWN else 0
    if how is Naming.EXACT and any(extends(v, o) for v in seen.wanted.video_keys for o in seen.wanted.own):
        return 3
    zone = seen.reading.key.full
    if how is not Naming.UNKNOWN or not zone:
        return 2
    if any(zone.endswith(k) for k in seen.wanted.video_keys if len(k) >= _TELLING):  # with more in front
        return 1
    alike = [k for k in seen.wanted.video_keys | seen.wanted.own if k.isascii() == zone.isascii()]
    strange = bool(alike) and (seen.alone or not any(shares(zone, k) for k in alike))
    return 1 if strange else 2


_TELLING = 8  # letters of a key


def _begun(key: FamilyKey, names: Collection[str]) -> float:
    """Return how much of the video's name a title is the beginning of, below 1."""
    return max((len(z) / len(v) for v in names for z in (key.title, key.full) if extends(v, z)), default=0.0)


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _name(seen: _Seen) -> int:
    """1 if the file is named like the video, tags of language and copies aside, in a language that is wanted."""
    if not _language(seen):
        return 0
    video, file = seen.wanted.video, seen.reading.name
    base = _letters(file.stem[: seen.tags.kept])
    return int(bool(base) and _letters(video.stem) in (base, _letters(file.stem)))


_GROUP_AT_END = re.compile(r"-([A-Za-z0-9]{2,20})$")


def _groups(group: str, stem: str, tags: Tags) -> frozenset[str]:
    """Return the groups that a name tells, in front in brackets or behind a dash at the end."""
    if group:
        return frozenset(_letters(g) for g in re.split(r"[&+]|-(?=[A-Z])", group)) - {""}
    found = _GROUP_AT_END.search(stem[: tags.kept])
    return frozenset({_letters(found[1])}) if found and not found[1].isdigit() else frozenset()


def _file_groups(seen: _Seen) -> frozenset[str]:
    return _groups(seen.reading.name.group, seen.reading.name.stem, seen.tags)


def _group(seen: _Seen) -> int:
    video = seen.wanted.video
    return len(_file_groups(seen) & _groups(video.group, video.stem, seen.wanted.tags))


def _wished_group(groups: Sequence[str]) -> frozenset[str]:
    return frozenset(_letters(g) for g in groups)


def _avoid(seen: _Seen) -> int:
    return -int(bool(_file_groups(seen) & _wished_group(seen.preferences.avoid_groups)))


def _prefer(seen: _Seen) -> int:
    wished = [_letters(g) for g in seen.preferences.prefer_groups]
    places = [len(wished) - i for i, g in enumerate(wished) if g in _file_groups(seen)]
    return max(places, default=0)


_NUMBERS = re.compile(r"\[[0-9A-Fa-f]{8}\]|\d+")  # what differs from episode to episode, checksums too


def _like(seen: _Seen) -> int:
    """2: named as the file that was chosen last, but for the numbers; 1: of its group."""
    chosen = seen.preferences.like
    if not chosen:
        return 0
    if _NUMBERS.sub("#", seen.reading.file.name) == _NUMBERS.sub("#", chosen):
        return 2
    name = read_name(chosen)
    return int(bool(_file_groups(seen) & _groups(name.group, name.stem, read_tags(name.stem, 0))))


def _family(tags: Tags, group: str) -> str:
    """Return the source family; a group's release that names none but a resolution is from the web."""
    return tags.source or ("web" if group and tags.screen else "")


def _source(seen: _Seen) -> int:
    """3: same service; 2: same family, neither names a service; 1: same family; 0: not known; -1: another family."""
    video, file = seen.wanted, seen.tags
    if video.tags.service and video.tags.service == file.service:
        return 3
    ours, theirs = _family(video.tags, video.video.group), _family(file, seen.reading.name.group)
    if not ours or not theirs:
        return 0
    if ours != theirs:
        return -1
    return 2 if bool(video.tags.service) == bool(file.service) and not video.tags.service else 1


def _version(seen: _Seen) -> int:
    same = seen.tags.version == seen.wanted.tags.version > 1
    return _SAME_VERSION if same else seen.tags.version


_SAME_VERSION = 100


def _serves(tags: Tags, preferences: Preferences) -> bool:
    """Say whether a name tells a language that is wanted, or none."""
    return not tags.languages or any(w in tags.languages for w in preferences.languages)


def _language(seen: _Seen) -> int:
    return int(_serves(seen.tags, seen.preferences))


def _pure(seen: _Seen) -> int:
    return int(len(seen.tags.languages) <= 1)


def _format(seen: _Seen) -> int:
    formats = seen.preferences.formats
    extension = seen.reading.name.extension
    return len(formats) - formats.index(extension) if extension in formats else 0


def _captions(seen: _Seen) -> int:
    wish = seen.preferences.captions
    return 0 if wish is None else int(seen.tags.captions is wish)


def _text(seen: _Seen) -> int:
    """0 for pictures, and for a pack that says it holds some."""
    readable = seen.reading.name.extension in TEXT_FORMATS | ARCHIVE_FORMATS | {""}
    return int(readable and not picture_words(seen.reading.name.stem))


def _single(seen: _Seen) -> float:
    """1 for a file of just what is wanted, less the more it holds beside that, 0 for a pack."""
    reading, wanted = seen.reading, seen.wanted
    if reading.name.archive:
        return 0.0
    if reading.first is None or reading.last is None:
        return 1.0
    sought = (wanted.episode_end or wanted.episode or 0) - (wanted.episode or 0)
    return 1 / (1 + max(0.0, reading.last - reading.first - sought))


_GRADES: Mapping[str, Callable[[_Seen], float]] = {
    "fit": lambda s: s.reading.fit,
    "title": _title,
    "checksum": lambda s: int(bool(s.tags.checksum) and s.tags.checksum == s.wanted.tags.checksum and _language(s)),
    "name": _name,
    "picked": lambda s: int(bool(s.preferences.picked) and s.reading.file.name == s.preferences.picked),
    "like": _like,
    "avoid": _avoid,
    "prefer": _prefer,
    "language": _language,
    "full": lambda s: int(not s.tags.signs),
    "plain": lambda s: int(not s.tags.machine),
    "group": _group,
    "source": _source,
    "version": _version,
    "text": _text,
    "single": _single,
    "pure": _pure,
    "format": _format,
    "captions": _captions,
    "timing": lambda s: int(s.in_time),
    "newest": lambda s: s.reading.file.last_modified,
}
# Agreements that are reported; the others only order.
_REPORTED = ("picked", "like", "checksum", "name", "prefer", "group", "source", "format", "timing")


def _order(preferences: Preferences) -> tuple[str, ...]:
    first = [r for r in preferences.rules if r in _GRADES]
    return tuple(dict.fromkeys((*first, *RULES)))


def _matches(seen: _Seen) -> tuple[str, ...]:
    agreements = [name for name in _REPORTED if _GRADES[name](seen) > 0]
    return ("episode", *agreements, *seen.tags.languages)


def _graded(
    readings: Sequence[FileReading], wanted: RankingTarget, preferences: Preferences, in_time: Collection[str]
) -> list[_Seen]:
    """Order the files that hold the wanted episode, best first; equal ones by name. `in_time`: names of those whose
    like needed no retiming.
    """
    fitting = covering(readings, wanted)
    established = _established(readings)
    seen = [
        _Seen(r, r.tags, wanted, preferences, r.key.title not in established, r.file.name in in_time) for r in fitting
    ]
    order = _order(preferences)
    graded = sorted(seen, key=lambda s: s.reading.file.name)
    graded.sort(key=lambda s: tuple(_GRADES[rule](s) for rule in order), reverse=True)
    return graded


def _foreign(graded: Sequence[_Seen], readings: Sequence[FileReading]) -> frozenset[str]:
    """Return the names of candidates that are in another language than those wanted: Chinese ones, and those beside
    which the same name stands with a wanted language. Other tags are believed less: they are those of the video, or of
    who made it, as often. What the user picked stays.
    """
    doubted = [s for s in graded if not _language(s) and s.reading.file.name != s.preferences.picked]
    if not doubted:
        return frozenset()
    likes = doubted[0].preferences
    alike = {_NUMBERS.sub("#", r.name.stem): r for r in readings}.values()  # one of each kind of name tells enough
    wanted = {_naming(r.name.stem, tags) for r in alike if (tags := r.tags).languages and _serves(tags, likes)}
    return frozenset(
        s.reading.file.name
        for s in doubted
        if "zh" in s.tags.languages or _naming(s.reading.name.stem, s.tags) in wanted
    )


def _naming(stem: str, tags: Tags) -> str:
    return _NUMBERS.sub("#", stem[: tags.kept])


def _ranked(seen: Sequence[_Seen]) -> tuple[Ranked, ...]:
    return tuple(Ranked(s.reading.file, _matches(s)) for s in seen)


def _established(readings: Sequence[FileReading]) -> frozenset[str]:
    """Return the title keys under which at least three episodes lie here."""
    numbers: dict[str, set[float]] = {}
    for reading in readings:
        if reading.first is not None:
            numbers.setdefault(reading.key.title, set()).add(reading.first)
    return frozenset(t for t, n in numbers.items() if len(n) >= _ESTABLISHED)


_ESTABLISHED = 3


def choose(
    files: Sequence[SubtitleFile], wanted: RankingTarget, preferences: Preferences, in_time: Collection[str] = ()
) -> Choice:
    """Read a listing, and choose."""
    readings = read_listing(files, wanted)
    graded = _graded(readings, wanted, preferences, in_time)
    foreign = _foreign(graded, readings)
    ranked = _ranked([s for s in graded if s.reading.file.name not in foreign])
    by_hand = [s for s in graded if s.reading.file.name in foreign]
    if ranked:
        more = f", best of {len(ranked)}" if len(ranked) > 1 else ""
        why, yet = f"agrees by {', '.join(ranked[0].matches)}{more}", False
    elif by_hand:
        languages = [s.tags.languages for s in by_hand]
        others = [
            r for r in readings if not r.tags.languages or any(w in r.tags.languages for w in preferences.languages)
        ]
        why, yet = in_another_language(languages, others, wanted)
    else:
        why, yet = what_instead(readings, wanted)
    return Choice(ranked[0].file if ranked else None, ranked, why, yet, _ranked(by_hand))


def choose_readable(
    files: Sequence[SubtitleFile], wanted: RankingTarget, preferences: Preferences, in_time: Collection[str] = ()
) -> Choice:
    """Choose among the files of a format that mpv shows; say so where only others are of the episode."""
    readable = offered(files)
    choice = choose(readable, wanted, preferences, in_time)
    if choice.file is not None or len(readable) == len(files):
        return choice
    kept = frozenset(readable)
    other = choose([f for f in files if f not in kept], wanted, preferences).file
    if other is None:
        return choice
    form = other.name.rpartition(".")[2] if "." in other.name else "no ending"
    why = f"the only file for {sought(wanted)} is in a format that cannot be read here ({printable(form, 12)})"
    return replace(choice, why=why)
