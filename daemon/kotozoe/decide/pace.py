"""Rate-limit arithmetic: when the next request may go, what an answer teaches, how long to back off.

Each host has one bucket (GCRA): `tat` is the moment at which it is full again. Priority is a burst allowance: who
waits on screen may empty the bucket, a backfill takes only from a nearly full one; the long-run rate is the same for
all. Times are unix seconds, durations seconds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from kotozoe.errors import Malformed, Missing, ProviderError, Refused, Throttled, Unavailable
from kotozoe.model import Urgency

Headers = Mapping[str, str]
Then = Literal["retry", "retry once", "stop", "give up"]


@dataclass(frozen=True, slots=True)
class Quota:
    """What we allow ourselves: one request per `interval`, `shares[urgency]` of them at once (the largest: the burst).

    `doubt` is how much less may be left than the server says. With a `window` the server counts in fixed stretches of
    that length. No server makes us wait longer than `longest` at a time.
    """

    interval: float
    shares: tuple[int, int, int, int, int]
    doubt: float = 0.0
    window: float = 0.0
    longest: float = 60.0

    @property
    def burst(self) -> int:
        return max(self.shares)


MINUTE = 60.0
MARGIN = 1.002  # clocks run at different speeds

# 25 per 60 s. The three requests we never use of the server's burst absorb every jitter of the network, so the margin
# on the interval may be small. Its `remaining` is rounded, half up.
JIMAKU = Quota(interval=2.4 * MARGIN, shares=(22, 18, 12, 6, 2), doubt=0.5)
# 30 a minute, and an unpublished guard against bursts.
ANILIST = Quota(interval=2.08, shares=(3, 3, 3, 2, 2), window=60.0, longest=120.0)
# 60 a minute of its own; AniList stands behind it.
AMVSTRM = Quota(interval=1.045, shares=(3, 3, 3, 2, 2), window=60.0)
# Not limited by anyone: politeness.
DOWNLOADS = Quota(interval=1.0, shares=(8, 6, 6, 4, 4))
REFERENCE = Quota(interval=1.0, shares=(6, 6, 6, 6, 6))


@dataclass(frozen=True, slots=True)
class PaceState:
    """One host's bucket. Nothing is sent before `hold`; `since` is the beginning of the server's present window, in
    which others behind the same address spent `others`; `limit` what it last said to allow in a minute.
    """

    tat: float = 0.0
    hold: float = 0.0
    since: float = 0.0
    remaining: int = -1
    limit: int = -1
    others: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """`wait` 0: send now, `state` has it booked. Else ask again after `wait`; `held` if the server wants it so."""

    wait: float
    state: PaceState
    held: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """What an answer's headers say: requests left, the seconds until the next may come, and how many are allowed in a
    minute; None is silence.
    """

    remaining: int | None = None
    wait: float | None = None
    limit: int | None = None


def plan(state: PaceState, quota: Quota, now: float, urgency: Urgency) -> Turn:
    """Return when a request may go; if now, with the state that has it booked."""
    state = sane(state, quota, now)
    if state.hold > now:
        return Turn(state.hold - now, state, held=True)
    interval = interval_of(state, quota)
    wait = state.tat - (quota.shares[urgency] - 1) * interval - now
    if wait > 0:
        return Turn(wait, state)
    return Turn(0.0, replace(state, tat=max(state.tat, now) + interval))


def learn(state: PaceState, quota: Quota, now: float, heard: Heard) -> PaceState:
    """Return the state after an answer: never more room than the server has left, whoever used it."""
    state = sane(state, quota, now)
    if heard.limit is not None:
        state = replace(state, limit=heard.limit)
    if heard.remaining is not None:
        same = 0 <= heard.remaining < state.remaining and now < state.since + quota.window
        since = state.since if same else now
        spent = state.remaining - heard.remaining - 1 if same and quota.window else 0
        others = max(spent, 0) + (state.others if same else state.others // 2)
        # what others behind the same address spend counts as if we had spent it
        tat = max(state.tat, now) + spent * interval_of(state, quota) if spent > 0 else state.tat
        full = now + (quota.burst - heard.remaining + quota.doubt) * interval_of(state, quota)
        state = replace(state, tat=max(tat, full), since=since, remaining=heard.remaining, others=others)
        if quota.window and heard.wait is None and heard.remaining <= _reserve(others):
            state = replace(state, hold=max(state.hold, since + quota.window + 1.0))
    if heard.wait is not None:
        state = replace(state, hold=max(state.hold, now + heard.wait))
    return sane(state, quota, now)


def _reserve(others: int) -> int:
    """Return how many requests of a window are left to others who spend so many in it: nobody tells them to stop."""
    return min(math.ceil(others / 3), 8)


def sane(state: PaceState, quota: Quota, now: float) -> PaceState:
    """Clamp a state that was read: a damaged row, or a clock set back, costs at most one full bucket of waiting."""
    return PaceState(
        tat=_between(state.tat, now, (quota.burst + 1) * interval_of(state, quota)),
        hold=_between(state.hold, now, quota.longest),
        since=_between(state.since, now, 0.0),
        remaining=state.remaining,
        limit=state.limit,
        others=min(max(state.others, 0), 1000),
    )


def interval_of(state: PaceState, quota: Quota) -> float:
    """Return the seconds between two requests: longer than ours if the server says to allow less than we think."""
    if state.limit <= 0:
        return quota.interval
    return min(max(quota.interval, MINUTE / state.limit * MARGIN), quota.longest)


def _between(moment: float, now: float, ahead: float) -> float:
    return min(max(moment, 0.0), now + ahead) if math.isfinite(moment) else 0.0


def hear_jimaku(status: int, headers: Headers, now: float) -> Heard:
    """Read Jimaku's headers. `reset` is a coarse 32-bit float, never used; `reset-after` counts where it is given."""
    del now
    remaining = _whole(headers.get("x-ratelimit-remaining"))
    wait = _number(headers.get("x-ratelimit-reset-after")) if remaining == 0 else None
    if status == 429 and wait is None:
        wait = 2.4
    limit = _whole(headers.get("x-ratelimit-limit"))
    return Heard(remaining, None if wait is None else min(max(wait, 0.0), 60.0), limit)


