"""What a menu says; that its choices do something is for those who act on them."""

from __future__ import annotations

from kotozoe.playback.menu import show_menu


def test_show_menu_says_that_no_entry_matches() -> None:
    assert [item.title for item in show_menu((), (), None).items] == ["Search by name …", "No matching entry"]
