"""The vocabulary of release names: what is never part of a title."""

from __future__ import annotations

import re

# Where a name says how it was made; a title zone ends before the first of these.
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
# Technical words that are also words of titles count only in brackets or beside others.
CHECKSUM = re.compile(r"^[0-9A-Fa-f]{8}$")

# What is not an episode, said after the title.
EXTRA = re.compile(
    r"(?<![A-Za-z0-9])(?:NC ?(?:OP|ED)|(?:OP|ED|PV|CM)(?= ?\d{0,2}[a-z]?(?:v\d)?(?![A-Za-z0-9]))"
    r"|(?i:creditless|textless|clean (?:opening|ending)|opening|ending|trailers?|teaser|preview|menus?"
    r"|promo(?:tional)?(?: video)?|karaoke"
    r"|commercials?|sample|soundtrack|ost|bonus|making of|featurette|interview|music video)(?![A-Za-z]))"
    r"|ノンテロップ|ノンクレジット|予告|メニュー|特典"
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
    r"(?<![a-z0-9])(?:(?P<ova>ova|oad|oav)|(?P<special>specials?"
    r"|sp))(?: ?#?(?P<number>\d{1,2})(?!\d))?(?:v\d)?(?![a-z])",
    re.IGNORECASE,
)
MOVIE = re.compile(
    r"(?<![a-z])(?:the movie|movie|film|gekijou-?ban|gekijou ban)(?![a-z])|劇場版|剧场版|映画", re.IGNORECASE
)
# Words with which a folder says nothing about the title.
GENERIC_FOLDER = re.compile(
    r"^(?:anime?s?|animes?|movies?|films?|tv|tv[ -]?shows?|shows?|series|videos?|downloads?|torrents?|completed?"
    r"|new folder(?: \(\d+\))?|media|data|mnt"
    r"|home|users?|desktop|documents|library|storage|share[ds]?|nas|disk ?\d*|disc ?\d*|dvd ?\d*"
    r"|vol(?:ume)?\.? ?\d*|bd|bdmv|stream|blu-?ray|bdrip"
    r"|ova|ovas|oad|episodes?|main|batch|raws?|subs?|subbed|watching|seeding|incoming|tmp|temp|var|srv|volumes"
    r"|run|plex|jellyfin|emby|japanese"
    r"|アニメ|映画|動画|ビデオ|ダウンロード|[a-z]:?|\d{3,4}p)$",
    re.IGNORECASE,
)
SEASON_FOLDER = re.compile(
    r"^(?:season|saison|staffel|temporada|series|s|シーズン|第) ?0*(\d{1,3}) ?(?:期|季)?(?: ?[\[(].*)?$", re.IGNORECASE
)
SPECIALS_FOLDER = re.compile(r"^(?:specials?|sp|season 0+|s0+)$", re.IGNORECASE)
# Chatter of fansub headers: what is aired when, who looks for members.
NOISE = re.compile(
    r"★[^★]*[番新][^★]*★|★|\d{1,2}月新?番|\d{4}年\d{1,2}月新?番?|新番|招募.*|搜索用.*|[（(]搜索用.*?[）)]|(?<![a-z])(?:END"
    r"|FIN(?:AL)?)(?=[\])】）])",
    re.IGNORECASE,
)
