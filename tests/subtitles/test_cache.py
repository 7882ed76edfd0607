"""Names that lie, files that appear whole, and room that is kept."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kotozoe.errors import StorageError
from kotozoe.model import SubtitleFile
from kotozoe.subtitles.cache import SubtitleCache, safe_stem

LIES = [
    "../../etc/passwd.srt",
    "/etc/passwd.srt",
    "..\\..\\evil.srt",
    "C:\\evil.srt",
    "a\0b.srt",
    "a\nb\r\n.srt",
    "\x1b[31mred\x1b[0m.srt",
    "${path}.srt",
    "%p.srt",
    "-rf.srt",
    ".hidden.srt",
    "\u202egnp.srt",
    "\udcff\udcfe.srt",
    "...",
    "",
    "あ" * 300 + ".srt",
    "a" * 5000,
]


def check(name: str, root: Path) -> None:
    path = SubtitleCache(root).place(7, SubtitleFile(name), "srt")
    assert path.parent == root / "7"
    assert os.path.normpath(path) == str(path)
    assert len(os.fsencode(path.name)) <= 255
    assert path.name.isprintable()
    assert path.name[0] not in ".-"
    assert not set("/\\\0\n${}%".replace("{}", "")) & set(path.name)
    assert path.name.endswith(".srt")


@pytest.mark.parametrize("name", LIES)
def test_a_name_that_lies_is_stored_safely(name: str, tmp_path: Path) -> None:
    check(name, tmp_path)
    subtitle_cache = SubtitleCache(tmp_path)
    subtitle_cache.keep(subtitle_cache.place(7, SubtitleFile(name), "srt"), b"x")
    assert [p.parent for p in tmp_path.rglob("*") if p.is_file()] == [tmp_path / "7"]


@given(st.text(alphabet=st.characters(), max_size=400))
def test_any_name_is_stored_safely(name: str) -> None:
    check(name, Path("/cache"))


def test_a_readable_name_stays_readable() -> None:
    assert safe_stem("[Hane] 風の練習 - 03 (1080p).ja[cc].srt") == "[Hane] 風の練習 - 03 (1080p).ja[cc]"


def test_what_was_kept_is_found_again_and_nothing_else(tmp_path: Path) -> None:
    subtitle_cache, file = SubtitleCache(tmp_path), SubtitleFile("a.srt", 3, 1.0)
    path = subtitle_cache.keep(subtitle_cache.place(1, file, "srt"), b"abc")
    assert subtitle_cache.find(1, file, "srt") == path
    assert subtitle_cache.read(path) == b"abc"
    others = [
        (2, file, ""),
        (1, SubtitleFile("a.srt", 4, 1.0), ""),
        (1, SubtitleFile("a.srt", 3, 2.0), ""),
        (1, file, "b.srt"),
    ]
    assert [subtitle_cache.find(e, f, "srt", m) for e, f, m in others] == [None] * 4


def test_what_another_server_calls_the_same_is_another_file(tmp_path: Path) -> None:
    file = SubtitleFile("Kaze - 01.srt", 10, 5.0)
    usual, other = SubtitleCache(tmp_path), SubtitleCache(tmp_path, server="-0123")
    usual.keep(usual.place(7, file, "srt"), b"1")
    assert usual.find(7, file, "srt") is not None
    assert other.find(7, file, "srt") is None


def test_the_longest_unused_go_first_and_what_is_in_use_stays(tmp_path: Path) -> None:
    subtitle_cache = SubtitleCache(tmp_path, limit=250)
    paths = [
        subtitle_cache.keep(subtitle_cache.place(1, SubtitleFile(f"{n}.srt"), "srt"), b"x" * 100) for n in range(2)
    ]
    for n, path in enumerate(paths):
        os.utime(path, (n, n))
    third = subtitle_cache.keep(
        subtitle_cache.place(1, SubtitleFile("3.srt"), "srt"), b"x" * 100, in_use={str(paths[0])}
    )
    assert [p.exists() for p in (*paths, third)] == [True, False, True]


def test_a_use_counts(tmp_path: Path) -> None:
    subtitle_cache = SubtitleCache(tmp_path, limit=250)
    files = [SubtitleFile(f"{n}.srt") for n in range(3)]
    for n in (0, 1):
        os.utime(subtitle_cache.keep(subtitle_cache.place(1, files[n], "srt"), b"x" * 100), (n, n))
    subtitle_cache.find(1, files[0], "srt")
    subtitle_cache.keep(subtitle_cache.place(1, files[2], "srt"), b"x" * 100)
    assert [subtitle_cache.find(1, f, "srt") is not None for f in files] == [True, False, True]


def test_a_failed_write_leaves_nothing_and_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subtitle_cache = SubtitleCache(tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(StorageError, match="No space left"):
        subtitle_cache.keep(subtitle_cache.place(1, SubtitleFile("a.srt"), "srt"), b"x")
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_the_folder_is_private(tmp_path: Path) -> None:
    subtitle_cache = SubtitleCache(tmp_path / "cache")
    path = subtitle_cache.keep(subtitle_cache.place(1, SubtitleFile("a.srt"), "srt"), b"x")
    assert path.parent.stat().st_mode & 0o077 == 0
    assert path.stat().st_mode & 0o077 == 0


def test_where_all_that_might_go_is_in_use_nothing_more_is_taken(tmp_path: Path) -> None:
    subtitle_cache = SubtitleCache(tmp_path, limit=250)
    kept = [subtitle_cache.keep(subtitle_cache.place(1, SubtitleFile(f"{n}.srt"), "srt"), b"x" * 100) for n in range(2)]
    with pytest.raises(StorageError, match="full"):
        subtitle_cache.keep(
            subtitle_cache.place(1, SubtitleFile("3.srt"), "srt"), b"x" * 100, in_use={str(path) for path in kept}
        )
    assert sorted(tmp_path.glob("1/*")) == sorted(kept)


def test_an_index_in_use_keeps_its_pictures(tmp_path: Path) -> None:
    subtitle_cache = SubtitleCache(tmp_path, limit=250)
    index = subtitle_cache.keep(subtitle_cache.place(1, SubtitleFile("1.idx"), "idx"), b"x" * 100)
    pictures = subtitle_cache.keep(index.with_suffix(".sub"), b"x" * 100, in_use={str(index)})
    os.utime(pictures, (0, 0))
    with pytest.raises(StorageError):
        subtitle_cache.keep(subtitle_cache.place(1, SubtitleFile("2.srt"), "srt"), b"x" * 100, in_use={str(index)})
    assert pictures.exists()


def test_cleaning_spares_what_is_in_use_or_was_used_lately(tmp_path: Path) -> None:
    subtitle_cache = SubtitleCache(tmp_path)
    old, shown, late = (
        subtitle_cache.keep(subtitle_cache.place(n, SubtitleFile(f"{n}.srt"), "srt"), b"x" * 100) for n in range(3)
    )
    for path in (old, shown):
        os.utime(path, (0, 0))
    cleaned = subtitle_cache.clean({str(shown)}, unused_for=86_400.0)
    assert (cleaned.files, cleaned.size, cleaned.left) == (1, 100, 200)
    assert [path.exists() for path in (old, shown, late)] == [False, True, True]
    assert not old.parent.exists()
    assert subtitle_cache.clean({str(shown)}).files == 1


def test_what_was_never_finished_goes_in_time(tmp_path: Path) -> None:
    subtitle_cache = SubtitleCache(tmp_path)
    (tmp_path / "1").mkdir()
    old, new = tmp_path / "1" / ".new-a", tmp_path / "1" / ".new-b"
    for path in (old, new):
        path.touch()
    os.utime(old, (0, 0))
    subtitle_cache.keep(subtitle_cache.place(1, SubtitleFile("1.srt"), "srt"), b"x")
    assert (old.exists(), new.exists()) == (False, True)


def test_a_cache_that_became_smaller_is_trimmed_but_for_what_is_shown(tmp_path: Path) -> None:
    large = SubtitleCache(tmp_path)
    paths = [large.keep(large.place(1, SubtitleFile(f"{n}.srt"), "srt"), b"x" * 100) for n in range(4)]
    for age, path in enumerate(paths):
        os.utime(path, (age, age))
    SubtitleCache(tmp_path, limit=250).trim({str(paths[0])})
    assert [path.exists() for path in paths] == [True, False, False, True]
