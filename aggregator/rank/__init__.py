"""Rank: what counts as a read, what reads are worth, and which entries enter a most-read list. Pure: no I/O, no clock."""
