"""Where the API key comes from, and that nobody but Jimaku sees it."""

from __future__ import annotations

import dataclasses
import os
import sys
from pathlib import Path

import pytest

from kotozoe.model import Secret
from kotozoe.settings.key import NO_KEY, VARIABLE, _file, find_key
from kotozoe.settings.schema import JimakuSettings
from tests.live.mpv import eventually

KEY = "AAAAAAAA" + "x" * 50


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "key"
    file.touch(mode=0o600)
    file.write_text("from-file\n")
    return file


def printing(text: str) -> tuple[str, ...]:
    return (sys.executable, "-c", f"print({text!r})")


async def test_environment_before_command_before_file_before_config(key_file: Path) -> None:
    all_of_them = JimakuSettings(
        api_key_file=str(key_file), api_key_command=printing("from-command"), api_key=Secret("from-config")
    )
    found = await find_key(all_of_them, {VARIABLE: "from-environment"})
    assert (found.secret, found.origin) == (Secret("from-environment"), f"the environment variable {VARIABLE}")
    found = await find_key(all_of_them, {VARIABLE: " "})
    assert (found.secret, found.origin) == (Secret("from-command"), f"the command {sys.executable}")
    found = await find_key(dataclasses.replace(all_of_them, api_key_command=()), {})
    assert (found.secret, found.origin) == (Secret("from-file"), f"the file {key_file}")
    found = await find_key(JimakuSettings(api_key=Secret("from-config")), {})
    assert (found.secret, found.origin) == (Secret("from-config"), "the config's [jimaku] api_key")


def test_a_named_file_comes_before_the_credential_and_that_before_what_login_wrote(tmp_path: Path) -> None:
    key, sealed, credential = tmp_path / "jimaku.key", tmp_path / "jimaku.cred", tmp_path / "unit" / "jimaku-api-key"
    credential.parent.mkdir()
    for file in (key, sealed, credential):
        file.touch()
    unit = {"CREDENTIALS_DIRECTORY": str(credential.parent)}
    assert _file(JimakuSettings(api_key_file=str(tmp_path / "mine")), unit) == tmp_path / "mine"
    usual = JimakuSettings(api_key_file=str(key))
    assert _file(usual, unit) == credential
    assert _file(usual, {}) == sealed
    sealed.unlink()
    assert _file(usual, {}) == key


async def test_without_a_key_it_is_said_where_to_get_one() -> None:
    found = await find_key(JimakuSettings(), {})
    assert (found.secret, found.trouble) == (None, NO_KEY)
    assert "https://jimaku.cc" in NO_KEY


async def test_systemd_may_pass_it_as_a_credential(tmp_path: Path) -> None:
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert (await find_key(JimakuSettings(), environ)).trouble == NO_KEY
    (tmp_path / "jimaku-api-key").write_text(KEY)
    found = await find_key(JimakuSettings(), environ)
    assert (found.secret, found.advice) == (Secret(KEY), "")


@pytest.mark.parametrize("ending", ["", "\n", "\r\n", "\n\n"])
async def test_line_ends_are_taken_off(key_file: Path, ending: str) -> None:
    key_file.write_bytes((KEY + ending).encode())
    assert (await find_key(JimakuSettings(api_key_file=str(key_file)), {})).secret == Secret(KEY)


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (f"Bearer {KEY}", 'begins with "Bearer": remove the word'),
        (f'"{KEY}"', "holds quotes: remove them"),
        (f"{KEY} ", "holds blanks or more than one line"),
        (f"{KEY}\n{KEY}", "holds blanks or more than one line"),
        (f"{KEY}日", "not plain ASCII"),
        (f"{KEY}\x1b", "not plain ASCII"),
        ("\n", "is empty: put the key there"),
    ],
)
async def test_what_cannot_be_a_key_says_why_and_never_shows_it(key_file: Path, content: str, advice: str) -> None:
    key_file.write_text(content)
    found = await find_key(JimakuSettings(api_key_file=str(key_file)), {})
    assert found.secret is None
    assert advice in found.trouble
    assert str(key_file) in found.trouble
    assert KEY not in repr(found)


async def test_a_file_in_trouble_says_so(tmp_path: Path) -> None:
    missing = await find_key(JimakuSettings(api_key_file=str(tmp_path / "none")), {})
    assert "does not exist; put the key in it" in missing.trouble
    folder = await find_key(JimakuSettings(api_key_file=str(tmp_path)), {})
    assert "Is a directory" in folder.trouble
    os.mkfifo(tmp_path / "pipe")
    pipe = await find_key(JimakuSettings(api_key_file=str(tmp_path / "pipe")), {})
    assert "no plain file" in pipe.trouble


async def test_a_file_that_others_can_read_is_used_and_said(key_file: Path) -> None:
    key_file.chmod(0o644)
    found = await find_key(JimakuSettings(api_key_file=str(key_file)), {})
    assert found.secret == Secret("from-file")
    assert "chmod 600" in found.advice


@pytest.mark.parametrize(
    ("words", "trouble"),
    [
        (("/no/such/program", KEY), "cannot be run"),
        ((sys.executable, "-c", f"raise SystemExit('{KEY}')"), "failed (exit 1): run it by hand"),
        ((sys.executable, "-c", ""), "is empty"),
    ],
)
async def test_a_command_in_trouble_says_so_without_its_arguments(words: tuple[str, ...], trouble: str) -> None:
    found = await find_key(JimakuSettings(api_key_command=words), {})
    assert found.secret is None
    assert trouble in found.trouble
    assert KEY not in repr(found)


async def test_only_the_first_line_of_a_command_counts() -> None:
    found = await find_key(JimakuSettings(api_key_command=printing(f"{KEY}\nlogin: me")), {})
    assert found.secret == Secret(KEY)


async def test_a_command_that_takes_too_long_is_ended_with_its_children(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    words = ("/bin/sh", "-c", f"sleep 60 & echo $! > {mark}; wait")
    found = await find_key(JimakuSettings(api_key_command=words), {}, command_seconds=0.5)
    assert "within 0.5 s" in found.trouble
    state = Path(f"/proc/{mark.read_text().strip()}/stat")
    await eventually(lambda: not _runs(state))


def _runs(state: Path) -> bool:
    try:
        return state.read_text().split()[2] != "Z"
    except OSError:  # gone, be it in the middle of reading
        return False


async def test_the_file_of_login_is_read_without_being_named_and_may_be_missing(tmp_path: Path) -> None:
    file = tmp_path / "jimaku.key"
    jimaku = JimakuSettings(api_key_file=str(file))
    assert (await find_key(jimaku, {})).trouble == NO_KEY
    file.touch(mode=0o600)
    file.write_text(KEY)
    assert (await find_key(jimaku, {})).secret == Secret(KEY)
    (tmp_path / "jimaku-api-key").write_text("from-systemd")
    assert (await find_key(jimaku, {"CREDENTIALS_DIRECTORY": str(tmp_path)})).secret == Secret("from-systemd")


@pytest.mark.parametrize(("url", "said"), [("http://nas.local:8080", True), ("http://127.0.0.1", False)])
async def test_a_key_that_goes_through_the_home_network_in_the_open_is_said(url: str, said: bool) -> None:
    found = await find_key(JimakuSettings(url=url, api_key=Secret(KEY)), {})
    assert found.secret == Secret(KEY)
    assert ("unencrypted" in found.advice) is said
