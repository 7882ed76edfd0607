from __future__ import annotations

import argparse
import re
from collections.abc import Iterator

from kotozoe.cli.parser import parser
from tests.pages import MAN_PAGE


def said(of: argparse.ArgumentParser) -> Iterator[str]:
    """Yield every sentence and option that the parser knows."""
    for action in of._actions:
        if isinstance(action, argparse._SubParsersAction):
            for choice in action._choices_actions:
                yield choice.help or ""
            for below in action.choices.values():
                yield from said(below)
        elif not isinstance(action, argparse._HelpAction):
            yield from action.option_strings
            yield "" if action.help == argparse.SUPPRESS else action.help or ""


def test_the_man_page_has_a_name_that_is_found_and_the_usual_sections() -> None:
    page = MAN_PAGE.read_text("utf-8")
    assert re.search(r"^\.SH NAME\nkotozoe \\- The right Japanese subtitle", page, re.MULTILINE)
    sections = re.findall(r"^\.SH ([A-Z ]+)$", page, re.MULTILINE)
    assert sections == ["NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "EXIT STATUS", "CONFIGURATION"]


def test_the_man_page_says_what_the_parser_says() -> None:
    """`./dev docs` writes it anew."""
    page = re.sub(r"\\f[BIR]|\\,|\\/", "", MAN_PAGE.read_text("utf-8")).replace("\\-", "-").replace("\\", "")
    words = " ".join(page.split())
    missing = [sentence for sentence in said(parser()) if " ".join(sentence.split()) not in words]
    assert missing == []
