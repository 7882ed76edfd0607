"""What lies beside a video or comes from the two data lists: notes, rules, the season map."""

from __future__ import annotations

import json

import pytest
from hypothesis import example
from hypothesis import strategies as st

from kotozoe.identify.counting.numbering import parse_rules
from kotozoe.identify.counting.seasons import parse_seasons
from kotozoe.identify.names.identify import identify
from kotozoe.identify.names.nfo import MAX_SIZE, read_nfo, with_nfo
from kotozoe.identify.names.title_list import parse_title_list
from kotozoe.model import VideoFile
from kotozoe.store.catalogue import Catalogue
from tests.hostile.made import bytes_of_texts, damaged, documents, given, numbers, soon, texts, values

NOTE = b'<?xml version="1.0"?><tvshow><title>K</title><uniqueid type="tvdb">5</uniqueid><tmdbid>7</tmdbid></tvshow>'
_TAGS = "<tvshow> </tvshow> <movie> <episodedetails> <episode> </episode> <tvdbid> </tvdbid> 5 <a x=' ]]> <!-- -->"
_DECLARATIONS = "<!DOCTYPE x [|<!ENTITY a 'aa'>|&a;|&#0;|&#x41;|<![CDATA[|<?xml encoding='utf-16'?>|<x xmlns:y='z'>"
_ODD = ("\0", "é", "<" * 50, "9" * 50, "<?xml version='1.0' encoding='cp932'?>")
_PARTS = st.sampled_from([*_TAGS.split(" "), *_DECLARATIONS.split("|"), *_ODD])
VIDEO = VideoFile("/tv/Kaze/Kaze - 03.mkv")


@example(b"<tvshow>" + b"<a>" * 200_000)
@given(st.lists(_PARTS, max_size=20).map(lambda parts: "".join(parts).encode()) | bytes_of_texts | damaged(NOTE))
def test_any_note_says_a_few_short_things_or_nothing(content: bytes) -> None:
    with soon(2):
        note = read_nfo(content)
        if note is not None:
            assert len(note.ids) <= 12
            assert all(len(one.value) <= 12 for one in note.ids)
            with_nfo(identify(VIDEO), (note,))


@pytest.mark.parametrize("size", [MAX_SIZE, MAX_SIZE + 1])
def test_a_note_as_long_as_may_be_takes_no_time(size: int) -> None:
    with soon(3):
        read_nfo((b"<tvshow>" + b"<tvdbid>5</tvdbid>" * (MAX_SIZE // 18 + 1))[:size])


_ranges = st.builds(
    "{}{}{}{}".format,
    st.integers(0, 10**12) | numbers,
    st.sampled_from(["-", "", "-?"]),
    st.integers(0, 10**12),
    st.sampled_from(["", "!"]),
)
_rules = st.builds("- {}|{}|{}:{} -> {}|?|~:{}".format, numbers, numbers, numbers, _ranges, st.integers(1, 9), _ranges)


@given(st.lists(_rules | texts | st.sampled_from(["::rules", "::meta", "-", "#"]), max_size=12).map("\n".join), numbers)
def test_any_text_is_rules(text: str, number: float) -> None:
    with soon(2):
        rules = parse_rules(text)
        for one in (1, 2, number if isinstance(number, int) else 3):
            rules.find(one, 13.0)
            rules.find(one, float("1e300"))


_stretches = (
    st.sampled_from(["", "e1-e12", "e5-", "e3", "e13-e1", "e1-e12|2", "e99999-e99999", ",".join(["e1-e2"] * 500)])
    | texts
)
_media = st.fixed_dictionaries(
    {},
    optional={
        "tvdb_id": st.just(7) | values,
        "tvdb_mappings": st.dictionaries(st.sampled_from(["s0", "s1", "s999", "x"]), _stretches | values, max_size=3)
        | values,
        "anidb_id": values,
        "imdb_id": st.lists(texts, max_size=3) | values,
        "tmdb_show_id": values,
    },
)
_old = st.dictionaries(
    st.sampled_from(["1", "2", "٣", "²", "x", "999999999", "9999999999"]), _media | values, max_size=4
)
_descriptors = st.builds(
    "{}:{}{}".format,
    st.sampled_from(["anilist", "tvdb_show", "anidb", "x"]),
    st.integers(0, 99) | numbers,
    st.sampled_from(["", ":s1", ":R", ":s0"]),
)
_new = st.dictionaries(
    _descriptors | texts,
    st.dictionaries(_descriptors, st.dictionaries(_stretches, _stretches, max_size=3) | values, max_size=3) | values,
    max_size=4,
)


@example(b'{"1": {"tvdb_id": 7, "tmdb_show_id": "\\ud800"}}')
@given(
    documents(_old)
    | documents(_new)
    | documents()
    | damaged(json.dumps({"1": {"tvdb_id": 7, "tvdb_mappings": {"s1": "e1-e12"}}}).encode())
)
def test_any_bytes_are_a_season_map_that_can_be_kept_or_are_refused(content: bytes) -> None:
    with soon(3):
        try:
            seasons = parse_seasons(content)
        except ValueError:
            return
        catalogue = Catalogue(":memory:")
        try:
            catalogue.keep_seasons(seasons)
            for media in (1, 2, 999_999_999):
                for row in catalogue.series_rows(media):
                    row.episode(3.0)
            catalogue.stated("tvdb", "7")
        finally:
            catalogue.close()


_site = st.fixed_dictionaries(
    {"site": st.sampled_from(["aniList", "mal", "anidb", "tmdb", "x"]) | values},
    optional={"id": st.integers(0, 99).map(str) | st.sampled_from(["tv/5", "movie/6", "tv/5/season/2"]) | values},
)
_item = st.fixed_dictionaries(
    {"title": texts | values, "sites": st.lists(_site | values, max_size=4) | values},
    optional={
        "titleTranslate": st.dictionaries(texts, st.lists(texts | values, max_size=3) | values, max_size=3) | values,
        "type": st.sampled_from(["tv", "web", "x"]) | values,
        "begin": st.sampled_from(["2016-04-05T00:00:00.000Z", "9999-99-99", "٢٠١٦-٠٤-٠٥"]) | values,
    },
)


@given(
    documents(st.fixed_dictionaries({"items": st.lists(_item | values, max_size=5) | values}, optional={"x": values}))
    | documents()
    | damaged('{"items": [{"title": "風", "sites": [{"site": "aniList", "id": "7"}]}]}'.encode())
)
def test_any_bytes_are_a_list_of_titles_that_can_be_kept_or_are_refused(content: bytes) -> None:
    with soon(3):
        catalogue = Catalogue(":memory:")
        try:
            catalogue.keep_titles(parse_title_list(content))
        except ValueError:
            return
        finally:
            catalogue.close()


@pytest.mark.parametrize("begin", [b"", b'{"1": ', b'{"1": {"a": '])
def test_a_season_map_of_nothing_but_depth_is_refused(begin: bytes) -> None:
    with soon(2), pytest.raises(ValueError):
        parse_seasons(begin + b"[" * 200_000)
