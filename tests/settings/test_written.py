"""The config file that kotozoe writes itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kotozoe.model import Secret
from kotozoe.settings.parse import parse
from kotozoe.settings.schema import SECTIONS, JimakuSettings, Settings, SubtitleSettings
from kotozoe.settings.written import commented, man_section, page, shown
from tests.pages import CONFIG_PAGE, MAN_PAGE

EVERY = [(section.name, key) for section in SECTIONS.values() for key in section.keys]


def test_the_pages_of_the_settings_are_up_to_date() -> None:
    """`./dev docs` writes them anew."""
    assert CONFIG_PAGE.read_text("utf-8") == page()
    assert man_section() in MAN_PAGE.read_text("utf-8")


@pytest.mark.parametrize(("section", "key"), EVERY)
def test_every_key_is_on_every_page(section: str, key: str) -> None:
    assert f"\n# {key}: " in commented()[commented().index(f"[{section}]") :]
    assert f"\n| `{key}` | " in page()[page().index(f"## [{section}]") :]
    assert f"\n\\fB[{section}] {key}\\fR  " in man_section()


def test_the_commented_file_says_nothing_yet() -> None:
    assert parse(commented()) == Settings()


@pytest.mark.parametrize(("section", "key"), EVERY)
def test_each_line_of_it_can_be_taken_up_and_is_the_default_where_there_is_one(section: str, key: str) -> None:
    if key == "api_key":
        return  # no key is an example
    lines = [line.lstrip("#") if line.startswith(f"#{key} = ") else line for line in commented().splitlines()]
    begin = lines.index(f"[{section}]")
    one = next(line for line in lines[begin:] if line.startswith(f"{key} = "))
    found = parse(f"[{section}]\n{one}")
    assert isinstance(found, Settings)
    default = getattr(getattr(Settings(), section), key)
    assert default in (None, (), "") or getattr(getattr(found, section), key) == default


def test_what_is_shown_reads_back_as_the_same_but_for_the_key() -> None:
    settings = Settings(
        jimaku=JimakuSettings(
            url="https://x.example", api_key=Secret("geheim-geheim"), api_key_command=("a", 'b"c\\', "\t")
        ),
        subtitles=SubtitleSettings(prefer_groups=("字幕", "x")),
    )
    text = shown(settings)
    assert "geheim" not in text
    found = parse(text)
    assert isinstance(found, Settings)
    assert replace(found.jimaku, api_key=None) == replace(settings.jimaku, api_key=None)
    assert found.subtitles == settings.subtitles
