"""Installing into homes made for the purpose; nothing of the machine's own is touched."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from kotozoe import __version__
from kotozoe.cli import main
from kotozoe.desktop.doctor import Network, examine
from kotozoe.desktop.install import (
    Manifest,
    carry_out,
    forget,
    plan,
    plan_removal,
    program,
    quoted,
    read_manifest,
    share,
    wanted,
)
from kotozoe.desktop.menu_key import menu_lines
from kotozoe.desktop.mpv_config_dirs import mpv_homes
from kotozoe.errors import UserError
from kotozoe.settings.places import places


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def tree(home: Path) -> dict[str, bytes | None]:
    return {str(path.relative_to(home)): path.read_bytes() if path.is_file() else None for path in home.rglob("*")}


def install(home: Path, program: str = "/opt/kotozoe") -> list[str]:
    """Install once; return what was done, in the order of the files."""
    kept = home.parent / "state" / "installed.json"
    manifest = read_manifest(kept)
    steps = plan(wanted(mpv_homes({}, home), [program], {}, home), manifest)
    carry_out(steps, manifest, kept)
    return [step.action for step in steps]


def uninstall(home: Path) -> list[str]:
    kept = home.parent / "state" / "installed.json"
    manifest = read_manifest(kept)
    steps = plan_removal(manifest)
    carry_out(steps, manifest, kept)
    forget(manifest, kept)
    return [step.action for step in steps]


def test_what_is_installed_is_what_the_package_holds(home: Path) -> None:
    assert install(home) == ["write"] * 3
    config = home / ".config"
    assert (config / "mpv/scripts/kotozoe.lua").read_bytes() == (share() / "mpv-scripts/kotozoe.lua").read_bytes()
    assert "\nExecStart=/opt/kotozoe run\n" in (config / "systemd/user/kotozoe.service").read_text()


def test_the_script_tells_the_packages_version() -> None:
    script = (share() / "mpv-scripts/kotozoe.lua").read_text()
    assert re.findall(r"^local VERSION = '(.*)'$", script, re.MULTILINE) == [__version__]


def test_a_second_time_changes_nothing_and_removal_leaves_the_tree_as_before(home: Path) -> None:
    (home / ".config" / "mpv").mkdir(parents=True)
    (home / ".config" / "mpv" / "mpv.conf").write_text("fs=yes\n")
    before = tree(home)
    install(home)
    once = tree(home)
    assert install(home) == ["keep"] * 3
    assert tree(home) == once
    assert uninstall(home) == ["remove"] * 3
    assert tree(home) == before


def test_an_upgrade_replaces_what_nobody_changed_and_shows_what_somebody_did(home: Path) -> None:
    install(home, "/old/kotozoe")
    script = home / ".config/mpv/scripts/kotozoe.lua"
    script.write_text("-- mine\n")
    kept = home.parent / "state" / "installed.json"
    steps = plan(wanted(mpv_homes({}, home), ["/new/kotozoe"], {}, home), read_manifest(kept))
    assert [step.action for step in steps] == ["leave", "keep", "replace"]
    assert "\n--- mine\n" in steps[0].diff
    install(home, "/new/kotozoe")
    assert script.read_text() == "-- mine\n"
    assert "/new/kotozoe run" in (home / ".config/systemd/user/kotozoe.service").read_text()
    assert uninstall(home) == ["leave", "remove", "remove"]
    assert script.exists()


def test_files_of_before_there_was_a_manifest_are_adopted_if_they_are_the_same(home: Path) -> None:
    script = home / ".config/mpv/scripts/kotozoe.lua"
    script.parent.mkdir(parents=True)
    script.write_bytes((share() / "mpv-scripts/kotozoe.lua").read_bytes())
    assert install(home)[0] == "keep"
    assert uninstall(home)[0] == "remove"
    assert script.parent.is_dir()


def test_what_an_earlier_version_installed_and_this_one_does_not_goes(home: Path) -> None:
    file = home / "gone"
    file.write_text("x")
    kept = home / "installed.json"
    carry_out(plan({file: b"x"}, Manifest()), Manifest(), kept)
    steps = plan({}, read_manifest(kept))
    assert [step.action for step in steps] == ["remove"]
    carry_out(steps, read_manifest(kept), kept)
    assert not file.exists()
    assert read_manifest(kept).files == {}


def test_a_link_stays_a_link(home: Path) -> None:
    dotfiles = home / "dotfiles.lua"
    dotfiles.write_text("old")
    kept = home / "installed.json"
    link = home / "link.lua"
    link.symlink_to(dotfiles)
    carry_out(plan({link: b"old"}, Manifest()), Manifest(), kept)
    carry_out(plan({link: b"new"}, read_manifest(kept)), read_manifest(kept), kept)
    assert link.is_symlink()
    assert dotfiles.read_text() == "new"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"files": 1, "folders": []}'])
def test_a_damaged_manifest_makes_every_file_the_users(home: Path, content: bytes) -> None:
    (home / "installed.json").write_bytes(content)
    assert read_manifest(home / "installed.json") == Manifest()


def test_the_program_is_the_one_that_was_typed_whatever_it_links_to(tmp_path: Path) -> None:
    typed = tmp_path / "bin" / "kotozoe"
    typed.parent.mkdir()
    typed.write_text("")
    typed.chmod(0o755)
    assert program([str(typed)], "/usr/bin/python3", tmp_path / "cache") == [str(typed)]
    assert program(["-c"], str(typed.with_name("python")), tmp_path / "cache") == [str(typed)]
    assert program(["-m"], "/usr/bin/python3", tmp_path / "cache") == ["/usr/bin/python3", "-m", "kotozoe"]


def test_a_throw_away_environment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="throw-away"):
        program(["kotozoe"], str(tmp_path / "cache" / "uv" / "archive" / "bin" / "python"), tmp_path / "cache")


@pytest.mark.parametrize(
    ("word", "written"),
    [("/a b/kotozoe", '"/a b/kotozoe"'), ("/a%b$c/k", "/a%%b$$c/k"), ('/a"b', '"/a\\"b"'), ("/字/k", "/字/k")],
)
def test_the_units_command_is_quoted_as_systemd_reads_it(word: str, written: str) -> None:
    assert quoted([word]) == written


_CELLULOID = ".var/app/io.github.celluloid_player.Celluloid"
_SHIM = ".var/app/com.github.iwalton3.jellyfin-mpv-shim"
HOMES = [
    ([], {}, {"mpv": ".config/mpv"}),
    ([".mpv"], {}, {"mpv": ".mpv"}),
    ([".mpv", ".config/mpv"], {}, {"mpv": ".config/mpv"}),
    ([], {"MPV_HOME": "/elsewhere"}, {"MPV_HOME": "/elsewhere"}),
    ([], {"XDG_CONFIG_HOME": "/config"}, {"mpv": "/config/mpv"}),
    ([".var/app/io.mpv.Mpv"], {}, {"mpv": ".config/mpv", "mpv from Flatpak": ".var/app/io.mpv.Mpv/config/mpv"}),
    (["snap/mpv"], {}, {"mpv": ".config/mpv", "mpv from Snap": None}),
    (["snap/celluloid"], {}, {"mpv": ".config/mpv", "celluloid from Snap": None}),
    (
        [_CELLULOID],
        {},
        {
            "mpv": ".config/mpv",
            "Celluloid from Flatpak": f"{_CELLULOID}/config/celluloid",
        },
    ),
    (
        [_SHIM],
        {},
        {"mpv": ".config/mpv", "jellyfin-mpv-shim from Flatpak": f"{_SHIM}/config/jellyfin-mpv-shim"},
    ),
    ([".config/umpv"], {}, {"mpv": ".config/mpv"}),  # it starts mpv, which reads its own
    ([".config/celluloid"], {}, {"mpv": ".config/mpv", "Celluloid": ".config/celluloid"}),
    (
        [".config/jellyfin-mpv-shim"],
        {},
        {"mpv": ".config/mpv", "jellyfin-mpv-shim": ".config/jellyfin-mpv-shim"},
    ),
]


@pytest.mark.parametrize(("folders", "environ", "found"), HOMES)
def test_each_home_of_mpv_is_served_or_refused_in_a_sentence(
    folders: list[str], environ: dict[str, str], found: dict[str, str | None], home: Path
) -> None:
    for folder in folders:
        (home / folder).mkdir(parents=True)
    homes = mpv_homes(environ, home)
    assert {h.name: h.folder for h in homes} == {name: home / path if path else None for name, path in found.items()}
    assert all(h.said for h in homes)


def writable(monkeypatch: pytest.MonkeyPatch, *but: Path) -> None:
    """Let everything be writable but what lies below these, as for anybody but root."""
    monkeypatch.setattr(os, "access", lambda path, _: not any(Path(path).is_relative_to(folder) for folder in but))


@pytest.mark.parametrize("below", [".config", ".config/mpv", ".config/mpv/scripts"])
def test_a_read_only_home_of_mpv_is_left_alone_and_has_a_snippet(
    below: str, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / ".config/mpv/scripts").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_CONFIG_HOME", "MPV_HOME"):
        monkeypatch.delenv(name, raising=False)
    writable(monkeypatch, home / below)
    before = tree(home)
    assert main(["install", "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert re.search(rf"mpv is not served, as {home / below}\S* is read-only", told)
    assert 'home.file.".config/mpv/scripts/kotozoe.lua".source' in told
    assert "kotozoe.lua: would be written" not in told
    assert ("kotozoe.service: would be written" in told) is (below != ".config")
    assert tree(home) == before
    finding = next(f for f in examine(places(), Network, {}) if f.name == "script in mpv")
    assert finding.grave
    assert "with home-manager add" in finding.fix


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        *((".config/mpv", "mpv"), (".mpv", "mpv"), (".config/celluloid", "Celluloid"), ("elsewhere", "MPV_HOME")),
        *((".config/memento", "Memento"), (".var/app/io.mpv.Mpv/config/mpv", "mpv from Flatpak")),
    ],
)
def test_each_home_that_is_served_gets_the_script_and_the_doctor_sees_it(
    folder: str, name: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / folder).mkdir(parents=True)
    environ = {"MPV_HOME": str(home / folder)} if name == "MPV_HOME" else {}
    monkeypatch.setenv("HOME", str(home))
    kept = home.parent / "installed.json"
    steps = plan(wanted(mpv_homes(environ, home), ["/opt/kotozoe"], environ, home), Manifest())
    carry_out(steps, Manifest(), kept)
    assert (home / folder / "scripts" / "kotozoe.lua").exists()
    found = {finding.name: finding for finding in examine(places(), Network, environ)}
    assert found[f"script in {name}"].fix == ""


@pytest.mark.parametrize(
    ("folder", "name", "fix"),
    [
        ("snap/mpv", "mpv from Snap", "sandbox"),
        (".config/haruna", "Haruna", "use mpv itself"),
        (".config/smplayer", "SMPlayer", "--script={home}/.config/mpv/scripts/kotozoe.lua"),
    ],
)
def test_the_doctor_says_why_a_player_is_not_served(
    folder: str, name: str, fix: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / folder).mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    found = next(f for f in examine(places(), Network, {}) if f.name == name)
    assert (found.said, found.grave) == ("is not served", False)
    assert fix.format(home=home) in found.fix


def test_what_a_package_brought_is_not_installed_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    system = home.parent / "etc/mpv"
    (system / "scripts").mkdir(parents=True)
    (system / "scripts/kotozoe.lua").write_bytes((share() / "mpv-scripts/kotozoe.lua").read_bytes())
    (system / "kotozoe.service").touch()
    monkeypatch.setattr("kotozoe.desktop.mpv_config_dirs._ALL_USERS", system)
    monkeypatch.setattr("kotozoe.desktop.mpv_config_dirs._UNITS", (system,))
    monkeypatch.setenv("HOME", str(home))
    assert install(home) == []
    found = next(f for f in examine(places(), Network, {}) if f.name == "script in mpv")
    assert found.said.startswith("installed")


def test_smplayer_is_served_once_its_options_name_the_script(home: Path) -> None:
    (home / ".config/smplayer").mkdir(parents=True)
    (home / ".config/smplayer/smplayer.ini").write_text("mplayer_additional_options=--script=/x/kotozoe.lua\n")
    assert next(h for h in mpv_homes({}, home) if h.name == "SMPlayer").served


def test_a_player_that_never_ran_is_served_if_its_program_is_there(home: Path) -> None:
    program = home / "bin" / "celluloid"
    program.parent.mkdir()
    program.touch(mode=0o755)
    found = next(h for h in mpv_homes({"PATH": str(program.parent)}, home) if h.name == "Celluloid")
    assert found.folder == home / ".config/celluloid"


@pytest.mark.parametrize(
    ("text", "uosc", "told"),
    [
        ("", False, ["In mpv, k opens"]),
        ("k seek 5\n", False, ["Your input.conf has k", "Ctrl+k script-binding"]),
        ("F1 script-binding kotozoe/open-menu\n", True, ["In mpv, F1 opens"]),
        ("#  script-binding uosc/video  #! Video\n", True, ["In mpv, k opens", "uosc's menu", "#! Japanese"]),
        ("q quit\n", True, ["In mpv, k opens"]),
    ],
)
def test_install_says_how_the_menu_is_opened(text: str, uosc: bool, told: list[str], home: Path) -> None:
    config = home / ".config/mpv"
    (config / "scripts" / ("uosc" if uosc else "other")).mkdir(parents=True)
    (config / "input.conf").write_text(text)
    lines = list(menu_lines(mpv_homes({}, home)))
    assert len(lines) == len(told)
    assert all(words in line for words, line in zip(told, lines, strict=True))


def test_a_pipe_in_the_place_of_somebodys_config_is_not_waited_for(home: Path) -> None:
    for name in ("mpv/input.conf", "smplayer/smplayer.ini"):
        place = home / ".config" / name
        place.parent.mkdir(parents=True)
        os.mkfifo(place)
    homes = mpv_homes({}, home)
    assert next(found for found in homes if found.name == "SMPlayer").served is False
    assert len(list(menu_lines(homes))) == 1
