"""What the pages name is there: links, files, commands and their options, settings, extras, variables, bindings."""

from __future__ import annotations

import argparse
import importlib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from kotozoe.cli.parser import parser
from kotozoe.settings.parse import parse
from kotozoe.settings.schema import SECTIONS

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "daemon" / "kotozoe"
PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")})
CODE_LINES = frozenset({"console", "sh", "bash", "shell"})
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(<?([^)\s>]+)>?\)")
_PATH = re.compile(r"(?:[\w.-]+/)+[\w.*-]*|[\w.-]+\.(?:md|py|toml)")
_PLACEHOLDERS = re.compile(r"[…|\[\]]|\\\||-$")


def prose(text: str) -> str:
    return _FENCE.sub("", text)


def spans(text: str) -> list[str]:
    """Return what stands between backquotes in one line of prose, without the escapes of tables."""
    return [span.replace("\\|", "|") for span in re.findall(r"`([^`\n]+)`", prose(text))]


def commands(text: str) -> list[str]:
    """Return the command lines of a page, those in blocks without prompt and comment."""
    blocks = [body for kind, body in _FENCE.findall(text) if kind in CODE_LINES]
    lines = [line.removeprefix("$ ").partition(" #")[0] for body in blocks for line in body.splitlines()]
    return [*spans(text), *(part.strip() for line in lines for part in line.split("&&"))]


def slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.replace("`", "").strip().lower()).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    return {slug(heading) for heading in re.findall(r"^#+ (.*)$", prose(page.read_text("utf-8")), re.MULTILINE)}


def broken_links(page: Path) -> Iterator[str]:
    for target in _LINK.findall(prose(page.read_text("utf-8"))):
        name, _, anchor = target.partition("#")
        if "://" in name or name.startswith("mailto:"):
            continue
        file = page.parent / name if name else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            yield f"link to {target}"


def missing_files(text: str) -> Iterator[str]:
    """Yield the paths of the repository that are not in it; inside the package they may begin with a room."""
    tops = {path.name for root in (ROOT, PACKAGE) for path in root.iterdir()}
    for span in spans(text):
        path = span.partition("::")[0]
        if not _PATH.fullmatch(path) or path.split("/")[0] not in tops:
            continue
        if not any(next(root.glob(path.rstrip("/")), None) for root in (ROOT, PACKAGE)):
            yield f"file {path}"


def missing_modules(text: str) -> Iterator[str]:
    for span in spans(text):
        first, *rest = span.split(".")
        if not (rest and re.fullmatch(r"\w+(\.\w+)+", span) and (PACKAGE / first).is_dir()):
            continue
        found: object = importlib.import_module(f"kotozoe.{first}")
        for depth, name in enumerate(rest, 1):
            try:
                found = importlib.import_module(".".join(["kotozoe", first, *rest[:depth]]))
            except ImportError:
                found = getattr(found, name, None)
        if found is None:
            yield f"module {span}"


