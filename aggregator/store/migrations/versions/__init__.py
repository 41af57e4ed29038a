"""One file a revision, numbered: the order can be read from the names."""
