"""EDGE. Every mpv: found, greeted, listened to, spoken to."""
