"""Words and exit codes, against an app that answers from a table."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import takewhile
from pathlib import Path

import pytest

from kotozoe.cli.verdict_record import verdict_record
from kotozoe.errors import StorageError, UserError
from kotozoe.model import EpisodeRef, MediaKey, Verdict
from kotozoe.service.lock import Lock
from kotozoe.service.status import HostStatus, KeyStatus, PlayerStatus, StatusBoard
from kotozoe.settings.places import Paths, places, prepare
from tests.cli.table_app import UNKNOWN, TableApp, main

FRIEREN = Verdict(
    "resolved",
    "its title is Jimaku's own",
    EpisodeRef(MediaKey("anilist", "154587"), 5.0),
    entry_id=729,
    title="Sousou no Frieren",
    kind="tv",
    confidence=0.98765,
)
DOUBLE = Verdict("resolved", "Foo: by title", EpisodeRef(MediaKey("tmdb", "tv:5"), 7.5, 8.0), 3, "Foo", "tv", 0.9)
MOVIE = Verdict("resolved", "by title", EpisodeRef(MediaKey("jimaku", "9"), None), 9, "Bar", "movie", 1.0)
SKIPPED = Verdict("skipped", "a creditless opening")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    for name in ("CONFIG", "CACHE", "STATE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.delenv("KOTOZOE_CONFIG", raising=False)
    at = places()
    prepare(at)
    return at


@pytest.fixture
def stdin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bytes], None]]:
    """Yield what sets the content of standard input."""
    file = tmp_path / "stdin"
    file.touch()

    def holds(content: bytes) -> None:
        file.write_bytes(content)

    with file.open() as source:
        monkeypatch.setattr(sys, "stdin", source)
        yield holds


def test_identify_tells_a_person(capsys: pytest.CaptureFixture[str]) -> None:
    app = TableApp({"/a/f.mkv": FRIEREN, "d.mkv": DOUBLE, "m.mkv": MOVIE, "nc\n.mkv": SKIPPED})
    assert main(["identify", "/a/f.mkv", "d.mkv", "m.mkv", "nc\n.mkv", "x"], app) == 0
    assert capsys.readouterr().out.splitlines() == [
        "f.mkv",
        "  Sousou no Frieren, episode 5 (anilist:154587): its title is Jimaku's own",
        "d.mkv",
        "  Foo, episode 7.5-8 (tmdb:tv:5): by title",  # not "Foo: by title"
        "m.mkv",
        "  Bar (jimaku:9): by title",
        "nc\ufffd.mkv",
        "  skipped: a creditless opening",
        "x",
        "  unknown: no title is near",
    ]
    assert app.chunks == [["/a/f.mkv", "d.mkv", "m.mkv", "nc\n.mkv", "x"]]


def test_the_record_of_a_verdict_is_a_promise() -> None:
    assert verdict_record("f.mkv", FRIEREN) == {
        "path": "f.mkv",
        "status": "resolved",
        "anilist_id": 154587,
        "tmdb_id": None,
        "entry_id": 729,
        "episode": 5,
        "episode_end": None,
        "title": "Sousou no Frieren",
        "kind": "tv",
        "confidence": 0.988,
        "why": "its title is Jimaku's own",
    }
    assert isinstance(verdict_record("f.mkv", FRIEREN)["episode"], int)


@pytest.mark.parametrize(
    ("verdict", "told"),
    [
        (DOUBLE, {"episode": 7.5, "episode_end": 8, "tmdb_id": "tv:5", "anilist_id": None}),
        (MOVIE, {"episode": 1, "episode_end": None, "entry_id": 9, "kind": "movie"}),
        (UNKNOWN, {"episode": None, "entry_id": None, "title": None, "kind": None, "confidence": 0.0}),
        (SKIPPED, {"status": "skipped", "why": "a creditless opening"}),
        (
            Verdict("ambiguous", "two of them", EpisodeRef(MediaKey("anilist", "1"), 2.0), 3, "T", "tv", 0.5),
            {"anilist_id": None, "episode": None, "entry_id": None, "title": None, "confidence": 0.5},
        ),
    ],
)
def test_only_a_resolved_verdict_names_an_episode(verdict: Verdict, told: dict[str, object]) -> None:
    assert told.items() <= verdict_record("x", verdict).items()


def test_nothing_resolved_is_exit_code_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["identify", "--json", "x"], TableApp()) == 1
    assert json.loads(capsys.readouterr().out)["status"] == "unknown"


def test_paths_from_standard_input_come_back_in_order_byte_for_byte(
    stdin: Callable[[bytes], None], capsys: pytest.CaptureFixture[str]
) -> None:
    stdin("字幕.mkv\n\nf.mkv\n".encode() + b"\xff\x83.mkv")
    assert main(["identify", "--json", "-"], TableApp({"f.mkv": FRIEREN})) == 0
    paths = [json.loads(line)["path"] for line in capsys.readouterr().out.splitlines()]
    assert paths == ["字幕.mkv", "f.mkv", "\udcff\udc83.mkv"]
    assert os.fsencode(paths[2]) == b"\xff\x83.mkv"


def test_no_input_is_no_failure(stdin: Callable[[bytes], None], capsys: pytest.CaptureFixture[str]) -> None:
    stdin(b"")
    assert main(["identify", "--json", "-"], TableApp()) == 0
    assert capsys.readouterr().out == ""


def test_a_line_without_end_is_refused(stdin: Callable[[bytes], None], capsys: pytest.CaptureFixture[str]) -> None:
    stdin(bytes(2_000_000))
    assert main(["identify", "--json", "-"], TableApp()) == 2
    assert "longer than 1 MB" in capsys.readouterr().err


ECHO = """
import sys
sys.path.insert(0, sys.argv[1])
from tests.cli.table_app import TableApp, main
sys.exit(main(sys.argv[2:], TableApp()))
"""


def test_a_caller_that_feeds_a_line_at_a_time_is_answered_at_once() -> None:
    root = str(Path(__file__).parents[2])
    with subprocess.Popen(
        [sys.executable, "-c", ECHO, root, "identify", "--json", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        for name in ("a.mkv", "b.mkv"):
            running.stdin.write(f"{name}\n")
            assert json.loads(running.stdout.readline())["path"] == name
        running.stdin.close()
        assert running.wait(60) == 1


def test_a_reader_that_leaves_is_no_error() -> None:
    root = str(Path(__file__).parents[2])
    paths = [f"{number}.mkv" for number in range(5000)]
    with subprocess.Popen(
        [sys.executable, "-c", ECHO, root, "identify", "--json", *paths],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait(60) == 141


def test_explain_prints_its_lines_safely(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "f.mkv"], TableApp({"f.mkv": FRIEREN})) == 0
    assert capsys.readouterr().out == "step one\ufffd[31m\nresolved: its title is Jimaku's own\n"
    assert main(["explain", "x"], TableApp()) == 1


def test_choose_answers_each_request(stdin: Callable[[bytes], None], capsys: pytest.CaptureFixture[str]) -> None:
    stdin(b'{"files": ["a"]}\n{"files": ["\xe5\xad\x97"]}\n')
    assert main(["choose", "--json", "-"], TableApp()) == 0
    assert capsys.readouterr().out == '{"chosen": "a"}\n{"chosen": "字"}\n'


@pytest.mark.parametrize("line", [b"no json", b"[1]", b"[" * 100_000, b"\xff"])
def test_a_request_that_is_none_names_its_line(
    stdin: Callable[[bytes], None], capsys: pytest.CaptureFixture[str], line: bytes
) -> None:
    stdin(b'{"files": ["a"]}\n' + line + b"\n")
    assert main(["choose", "--json", "-"], TableApp()) == 2
    assert "Request 2 is no JSON object" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (
            UserError("The config x has a problem", ("line 3: y",)),
            2,
            "kotozoe: The config x has a problem\n  line 3: y\n",
        ),
        (StorageError("the disk is full"), 3, "kotozoe: the disk is full\n"),
        (KeyboardInterrupt(), 130, ""),
        (
            ZeroDivisionError("secret detail"),
            3,
            "kotozoe: something unexpected went wrong (ZeroDivisionError); run it with --debug for details, and",
        ),
    ],
)
def test_trouble_is_a_sentence_and_a_code(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run"], TableApp(error=error)) == code
    told = capsys.readouterr().err
    assert told.startswith(said)
    assert len(told.splitlines()) == len(said.splitlines())


def test_debug_shows_the_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--debug"], TableApp(error=ZeroDivisionError("detail"))) == 3
    assert "Traceback" in capsys.readouterr().err


def test_the_config_may_be_named_before_and_after_the_command(tmp_path: Path, home: Paths) -> None:
    config = tmp_path / "mine.toml"
    config.touch()
    app = TableApp()
    main(["--config", str(config), "run"], app)
    main(["run", "--config", str(config)], app)
    main(["run"], app)
    assert app.configs == [config, config, home.config]


@pytest.mark.parametrize(
    "argv",
    [
        ["run", "--config", "/no/such.toml"],
        ["identify", "-", "a.mkv"],
    ],
)
def test_a_mistake_in_the_command_is_exit_code_two(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv, TableApp()) == 2
    assert capsys.readouterr().err.startswith("kotozoe: ")


@pytest.mark.parametrize("argv", [[], ["watch"], ["identify"], ["choose", "-"], ["run", "--nonsense"]])
def test_an_unknown_word_is_exit_code_two(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(argv, TableApp())
    assert caught.value.code == 2
    told = capsys.readouterr()
    assert "kotozoe" in (told.err or told.out)


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["stauts"], 'there is no command "stauts": did you mean status?'),
        (["xyzzy"], 'there is no command "xyzzy"; there are run, identify'),
        (["--verison"], "there is no option --verison: did you mean --version?"),
        (["config"], "action is missing: one of init, check, show, path"),
        (["config", "chek"], 'there is no action "chek": did you mean check?'),
        (["pins", "lst"], 'there is no action "lst": did you mean list?'),
        (["fetch", "--sidcar", "x"], "there is no option --sidcar: did you mean --sidecar?"),
        (["fetch"], "PATH is missing"),
        (["explain", "a", "b"], '"b" is one argument too many'),
        (["clean", "--unused", "-3"], "'-3' is no number of days from 0 to 100,000"),
        (["explain", "/"], "/ is a folder: name one video"),
    ],
)
def test_a_mistake_is_said_with_what_may_have_been_meant(
    argv: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code: object = main(argv, TableApp())
    except SystemExit as ended:
        code = ended.code
    shown = capsys.readouterr()
    assert (code, shown.out) == (2, "")
    assert told in shown.err


@pytest.mark.parametrize(("argv", "code", "usage"), [([], 2, "kotozoe [-h]"), (["help", "fetch"], 0, "kotozoe fetch")])
def test_help_is_what_people_look_for(
    argv: list[str], code: int, usage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(argv, TableApp())
    assert ended.value.code == code
    assert capsys.readouterr().out.startswith(f"usage: {usage}")


def test_without_a_daemon_status_says_how_to_start_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status"]) == 1
    assert "systemctl --user start kotozoe" in capsys.readouterr().out
    assert main(["status", "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {"running": False}


async def test_status_tells_what_the_daemon_wrote(
    home: Paths, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)  # what it tells decays
    lock = Lock.take(home.lock)
    assert main(["status"]) == 0
    assert "has told nothing yet" in capsys.readouterr().out
    board = StatusBoard(home.status, "0.1", clock=lambda: now)
    board.problems(("line 3: x",))
    board.key(KeyStatus(trouble="there is no key"))
    board.players((PlayerStatus(42, 0.0), PlayerStatus(43, 0.0)))
    for number in range(8):
        board.playback(f"e{number}", 42, f"{number}.mkv")
        board.ended(f"e{number}")
    board.playback("p1", 42, "a.mkv")
    board.step("p1", "resolved", "by title")
    jimaku = HostStatus("jimaku.cc", 1, 2.4, "no network", sent=3, serves="listings")
    board.hosts((jimaku, HostStatus("jimaku.cc", needs_key=True), HostStatus("anilist", sent=1)))
    board.counts(entries=6544)
    board.write()
    assert main(["status"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"kotozoe 0.1 runs (pid {os.getpid()}, for 0 s)",
        "config: line 3: x",
        "key: there is no key",
        "now    a.mkv: resolved, by title",
        "mpv 43: nothing is played",
        *[f"before {n}.mkv" for n in (7, 6, 5, 4, 3)],
        "jimaku.cc, for listings: no network (3 sent, 1 waiting, next in 2.4 s)",
        "jimaku.cc: waits for the API key (0 sent)",
        "anilist: fine (1 sent)",
        "known: 6544 entries",
    ]
    assert main(["status", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["running"], told["counts"]) == (True, {"entries": 6544})
    lock.release()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completions_know_every_command(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell], TableApp()) == 0
    told = capsys.readouterr().out
    assert all(command in told for command in ("identify", "doctor", "uninstall", "status"))


def test_watching_shows_each_change_and_the_steps_of_what_plays(home: Paths, tmp_path: Path) -> None:
    lock = Lock.take(home.lock)
    board = StatusBoard(home.status, "0.1")
    board.playback("p1", 42, "a.mkv")
    board.step("p1", "resolved", "by title")
    board.write()
    with subprocess.Popen(
        [sys.executable, "-m", "kotozoe", "status", "--watch"], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as watching:
        assert watching.stdout is not None
        shown = iter(watching.stdout)
        assert "resolved: by title" in "".join(takewhile("\n".__ne__, shown))
        board.step("p1", "selected", "a.ass")
        board.write()
        assert "selected: a.ass" in "".join(takewhile("\n".__ne__, shown))
        watching.send_signal(signal.SIGINT)
        assert watching.wait(60) == 130
    lock.release()


def test_fetch_and_clean_are_commands(capsys: pytest.CaptureFixture[str]) -> None:
    app = TableApp()
    assert main(["fetch", "--dry-run", "a.mkv"], app) == 0
    assert main(["fetch", "a.mkv", "b.mkv"], app) == 0
    assert main(["clean", "--unused", "7"], app) == 0
    told = capsys.readouterr().out.splitlines()
    assert [told[0][:7], told[2], told[-1]] == [
        "planned",
        "fetched   a.mkv: a.mkv.ja.srt",
        "7 files removed, 0.0 MB; 0.0 MB are left",
    ]
    with pytest.raises(SystemExit):
        main(["clean", "--unused", "-1"], app)
