"""EDGE. Services that know titles or have subtitles."""
