"""EDGE. What is kept on disk."""
