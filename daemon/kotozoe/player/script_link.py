"""The words between the daemon and kotozoe.lua inside of an mpv."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

import kotozoe
from kotozoe.errors import CommandRefused
from kotozoe.player import messages
from kotozoe.player.connection import Connection
from kotozoe.player.messages import ScriptMessage

log = logging.getLogger(__name__)


@dataclass(slots=True)
class ScriptLink:
    """`greeted`: the script has answered. Without the script, what is sent is lost. Methods raise PlayerGone."""

    connection: Connection
    player_id: str
    greeted: bool = field(default=False, init=False)

    async def send(self, name: str, content: Mapping[str, object]) -> None:
        """Send one message."""
        try:
            await self.connection.command("script-message-to", "kotozoe", name, json.dumps(content))
        except CommandRefused:
            log.debug("%s: the script is not loaded", self.player_id)

    async def greet(self) -> None:
        """Tell the script who is here, and which protocol is spoken."""
        try:
            client = await self.connection.client_name()
        except CommandRefused:
            log.debug("%s: the script is not loaded", self.player_id)
        else:
            version = kotozoe.__version__
            await self.send("hello", {"protocol": messages.PROTOCOL, "version": version, "client": client})

    def check(self, hello: ScriptMessage) -> None:
        """Take the script's answer; one of another version is said once."""
        protocol = messages.protocol_of(hello)
        if not self.greeted and protocol != messages.PROTOCOL:
            log.warning(
                "%s: its kotozoe.lua uses protocol %s, this daemon %d: run `kotozoe install` again",
                self.player_id,
                protocol,
                messages.PROTOCOL,
            )
        self.greeted = True
