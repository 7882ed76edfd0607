"""Readings and knowledge to a verdict, with its evidence and what would change it."""
