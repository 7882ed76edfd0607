"""What `./dev bench` writes: tables, docs/benchmarks.md, the chart; and that all that it measures is there."""

from __future__ import annotations

import datetime as dt
import py_compile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from benchmarks import __main__
from benchmarks.support import peer, report
from benchmarks.support.invented_world import made, seasons, video_of
from benchmarks.support.part import Table, markdown, scored, times
from benchmarks.support.score import judged, shares

TABLE = Table(
    "Which episode is it? 4 <names>",
    ("", "right", "wrong", "no answer"),
    (scored("kotozoe", (0.75, 0.0, 0.25)), scored("other | one", (0.5, 0.5, 0.0))),
    "As counted.",
    (("kotozoe", (0.75, 0.0, 0.25)), ("other & one", (0.5, 0.5, 0.0))),
)
DAY = dt.date(2026, 2, 3)


def test_a_table_is_markdown_with_its_title_and_note() -> None:
    assert markdown(TABLE).splitlines() == [
        "**Which episode is it? 4 <names>**",
        "",
        "|  | right | wrong | no answer |",
        "|---|---:|---:|---:|",
        "| kotozoe | 75.0% | 0.0% | 25.0% |",
        "| other \\| one | 50.0% | 50.0% | 0.0% |",
        "",
        "As counted.",
    ]


@pytest.mark.parametrize(("value", "unit", "said"), [(1, 2, "0.5 ×"), (94, 10, "9.4 ×"), (99, 10, "10 ×")])
def test_a_ratio_has_two_digits(value: float, unit: float, said: str) -> None:
    assert times(value, unit) == said


def test_only_what_is_between_the_markers_is_replaced(tmp_path: Path) -> None:
    page, picture = tmp_path / "benchmarks.md", tmp_path / "bench.svg"
    begin, end = "<!-- measured: begin, written by ./dev bench --write -->", "<!-- measured: end -->"
    page.write_text(f"# A\n\n{begin}\nold\n{end}\n\n## B\n")
    for _ in range(2):
        report.write([TABLE], DAY, page, picture)
    text = page.read_text()
    assert text.startswith(f"# A\n\n{begin}\n\nMeasured on 2026-02-03, ")
    assert text.endswith(f"As counted.\n\n{end}\n\n## B\n")
    assert "old" not in text
    assert text.count("| kotozoe |") == 1


def test_a_page_without_markers_is_not_written(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text("# A\n")
    with pytest.raises(ValueError, match="markers are missing"):
        report.write([TABLE], DAY, page, tmp_path / "bench.svg")
    assert page.read_text() == "# A\n"


def test_the_projects_page_has_the_markers() -> None:
    assert "new" in report.put(report.PAGE.read_text("utf-8"), "new")


def test_the_chart_has_a_whole_bar_for_each_reader() -> None:
    drawn = ET.fromstring(report.chart([TABLE]))
    bars = [one for one in drawn.iter() if one.tag.endswith("rect")][3:]
    by_row: dict[str, float] = {}
    for bar in bars:
        by_row[bar.attrib["y"]] = by_row.get(bar.attrib["y"], 0.0) + float(bar.attrib["width"])
    assert len(set(by_row.values())) == 1
    assert len(by_row) == 2


def test_every_part_is_there_once() -> None:
    names = [part.name for part in __main__.PARTS]
    assert names == list(dict.fromkeys(names))
    assert {"identify", "choose", "latency", "rate", "idle", "scaling"} <= set(names)


def test_what_runs_jimaku_dl_is_python() -> None:
    py_compile.compile(str(peer._RUNNER), doraise=True)


def test_the_invented_names_are_the_same_every_time_and_have_answers() -> None:
    data = made(40, 60)
    assert [row["path"] for row in data.names] == [row["path"] for row in made.__wrapped__(40, 60).names]
    assert len(data.names) == 60
    assert all(row["anilist_id"] is None or row["anilist_id"] in data.world.media for row in data.names)
    assert all(set(pick["accept"]) <= set(pick["files"]) for pick in data.picks)


def test_a_season_that_is_played_has_a_file_for_each_episode() -> None:
    data = made(40, 60)
    title = seasons(data, 10)[0]
    files = next(e.files for e in data.world.entries.values() if e.row["name"] == title)
    assert len(files) >= 10
    assert video_of(title, 3) == f"[Hane] {title} - 03 (1080p) [ABCD1234].mkv"


@pytest.mark.parametrize(
    ("anilist_id", "episode", "what"),
    [(7, 3.0, "right"), (8, 15, "right"), (7, 4, "wrong-episode"), (9, 3, "wrong"), (None, None, "declined")],
)
def test_an_answer_is_judged_by_media_and_episode(anilist_id: int | None, episode: float | None, what: str) -> None:
    row = {"anilist_id": 7, "episode": 3, "accept": [[8, 15]], "kind": "tv"}
    assert judged(row, anilist_id, episode) == what


def test_what_must_not_be_matched_is_right_without_an_answer() -> None:
    row = {"anilist_id": None, "episode": None, "kind": "none"}
    assert judged(row, None, None) == "right"
    assert judged(row, 7, 1) == "wrong"


def test_shares_make_a_whole() -> None:
    assert shares(["right", "right", "wrong-episode", "declined"]) == (0.5, 0.25, 0.25)
