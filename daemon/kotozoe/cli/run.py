"""`kotozoe run`: the daemon, in the foreground."""

from __future__ import annotations

import argparse
import gc

from kotozoe.cli.call import Call, Commands


def add_parser(commands: Commands, common: argparse.ArgumentParser) -> argparse.ArgumentParser:
    return commands.add_parser("run", parents=[common], help="watch mpv and load subtitles, until stopped")


def run(_: argparse.Namespace, call: Call) -> int:
    gc.collect()  # the parser is made of circles: what is imported next takes its place, 0.7 MB for good
    from kotozoe.app import running

    return running.run(call.config, call.masks)
