"""Where feeds and topics stand in the text of config.yaml, and the text with some put in, changed or taken out.

Pure functions on text; places are offsets that ruamel.yaml's nodes carry.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from aggregator.config.units import format_duration
from aggregator.model.feed import FeedSettings
from aggregator.model.topic import Topic

_MAY_BE_PLAIN = re.compile(r"[^\W_][^\x00-\x1f\"'#{}\[\],&*!|>%@`]*")  # text without YAML's marks; the parser has the last word
_TRAILING_COMMA = re.compile(r"\s*,")
_COMMENT = re.compile(r"(?:^|\s)#")
_INDENT = "  "

Pairs = Sequence[tuple[str, str]]
"""The keys and values of a table, as they are written."""


class NoPlaceError(Exception):
    """A list or table is written in a way that cannot be edited by program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The list of feeds in the text: its key (None: there is none), its value, and the URL of every member."""

    key: ScalarNode | None
    value: Node | None
    urls: list[str]


def find_feeds(text: str) -> Place:
    """Return where the feeds stand.

    Raises: NoPlaceError, and the errors of ruamel.yaml.
    """
    key, value = _find_list(text, "feeds")
    items = value.value if isinstance(value, SequenceNode) else ()
    return Place(key=key, value=value, urls=[_url_of(item) for item in items])


def _find_list(text: str, name: str) -> tuple[ScalarNode | None, Node | None]:
    """Return the key and the value of a section that is a list; a scalar as value is an empty one."""
    root = YAML(typ="rt").compose(text)
    if root is None:
        return None, None
    if not isinstance(root, MappingNode) or root.flow_style:
        raise NoPlaceError("the file must be a table of sections in block style")
    key, value = next(((key, value) for key, value in root.value if key.value == name), (None, None))
    if key is None or (isinstance(value, ScalarNode) and value.value in ("", "~", "null")):
        return key, value
    if not isinstance(value, SequenceNode) or value.start_mark.index < key.end_mark.index:
        raise NoPlaceError(f"{name} must be a list, and not an alias of another one")
    return key, value


def _url_of(item: Node) -> str:
    if not isinstance(item, MappingNode):
        return ""
    return next((str(value.value) for key, value in item.value if key.value == "url"), "")


def insert_feeds(text: str, place: Place, feeds: Sequence[FeedSettings]) -> str:
    """Return the text with the feeds at the end of the list, written as its last member is."""
    return _insert_members(text, "feeds", (place.key, place.value), [_pairs(feed) for feed in feeds])


def insert_topic(text: str, topic: Pairs) -> str:
    """Return the text with a topic at the end of the list, written as its last member is.

    Raises: NoPlaceError, and the errors of ruamel.yaml.
    """
    return _insert_members(text, "topics", _find_list(text, "topics"), [topic])


def _insert_members(text: str, name: str, place: tuple[ScalarNode | None, Node | None], members: Sequence[Pairs]) -> str:
    key, value = place
    if key is None or value is None:
        return _with_line_end(text) + _as_in(text, f"{name}:\n" + _block(members, indent=_INDENT))
    if not isinstance(value, SequenceNode) or not value.value:
        start, end = value.start_mark.index, value.end_mark.index
        colon = text.index(":", key.end_mark.index) + 1
        emptied = text[:colon] + text[end:] if end > start else text  # `feeds: []` becomes `feeds:`
        return _insert_lines(emptied, colon, _block(members, indent=_INDENT))
    last = value.value[-1]
    if value.flow_style:
        gap = text[value.start_mark.index + 1 : value.value[0].start_mark.index]
        separator = ",\n" + " " * last.start_mark.column if "\n" in gap else ", "
        end = _end_of(text, last)
        return text[:end] + _as_in(text, "".join(separator + _flow(member) for member in members)) + text[end:]
    indent = _line_at(text, _dash_line(text, last)).partition("-")[0]
    lines = "".join(f"{indent}- {_flow(member)}\n" for member in members) if last.flow_style else _block(members, indent=indent)
    return _insert_lines(text, _end_of(text, last), lines)


def cut_feed(text: str, place: Place, index: int) -> str:
    """Return the text without the member at `index`; an emptied list is written `[]`."""
    if place.key is None or not isinstance(place.value, SequenceNode):
        raise NoPlaceError("there is no list of feeds")
    items = place.value.value
    item, end = items[index], _end_of(text, items[index])
    if place.value.flow_style:
        if index + 1 < len(items):
            return text[: item.start_mark.index] + text[items[index + 1].start_mark.index :]
        comma = _TRAILING_COMMA.match(text, end)
        if comma:
            return text[: item.start_mark.index].rstrip() + text[comma.end() :]
        start = _end_of(text, items[index - 1]) if index else item.start_mark.index
        return text[:start] + text[end:]
    start = _dash_line(text, item)
    line_end = text.find("\n", end)
    text = text[:start] + (text[line_end + 1 :] if line_end >= 0 else "")
    if len(items) == 1:
        colon = text.index(":", place.key.end_mark.index) + 1
        text = text[:colon] + " []" + text[colon:]
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicPlace:
    """A topic in the text: its table, the value of its `examples` (None: it has none), and what stands in it."""

    table: MappingNode
    value: SequenceNode | None
    examples: list[str]


def find_topic(text: str, slug: str) -> TopicPlace | None:
    """Return where a topic stands; None where no topic of that slug is written in the file.

    Raises: NoPlaceError, and the errors of ruamel.yaml.
    """
    table = _find_topic_table(text, slug)
    if table is None:
        return None
    value = next((value for key, value in table.value if key.value == "examples"), None)
    if value is not None and not (isinstance(value, SequenceNode) and value.value):
        raise NoPlaceError("its examples must be a list with something in it, or not be there at all")
    return TopicPlace(table=table, value=value, examples=[str(item.value) for item in value.value] if value else [])


def _find_topic_table(text: str, slug: str) -> MappingNode | None:
    root = YAML(typ="rt").compose(text)
    if not isinstance(root, MappingNode):
        return None
    topics = next((value for key, value in root.value if key.value == "topics"), None)
    for table in topics.value if isinstance(topics, SequenceNode) else ():
        if isinstance(table, MappingNode) and any(key.value == "slug" and value.value == slug for key, value in table.value):
            return table
    return None


def set_in_topic(text: str, slug: str, key: str, written: str) -> str:
    """Return the text with one value of a topic as `written`, in the place of the one before or at the end of its table.

    Raises: NoPlaceError, also where comments would go with the value; and the errors of ruamel.yaml.
    """
    table = _find_topic_table(text, slug)
    if table is None:
        raise NoPlaceError(f"there is no topic {slug!r}")
    name, value = next(((name, value) for name, value in table.value if name.value == key), (None, None))
    if name is None or value is None:
        if table.flow_style:
            end = _end_of(text, table.value[-1][1])
            return f"{text[:end]}, {key}: {written}{text[end:]}"
        indent = " " * table.value[0][0].start_mark.column
        return _insert_lines(text, _end_of(text, table), f"{indent}{key}: {written}\n")
    colon = text.index(":", name.end_mark.index) + 1
    if value.anchor is not None or value.start_mark.index < name.end_mark.index:
        raise NoPlaceError(f"{key} of {slug!r} is shared with another place")
    end = max(colon, _end_of(text, value))
    if _COMMENT.search(text[colon:end]):
        raise NoPlaceError(f"comments stand in {key} of {slug!r}")
    return f"{text[:colon]} {written}{text[end:]}"


def insert_examples(text: str, place: TopicPlace, examples: Sequence[str]) -> str:
    """Return the text with the examples at the end of a topic's, written as its last one is."""
    written = [_scalar(example) for example in examples]
    if place.value is not None:
        last = place.value.value[-1]
        end = _end_of(text, last)
        if place.value.flow_style:
            return text[:end] + "".join(f", {one}" for one in written) + text[end:]
        indent = _line_at(text, _dash_line(text, last)).partition("-")[0]
        return _insert_lines(text, end, "".join(f"{indent}- {one}\n" for one in written))
    end = _end_of(text, place.table)
    if place.table.flow_style:
        end = _end_of(text, place.table.value[-1][1])
        return text[:end] + f", examples: [{', '.join(written)}]" + text[end:]
    indent = " " * place.table.value[0][0].start_mark.column
    return _insert_lines(text, end, f"{indent}examples:\n" + "".join(f"{indent}  - {one}\n" for one in written))


