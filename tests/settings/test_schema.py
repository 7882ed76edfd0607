"""A config is a value, or all of its problems: each with its line, and what to do."""

from __future__ import annotations

import pytest

from kotozoe.model import Secret
from kotozoe.settings.parse import Problem, parse
from kotozoe.settings.schema import Settings

WHOLE = """
# every key there is
[jimaku]
url = "https://jimaku.cc/"
api_key_file = "~/key"
api_key_command = ["pass", "show", "jimaku", ""]
api_key = "AAAA"
download_origins = ["https://files.jimaku.cc"]
[anilist]
url = "https://graphql.anilist.co"
enabled = false
[amvstrm]
url = "http://192.168.1.5:4000"
[relations]
url = "https://example.org/rules.txt?raw=1"
[seasons]
url = "https://example.org/seasons.json"
[titles]
url = ""
[subtitles]
languages = ["ja", "EN"]
formats = [".SRT", "ass"]
prefer_groups = ["SubsPlease"]
avoid_groups = []
[watch]
include = ["/data/anime", "~/Videos"]
exclude = ["*/Extras/*"]
private = ["/home/me/private/"]
[player]
sockets = ["/tmp/mpv.sock"]
[folders]
paths = ["subtitles"]
"""


def problems(config: str) -> tuple[Problem, ...]:
    found = parse(config)
    assert not isinstance(found, Settings)
    return found


def test_an_empty_config_is_the_defaults() -> None:
    assert parse("") == Settings() == parse("# nothing\n")


def test_every_key_is_taken() -> None:
    settings = parse(WHOLE)
    assert isinstance(settings, Settings)
    assert settings.jimaku.url == "https://jimaku.cc"
    assert settings.jimaku.api_key == Secret("AAAA")
    assert settings.jimaku.api_key_command == ("pass", "show", "jimaku", "")
    assert settings.jimaku.download_origins == ("https://files.jimaku.cc",)
    assert settings.anilist.enabled is False
    assert settings.amvstrm.url == "http://192.168.1.5:4000"
    assert settings.relations.url == "https://example.org/rules.txt?raw=1"
    assert settings.seasons.url == "https://example.org/seasons.json"
    assert settings.titles.url == ""
    assert settings.subtitles.languages == ("ja", "en")
    assert settings.subtitles.formats == ("srt", "ass")
    assert settings.subtitles.prefer_groups == ("SubsPlease",)
    assert settings.watch.include == ("/data/anime", "~/Videos")
    assert settings.watch.exclude == ("*/Extras/*",)
    assert settings.watch.private == ("/home/me/private/",)
    assert settings.player.sockets == ("/tmp/mpv.sock",)
    assert settings.folders.paths == ("subtitles",)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8080",
        "http://localhost:1/base",
        "http://[::1]:5",
        "http://192.168.1.5:4000",
        "http://10.1.2.3",
        "http://[fd00::5]",
        "http://nas",
        "http://nas.local:8080",
        "http://jimaku.home.arpa",
    ],
)
def test_this_machine_and_those_at_home_may_be_asked_without_encryption(url: str) -> None:
    settings = parse(f'[jimaku]\nurl = "{url}"')
    assert isinstance(settings, Settings)
    assert settings.jimaku.url == url


