"""The workshop: what the person who runs the site can see and do in a browser, behind a login."""
