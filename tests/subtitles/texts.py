"""Small subtitles, written for the tests."""

from __future__ import annotations

LINE = "風が吹いています。練習を始めましょう！"
CHINESE = "风在吹。我们开始练习吧，你们都来了吗？"
TRADITIONAL = "風在吹。我們開始練習吧，你們都來了嗎？"


def _stamp(seconds: int, mark: str) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{mark}000"


def srt(line: str = LINE, count: int = 60, step: int = 5, newline: str = "\n") -> str:
    """Return an SRT of `count` numbered lines, one every `step` seconds."""
    cues = (f"{n + 1}\n{_stamp(n * step, ',')} --> {_stamp(n * step + 3, ',')}\n{line}{n}\n" for n in range(count))
    return "\n".join(cues).replace("\n", newline)


def vtt(line: str = LINE, count: int = 60) -> str:
    return "WEBVTT\n\n" + srt(line, count).replace(",000", ".000")


def ass(line: str = LINE, count: int = 60, step: int = 5, style: str = "Default") -> str:
    """Return an ASS with the three sections that a player needs."""
    head = (
        "[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize\n"
        f"Style: {style},Noto Sans CJK JP,48\n\n[Events]\n"
        "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
    )
    times = ((n * step, n * step + 3) for n in range(count))
    lines = (
        f"Dialogue: 0,{a // 3600}:{a // 60 % 60:02d}:{a % 60:02d}.00,{b // 3600}:{b // 60 % 60:02d}:{b % 60:02d}.00,"
        f"{style},,0,0,0,,{{\\fad(100,100)}}{line}{n}\n"
        for n, (a, b) in enumerate(times)
    )
    return head + "".join(lines)
