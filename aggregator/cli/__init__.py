"""The command line (floor 6)."""
