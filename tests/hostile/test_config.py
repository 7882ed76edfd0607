"""The config, the key, and pins from somebody else."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import strategies as st

from kotozoe.errors import StorageError, UserError
from kotozoe.identify.names.identify import identify
from kotozoe.identify.verdict.pins import Pins
from kotozoe.lookup.finder import Finder
from kotozoe.model import Urgency, VideoFile
from kotozoe.settings.key import find_key
from kotozoe.settings.load import load
from kotozoe.settings.parse import parse
from kotozoe.settings.schema import JimakuSettings, Settings
from kotozoe.settings.written import shown as written
from kotozoe.store.catalogue import Catalogue
from kotozoe.store.pins import PinStore
from kotozoe.store.pins_text import format_pins, parse_pins
from tests.hostile.made import bytes_of_texts, damaged, documents, given, numbers, rows, shown, soon, texts, values

WHOLE = (
    '[jimaku]\nurl = "https://jimaku.cc"\napi_key = "s3cret-words"\n[subtitles]\nlanguages = ["ja"]\n'
    '[watch]\nprivate = ["/a", "*b*"]\n[player]\nosd = "none"\n[timing]\nmax_read_megabytes = 50\n'
)
_SECTIONS = (
    "jimaku",
    "anilist",
    "amvstrm",
    "relations",
    "seasons",
    "titles",
    "subtitles",
    "watch",
    "player",
    "folders",
    "cache",
    "timing",
)
_KEYS = (
    *("url", "api_key", "api_key_file", "api_key_command", "download_origins", "enabled", "languages", "formats"),
    *(
        "prefer_groups",
        "yield_to",
        "strip",
        "secondary",
        "include",
        "private",
        "sockets",
        "osd",
        "paths",
        "text",
        "network",
    ),
    *("max_read_megabytes", "x", '"a.b"', "a.b"),
)
_tomls = (
    texts.map(lambda text: json.dumps(text.encode("utf-8", "replace").decode()).replace("\x7f", ""))
    | numbers.map(lambda number: repr(number).lower())
    | st.sampled_from(
        ["[" * 2000, "[]", "{}", "'''\n'''", "1979-05-27", '["ja", "ja"]', '["https://a.org"]', '""', "[[1]]"]
    )
)
_lines = st.builds("[{}]\n".format, st.sampled_from(_SECTIONS)) | st.builds(
    "{} = {}\n".format, st.sampled_from(_KEYS), _tomls
)


def problems_of(config: Path) -> tuple[str, ...]:
    try:
        settings = load(config)
    except UserError as error:
        return (error.text, *error.problems)
    written(settings)
    return ()


@given(st.binary(max_size=200) | bytes_of_texts | damaged(WHOLE.encode()))
def test_any_bytes_are_settings_or_a_list_of_problems_that_tells_no_secret(raw: bytes) -> None:
    config = Path(os.environ["HOSTILE"], "own-config.toml")
    config.write_bytes(raw)
    with soon(2):
        told = problems_of(config)
    assert all(shown(problem) for problem in told)
    assert "s3cret-words" not in " ".join(told)


@given(st.lists(_lines, max_size=12).map("".join))
def test_lines_of_any_values_are_settings_or_problems(text: str) -> None:
    with soon(3):
        found = parse(text)
    if not isinstance(found, Settings):
        assert found
        assert all(shown(str(problem)) for problem in found)


@given(st.binary(max_size=80) | bytes_of_texts)
def test_any_bytes_are_a_key_or_a_sentence_without_it(raw: bytes) -> None:
    file = Path(os.environ["HOSTILE"], "own-key")
    file.write_bytes(raw)
    found = asyncio.run(find_key(JimakuSettings(api_key_file=str(file)), {}))
    if found.secret is not None:
        assert found.secret.reveal().isascii()
        assert found.secret.reveal().isprintable()
    else:
        assert shown(found.trouble)
    assert len(raw) < 8 or raw.decode("latin-1") not in found.trouble


# -- pins

_pin = st.fixed_dictionaries(
    {
        "key": st.sampled_from(["kaze no uta", "", "x"]) | texts,
        "season": st.integers(-3, 5) | values,
        "part": st.none() | st.integers(-3, 5) | values,
        "group": texts | values,
        "media": st.sampled_from(
            ["anilist:1", "tmdb:tv:5", "jimaku:3", "anilist:" + "9" * 100, "anilist:²", "anilist:٣"]
        )
        | values,
        "number": st.none() | numbers,
        "episode": st.none() | numbers,
        "entry_id": st.none() | numbers,
    },
    optional={"name": texts, "title": texts, "made": numbers},
)
_tables = st.fixed_dictionaries(
    {"format": st.just(1) | values, "pins": st.lists(_pin, max_size=3) | values},
    optional={
        "rejections": st.lists(rows("video", "entry_id", "file", "made"), max_size=2) | values,
        "folders": st.lists(texts, max_size=3) | values,
    },
)
EPISODE = VideoFile("/tv/[G] Kaze no Uta - 03.mkv")


@pytest.fixture(scope="module")
def catalogue() -> Iterator[Catalogue]:
    opened = Catalogue(":memory:")
    yield opened
    opened.close()


@given(documents(_tables) | documents() | st.binary(max_size=60))
def test_any_text_is_pins_that_may_be_followed_or_refused(catalogue: Catalogue, raw: bytes) -> None:
    try:
        pins = parse_pins(raw.decode("utf-8", "surrogateescape"))
    except UserError as error:
        told = str(error)
        assert shown(told)
        return
    assert parse_pins(format_pins(pins)) == pins
    with soon(2):
        verdict = asyncio.run(Finder(catalogue, pins=lambda: pins.pins).find(EPISODE, Urgency.ON_SCREEN))
        assert shown(verdict.why)


@given(numbers, numbers, st.integers(0, 10**400), st.booleans())
def test_a_pin_with_any_numbers_is_followed_or_refused(
    catalogue: Catalogue, number: object, episode: object, media: int, whole: bool
) -> None:
    anchor = identify(EPISODE).readings[0]
    pin = {
        "key": "kazenouta" if whole else anchor.title_text,
        "season": 1,
        "part": None,
        "group": "g",
        "media": f"anilist:{media}",
        "number": number,
        "episode": episode,
        "entry_id": None,
    }
    for group in ("G", "g", ""):
        test_any_text_is_pins_that_may_be_followed_or_refused.hypothesis.inner_test(  # type: ignore[attr-defined]
            catalogue, json.dumps({"format": 1, "pins": [{**pin, "group": group}]}).encode()
        )


GOOD = Pins(folders=("/a/b",))
KEPT = GOOD.leaving("/c")


@given(st.binary(max_size=120) | damaged(format_pins(GOOD).encode()))
def test_damaged_pins_are_said_and_set_aside_and_the_copy_serves(raw: bytes) -> None:
    path = Path(os.environ["HOSTILE"], "own-pins", "pins.json")
    for old in path.parent.glob("*"):
        old.unlink()
    PinStore(path).change(lambda _: GOOD)
    PinStore(path).change(lambda _: KEPT)
    path.write_bytes(raw)
    os.utime(path, (1e9, 1e9))
    heard: list[str] = []
    listener = logging.Handler()
    listener.emit = lambda record: heard.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("kotozoe.store.pins").addHandler(listener)
    try:
        store = PinStore(path)
        found, troubles = store.read(), store.troubles()
    finally:
        logging.getLogger("kotozoe.store.pins").removeHandler(listener)
    assert all(map(shown, troubles))
    assert set(heard) == set(troubles)
    if "its copy is used" in " ".join(troubles):
        assert set(KEPT.folders) <= set(found.folders)
    if "newer version" in " ".join(troubles):
        with pytest.raises(StorageError):
            store.change(lambda pins: pins.leaving("/z"))
        return
    assert store.change(lambda pins: pins.leaving("/z")).folders[-1] == "/z"
    aside = path.with_name("pins.damaged-1.json")
    assert aside.exists() == bool(troubles)
    assert not troubles or aside.read_bytes() == raw
