"""What the stand-in servers serve: a folder with media.jsonl, entries.jsonl and the reference lists."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from tests.fakes.cues import size_of, subtitle

Row: TypeAlias = dict[str, Any]
SMALL = Path(__file__).parent.parent / "data" / "world"
STAMP = "2026-05-03T11:22:33.123456789Z"


@dataclass
class WorldFile:
    """A file of an entry; without a body of its own it gets a made one that names the file."""

    name: str
    body: bytes | None = None
    last_modified: str = STAMP

    @property
    def content(self) -> bytes:
        return subtitle(self.name) if self.body is None else self.body

    @property
    def size(self) -> int:
        return size_of(self.name) if self.body is None else len(self.body)


@dataclass
class WorldEntry:
    """An entry as Jimaku tells it (`row`, optionals absent), and its files."""

    row: Row
    files: list[WorldFile] = field(default_factory=list)

    @property
    def entry_id(self) -> int:
        return int(self.row["id"])


@dataclass
class World:
    """Everything may be changed while the servers run; media are found by id, entries by id."""

    media: dict[int, Row] = field(default_factory=dict)
    entries: dict[int, WorldEntry] = field(default_factory=dict)
    rules: bytes = b""
    seasons: bytes = b"{}"
    titles: bytes = b""

    @classmethod
    def load(cls, folder: Path) -> World:
        return cls(
            media={row["id"]: row for row in _rows(folder / "media.jsonl")},
            entries={row["id"]: _entry(row) for row in _rows(folder / "entries.jsonl")},
            rules=_bytes(folder / "anime-relations.txt"),
            seasons=_bytes(folder / "seasons.json") or b"{}",
            titles=_bytes(folder / "titles.json"),
        )

    @classmethod
    def small(cls) -> World:
        """Return the invented shows that ship with the tests."""
        return cls.load(SMALL)


def _rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _entry(row: Row) -> WorldEntry:
    files = [_file(item) for item in row.get("files", ())]
    rest = {key: value for key, value in row.items() if key != "files" and value is not None}
    flags = {"anime": True, "unverified": False, "external": False, "movie": False, "adult": False}
    rest["flags"] = flags | rest.get("flags", {})
    return WorldEntry(rest, files)


def _file(item: str | Row) -> WorldFile:
    """Read a name, or an object with a name and its text, hexadecimal bytes, or only a size to be padded to."""
    if isinstance(item, str):
        return WorldFile(item)
    body: bytes | None = None
    if "text" in item:
        body = item["text"].encode(item.get("encoding", "utf-8"))
    elif "bytes" in item:
        body = bytes.fromhex(item["bytes"])
    elif "size" in item:
        body = subtitle(item["name"]).ljust(item["size"], b"\n")
    return WorldFile(item["name"], body, item.get("last_modified", STAMP))
