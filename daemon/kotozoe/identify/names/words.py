"""The vocabulary of release names: what is never part of a title."""

from __future__ import annotations

import re

# Where a name says how it was made; a title text ends before the first of these.
TECHNICAL = re.compile(
    r"(?<![a-z0-9])(?:"
    r"\d{3,4}[pi]|[48]k|uhd|\d{3,4} ?[x×*] ?\d{3,4}|ai2160p"
    r"|[hx][. ]?26[45]|hevc|avc|av1|vp9|xvid|divx\d?|mpeg-?[24]|h\.?26[45]|wmv\d?|rmvb"
    r"|(?:10|8)[- ]?bits?|hi10p?|ma10p|hdr10?|hdr|sdr|yuv\d*p\d*"
    r"|flac[\d.]*|e?aac[\d.x]*|e-?ac-?3[\d.]*|ac3|dts(?:-?hd)?|ddp?\+?\d\.\d|truehd|opus[\d.]*|vorbis|mp3"
    r"|blu-?ray|bd-?rip|bdremux|bd|bdmv|brrip|dvd-?rip|dvd\d?|dvd-?[rv]|hddvd|remux|web-?rip|web-?dl|web|hdtv"
    r"|tvrip|dtv|vhs|ld-?rip|hdrip|tv-?rip"
    r"|dual[- ]?audio|multi[- ]?(?:subs?|audio)|multiple subtitles?|eng(?:lish)?[- ]?subs?|subbed|dubbed|dub"
    r"|uncensored|uncut|raws?"
    r"|repack|proper|batch|complete|hybrid|multi|dual"
    r"|big5|gb|chs|cht|gb_?mp4|mp4|mkv|720p_mp4|subx\d|baha"
    r"|crc32|v0"
    r")(?![a-z0-9])|[简簡繁].{0,3}[体體字内內日外]|字幕",
    re.IGNORECASE,
)
# Technical words that titles hold, too, with more of a title behind them.
TITLE_TOO = re.compile(
    r"(?<=\w[ -])(?:dvd|web|dual|multi|complete)(?=[ -][^\W\d_]{3}|[ -]?[ぁ-ヿ㐀-鿿]{2})", re.IGNORECASE
)
CHECKSUM = re.compile(r"^[0-9A-Fa-f]{8}$")

# What is not an episode, said after the title.
EXTRA = re.compile(
    r"(?<![A-Za-z0-9])(?:NC ?(?:OP|ED)|(?:BD|DVD) ?[Mm]enus?(?![A-Za-z])"
    r"|(?:OP|ED|PV|CM)(?= ?\d{0,2}[a-z]?(?:v\d)?(?![A-Za-z0-9]))"
    r"|(?i:creditless|textless|clean (?:opening|ending)|opening|ending|trailers?|teaser|preview|menus?"
    r"|promo(?:tional)?(?: video)?|karaoke"
    r"|commercials?|sample|soundtrack|ost|bonus|making of|featurette|interview|music video)(?![A-Za-z]))"
    r"|ノンテロップ|ノンクレジット|予告|メニュー|特典"
)
# What is not an episode, said by all that one bracket holds; elsewhere most of these are words of titles as well.
EXTRA_BRACKET = re.compile(
    r"(?:(?:web|tv|bd|dvd|blu-?ray|disc|character|stage|event|release|cast|staff|audio|creditless|next"
    r"|clean)\d{0,2}[ ._-]?){0,2}"
    r"(?:nc(?=[ ._-]?\d)|(?:nc)?(?:op|ed)|pv|cm|iv|mv|menus?|previews?|trailers?|teasers?|spots?|logos?|digest|tokuten"
    r"|events?|interviews?|making|talks?|creditless|opening|ending)"
    r"(?:[ ._-]?(?:ep|vol|ver)?[ ._-]?\d{1,2}[a-z]?){0,2}(?:v\d)?",
    re.IGNORECASE,
)
# What is about an episode or a game, and is none.
ABOUT = re.compile(
    r"(?<![a-z])(?:reactions?|reacts?(?: to)?|walkthrough|playthrough|gameplay|let'?s play|speedrun|review"
    r"|explained|amv)(?=\s*(?:$|[\[(\])¦#-]|part|ep|\d))|リアクション|ゆっくり実況|実況プレイ",
    re.IGNORECASE,
)
# Said of what is played by actors, and never of anime.
LIVE_ACTION = re.compile(
    r"(?<![a-z0-9])(?:live[ ._-]?action|[jkct][ -]?dramas?|dorama)(?![a-z])|実写|日[剧劇]"
    r"|[\[(【（](?:live|drama|ドラマ)[\])】）]",
    re.IGNORECASE,
)
EXTRA_FOLDER = re.compile(
    r"^(?:extras?|nc|nc ?op.*|nc ?ed.*|op ?(?:&|and|-)? ?ed|creditless.*|trailers?|menus?|bonus(?:es)?"
    r"|featurettes?|samples?|previews?|pvs?|cms?"
    r"|interviews?|scans?|soundtracks?|osts?|music|behind the scenes|deleted scenes|特典.*|映像特典)$",
    re.IGNORECASE,
)
NOT_VIDEO = re.compile(r"\.(?:mp3|flac|m4a|ogg|opus|wav|ape|aac|wma|jpe?g|png|gif|webp|cue|m3u8?)$", re.IGNORECASE)

