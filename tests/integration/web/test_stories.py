"""Pages and feeds of stories, redirects, and lists that show each story once."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from aggregator.library.stories import merge_by_hand
from aggregator.model.entry import EntryData
from aggregator.model.grouping import Joining, StorySettlement
from aggregator.model.story import Entered
from tests.fakes.changes import prune_old
from tests.fakes.stored import NOON
from tests.fakes.website import Newsroom, add_entry

LEAD, SECOND, COPY, OTHER = 5, 3, 9, 7


def group(newsroom: Newsroom, lead: int = LEAD) -> int:
    """Entries 3, 5 and 9 are one story; 9 repeats the text of 5."""
    ids = sorted((LEAD, SECOND, COPY))
    with newsroom.storage.write() as tx:
        tx.grouping.join([Joining(entry_id=one, story_id=ids[0], score=0.5, reason="similar") for one in ids[1:]])
        tx.grouping.settle([StorySettlement(story_id=ids[0], entry_id=lead, copies={COPY: LEAD})])
    return ids[0]


def test_a_story_shows_who_reports_what_and_folds_copies(newsroom: Newsroom) -> None:
    story = group(newsroom)
    page = newsroom.client.get(f"/stories/{story}")
    assert page.status_code == 200
    assert "So berichten die Quellen" in page.text
    assert page.text.count('<li>\n<p class="meta"><time') == 2
    assert "gleicher Agenturtext bei einer weiteren Quelle" in page.text
    for entry_id in (LEAD, SECOND, COPY):
        assert newsroom.entry(entry_id).data.title in page.text.replace("&#39;", "'")
        assert f'href="/r/{entry_id}"' in page.text
    assert f'href="/stories/{story}.atom"' in page.text
    assert "Dieser Geschichte folgen" in page.text


def test_a_story_that_became_another_redirects_for_ever(newsroom: Newsroom) -> None:
    story = group(newsroom)
    for suffix in ("", ".rss", ".atom", ".json"):
        moved = newsroom.client.get(f"/stories/{LEAD}{suffix}")
        assert (moved.status_code, moved.headers["location"]) == (301, f"https://news.example/stories/{story}{suffix}")
    older = merge_by_hand(newsroom.storage, story, 1, language="de")
    assert older == 1
    moved = newsroom.client.get(f"/stories/{LEAD}")
    assert moved.headers["location"] == "https://news.example/stories/1"
    assert newsroom.client.get(f"/stories/{story}").status_code == 301


@pytest.mark.parametrize("path", ["/stories/999999", "/stories/x", "/stories/0", "/stories/1.xml", "/stories/" + "9" * 20])
def test_what_never_was_a_story_is_not_found(newsroom: Newsroom, path: str) -> None:
    assert newsroom.client.get(path).status_code == 404


def test_the_number_of_an_item_of_a_list_never_was_a_story(newsroom: Newsroom) -> None:
    with newsroom.storage.write() as tx:
        following = tx.entries.known([]).next_entry_id
        tx.lists.enter("made-up", [Entered(entry_id=1, at=newsroom.clock.now())])
    assert newsroom.client.get(f"/stories/{following}").status_code == 404
    assert newsroom.client.get(f"/stories/{following}.atom").status_code == 404


def test_a_story_past_its_time_is_gone_and_so_are_its_entries(newsroom: Newsroom) -> None:
    with newsroom.storage.write() as tx:
        prune_old(tx, before=newsroom.clock.now().replace(year=2027), keep_per_feed=0)
    assert newsroom.client.get("/stories/3").status_code == 410
    assert newsroom.client.get("/stories/3.atom").status_code == 410
    assert newsroom.client.get("/entries/3").status_code == 410
    assert newsroom.client.get("/r/3").status_code == 410
    assert newsroom.client.get("/entries/999999").status_code == 404


def test_the_feed_of_a_story_has_each_turn_once(newsroom: Newsroom) -> None:
    story = group(newsroom)
    answer = newsroom.client.get(f"/stories/{story}.json")
    assert answer.headers["content-type"] == "application/feed+json; charset=utf-8"
    feed = json.loads(answer.text)
    assert {item["id"].rpartition("/")[2] for item in feed["items"]} == {str(LEAD), str(SECOND)}
    assert feed["feed_url"] == f"https://news.example/stories/{story}.json"
    again = newsroom.client.get(f"/stories/{story}.json", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


def test_a_new_turn_is_in_the_feed_at_once_and_a_copy_is_not(newsroom: Newsroom) -> None:
    story = group(newsroom)

    def turns() -> int:
        newsroom.clock.advance(timedelta(seconds=2))
        return newsroom.client.get(f"/stories/{story}.atom").text.count("<entry")

    assert turns() == 2
    with newsroom.storage.write() as tx:
        tx.grouping.join([Joining(entry_id=OTHER, story_id=story, score=0.5, reason="similar")])
    assert turns() == 3
    with newsroom.storage.write() as tx:
        tx.grouping.settle([StorySettlement(story_id=story, entry_id=LEAD, copies={COPY: LEAD, OTHER: LEAD})])
    assert turns() == 2


def test_lists_show_a_story_once_and_lead_to_it(newsroom: Newsroom) -> None:
    story = group(newsroom)
    page = newsroom.client.get("/topics/schweiz").text
    stream = page[page.index('id="stream"') : page.index("<aside>")]
    assert not {str(SECOND), str(LEAD)} & set(re.findall(r'href="/entries/(\d+)"', stream))
    assert len(re.findall(f'<h2><a href="/stories/{story}"', stream)) == 1
    assert f'<a href="/stories/{story}"><strong>2 Quellen</strong></a>' in stream


def test_an_entry_leads_to_its_story(newsroom: Newsroom) -> None:
    story = group(newsroom)
    page = newsroom.client.get(f"/entries/{SECOND}").text
    assert f'href="/stories/{story}"' in page
    assert "Alles zu dieser Geschichte" in page


def test_a_story_that_is_seen_counts_as_read(newsroom: Newsroom) -> None:
    story = group(newsroom)
    before = newsroom.entry(LEAD).reads
    newsroom.client.get(f"/stories/{story}")
    newsroom.recorder.close()
    assert newsroom.entry(LEAD).reads == before + 1


def test_english_readers_get_english(newsroom: Newsroom) -> None:
    story = group(newsroom)
    page = newsroom.client.get(f"/stories/{story}", headers={"accept-language": "en"}).text
    assert "same agency text at one other source" in page
    assert "How the sources report" in page


def test_a_browser_that_opens_the_feed_gets_to_where_it_is_explained(newsroom: Newsroom) -> None:
    story = group(newsroom)
    opened = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document", "accept": "text/html"}
    answer = newsroom.client.get(f"/stories/{story}.atom", headers=opened)
    assert (answer.status_code, answer.headers["location"]) == (302, f"https://news.example/stories/{story}#follow")
    assert newsroom.client.get(f"/stories/{story}.atom", params={"raw": "1"}, headers=opened).status_code == 200


def test_an_entry_of_a_story_announces_its_feed(newsroom: Newsroom) -> None:
    story = group(newsroom)
    assert f'href="/stories/{story}.rss"' in newsroom.client.get(f"/entries/{SECOND}").text.partition("</head>")[0]
    assert "/stories/" not in newsroom.client.get(f"/entries/{OTHER}").text.partition("</head>")[0]


def test_what_a_publisher_brings_again_under_one_title_opens_below_it(newsroom: Newsroom) -> None:
    for entry_id in (71, 72, 73):
        add_entry(newsroom, entry_id, EntryData(title="Lucky Man", url=f"https://a.example/{entry_id}", published_at=NOON))
    with newsroom.storage.write() as tx:
        tx.grouping.join([Joining(entry_id=one, story_id=71, score=0.9, reason="similar") for one in (72, 73)])
    page = newsroom.client.get("/stories/71").text
    assert page.count('<li>\n<p class="meta"><time') == 1
    assert "<summary>auch in 2 weiteren Fassungen</summary>" in page
    assert all(f'href="/r/{entry_id}"' in page for entry_id in (71, 72, 73))
    assert len(json.loads(newsroom.client.get("/stories/71.json").text)["items"]) == 1
