"""The config file, validated, and its changes."""