SPECIAL = re.compile(
    r"(?<![a-z0-9])(?:s\d{1,2} ?)?(?:(?P<ova>ova|oad|oav)|(?P<special>specials?|sp|ex(?=\d)))"
    r"(?: ?#?(?P<number>\d{1,2}(?:\.5)?)(?!\d))?(?:v\d)?(?![a-z])",
    re.IGNORECASE,
)
MOVIE = re.compile(
    r"(?<![a-z])(?:the movie|movie|film|eiga|gekijou-?ban|gekijou ban)(?![a-z])|劇場版|剧场版|映画", re.IGNORECASE
)
# Words with which a folder says nothing about the title.
_GENERIC_WORDS = """
anime animes movie movies film films tv show shows series video videos download downloads torrent torrents complete
completed new folder media data mnt home user users desktop documents library storage share shared shares nas disk disc
dvd dvds vol volume volumes bd bds bdmv stream streams blu ray bluray bdrip ova ovas oad oads ona onas episode episodes
main batch raw raws sub subs subbed dub dubbed watching watched seeding incoming tmp temp var srv run plex jellyfin emby
japanese japan rec recs recording recordings recorded record tvrec recorder pvr dvr epg tuner menu menus part season
seasons special specials cour web webrip winter spring summer autumn fall hdd ssd usb backup archive archives extra
extras bonus to and the
my of ongoing airing finished unwatched todo misc other others collection cartoons
アニメ 映画 動画 ビデオ ダウンロード 録画 録画済 録画済み 視聴中 視聴済み 未視聴 完結 放送中 再放送 今期 深夜アニメ 番組
テレビ 动漫 动画 動漫 番剧 新番 完结 剧场版 劇場版 下载 第
"""
_GENERIC = frozenset(_GENERIC_WORDS.split())
_PERIOD = re.compile(
    r"(?<!\d)(?:\d{1,4}年(?:度)?|\d{1,2}月|\d{3,4}p(?![a-z]))|[冬春夏秋](?:アニメ|番組|期)?(?![ぁ-ヿ㐀-鿿])|(?<![a-z])q[1-4](?![a-z\d])"
)
# A title text of nothing but these is none, either.
_UNTITLING_WORDS = """the series tv anime movie film ova oad ona episode season part special specials video gekijouban
gekijoban eiga 劇場版 剧场版 映画 特別編"""
_UNTITLING = frozenset(_UNTITLING_WORDS.split())
SEASON_FOLDER = re.compile(
    r"^(?:season|saison|staffel|temporada|series|s|シーズン|第) ?0*(\d{1,3}) ?(?:期|季)?(?: ?[\[(].*)?$", re.IGNORECASE
)
SPECIALS_FOLDER = re.compile(r"^(?:specials?|sp|season 0+|s0+)$", re.IGNORECASE)
OVA_FOLDER = re.compile(r"^(?:ova|oad|oav|sp)s?(?: ?[&+,] ?(?:ova|oad|oav|sp|special)s?)?$|^特別[編篇]$", re.IGNORECASE)
FILM_FOLDER = re.compile(
    r"^(?:the )?(?:movies?|films?|gekijou-?ban)(?: ?[&+,] ?(?:ova|oad|special|sp)s?)?$|^(?:劇場版|剧场版|映画)$",
    re.IGNORECASE,
)


def generic(folder: str) -> bool:
    """Say whether a folder's name says nothing about a title: "Anime", "2024年春", "New Folder (2)", "D:"."""
    folder = re.sub(r"^\s*\[[^\[\]]*\]", " ", folder)
    words = re.findall(r"\w+", _PERIOD.sub(" ", TECHNICAL.sub(" ", folder.replace("_", " ").casefold())))
    return all(w in _GENERIC or w.isdecimal() or (len(w) == 1 and w.isascii()) for w in words)


def untitling(title_text: str) -> bool:
    """Say whether a title text holds no word that may be a title's."""
    words = re.findall(r"\w+", title_text.casefold())
    return all(w in _UNTITLING or w.isdecimal() for w in words)


# Chatter of fansub headers: what is aired when, who looks for members.
NOISE = re.compile(
    r"★[^★]*[番新][^★]*★|★|\d{1,2}月新?番|\d{4}年\d{1,2}月新?番?|新番|最終[話回]|新番組|再放送|期間限定[公配][開信]|(?:無料|見逃し|公式|全話|一挙|先行)[公配][開信]中?|本編(?=$|[\s|｜\])】])|招募.*|[（(][^（）()]{0,4}[僅仅][限供][^（）()]{1,20}[）)]|搜索用.*|[（(]搜索用.*?[）)]|(?<![a-z])(?:END"
    r"|FIN(?:AL)?)(?=[\])】）])",
    re.IGNORECASE,
)
