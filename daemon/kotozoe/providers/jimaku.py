"""Jimaku: the catalogue, listings and subtitle files, by its documented API alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from kotozoe.errors import Malformed, Missing, Refused
from kotozoe.model import Entry, Listing, Secret, SubtitleFile, Urgency
from kotozoe.printable import printable
from kotozoe.providers.entries import entries_in, entry_of, objects
from kotozoe.providers.fields import moment, text, whole
from kotozoe.requests.host import Host, HostDeps
from kotozoe.requests.http import MIB, Answer, Request, host_of, looks_like_html, odd, origin_of, read_json, refuse_bad
from kotozoe.requests.rate_limit import DOWNLOADS, JIMAKU, hear_jimaku, hear_plain

T = TypeVar("T")
CATALOGUE_LIMIT = 16 * MIB  # it has 3
ENTRY_LIMIT = MIB
LISTING_LIMIT = 8 * MIB
_MAX_FILES = 20_000  # of one entry
_MAX_FILE_NAME = 255  # characters: no disk holds a longer one
_MAX_ADDRESS = 4000
FILE_LIMIT = 17 * MIB  # what the site takes in one upload, and a little
NO_KEY = "there is no API key: get one at {origin}/account, and run `kotozoe login`"
WRONG_KEY = "the API key was not accepted: make a new one at {origin}/account, and run `kotozoe login`"
ODD_KEY = "the API key holds spaces or other characters that no key has (it stands alone, without a word before it)"


class Jimaku:
    """`url` is the site's root. `key` is asked before each request to /api, where alone it is sent; it must be quick.

    Files come from `url`, or from one of `download_origins` if their listed address lies there. Requests wait through
    trouble for `patience` seconds.
    """

    def __init__(
        self,
        deps: HostDeps,
        url: str,
        key: Callable[[], Secret | None],
        *,
        download_origins: Sequence[str] = (),
        patience: float = math.inf,
    ) -> None:
        self._deps = deps
        self._root = url.rstrip("/")
        self._key = key
        self._origins = {origin_of(origin) for origin in (url, *download_origins)}
        self._patience = patience
        self._last_key: Secret | None = None
        name = host_of(url)
        self.host = Host(name, deps, JIMAKU, hear_jimaku)
        self.downloads = Host(f"{name} (files)", deps, DOWNLOADS, hear_plain, parallel=2)

    @property
    def hosts(self) -> tuple[Host, ...]:
        return (self.host, self.downloads)

    async def catalogue(self, anime: bool, after: float | None, urgency: Urgency) -> tuple[Entry, ...]:
        """Return every entry, or those modified at or after a moment (unix seconds, whole ones count)."""
        after_second = {} if after is None else {"after": str(math.floor(after))}
        return await self._search(anime, after_second, self._read_entries, urgency)

    async def whole_catalogue(self, anime: bool, urgency: Urgency) -> bytes:
        """Return the list of every entry as it came: what `read_entries` reads."""
        return await self._search(anime, {}, self._read_list, urgency)

    async def _search(self, anime: bool, more: Mapping[str, str], read: Callable[[Answer], T], urgency: Urgency) -> T:
        path = f"/api/entries/search?{urlencode({'anime': 'true' if anime else 'false', **more})}"
        return await self._api(path, "/api/entries/search", read, CATALOGUE_LIMIT, urgency)

    async def entry(self, entry_id: int, urgency: Urgency) -> Entry:
        """Return one entry as it is now. Raises Missing if there is no such entry."""

        def read(answer: Answer) -> Entry:
            found = self._read_json(answer)
            entry = entry_of(found) if isinstance(found, dict) else None
            if entry is None or entry.entry_id != entry_id:
                raise Malformed(self.host.name, "answered without the entry", answer.excerpt())
            return entry

        return await self._api(f"/api/entries/{entry_id}", "/api/entries/{id}", read, ENTRY_LIMIT, urgency)

    async def listing(
        self, entry_id: int, urgency: Urgency, known: Callable[[], Listing | None] = lambda: None
    ) -> Listing:
        """Return all files of an entry, or what `known` tells of them when the turn has come.

        Raises Missing if there is no such entry.
        """

        def read(answer: Answer) -> Listing:
            files = listed(self.host.name, filter(self._tells_no_key, self._read_rows(answer)))
            return Listing(entry_id, files, self._deps.clock())

        path = f"/api/entries/{entry_id}/files"
        return await self._api(path, "/api/entries/{id}/files", read, LISTING_LIMIT, urgency, known)

    async def download(
        self, entry_id: int, file: SubtitleFile, urgency: Urgency, known: Callable[[], bytes | None] = lambda: None
    ) -> bytes:
        """Return the whole file, or what `known` tells of it when the turn has come.

        Raises Missing if it is gone, or no longer what was listed.
        """
        host = self.downloads.name
        request: Request[bytes] = Request(
            "GET",
            self._address(file),
            lambda answer: _read_file(host, answer, file),
            f"/entry/{entry_id}/download/{{name}}",
            headers={"accept-encoding": "identity"},
            limit=FILE_LIMIT,
            seconds=180.0,
            hops=2,
        )
        return await self.downloads.ask(request, urgency, self._patience, known)

    async def close(self) -> None:
        for host in self.hosts:
            await host.close()

    async def _api(
        self,
        path: str,
        label: str,
        read: Callable[[Answer], T],
        limit: int,
        urgency: Urgency,
        known: Callable[[], T | None] = lambda: None,
    ) -> T:
        request: Request[T] = Request("GET", self._root + path, read, label, headers=self._headers(), limit=limit)
        return await self.host.ask(request, urgency, self._patience, known)

    def _headers(self) -> dict[str, str]:
        """Return the header with the key; refuse what would be refused. Another key than the last one re-arms."""
        key, before = self._key(), self._last_key
        self._last_key = key
        if key != before:
            self.host.rearm()
        if key is None or not _plausible(key):
            reason = NO_KEY if key is None else ODD_KEY
            error = Refused(self.host.name, reason.format(origin=self._root))
            self.host.refuse(error)
            raise error
        return {"authorization": key.reveal()}

    def _tells_no_key(self, row: Mapping[str, Any]) -> bool:
        """Leave out a file whose name says our key, which would stand on disk, on screen and in reports."""
        key, name = self._last_key, row.get("name")
        return key is None or not isinstance(name, str) or key.reveal() not in name

    def _read_entries(self, answer: Answer) -> tuple[Entry, ...]:
        return tuple(entries_in(self._read_rows(answer)))

    def _read_list(self, answer: Answer) -> bytes:
        for _ in self._read_rows(answer):  # until there is one: the rest is read by whoever stores it
            break
        return answer.body

    def _read_rows(self, answer: Answer) -> Iterator[dict[str, Any]]:
        """Yield the objects of a list answer, one at a time: as values they take many times its size."""
        if answer.status != 200 or answer.html:
            self._read_json(answer)
        return objects(answer.body, self.host.name)

    def _read_json(self, answer: Answer) -> Any:
        """Return what a good answer holds; an error body is judged by Jimaku's own codes."""
        name = self.host.name
        if answer.status == 401 and not answer.html:
            raise Refused(name, WRONG_KEY.format(origin=self._root))
        refuse_bad(name, answer)
        found = read_json(name, answer)
        if answer.status == 404 and isinstance(found, dict) and found.get("code") == 6:
            raise Missing(name, "there is no such entry")
        if answer.status != 200:
            raise odd(name, answer)
        return found

    def _address(self, file: SubtitleFile) -> str:
        """Return where to get the file: never anywhere but on our origins, whatever the listing says."""
        try:
            parts = urlsplit(file.url)
            known = bool(parts.scheme) and origin_of(file.url) in self._origins and not parts.username
        except ValueError as error:
            raise Malformed(self.downloads.name, "a file with an address that is none", printable(file.url)) from error
        if parts.scheme not in ("", "http", "https") or not parts.path.startswith("/"):
            raise Malformed(self.downloads.name, "a file with an address that is none", printable(file.url))
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        return origin_of(file.url if known else self._root) + path


