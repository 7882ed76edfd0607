"""A name taken apart: words, readings, titles, and what is stated outright."""
