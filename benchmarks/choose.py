"""Measures choosing: answers the requests of `kotozoe choose --json -` line by line, or times a folder of 1,100 names.

python benchmarks/choose.py --json - [--rules FILE] [--seasons FILE] [--facts FILE] < REQUESTS
python benchmarks/choose.py --time [REQUESTS]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from kotozoe.decide.choose import Background, choose_json, starts_of, wanted_of
from kotozoe.decide.numbering import Rules, parse_rules
from kotozoe.decide.rank import Preferences, choose
from kotozoe.decide.seasons import parse_seasons
from kotozoe.model import SubtitleFile


def answer(arguments: argparse.Namespace) -> None:
    rules = parse_rules(Path(arguments.rules).read_text()) if arguments.rules else Rules()
    rows = parse_seasons(Path(arguments.seasons).read_text()).rows if arguments.seasons else ()
    facts = {}
    if arguments.facts:
        facts = {f["id"]: f for f in map(json.loads, Path(arguments.facts).read_text().splitlines())}
    for text in sys.stdin:
        line = json.loads(text)
        media = line["anilist_id"]
        one = facts.get(media, {})
        titles = tuple(t for t in (one.get("title") or {}).values() if t)
        known = Background(titles, (), one.get("episodes"), one.get("format"), starts_of(media, rules, rows))
        print(json.dumps(choose_json(line, known), ensure_ascii=False))


def timed() -> None:
    names = [
        f"[Group{i % 5}] Kaze no Renshuu - {i % 220 + 1:02d} (1080p) [{i:08X}].ja.{'ass' if i % 2 else 'srt'}"
        for i in range(550)
    ]
    names += [f"風の練習.S0{i // 110 + 1}E{i % 110 + 1:02d}.第{i + 1}話.WEBRip.Netflix.ja[cc].srt" for i in range(550)]
    files = tuple(SubtitleFile(n) for n in names)
    best = float("inf")
    for _ in range(5):
        begin = time.perf_counter()
        wanted = wanted_of("[Group1] Kaze no Renshuu - 37 (1080p).mkv", 37, None, ("Kaze no Renshuu",), Background())
        choose(files, wanted, Preferences())
        best = min(best, time.perf_counter() - begin)
    from guessit import guessit  # noqa: PLC0415 - only for the comparison

    guessit(names[0])
    begin = time.perf_counter()
    for name in names[::11]:
        guessit(name, {"type": "episode"})
    guessed = (time.perf_counter() - begin) * 11
    print(f"{len(files)} names: {best * 1000:.1f} ms; guessit {guessed * 1000:.0f} ms; ratio 1:{guessed / best:.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", nargs="?")
    parser.add_argument("--time", action="store_true")
    for name in ("--rules", "--seasons", "--facts"):
        parser.add_argument(name)
    arguments = parser.parse_args()
    if arguments.time:
        timed()
    else:
        answer(arguments)


main()
