"""A picture is shown once: where it stands above a text already, it is left out of the text."""

from __future__ import annotations

import re
from html import unescape

_ATTRIBUTES = r'(?:\s+[\w-]+="[^"]*")*\s*'  # as the sanitiser writes them
_IMAGE = re.compile(rf"<img{_ATTRIBUTES}/?>")
_SOURCE = re.compile(r'\ssrc="([^"]*)"')
_OPENING = re.compile(rf"<(a|p|div|span|figure|picture){_ATTRIBUTES}>\s*$")
_WRAPPERS = 4  # elements around an image that go with it; publishers nest two or three, a hostile text thousands


def without_image(html: str, url: str | None) -> str:
    """Return sanitised HTML without the first image at that address, and without the elements that held nothing else."""
    if not url:
        return html
    for image in _IMAGE.finditer(html):
        source = _SOURCE.search(image[0])
        if source and unescape(source[1]) == url:
            return _join(html[: image.start()], html[image.end() :])
    return html


def _join(before: str, after: str) -> str:
    """Return the two put together, without the elements that are empty where they meet."""
    for _ in range(_WRAPPERS):
        opening = _OPENING.match(before, max(before.rfind("<"), 0))
        if opening is None or not after.lstrip().startswith(f"</{opening[1]}>"):
            break
        before, after = before[: opening.start()], after.lstrip().removeprefix(f"</{opening[1]}>")
    return before + after
