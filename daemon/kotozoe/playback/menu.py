"""Menus as values, and the actions behind their items."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from kotozoe.identify.verdict.pins import Pick, Pin, Rejection
from kotozoe.model import Candidate, Entry, EpisodeRef, MediaKey, Ranked, Readable, Verdict
from kotozoe.printable import printable

MAX_CANDIDATES = 40
_MAX_NAME = 110


@dataclass(frozen=True, slots=True)
class Take:
    """Load this file of the listing."""

    file: str


@dataclass(frozen=True, slots=True)
class AskShow:
    """Show what may be meant by `text`; empty: by the name of the video."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class AskEpisode:
    """Show which other episode it may be."""


@dataclass(frozen=True, slots=True)
class PickShow:
    """It is this media; the number of the episode is as the name says, unless `episode` is known."""

    media: MediaKey
    title: str
    entry_id: int | None = None
    episode: float | None = None


@dataclass(frozen=True, slots=True)
class PickEpisode:
    """It is this episode of the media that was found; None: as typed."""

    episode: float | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    """Never do anything for the videos of this folder, or do so again."""

    folder: str
    leave: bool = True


@dataclass(frozen=True, slots=True)
class Reject:
    """The loaded file is wrong for this video."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Begin the playback anew."""


@dataclass(frozen=True, slots=True)
class Toggle:
    """Show ours, or what was shown before it."""


