"""feedparser's own suite, asked about our adapter: expectations are the expressions at the head of each document."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from aggregator.errors import ParseError
from aggregator.model.fetching import Fetched
from aggregator.parse.choose import FeedParser
from aggregator.parse.decode import decode
from tests.contract.parse.feedparser_view import Unmapped, view
from tests.contract.parse.shared_data import feeds_in

pytestmark = pytest.mark.corpus

URL = "http://127.0.0.1:8097/feed.xml"
_EXPECT = re.compile(r"Expect:\s*(.*?)\s*-->", re.DOTALL)
_HEADER = re.compile(r"^\s*Header:\s+([^:\n]+):(.*)$", re.MULTILINE)
_CHARSET = re.compile(r"""charset=["']?([^;"']+)""")
_BUILTINS = {"len": len, "str": str, "tuple": tuple, "list": list, "bool": bool}

# kind: (passed, failed, about fields our model leaves out). The failed, and why they are none of ours:
# - sanitize, namespace, sgml: expect feedparser's sanitiser; cleaning is the work of `normalise`, with nh3;
# - base, the relative_uri of atom: expect links resolved against the document's address, also the work of `normalise`;
# - http, lang: expect Content-Location and Content-Language to count;
# - encoding: expect RFC 3023, by which text/xml is ASCII; we read what the bytes are (see `decode`);
# - rss/item_description_and_summary: we call the richer text the content; rss/entity_in_doctype: no entities from documents;
# - rss, atom10, others: `label` before `term` of a category, content by `src`, an empty description, the sanitiser again.
EXPECTED: dict[str, tuple[int, int, int]] = {
    "encoding": (13, 6, 63),
    "entities": (256, 0, 0),
    "illformed": (7, 1, 0),
    "illformed/chardet": (0, 0, 8),
    "illformed/geo": (0, 0, 3),
    "json": (1, 0, 0),
    "wellformed/amp": (70, 0, 0),
    "wellformed/atom": (98, 3, 57),
    "wellformed/atom10": (107, 9, 127),
    "wellformed/base": (20, 64, 43),
    "wellformed/cdf": (9, 0, 5),
    "wellformed/feedburner": (0, 0, 1),
    "wellformed/geo": (0, 0, 10),
    "wellformed/http": (0, 2, 7),
    "wellformed/itunes": (14, 0, 42),
    "wellformed/lang": (10, 1, 54),
    "wellformed/media-rss": (5, 0, 7),
    "wellformed/namespace": (9, 10, 4),
    "wellformed/node_precedence": (2, 0, 1),
    "wellformed/psc": (0, 0, 6),
    "wellformed/rdf": (10, 0, 2),
    "wellformed/rss": (98, 6, 87),
    "wellformed/sanitize": (293, 420, 32),
    "wellformed/sgml": (0, 1, 0),
    "wellformed/xml": (3, 0, 0),
}


@cache
def results(folder: Path) -> dict[str, Counter[str]]:
    counted: dict[str, Counter[str]] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            parts = path.relative_to(folder).parts[:-1]
            outcome = judge(path)
            if outcome:
                counted.setdefault("/".join(parts), Counter())[outcome] += 1
    return counted


def judge(path: Path) -> str | None:
    """Return what became of the expectation; None where there is none in the document."""
    body = path.read_bytes()
    head = decode(body).body.decode("utf-8", "replace")
    expect = _EXPECT.search(head)
    if expect is None:
        return None
    headers = {name.strip().lower(): value.strip() for name, value in _HEADER.findall(head[: expect.end()])}
    content_type = headers.get("content-type", "")
    charset = _CHARSET.search(content_type)
    fetched = Fetched(
        url=URL,
        body=body,
        media_type=content_type.partition(";")[0].strip() or None,
        charset=charset[1] if charset else None,
    )
    try:
        names = view(FeedParser().parse(fetched))
        holds = eval(expect[1].strip(), {"__builtins__": _BUILTINS}, names)  # noqa: S307 - expressions of a known suite, few builtins
    except (Unmapped, NameError):
        return "unmapped"
    except (ParseError, LookupError, AttributeError):
        return "failed"
    return "passed" if holds else "failed"


def test_the_suite_of_feedparser_holds_for_our_adapter_as_far_as_our_model_has_the_field() -> None:
    counted = results(feeds_in("suite-feedparser") / "tests")
    figures = {kind: (count["passed"], count["failed"], count["unmapped"]) for kind, count in counted.items()}
    assert figures == EXPECTED


def test_all_but_the_work_of_normalise_passes() -> None:
    counted = results(feeds_in("suite-feedparser") / "tests")
    ours = {kind: count for kind, count in counted.items() if not kind.startswith(("wellformed/sanitize", "wellformed/base"))}
    passed, failed = (sum(count[outcome] for count in ours.values()) for outcome in ("passed", "failed"))
    assert passed / (passed + failed) > 0.94
