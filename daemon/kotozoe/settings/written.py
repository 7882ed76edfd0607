"""The settings as text: a config file, docs/config.md, the man page's section; all from the schema itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kotozoe.model import Secret
from kotozoe.settings.schema import SECTIONS, Settings, SettingSpec

_INIT_HEADER = """\
# The config of kotozoe. Each line shows a default, or an example where there is none: take away the #
# and change it. An edit takes effect within a second; `kotozoe config check` finds mistakes.
"""
_PAGE_HEADER = """\
# Configuration

<!-- written by `./dev docs` from daemon/kotozoe/settings/schema.py -->

kotozoe works without a config. `kotozoe config init` writes one in which each setting stands with its default,
commented out; `kotozoe config path` says where. The format is [TOML](https://toml.io). An edit takes effect within a
second, in open players too, unless it has a mistake: then the last good settings stay in force, and
`kotozoe config check` names each mistake with its line. `kotozoe config show` prints what is in force.
"""


def commented() -> str:
    """Return a config that changes nothing: each key with its default, behind a #."""
    return _INIT_HEADER + "\n".join(_lines(Settings(), active=False)) + "\n"


def shown(settings: Settings) -> str:
    """Return these settings as a config, the API key masked; keys without a value stay behind a #."""
    return "\n".join(_lines(settings, active=True)) + "\n"


def page() -> str:
    """Return docs/config.md."""
    return _PAGE_HEADER + "\n".join(_page_lines()) + "\n"


def man_section() -> str:
    """Return the man page's section about the config, in roff."""
    lines = [".SH CONFIGURATION"]
    for section in SECTIONS.values():
        for key in section.keys.values():
            heading = f"\\fB[{section.name}] {key.name}\\fR  {_roff(_kind_and_default(key))}"
            lines += [".TP", heading, _roff(_sentences(key))]
    return "\n".join(lines) + "\n"


def _lines(settings: Settings, *, active: bool) -> Iterator[str]:
    for section in SECTIONS.values():
        values = getattr(settings, section.name)
        yield f"\n# {section.sentence}\n[{section.name}]"
        for key in section.keys.values():
            value = getattr(values, key.name)
            unset = value in (None, (), "")
            yield f"# {key.name}: {key.sentence}"
            yield f"{'#' if unset or not active else ''}{key.name} = {(unset and key.example) or written(value)}"


def _page_lines() -> Iterator[str]:
    for section in SECTIONS.values():
        yield f"\n## [{section.name}]\n\n{section.sentence}\n\n| key | what it does | value |\n|---|---|---|"
        for key in section.keys.values():
            yield f"| `{key.name}` | {_sentences(key)} | {_kind_and_default(key, mark='`')} |"


def _sentences(key: SettingSpec) -> str:
    return f"{key.sentence}. {key.more}" if key.more else key.sentence


def _kind_and_default(key: SettingSpec, mark: str = "") -> str:
    if key.default in (None, (), ""):
        return f"{key.kind}" + (f", such as {mark}{key.example}{mark}" if key.example.strip('"') else "")
    return f"{key.kind}; default {mark}{written(key.default)}{mark}"


def _roff(line: str) -> str:
    line = line.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{line}" if line.startswith((".", "'")) else line


def written(value: Any) -> str:
    """Return one value as TOML; of a secret only that there is one."""
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
