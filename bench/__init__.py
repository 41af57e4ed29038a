"""Benchmarks: one file a question, each with its baseline in the same run. `python -m bench` runs them."""
