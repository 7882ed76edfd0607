"""The words of a title that a name leaves unread."""

from __future__ import annotations

import pytest

from kotozoe.identify.verdict.unread import explains, unread


@pytest.mark.parametrize(
    ("title_text", "names", "left"),
    [
        ("Kaze no Uta", ("Kaze no Uta",), ()),
        ("Kaze no Uta Movie", ("Kaze no Uta",), ()),  # the kind of work is a claim of its own
        ("Kaze no Uta S2 (2016)", ("Kaze no Uta",), ()),
        ("Kazenouta TV Uncut", ("Kaze no Uta",), ()),
        ("Kaze no Uta Vol.1", ("Kaze no Uta",), ()),
        ("Kaze no Uta Vol.2", ("Kaze no Uta",), ("vol",)),
        ("Kaze no Uta - To the Sea", ("Kaze no Uta",), ("to", "sea")),
        ("Kaze no Uta - To the Sea", ("Kaze no Uta", "Kaze no Uta: To the Sea"), ()),
        ("[Sub][ASF] Kaze no Uta", ("Kaze no Uta",), ()),
        ("风之歌 第二季 ／ Kaze no Uta S2", ("Kaze no Uta",), ()),  # the same title in another script
        ("KAZE－カゼ－ 疾風伝", ("KAZE", "カゼ"), ("疾風伝",)),
        ("TVアニメ風の歌", ("風の歌",), ()),
        ("風の歌・嵐の章", ("風の歌",), ("嵐の章",)),
    ],
)
def test_what_no_name_explains_is_left(title_text: str, names: tuple[str, ...], left: tuple[str, ...]) -> None:
    assert unread(title_text, names) == left


@pytest.mark.parametrize(
    ("words", "name", "yes"),
    [
        (("to", "sea"), "Kaze Movie: To the Sea", True),
        (("goddeses", "arc"), "Kaze: Goddeses", True),
        (("to", "land"), "Kaze Movie: To the Sea", False),
        ((), "Kaze", False),
    ],
)
def test_one_name_explains_all_words(words: tuple[str, ...], name: str, yes: bool) -> None:
    assert explains(words, (name,)) is yes


@pytest.mark.parametrize("title_text", ["x " * 5000, "あ" * 5000, "[" * 5000, "- " * 5000 + "第2期 " * 2000])
def test_hostile_titles_are_read_soon(title_text: str) -> None:
    assert len(unread(title_text[:400], ("Kaze",) * 50)) <= 40
