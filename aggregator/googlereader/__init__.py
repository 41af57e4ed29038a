"""The doors for feed readers: the Google Reader API, and thin adapters that speak Fever and Miniflux.

All logic is in `library.syncing`, `library.subscribing` and `library.readers`; here are languages only.
"""
