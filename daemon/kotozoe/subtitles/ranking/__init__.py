"""An entry's files: what each is, and which is best."""
