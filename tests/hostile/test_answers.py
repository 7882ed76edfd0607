"""What servers say: status, headers and body of every answer, and where they would send us."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from hypothesis import example
from hypothesis import strategies as st

from kotozoe.errors import Malformed, ProviderError
from kotozoe.lookup.finder import Finder
from kotozoe.model import Secret, SubtitleFile, Urgency, VideoFile
from kotozoe.providers.amvstrm import Amvstrm
from kotozoe.providers.anilist import AniList
from kotozoe.providers.jimaku import Jimaku
from kotozoe.providers.reference_lists import ReferenceLists
from kotozoe.requests.host import HostDeps
from kotozoe.requests.http import Answer, HttpClient, Request, origin_of
from kotozoe.requests.rate_limit import (
    AMVSTRM,
    ANILIST,
    JIMAKU,
    RateLimitState,
    hear_amvstrm,
    hear_anilist,
    hear_jimaku,
    hear_plain,
    learn,
)
from kotozoe.requests.rate_limit_store import RateLimitStore
from kotozoe.store.catalogue import Catalogue
from kotozoe.subtitles.ranking.choose import Background, ranking_target
from kotozoe.subtitles.ranking.file_names import offered
from kotozoe.subtitles.ranking.files import read_listing
from kotozoe.subtitles.ranking.rank import Preferences, choose
from tests.hostile.made import documents, given, names, numbers, rows, shown, soon, texts, values
from tests.providers.conftest import JumpingClock

T = TypeVar("T")
KEY = "s3cret-key-0123456789"
JIMAKU_URL, ANILIST_URL, AMVSTRM_URL = "https://jimaku.example", "https://anilist.example", "http://127.0.0.1:9"


class Enemy(HttpClient):
    """Gives every request the same answer."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.asked: list[Request[Any]] = []

    async def send(self, host: str, request: Request[T]) -> Answer:
        del host
        self.asked.append(request)
        assert len(self.asked) < 200, "asked for ever"
        return self._answer


def ask(answer: Answer, question: Callable[[HostDeps], Awaitable[T]]) -> T | None:
    """Return what a client makes of an answer; None and a sentence in print if it refuses it."""

    async def asked() -> tuple[T | None, str]:
        clock = JumpingClock()
        deps = HostDeps(Enemy(answer), RateLimitStore(None, clock), clock=clock, steady=clock, sleep=clock.sleep)
        try:
            return await question(deps), ""
        except ProviderError as error:
            return None, str(error)

    with soon(3):
        found, why = asyncio.run(asked())
    assert shown(why)
    assert KEY not in why
    return found


