"""Fetching: from a `FetchRequest` to a `FetchOutcome`, many at once, polite and bounded; and when to come back."""
