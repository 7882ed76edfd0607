"""Bytes to text that mpv shows right."""