_header_names = st.sampled_from(
    [
        *("retry-after", "date", "etag", "content-type", "content-length", "content-encoding", "apicache-version"),
        *("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "x-ratelimit-reset-after"),
        *("ratelimit-limit", "ratelimit-reset", "ratelimit-remaining"),
    ]
)
_dates = st.sampled_from(["Wed, 21 Oct 2015 07:28:00 GMT", "0", "-5", "text/html", "²"])
_header_values = texts | numbers.map(str) | _dates
headers = st.dictionaries(_header_names, _header_values, max_size=4)
_statuses = st.sampled_from([200, 200, 200, 200, 304, 400, 401, 403, 404, 410, 418, 429, 500, 503, 599, 301])


def answers(body: st.SearchStrategy[bytes]) -> st.SearchStrategy[Answer]:
    return st.builds(Answer, _statuses, headers, body, st.just("https://x.example/"))


# -- Jimaku

_flags = rows("anime", "movie", "adult", "unverified", "external")
_moments = st.sampled_from(["2024-01-01T00:00:00Z", "0001-01-01T00:00:00", "9999-12-31T23:59:59-23:59"])
_entry = st.fixed_dictionaries(
    {"id": st.integers(1, 9) | values, "name": names | values},
    optional={
        "english_name": texts | values,
        "japanese_name": texts | values,
        "anilist_id": st.integers(0, 9) | values,
        "tmdb_id": st.sampled_from(["tv:5", "movie:7"]) | values,
        "last_modified": st.sampled_from(["2024-01-01T00:00:00Z", "0001-01-01T00:00:00", "9999-12-31T23:59:59-23:59"])
        | values,
        "flags": _flags | values,
    },
)
_url = st.sampled_from(
    ["/entry/1/download/x", "https://evil.example/x", "//evil.example/x", "https://jimaku.example/x", "ftp://x/y"]
)
_file = st.fixed_dictionaries(
    {"name": names | values, "url": _url | texts | values},
    optional={"size": numbers, "last_modified": texts | values},
)


@given(answers(documents(st.lists(_entry, max_size=3) | values)))
def test_any_catalogue_is_refused_or_kept_as_it_came(answer: Answer) -> None:
    found = ask(answer, lambda deps: _jimaku(deps).catalogue(True, None, Urgency.REFRESH))
    if found:
        catalogue = Catalogue(":memory:")
        try:
            catalogue.upsert_entries(found)
            assert catalogue.entry(found[-1].entry_id) == found[-1]
            with soon(3):
                verdict = asyncio.run(
                    Finder(catalogue).find(VideoFile(f"/{found[0].name} - 03.mkv"), Urgency.ON_SCREEN)
                )
            assert shown(verdict.why)
        finally:
            catalogue.close()


@given(answers(documents(st.lists(_file, max_size=4) | values)))
def test_any_listing_is_refused_or_chosen_from(answer: Answer) -> None:
    found = ask(answer, lambda deps: _jimaku(deps).listing(1, Urgency.ON_SCREEN))
    if found:
        catalogue = Catalogue(":memory:")
        try:
            catalogue.keep_listing(found)
            kept = catalogue.listing(1)
            assert kept is not None
            assert kept.files == found.files
        finally:
            catalogue.close()
        wanted = ranking_target("/tv/Kaze - 03.mkv", 3.0, None, ("Kaze",), Background())
        with soon(2):
            assert len(read_listing(found.files, wanted)) == len(found.files)
            assert shown(choose(offered(found.files), wanted, Preferences()).why)


@example(
    SubtitleFile("a.srt", 0, 0.0, "/entry/1/download/x"),
    Answer(200, {"content-length": "²"}, b"", "https://x.example/"),
)
@given(st.builds(SubtitleFile, names, st.integers(0, 9), st.just(0.0), _url | texts), answers(st.binary(max_size=60)))
def test_a_file_is_only_fetched_from_where_it_may_be_and_is_never_half(file: SubtitleFile, answer: Answer) -> None:
    async def fetched(deps: HostDeps) -> bytes:
        try:
            return await _jimaku(deps).download(1, file, Urgency.ON_SCREEN)
        finally:
            assert isinstance(deps.wire, Enemy)
            for request in deps.wire.asked:
                assert origin_of(request.url) == "https://jimaku.example:443"
                assert KEY not in str(dict(request.headers))

    raw = ask(answer, fetched)
    if raw is not None:
        assert raw == answer.body
        assert file.size in (0, len(raw))


def _jimaku(deps: HostDeps) -> Jimaku:
    return Jimaku(deps, JIMAKU_URL, lambda: Secret(KEY), patience=5.0)


# -- AniList, and amvstrm

_title = rows("romaji", "english", "native", inner=names | values)
_edge = st.fixed_dictionaries(
    {}, optional={"relationType": texts, "node": rows("id", "type", inner=st.just("ANIME") | st.integers(1, 9))}
)
_media = st.fixed_dictionaries(
    {"id": st.integers(1, 3) | values},
    optional={
        "title": _title | values,
        "synonyms": st.lists(texts | values, max_size=3) | values,
        "format": st.sampled_from(["TV", "MOVIE"]) | values,
        "status": values,
        "episodes": st.sampled_from([1, 12, 10**9]) | numbers,
        "seasonYear": numbers,
        "year": numbers,
        "startDate": rows("year", "month", "day") | values,
        "nextAiringEpisode": rows("episode") | values,
        "relations": rows("edges", inner=st.lists(_edge, max_size=3) | values) | values,
        "relation": st.lists(_edge, max_size=3) | values,
    },
)
_page = st.fixed_dictionaries({}, optional={"media": st.lists(_media, max_size=3) | values})
_data = st.dictionaries(st.sampled_from(["Page", "a0", "a1"]), _page | values, max_size=3)
_said_wrong = st.sampled_from(["Not Found.", "complexity should be 5 but got 0", 500]) | values
_errors = st.lists(rows("message", "status", inner=_said_wrong), max_size=2)
_graph = st.fixed_dictionaries({}, optional={"data": _data | values, "errors": _errors | values})


def keep_and_find(facts: tuple[Any, ...]) -> None:
    catalogue = Catalogue(":memory:")
    try:
        catalogue.keep_facts(facts, 1.0)
        ids = [one.anilist_id for one in facts]
        assert set(catalogue.facts(ids)) == set(ids)
        with soon(4):
            for one in facts[:1]:
                for name in one.titles[:1]:
                    video = VideoFile(f"/tv/{name} - 03.mkv")
                    assert shown(asyncio.run(Finder(catalogue).find(video, Urgency.ON_SCREEN)).why)
    finally:
        catalogue.close()


@given(answers(documents(_graph) | documents()))
def test_any_facts_are_refused_or_kept_and_decided_with(answer: Answer) -> None:
    def client(deps: HostDeps) -> AniList:
        return AniList(deps, ANILIST_URL, "https://x.example", patience=5.0)

    keep_and_find(ask(answer, lambda deps: client(deps).facts((1, 2, 3), Urgency.ON_SCREEN)) or ())
    found = ask(answer, lambda deps: client(deps).search(("Kaze", "Umi\ud800"), Urgency.ON_SCREEN))
    assert found is None or set(found) == {"Kaze", "Umi\ud800"}


_codes = st.sampled_from([200, 200, 404, 429, 500]) | values
_amvstrm = st.fixed_dictionaries({"code": _codes}, optional={"results": st.lists(_media, max_size=2) | values})


@given(answers(documents(st.builds(lambda a, b: {**a, **b}, _amvstrm, _media)) | documents()))
def test_any_answer_of_a_mirror_is_refused_or_kept(answer: Answer) -> None:
    keep_and_find(ask(answer, lambda deps: Amvstrm(deps, AMVSTRM_URL, patience=5.0).facts((1,), Urgency.NEXT)) or ())
    ask(answer, lambda deps: Amvstrm(deps, AMVSTRM_URL, patience=5.0).search(("Kaze",), Urgency.NEXT))


@given(answers(st.binary(max_size=80)))
def test_any_reference_list_is_its_bytes_or_refused(answer: Answer) -> None:
    url = "https://x.example/list"
    found = ask(answer, lambda deps: ReferenceLists(deps, patience=5.0).fetch_reference(url, '"1"', Urgency.REFRESH))
    assert found is None or found.content == answer.body


@given(_statuses, headers, st.floats(0, 4e9))
def test_no_header_makes_us_wait_for_ever_or_not_at_all(status: int, said: dict[str, str], now: float) -> None:
    for hear, quota in ((hear_jimaku, JIMAKU), (hear_anilist, ANILIST), (hear_amvstrm, AMVSTRM), (hear_plain, JIMAKU)):
        heard = hear(status, said, now)
        state = learn(RateLimitState(), quota, now, heard)
        assert state.hold <= now + quota.longest


# -- on the wire


class Server:
    """Says the same bytes to everyone."""

    def __init__(self) -> None:
        self.said = b""
        self.port = 0
        self.heard: list[bytes] = []

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heard.append(await reader.readuntil(b"\r\n\r\n"))
        try:
            writer.write(self.said)
            await writer.drain()
            writer.close()
            await writer.wait_closed()
        except ConnectionError:
            pass


_fields = b"Location|Content-Length|Transfer-Encoding|Content-Encoding|Content-Type|ETag|X\xff".split(b"|")
_told = (
    *(b"/|https://evil.example/\x1b[2J|https://\x1bevil/|//evil\xff|http://[|gzip|gzip, gzip|br|chunked".split(b"|")),
    *(b"-1|5|99999999999999999999|deflate|\x1b[31m|zstd".split(b"|")),
)
_lines = st.builds(
    lambda name, value: name + b": " + value, st.sampled_from(_fields), st.sampled_from(_told) | st.binary(max_size=12)
)
_first = st.sampled_from(
    b"HTTP/1.1 200 OK|HTTP/1.1 302 Found|HTTP/1.1 301 \x1b[31m|HTTP/1.1 999 X|HTTP/9.9 200|x".split(b"|")
)
_said = st.builds(
    lambda first, lines, body: first + b"\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + body,
    _first,
    st.lists(_lines, max_size=4),
    st.binary(max_size=60) | st.just(gzip.compress(b"x")) | st.just(b"5\r\nhello\r\n0\r\n\r\n"),
)


def test_any_bytes_on_the_wire_are_an_answer_or_trouble_in_print() -> None:
    server = Server()

    async def send(said: bytes, wire: HttpClient) -> str:
        server.said, server.heard = said, []
        request = Request("GET", f"http://127.0.0.1:{server.port}/", lambda answer: answer, "/", limit=100, hops=2)
        try:
            answer = await wire.send("x", request)
        except ProviderError as error:
            return str(error) + getattr(error, "excerpt", "")
        assert len(answer.body) <= 100
        return answer.excerpt()

    async def run(use: Callable[[Callable[[bytes], str]], None]) -> None:
        listening = await asyncio.start_server(server.answer, "127.0.0.1", 0)
        server.port = listening.sockets[0].getsockname()[1]
        wire, loop = HttpClient("x"), asyncio.get_running_loop()

        def once(said: bytes) -> str:
            return asyncio.run_coroutine_threadsafe(send(said, wire), loop).result(60)

        try:
            await asyncio.to_thread(use, once)
        finally:
            await wire.close()
            listening.close()

    def use(once: Callable[[bytes], str]) -> None:
        @example(b"HTTP/1.1 302 Found\r\nLocation: https://ev\x1bil\x9b/\r\n\r\n")
        @given(_said | st.binary(max_size=80))
        def attempt(said: bytes) -> None:
            assert shown(once(said))

        attempt()

    asyncio.run(run(use))


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        (b"gzip", gzip.compress(bytes(20_000_000), 1)),
        (b"gzip, gzip", gzip.compress(gzip.compress(bytes(20_000_000)))),
        (b"deflate, gzip", gzip.compress(zlib.compress(bytes(20_000_000)))),
        (b"deflate", zlib.compress(bytes(20_000_000))),
        (b"br", b"\x00"),
        (b"x-unheard-of", b"abc"),
    ],
    ids=["gzip", "gzip twice", "deflate and gzip", "deflate", "br", "unheard of"],
)
async def test_what_unpacks_to_more_than_may_be_is_never_unpacked(encoding: bytes, body: bytes) -> None:
    with soon(2), pytest.raises(Malformed, match="not asked for" if encoding != b"gzip" else "longer than"):
        await sent(b"content-encoding: " + encoding + b"\r\n", body)