BROKEN = [
    # what tomllib refuses
    ("[jimaku]\nurl = https://jimaku.cc", 2, "a text needs quotes"),
    ("[anilist]\nenabled = True", 2, "a text needs quotes"),
    ('[subtitles]\nlanguages = ["ja"', 2, "close the list with ]"),
    ('[jimaku]\n\nurl = "https://jimaku.cc\n', 3, "close the quotes"),
    ('[jimaku\nurl = "x"', 1, "close the section's name with ]"),
    ('[jimaku]\nurl: "x"', 2, "write it as key = value"),
    ('[folders]\npaths = ["C:\\Users\\me"]', 2, "write \\ as \\\\"),
    ('[jimaku]\napi_key = "a"\napi_key = "b"', 3, "it is there twice: remove one"),
    ("[jimaku]\n[anilist]\n[jimaku]", 3, "that section is there twice"),
    ("[anilist] enabled = true", 1, "put each key on its own line"),
    ("[anilist]\nenabled", 2, "write it as key = value"),
    ("[anilist]\n= true", 2, "a line is [section], key = value, or # a comment"),
    ("[anilist]\nenabled =", 2, "a text needs quotes"),
    ("paths = " + "[" * 5000, None, "texts only"),
    # names
    ('[jimku]\nurl = "x"', 1, "did you mean jimaku?"),
    ("[Subtitles]", 1, "did you mean subtitles?"),
    ("[zzz]", 1, "there are jimaku, anilist,"),
    ('\n\n[jimaku]\napi-key = "x"', 4, "did you mean api_key?"),
    ('[jimaku]\napi_keyfile = "x"', 2, "did you mean api_key_file?"),
    ("[jimaku]\nqqq = 1", 2, "there are url, api_key_file,"),
    ('languages = ["ja"]', 1, "languages belongs below [subtitles]: move it there"),
    ('[jimaku]\nlanguages = ["ja"]', 2, "[jimaku] has no languages: it belongs below [subtitles]"),
    ("frobnicate = 1", 1, "key outside of any section"),
    ('jimaku = "https://jimaku.cc"', 1, "write [jimaku] on a line of its own"),
    ("[[jimaku]]", 1, "write [jimaku] on a line of its own"),
    ('"a\\u001b[31m" = 1', 1, "unknown key"),
    # types
    ("[jimaku]\nurl = 5", 2, "must be a text in quotes, not a number"),
    ("[jimaku]\nurl = 2020-01-01", 2, "not a date or time"),
    ('[anilist]\nenabled = "yes"', 2, "must be true or false (without quotes), not a text"),
    ("[anilist]\nenabled = 1", 2, "must be true or false (without quotes), not a number"),
    ('[subtitles]\nlanguages = "ja"', 2, 'must be a list, as in ["ja"]'),
    ("[watch]\ninclude = [1]", 2, "(item 1) must be a text in quotes, not a number"),
    ('[jimaku]\napi_key_command = "pass show jimaku"', 2, 'write ["pass", "show", "jimaku"]'),
    ("[jimaku]\napi_key_command = [1]", 2, "put each argument in quotes"),
    ("[jimaku]\napi_key_command = 1", 2, 'as in ["pass", "jimaku"]'),
    ("[jimaku]\napi_key_command = []", 2, "name a program, or remove the line"),
    ("[jimaku]\napi_key = 12345", 2, "must be a text in quotes"),
    # contents
    ('[jimaku]\nurl = ""', 2, "give it a value, or remove the line for the default"),
    ('[jimaku]\napi_key = " "', 2, "is empty: give the key, or remove the line"),
    ('[jimaku]\napi_key_file = "a\\nb"', 2, "write it on one line"),
    ('[jimaku]\nurl = "jimaku.cc"', 2, 'write "https://jimaku.cc"'),
    ('[jimaku]\nurl = "ftp://jimaku.cc"', 2, 'write "https://jimaku.cc"'),
    ('[jimaku]\nurl = "http://jimaku.cc"', 2, 'unencrypted: write "https://jimaku.cc"'),
    ('[jimaku]\nurl = "https://jimaku.cc?x=1"', 2, "give the address of the site only"),
    ('[jimaku]\nurl = "https://"', 2, 'as in "https://example.org"'),
    ('[jimaku]\nurl = "https://jimaku.cc:99999"', 2, "write it as in a browser"),
    ('[jimaku]\nurl = "https://[::1"', 2, "write it as in a browser"),
    ('[anilist]\nurl = "https://me:pw@anilist.co"', 2, "remove what stands before the @"),
    ('[relations]\nurl = "https://a.org/x#y"', 2, "remove it and what follows"),
    ('[seasons]\nurl = "https://a b.org/"', 2, "names no host"),
    ('[jimaku]\ndownload_origins = ["https://a.org/files"]', 2, 'write "https://a.org"'),
    ('[jimaku]\napi_key_file = "https://a.org"', 2, "must be a path on this machine"),
    ('[subtitles]\nlanguages = ["jp"]', 2, 'did you mean "ja"?'),
    ('[subtitles]\nlanguages = ["nihongo"]', 2, 'write its code, as in "ja"'),
    ("[subtitles]\nlanguages = []", 2, "name at least one"),
    ('[subtitles]\nlanguages = [\n  "ja", # mine\n  "ja",\n]', 2, "(item 2) is there twice: remove one"),
    ('[subtitles]\nformats = ["sass"]', 2, 'did you mean "ass"?'),
    ('[subtitles]\nformats = ["pgs!"]', 2, "there are ass, ssa, srt, vtt"),
    ('[watch]\nexclude = ["Extras"]', 2, 'write "/…/Extras" or "*Extras*"'),
    ('[player]\nsockets = ["mpv.sock"]', 2, "must be a whole path"),
    (f'[player]\nsockets = ["/{"x" * 108}"]', 2, "choose a shorter one"),
    ("[player]\nosd = true", 2, 'must be one of "all", "problems", "none", not true or false'),
    ('[timing]\nsound = "fix"', 2, 'must be one of "retime", "check", "off", not "fix"'),
    ("[cache]\nmax_megabytes = 5", 2, "must be from 20 to 100000 (megabytes)"),
    # lines that are hard to find
    ("jimaku.url = 5", 1, "[jimaku] url must be a text"),
    ("jimaku = {url = 5}", 1, "[jimaku] url must be a text"),
    ('["jimaku"]\n"url" = 5', 2, "[jimaku] url must be a text"),
    ('[folders]\npaths = ["""\\\n\n\n/a"""]\n[jimaku]\nurl = 5', 7, "[jimaku] url must be a text"),
    ("[folders]\npaths = ['''/[jimaku]\n''']\n# url = 1\n[jimaku]\nurl = 5", 2, "write it on one line"),
    ("[watch]\r\ninclude = [\r\n'/a',\r\n]\r\n[jimaku]\r\nurl = 5", 6, "[jimaku] url must be a text"),
]


@pytest.mark.parametrize(("config", "line", "fix"), BROKEN)
def test_a_problem_names_its_line_and_the_fix(config: str, line: int | None, fix: str) -> None:
    first = problems(config)[0]
    assert first.line == line
    assert fix in first.sentence
    assert str(first).isprintable()


def test_all_problems_are_told_in_the_order_of_their_lines() -> None:
    found = problems('[anilist]\nenabled = 1\nurll = 2\n[zzz]\n[jimaku]\nurl = ""\napi_key_command = "x"')
    assert [problem.line for problem in found] == [2, 3, 4, 6, 7]


@pytest.mark.parametrize(
    "config",
    [
        '[jimaku]\napi_key = ["s3cret-text"]',
        '[jimaku]\napi_key = {"s3cret-text" = 1}',
        '[jimaku]\nurl = "https://s3cret-text:x@jimaku.cc:99999"',
        '[jimaku]\nurl = "s3cret-text@jimaku.cc"',
        "[jimaku]\napi_key = s3cret-text",
        '[jimaku]\napi_key = "s3cret-text\n',
        '[jimaku]\napi_key = "s3cret-text"\napi_key = "s3cret-text"',
    ],
)
def test_no_problem_shows_a_secret(config: str) -> None:
    assert "s3cret-text" not in " ".join(map(str, problems(config)))
