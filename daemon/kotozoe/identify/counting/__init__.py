"""Ways to count episodes: relation rules, and the season map."""