async def test_gigabytes_of_nothing_take_no_more_memory_than_the_limit() -> None:
    stream = zlib.compressobj(9, wbits=31)
    bomb = b"".join(stream.compress(bytes(1 << 20)) for _ in range(256)) + stream.flush()
    tracemalloc.start()
    try:
        with soon(5), pytest.raises(Malformed, match="longer than"):
            await sent(b"content-encoding: gzip\r\n", bomb)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kept", [0.5, 0.99, 1.0, 1.01])
async def test_a_packed_stream_must_come_to_its_end(kept: float) -> None:
    text = bytes(range(256)) * 40
    whole = gzip.compress(text)
    body = whole[: int(len(whole) * kept)] if kept <= 1 else whole + whole
    fitting = b"content-encoding: gzip\r\ncontent-length: " + str(len(body)).encode() + b"\r\n"
    if kept == 1:
        assert (await sent(fitting, body)).body == text
    else:
        with pytest.raises(Malformed, match=r"in the middle|not compressed"):
            await sent(fitting, body)


async def test_cookies_are_neither_kept_nor_sent() -> None:
    server = Server()
    server.said = b"HTTP/1.1 200 OK\r\nset-cookie: a=b; path=/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    await heard_by(server, 2)
    assert all(b"cookie" not in heard.lower() for heard in server.heard)
    assert len(server.heard) == 2


async def sent(headers: bytes, body: bytes) -> Answer:
    """Return what is made of an answer with these headers."""
    server = Server()
    server.said = b"HTTP/1.1 200 OK\r\n" + headers + b"connection: close\r\n\r\n" + body
    answer = await heard_by(server)
    assert b"accept-encoding: gzip\r\n" in server.heard[0].lower()
    return answer


async def heard_by(server: Server, times: int = 1) -> Answer:
    listening = await asyncio.start_server(server.answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
    wire = HttpClient("x")
    try:
        for _ in range(times):
            answer = await wire.send("x", Request("GET", url, lambda answer: answer, "/", limit=1 << 20))
    finally:
        await wire.close()
        listening.close()
    return answer
