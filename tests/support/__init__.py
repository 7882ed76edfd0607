"""Stand-ins that several tests share: a finder, a source of subtitles, a player, and a playback around them."""
