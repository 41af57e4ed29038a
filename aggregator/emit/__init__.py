"""Emit: entries become feed documents, and documents become RSS, Atom, JSON Feed and OPML. Pure: no I/O, no clock."""
