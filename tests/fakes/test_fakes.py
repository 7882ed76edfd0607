"""The stand-ins against the facts they stand for."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.fakes import KEY, Servers, World, WorldFile, serve
from tests.fakes.cues import CUES, size_of, subtitle
from tests.fakes.limits import Gcra, shortest_single


class Clock:
    now = 1_795_312_741.5

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def servers(clock: Clock) -> Iterator[Servers]:
    with serve(World.small(), clock=clock) as running:
        yield running


def ask(url: str, method: str = "GET", body: object = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    try:
        sent = None if body is None else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), sent, named)
        said = connection.getresponse()
        return said.status, {name.lower(): value for name, value in said.getheaders()}, said.read()
    finally:
        connection.close()


def test_the_bucket_behaves_as_was_measured(clock: Clock) -> None:
    bucket = Gcra(clock)
    answers = []
    for _ in range(26):
        answers.append(bucket.admit("us"))
        clock.now += 0.02
    assert [admitted for admitted, _ in answers] == [True] * 25 + [False]
    assert [answers[at][1]["x-ratelimit-remaining"] for at in (0, 23, 24, 25)] == ["24", "1", "0", "0"]
    assert ["x-ratelimit-reset-after" in headers for _, headers in answers] == [False] * 24 + [True] * 2
    assert float(answers[24][1]["x-ratelimit-reset-after"]) == pytest.approx(1.92, abs=0.01)
    assert float(answers[25][1]["x-ratelimit-reset-after"]) == pytest.approx(4.30, abs=0.01)


@pytest.mark.parametrize(("moment", "shown"), [(1795312741.5, "1795312800"), (1713373688, "1713373700"), (1.5, "1.5")])
def test_moments_are_printed_from_a_32_bit_float(moment: float, shown: str) -> None:
    assert shortest_single(moment) == shown


@pytest.mark.parametrize(
    ("path", "key", "status", "code"),
    [
        ("/api/entries/abc", "", 400, 1),
        ("/api/entries/search?anime=1", "", 400, 1),
        ("/api/entries/search?anilist_id=", KEY, 400, 1),
        ("/api/entries/1234/files?episode=1.5", "", 400, 1),
        ("/api/entries/1234", "", 401, 7),
        ("/api/entries/1234", f"Bearer {KEY}", 401, 7),
        ("/api/entries/999", KEY, 404, 6),
    ],
)
def test_jimaku_errors_come_in_the_order_of_its_extractors(
    servers: Servers, path: str, key: str, status: int, code: int
) -> None:
    answered, headers, body = ask(servers.jimaku.url + path, authorization=key)
    assert (answered, json.loads(body)["code"]) == (status, code)
    assert headers["x-ratelimit-limit"] == "25"


def test_jimaku_limits_before_it_looks_at_the_key(servers: Servers, clock: Clock) -> None:
    statuses = []
    for _ in range(26):
        statuses.append(ask(servers.jimaku.url + "/api/entries/1234")[0])
        clock.now += 0.02  # with none, the real arithmetic refuses the 25th
    assert statuses == [401] * 25 + [429]
    assert ask(servers.jimaku.url + "/api/unknown")[::2] == (404, b"")
    assert ask(servers.jimaku.url + "/entry/1234/download/none.srt")[::2] == (404, b"")


def jimaku_json(servers: Servers, path: str) -> Any:
    return json.loads(ask(servers.jimaku.url + path, authorization=KEY)[2])


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("anilist_id=900001", {1235}),
        ("anime=false&tmdb_id=tv:5001", {1270}),
        ("tmdb_id=tv:5001", set()),
        ("query=hoshikuzu", {1240}),
        ("query=hoshikuzu+2nd+season", set()),
        ("after=1795165200&before=1795165200", {1235}),
    ],
)
def test_jimaku_searches(servers: Servers, query: str, ids: set[int]) -> None:
    assert {entry["id"] for entry in jimaku_json(servers, f"/api/entries/search?{query}")} == ids


def test_jimaku_ignores_what_it_does_not_know_and_leaves_out_what_is_null(servers: Servers) -> None:
    entries = jimaku_json(servers, "/api/entries/search?name=x")
    assert len(entries) == 10
    assert all(value is not None for entry in entries for value in entry.values())


def test_downloads_have_ranges_dates_and_neither_limit_nor_etag(servers: Servers) -> None:
    file = jimaku_json(servers, "/api/entries/1236/files")[0]
    status, headers, body = ask(file["url"])
    assert (status, len(body)) == (200, file["size"])
    assert "etag" not in headers
    assert "x-ratelimit-limit" not in headers
    assert ask(file["url"], range="bytes=2-5")[::2] == (206, body[2:6])
    assert ask(file["url"], range="bytes=9999999-")[0] == 416
    assert ask(file["url"], if_modified_since=headers["last-modified"])[0] == 304
    assert ask(file["url"], accept_encoding="gzip")[1]["content-encoding"] == "gzip"


@pytest.mark.parametrize("name", ["a.srt", "b.ass", "名前 {x}.ssa", "pack 03-05.zip", "noextension"])
def test_made_subtitles_have_the_size_that_is_listed(name: str) -> None:
    assert len(subtitle(name)) == size_of(name) == WorldFile(name).size


def test_a_made_subtitle_names_its_file_and_lasts_24_minutes() -> None:
    text = subtitle("風 - 03.ja.srt").decode()
    assert "風 - 03.ja.srt" in text
    assert text.count("-->") == CUES >= 200
    assert "00:23:" in text


def graphql(servers: Servers, query: str, **headers: str) -> tuple[int, dict[str, str], Any]:
    status, said, body = ask(servers.anilist.url + "/", "POST", {"query": query}, **headers)
    return status, said, json.loads(body)


def test_anilist_counts_fields_and_says_how_many(servers: Servers) -> None:
    fields = "fragment m on Media { id idMal format episodes synonyms title { romaji english native } }"
    pages = " ".join(f'a{at}: Page {{ media(search: "x") {{ ...m }} }}' for at in range(46))
    status, _, said = graphql(servers, f"{{ {pages} }} {fields}")
    assert status == 400
    assert said["errors"][0]["message"] == "Max query complexity should be 500 but got 506."
    assert said["data"] is None


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ("{ Media(id: 1) { id } }", 404, "Not Found."),
        ("{ Page { media(id_in: [900000]) { x } } }", 400, "Cannot query field 'x' on type 'Media'."),
        ("{ Page(page: 101) { media { id } } }", 400, "Page depth exceeds maximum allowed"),
        ("{", 400, "Syntax Error"),
    ],
)
def test_anilist_errors(servers: Servers, query: str, status: int, message: str) -> None:
    answered, _, said = graphql(servers, query)
    assert (answered, said["errors"][0]["status"]) == (status, status)
    assert message in said["errors"][0]["message"]


def test_anilist_shuts_for_a_minute_after_thirty(servers: Servers, clock: Clock) -> None:
    for left in range(29, -1, -1):
        status, headers, _ = graphql(servers, "{ Page { pageInfo { total } } }")
        assert (status, headers["x-ratelimit-remaining"]) == (200, str(left))
        clock.now += 0.5
    status, headers, said = graphql(servers, "{ Page { pageInfo { total } } }")
    assert (status, headers["retry-after"], said["errors"][0]["message"]) == (429, "60", "Too Many Requests.")
    clock.now += 59
    assert graphql(servers, "{ Page { pageInfo { total } } }")[0] == 429
    clock.now += 2
    assert graphql(servers, "{ Page { pageInfo { total } } }")[0] == 200


def test_anilist_guards_against_bursts(servers: Servers) -> None:
    statuses = [graphql(servers, "{ Page { pageInfo { total } } }")[0] for _ in range(6)]
    assert statuses == [200] * 5 + [429]


def test_anilist_asks_for_a_referer_when_in_that_mood(servers: Servers) -> None:
    servers.anilist.mood = "referer"
    assert graphql(servers, "{ Page { pageInfo { total } } }")[0] == 403
    assert graphql(servers, "{ Page { pageInfo { total } } }", referer="https://example.org/")[0] == 200


def test_the_wrong_season_can_come_first(servers: Servers) -> None:
    query = '{ Page { media(search: "Yuki no Toshokan") { id } } }'
    right = [row["id"] for row in graphql(servers, query)[2]["data"]["Page"]["media"]]
    servers.anilist.wrong_season_first = True
    assert [row["id"] for row in graphql(servers, query)[2]["data"]["Page"]["media"]] == right[::-1]
    assert len(right) == 3


def test_express_keeps_failures_by_url_and_can_be_asked_past(servers: Servers) -> None:
    servers.amvstrm.generation = "express"
    servers.amvstrm.upstream = "throttled"
    url = servers.amvstrm.url + "/api/v2/search?q=kaze"
    assert json.loads(ask(url)[2])["code"] == 429
    servers.amvstrm.upstream = "fine"
    status, headers, body = ask(url)
    assert (status, json.loads(body)["code"], "apicache-version" in headers) == (200, 429, True)
    assert json.loads(ask(url, x_apicache_bypass="true")[2])["code"] == 200


def test_the_generations_spell_their_limits_differently(servers: Servers, clock: Clock) -> None:
    url = servers.amvstrm.url + "/api/v2/info/900000"
    assert ask(url)[1]["ratelimit-reset"] == "60"
    servers.amvstrm.generation = "express"
    reset = float(ask(url)[1]["x-ratelimit-reset"])
    assert 0 < reset - clock.now <= 60
    assert reset % 60 == 0  # express counts by the clock


def test_they_run_on_their_own() -> None:
    command = [sys.executable, "-m", "tests.fakes"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    try:
        text = ""
        while not text.endswith("}\n"):
            line = running.stdout.readline()
            assert line, "it ended before it said where it is"
            text += line
        urls = json.loads(text)
        assert ask(urls["relations"])[0] == 200
        assert ask(f"{urls['jimaku']}/api/entries/1234", authorization=urls["jimaku_api_key"])[0] == 200
    finally:
        running.terminate()
        assert running.wait(60) == 0
        running.stdout.close()
