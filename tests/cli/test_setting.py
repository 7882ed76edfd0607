"""config and login, as typed."""

from __future__ import annotations

import codecs
import io
import os
import stat
import sys
from pathlib import Path

import pytest

from kotozoe.errors import Refused, Unavailable
from kotozoe.model import Secret
from kotozoe.settings.key import find_key
from kotozoe.settings.load import load
from kotozoe.settings.parse import parse
from kotozoe.settings.schema import Settings
from tests.cli.table_app import TableApp, main

KEY = "AAAAAAAA" + "k" * 50


class KeyApp(TableApp):
    tried: list[Secret | None]

    def verify_key(self, config: Path, key: Secret) -> None:
        self.tried = [key]
        self._called(config)


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KOTOZOE_CONFIG", str(tmp_path / "config" / "config.toml"))
    return tmp_path / "config" / "config.toml"


def type_in(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_init_writes_every_default_once_and_for_oneself(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "init"], KeyApp()) == 0
    assert parse(config.read_text()) == Settings()
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    config.write_text("# mine\n")
    assert main(["config", "init"], KeyApp()) == 1
    assert config.read_text() == "# mine\n"
    assert "left as it is" in capsys.readouterr().out


def test_check_names_each_mistake_with_its_line(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "check"], KeyApp()) == 0
    assert "the defaults are in force" in capsys.readouterr().out
    config.parent.mkdir()
    config.write_text('[jimaku]\nurl = "ftp://x"\n[anilist]\nenable = false\n')
    assert main(["config", "check"], KeyApp()) == 2
    told = capsys.readouterr().err.splitlines()
    assert told[1].startswith("  line 2: ")
    assert told[2] == '  line 4: [anilist] has no "enable": did you mean enabled?'


def test_show_tells_what_is_in_force_and_no_key(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.parent.mkdir()
    config.write_text(f'[jimaku]\napi_key = "{KEY}"\n[anilist]\nenabled = false\n')
    assert main(["config", "show"], KeyApp()) == 0
    told = capsys.readouterr().out
    assert "\nenabled = false\n" in told
    assert KEY not in told


def test_path_is_told_also_where_there_is_no_file(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--config", "/no/such.toml", "config", "path"], KeyApp()) == 0
    assert capsys.readouterr().out == "/no/such.toml\n"


@pytest.mark.parametrize("trouble", [None, Unavailable("jimaku.cc", "no connection")])
def test_login_tries_the_key_and_keeps_it_for_oneself(
    config: Path,
    trouble: Unavailable | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    app = KeyApp(error=trouble)
    type_in(monkeypatch, KEY + "\n")
    assert main(["login"], app) == 0
    file = config.parent / "jimaku.key"
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == (KEY + "\n", 0o600)
    assert app.tried == [Secret(KEY)]
    told = capsys.readouterr()
    assert KEY not in told.out + told.err
    assert ("could not be tried" in told.out) is (trouble is not None)


@pytest.mark.parametrize("typed", [f"  {KEY} \r\n", f'"{KEY}"', f"“{KEY}” ", f"'{KEY}'\n", f"`{KEY}`"])
def test_login_takes_off_what_came_along_with_a_pasted_key(
    typed: str, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_in(monkeypatch, typed)
    assert main(["login"], KeyApp()) == 0
    assert (config.parent / "jimaku.key").read_text() == KEY + "\n"


def test_a_key_that_is_refused_is_not_kept(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(monkeypatch, KEY)
    assert main(["login"], KeyApp(error=Refused("jimaku.cc", "the API key was not accepted"))) == 2
    assert not config.parent.exists()
    assert "nothing was stored" in capsys.readouterr().err


@pytest.mark.parametrize("typed", ["", "\n", "''", f"Bearer {KEY}", f"{KEY} {KEY}"])
def test_what_cannot_be_a_key_is_not_tried(
    config: Path, typed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(monkeypatch, typed)
    app = KeyApp()
    assert main(["login"], app) == 2
    assert app.configs == []
    assert KEY not in capsys.readouterr().err


SEALING = """#!/bin/sh
# stands for systemd-creds
[ "$2 $3" = "--user --name=jimaku-api-key" ] || exit 1
[ "$4" = - ] || exec < "$4"
tr A-Za-z N-ZA-Mn-za-m
"""


@pytest.fixture
def sealing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = tmp_path / "bin" / "systemd-creds"
    program.parent.mkdir()
    program.write_text(SEALING)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    return program


async def test_systemd_encrypts_the_key_and_decrypts_it_again(
    config: Path, sealing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_in(monkeypatch, KEY)
    assert main(["login"], KeyApp()) == 0
    type_in(monkeypatch, KEY)
    assert main(["login", "--encrypted"], KeyApp()) == 0
    sealed = config.parent / "jimaku.cred"
    assert sealed.read_text() == codecs.encode(KEY, "rot13")
    assert stat.S_IMODE(sealed.stat().st_mode) == 0o600
    assert not sealed.with_name("jimaku.key").exists()
    found = await find_key(load(config).jimaku, {})
    assert (found.secret, found.origin) == (Secret(KEY), f"{sealed}, encrypted by systemd")
    sealing.write_text("#!/bin/sh\nexit 1\n")
    lost = await find_key(load(config).jimaku, {})
    assert (lost.secret, lost.trouble.endswith("run kotozoe login")) == (None, True)
    type_in(monkeypatch, KEY)
    assert main(["login"], KeyApp()) == 0
    assert not sealed.exists()


@pytest.mark.parametrize("answer", ["echo 'unrecognized option --user' >&2; exit 1", ""])
def test_where_systemd_cannot_encrypt_the_key_is_kept_as_it_is_and_that_is_said(
    config: Path, sealing: Path, answer: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sealing.write_text(f"#!/bin/sh\n{answer}\n") if answer else sealing.chmod(0)
    monkeypatch.setenv("PATH", str(sealing.parent))
    type_in(monkeypatch, KEY)
    assert main(["login", "--encrypted"], KeyApp()) == 0
    assert "stored as it is" in capsys.readouterr().out
    assert (config.parent / "jimaku.key").read_text() == KEY + "\n"


def test_a_key_file_that_the_config_names_is_not_shadowed(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config.parent.mkdir()
    config.write_text('[jimaku]\napi_key_file = "elsewhere/key"\n')
    type_in(monkeypatch, KEY)
    assert main(["login", "--encrypted"], KeyApp()) == 2
    assert "remove that line first" in capsys.readouterr().err


def test_login_writes_the_file_that_the_config_names(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config.parent.mkdir()
    config.write_text('[jimaku]\napi_key_file = "elsewhere/key"\n')
    type_in(monkeypatch, KEY)
    assert main(["login"], KeyApp()) == 0
    assert (config.parent / "elsewhere" / "key").read_text() == KEY + "\n"
