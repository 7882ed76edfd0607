"""Writes the pages of docs/ that the program itself knows best: ./dev docs.

The man page needs argparse-manpage, which has to be built: it is written here and kept, and a test looks through it.
"""

from __future__ import annotations

from pathlib import Path

from kotozoe.cli.parser import parser
from kotozoe.settings.written import man_section, page

_DOCS = Path(__file__).parents[1] / "docs"
MAN_PAGE, CONFIG_PAGE = _DOCS / "kotozoe.1", _DOCS / "config.md"


def main() -> None:
    from argparse_manpage.manpage import Manpage  # noqa: PLC0415 - installed for this alone

    CONFIG_PAGE.write_text(page(), encoding="utf-8")
    first, rest = str(Manpage(parser())).split("\n", 1)
    MAN_PAGE.write_text(f"{_undated(first)}\n{_titled(rest.rstrip())}\n{man_section()}", encoding="utf-8")


def _titled(page: str) -> str:
    """Return the page with the headings of man-pages(7), and a name that `man -k` finds."""
    description = parser().description or ""
    for written, usual in (
        (".SH NAME\nkotozoe\n", f".SH NAME\nkotozoe \\- {description.rstrip('.')}\n"),
        (".SH\nPOSITIONAL ARGUMENTS\n", ".SH COMMANDS\n"),
        (".SH COMMENTS\nexit codes: ", ".SH EXIT STATUS\n"),
    ):
        if written not in page:
            raise ValueError(f"argparse-manpage writes another page than before: no {written!r}")
        page = page.replace(written, usual, 1)
    return page


def _undated(heading: str) -> str:
    """Return the .TH line without its date: a page that did not change is not written anew."""
    words = heading.split('"')
    words[3], words[7] = "", "User Commands"
    return '"'.join(words)


if __name__ == "__main__":
    main()
