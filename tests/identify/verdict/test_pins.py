"""What a pin says about other names: the same numbering carries on, and nothing else is touched."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kotozoe.identify.names.identify import identify
from kotozoe.identify.verdict.anchor import anchor_of
from kotozoe.identify.verdict.inquiry import Inquiry
from kotozoe.identify.verdict.knowledge import Knowledge, Want, WantEntry, WantFacts, WantSeasons
from kotozoe.identify.verdict.pinned import pinned
from kotozoe.identify.verdict.pins import Anchor, Pick, Pin, Pins, Rejection, base_name, folder_of
from kotozoe.model import Entry, EpisodeRef, Facts, FuzzyDate, MediaKey, Relation, VideoFile

FIRST, SECOND, OVA, FILM = (MediaKey("anilist", number) for number in ("1", "2", "8", "9"))
DRAMA = MediaKey("tmdb", "tv:5")


def facts(number: int, episodes: int | None, *around: tuple[str, int], kind: str = "TV") -> Facts:
    relations = tuple(Relation(word, other) for word, other in around)
    names = (f"Show {number}",)
    return Facts(
        number, names, (), kind, "FINISHED", episodes, 2000 + number, FuzzyDate(2000 + number), None, relations
    )


KNOWN = {
    1: facts(1, 12, ("SEQUEL", 2)),
    2: facts(2, 12, ("PREQUEL", 1), ("SEQUEL", 3)),
    3: facts(3, 10, ("PREQUEL", 2)),
    8: facts(8, 2, kind="OVA"),
    9: facts(9, 1, kind="MOVIE"),
}


def answered(*, offline: bool = False) -> Knowledge:
    answers: dict[Want, Any] = {}
    for number, known in KNOWN.items():
        media = MediaKey("anilist", str(number))
        answers[WantSeasons(number)] = ()
        answers[WantEntry(media)] = Entry(100 + number, f"Show {number}", anilist_id=number, movie=number == 9)
        if not offline:
            answers[WantFacts(number)] = known
    answers[WantEntry(DRAMA)] = Entry(105, "Drama", tmdb_id="tv:5", anime=False)
    reasons: dict[Want, str] = {WantFacts(n): "AniList was not reachable" for n in KNOWN} if offline else {}
    return Knowledge(answers=answers, unanswered=reasons)


def pin(name: str, media: MediaKey, episode: float | None) -> Pin:
    identified = identify(VideoFile(f"/anime/{name}.mkv"))
    anchor = anchor_of(identified)
    assert anchor is not None
    number = min(identified.readings, key=lambda r: (r.folder, r.parsed.place)).parsed.episode
    return Pin(anchor, media, number, episode, title="Show")


def told(name: str, *pins: Pin, offline: bool = False) -> tuple[str, float | None] | str | None:
    """Return media and episode, the status where there are none, or None where no pin speaks."""
    inquiry = Inquiry(answered(offline=offline))
    path = name if name.startswith("/") else f"/anime/{name}.mkv"
    verdict = pinned(identify(VideoFile(path)), pins, inquiry)
    assert not inquiry.wants
    if verdict is None or verdict.ref is None:
        return None if verdict is None else verdict.status
    return verdict.ref.media.value, verdict.ref.episode


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("[G] Foo - 16 (1080p)", ("2", 4)),
        ("[G] Foo - 17v2", ("2", 5)),
        ("[G] Foo - 24", ("2", 12)),
        ("[G] Foo - 25", ("3", 1)),
        ("[G] Foo - 12", ("1", 12)),
        ("[G] Foo - 01", ("1", 1)),
        ("[G] Foo - 35", "unknown"),
        ("[H] Foo - 16", ("2", 4)),
        ("[H] Foo - 04", None),
        ("[G] Bar - 16", None),
        ("[G] Foo Bar - 16", None),
        ("[G] Foo - NCOP1", None),
        ("[G] Foo OVA - 01", None),
    ],
)
def test_a_number_that_counts_on_carries_on(name: str, expected: object) -> None:
    assert told(name, pin("[G] Foo - 15", SECOND, 3.0)) == expected


@pytest.mark.parametrize(
    ("pinned_name", "name", "expected"),
    [
        ("[G] Foo - 03", "[G] Foo - 05", ("2", 5)),
        ("[G] Foo - 03", "[G] Foo - 14", ("3", 2)),
        ("[G] Foo - 03", "[G] Foo - 30", "unknown"),
        ("[G] Foo - 15", "[G] Foo - 16", ("2", 4)),
        ("[G] Foo - 15", "[G] Foo - 30", ("3", 6)),
        ("[G] Foo - 15", "[G] Foo - 02", ("1", 2)),
    ],
)
def test_where_the_user_named_the_show_only_the_name_says_the_number(
    pinned_name: str, name: str, expected: object
) -> None:
    assert told(name, pin(pinned_name, SECOND, None)) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Foo.S02E05.1080p.WEB-DL-G", ("2", 5)),
        ("Foo.S03E01.1080p.WEB-DL-G", ("3", 1)),
        ("Foo.S01E12.1080p.WEB-DL-G", ("1", 12)),
        ("Foo.S04E01.1080p.WEB-DL-G", None),
    ],
)
def test_other_seasons_follow_where_the_numbering_says_so(name: str, expected: object) -> None:
    assert told(name, pin("Foo.S02E03.1080p.WEB-DL-G", SECOND, 3.0)) == expected


def test_other_seasons_follow_a_count_through_all_of_them_too() -> None:
    assert told("Foo.S03E25.1080p.WEB-DL-G", pin("Foo.S02E15.1080p.WEB-DL-G", SECOND, 3.0)) == ("3", 1)


@pytest.mark.parametrize(("episode", "said"), [(3.0, True), (15.0, False), (None, False)])
def test_the_verdict_tells_whether_the_user_said_the_episode(episode: float | None, said: bool) -> None:
    held = pin("[G] Foo - 15", SECOND, episode)
    verdict = pinned(identify(VideoFile("/anime/[G] Foo - 15.mkv")), (held,), Inquiry(answered()))
    assert verdict is not None
    assert verdict.episode_said is said


def test_other_seasons_follow_where_the_user_named_the_show_only() -> None:
    assert told("Foo.S03E02.1080p.WEB-DL-G", pin("Foo.S02E03.1080p.WEB-DL-G", SECOND, None)) == ("3", 2)


def test_past_the_end_of_the_first_part_comes_the_next_and_before_it_nothing() -> None:
    first = pin("[G] Foo - 03", FIRST, 1.0)
    assert told("[G] Foo - 15", first) == ("2", 1)
    assert told("[G] Foo - 02", first) == "unknown"


def test_a_show_named_for_a_name_without_a_number_is_counted_as_its_episodes_say() -> None:
    assert told("[G] Foo - 03", pin("[G] Foo (1080p)", SECOND, None)) == ("2", 3)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("[H] Foo - 05", ("2", 5)),
        ("Foo - 05", ("2", 5)),
        ("Foo.S01E05.1080p.WEB-DL-H", ("2", 5)),
        ("Foo.S02E02.1080p.WEB-DL-H", ("3", 2)),
        ("Foo (1999) - 05", None),  # another show, perhaps
        ("/anime/Foo (1999)/[H] Foo - 05.mkv", None),
        ("[H] Foo - 13", ("2", 1)),  # counted through the seasons
        ("[H] Foo - 35", None),
        ("[H] Foo OVA - 01", None),
        ("[H] Foo Bar - 05", None),
        ("/anime/Foo [anilist-7]/[H] Foo - 05.mkv", None),
    ],
)
def test_the_show_holds_for_other_releases_of_the_title_but_not_the_number(name: str, expected: object) -> None:
    assert told(name, pin("[G] Foo - 03", SECOND, None)) == expected
    assert told(name, replace(pin("[G] Foo - 03", SECOND, None), episode=2.0)) == expected


def test_pins_of_other_groups_that_differ_say_nothing_of_the_title() -> None:
    pins = (pin("[G] Foo - 03", SECOND, None), pin("[I] Foo - 03", FIRST, None))
    assert told("[H] Foo - 05", *pins) is None
    assert told("[I] Foo - 05", *pins) == ("1", 5)


def test_a_film_holds_for_other_releases() -> None:
    assert told("[H] Foo (1080p)", pin("[G] Foo (720p)", FILM, None)) == ("9", 1)


def test_what_only_an_id_names_has_no_pin() -> None:
    assert told("/[anilist-5]/03.mkv", pin("[G] Foo - 03", FIRST, 1.0)) is None


def test_what_is_pinned_to_an_ova_is_a_special() -> None:
    verdict = pinned(
        identify(VideoFile("/anime/[G] Foo - 02.mkv")), [pin("[G] Foo - 01", OVA, 1.0)], Inquiry(answered())
    )
    assert verdict is not None
    assert (verdict.kind, verdict.ref) == ("special", EpisodeRef(OVA, 2.0))


def test_a_season_with_numbers_of_its_own_says_nothing_about_others() -> None:
    assert told("Foo.S03E01.1080p.WEB-DL-G", pin("Foo.S02E03.1080p.WEB-DL-G", SECOND, 7.0)) is None


def test_a_pin_of_exactly_this_season_goes_first() -> None:
    pins = (pin("Foo.S02E01.1080p-G", FIRST, 1.0), pin("Foo.S03E01.1080p-G", SECOND, 1.0))
    assert told("Foo.S02E02.1080p-G", *pins) == ("1", 2)


def test_a_film_and_a_drama_are_pinned_as_well() -> None:
    assert told("[G] Foo Movie (2019)", pin("[G] Foo Movie (2019)", FILM, None)) == ("9", 1)
    assert told("Foo.E05.1080p-G", pin("Foo.E04.1080p-G", DRAMA, None)) == ("tv:5", 5)
    assert told("Foo.E05.1080p-G", pin("Foo.E04.1080p-G", DRAMA, 1.0)) == ("tv:5", 2)


def test_a_title_that_only_the_folder_says_is_told_by_the_folder() -> None:
    identified = identify(VideoFile("/anime/Foo/04.mkv"))
    anchor = anchor_of(identified)
    assert anchor is not None
    said = Pin(anchor, SECOND, 4.0, 4.0)
    assert told("/anime/Foo/05.mkv", said) == ("2", 5)
    assert told("/anime/Bar/05.mkv", said) is None
    assert told("/anime/Foo/[G] Bar - 05.mkv", said) is None


def test_without_anilist_the_same_media_carries_on() -> None:
    assert told("[G] Foo - 16", pin("[G] Foo - 15", SECOND, 3.0), offline=True) == ("2", 4)


def test_pins_replace_each_other_by_series() -> None:
    one, two = pin("[G] Foo - 01", FIRST, 1.0), pin("[G] Foo - 02", SECOND, 2.0)
    assert Pins().pinned(one).pinned(two).pins == (two,)
    assert one.row_id == two.row_id
    assert Pins((one,)).removed([one.row_id]).pins == ()


def test_folders_and_rejections() -> None:
    pins = Pins().leaving("/anime/old").rejecting(Rejection("a.mkv", 7, "bad.srt"))
    assert pins.left_alone("/anime/old/x/a.mkv") == "/anime/old"
    assert pins.left_alone("/anime/older/a.mkv") == ""
    assert pins.serving("/anime/old/b.mkv").folders == ()
    assert pins.rejected("/elsewhere/a.mkv", 7) == {"bad.srt"}
    assert pins.rejected("/elsewhere/a.mkv", 8) == frozenset()
    assert pins.rejecting(Rejection("a.mkv", 7, "bad.srt")).rejections == pins.rejections


def test_where_two_are_merged_the_other_is_right() -> None:
    mine, other = pin("[G] Foo - 01", FIRST, 1.0), pin("[G] Foo - 01", SECOND, 1.0)
    merged = Pins((mine,)).merged(Pins((other,), (Rejection("a", 1, "b"),), ("/c",)))
    assert merged == Pins((other,), (Rejection("a", 1, "b"),), ("/c",))


def test_names_of_places() -> None:
    assert base_name("/anime/x/a.mkv") == "a.mkv"
    assert folder_of("/anime/x/a.mkv") == "/anime/x"
    assert folder_of("https://example/x/a.mkv") == ""
    assert Anchor("foo") == Anchor("foo", 1, None, "")


@pytest.mark.parametrize(
    ("entry", "holds"),
    [
        (Entry(7, "Show", anime=True), True),
        (Entry(7, "Spectacle", japanese_name="Show"), True),
        (Entry(7, "Another Show"), False),  # the id was given away, or is that of another server
        (None, False),
    ],
)
def test_a_show_known_by_its_entrys_id_alone_must_still_be_it(entry: Entry | None, holds: bool) -> None:
    media = MediaKey("jimaku", "7")
    chosen = pin("[Group] Show - 02", media, 2.0)
    knowledge = Knowledge(answers={WantEntry(media): entry})
    found = pinned(identify(VideoFile("/anime/[Group] Show - 03.mkv")), (chosen,), Inquiry(knowledge))
    assert (found is not None and found.entry_id == 7) is holds


def test_the_entry_is_the_one_that_the_catalogue_tells_of_now() -> None:
    chosen = replace(pin("[Group] Show - 02", FIRST, 2.0), entry_id=55)
    name = identify(VideoFile("/anime/[Group] Show - 03.mkv"))
    found = pinned(name, (chosen,), Inquiry(answered()))
    assert found is not None
    assert found.entry_id == 101
    missing = Knowledge(answers={**answered().answers, WantEntry(FIRST): None})
    found = pinned(name, (chosen,), Inquiry(missing))
    assert found is not None
    assert found.entry_id is None


EPISODE = "/anime/[G] Foo - 05.mkv"


def test_a_picked_file_stays_picked_for_its_video_and_is_liked_for_the_others() -> None:
    pins = Pins().picking(Pick("[G] Foo - 05.mkv", 7, "a - 05.srt")).picking(Pick("[G] Foo - 05.mkv", 7, "b - 05.srt"))
    assert pins.picked("/elsewhere/[G] Foo - 05.mkv", 7) == "b - 05.srt"
    assert pins.picked(EPISODE, 8) == pins.picked(EPISODE, 7, "folder") == pins.picked("/anime/06.mkv", 7) == ""
    assert (pins.liked(7), pins.liked(8)) == ("b - 05.srt", "")
    assert len(pins.picks) == 1


def test_a_pick_and_a_rejection_of_the_same_file_replace_each_other() -> None:
    pick, rejection = Pick("05.mkv", 7, "a.srt"), Rejection("05.mkv", 7, "a.srt")
    assert Pins().picking(pick).rejecting(rejection) == Pins(rejections=(rejection,))
    assert Pins().rejecting(rejection).picking(pick) == Pins(picks=(pick,))


def test_each_choice_can_be_taken_back() -> None:
    pick, rejection, one = Pick("05.mkv", 7, "a.srt"), Rejection("05.mkv", 7, "b.srt"), pin("[G] Foo - 03", FIRST, 1.0)
    pins = Pins((one,), (rejection,), ("/anime",), (pick,))
    assert pins.taking_back(one).taking_back(rejection).taking_back(pick) == Pins(folders=("/anime",))


def test_merging_takes_the_others_picks() -> None:
    ours, theirs = Pick("05.mkv", 7, "a.srt"), Pick("05.mkv", 7, "b.srt")
    assert Pins(picks=(ours,)).merged(Pins(picks=(theirs,))).picks == (theirs,)
    assert Pins(picks=(ours,)).merged(Pins()).picks == (ours,)
