"""Parse: bytes to `ParsedFeed`, a fast path for well-formed XML and feedparser for the rest; it never fetches."""
