"""Two hundred names of videos that are no anime: other series and films, lectures, music, recordings, home videos."""

from __future__ import annotations

from collections.abc import Iterator

_SERIES = (
    "Breaking Bad", "The HttpClient", "Better Call Saul", "Fargo", "Chernobyl", "Succession", "Severance", "Seinfeld",
    "The Sopranos", "Mad Men", "Peaky Blinders", "Downton Abbey", "Doctor Who", "Midsomer Murders", "Babylon Berlin",
    "Borgen", "Gomorra", "Money Heist", "Kingdom of Heaven", "Star Trek Deep Space Nine", "Battlestar Galactica",
    "Game of Thrones", "House of Cards", "The West Wing", "Curb Your Enthusiasm",
)  # fmt: skip
_DRAMAS = (
    "Crash Landing on You", "Reply 1988", "Goblin", "Hospital Playlist", "Nirvana in Fire", "The Untamed",
    "Story of Yanxi Palace", "Hanzawa Naoki", "Midnight Diner Tokyo Stories", "Moving",
)  # fmt: skip
_RECORDED = (
    "相棒", "ドクターX", "半沢直樹", "ブラタモリ", "世界の果てまでイッテQ!", "NHKスペシャル", "きょうの料理",
    "大河ドラマ「光る君へ」", "笑点", "ニュースウオッチ9",
)  # fmt: skip
_FILMS = (
    ("Inception", 2010), ("Heat", 1995), ("The Godfather", 1972), ("Pulp Fiction", 1994), ("Alien", 1979),
    ("Blade Runner 2049", 2017), ("Parasite", 2019), ("Oldboy", 2003), ("Seven Samurai", 1954), ("Ikiru", 1952),
    ("Shoplifters", 2018), ("Drive My Car", 2021), ("Amelie", 2001), ("Das Boot", 1981), ("Casablanca", 1942),
    ("Dune Part Two", 2024), ("No Country for Old Men", 2007), ("The Third Man", 1949), ("Paris, Texas", 1984),
    ("Mulholland Drive", 2001),
)  # fmt: skip
_OTHERS = (
    ("lecture", "/courses/Linear Algebra/Lecture {n:02d}.mp4"),
    ("lecture", "/courses/MIT 6.006 Introduction to Algorithms/{n:02d} - Hashing.mp4"),
    ("lecture", "/talks/PyCon 2023/{n:02d} - Keynote.webm"),
    ("lecture", "/courses/Deep Learning Specialization/Week {n}/video {n:02d}.mp4"),
    ("music", "/music/Live at Budokan 2019/{n:02d} - Encore.mkv"),
    ("music", "/music/Concerts/Pink Floyd - Pulse (1995) - {n:02d} - Time.mkv"),
    ("home", "/home/anna/Videos/Holiday 2019/clip {n:02d}.mp4"),
    ("home", "/home/anna/Videos/2024-07-{n:02d} 12-30-05.mp4"),
    ("home", "/media/camera/DCIM/100GOPRO/GOPR00{n:02d}.MP4"),
    ("home", "/home/anna/Videos/VID_202407{n:02d}_123005.mp4"),
    ("home", "/home/anna/Videos/Screencast from 2024-05-{n:02d} 12-00-01.webm"),
    ("game", "/yt/Elden Ring walkthrough part {n}.mp4"),
    ("game", "/yt/Lets play Factorio episode {n} - trains.mp4"),
    ("podcast", "/pod/darknet diaries - ep {n} - the hacker.mp4"),
    ("sport", "/sport/Formula 1 2024 Round {n:02d} Monaco Race.mkv"),
)
_NUMBERS = (3, 7, 12, 21)


def not_anime() -> Iterator[tuple[str, str]]:
    """Yield pairs of a kind and a path; the same ones every time."""
    for at, title in enumerate(_SERIES):
        season, number = at % 4 + 1, at % 9 + 1
        dotted = title.replace(" ", ".")
        yield "series", f"/tv/{title}/Season {season:02d}/{title} - S{season:02d}E{number:02d} - The Long Road.mkv"
        yield "series", f"/downloads/{dotted}.S{season:02d}E{number:02d}.1080p.BluRay.x264-GROUP.mkv"
        yield "series", f"/tv/{title}/Season {season} - {number:02d}.mkv"
    for at, title in enumerate(_DRAMAS):
        yield "drama", f"/tv/kdrama/{title}/{title} E{at + 1:02d}.mkv"
        yield "drama", f"/tv/{title}.S01E{at + 1:02d}.1080p.NF.WEB-DL.mkv"
    for at, title in enumerate(_RECORDED):
        yield "recording", f"/rec/{title} 第{at + 1}回[字].ts"
    for title, year in _FILMS:
        yield "film", f"/films/{title} ({year})/{title} ({year}) Bluray-1080p.mkv"
        yield "film", f"/films/{title.replace(' ', '.')}.{year}.1080p.BluRay.x264-GROUP.mkv"
    for kind, template in _OTHERS:
        yield from ((kind, template.format(n=number)) for number in _NUMBERS)
