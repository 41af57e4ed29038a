"""Group: which entries belong together, and to which topics they belong."""
