"""The config: declared, checked, written, and reloaded while the daemon runs."""