def hear_anilist(status: int, headers: Headers, now: float) -> Heard:
    """Read AniList's headers. Its moments are whole seconds, hence one more to be sure."""
    remaining = _whole(headers.get("x-ratelimit-remaining"))
    wait = _retry_after(headers, now)
    reset = _number(headers.get("x-ratelimit-reset"))
    if wait is None and reset is not None:
        wait = reset - _date(headers, now)
    limit = _whole(headers.get("x-ratelimit-limit"))
    if status != 429:
        return Heard(remaining, _retry_after(headers, now), limit)
    return Heard(0, 60.0 if wait is None else min(max(wait, 0.0), 119.0) + 1.0, limit)


def hear_amvstrm(status: int, headers: Headers, now: float) -> Heard:
    """Read both generations' headers: `X-` or not, the reset as unix time or as seconds; replays say nothing."""
    if "apicache-version" in headers:
        return Heard()
    remaining = _whole(headers.get("ratelimit-remaining", headers.get("x-ratelimit-remaining")))
    reset = _number(headers.get("ratelimit-reset", headers.get("x-ratelimit-reset")))
    if reset is not None and reset > 1e9:
        reset -= _date(headers, now)
    wait = None
    if status == 429:
        wait = _retry_after(headers, now)
        wait = wait if wait is not None else reset if reset is not None else 60.0
    elif remaining == 0:
        wait = reset
    limit = _whole(headers.get("ratelimit-limit", headers.get("x-ratelimit-limit")))
    return Heard(remaining, None if wait is None else min(max(wait, 0.0) + 1.0, 60.0), limit)


def hear_plain(status: int, headers: Headers, now: float) -> Heard:
    """Read what any web server may say."""
    wait = _retry_after(headers, now)
    return Heard(None, 30.0 if wait is None and status == 429 else wait)


def _retry_after(headers: Headers, now: float) -> float | None:
    text = headers.get("retry-after")
    if text is None:
        return None
    seconds = _number(text)
    if seconds is None:
        until = _moment(text)
        seconds = None if until is None else until - _date(headers, now)
    return None if seconds is None else max(0.0, seconds)


def _date(headers: Headers, now: float) -> float:
    """Return the server's own idea of now where it states one."""
    stated = _moment(headers.get("date"))
    return now if stated is None else stated


def _moment(text: str | None) -> float | None:
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - a megabyte that a daemon that waits goes without

    try:
        return parsedate_to_datetime(text).timestamp() if text else None
    except (ValueError, OverflowError):
        return None


def _number(text: str | None) -> float | None:
    try:
        number = float(text) if text else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _whole(text: str | None) -> int | None:
    number = _number(text)
    return None if number is None else int(min(max(number, 0.0), 1e6))


def delays(first: float, longest: float, draw: Callable[[], float]) -> Iterator[float]:
    """Yield back-off delays without end: doubling up to `longest`, each half to all of it by `draw` (0 to 1)."""
    delay = first
    while True:
        yield min(delay, longest) * (0.5 + 0.5 * draw())
        delay = min(delay * 2, longest)


def verdict_on(status: int, *, html: bool = False) -> Literal["fine", "throttled", "unavailable", "refused", "odd"]:
    """Sort an HTTP status; `odd` is for the one who knows the endpoint. A 403 in HTML comes from a gate before it."""
    if 200 <= status < 300 or status == 304:
        return "fine"
    if status == 429:
        return "throttled"
    if status in (408, 425) or status >= 500 or 300 <= status < 400 or (html and status == 403):
        return "unavailable"
    return "refused" if status in (401, 403) else "odd"


def then(error: ProviderError) -> Then:
    """Fatal or transient? Return what to do with the request that met `error`; `stop` is for the whole host."""
    match error:
        case Unavailable() | Throttled():
            return "retry"
        case Malformed():
            return "retry once"
        case Refused():
            return "stop"
        case Missing() | _:
            return "give up"
