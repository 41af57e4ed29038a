"""The flows: ingest, grouping, publish, retain; they meet only in the store (floor 3)."""