def subparsers(of: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    return next((dict(a.choices) for a in of._actions if isinstance(a, argparse._SubParsersAction)), {})


def unknown_words(line: str) -> Iterator[str]:
    """Yield what a line `kotozoe ...` has that the parser does not know."""
    words = [word for word in re.split(r"[\s|]+", _PLACEHOLDERS.sub(" ", line.partition(" > ")[0])) if word][1:]
    at: argparse.ArgumentParser = parser()
    while words and words[0] in (inner := subparsers(at)):
        at = inner[words.pop(0)]
    if words and subparsers(at) and words[0].islower() and words[0][0] != "-":
        yield f"command kotozoe {words[0]}"
    options = {option for action in at._actions for option in action.option_strings}
    yield from (f"option {word} of {at.prog}" for word in words if word.startswith("--") and word not in options)


def unknown_dev(line: str) -> Iterator[str]:
    text = (ROOT / "dev").read_text("utf-8")
    known = set(re.search(r"^  (demo \| .*)\) ;;$", text, re.MULTILINE)[1].split(" | "))  # type: ignore[index]
    words = line.split()[1:]
    if words and words[0].isalpha() and words[0] not in known:
        yield f"command ./dev {words[0]}"
    benchmarks = [word for word in words[1:2] if words[0] == "bench" and word.islower() and word.isidentifier()]
    yield from (f"benchmark {name}" for name in benchmarks if not (ROOT / "benchmarks" / f"{name}.py").exists())


def unknown_commands(text: str) -> Iterator[str]:
    for line in commands(text):
        if re.match(r"kotozoe [a-z-]", line):
            yield from unknown_words(line)
        elif dev := re.search(r"\./dev .*", line):
            yield from unknown_dev(dev[0])


def unknown_settings(text: str) -> Iterator[str]:
    """Yield settings that the config has not: `[section] key`, `[section] key = value`, and blocks of TOML."""
    for span in spans(text):
        if not (named := re.fullmatch(r"\[([a-z]+)\](?: ([a-z_]+)(?: = (.+))?)?", span)):
            continue
        section, key, value = named.groups()
        known = section in SECTIONS and (key is None or key in SECTIONS[section].keys)
        if not known or (value and isinstance(parse(f"[{section}]\n{key} = {value}\n"), tuple)):
            yield f"setting {span}"
    for kind, body in _FENCE.findall(text):
        if kind == "toml" and isinstance(parse(body), tuple):
            yield f"config {body!r}"


def unknown_names(text: str) -> Iterator[str]:
    """Yield extras, environment variables, options and bindings of the script that nobody knows."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"].get("optional-dependencies", {})
    named = re.findall(r"(?:kotozoe|['\"]\.)\[([\w,-]+)\]", text)
    yield from (f"extra {extra}" for group in named for extra in group.split(",") if extra not in extras)
    code = "\n".join(
        path.read_text("utf-8") for folder in ("daemon", "tests") for path in ROOT.glob(f"{folder}/**/*.py")
    )
    yield from (f"variable {name}" for name in re.findall(r"\bKOTOZOE_[A-Z_]+\b", text) if f'"{name}"' not in code)
    lua, conf = ((ROOT / "mpv-scripts" / f"kotozoe.{end}").read_text("utf-8") for end in ("lua", "conf"))
    bindings = re.findall(r"script-binding kotozoe/([\w-]+)", text)
    yield from (f"binding {name}" for name in bindings if f"'{name}'" not in lua)
    options = re.findall(r"--script-opts=kotozoe-(\w+)", text)
    yield from (f"option of the script {name}" for name in options if f"\n#{name}=" not in conf)


def missing(page: Path) -> list[str]:
    text = page.read_text("utf-8")
    checks = (missing_files, missing_modules, unknown_commands, unknown_settings, unknown_names)
    return [*broken_links(page), *(one for check in checks for one in check(text))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_names_is_there(page: Path) -> None:
    assert missing(page) == []


def test_every_command_has_its_row() -> None:
    told = (ROOT / "docs" / "commands.md").read_text("utf-8")
    assert [name for name in subparsers(parser()) if f"`kotozoe {name}" not in told] == []


WRONG = """# A page

See [nothing](nothing.md), [no part](#no-part), [a part](#a-page), <https://example.org>, ![none](docs/none.png).
`kotozoe dance`, `kotozoe pins burn`, `kotozoe fetch --all [--json] PATH…`, `kotozoe status [--json \\| --watch]`,
`./dev fly`, `./dev bench nothing`, `./dev test`, `cli/none.py`, `tests/none_*.py`, `cli/fetch.py`,
`[cache] most_kept`, `[cache] kept`, `[watch] private`, `[anilist] enabled = 5`, `[anilist] enabled = false`,
`lookup.nobody`, `lookup.finder`, `KOTOZOE_NOTHING`, `KOTOZOE_CONFIG`, `script-binding kotozoe/jump`,
`--script-opts=kotozoe-nothing=1`, `pipx install '.[sound]'`

```console
$ kotozoe install && kotozoe leap     # and more
```

```toml
[jimaku]
nothing = 1
```
"""
FOUND = (
    *("link to nothing.md", "link to #no-part", "link to docs/none.png", "file cli/none.py", "file tests/none_*.py"),
    *("module lookup.nobody", "command kotozoe dance", "command kotozoe burn", "option --all of kotozoe fetch"),
    *("command ./dev fly", "benchmark nothing", "command kotozoe leap", "setting [cache] most_kept"),
    *("setting [cache] kept", "setting [anilist] enabled = 5", "config '[jimaku]\\nnothing = 1\\n'", "extra sound"),
    *("variable KOTOZOE_NOTHING", "binding jump", "option of the script nothing"),
)


def test_each_kind_of_empty_promise_is_seen(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(WRONG)
    assert missing(tmp_path / "page.md") == list(FOUND)
