"""Poll feeds, group and rank their entries by reads, and emit combined feeds."""

__version__ = "0.1.0"
