"""Every setting, declared once: its default, its check, and what is said of it.

The checks of a config, `config init`, `config show`, docs/config.md and the man page are made from this. To add one,
add a field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, Literal

from kotozoe.model import Secret
from kotozoe.settings.checks import (
    Check,
    command,
    format_name,
    label,
    language,
    many,
    megabytes,
    one_of,
    origin,
    path,
    pattern,
    second,
    secret,
    secret_url,
    socket_path,
    switch,
    text,
    track_sort,
    url,
    url_or_none,
)

Mode = Literal["retime", "check", "off"]
Misfit = Literal["deselect", "keep"]
Osd = Literal["all", "problems", "none"]

_MODES = ("retime", "check", "off")
_KINDS = {"str": "text", "bool": "true or false", "int": "whole number", "Secret": "text", "tuple[str, ...]": "list"}


@dataclass(frozen=True, slots=True)
class SettingSpec:
    """One setting. `sentence` says what it does, in a form that follows "name: "; `more` is for the long page only.

    `example` is a value to start from where the default is none, as TOML.
    """

    name: str
    kind: str
    default: object
    check: Check
    sentence: str
    example: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One table of the config, and the class that holds its values."""

    name: str
    kind: type
    sentence: str
    keys: Mapping[str, SettingSpec]


def setting(
    default: Any,
    check: Check | None,
    sentence: str,
    *,
    unit: str = "",
    choices: tuple[str, ...] = (),
    example: str = "",
    more: str = "",
) -> Any:
    """Declare a field of a section. `check` None: one of the `choices`."""
    told = {"check": check or one_of(choices), "sentence": sentence, "example": example, "more": more}
    return field(default=default, metadata={**told, "kind": " or ".join(map(repr, choices)).replace("'", '"') or unit})


def section(kind: type, sentence: str) -> Any:
    return field(default_factory=kind, metadata={"sentence": sentence})


@dataclass(frozen=True, slots=True)
class JimakuSettings:
    url: str = setting("https://jimaku.cc", secret_url, "the Jimaku server")
    api_key_file: str | None = setting(
        None,
        path,
        "the file that holds your API key; `kotozoe login` writes it",
        example='"jimaku.key"',
        more="Relative to the folder of the config. A key in the environment or from a command comes first.",
    )
    api_key_command: tuple[str, ...] = setting(
        (),
        command,
        "or the command that prints it: a list of words, no shell, 10 s",
        example='["pass", "jimaku"]',
    )
    api_key: Secret | None = setting(
        None, secret, "or the key itself; then keep this file to yourself (chmod 600)", example='""'
    )
    download_origins: tuple[str, ...] = setting(
        (), many(origin), "further servers that files may be fetched from", example='["https://cdn.example"]'
    )


@dataclass(frozen=True, slots=True)
class AniListSettings:
    url: str = setting("https://graphql.anilist.co", url, "the AniList server")
    enabled: bool = setting(True, switch, "false: nothing is ever sent there")


@dataclass(frozen=True, slots=True)
class AmvstrmSettings:
    url: str | None = setting(
        None, url, "its address, /api/v2 left out; without one it is not used", example='"http://127.0.0.1:8080"'
    )


@dataclass(frozen=True, slots=True)
class RelationsSettings:
    url: str = setting(
        "https://raw.githubusercontent.com/Rapptz/anime-relations/master/anime-relations.txt",
        url,
        "the list that Jimaku's own server loads",
    )


@dataclass(frozen=True, slots=True)
class SeasonsSettings:
    url: str = setting(
        "https://github.com/anibridge/anibridge-mappings/releases/download/v3/mappings.min.json", url, "the season map"
    )


@dataclass(frozen=True, slots=True)
class TitlesSettings:
    url: str = setting(
        "https://unpkg.com/bangumi-data@0.3/dist/data.json",
        url_or_none,
        'a list of titles in the format of bangumi-data; "": none is read',
    )


@dataclass(frozen=True, slots=True)
class SubtitleSettings:
    languages: tuple[str, ...] = setting(
        ("ja",), many(language, least=1), "the languages to look for; the track is labelled as what its text is in"
    )
    formats: tuple[str, ...] = setting(
        ("ass", "ssa", "srt", "vtt"), many(format_name, least=1), "formats, the preferred first"
    )
    prefer_groups: tuple[str, ...] = setting(
        (),
        many(text),
        "release groups of subtitle files to prefer",
        example='["Group"]',
        more="Upper and lower case are the same.",
    )
    avoid_groups: tuple[str, ...] = setting(
        (), many(text), "release groups to use only if there is nothing else", example='["Group"]'
    )
    yield_to: tuple[str, ...] = setting(
        ("text",),
        many(track_sort),
        'the video\'s own tracks in your languages that stay selected: "text", "image", "untagged"',
    )
    secondary: str = setting(
        "", second, "mpv's second subtitle: a language of the video's tracks, or \"ours\"", example='"en"'
    )
    strip: tuple[str, ...] = setting(
        (),
        many(label),
        "labels of closed captions that are taken out of the text: who speaks, what is heard",
        example='["speaker", "sound"]',
    )


