"""Made-up episodes: lines at known times, spoken by espeak-ng over noise and music, in videos of a real size."""

from __future__ import annotations

import math
import random
import subprocess
import wave
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from kotozoe.timing.fitting.cues import Cue

SECONDS = 1430
_RATE = 16000
_WORDS = (
    "asa kaze yama kawa hito koto toki mono sora umi michi hana ame yuki natsu fuyu haru neko watashi anata kanojo iku"
)


@dataclass(frozen=True)
class Episode:
    """`japanese` are the lines as spoken, `third` the same in a language that cuts them otherwise; no video has it."""

    japanese: tuple[Cue, ...]
    third: tuple[Cue, ...]
    with_text: Path
    with_sound: Path


def made(folder: Path, number: int) -> Episode:
    """Return an episode, made if it is not there yet. Its first video is a Matroska file, the others vary."""
    chance = random.Random(f"episode {number}")
    japanese = _lines(chance)
    english, third = _translated(japanese, chance), _translated(japanese, chance)
    kind = "mp4" if number % 3 == 2 else "mkv"
    text, sound = folder / f"episode-{number}-text.{kind}", folder / f"episode-{number}-sound.{kind}"
    if not (text.exists() and sound.exists()):
        speech = folder / f"episode-{number}.wav"
        _speak(speech, japanese, chance, folder)
        _mux(folder, speech, english, text, sound)
        speech.unlink()
    return Episode(japanese, third, text, sound)


def _lines(chance: random.Random) -> tuple[Cue, ...]:
    """Return dialogue as it comes in an episode: in scenes, with pauses, and a minute and a half of opening song."""
    lines, now = [], chance.uniform(2, 15)
    opening = chance.uniform(60, 180)
    while now < SECONDS - 40:
        if opening <= now < opening + 90:
            now = opening + 90
        length = chance.uniform(0.8, 4.5)
        lines.append(Cue(round(now, 3), round(now + length, 3)))
        now += length + (chance.uniform(0.05, 0.7) if chance.random() < 0.6 else chance.expovariate(1 / 4.5))
        if chance.random() < 0.01:
            now += chance.uniform(10, 45)
    return tuple(lines)


def _translated(lines: Sequence[Cue], chance: random.Random) -> tuple[Cue, ...]:
    """Return lines as another language has them: some missing, joined or cut in two, none at quite the same time."""
    made, place = [], 0
    while place < len(lines):
        line, fate = lines[place], chance.random()
        start, end = line.start + chance.gauss(0, 0.1), line.end + chance.gauss(0.1, 0.25)
        if 0.08 <= fate < 0.22 and place + 1 < len(lines) and lines[place + 1].start - line.end < 1:
            place += 1
            made.append(Cue(start, lines[place].end + chance.gauss(0.1, 0.25)))
        elif 0.22 <= fate < 0.36 and line.end - line.start > 1.6:
            middle = line.start + (line.end - line.start) * chance.uniform(0.35, 0.65)
            made += [Cue(start, middle), Cue(middle, end)]
        elif fate >= 0.08:
            made.append(Cue(start, max(end, start + 0.5)))
        place += 1
    return tuple(sorted(made))


def _speak(path: Path, lines: Sequence[Cue], chance: random.Random, folder: Path) -> None:
    """Write the sound of an episode: lines spoken within their time, over noise, music, effects, and a sung opening.

    Not all that is heard is in the lines, nor the reverse: one line in twenty is a sign that nobody reads out.
    """
    sound = _background(chance)
    _effects(sound, chance)
    opening = max(pairwise(lines), key=lambda pair: pair[1].start - pair[0].end)
    _music(sound, opening[0].end + 1, opening[1].start - opening[0].end - 2, chance)
    for line in (*(line for line in lines if chance.random() > 0.05), *_unwritten(lines, chance)):
        for at, value in enumerate(_spoken(line, chance, folder), start=int(line.start * _RATE)):
            if at < len(sound):
                sound[at] = max(-32000, min(32000, sound[at] + value))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(sound.tobytes())


def _unwritten(lines: Sequence[Cue], chance: random.Random) -> list[Cue]:
    """Return when somebody speaks or sings of whom no line tells: in the opening, and in one long pause of four."""
    told = []
    for before, after in pairwise(lines):
        now, pause = before.end + 1, after.start - before.end
        while now + 3 < after.start and (pause > 80 or (pause > 4 and chance.random() < 0.25)):
            length = chance.uniform(1.5, 3.0)
            told.append(Cue(now, now + length))
            now += length + chance.uniform(0.1, 1.0)
    return told


