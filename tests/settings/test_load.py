"""The config file on disk, in all the states that it can be in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kotozoe.errors import UserError
from kotozoe.settings.load import config_path, load
from kotozoe.settings.schema import JimakuSettings, Settings


def trouble(config: Path) -> UserError:
    with pytest.raises(UserError) as caught:
        load(config)
    return caught.value


def test_a_missing_file_is_the_defaults(tmp_path: Path) -> None:
    for config in (tmp_path / "config.toml", tmp_path / "no" / "folder"):
        jimaku = JimakuSettings(api_key_file=str(config.parent / "jimaku.key"))  # where `kotozoe login` puts it
        assert load(config) == Settings(jimaku=jimaku)


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[jimaku]\nurl = 1\n[anilst]\n")
    error = trouble(config)
    assert error.text == f"The config {config} has 2 problems"
    assert error.problems == (
        "line 2: [jimaku] url must be a text in quotes, not a number",
        'line 3: unknown section "anilst": did you mean anilist?',
    )


def test_a_folder_says_so(tmp_path: Path) -> None:
    assert "is a folder: name the file in it" in trouble(tmp_path).text


def test_another_encoding_names_its_line(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_bytes("# ok\n# 日本語\n".encode("shift_jis"))
    assert trouble(config).problems == ("line 2: this is not UTF-8: save the file as UTF-8",)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_bytes(b"\xef\xbb\xbf[anilist]\nenabled = false\n")
    assert load(config).anilist.enabled is False


def test_a_file_that_cannot_be_a_config_is_not_read_whole(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_bytes(b"#" * (1 << 21))
    assert "larger than 1 MB" in trouble(config).text


@pytest.mark.skipif(os.getuid() == 0, reason="root reads everything")
def test_an_unreadable_file_says_so(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.touch(mode=0)
    assert "mend its permissions" in trouble(config).text


def test_a_name_with_a_nul_says_so() -> None:
    assert "NUL" in trouble(Path("/tmp/a\0b")).text


def test_paths_are_made_absolute_from_the_configs_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    config = tmp_path / "config.toml"
    config.write_text(
        '[jimaku]\napi_key_file = "key"\n[player]\nsockets = ["~/mpv.sock"]\n'
        '[folders]\npaths = ["/subs", "mine"]\n[watch]\ninclude = ["~/Videos/"]\nexclude = ["*/x"]\n'
    )
    settings = load(config)
    assert settings.jimaku.api_key_file == str(tmp_path / "key")
    assert settings.player.sockets == ("/home/me/mpv.sock",)
    assert settings.folders.paths == ("/subs", str(tmp_path / "mine"))
    assert settings.watch.include == ("/home/me/Videos/",)
    assert settings.watch.exclude == ("*/x",)


def test_the_command_line_names_the_config_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/conf")
    assert config_path("/a", {"KOTOZOE_CONFIG": "/b"}) == Path("/a")
    assert config_path(None, {"KOTOZOE_CONFIG": "/b"}) == Path("/b")
    assert config_path("rel", {}) == Path.cwd() / "rel"
    assert config_path("~nobody-here/x", {}) == Path.cwd() / "~nobody-here/x"
