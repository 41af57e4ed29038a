"""`python -m tests.data.golden.regenerate`: write the golden files anew. Read the difference before committing it.

Where they differ, raise `aggregator.emit.render.VERSION` too, so that documents already stored are rendered anew.
"""

from __future__ import annotations

from pathlib import Path

from aggregator.emit.build import Links, Site
from aggregator.emit.opml import Outline, write_opml
from tests.fakes.emitted import SITE, all_writers, most_read_document, plain_entries, topic_document

FOLDER = Path(__file__).parent

COUNTED_SITE = Site(
    title=SITE.title,
    base_url=SITE.base_url,
    language="en",
    tag_authority=SITE.tag_authority,
    links=Links.COUNTED,
    hub_url="https://hub.example/",
)

OUTLINES = (
    Outline(title="Die Zeitung & Co.", feed_url="https://zeitung.example/feed.xml", page_url="https://zeitung.example/"),
    Outline(title="The Post", feed_url="https://post.example/feed.xml", language="en", tags=("Welt", "english")),
    Outline(title="Le Journal", feed_url="https://journal.example/rss?a=1&b=2", tags=("Welt",)),
)


def golden_bodies() -> dict[str, bytes]:
    """Return what each golden file holds, by file name."""
    documents = {
        "topic": topic_document(),
        "topic-full-text": topic_document(full_text=True),
        "topic-counted": topic_document(plain_entries(), site=COUNTED_SITE),
        "topic-empty": topic_document([]),
        "most-read": most_read_document(),
    }
    bodies = {
        f"{name}.{writer.format}": writer.write(document) for name, document in documents.items() for writer in all_writers()
    }
    bodies["subscriptions.opml"] = write_opml("Quellen", OUTLINES)
    return bodies


if __name__ == "__main__":
    for name, body in golden_bodies().items():
        (FOLDER / name).write_bytes(body)