@dataclass(frozen=True, slots=True)
class AskChoices:
    """Show what the user chose for this video, to take it back."""


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Forget a choice."""

    choice: Pin | Rejection | Pick


class Login:
    """Have the API key asked for, in a terminal."""


Act = (
    Login
    | AskChoices
    | TakeBack
    | Take
    | AskShow
    | AskEpisode
    | PickShow
    | PickEpisode
    | Leave
    | Reject
    | Retry
    | Toggle
)


@dataclass(frozen=True, slots=True)
class Item:
    """One line. `prompt`: a text is asked for before the act; no act: it is only information."""

    title: str
    hint: str = ""
    act: Act | None = None
    active: bool = False
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class Menu:
    title: str
    items: tuple[Item, ...]


def main_menu(
    verdict: Verdict | None,
    readable: Readable | None,
    reason: str,
    ranked: Sequence[Ranked],
    rejected: Collection[str],
    folder: str,
    left_alone: str,
    key_trouble: str = "",
    *,
    choices: int = 0,
) -> Menu:
    """Return what was loaded and why, what could be instead, and what can be put right."""
    heading = _heading(verdict)
    if left_alone:
        again = f"Load subtitles for {printable(left_alone.rpartition('/')[2], 60)} again"
        return Menu(heading, (Item(again, act=Leave(left_alone, leave=False)),))
    offered = _candidates(ranked, rejected, readable)
    login = (Item("Enter the Jimaku API key …", f"{key_trouble}; opens a terminal", Login()),) if key_trouble else ()
    corrections = _corrections(verdict, readable, folder, choices)
    return Menu(heading, (*login, *_current(verdict, readable, reason), *offered, *corrections))


def _heading(verdict: Verdict | None) -> str:
    if verdict is None or verdict.ref is None:
        return "kotozoe"
    part = "" if verdict.ref.episode is None or verdict.kind == "movie" else f", episode {verdict.ref.episode:g}"
    return f"{printable(verdict.title, 80)}{part}"


def _current(verdict: Verdict | None, readable: Readable | None, reason: str) -> Iterator[Item]:
    if readable is None or verdict is None:
        yield Item(printable(reason, _MAX_NAME) or "Still looking …")
    else:
        yield Item(printable(verdict.why, _MAX_NAME))
    if verdict is not None and verdict.status == "ambiguous":
        yield from (_possible_show(candidate) for candidate in verdict.candidates)


def _candidates(ranked: Sequence[Ranked], rejected: Collection[str], readable: Readable | None) -> Iterator[Item]:
    loaded = readable.file if readable is not None else ""
    for each in ranked[:MAX_CANDIDATES]:
        hint = "rejected" if each.file.name in rejected else ", ".join(each.matches)
        yield Item(printable(each.file.name, _MAX_NAME), hint, Take(each.file.name), each.file.name == loaded)


def _corrections(verdict: Verdict | None, readable: Readable | None, folder: str, choices: int) -> Iterator[Item]:
    yield Item("Wrong show …", "search and pick", AskShow())
    if verdict is not None and verdict.ref is not None:
        yield Item("Wrong episode …", "next, previous, a number", AskEpisode())
    if readable is not None:
        yield Item("Reject this file", "for this video", Reject())
        yield Item("Show or hide", "this subtitle", Toggle())
    if choices:
        yield Item("Take back …", f"what you chose for this video ({choices})", AskChoices())
    yield Item("Search again", act=Retry())
    if folder:
        yield Item("Never for this folder", printable(folder.rpartition("/")[2], 60), Leave(folder))


def _possible_show(candidate: Candidate) -> Item:
    ref, title = candidate.ref, printable(candidate.title, 80)
    number = "" if ref.episode is None else f", episode {ref.episode:g}"
    return Item(f"{title}{number}", candidate.evidence, PickShow(ref.media, candidate.title, None, ref.episode))


def show_menu(
    entries: Sequence[Entry], candidates: Sequence[Candidate], denied: EpisodeRef | None, *, searched: bool = False
) -> Menu:
    """Return the shows that may be meant, the search first, and last the one that was `denied` by asking.

    Where somebody `searched`, the first hit is preselected; the denied one never is.
    """
    known = {entry.media for entry in entries}
    wrong = denied.media if denied is not None else None
    hits = [_show(entry) for entry in entries if entry.media != wrong]
    if searched and hits:
        hits[0] = replace(hits[0], active=True)
    hits += [_possible_show(c) for c in candidates if c.ref.media not in known and c.ref != denied]
    hits += [replace(_show(entry), hint="as it is now") for entry in entries if entry.media == wrong]
    search = Item("Search by name …", act=AskShow(), prompt="Which show?")
    return Menu("Which show is it?", (search, *(hits or [Item("No matching entry")])))


def _show(entry: Entry) -> Item:
    other = printable(entry.japanese_name or entry.english_name, 60)
    return Item(printable(entry.name, _MAX_NAME), other, PickShow(entry.media, entry.name, entry.entry_id))


def choices_menu(choices: Sequence[Pin | Rejection | Pick]) -> Menu:
    """Return what the user chose, to take it back."""
    return Menu("Take back", tuple(_choice(choice) for choice in choices) or (Item("Nothing was chosen"),))


def _choice(choice: Pin | Rejection | Pick) -> Item:
    if isinstance(choice, Pin):
        return Item(
            f"This name is {printable(choice.title, 80) or choice.media}{_episodes(choice)}", "show", TakeBack(choice)
        )
    does = "rejected" if isinstance(choice, Rejection) else "picked"
    return Item(printable(choice.file, _MAX_NAME), does, TakeBack(choice))


def _episodes(pin: Pin) -> str:
    if pin.number is None or pin.episode is None:
        return ""
    return f", {pin.number:g} is episode {pin.episode:g}"


def episode_menu(ref: EpisodeRef) -> Menu:
    """Return the neighbours of the episode that was found, and a way to type one."""
    now = ref.episode if ref.episode is not None else 1.0
    items = [
        Item(f"Episode {now + 1:g}", "next", PickEpisode(now + 1)),
        *([Item(f"Episode {now - 1:g}", "previous", PickEpisode(now - 1))] if now >= 1 else []),
        Item("Another episode …", act=PickEpisode(), prompt="Which episode?"),
    ]
    return Menu(f"Which episode is it? Not {now:g}", tuple(items))


def episode_of(text: str) -> float | None:
    """Return the episode number that somebody typed, None if it is none."""
    try:
        number = float(text.strip())
    except ValueError:
        return None
    return number if 0 <= number < 10_000 and (number * 2).is_integer() else None


def menu_message(menu: Menu, playback_id: str, number: int) -> dict[str, object]:
    """Return the menu as it is sent to the script: what to show, nothing of what it does."""
    items = [
        {
            "title": item.title,
            "hint": item.hint,
            "active": item.active,
            "prompt": item.prompt,
            "plain": item.act is None,
            "more": isinstance(item.act, AskShow | AskEpisode | AskChoices),
        }
        for item in menu.items
    ]
    return {"playback": playback_id, "menu": number, "title": menu.title, "items": items}
