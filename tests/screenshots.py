"""The README's pictures, and the proof behind them: keys sent to a real window of mpv, and what mpv then shows.

    python -m tests.screenshots [FOLDER]            the README's pictures
    python -m tests.screenshots --more FOLDER       and those to look at: small, 4K, bright, without fonts; with uosc
                                                    where UOSC names its folder

Everything is on this machine: a screen that nobody sees (Xvfb), the real daemon, stand-ins for Jimaku and AniList.
Needs Xvfb, xdotool, ImageMagick and a Japanese font. Exit code 0 only if every step ended as it should.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.fakes import World, serve
from tests.live.home import Home
from tests.live.ipc import Ipc
from tests.live.mpv import SCRIPT

SPOKEN = "[Hayate] Kaze no Renshuu - 13 (1080p).mkv"
FOURTH = "[Hayate] Kaze no Renshuu - 04 (1080p).mkv"
FIFTH = "[Hayate] Kaze no Renshuu - 05 (1080p).mkv"
PICTURES = Path(__file__).parents[1] / "docs"
SIZE = (960, 540)
BLINK = 0.6  # seconds after which a person would look again
_LATIN_ONLY = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>/usr/share/fonts/truetype/dejavu</dir><cachedir>/tmp</cachedir><match target="pattern">
<edit name="family" mode="prepend" binding="strong"><string>DejaVu Sans</string></edit></match></fontconfig>
"""


class Stage:
    """A window of mpv on a screen of its own."""

    def __init__(self, display: str, memory: Path, player: Ipc, window: str, folder: Path) -> None:
        self.display = {**os.environ, "DISPLAY": display}
        self.memory = memory
        self.player = player
        self.window = window
        self.folder = folder

    def send(self, *keys: str) -> None:
        """Send keys to the window."""
        self._run("xdotool", "key", "--window", self.window, "--delay", "30", *keys)

    def press(self, *keys: str) -> None:
        """Send keys, and look, as a person would."""
        self.send(*keys)
        time.sleep(BLINK)

    def write(self, text: str) -> None:
        self.press(*("space" if letter == " " else letter for letter in text))

    def pick(self, words: str) -> None:
        self.write(words)
        self.press("Return")

    def shoot(self, name: str) -> Path:
        path = self.folder / name
        self._run("import", "-window", self.window, "+dither", "-colors", "48", "-strip", str(path))
        return path

    def pixels(self) -> bytes:
        """Return what the screen shows, as it is in its memory."""
        return self.memory.read_bytes()

    def _run(self, *words: str) -> None:
        subprocess.run(words, env=self.display, check=True, capture_output=True)


@dataclass(frozen=True)
class Look:
    """How a window looks: its size, the colour of the sky (red, green, blue, each a formula), mpv's further options."""

    size: tuple[int, int] = SIZE
    sky: tuple[str, str, str] = ("14+70*Y/H", "18+46*Y/H", "42+52*Y/H")
    options: Sequence[str] = ()
    fonts: bool = True


LOOKS = {
    "small": Look(size=(480, 270)),
    "tall": Look(size=(400, 700)),
    "4k": Look(size=(3840, 2160)),
    "bright": Look(sky=("255", "255", "250-20*Y/H")),
    "no-fonts": Look(fonts=False),
}


def main(arguments: Sequence[str]) -> int:
    """Take the pictures, and tell what happened."""
    more = "--more" in arguments
    folder = next((Path(argument) for argument in arguments if argument != "--more"), PICTURES)
    folder.mkdir(parents=True, exist_ok=True)
    with stage(folder, (SPOKEN, FOURTH, FIFTH)) as at:
        print(at.player.get("mpv-version"))
        _tell(at)
    for name, look in _more_looks().items() if more else ():
        with stage(folder, (SPOKEN, FOURTH), look) as at:
            _look(at, name)
    return 0


def _more_looks() -> dict[str, Look]:
    uosc = os.environ.get("UOSC")
    return LOOKS | ({"uosc": Look(options=[f"--script={uosc}", "--override-display-fps=60"])} if uosc else {})


@contextmanager
def stage(folder: Path, names: Sequence[str], look: Look = Look()) -> Iterator[Stage]:
    """Set everything up: a daemon, its servers, a screen, and mpv playing videos of these names."""
    with (
        tempfile.TemporaryDirectory(prefix="kotozoe-pictures-") as place,
        serve(World.small()) as servers,
        _screen(Path(place), look.size) as (display, memory),
    ):
        home = Home(Path(place) / "home", servers)
        videos = [_video(home.root / "anime" / name, look) for name in names]
        with home.daemon(), _mpv(home, display, videos, look) as player:
            yield Stage(display, memory, player, _window(display), folder)


