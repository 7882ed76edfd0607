"""The catalogue database, the pins, and the one way to open SQLite."""
