"""What the user puts right with keys: a real mpv, the real daemon, stand-in servers."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.live.home import Home
from tests.live.ipc import Ipc

pytestmark = pytest.mark.live

FOURTH = "[Hayate] Kaze no Renshuu - 04 (1080p).mkv"
FIFTH = "[Hayate] Kaze no Renshuu - 05 (1080p).mkv"
INN = "[Hayate] Hoshikuzu Ryokan - 04 (1080p).mkv"
NETFLIX = "S01E04.WEBRip.Netflix"
HAYATE = "[Hayate] Kaze no Renshuu - 04"
UOSC = Path(__file__).parent / "uosc.lua"


def named(home: Home, video: Path, name: str) -> Path:
    """Return the test video under a name of its own, in one folder with the others."""
    return home.put(video, f"anime/{name}")


def playing(home: Home, *arguments: str | Path, menu: str = "osd") -> AbstractContextManager[Ipc]:
    bindings = home.root / "input.conf"
    names = ("open-menu", "cycle-candidate", "retry", "shift-episode", "reject", "toggle")
    bindings.write_text("".join(f"F{i} script-binding kotozoe/{name}\n" for i, name in enumerate(names, 1)))
    # mpv drops keys when more than seven wait, and we are quicker than people
    keys = [f"--input-conf={bindings}", "--input-key-fifo-size=200"]
    return home.playing("--keep-open=yes", *keys, f"--script-opts=kotozoe-menu={menu}", *arguments)


def press(player: Ipc, *keys: str) -> None:
    for key in keys:
        player.command("keypress", key)


def write(player: Ipc, text: str) -> None:
    press(player, *("SPACE" if letter == " " else letter for letter in text))


def await_menu(player: Ipc) -> None:
    """Wait until a menu listens to keys; those that come before its lines wait for them."""
    poll(lambda: listens(player))


def listens(player: Ipc) -> bool:
    return any("kotozoe-text" in b["cmd"] and b["priority"] >= 0 for b in player.get("input-bindings"))


def poll(true: Callable[[], bool]) -> None:
    """Wait for what mpv tells no event of."""
    until = time.monotonic() + 60
    while not true():
        assert time.monotonic() < until
        time.sleep(0.005)


def open_menu(player: Ipc, key: str = "F1") -> None:
    press(player, key)
    await_menu(player)


def pick(player: Ipc, words: str) -> None:
    """Take the first line of the menu that holds these words."""
    write(player, words)
    press(player, "ENTER")


def kotozoes_tracks(player: Ipc) -> list[str]:
    return [t["title"] for t in player.get("track-list") if t["type"] == "sub" and "(Jimaku)" in t.get("title", "")]


def play(player: Ipc, path: Path) -> None:
    player.events.clear()
    player.command("loadfile", str(path))
    player.wait_event("file-loaded")


def test_another_candidate_is_taken_from_the_menu(home: Home, video: Path) -> None:
    with home.daemon(), playing(home, named(home, video, FOURTH)) as player:
        player.wait_selected(HAYATE)
        open_menu(player)
        pick(player, "netflix")
        player.wait_selected(NETFLIX)
        player.until("track-list", lambda _: len(kotozoes_tracks(player)) == 1)


def search_another_show(player: Ipc) -> None:
    open_menu(player)
    pick(player, "wrong show")
    pick(player, "search by")
    pick(player, "tsuki to suiheisen")


def test_candidates_are_cycled_through(home: Home, video: Path) -> None:
    with home.daemon(), playing(home, named(home, video, FOURTH)) as player:
        player.wait_selected(HAYATE)
        press(player, "F2")
        player.wait_selected(NETFLIX)
        press(player, "F2")
        player.wait_selected(HAYATE)


def test_the_next_episode_follows_a_pin_and_other_shows_in_the_folder_do_not(home: Home, video: Path) -> None:
    with home.daemon(), playing(home, named(home, video, FOURTH)) as player:
        player.wait_selected(HAYATE)
        search_another_show(player)
        pick(player, "tsuki")
        player.wait_selected("月と水平線.S01E04")
        play(player, named(home, video, FIFTH))
        player.wait_selected("月と水平線.S01E05")
        play(player, named(home, video, INN))
        player.wait_selected("星屑旅館 第04話")
        listed = home.command("pins", "list").stdout
        assert "Tsuki to Suiheisen" in listed


def test_a_shifted_episode_shifts_those_after_it(home: Home, video: Path) -> None:
    with home.daemon(), playing(home, named(home, video, FOURTH)) as player:
        player.wait_selected(HAYATE)
        open_menu(player, "F4")
        pick(player, "next")
        player.wait_selected("Kaze no Renshuu - 05")
        play(player, named(home, video, FIFTH))
        player.wait_selected("Kaze no Renshuu - 06")


def test_a_number_is_typed(home: Home, video: Path) -> None:
    with home.daemon(), playing(home, named(home, video, FOURTH)) as player:
        player.wait_selected(HAYATE)
        open_menu(player, "F4")
        pick(player, "another")
        pick(player, "10")
        player.wait_selected("Kaze no Renshuu - 10")


def test_a_rejected_file_is_not_chosen_again(home: Home, video: Path) -> None:
    path = named(home, video, FOURTH)
    with home.daemon(), playing(home, path) as player:
        player.wait_selected(HAYATE)
        press(player, "F5")
        player.wait_selected(NETFLIX)
        play(player, path)
        player.wait_selected(NETFLIX)
        play(player, named(home, video, FIFTH))
        player.wait_selected("[Hayate] Kaze no Renshuu - 05")


def test_a_file_picked_by_hand_stays_picked_and_its_like_go_first(home: Home, video: Path) -> None:
    path = named(home, video, FOURTH)
    with home.daemon(), playing(home, path) as player:
        player.wait_selected(HAYATE)
        press(player, "F2")
        player.wait_selected(NETFLIX)
        home.wait(lambda _: "picked" in home.command("pins", "list").stdout)
        play(player, named(home, video, FIFTH))
        player.wait_selected("S01E05.WEBRip.Netflix")
        play(player, path)
        player.wait_selected(NETFLIX)
        open_menu(player)
        pick(player, "take back")
        pick(player, "s01e04")
        player.wait_selected(HAYATE)


def test_a_show_put_right_is_put_right_for_other_releases_of_its_title(home: Home, video: Path) -> None:
    with home.daemon(), playing(home, named(home, video, FOURTH)) as player:
        player.wait_selected(HAYATE)
        search_another_show(player)
        press(player, "ENTER")  # the first hit
        player.wait_selected("月と水平線.S01E04")
        for name in ("[Other] Kaze no Renshuu - 05.mkv", "Kaze.no.Renshuu.S01E05.1080p.mkv"):
            play(player, named(home, video, name))
            player.wait_selected("月と水平線.S01E05")


def test_a_folder_is_left_alone_until_it_is_served_again(home: Home, video: Path) -> None:
    path = named(home, video, FOURTH)
    with home.daemon(), playing(home, path) as player:
        player.wait_selected(HAYATE)
        open_menu(player)
        pick(player, "never for")
        home.wait_step(FOURTH, "skipped")
        assert kotozoes_tracks(player) == []
        play(player, named(home, video, FIFTH))
        home.wait_step(FIFTH, "skipped")
        open_menu(player)
        press(player, "ENTER")
        player.wait_selected("Kaze no Renshuu - 05")


def test_the_subtitle_is_hidden_and_shown(home: Home, video: Path) -> None:
    with home.daemon(), playing(home, named(home, video, FOURTH)) as player:
        player.wait_selected(HAYATE)
        press(player, "F6")
        player.until("sid", lambda sid: sid is False)
        press(player, "F6")
        player.wait_selected(HAYATE)


def test_keys_that_are_quicker_than_the_menu_are_not_lost_to_mpv(home: Home, video: Path) -> None:
    with home.daemon(), playing(home, named(home, video, FOURTH)) as player:
        player.wait_selected(HAYATE)
        for _ in range(5):
            open_menu(player)
            press(player, "q", "ESC")  # q would quit
            poll(lambda: not listens(player))
        assert player.get("path")


def test_what_is_said_about_another_playback_is_dropped(home: Home, video: Path) -> None:
    with home.daemon(), playing(home, named(home, video, FOURTH)) as player:
        player.wait_selected(HAYATE)
        for words in (["reject", "mpv-1-1"], ["reject"], ["pick", "x", "1", "2"], ["no-such-thing", "mpv-1-1"]):
            player.command("script-message", f"kotozoe-{words[0]}", *words[1:])
        press(player, "F2")
        player.wait_selected(NETFLIX)
        assert "rejected" not in home.command("pins", "list").stdout


def test_without_a_daemon_a_key_says_so(home: Home, video: Path) -> None:
    with playing(home, named(home, video, FOURTH)) as player:
        player.until("seeking", lambda value: value is not None)
        press(player, "F1")
        with home.daemon():
            player.wait_selected(HAYATE)
        press(player, "F1")
        assert player.get("path")


def test_menus_are_uoscs_where_it_is_loaded(home: Home, video: Path) -> None:
    with home.daemon(), playing(home, f"--script={UOSC}", named(home, video, FOURTH), menu="auto") as player:
        player.wait_selected(HAYATE)
        press(player, "F1")
        player.until("options/script-opts", lambda opts: "uosc-menu" in (opts or {}))
        told = json.loads(player.get("options/script-opts")["uosc-menu"])
        assert any("Netflix" in item["title"] for item in told["items"])
        player.command("script-message-to", "uosc", "choose", "Netflix")
        player.wait_selected(NETFLIX)


def test_pins_travel_and_are_removed(home: Home, video: Path, tmp_path: Path) -> None:
    with home.daemon(), playing(home, named(home, video, FOURTH)) as player:
        player.wait_selected(HAYATE)
        open_menu(player, "F4")
        pick(player, "next")
        player.wait_selected("Kaze no Renshuu - 05")
        exported = home.command("pins", "export").stdout
        pin_id = home.command("pins", "list").stdout.split()[0]
        assert home.command("pins", "remove", pin_id).returncode == 0
        play(player, named(home, video, FOURTH))
        player.wait_selected("Kaze no Renshuu - 04")
        assert home.command("pins", "import", "-", text=exported).returncode == 0
        play(player, named(home, video, FOURTH))
        player.wait_selected("Kaze no Renshuu - 05")