def _look(at: Stage, name: str) -> None:
    """Take the line of what was loaded, the menu, and the search for another show."""
    at.player.wait_selected("Renshuu - 13")
    at.player.command("set_property", "pause", True)
    at.shoot(f"{name}-line.png")
    at.press("greater")
    at.player.wait_selected("Renshuu - 04")
    at.press("k")
    at.shoot(f"{name}-menu.png")
    at.pick("wrong show")
    at.shoot(f"{name}-shows.png")


def _tell(at: Stage) -> None:
    player = at.player
    _saw("played", player.wait_selected("Renshuu - 13"))
    player.command("seek", 2.5, "absolute+exact")
    player.command("set_property", "pause", True)
    time.sleep(BLINK)
    at.shoot("subtitle.png")
    time.sleep(4)  # until the line of what was loaded has gone
    at.press("greater")
    _saw("next in the playlist", player.wait_selected("Renshuu - 04"))
    player.command("seek", 2.5, "absolute+exact")
    time.sleep(4)
    at.press("k")
    at.shoot("menu.png")
    at.pick("netflix")
    _saw("menu, another candidate", player.wait_selected("Netflix"))
    time.sleep(4)
    at.press("k")
    at.pick("wrong show")
    at.shoot("shows.png")
    at.pick("search by")
    at.write("suiheisen")
    at.press("Return")
    at.pick("tsuki")
    _saw("menu, wrong show, search, pick", player.wait_selected("月と水平線.S01E04"))
    at.press("greater")
    _saw("next in the playlist", player.wait_selected("月と水平線.S01E05"))


def _saw(after: str, track: dict[str, object]) -> None:
    print(f"  {after:32} → {track['title']}")


def _video(path: Path, look: Look) -> Path:
    """Make a quiet sky, without a sound."""
    path.parent.mkdir(exist_ok=True)
    colours = "r='{}':g='{}':b='{}'".format(*look.sky)
    sky = f"color=size={look.size[0]}x{look.size[1]}:rate=2:duration=0.5,format=gbrp,geq={colours},loop=80:1"
    make = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", sky, "-c:v", "mpeg4", "-q:v", "1", str(path)]
    subprocess.run(make, check=True)
    return path


@contextmanager
def _screen(folder: Path, size: tuple[int, int]) -> Iterator[tuple[str, Path]]:
    """Run a screen; yield its name and the file that is its memory."""
    read, write = os.pipe()
    screen = subprocess.Popen(
        [
            "Xvfb",
            "-displayfd",
            str(write),
            "-screen",
            "0",
            f"{size[0] + 80}x{size[1] + 80}x24",
            "-nolisten",
            "tcp",
            "-fbdir",
            str(folder),
        ],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as told:
            yield f":{told.readline().strip()}", folder / "Xvfb_screen0"
    finally:
        screen.terminate()
        screen.wait()


@contextmanager
def _mpv(home: Home, display: str, videos: list[Path], look: Look) -> Iterator[Ipc]:
    socket, fonts = home.root / "mpv.sock", home.root / "fonts.conf"
    fonts.write_text(_LATIN_ONLY)
    looks = ["--vo=x11", "--ao=null", "--osc=no", f"--geometry={look.size[0]}x{look.size[1]}+0+0", "--no-border"]
    looks += ["--sub-font=Noto Sans CJK JP", "--osd-font=Noto Sans CJK JP"] if look.fonts else []
    mpv = subprocess.Popen(
        ["mpv", "--no-config", *looks, "--no-terminal", "--keep-open=yes", *look.options,
         f"--script={SCRIPT}", f"--input-ipc-server={socket}", *videos],
        env={**home.environ, "DISPLAY": display, **({} if look.fonts else {"FONTCONFIG_FILE": str(fonts)})},
    )  # fmt: skip
    player = Ipc(socket)
    try:
        yield player
    finally:
        player.close()
        mpv.terminate()
        mpv.wait()


def _window(display: str) -> str:
    environ = {**os.environ, "DISPLAY": display}
    found = subprocess.run(
        ["xdotool", "search", "--sync", "--onlyvisible", "--class", "mpv"],
        env=environ,
        check=True,
        capture_output=True,
        text=True,
    )
    return found.stdout.split()[-1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
