"""What a menu says; that its choices do something is for those who act on them."""

from __future__ import annotations

from kotozoe.playback.menu import show_menu


def test_shows_that_may_be_meant_are_none_where_no_entry_is_called_so() -> None:
    assert [item.title for item in show_menu((), (), None).items] == ["Search by name …", "No entry is called so"]
