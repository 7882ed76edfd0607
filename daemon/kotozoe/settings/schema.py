"""The config file's text -> `Settings`, or every problem that it has, each with its line and what to do."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kotozoe.model import Secret
from kotozoe.printable import printable
from kotozoe.settings.checks import (
    Check,
    Wrong,
    command,
    format_name,
    language,
    many,
    megabytes,
    misfit_mode,
    origin,
    path,
    pattern,
    second,
    secret,
    secret_url,
    socket_path,
    switch,
    sync_mode,
    text,
    track_sort,
    url,
    url_or_none,
)
from kotozoe.settings.lines import line_numbers, line_of


@dataclass(frozen=True, slots=True)
class JimakuSettings:
    url: str = "https://jimaku.cc"
    api_key_file: str | None = None
    api_key_command: tuple[str, ...] = ()
    api_key: Secret | None = None
    download_origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AniListSettings:
    url: str = "https://graphql.anilist.co"
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class AmvstrmSettings:
    """Without a `url` it is not asked: there is no public one to rely on."""

    url: str | None = None


@dataclass(frozen=True, slots=True)
class RelationSettings:
    url: str = "https://raw.githubusercontent.com/Rapptz/anime-relations/master/anime-relations.txt"


@dataclass(frozen=True, slots=True)
class SeasonSettings:
    url: str = "https://github.com/anibridge/anibridge-mappings/releases/download/v3/mappings.min.json"


@dataclass(frozen=True, slots=True)
class TitleSettings:
    """Without a `url` no such list is read."""

    url: str = "https://unpkg.com/bangumi-data@0.3/dist/data.json"


@dataclass(frozen=True, slots=True)
class SubtitleSettings:
    """`formats` stand most wanted first; groups are compared without regard to case.

    `yield_to`: over which tracks in a wanted language ours is not selected: text, image, untagged. `secondary`: what is
    shown as second: a language of the video's tracks, or "ours"; empty for nothing.
    """

    languages: tuple[str, ...] = ("ja",)
    formats: tuple[str, ...] = ("ass", "ssa", "srt", "vtt")
    prefer_groups: tuple[str, ...] = ()
    avoid_groups: tuple[str, ...] = ()
    yield_to: tuple[str, ...] = ("text",)
    secondary: str = ""


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """Folders or shell patterns of paths. Of what is `private`, nothing is ever sent to anyone."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    private: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlayerSettings:
    """`sockets` are of players that do not announce themselves; `osd`: whether a line tells what was loaded."""

    sockets: tuple[str, ...] = ()
    osd: bool = True


@dataclass(frozen=True, slots=True)
class FolderSettings:
    """Folders of one's own subtitle files."""

    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CacheSettings:
    """`most_kept` in megabytes of subtitle files, archives among them."""

    most_kept: int = 512


@dataclass(frozen=True, slots=True)
class SyncSettings:
    """What is done about subtitles that are out of time. `text` where another text tells it, `sound` where voices do.

    `misfit`: whether a subtitle that is for another video is deselected, or kept.
    `network`: also for videos that are read over the network. `most_read` in megabytes of one video.
    """

    text: str = "retime"
    sound: str = "retime"
    misfit: str = "deselect"
    network: bool = False
    most_read: int = 200


