"""EDGE. Every mpv: found, greeted, listened to, spoken to."""

from kotozoe.player.announcement import runtime_folder
from kotozoe.player.discovery import Watch
from kotozoe.player.messages import Loaded, PlayerEvent, ScriptMessage, Unloaded
from kotozoe.player.player import Player

__all__ = ["Loaded", "Player", "PlayerEvent", "ScriptMessage", "Unloaded", "Watch", "runtime_folder"]
