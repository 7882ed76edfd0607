from __future__ import annotations

import io
import logging
import os
import re
import warnings
from pathlib import Path

import pytest

from kotozoe.model import Secret
from kotozoe.service.log import PLAYBACK, begin

KEY = "AAAAAAAA" + "k_-9" * 12 + "zz"
_log = logging.getLogger("kotozoe.test")


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


def test_a_key_is_masked_by_its_form_wherever_it_stands(out: io.StringIO) -> None:
    begin(logging.INFO, out)
    _log.info("asked with %s", {"Authorization": KEY})
    try:
        raise ValueError(KEY)  # noqa: TRY301 - the traceback is what is tested
    except ValueError:
        _log.exception("it broke")
    assert KEY not in out.getvalue()
    assert out.getvalue().count("[key]") == 2


def test_a_key_of_another_form_is_masked_once_it_is_known(out: io.StringIO) -> None:
    masks = begin(logging.INFO, out)
    masks.know(Secret("hunter2hunter2"))
    masks.know(Secret("a"))
    masks.know(None)
    _log.info("sent hunter2hunter2, a letter")
    assert out.getvalue().endswith("sent [key], a letter\n")


def test_a_log_line_has_time_level_and_playback(out: io.StringIO) -> None:
    begin(logging.INFO, out)
    before = PLAYBACK.set("p7")
    _log.warning("later")
    PLAYBACK.reset(before)
    _log.info("else")
    _log.debug("too much")
    assert re.fullmatch(r"\d\d:\d\d:\d\d warning \[p7\] later\n\d\d:\d\d:\d\d info    else\n", out.getvalue())


def test_a_file_name_cannot_forge_colours_in_the_log(out: io.StringIO) -> None:
    begin(logging.INFO, out)
    _log.info("loaded %s", "\x1b[2Jx\r\u202e")
    assert "\x1b" not in out.getvalue()
    assert "\r" not in out.getvalue()
    assert "\u202e" not in out.getvalue()


def test_the_journal_gets_a_priority_on_every_line_and_no_time(tmp_path: Path) -> None:
    with (tmp_path / "journal").open("w+") as stream:
        found = os.fstat(stream.fileno())
        begin(logging.DEBUG, stream, {"JOURNAL_STREAM": f"{found.st_dev}:{found.st_ino}"})
        _log.debug("d")
        _log.info("i")
        _log.warning("w")
        _log.error("two\nlines")
        stream.seek(0)
        assert stream.read() == "<7>d\n<6>i\n<4>w\n<3>two\n<3>lines\n"


def test_an_inherited_journal_stream_variable_is_ignored(out: io.StringIO) -> None:
    begin(logging.INFO, out, {"JOURNAL_STREAM": "1:2"})
    _log.info("i")
    assert not out.getvalue().startswith("<")


def test_libraries_log_warnings_only(out: io.StringIO) -> None:
    begin(logging.INFO, out)
    logging.getLogger("httpx").info("HTTP Request: GET https://example.org/?secret")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    assert "httpx" not in out.getvalue()
    assert "secret" not in out.getvalue()
    assert "old" in out.getvalue()
