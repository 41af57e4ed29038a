"""From the feed's own words to values that can be trusted: absolute URLs, clean HTML, sane dates, stable identities.

Everything here is pure: no clock, no socket, no store. `update` normalises a document, `decide` says what it changes.
"""
