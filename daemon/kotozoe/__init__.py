"""kotozoe: the right Japanese subtitle from Jimaku, loaded in mpv while you watch."""

__version__ = "0.1.0"

HOME_PAGE = "https://github.com/kotozoe/kotozoe"
USER_AGENT = f"kotozoe/{__version__} (+{HOME_PAGE})"
