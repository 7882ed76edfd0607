"""A large JSON object, value by value."""

from __future__ import annotations

import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kotozoe.identify.json_stream import elements, members, values

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), _json), st.sampled_from([None, 1]), st.booleans())
def test_members_are_what_reading_the_whole_gives(whole: dict[str, object], indent: int | None, plain: bool) -> None:
    text = json.dumps(whole, indent=indent, ensure_ascii=plain)
    assert dict(members(text.encode("utf-8", "surrogatepass"))) == json.loads(
        text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    )


def test_a_file_longer_than_the_window_is_read_to_its_end() -> None:
    whole = {f"é{i}": {"x" * (i % 7): [i] * (i % 50_000 if i % 997 == 0 else 3)} for i in range(9000)}
    assert dict(members(json.dumps(whole, ensure_ascii=False).encode())) == whole


def test_a_member_that_ends_with_the_window_is_whole() -> None:
    begin = '{"a":"'
    text = begin + "x" * (131_072 - len(begin) - 1) + '","b":1}'
    assert [name for name, _ in members(text.encode())] == ["a", "b"]


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":1,}', "{1:2}", '{"a":1 "b":2}']
)
def test_a_broken_object_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        list(members(text.encode()))
    with pytest.raises(ValueError):
        list(elements(text.encode(), "a"))


def test_a_value_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        list(members(b'{"a":' + b"[" * 100_000))


@given(st.lists(_json), st.dictionaries(st.text(), _json), st.sampled_from([None, 1]))
def test_elements_are_those_of_the_named_array(
    found: list[object], others: dict[str, object], indent: int | None
) -> None:
    whole = {**others, "items": found, "x": [1, 2]}
    text = json.dumps(whole, indent=indent, ensure_ascii=True)
    assert list(elements(text.encode(), "items")) == json.loads(text)["items"]


@pytest.mark.parametrize("text", ['{"a":[', '{"a":[1', '{"a":[1,', '{"a":[1,]}', '{"a":[1}', '{"a":[1 2]}', '{"a":[]'])
def test_a_broken_array_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        list(elements(text.encode(), "a"))


def test_what_is_no_array_has_no_elements() -> None:
    assert list(elements(b'{"a": 5, "b": {"a": [1]}}', "a")) == []


@pytest.mark.parametrize("value", [b"[" + b"[]," * 3_000_000 + b"0]", b'"' + b"x" * 9_000_000 + b'"', b"9" * 9_000_000])
def test_one_value_takes_no_more_memory_than_is_allowed(value: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(ValueError):
            list(elements(b'{"a":[' + value + b"]}", "a"))
        assert tracemalloc.get_traced_memory()[1] < 60 << 20
    finally:
        tracemalloc.stop()


@given(st.lists(_json), st.sampled_from([None, 1]))
def test_values_are_those_of_the_array(found: list[object], indent: int | None) -> None:
    assert list(values(json.dumps(found, indent=indent).encode())) == found


@pytest.mark.parametrize("text", ["", "{}", "[", "[1", "[1,", "[1,]", "[1 2]", "[1}"])
def test_a_broken_list_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        list(values(text.encode()))
