"""Reads subtitle files that others have loaded and nobody has tagged, to know their language."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from kotozoe.errors import CommandRefused, ProviderError
from kotozoe.model import Track
from kotozoe.playback.ports import VideoPlayer
from kotozoe.playback.tracks import IMAGE_CODECS
from kotozoe.requests.http import MIB, Answer, HttpClient, Request, host_of
from kotozoe.safe_files import bounded
from kotozoe.subtitles.ranking.language import language_of
from kotozoe.subtitles.text import decode
from kotozoe.subtitles.unreadable import Unreadable

log = logging.getLogger(__name__)

_MAX_FILES = 8  # of one video; whoever loads more has to say which is which
_MAX_BYTES = 2 * MIB
_SECONDS = 5.0
_HOPS = 3
_NOBODY = ("", "und")


@dataclass(slots=True)
class TrackText:
    """For one player. What was read once is not read again. `http` None: nothing is asked of the network."""

    player: VideoPlayer
    http: HttpClient | None = None
    _known: dict[str, str] = field(default_factory=dict, init=False)

    async def read(self, tracks: Sequence[Track], is_ours: Callable[[Track], bool]) -> tuple[Track, ...]:
        """Return the tracks, with their language where the text of a file told it."""
        unknown = [t for t in tracks if _is_unknown(t) and not is_ours(t)][:_MAX_FILES]
        new = dict.fromkeys(t.external_filename for t in unknown if t.external_filename not in self._known)
        self._known |= dict(zip(new, await asyncio.gather(*map(self._language, new)), strict=True))
        read = {t.track_id: self._known[t.external_filename] for t in unknown}
        return tuple(
            replace(t, language=read[t.track_id]) if t.kind == "sub" and read.get(t.track_id) else t for t in tracks
        )

    async def _language(self, name: str) -> str:
        """Return the language of a file, empty if it cannot be read or tells none."""
        try:
            raw = await (self._from_network(name) if "://" in name else self._from_disk(name))
            return await asyncio.to_thread(lambda: language_of(decode(raw)))
        except (OSError, CommandRefused, ProviderError, Unreadable) as trouble:
            log.info("the language of a subtitle file that the player loaded is not known: %s", trouble)
            return ""

    async def _from_disk(self, name: str) -> bytes:
        folder = await self.player.read("working-directory")
        path = Path(folder if isinstance(folder, str) else "/", name)
        return await asyncio.to_thread(bounded, path, _MAX_BYTES)

    async def _from_network(self, url: str) -> bytes:
        """Ask for it as the player did."""
        if self.http is None or not url.lower().startswith(("http://", "https://")):
            raise Unreadable("it is at an address that is not read here")
        headers = await self._headers()
        request = Request(
            method="GET",
            url=url,
            read=_body,
            label="a subtitle of the player's",
            headers=headers,
            limit=_MAX_BYTES,
            seconds=_SECONDS,
            hops=0 if headers else _HOPS,
            redirects="same scheme",
        )
        answer = await self.http.send(host_of(url), request)
        if answer.status != 200:
            raise Unreadable(f"{host_of(url)} answered with status {answer.status}")
        return answer.body

    async def _headers(self) -> Mapping[str, str]:
        """Return what the player sends along; to the address that it was told, and to none that this leads to."""
        fields, referrer = await self.player.read("http-header-fields"), await self.player.read("referrer")
        pairs = [str(f).partition(":") for f in fields[:20]] if isinstance(fields, list) else []
        headers = {n.strip().lower(): v.strip() for n, _, v in pairs if n.strip() and v.strip()}
        if isinstance(referrer, str) and referrer:
            headers["referer"] = referrer
        headers.pop("accept-encoding", None)
        return {n: v for n, v in headers.items() if n.isascii() and v.isascii() and v.isprintable()}


def _body(answer: Answer) -> bytes:
    return answer.body


def _is_unknown(track: Track) -> bool:
    return (
        track.kind == "sub"
        and bool(track.external_filename)
        and track.language.lower() in _NOBODY
        and track.codec not in IMAGE_CODECS
    )