def _end_of(text: str, node: Node) -> int:
    """Return where the last letter of a node ends; a block's own mark stands after the comments that follow it."""
    if isinstance(node, MappingNode | SequenceNode) and not node.flow_style and node.value:
        last = node.value[-1]
        if isinstance(last, tuple):
            key, value = last
            last = value if value.end_mark.index > value.start_mark.index else key  # `title:` alone: no value to stand anywhere
        return _end_of(text, last)
    start, end = node.start_mark.index, node.end_mark.index
    return int(start + len(text[start:end].rstrip()))


def _dash_line(text: str, item: Node) -> int:
    """Return where the line begins that holds the dash of a block list's member."""
    start = text.rfind("\n", 0, item.start_mark.index) + 1
    while start and not _line_at(text, start).lstrip(" ").startswith("-"):
        start = text.rfind("\n", 0, start - 1) + 1
    return start


def _line_at(text: str, start: int) -> str:
    return text[start:].partition("\n")[0]


def _insert_lines(text: str, after: int, lines: str) -> str:
    """Put lines below the one that holds the offset `after`."""
    line_end = text.find("\n", after)
    if line_end < 0:
        return _with_line_end(text) + _as_in(text, lines)
    return text[: line_end + 1] + _as_in(text, lines) + text[line_end + 1 :]