def _plausible(key: Secret) -> bool:
    """Keep out what would break the header, or end up in a message about it."""
    revealed = key.reveal()
    return revealed.isascii() and revealed.isprintable() and bool(revealed) and " " not in revealed


def listed(host: str, rows: Iterable[dict[str, Any]]) -> tuple[SubtitleFile, ...]:
    """Return the files of a listing. Raises Malformed."""
    files = tuple(islice((file for file in map(_file, rows) if file is not None), _MAX_FILES + 1))
    if len(files) > _MAX_FILES:
        raise Malformed(host, f"answered with a list of more than {_MAX_FILES} files")
    return files


def _file(row: dict[str, Any]) -> SubtitleFile | None:
    name, url = text(row, "name"), row.get("url")
    if not name or len(name) > _MAX_FILE_NAME or not isinstance(url, str) or len(url) > _MAX_ADDRESS:
        return None
    return SubtitleFile(name, max(0, whole(row, "size") or 0), moment(row, "last_modified"), url)


def _read_file(host: str, answer: Answer, file: SubtitleFile) -> bytes:
    if answer.status in (404, 410):
        raise Missing(host, "the file is gone since it was listed")
    refuse_bad(host, answer)
    if answer.status != 200:
        raise odd(host, answer)
    if looks_like_html(answer.body):
        raise Malformed(host, "answered with a web page in place of a subtitle", answer.excerpt())
    stated = answer.headers.get("content-length", "")
    if stated.isdecimal() and "content-encoding" not in answer.headers and int(stated) != len(answer.body):
        raise Malformed(host, "the file was cut short")
    if file.size and len(answer.body) != file.size:
        raise Missing(host, "the file is not the one that was listed")
    return answer.body