def _effects(sound: array[int], chance: random.Random) -> None:
    """Add doors, steps and storms: bursts of noise, some as loud as speech."""
    now = 0.0
    while (now := now + chance.expovariate(1 / 8)) < SECONDS - 3:
        loudness, length = chance.uniform(300, 3000), chance.choice((0.1, 0.2, 0.4, 2.0))
        first = int(now * _RATE)
        for i in range(int(length * _RATE)):
            value = sound[first + i] + round(chance.uniform(-loudness, loudness) * (1 - i / (length * _RATE)))
            sound[first + i] = max(-32000, min(32000, value))


def _spoken(line: Cue, chance: random.Random, folder: Path) -> array[int]:
    """Return a line's samples at our rate; as many words as fit, in one of several voices."""
    words = " ".join(chance.choices(_WORDS.split(), k=max(2, round((line.end - line.start) * 2.6))))
    target = folder / "line.wav"
    voice = chance.choice(("ja", "ja+f2", "ja+m3", "ja+f4", "ja+m7"))
    pitch = str(chance.randint(30, 70))
    subprocess.run(
        ["espeak-ng", "-v", voice, "-s", "190", "-p", pitch, "-w", target, words], check=True, capture_output=True
    )
    with wave.open(str(target), "rb") as file:
        rate, raw = file.getframerate(), array("h", file.readframes(file.getnframes()))
    loud = chance.uniform(0.25, 0.6)
    length = min(int((line.end - line.start) * _RATE), len(raw) * _RATE // rate)
    first = next((i for i, value in enumerate(raw) if abs(value) > 500), 0)  # espeak's silence before the first sound
    return array(
        "h", (round(raw[p] * loud) if (p := first + i * rate // _RATE) < len(raw) else 0 for i in range(length))
    )


def _background(chance: random.Random) -> array[int]:
    """Return noise throughout, and music-like chords with a beat in about half of the time."""
    sound = array("h", (0,)) * (SECONDS * _RATE)
    noise = [round(chance.gauss(0, 250)) for _ in range(_RATE * 7)]
    for at in range(len(sound)):
        sound[at] = noise[at % len(noise)]
    now = 0.0
    while now < SECONDS:
        length = chance.uniform(10, 60)
        if chance.random() < 0.5:
            _music(sound, now, min(length, SECONDS - now), chance)
        now += length
    return sound


def _music(sound: array[int], begin: float, length: float, chance: random.Random) -> None:
    loudness, beat = chance.uniform(400, 2500), chance.uniform(0.4, 0.7)
    for bar in range(int(length / (4 * beat))):
        root = chance.choice((220.0, 246.9, 261.6, 293.7, 329.6))
        wave_length = int(_RATE * 4 * beat)
        first = int((begin + bar * 4 * beat) * _RATE)
        steps = [2 * math.pi * root * ratio / _RATE for ratio in (1.0, 1.25, 1.5)]
        for i in range(min(wave_length, len(sound) - first)):
            fade = 1 - (i % int(_RATE * beat)) / (_RATE * beat)
            value = loudness * fade * sum(math.sin(step * i) for step in steps) / 3
            sound[first + i] = max(-32000, min(32000, sound[first + i] + round(value)))


def _mux(folder: Path, speech: Path, english: Sequence[Cue], text: Path, sound: Path) -> None:
    """Put the sound under a picture that cannot be compressed: 1 GB and more for 24 minutes."""
    lines = folder / "english.srt"
    lines.write_text(
        "".join(f"{n}\n{_clock(c.start)} --> {_clock(c.end)}\nline {n}\n\n" for n, c in enumerate(english, 1))
    )
    picture = f"nullsrc=s=640x360:r=5:d={SECONDS},noise=alls=100:allf=t"
    call = ["ffmpeg", "-v", "error", "-nostdin", "-y"]
    # in a Matroska file, AAC would come later by the encoder's delay, and the truth would not be true
    codecs = ["-c:v", "mjpeg", "-q:v", "4", "-c:a", "aac" if sound.suffix == ".mp4" else "flac"]
    subprocess.run([*call, "-f", "lavfi", "-i", picture, "-i", speech, "-shortest", *codecs, sound], check=True)
    kind = "mov_text" if text.suffix == ".mp4" else "ass"
    named = ["-metadata:s:s:0", "language=eng"]
    subprocess.run(
        [*call, "-i", sound, "-i", lines, "-map", "0", "-map", "1", "-c", "copy", "-c:s", kind, *named, text],
        check=True,
    )
    lines.unlink()


def _clock(seconds: float) -> str:
    thousandths = max(0, round(seconds * 1000))
    hours, rest = divmod(thousandths, 3600000)
    return f"{hours:02}:{rest // 60000:02}:{rest // 1000 % 60:02},{rest % 1000:03}"