@dataclass(frozen=True, slots=True)
class Settings:
    """The validated config. Paths may still begin with `~` or be relative: `load` makes them absolute."""

    jimaku: JimakuSettings = field(default_factory=JimakuSettings)
    anilist: AniListSettings = field(default_factory=AniListSettings)
    amvstrm: AmvstrmSettings = field(default_factory=AmvstrmSettings)
    relations: RelationSettings = field(default_factory=RelationSettings)
    seasons: SeasonSettings = field(default_factory=SeasonSettings)
    titles: TitleSettings = field(default_factory=TitleSettings)
    subtitles: SubtitleSettings = field(default_factory=SubtitleSettings)
    watch: WatchSettings = field(default_factory=WatchSettings)
    player: PlayerSettings = field(default_factory=PlayerSettings)
    folders: FolderSettings = field(default_factory=FolderSettings)
    cache: CacheSettings = field(default_factory=CacheSettings)
    sync: SyncSettings = field(default_factory=SyncSettings)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at `line` (from 1) and how to mend it, in one sentence."""

    line: int | None
    sentence: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.sentence}" if self.line else self.sentence


_SECTIONS: Mapping[str, tuple[type, Mapping[str, Check]]] = {
    "jimaku": (
        JimakuSettings,
        {
            "url": secret_url,
            "api_key_file": path,
            "api_key_command": command,
            "api_key": secret,
            "download_origins": many(origin),
        },
    ),
    "anilist": (AniListSettings, {"url": url, "enabled": switch}),
    "amvstrm": (AmvstrmSettings, {"url": url}),
    "relations": (RelationSettings, {"url": url}),
    "seasons": (SeasonSettings, {"url": url}),
    "titles": (TitleSettings, {"url": url_or_none}),
    "subtitles": (
        SubtitleSettings,
        {
            "languages": many(language, least=1),
            "formats": many(format_name, least=1),
            "prefer_groups": many(text),
            "avoid_groups": many(text),
            "yield_to": many(track_sort),
            "secondary": second,
        },
    ),
    "watch": (WatchSettings, {"include": many(pattern), "exclude": many(pattern), "private": many(pattern)}),
    "player": (PlayerSettings, {"sockets": many(socket_path), "osd": switch}),
    "folders": (FolderSettings, {"paths": many(path)}),
    "cache": (CacheSettings, {"most_kept": megabytes}),
    "sync": (
        SyncSettings,
        {"text": sync_mode, "sound": sync_mode, "misfit": misfit_mode, "network": switch, "most_read": megabytes},
    ),
}
_KEY_OF = {key: section for section, (_, checks) in _SECTIONS.items() for key in checks if key != "url"}

# What tomllib says -> what to do about it. The first that fits.
_SYNTAX_ADVICE = (
    ("Invalid value", 'a text needs quotes, as in "this"; true and false have none'),
    ("Unclosed array", "close the list with ]"),
    ("Unterminated string", "close the quotes"),
    ("Illegal character", "close the quotes on the same line, or write \\ as \\\\ or in single quotes"),
    ("Unescaped", "write \\ as \\\\, or put the text in single quotes"),
    ("Invalid hex value", "write \\ as \\\\, or put the text in single quotes"),
    ("Expected '='", "write it as key = value"),
    ("Expected ']'", "close the section's name with ]"),
    ("Cannot overwrite", "it is there twice: remove one"),
    ("Cannot declare", "that section is there twice: put its keys under one"),
    ("Invalid statement", "a line is [section], key = value, or # a comment"),
    ("Expected newline", "put each key on its own line, and quote texts that hold blanks or quotes"),
    ("Invalid initial character", "a key is made of letters, digits, - and _"),
)
_POSITION = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")


def parse(config: str) -> Settings | tuple[Problem, ...]:
    """Return the settings, or all problems by line. A text that is no TOML has one problem: the first."""
    try:
        table = tomllib.loads(config)
    except tomllib.TOMLDecodeError as error:
        return (_syntax_problem(str(error), config),)
    except RecursionError:
        return (Problem(None, "its lists are nested too deeply: kotozoe's lists hold texts only"),)
    slices: dict[str, Any] = {}
    problems: list[tuple[tuple[str, ...], str]] = []
    for name, content in table.items():
        if name not in _SECTIONS:
            problems.append(((name,), _unknown_section(name, content)))
        elif not isinstance(content, dict):
            problems.append(((name,), f"{name} is a section: write [{name}] on a line of its own, its keys below it"))
        else:
            slices[name] = _slice(name, content, problems)
    if problems:
        lines = line_numbers(config)
        found = (Problem(line_of(place, lines), sentence) for place, sentence in problems)
        return tuple(sorted(found, key=lambda problem: problem.line or 0))
    return Settings(**slices)


def _slice(section: str, content: Mapping[str, object], problems: list[tuple[tuple[str, ...], str]]) -> object:
    kind, checks = _SECTIONS[section]
    values: dict[str, Any] = {}
    for key, value in content.items():
        if key not in checks:
            problems.append(((section, key), _unknown_key(section, key, checks)))
            continue
        try:
            values[key] = checks[key](value)
        except Wrong as wrong:
            problems.append(((section, key), f"[{section}] {key} {wrong}"))
    return kind(**values)


def _unknown_section(name: str, content: object) -> str:
    if not isinstance(content, dict) and name in _KEY_OF:
        return f"{name} belongs below [{_KEY_OF[name]}]: move it there"
    what = "section" if isinstance(content, dict) else "key outside of any section"
    return f"unknown {what} {_quoted(name)}: {_nearest(name, _SECTIONS)}"


def _unknown_key(section: str, key: str, known: Iterable[str]) -> str:
    if key in _KEY_OF:
        return f"[{section}] has no {key}: it belongs below [{_KEY_OF[key]}]"
    return f"[{section}] has no {_quoted(key)}: {_nearest(key, known)}"


def _nearest(name: str, known: Iterable[str]) -> str:
    import difflib  # noqa: PLC0415 - only a mistake needs it

    names = list(known)
    near = difflib.get_close_matches(name.lower().replace("-", "_"), names, n=1)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"


def _quoted(name: str) -> str:
    return f'"{printable(name, 60)}"'


def _syntax_problem(message: str, config: str) -> Problem:
    position = _POSITION.search(message)
    last = config.rstrip().count("\n") + 1
    line = int(position["line"]) if position and position["line"] else last
    said = printable(_POSITION.sub("", message), 120)
    advice = next((advice for start, advice in _SYNTAX_ADVICE if said.startswith(start)), "see https://toml.io")
    return Problem(line, f"this is no valid TOML ({said}): {advice}")
