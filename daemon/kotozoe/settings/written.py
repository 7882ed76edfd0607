"""Settings -> the text of a config file: every key with what it does, from the schema itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from kotozoe.model import Secret
from kotozoe.settings.schema import Settings

SECTIONS = {
    "jimaku": "Where subtitles come from.",
    "anilist": "Where media are looked up.",
    "amvstrm": "Your own amvstrm, asked where AniList does not answer. There is no public one any more.",
    "relations": "Which episode numbers belong to which entry.",
    "seasons": "Which season of a library is which entry.",
    "titles": "What media are called in Japanese, Chinese and English.",
    "subtitles": "Which files are wanted, and which tracks of a video are left to be shown.",
    "watch": "What is watched: folders or shell patterns of whole paths. ~ is your home.",
    "player": "The players.",
    "folders": "Your own subtitle files.",
    "cache": "Where the files that were fetched lie.",
    "sync": "What is done about subtitles that are out of time.",
}

# What each key does, and a value to begin from where the default is none.
KEYS: dict[tuple[str, str], tuple[str, str]] = {
    ("jimaku", "url"): ("the Jimaku server", ""),
    ("jimaku", "api_key_file"): ("the file that holds your API key; `kotozoe login` writes it", '"jimaku.key"'),
    ("jimaku", "api_key_command"): (
        "or the command that prints it: a list of words, no shell, 10 s",
        '["pass", "jimaku"]',
    ),
    ("jimaku", "api_key"): ("or the key itself; then keep this file to yourself (chmod 600)", '""'),
    ("jimaku", "download_origins"): ("further servers that files may be fetched from", '["https://cdn.example"]'),
    ("anilist", "url"): ("the AniList server", ""),
    ("anilist", "enabled"): ("false: nothing is ever sent there", ""),
    ("amvstrm", "url"): ("its address, /api/v2 left out", '"http://127.0.0.1:8080"'),
    ("relations", "url"): ("the list that Jimaku's own server loads", ""),
    ("seasons", "url"): ("the season map", ""),
    ("titles", "url"): ("a list of titles in bangumi-data's format; empty: none is read", ""),
    ("subtitles", "languages"): ("wanted languages; the first is what the track is labelled as", ""),
    ("subtitles", "formats"): ("most wanted first", ""),
    ("subtitles", "prefer_groups"): ("release groups of subtitle files, wanted before others", '["Group"]'),
    ("subtitles", "avoid_groups"): ("and wanted after all others", '["Group"]'),
    ("subtitles", "yield_to"): (
        'what the video has of your languages and keeps shown: "text", "image", "untagged"',
        "",
    ),
    ("subtitles", "secondary"): ('shown as second: a language of the video\'s tracks, or "ours"', '"en"'),
    ("watch", "include"): ("only these; nothing here means everything", '["~/Videos/Anime"]'),
    ("watch", "exclude"): ("never these", '["*/Music/*"]'),
    ("watch", "private"): ("of these nothing is looked up, sent, logged or shown", '["~/Private"]'),
    ("player", "sockets"): ("IPC sockets of players that run without the script", '["/tmp/mpvsocket"]'),
    ("player", "osd"): ("whether a line on the screen tells what was loaded", ""),
    ("folders", "paths"): ("folders of subtitle files that come before Jimaku's", '["~/Subtitles"]'),
    ("cache", "most_kept"): ("the most that is kept there, in megabytes; what was not used for longest goes first", ""),
    ("sync", "text"): ("where another text track tells the time: retime, check or off", ""),
    ("sync", "sound"): ("where only voices tell it: retime, check or off", ""),
    ("sync", "misfit"): ("what is done about a subtitle that is for another video: deselect or keep", ""),
    ("sync", "network"): ("whether videos that are read over the network are read for it", ""),
    ("sync", "most_read"): ("the most that is read of one video, in megabytes", ""),
}


def commented() -> str:
    """Return a config that says nothing but what there is: each key with its default, behind a #."""
    return "\n".join(_lines(Settings(), active=False)) + "\n"


def shown(settings: Settings) -> str:
    """Return these settings as a config, the API key masked; what has no value stays behind a #."""
    return "\n".join(_lines(settings, active=True)) + "\n"


def _lines(settings: Settings, *, active: bool) -> Iterator[str]:
    if not active:
        yield "# The config of kotozoe. Each line shows a default, or an example where there is none: take away the #"
        yield "# and change it. An edit takes effect within a second; `kotozoe config check` finds mistakes."
    for section in fields(settings):
        given = getattr(settings, section.name)
        yield f"\n# {SECTIONS.get(section.name, '')}\n[{section.name}]"
        for key in fields(given):
            does, example = KEYS.get((section.name, key.name), ("", ""))
            value = getattr(given, key.name)
            unset = value in (None, (), "")
            yield f"# {key.name}: {does}"
            yield f"{'#' if unset or not active else ''}{key.name} = {example if unset and example else written(value)}"


def written(value: Any) -> str:
    """Return one value in TOML's way; of a secret only that there is one."""
    if isinstance(value, Secret):
        return '"…"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, str) or value is None:
        return '"' + "".join(_escaped(c) for c in value or "") + '"'
    return str(value)


def _escaped(c: str) -> str:
    if c in '"\\':
        return f"\\{c}"
    return c if c.isprintable() else f"\\U{ord(c):08x}"