@dataclass(frozen=True, slots=True)
class WatchSettings:
    include: tuple[str, ...] = setting(
        (), many(pattern), "only these; an empty list means everything", example='["~/Videos/Anime"]'
    )
    exclude: tuple[str, ...] = setting((), many(pattern), "never these", example='["*/Music/*"]')
    private: tuple[str, ...] = setting(
        (), many(pattern), "nothing of these is looked up, sent, logged or shown", example='["~/Private"]'
    )


@dataclass(frozen=True, slots=True)
class PlayerSettings:
    sockets: tuple[str, ...] = setting(
        (), many(socket_path), "IPC sockets of players that run without the script", example='["/tmp/mpvsocket"]'
    )
    osd: Osd = setting(
        "all",
        None,
        'which lines appear on the screen; "problems": only those about trouble',
        choices=("all", "problems", "none"),
    )


@dataclass(frozen=True, slots=True)
class FolderSettings:
    paths: tuple[str, ...] = setting(
        (), many(path), "folders of subtitle files that come before Jimaku's", example='["~/Subtitles"]'
    )


@dataclass(frozen=True, slots=True)
class CacheSettings:
    max_megabytes: int = setting(
        512, megabytes, "the size of the cache; the files unused for longest are removed first", unit="megabytes"
    )


@dataclass(frozen=True, slots=True)
class TimingSettings:
    text: Mode = setting("retime", None, "what to do where another text track shows the right times", choices=_MODES)
    sound: Mode = setting("retime", None, "what to do where only the voices show them", choices=_MODES)
    misfit: Misfit = setting(
        "deselect", None, "what to do with a subtitle for a different video", choices=("deselect", "keep")
    )
    network: bool = setting(False, switch, "whether videos that come over the network are read for this")
    max_read_megabytes: int = setting(200, megabytes, "the most to read of one video", unit="megabytes")


@dataclass(frozen=True, slots=True)
class Settings:
    """The validated config. Paths may still begin with `~` or be relative: `load` makes them absolute."""

    jimaku: JimakuSettings = section(JimakuSettings, "Where subtitles come from.")
    anilist: AniListSettings = section(AniListSettings, "Where titles are looked up.")
    amvstrm: AmvstrmSettings = section(
        AmvstrmSettings, "Your own amvstrm server, used where AniList does not answer. There is no public one any more."
    )
    relations: RelationsSettings = section(RelationsSettings, "Which episode numbers belong to which entry.")
    seasons: SeasonsSettings = section(SeasonsSettings, "Which season of a library is which entry.")
    titles: TitlesSettings = section(TitlesSettings, "Titles in Japanese, Chinese and English.")
    subtitles: SubtitleSettings = section(
        SubtitleSettings, "Which files to choose, and which tracks of a video to leave selected."
    )
    watch: WatchSettings = section(
        WatchSettings, "Which videos to serve: folders, or shell patterns of whole paths. ~ is your home."
    )
    player: PlayerSettings = section(PlayerSettings, "mpv.")
    folders: FolderSettings = section(FolderSettings, "Your own subtitle files.")
    cache: CacheSettings = section(CacheSettings, "The cache of fetched files.")
    timing: TimingSettings = section(TimingSettings, "Subtitles that are out of sync with the video.")


def _key(declared: Field[Any]) -> SettingSpec:
    said = declared.metadata
    kind = _KINDS.get(str(declared.type).removesuffix(" | None"), "text")
    if said["kind"]:
        kind = f"{kind}, {said['kind']}" if kind == _KINDS["int"] else said["kind"]
    return SettingSpec(
        declared.name, kind, declared.default, said["check"], said["sentence"], said["example"], said["more"]
    )


def _section(declared: Field[Any]) -> Section:
    kind: Any = declared.default_factory
    keys = {key.name: _key(key) for key in fields(kind)}
    return Section(declared.name, kind, declared.metadata["sentence"], keys)


SECTIONS: Mapping[str, Section] = {declared.name: _section(declared) for declared in fields(Settings)}
