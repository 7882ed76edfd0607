"""Subtitles made up for files that the world only names: Japanese, 24 minutes, and the file's name in the first cue."""

from __future__ import annotations

import io
import re
import zipfile
from functools import cache

MARK = "@@NAME@@"
LINES = (
    "おはよう、よく眠れた？",
    "うん、でも変な夢を見たんだ",
    "どんな夢だったの",
    "風がずっと歌っている夢",
    "それは、いいしるしかもしれないね",
    "さあ、急がないと遅れるよ",
    "待って！　今行くから",
    "この坂を上れば海が見える",
)
CUES = 240
_ASS_HEAD = (
    "[Script Info]\nScriptType: v4.00+\nPlayResX: 640\nPlayResY: 360\n\n[V4+ Styles]\n"
    "Format: Name, Fontname, Fontsize, PrimaryColour, Bold, Alignment, MarginV\n"
    "Style: Default,Noto Sans CJK JP,24,&H00FFFFFF,0,2,18\n\n[Events]\n"
    "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
)


def subtitle(name: str) -> bytes:
    """Return the made content of the file `name`, by its extension; any archive is a zip, whatever it is called."""
    if _extension(name) in ("zip", "rar", "7z"):
        return _pack(name)
    return _template(_extension(name)).replace(MARK, _shown(name)).encode()


def size_of(name: str) -> int:
    """Return the size in bytes of `subtitle(name)`, without making it where that can be avoided."""
    if _extension(name) in ("zip", "rar", "7z"):
        return len(_pack(name))
    return _template_size(_extension(name)) + len(_shown(name).encode()) - len(MARK)


def _extension(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _shown(name: str) -> str:
    """Return the name as a cue may hold it: one line, nothing that ASS would read as a tag."""
    return re.sub(r"[{}\\\r\n]", "_", name.encode("utf-8", "replace").decode())


@cache
def _template_size(extension: str) -> int:
    return len(_template(extension).encode())


@cache
def _template(extension: str) -> str:
    cues = [
        (4.0 + 6.0 * i, 7.5 + 6.0 * i, LINES[i * 5 % len(LINES)] if i else f"これは「{MARK}」です") for i in range(CUES)
    ]
    if extension in ("ass", "ssa"):
        rows = (f"Dialogue: 0,{_ass(start)},{_ass(end)},Default,,0,0,0,,{text}\n" for start, end, text in cues)
        return _ASS_HEAD + "".join(rows)
    return "".join(f"{i}\n{_srt(start)} --> {_srt(end)}\n{text}\n\n" for i, (start, end, text) in enumerate(cues, 1))


def _srt(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02},{round(seconds % 1 * 1000):03}"


def _ass(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}.{round(seconds % 1 * 100):02}"


@cache
def _pack(name: str) -> bytes:
    """Zip one made subtitle per episode of the range in the name (1 to 12 if it has none)."""
    found = re.search(r"(\d{1,3})\s*[-~〜]\s*(\d{1,3})", name)
    first, last = (int(found[1]), int(found[2])) if found else (1, 12)
    stem = name.rpartition(".")[0]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as pack:
        for episode in range(first, min(last, first + 60) + 1):
            member = zipfile.ZipInfo(f"{stem} - {episode:02}.srt", (2026, 5, 3, 11, 22, 32))
            pack.writestr(member, subtitle(member.filename))
    return buffer.getvalue()
