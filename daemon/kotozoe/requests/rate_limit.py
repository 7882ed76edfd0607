"""Rate-limit arithmetic: when the next request may go, what an answer teaches, how long to back off.

Each host has one bucket (GCRA): `tat` is the moment at which it is full again. Priority is a burst allowance: who
waits on screen may empty the bucket, a backfill takes only from a nearly full one; the long-run rate is the same for
all. Times are unix seconds, durations seconds.

A server that counts in fixed minutes has a second say. Its present minute began before the first answer out of it came
(`since`), so it is over at `since + MINUTE` at the latest; until then what it has left is spent evenly. That costs
nothing, as `limit` requests, one every MINUTE / limit, end exactly there; and who finds all of them spent waits for one
such interval at most.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from kotozoe.errors import Incomplete, Malformed, Missing, ProviderError, Refused, Throttled, Unavailable
from kotozoe.model import Urgency

Headers = Mapping[str, str]
Then = Literal["retry", "retry once", "stop", "give up"]

# A server's minute as we count it: clocks run at different speeds, and a server may be a little late to begin anew.
MINUTE = 60.15


@dataclass(frozen=True, slots=True)
class Quota:
    """What we allow ourselves: `limit` requests a minute, `shares[urgency]` of them at once (the largest: the burst).

    `doubt` is how much less may be left than the server says. A server that is `fixed` counts in minutes that begin
    with their first request or by its clock. No server makes us wait longer than `longest` at a time.
    """

    limit: int
    shares: tuple[int, int, int, int, int]
    doubt: float = 0.0
    fixed: bool = False
    longest: float = 60.0

    @property
    def burst(self) -> int:
        return max(self.shares)


# The three requests that we never use of the server's burst absorb every jitter of the network. Its `remaining` is
# rounded, half up.
JIMAKU = Quota(limit=25, shares=(22, 18, 12, 6, 2), doubt=0.5)
# It has an unpublished guard against bursts, and may say that it allows 90 while it allows 30.
ANILIST = Quota(limit=30, shares=(3, 3, 3, 2, 2), fixed=True, longest=120.0)
# It allows 60 and more; but behind it stands AniList, which counts each of its requests.
AMVSTRM = Quota(limit=30, shares=(3, 3, 3, 2, 2), fixed=True)
# Not limited by anyone: politeness.
DOWNLOADS = Quota(limit=60, shares=(8, 6, 6, 4, 4))
REFERENCE = Quota(limit=60, shares=(6, 6, 6, 6, 6))

UNTOLD = -1


@dataclass(frozen=True, slots=True)
class RateLimitState:
    """One host's bucket. Nothing is sent before `hold`. `limit` is what it last said to allow in a minute.

    Its present fixed minute began at `since` or before and ends `late` later than MINUTE says; of it, `remaining`
    requests are left to us (UNTOLD until its first answer), and others behind the same address spent `others`.
    """

    tat: float = 0.0
    hold: float = 0.0
    since: float = 0.0
    late: float = 0.0
    remaining: int = UNTOLD
    limit: int = UNTOLD
    others: int = 0


@dataclass(frozen=True, slots=True)
class RequestSlot:
    """`wait` 0: send now, `state` has it booked. Else ask again after `wait`; `held` if the server wants it so."""

    wait: float
    state: RateLimitState
    held: bool = False


@dataclass(frozen=True, slots=True)
class RateLimitHeaders:
    """What an answer's headers say: requests left, the seconds until the next may come, how many are allowed in a
    minute, and in how many seconds the present one ends; None is silence.
    """

    remaining: int | None = None
    wait: float | None = None
    limit: int | None = None
    ends: float | None = None


def plan(state: RateLimitState, quota: Quota, now: float, urgency: Urgency, round_trip: float = 0.0) -> RequestSlot:
    """Return when a request may go; if now, with the state that has it booked.

    No answer takes less than `round_trip` seconds. The one that tells of a new minute is late by its way back, and what
    is sent at the minute's end is late by its way there: a round trip together, half of which is safely saved.
    """
    state = sane(state, quota, now)
    if state.hold > now:
        return RequestSlot(state.hold - now, state, held=True)
    end = _end(state) - round_trip / 2
    if state.remaining != UNTOLD and now >= end:
        state = replace(state, remaining=UNTOLD, since=state.since - round_trip / 2)
    interval = interval_of(state, quota)
    wait = max(state.tat - (quota.shares[urgency] - 1) * interval, _turn_in_minute(state, quota, urgency, end)) - now
    if wait > 0:
        return RequestSlot(wait, state, held=state.remaining == 0 and wait > interval)
    booked = state.remaining - 1 if state.remaining > 0 else state.remaining
    return RequestSlot(0.0, replace(state, tat=max(state.tat, now) + interval, remaining=booked))


def _turn_in_minute(state: RateLimitState, quota: Quota, urgency: Urgency, end: float) -> float:
    """Return the moment from which what is left of a fixed minute lasts to its `end`, one request an interval.

    That is for those with the smallest share, who leave some to others as well; the rest take whatever is left.
    """
    if state.remaining == UNTOLD:
        return 0.0
    if state.remaining and quota.shares[urgency] > min(quota.shares):
        return 0.0
    spare = max(state.remaining - reserve(state.others), 0)
    return end - spare * interval_of(state, quota)


def _end(state: RateLimitState) -> float:
    return state.since + MINUTE + state.late


def reserve(others: int) -> int:
    """Return how many requests of a fixed minute are left to others who spend so many: nobody tells them to stop."""
    return min(math.ceil(others / 8), 4)


def learn(
    state: RateLimitState, quota: Quota, now: float, heard: RateLimitHeaders, sent: float = math.inf, in_flight: int = 0
) -> RateLimitState:
    """Return the state after an answer to what was sent at `sent`: never more room than the server has left, whoever
    used it. Of ours, `in_flight` others may reach the server after it.
    """
    state = sane(state, quota, now)
    if heard.limit is not None:
        state = replace(state, limit=heard.limit)
    if quota.fixed:
        state = _learn_minute(state, quota, now, heard, sent, in_flight)
    elif heard.remaining is not None:
        full = now + (quota.burst - heard.remaining + quota.doubt) * interval_of(state, quota)
        state = replace(state, tat=max(state.tat, full))
    if heard.wait is not None:
        state = replace(state, hold=max(state.hold, now + heard.wait))
    return sane(state, quota, now)


def _learn_minute(
    state: RateLimitState, quota: Quota, now: float, heard: RateLimitHeaders, sent: float, in_flight: int
) -> RateLimitState:
    if heard.wait is not None and heard.remaining == 0:
        return _refused(state, now, heard.wait)
    began = _end(state) if state.remaining == UNTOLD else state.since
    if heard.remaining is None:
        return state
    # what it says to allow beyond our quota is not ours
    left = max(heard.remaining - max(state.limit - quota.limit, 0), 0)
    if sent < began and left < quota.limit - quota.burst:
        return state  # it speaks of the minute before
    if state.remaining == UNTOLD or left - in_flight > state.remaining + quota.burst:
        state = replace(state, since=now, remaining=max(left - in_flight, 0), others=state.others // 2)
    else:
        theirs = max(state.remaining - left, 0)
        state = replace(state, remaining=state.remaining - theirs, others=state.others + theirs)
    return state if heard.ends is None else replace(state, since=min(state.since, now + heard.ends - MINUTE))


def _refused(state: RateLimitState, now: float, wait: float) -> RateLimitState:
    """Return the state after a request too many: others spent what seemed to be left, or the minute was not over."""
    too_soon = state.remaining == UNTOLD and not state.others and now < _end(state) + 5.0
    late = state.late + 1.0 if too_soon else state.late
    others = state.others + max(state.remaining, 0)
    return replace(state, since=now + wait - MINUTE - late, remaining=0, others=others, late=late)


def sane(state: RateLimitState, quota: Quota, now: float) -> RateLimitState:
    """Clamp a state that was read: a damaged row, or a clock set back, costs at most one full bucket of waiting."""
    return RateLimitState(
        tat=_between(state.tat, now, (quota.burst + 1) * interval_of(state, quota)),
        hold=_between(state.hold, now, quota.longest),
        since=_between(state.since, now, 0.0),
        late=_between(state.late, 0.0, 5.0),
        remaining=max(state.remaining, UNTOLD) if quota.fixed else UNTOLD,
        limit=state.limit,
        others=min(max(state.others, 0), 1000),
    )


def interval_of(state: RateLimitState, quota: Quota) -> float:
    """Return the seconds between two requests: longer than ours if the server says to allow less than we think."""
    limit = min(state.limit, quota.limit) if state.limit > 0 else quota.limit
    return min(MINUTE / limit, quota.longest)


def _between(moment: float, now: float, ahead: float) -> float:
    return min(max(moment, 0.0), now + ahead) if math.isfinite(moment) else 0.0


def hear_jimaku(status: int, headers: Headers, now: float) -> RateLimitHeaders:
    """Read Jimaku's headers. `reset` is a coarse 32-bit float, never used; `reset-after` counts where it is given."""
    del now
    remaining = _whole(headers.get("x-ratelimit-remaining"))
    wait = _number(headers.get("x-ratelimit-reset-after")) if remaining == 0 else None
    if status == 429 and wait is None:
        wait = 2.4
    limit = _whole(headers.get("x-ratelimit-limit"))
    return RateLimitHeaders(remaining, None if wait is None else min(max(wait, 0.0), 60.0), limit)


