"""Puts together the story of one loaded file."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from kotozoe.app.services import Services
from kotozoe.app.story import Story
from kotozoe.app.video_library import names_beside
from kotozoe.lookup.title_search import TitleSearch
from kotozoe.model import VideoFile
from kotozoe.playback.corrections import Corrections
from kotozoe.playback.playback import Playback, Told, Wishes
from kotozoe.playback.prefetch import Prefetch
from kotozoe.playback.tracks import under, unwatched
from kotozoe.player import Loaded, Player
from kotozoe.settings.schema import Settings
from kotozoe.subtitles.awaited import AwaitedEpisodes
from kotozoe.timing.measurements import Timings
from kotozoe.timing.references.video import Reader
from kotozoe.timing.retime import Modes, Retiming

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stage:
    """What stories are told with, as the settings are when one begins."""

    settings: Settings
    services: Services
    subtitle_cache: Path
    timings: Timings
    awaited: AwaitedEpisodes
    until_changed: Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who hears of one story: each step, its opening, its end, and which file is shown."""

    told: Told
    opening: Callable[[], Awaitable[None]]
    ended: Callable[[], None]
    shows: Callable[[str], None]


def staged(
    stage: Stage,
    player: Player,
    loaded: Loaded,
    reporter: Reporter,
    *,
    chosen: bool,
    hush: Callable[[], Awaitable[None]],
) -> Story:
    """Return the story of `loaded`. `chosen`: the user has decided on it already; `hush` ends what is being told."""
    settings, services = stage.settings, stage.services
    playback = Playback(
        player,
        services.finder,
        services.fetcher,
        _wishes(settings),
        reporter.told,
        services.refresh.ready,
        stage.until_changed,
        lambda: services.refresh.lacking,
        services.pins.read,
        lambda path: path.startswith(f"{stage.subtitle_cache}/"),
        chosen,
    )
    shows = TitleSearch(services.catalogue)
    return Story(
        loaded,
        playback,
        Corrections(player, loaded, playback, services.fetcher, shows, services.pins, hush),
        Prefetch(player, services.finder, services.fetcher, names_beside, partial(_left_alone, settings), _log_next),
        cache(partial(_retiming, stage, player, loaded, playback, reporter.told)),
        under(loaded.video.path, settings.watch.private),
        reporter.opening,
        reporter.ended,
        reporter.shows,
        stage.awaited.hurry,
        services.waits,
    )


def _retiming(stage: Stage, player: Player, loaded: Loaded, playback: Playback, told: Told) -> Retiming:
    timing = stage.settings.timing
    return Retiming(
        player,
        loaded,
        playback,
        partial(playback.next_but, loaded),
        partial(playback.load, loaded),
        Reader(timing.max_read_megabytes * 1_000_000, timing.network),
        stage.services.subtitle_cache,
        stage.timings,
        Modes(timing.text, timing.sound, timing.misfit, stage.settings.player.osd != "none"),
        told,
    )


def _wishes(settings: Settings) -> Wishes:
    watch, subtitles = settings.watch, settings.subtitles
    return Wishes(
        subtitles.languages,
        watch.include,
        watch.exclude,
        subtitles.yield_to,
        subtitles.secondary,
        settings.player.osd != "none",
    )


def _left_alone(settings: Settings, video: VideoFile) -> bool:
    watch = settings.watch
    return under(video.path, watch.private) or bool(unwatched(video, watch.include, watch.exclude))


def _log_next(step: str, sentence: str) -> None:
    log.info("%s: %s", step, sentence)
