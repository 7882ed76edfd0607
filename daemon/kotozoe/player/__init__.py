"""Every mpv: discovery, connection, events and commands."""

from kotozoe.player.announcement import runtime_folder, sandbox_folders
from kotozoe.player.discovery import PlayerDiscovery
from kotozoe.player.messages import Loaded, PlayerEvent, Renamed, ScriptMessage, Unloaded
from kotozoe.player.player import Player

__all__ = [
    "Loaded",
    "Player",
    "PlayerDiscovery",
    "PlayerEvent",
    "Renamed",
    "ScriptMessage",
    "Unloaded",
    "runtime_folder",
    "sandbox_folders",
]
