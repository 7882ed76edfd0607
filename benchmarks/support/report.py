"""docs/benchmarks.md and its chart, written from the tables of a run."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.support.part import Shares, Table, markdown

_ROOT = Path(__file__).parents[2]
PAGE, CHART = _ROOT / "docs" / "benchmarks.md", _ROOT / "docs" / "bench.svg"
_BEGIN, _END = "<!-- measured: begin, written by ./dev bench --write -->", "<!-- measured: end -->"
_WORDS = ("right", "wrong", "no answer")
_WIDTH, _LABEL, _ROW, _BAR = 800, 250, 26, 18  # of the chart, in its own units
_STYLE = """
text { font: 13px sans-serif; fill: #1f2328 } .head { font-weight: bold } .in { fill: #fff }
.right { fill: #1a7f5a } .wrong { fill: #c4432b } .none { fill: #8c959f }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .in { fill: #fff } }
""".strip()


def section(tables: Iterable[Table], day: dt.date) -> str:
    """Return what stands between the markers."""
    heading = (
        f"Measured on {day.isoformat()}, side by side in one run; ratios and counts, as seconds are the machine's."
    )
    return "\n\n".join([heading, "![Names: right, wrong, no answer](bench.svg)", *map(markdown, tables)])


def put(text: str, inner: str) -> str:
    """Return the text with `inner` between its markers; raises ValueError without them."""
    before, begun, rest = text.partition(_BEGIN)
    _, ended, after = rest.partition(_END)
    if not begun or not ended:
        raise ValueError(f"the markers are missing: {_BEGIN} … {_END}")
    return f"{before}{_BEGIN}\n\n{inner}\n\n{_END}{after}"


def chart(tables: Iterable[Table]) -> str:
    """Draw a bar for each reader of names: right, wrong and no answer make a whole."""
    drawn: list[str] = []
    y = _ROW
    for at, word in enumerate(_WORDS):
        kind, x = word.split()[-1].replace("answer", "none"), _LABEL + at * 110
        drawn.append(f'<rect class="{kind}" x="{x}" y="{y - 12}" width="12" height="12"/>')
        drawn.append(f'<text x="{x + 18}" y="{y - 2}">{word}</text>')
    for table in tables:
        if not table.shares:
            continue
        y += _ROW + 10
        drawn.append(f'<text class="head" x="10" y="{y - 8}">{html.escape(table.title)}</text>')
        for label, shares in table.shares:
            drawn += _bar(label, shares, y)
            y += _ROW
    size = f'width="{_WIDTH}" height="{y + 10}" viewBox="0 0 {_WIDTH} {y + 10}"'
    inner = "\n".join(["<title>Names: right, wrong, no answer</title>", f"<style>{_STYLE}</style>", *drawn])
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n{inner}\n</svg>\n'


def _bar(label: str, shares: Shares, y: int) -> list[str]:
    drawn = [f'<text x="{_LABEL - 10}" y="{y + 13}" text-anchor="end">{html.escape(label)}</text>']
    whole, x = _WIDTH - _LABEL - 10, float(_LABEL)
    for kind, share in zip(("right", "wrong", "none"), shares, strict=True):
        width = whole * share
        drawn.append(f'<rect class="{kind}" x="{x:.1f}" y="{y}" width="{width:.1f}" height="{_BAR}"/>')
        if share > 0.06:
            middle = x + width / 2
            drawn.append(f'<text class="in" x="{middle:.1f}" y="{y + 13}" text-anchor="middle">{share:.0%}</text>')
        x += width
    return drawn


def write(tables: Sequence[Table], day: dt.date, page: Path = PAGE, picture: Path = CHART) -> None:
    page.write_text(put(page.read_text("utf-8"), section(tables, day)), "utf-8")
    picture.write_text(chart(tables), "utf-8")
