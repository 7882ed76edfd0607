"""The key that opens the menu, in a real mpv: ours by default, the user's wherever input.conf says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.live.home import Home
from tests.live.ipc import Ipc
from tests.live.mpv import Mpv
from tests.live.test_corrections import poll

pytestmark = pytest.mark.live

NAME = "[Hayate] Kaze no Renshuu - 04 (1080p).mkv"


def menu_is_open(bindings: object) -> bool:
    return isinstance(bindings, list) and any("kotozoe/kotozoe-ENTER" in str(b.get("cmd")) for b in bindings)


def open_menu(player: Ipc, home: Home) -> None:
    home.wait_step(NAME, "selected")
    player.command("keypress", "k")


def test_mpv_itself_binds_k_to_nothing(tmp_path: Path) -> None:
    socket = tmp_path / "socket"
    with Mpv(tmp_path, [f"--input-ipc-server={socket}"], script=False):
        player = Ipc(socket)
        bound = {binding["key"] for binding in player.get("input-bindings")}
        player.close()
    assert "j" in bound
    assert not {"k", "K"} & bound


def test_k_opens_the_menu(home: Home, video: Path) -> None:
    with home.daemon(), home.playing("--script-opts=kotozoe-menu=osd", home.put(video, NAME)) as player:
        open_menu(player, home)
        poll(lambda: menu_is_open(player.get("input-bindings")))


def test_input_conf_comes_first(home: Home, video: Path) -> None:
    bindings = home.root / "input.conf"
    bindings.write_text("k set pause yes\n")
    arguments = [f"--input-conf={bindings}", "--script-opts=kotozoe-menu=osd"]
    with home.daemon(), home.playing(*arguments, home.put(video, NAME)) as player:
        open_menu(player, home)
        player.until("pause", lambda paused: paused is True)
        assert not menu_is_open(player.get("input-bindings"))
