"""Edits of config.yaml that change the lines concerned and no other byte: comments, order, quotes and indentation stay.

What was edited is read back and compared with what was meant; only then the file is replaced, as a whole.
"""

from __future__ import annotations

import contextlib
import difflib
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from aggregator.config.loading import parse_settings
from aggregator.config.reading import read_text, yaml_errors
from aggregator.config.splicing import (
    NoPlaceError,
    Place,
    cut_feed,
    find_feeds,
    find_topic,
    insert_examples,
    insert_feeds,
    insert_topic,
    set_in_topic,
    topic_pairs,
)
from aggregator.config.values import feed_key
from aggregator.errors import ConfigError, FeedExists, FeedNotFound, TopicNotFound
from aggregator.model.feed import FeedSettings
from aggregator.model.topic import Topic

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NOTHING = frozenset({"[]", '""'})  # values that a new topic is written without


def add_feed(path: Path, feed: FeedSettings) -> None:
    """Write a feed to the end of the list.

    Raises: FeedExists, ConfigError.
    """
    if not add_feeds(path, [feed]):
        raise FeedExists("is in the configuration already", feed_url=feed.url)


def add_feeds(path: Path, feeds: Iterable[FeedSettings]) -> list[FeedSettings]:
    """Write feeds to the end of the list in one step, and return those that were not there yet.

    Raises: ConfigError.
    """
    text = read_text(path)
    with _errors(path):
        place = find_feeds(text)
    known = {feed_key(url) for url in place.urls}
    new: list[FeedSettings] = []
    for feed in feeds:
        if feed_key(feed.url) not in known:
            known.add(feed_key(feed.url))
            new.append(feed)
    if new:
        _replace(path, insert_feeds(text, place, new), urls=[*place.urls, *(feed.url for feed in new)])
    return new


def remove_feed(path: Path, url: str) -> None:
    """Take a feed out of the list; comments around it stay.

    Raises: FeedNotFound, ConfigError.
    """
    text = read_text(path)
    with _errors(path):
        place = find_feeds(text)
    keys = [feed_key(known) for known in place.urls]
    if feed_key(url) not in keys:
        raise FeedNotFound("is not in the configuration" + _nearest(url, place), feed_url=url)
    index = keys.index(feed_key(url))
    _replace(path, cut_feed(text, place, index), urls=place.urls[:index] + place.urls[index + 1 :])


def add_examples(path: Path, slug: str, examples: Iterable[str]) -> list[str]:
    """Write examples to a topic in one step, and return those that were not there yet.

    Raises: TopicNotFound, ConfigError.
    """
    text = read_text(path)
    with _errors(path, key="topics"):
        place = find_topic(text, slug)
        if place is None:
            raise TopicNotFound(slug)
        new = [example for example in dict.fromkeys(examples) if example not in place.examples]
        if not new:
            return []
        made = insert_examples(text, place, new)
        read_back = find_topic(made, slug)
    if read_back is None or read_back.examples != [*place.examples, *new]:
        raise ConfigError("cannot be edited by program; please edit it by hand", file=path, key="topics")
    _put(path, made)
    return new


def save_topic(path: Path, topic: Topic, *, environ: Mapping[str, str]) -> bool:
    """Write a topic's title, rules, description and examples, and return whether it is new; what else is set for it stays.

    Examples that only grow are put behind those that are there; another value that changes is written anew.

    Raises: ConfigError.
    """
    text = read_text(path)
    before = {known.slug: known for known in parse_settings(text, path=path, environ=environ).topics}.get(topic.slug)
    with _errors(path, key="topics"):
        if before is None:
            made = insert_topic(text, [pair for pair in topic_pairs(topic) if pair[1] not in _NOTHING])
        else:
            made = _changed(text, before, topic)
    if made != text:
        after = {known.slug: known for known in parse_settings(made, path=path, environ=environ).topics}.get(topic.slug)
        if after is None or topic_pairs(after) != topic_pairs(topic):
            raise ConfigError("cannot be edited by program; please edit it by hand", file=path, key="topics")
        _put(path, made)
    return before is None


def _changed(text: str, before: Topic, topic: Topic) -> str:
    """Return the text with those values of a topic written anew that are not as before."""
    known = len(before.examples)
    for (key, written), (_, old) in zip(topic_pairs(topic), topic_pairs(before), strict=True):
        if written == old:
            continue
        place = find_topic(text, topic.slug) if key == "examples" and known else None
        if place is not None and topic.examples[:known] == before.examples:
            text = insert_examples(text, place, topic.examples[known:])
        else:
            text = set_in_topic(text, topic.slug, key, written)
    return text


def _nearest(url: str, place: Place) -> str:
    nearest = difflib.get_close_matches(url, place.urls, n=1)
    return f"; did you mean {nearest[0]}?" if nearest else ""


@contextlib.contextmanager
def _errors(path: Path, *, key: str = "feeds") -> Iterator[None]:
    try:
        with yaml_errors(path):
            yield
    except NoPlaceError as error:
        raise ConfigError(f"cannot be edited by program: {error}", file=path, key=key) from error


def _replace(path: Path, text: str, *, urls: list[str]) -> None:
    """Put the text in the place of the file if it says what it should: the feeds `urls`, in this order.

    Raises: ConfigError.
    """
    try:
        with _errors(path):
            as_meant = find_feeds(text).urls == urls
    except ConfigError:
        as_meant = False
    if not as_meant:
        raise ConfigError("cannot be edited by program; please edit it by hand", file=path, key="feeds")
    _put(path, text)


def _put(path: Path, text: str) -> None:
    """Put the text in the place of the file.

    Raises: ConfigError.
    """
    try:
        _write(path.resolve(), text.encode())
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror}", file=path) from error


def _write(target: Path, body: bytes) -> None:
    """Replace a file so that at every moment, even without power, the old or the new one stands there; mode and owner stay."""
    before = target.stat()
    if target.read_bytes().startswith(_BYTE_ORDER_MARK):
        body = _BYTE_ORDER_MARK + body
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
        try:
            file.write(body)
            file.flush()
            os.fchmod(file.fileno(), before.st_mode & 0o7777)
            with contextlib.suppress(PermissionError):  # only root may give files away; others own it already
                os.fchown(file.fileno(), before.st_uid, before.st_gid)
            os.fsync(file.fileno())
            Path(file.name).replace(target)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
