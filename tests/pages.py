"""Writes the pages of docs/ that the program itself knows best: ./dev docs.

The man page needs argparse-manpage, which has to be built: it is written here and kept, and a test looks through it.
"""

from __future__ import annotations

from pathlib import Path

from kotozoe.cli.parser import parser

MAN_PAGE = Path(__file__).parents[1] / "docs" / "kotozoe.1"


def main() -> None:
    from argparse_manpage.manpage import Manpage  # noqa: PLC0415 - installed for this alone

    page = str(Manpage(parser()))
    first, rest = page.split("\n", 1)
    MAN_PAGE.write_text(f"{_undated(first)}\n{rest}", encoding="utf-8")


def _undated(heading: str) -> str:
    """Return the .TH line without its date: a page that did not change is not written anew."""
    words = heading.split('"')
    words[3] = ""
    return '"'.join(words)


if __name__ == "__main__":
    main()
