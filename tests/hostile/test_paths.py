"""What is played: paths and titles, from any disk or stream."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest
from hypothesis import example
from hypothesis import strategies as st

from kotozoe.app.playback_reporter import shown_name
from kotozoe.app.video_library import videos_of
from kotozoe.errors import UserError
from kotozoe.identify.names.identify import identify
from kotozoe.identify.verdict.anchor import anchor_of
from kotozoe.identify.verdict.pins import base_name, folder_of
from kotozoe.lookup.finder import Finder
from kotozoe.lookup.nfo_files import read_nfo_files
from kotozoe.model import Candidate, Entry, EpisodeRef, MediaKey, Urgency, Verdict, VideoFile
from kotozoe.playback.menu import main_menu, menu_message, show_menu
from kotozoe.store.catalogue import Catalogue
from tests.hostile.made import given, names, shown, soon, texts

_schemes = st.sampled_from(["/", "https://example.org/", "file:///", "ytdl://", "//", "-", "", "C:\\", "https://["])
paths = st.builds(lambda start, parts: start + "/".join(parts), _schemes, st.lists(names, min_size=1, max_size=4))
videos = st.builds(VideoFile, paths, texts, st.booleans())


@example(VideoFile("/x", "\ud800"))
@example(VideoFile("https://["))
@given(videos)
def test_any_video_gets_a_verdict_that_can_be_shown_and_kept(video: VideoFile) -> None:
    catalogue = Catalogue(":memory:")
    try:
        with soon():
            verdict = asyncio.run(Finder(catalogue).find(video, Urgency.ON_SCREEN))
        assert shown(verdict.why)
        assert all(shown(step) for step in verdict.trace)
        assert shown(shown_name(video))
        read = identify(video)
        assert read.skip or read.readings or read.ids
        assert catalogue.reading(video) in (None, read)
        assert anchor_of(read) is None or anchor_of(read) == anchor_of(read)
        assert len(base_name(video.path)) <= 500
        assert not (folder_of(video.path) and video.path.startswith("https:"))
        json.dumps(verdict.why).encode("ascii")
    finally:
        catalogue.close()


@given(videos)
def test_beside_any_video_nothing_but_a_note_is_read(video: VideoFile) -> None:
    with soon(1):
        assert read_nfo_files(video) == ()


@given(st.sets(names, max_size=5))
def test_folders_of_any_names_are_walked(found: set[str]) -> None:
    root = Path(os.environ["HOSTILE"])
    for name in found:
        if "/" in name or "\0" in name or name in ("", ".", ".."):
            continue
        try:
            (root / name).touch()
        except (OSError, UnicodeEncodeError):
            continue
    try:
        assert set(videos_of([str(root)])) <= set(map(str, root.iterdir()))
        for path in root.iterdir():
            assert shown(shown_name(VideoFile(str(path))))
    finally:
        for path in root.iterdir():
            path.unlink()


@given(paths)
def test_a_path_on_the_command_line_is_there_or_refused_in_print(path: str) -> None:
    with pytest.raises(UserError) as refusal:
        list(videos_of([f"{path}\x1b no such"]))
    assert shown(str(refusal.value))


@given(texts, texts, texts, st.lists(texts, max_size=2))
def test_menus_show_nothing_that_cannot_be_seen(title: str, why: str, name: str, folders: list[str]) -> None:
    ref = EpisodeRef(MediaKey("anilist", "1"), 3.0)
    verdict = Verdict("ambiguous", why, ref, 1, title, candidates=(Candidate(ref, title, "title", 0.5),))
    told = [
        main_menu(verdict, None, why, (), (), "/" + "/".join(folders), ""),
        main_menu(None, None, why, (), (), "", "/" + "/".join(folders)),
        show_menu([Entry(1, name, japanese_name=title)], verdict.candidates, ref),
    ]
    for menu in told:
        message = menu_message(menu, "mpv-1/1", 1)
        assert shown(str(message["title"]))
        items = message["items"]
        assert isinstance(items, list)
        assert all(shown(item["title"]) and shown(item["hint"]) for item in items)
        json.dumps(message).encode("ascii")
