"""EDGE. What a subtitle can be timed by: text tracks and sound of the video, read sparingly; and its own text."""