def _with_line_end(text: str) -> str:
    return text if not text or text.endswith("\n") else text + _as_in(text, "\n")


def _as_in(text: str, lines: str) -> str:
    """Write new lines with the line ends of the text."""
    return lines.replace("\n", "\r\n") if "\r\n" in text else lines


def topic_pairs(topic: Topic) -> list[tuple[str, str]]:
    """Return what says which entries a topic takes, as it is written; lists with nothing in them are `[]`."""
    pairs = [("slug", _scalar(topic.slug)), ("title", _scalar(topic.title)), ("about", _scalar(topic.about))]
    return [*pairs, *((key, f"[{', '.join(map(_scalar, words))}]") for key, words in topic.lists.items())]


def _pairs(feed: FeedSettings) -> list[tuple[str, str]]:
    pairs = [("url", _scalar(feed.url))]
    if feed.title:
        pairs.append(("title", _scalar(feed.title)))
    if feed.language:
        pairs.append(("language", _scalar(feed.language)))
    if feed.tags:
        pairs.append(("tags", "[" + ", ".join(map(_scalar, feed.tags)) + "]"))
    if feed.interval is not None:
        pairs.append(("interval", format_duration(feed.interval)))
    if feed.full_text:
        pairs.append(("full_text", "true"))
    return pairs


def _block(members: Sequence[Pairs], *, indent: str) -> str:
    lines = []
    for member in members:
        pairs = [f"{key}: {value}" for key, value in member]
        lines += [f"{indent}{'  ' if number else '- '}{pair}\n" for number, pair in enumerate(pairs)]
    return "".join(lines)


def _flow(member: Pairs) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in member) + "}"


def _scalar(value: str) -> str:
    """Write text plain where YAML reads it back as the same text anywhere, else in double quotes."""
    if _MAY_BE_PLAIN.fullmatch(value):
        try:
            if YAML(typ="safe", pure=True).load(f"{{a: {value}}}") == {"a": value}:
                return value
        except YAMLError:
            pass
    return json.dumps(value, ensure_ascii=False)
