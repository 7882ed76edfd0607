"""The real daemon between a world and players that misbehave, from a seed; and what must hold whatever they do."""
