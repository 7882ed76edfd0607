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


HALF_WIDTH = ("ﾊﾛｰﾜｰﾙﾄﾞ", "ｶﾞﾝﾀﾞﾑ発進！", "駅前のｺﾝﾋﾞﾆで会おう", LINE, "もう帰らないと", "ありがとう、先生")


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "euc_jp"])
@pytest.mark.parametrize("count", [6, 12, 120])
def test_half_width_kana_do_not_make_it_chinese(encoding: str, count: int) -> None:
    text = "".join(srt(HALF_WIDTH[n % len(HALF_WIDTH)], 1) for n in range(count))
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "euc_jp"])
@pytest.mark.parametrize("count", [6, 600])
def test_one_bad_byte_costs_one_character(encoding: str, count: int) -> None:
    raw = srt(LINE, count).encode(encoding)
    at = raw.index(LINE.encode(encoding.removesuffix("-sig"))) + len(LINE.encode(encoding.removesuffix("-sig")))
    read = decode(raw[:at] + b"\xff" + raw[at:])
    assert [c for c in read if c in "\ufffd\uf8f3"] == ["\ufffd" if encoding != "cp932" else "\uf8f3"]
    assert read.replace("\ufffd", "").replace("\uf8f3", "") == srt(LINE, count)


@pytest.mark.parametrize("encoding", ["cp932", "euc_jp", "gb18030"])
def test_a_line_of_utf_8_in_another_encoding_is_read_as_such(encoding: str) -> None:
    pasted = "字幕：風の練習会"
    raw = srt(LINE, 20).encode(encoding) + f"21\n00:02:00,000 --> 00:02:03,000\n{pasted}\n".encode()
    assert decode(raw).endswith(f"\n{pasted}\n")
    assert decode(raw).startswith(srt(LINE, 20))


@pytest.mark.parametrize("encoding", ["iso2022_jp", "iso2022_jp_2", "iso2022_jp_ext"])
def test_the_escape_codes_of_iso_2022_are_known(encoding: str) -> None:
    assert decode(srt().encode(encoding)) == srt()


def test_much_damage_is_no_text() -> None:
    raw = srt(LINE, 20).encode().replace("風".encode(), b"\xff\xfe")
    with pytest.raises(Unreadable, match="no encoding"):
        decode(raw)


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
