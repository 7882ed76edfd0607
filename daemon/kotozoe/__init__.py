"""kotozoe: the right Japanese subtitle, beside the words, before the first line is spoken."""

__version__ = "0.1.0"
