"""Composition root: builds everything from the settings, for the daemon and for the commands."""
