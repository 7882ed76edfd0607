"""Every mpv: discovery, connection, events and commands."""

from kotozoe.player.announcement import runtime_folder, sandbox_folders
from kotozoe.player.discovery import PlayerDiscovery
from kotozoe.player.messages import Loaded, PlayerEvent, ScriptMessage, Unloaded
from kotozoe.player.player import Player

__all__ = [
    "Loaded",
    "Player",
    "PlayerDiscovery",
    "PlayerEvent",
    "ScriptMessage",
    "Unloaded",
    "runtime_folder",
    "sandbox_folders",
]
