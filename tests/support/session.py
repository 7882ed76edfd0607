"""One playback with stand-ins around it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from kotozoe.identify.verdict.pins import Pins
from kotozoe.model import EpisodeRef, MediaKey, NotObtained, Readable, Verdict
from kotozoe.playback.change_signal import ChangeSignal
from kotozoe.playback.loader import SubtitleLoader
from kotozoe.playback.session import PlaybackSession, PlaybackSettings
from kotozoe.player import Loaded
from kotozoe.store.pins import PinStore
from tests.support.fake_player import FakePlayer, loaded
from tests.support.lookup import FakeCatalogueState, FakeFinder, FakeSubtitles

RESOLVED = Verdict("resolved", "The title is exact.", EpisodeRef(MediaKey("anilist", "1"), 5.0), 7, "Show", "tv")
FILE = Readable("/cache/5.ass", "[G] Show - 05.ass", 7, ("episode", "group"), "[G] Show - 05.ass")


class FakePinStore(PinStore):
    """Keeps pins in memory."""

    def __init__(self, pins: Pins | None = None) -> None:
        super().__init__(Path("/nowhere/pins.json"))
        self.pins = pins or Pins()

    def read(self) -> Pins:
        return self.pins

    def change(self, change: Callable[[Pins], Pins]) -> Pins:
        self.pins = change(self.pins)
        return self.pins


class FakeChangeSignal(ChangeSignal):
    """Returns at once from every wait, which it records; `on_wait` is called then."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []
        self.on_wait: Callable[[], None] = lambda: None

    async def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.on_wait()


class RecordingReporter:
    def __init__(self) -> None:
        self.reports: list[tuple[str, str]] = []
        self.shown: list[str] = []
        self.ends = 0
        self.key = ""
        self.introduction = False

    def key_trouble(self) -> str:
        return self.key

    def introduces(self) -> bool:
        due, self.introduction = self.introduction, False
        return due

    def report(self, step: str, sentence: str) -> None:
        self.reports.append((step, sentence))

    def shows(self, path: str) -> None:
        self.shown.append(path)

    def ended(self) -> None:
        self.ends += 1


class SessionHarness:
    """A session and its loader; the finder and the source of subtitles answer one after the other."""

    def __init__(
        self,
        verdicts: Sequence[Verdict] = (RESOLVED,),
        answers: Sequence[Readable | NotObtained] = (FILE,),
        *,
        file: Loaded | None = None,
        player: FakePlayer | None = None,
        settings: PlaybackSettings | None = None,
        pins: Pins | None = None,
        lacking: Sequence[str] = (),
        cache_folder: Path = Path("/cache"),
        chosen: bool = False,
    ) -> None:
        self.player = player or FakePlayer()
        self.finder = FakeFinder(list(verdicts))
        self.subtitles = FakeSubtitles(list(answers))
        self.catalogue = FakeCatalogueState(list(lacking))
        self.changes = FakeChangeSignal()
        self.reporter = RecordingReporter()
        self.pins = FakePinStore(pins)
        self.session = PlaybackSession(
            file or loaded(),
            self.player,
            settings or PlaybackSettings(),
            self.reporter,
            self.pins,
            cache_folder,
            chosen,
        )
        self.loader = SubtitleLoader(self.session, self.finder, self.subtitles, self.catalogue, self.changes)

    @property
    def reports(self) -> list[tuple[str, str]]:
        return self.reporter.reports

    @property
    def steps(self) -> list[str]:
        return [step for step, _ in self.reporter.reports]
