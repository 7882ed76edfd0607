"""Whatever a subtitle was saved in, its text comes out."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kotozoe.subtitles.text import decode, decode_names
from kotozoe.subtitles.unreadable import Unreadable
from tests.subtitles.texts import CHINESE, LINE, TRADITIONAL, ass, srt, vtt

JAPANESE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp932", "euc_jp", "gb18030")


@pytest.mark.parametrize("encoding", JAPANESE)
@pytest.mark.parametrize("write", [srt, ass, vtt], ids=["srt", "ass", "vtt"])
@pytest.mark.parametrize("count", [4, 600])
def test_japanese_comes_out_of_every_encoding(encoding: str, write: object, count: int) -> None:
    text = write(LINE, count)  # type: ignore[operator]
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("encoding", "line"), [("gb18030", CHINESE), ("gbk", CHINESE), ("big5", TRADITIONAL), ("utf-8", CHINESE)]
)
@pytest.mark.parametrize("write", [srt, ass], ids=["srt", "ass"])
def test_chinese_comes_out_as_chinese(encoding: str, line: str, write: object) -> None:
    text = write(line, 40)  # type: ignore[operator]
    assert decode(text.encode(encoding)) == text


def test_bilingual_lines_in_a_chinese_encoding_keep_their_kana() -> None:
    text = srt(f"{CHINESE}\n{LINE}", 40)
    assert decode(text.encode("gb18030")) == text


@pytest.mark.parametrize("order", [codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE])
def test_a_byte_order_mark_is_believed(order: bytes) -> None:
    encoding = "utf-16-be" if order == codecs.BOM_UTF16_BE else "utf-16-le"
    assert decode(order + LINE.encode(encoding)) == LINE


def test_line_ends_stay_as_they_are() -> None:
    text = srt(newline="\r\n")
    assert decode(text.encode("cp932")) == text


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\0\0", "empty"),
        (b"\n<!DOCTYPE html><html><body>502 Bad Gateway", "web page"),
        (b"<html>", "web page"),
        (b"\x00\x00\x01\xba" + bytes(range(256)) * 40, "binary"),
        (b"\x7fELF" + bytes(200) + b"\xff\xfe\xfd" * 99, "binary"),
        (codecs.BOM_UTF8 + b"\xff\xff", "and is not"),
        (b"\xff\xff\xff\x80\x80\xff" * 9, "no encoding"),
    ],
)
def test_what_is_no_text_is_refused_with_the_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        decode(raw)


@given(
    st.text(alphabet="あいうえおかきくけこさしすせそたちつてとなにぬねのアイウエオ風練習。、！？ abc\n", min_size=20)
)
def test_any_kana_text_survives_every_japanese_encoding(text: str) -> None:
    text = f"{LINE}\n{text}\n{LINE}"
    for encoding in ("utf-8", "cp932", "euc_jp"):
        assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("name", "encoding"), [("風の練習 第03話.srt", "cp932"), ("风的练习 第03话.ass", "gbk"), ("風の練習.srt", "utf-8")]
)
def test_names_of_old_archives_are_read(name: str, encoding: str) -> None:
    assert decode_names([name.encode(encoding), b"plain.srt"]) == [name, "plain.srt"]


def test_names_in_no_encoding_stay_legible() -> None:
    assert decode_names([b"\xff\xff 03.srt", b"b.srt"]) == ["\ufffd\ufffd 03.srt", "b.srt"]
