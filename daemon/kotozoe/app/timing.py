"""Puts together the story of a subtitle's timing; imported once a subtitle is there."""

from __future__ import annotations

from functools import partial

from kotozoe.playback.playback import Playback, Told
from kotozoe.player import Loaded, Player
from kotozoe.settings.schema import Settings
from kotozoe.subtitles.cache import SubtitleCache
from kotozoe.timing.measurements import Timings
from kotozoe.timing.references.video import Reader
from kotozoe.timing.retime import Modes, Retiming


def retiming(
    settings: Settings,
    subtitle_cache: SubtitleCache,
    timings: Timings,
    player: Player,
    loaded: Loaded,
    playback: Playback,
    told: Told,
) -> Retiming:
    sync = settings.sync
    return Retiming(
        player,
        loaded,
        playback,
        partial(playback.next_but, loaded),
        partial(playback.load, loaded),
        Reader(sync.most_read * 1_000_000, sync.network),
        subtitle_cache,
        timings,
        Modes(sync.text, sync.sound, settings.player.osd),
        told,
    )
