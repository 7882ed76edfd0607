"""What one obtaining may open, unpack and take, over all its candidates."""

from __future__ import annotations

import asyncio
import io
import random
import threading
import zipfile
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING

from kotozoe.model import NotObtained, Readable
from kotozoe.subtitles import candidate, fetcher
from kotozoe.subtitles.archive import Archive, Member, read_member
from kotozoe.subtitles.opened import opened
from tests.hostile.made import soon
from tests.subtitles.test_archive import seven, zipped
from tests.subtitles.test_fetcher import Stage
from tests.subtitles.texts import LINE, srt

if TYPE_CHECKING:
    import pytest


def nested(count: int) -> bytes:
    """Return a small zip of zips, each with a member of 30 MB that does not look packed too well."""
    noise = random.Random(1).randbytes(200_000)
    inner = zipped({"Kaze no Renshuu - 03.srt": noise + bytes(30_000_000 - len(noise))})
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for n in range(count):
            archive.writestr(f"[G{n}] Kaze no Renshuu - 03.zip", inner)
    return stream.getvalue()


async def refused(stage: Stage) -> str:
    with soon(candidate.MAX_SECONDS):
        obtained = await stage.obtain()
    assert isinstance(obtained, NotObtained)
    assert not obtained.retry
    return obtained.reason


async def test_of_archives_in_an_archive_a_bounded_part_is_unpacked(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"Kaze no Renshuu (01-12).zip": nested(180)})
    assert "more than 64 MB would have to be unpacked" in await refused(stage)


def solid(count: int, name: str = "{n:04d} Kaze no Renshuu - 03.srt") -> bytes:
    return seven({name.format(n=n): f"{n} words only ".encode() * 20 for n in range(count)})


async def test_of_a_solid_archive_few_members_are_read(tmp_path: Path) -> None:
    stage = Stage(tmp_path, {"Kaze no Renshuu (01-12).7z": solid(2900)})
    why = await refused(stage)
    assert "none of the first 12 files in archives could be used" in why
    assert why.count("it holds no lines") == candidate.MAX_MEMBERS_OPENED


async def test_what_is_left_of_the_archives_goes_to_no_second_one_but_to_a_plain_file(tmp_path: Path) -> None:
    packs = {f"[G{n}] Kaze no Renshuu - 03.zip": zipped({f"{m} - 03.srt": b"words" for m in range(8)}) for n in (1, 2)}
    stage = Stage(tmp_path, {**packs})
    assert (await refused(stage)).count("it holds no lines") == candidate.MAX_MEMBERS_OPENED
    stage = Stage(tmp_path / "plain", {**packs, "Kaze no Renshuu - 03.srt": srt().encode()})
    assert isinstance(await stage.obtain(), Readable)


async def test_the_time_for_reading_is_one_for_all_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 1000, 3))  # each look at the clock is three seconds after the last
    monkeypatch.setattr(candidate, "time", SimpleNamespace(thread_time=lambda: float(next(clock))))
    stage = Stage(tmp_path, {"Kaze no Renshuu (01-12).zip": zipped({f"{m} - 03.srt": b"words" for m in range(8)})})
    obtained = await stage.obtain()
    assert isinstance(obtained, NotObtained)
    assert "stopped: reading what was fetched took 12 s" in obtained.reason


async def test_of_a_pack_the_episode_is_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def noted(archive: Archive, member: Member) -> bytes:
        read.append(member.name)
        return read_member(archive, member)

    monkeypatch.setattr(candidate, "read_member", noted)
    members = {f"Kaze no Renshuu - {n:02d}.srt": srt(f"{LINE}{n}").encode() for n in range(1, 27)}
    stage = Stage(tmp_path, {"Kaze no Renshuu (01-26).7z": seven(members)})
    assert isinstance(await stage.obtain(26), Readable)
    assert read == ["Kaze no Renshuu - 26.srt"]


async def test_few_large_bodies_wait_in_memory_to_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"Kaze no Renshuu - {n:02d}.srt" for n in range(1, 9)]
    stage = Stage(tmp_path, {name: srt(f"{LINE}{name}").encode() for name in names})
    held, most = set[str](), [0]
    monkeypatch.setattr(candidate, "LARGE", 100)

    def counted(raw: bytes, extension: str, languages: tuple[str, ...]) -> bytes:
        most[0] = max(most[0], stage.fetcher._loader._held)
        held.add(raw[:200].decode("utf-8", "replace"))
        return opened(raw, extension, languages)

    monkeypatch.setattr(candidate, "opened", counted)
    obtained = await asyncio.gather(*(stage.obtain(n) for n in range(1, 9)))
    assert all(isinstance(one, Readable) for one in obtained)
    assert most == [candidate.MAX_HELD]
    assert len(held) == 8
    assert stage.fetcher._loader._held == 0


async def test_strangers_texts_are_read_beside_the_event_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, read = threading.current_thread(), set[str]()

    def watched(module: ModuleType, name: str) -> None:
        right = getattr(module, name)

        def work(*args: object, **named: object) -> object:
            assert threading.current_thread() is not here, name
            read.add(f"{module.__name__}.{name}")
            return right(*args, **named)

        monkeypatch.setattr(module, name, work)

    for name in ("open_archive", "read_member", "opened", "wrong_length", "choose_readable"):
        watched(candidate, name)
    watched(fetcher, "choose_readable")
    files = {"Kaze no Renshuu (01-12).zip": zipped({f"{m:02d}.srt": srt().encode() for m in range(1, 13)})}
    stage = Stage(tmp_path, {**files})
    assert isinstance(await stage.obtain(duration=300.0), Readable)
    assert len(read) == 6
