"""Which of the names that outlive a file are those of the file that plays."""

from __future__ import annotations

import pytest

from kotozoe.player.titles import BRIEF, LASTING, WAIT, NameHistory

FORCED = "force-media-title"


class Scene:
    """One player's names, and a clock; each step is what mpv tells, in its order."""

    def __init__(self) -> None:
        self.now = 100.0
        self.history = NameHistory(lambda: self.now)
        self.values = dict.fromkeys(LASTING, "")

    def set(self, value: str, name: str = FORCED) -> None:
        self.values[name] = value
        self.history.change(name, value)

    def load(self, path: str, *, attached: bool = False) -> tuple[str, bool]:
        """Return the forced title that is the file's, and whether to wait for another."""
        self.history.boundary()
        self.history.file_loaded()
        own = self.history.of_file(path, self.values, attached=attached)
        return own.names.get(FORCED, ""), own.unsettled

    def now_known_as(self) -> str:
        return self.history.renamed(self.values).names.get(FORCED, "")


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_title_that_is_set_before_the_file_is_its_own(scene: Scene) -> None:
    for number in range(1, 5):
        scene.history.boundary()
        scene.set(f"Show - {number}")
        assert scene.load(f"http://h/{number}") == (f"Show - {number}", False)
        scene.now += 60


def test_a_title_of_the_file_before_is_never_used(scene: Scene) -> None:
    assert scene.load("http://h/1") == ("", False)
    scene.set("Show - 1")
    assert scene.now_known_as() == "Show - 1"
    for number in range(2, 5):
        scene.now += 60
        assert scene.load(f"http://h/{number}") == ("", True)
        assert scene.now_known_as() == ""
        scene.set(f"Show - {number}")
        assert scene.now_known_as() == f"Show - {number}"


def test_who_goes_back_and_forth_is_known_again(scene: Scene) -> None:
    for number in (1, 2, 1, 2, 1):
        scene.load(f"http://h/{number}?{scene.now}")
        scene.set(f"Show - {number}")
        assert scene.now_known_as() == f"Show - {number}"
        scene.now += 60


def test_a_title_that_never_comes_leaves_the_file_without_one(scene: Scene) -> None:
    scene.set("Show - 1")
    assert scene.load("http://h/1") == ("Show - 1", False)
    for number in range(2, 5):
        scene.now += 60
        assert scene.load(f"http://h/{number}") == ("", True)


def test_the_same_file_again_keeps_its_title(scene: Scene) -> None:
    scene.set("Show - 1")
    scene.load("http://h/1")
    scene.now += 60
    assert scene.load("http://h/1") == ("Show - 1", False)


def test_a_title_set_just_before_the_next_file_is_that_files(scene: Scene) -> None:
    scene.set("Show - 1")
    scene.load("http://h/1")
    scene.now += 60
    scene.set("Show - 2")
    assert scene.history.is_settled  # so it is not taken for this file's at once
    scene.now += BRIEF / 2
    assert scene.load("http://h/2") == ("Show - 2", False)


def test_a_second_title_that_stays_was_this_files(scene: Scene) -> None:
    scene.set("Show - 1")
    scene.load("http://h/1")
    scene.now += 60
    scene.set("Show - 1 (Transcode)")
    scene.now += BRIEF * 2
    assert scene.now_known_as() == "Show - 1 (Transcode)"
    assert scene.load("http://h/2") == ("", True)


def test_who_skips_at_once_leaves_a_late_title_behind(scene: Scene) -> None:
    scene.load("http://h/1")
    scene.set("Show - 1")  # and before it is looked at, the next file comes
    scene.now += 0.05
    assert scene.load("http://h/2") == ("", True)


def test_a_late_client_that_rushes_through_files_names_none_wrongly(scene: Scene) -> None:
    scene.load("http://h/1")
    scene.set("Show - 1")
    scene.now_known_as()
    scene.history.boundary()
    scene.history.file_loaded()
    scene.set("Show - 2")  # of a file that ended before anybody could read it
    assert scene.load("http://h/3") == ("", True)


def test_a_title_set_before_a_file_after_one_without_a_title_is_its_own(scene: Scene) -> None:
    scene.load("/videos/Show - 1.mkv")
    scene.now += WAIT + 60
    scene.set("Show - 2")
    assert scene.load("http://h/2") == ("Show - 2", False)


def test_a_title_that_was_there_when_we_came_is_used_after_a_wait(scene: Scene) -> None:
    scene.set("Show - 1")
    assert scene.load("http://h/1", attached=True) == ("Show - 1", True)


def test_each_lasting_name_has_its_own_history(scene: Scene) -> None:
    scene.load("http://h/1")
    scene.set("/srv/Show - 1.mkv", "user-data/media-source/Path")
    scene.set("Show - 1")
    scene.now_known_as()
    scene.now += 60
    scene.history.boundary()
    scene.set("/srv/Show - 2.mkv", "user-data/media-source/Path")
    scene.history.file_loaded()
    own = scene.history.of_file("http://h/2", scene.values, attached=False)
    assert own.names == {"user-data/media-source/Path": "/srv/Show - 2.mkv"}


def test_what_is_no_lasting_name_is_ignored(scene: Scene) -> None:
    scene.load("http://h/1")
    scene.history.change("media-title", "Show - 1")
    scene.history.change(FORCED, "")
    assert scene.now_known_as() == ""
