"""kotozoe: the right Japanese subtitle, beside the words, before the first line is spoken."""

__version__ = "0.1.0"

HOME_PAGE = "https://github.com/kotozoe/kotozoe"
USER_AGENT = f"kotozoe/{__version__} (+{HOME_PAGE})"
