"""Cues, how they would fit, and how sure that is."""
