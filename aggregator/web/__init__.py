"""The web door: emitted feeds, pages for people, counted links."""
