"""At home on the desktop: where mpv lives, what is put there, what ails it."""