def hear_anilist(status: int, headers: Headers, now: float) -> RateLimitHeaders:
    """Read AniList's headers. Its moments are whole seconds, hence one more to be sure."""
    remaining = _whole(headers.get("x-ratelimit-remaining"))
    wait = _retry_after(headers, now)
    reset = _number(headers.get("x-ratelimit-reset"))
    if wait is None and reset is not None:
        wait = reset - _date(headers, now)
    limit = _whole(headers.get("x-ratelimit-limit"))
    if status != 429:
        return RateLimitHeaders(remaining, _retry_after(headers, now), limit)
    return RateLimitHeaders(0, 60.0 if wait is None else min(max(wait, 0.0), 119.0) + 1.0, limit)


def hear_amvstrm(status: int, headers: Headers, now: float) -> RateLimitHeaders:
    """Read both generations' headers: `X-` or not, the reset as unix time or as seconds; replays say nothing."""
    if "apicache-version" in headers:
        return RateLimitHeaders()
    remaining = _whole(headers.get("ratelimit-remaining", headers.get("x-ratelimit-remaining")))
    reset = _number(headers.get("ratelimit-reset", headers.get("x-ratelimit-reset")))
    if reset is not None and reset > 1e9:
        reset -= _date(headers, now)
    limit = _whole(headers.get("ratelimit-limit", headers.get("x-ratelimit-limit")))
    ends = None if reset is None else max(reset, 0.0) + 1.0  # whole seconds, hence one more to be sure
    if status != 429:
        return RateLimitHeaders(remaining, None, limit, ends)
    wait = _retry_after(headers, now)
    wait = ends if wait is None else wait + 1.0
    return RateLimitHeaders(0, 60.0 if wait is None else min(wait, 60.0), limit)


def hear_plain(status: int, headers: Headers, now: float) -> RateLimitHeaders:
    """Read what any web server may say."""
    wait = _retry_after(headers, now)
    return RateLimitHeaders(None, 30.0 if wait is None and status == 429 else wait)


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
        case Unavailable() | Throttled() | Incomplete():
            return "retry"
        case Malformed():
            return "retry once"
        case Refused():
            return "stop"
        case Missing() | _:
            return "give up"
