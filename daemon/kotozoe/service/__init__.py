"""The daemon as a process: one at a time, logged, seen."""
