"""What real clients send, replayed (reference/google-reader.md 1.6): each test is named after the client it speaks for."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

from lxml import etree

from tests.fakes.feed_reader import (
    API,
    FORM,
    KEPT_UNREAD,
    NAME,
    READ,
    READING_LIST,
    STARRED,
    FeedReader,
    long_ids,
)

ATOM = {"a": "http://www.w3.org/2005/Atom"}
SCHWEIZ = [7, 5, 4, 3, 1]
JSON = "?output=json"


def test_netnewswire_logs_in_syncs_in_batches_and_marks(reader: FeedReader) -> None:
    lines = reader.log_in().text.split("\n")
    assert [len(line.split("=")) for line in lines if line] == [2, 2, 2]  # it splits every line on every "="
    token = reader.get(f"{API}/token").text
    assert token == token.strip()
    assert token
    tags = reader.json(f"{API}/tag/list{JSON}")["tags"]
    assert {"id": "user/-/label/Themen", "type": "folder"} in tags
    first = reader.get(f"{API}/subscription/list{JSON}")
    again = reader.get(
        f"{API}/subscription/list{JSON}",
        **{"If-None-Match": first.headers["etag"], "If-Modified-Since": first.headers["last-modified"]},
    )
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    since = int(reader.clock.now().timestamp()) - 90 * 86400
    everything = reader.ids(READING_LIST, ot=since, n=5)
    unread = reader.ids(READING_LIST, xt=READ, ot=since)
    assert len(everything) == 14
    assert sorted(unread) == sorted(everything)
    assert reader.ids(STARRED) == []
    answer = reader.post(f"{API}/stream/items/contents", ("T", token), ("output", "json"), *long_ids(everything))
    page = answer.json()
    assert isinstance(page["id"], str)
    assert isinstance(page["updated"], int)
    assert len(page["items"]) == 14
    for item in page["items"]:
        assert {type(item["summary"]), type(item["categories"]), type(item["origin"])} == {dict, list}
        assert item["origin"]["streamId"] in reader.streams().values()
    edit = [("T", token), *long_ids(everything[:3]), ("a", STARRED)]
    assert reader.post(f"{API}/edit-tag", *edit).text == "OK"
    assert sorted(reader.ids(STARRED)) == [1, 2, 12, *reader.ranked()]  # on the ranking and in their topics


def test_netnewswire_finds_what_it_quickadds_in_the_list_right_after(reader: FeedReader) -> None:
    before = reader.get(f"{API}/subscription/list{JSON}")
    added = reader.post(f"{API}/subscription/quickadd", ("T", "x"), ("quickadd", "https://talbote.example/feed")).json()
    assert added["numResults"] == 1
    after = reader.get(f"{API}/subscription/list{JSON}", **{"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert added["streamId"] in {each["id"] for each in after.json()["subscriptions"]}
    assert reader.ids(added["streamId"]) == [10, 5, 3]


def test_read_you_logs_in_by_json_and_reads_the_stream_of_read_items(reader: FeedReader) -> None:
    answer = reader.log_in(output="json", client="ReadYou", accountType="HOSTED_OR_GOOGLE", service="reader").json()
    assert answer["Auth"] == answer["SID"] == reader.auth
    assert reader.json(f"{API}/user-info{JSON}")["userName"] == NAME
    # Its query values are not escaped.
    path = f"{API}/stream/items/ids{JSON}&s=user/-/state/com.google/reading-list&n=1000&xt=user/-/state/com.google/read"
    unread = [ref["id"] for ref in reader.json(path)["itemRefs"]]
    assert all(re.fullmatch(r"[1-9][0-9]*", each) for each in unread)
    body = [*long_ids([1, 2]), ("T", reader.get(f"{API}/token").text), ("a", READ)]
    assert reader.post(f"{API}/edit-tag{JSON}", *body).text == "OK"
    assert {1, 2} <= set(reader.ids(READ))
    assert {1, 2} <= set(reader.ids(READING_LIST, it=READ))
    assert not {1, 2} & set(reader.ids(READING_LIST, xt=READ))
    url = "https://funkhaus.example/nachrichten.xml"
    both = reader.post(f"{API}/subscription/quickadd?quickadd={quote(url)}", ("quickadd", url)).json()
    assert both["numResults"] == 1


def test_capyreader_gets_what_its_types_demand(reader: FeedReader) -> None:
    since = int(reader.clock.now().timestamp()) - 86400
    page = reader.json(f"{API}/stream/items/ids{JSON}&n=10000&ot={since}&s={quote(READING_LIST)}")
    ids = [int(ref["id"]) for ref in page["itemRefs"]]
    assert "continuation" not in page
    contents = reader.post(f"{API}/stream/items/contents{JSON}", *[("i", f"{each}") for each in ids]).json()
    for item in contents["items"]:
        assert isinstance(item["published"], int)
        assert all(isinstance(item[name], str) for name in ("id", "title", "crawlTimeMsec", "timestampUsec", "author"))
        assert isinstance(item["canonical"][0]["href"], str)
        assert all(isinstance(item["origin"][name], str) for name in ("streamId", "title", "htmlUrl"))
        assert "content" not in item
    for subscription in reader.json(f"{API}/subscription/list{JSON}")["subscriptions"]:
        assert isinstance(subscription["categories"], list)
        assert all(isinstance(subscription[name], str) for name in ("title", "htmlUrl", "url"))
    assert {tag.get("type") for tag in reader.json(f"{API}/tag/list{JSON}")["tags"]} <= {"folder", "tag", None}
    stream = reader.streams()["Wissen"]
    edit = [("ac", "edit"), ("s", stream), ("t", "Forschung"), ("a", "user/-/label/Abends"), ("r", "user/-/label/Themen")]
    assert reader.post(f"{API}/subscription/edit", *edit).text == "OK"
    assert reader.streams()["Forschung"] == stream
    assert reader.ids("user/-/label/Abends") == [11, 6, 2]


def test_capyreader_renews_its_token_by_the_header_of_a_401(reader: FeedReader) -> None:
    reader.auth = "alice/0123"
    answer = reader.get(f"{API}/subscription/list{JSON}")
    assert (answer.status_code, answer.text) == (401, "Unauthorized")
    assert answer.headers["x-reader-google-bad-token"] == "true"


def test_feedme_sends_an_empty_write_token(reader: FeedReader) -> None:
    body = [("i", "3"), ("a", READ), ("T", ""), ("ck", "1795521600")]
    assert reader.post(f"{API}/edit-tag?client=feedme", *body).text == "OK"
    assert reader.ids(READ) == [3]
    counts = reader.json(f"{API}/unread-count{JSON}&all=true&client=feedme")
    assert counts["max"] == 13
    by_stream = {each["id"]: each["count"] for each in counts["unreadcounts"]}
    assert by_stream[reader.streams()["Schweiz"]] == 4
    assert by_stream[READING_LIST] == 13
    assert all(isinstance(each["newestItemTimestampUsec"], str) for each in counts["unreadcounts"])


def test_reeder_sends_bare_hex_and_any_write_token(reader: FeedReader) -> None:
    body = [("T", "x"), ("i", f"{4:016x}"), ("i", f"{5:016x}"), ("a", READ), ("a", STARRED)]
    assert reader.post("//reader/api/0/edit-tag", *body).text == "OK"
    assert reader.ids(READ) == [5, 4]
    assert reader.ids(STARRED) == [5, 4]
    assert reader.post(f"{API}/edit-tag", ("T", "x"), ("i", f"{4:016x}"), ("r", STARRED)).text == "OK"
    assert reader.ids(STARRED) == [5]


def test_rss_guard_builds_its_tree_and_syncs_over_the_freshrss_alias(reader: FeedReader) -> None:
    base = "/api/greader.php/"  # its preset appends this to an address that ends with a slash
    login = f"Email={NAME}&Passwd={reader.api_password}"
    answer = reader.send("POST", f"/{base}accounts/ClientLogin", headers=FORM, content=login)
    assert answer.text.startswith("SID=")
    root = f"{base}reader/api/0"
    folders = {tag["id"] for tag in reader.json(f"{root}/tag/list{JSON}")["tags"] if tag.get("type") == "folder"}
    subscriptions = reader.json(f"{root}/subscription/list{JSON}")["subscriptions"]
    assert {category["id"] for each in subscriptions for category in each["categories"]} == folders
    queries = [(STARRED, ""), (READING_LIST, ""), (READING_LIST, f"&xt={quote(READ)}")]
    found = [
        [ref["id"] for ref in reader.json(f"{root}/stream/items/ids{JSON}&n=200000&s={quote(s)}{xt}&ot=0")["itemRefs"]]
        for s, xt in queries
    ]
    assert [len(each) for each in found] == [0, 14, 14]
    body = "&".join(f"i={quote(f'tag:google.com,2005:reader/item/{int(each):016x}', safe='')}" for each in found[1])
    items = reader.send(
        "POST", f"{root}/stream/items/contents{JSON}&n=200000", headers={**reader.headers, **FORM}, content=body
    ).json()["items"]
    assert len(items) == 14
    assert {each["type"] for item in items for each in item["alternate"]} == {"text/html"}
    body = "&".join(f"i={quote(item['id'], safe='')}" for item in items) + f"&a={quote(READ)}"
    marked = reader.send("POST", f"{root}/edit-tag", headers={**reader.headers, **FORM}, content=body)
    assert marked.text == "OK"
    assert reader.ids(READING_LIST, xt=READ) == []


def test_liferea_sends_the_token_in_the_form_and_no_header_at_all(reader: FeedReader) -> None:
    reader.log_in(service="reader", source="liferea", **{"continue": "http://www.google.com/reader/"})
    stream = reader.streams()["Schweiz"]
    path = f"{API}/stream/items/ids?s={quote(stream, safe='')}&client=liferea&n=50&output=json&merge=true"
    ids = [ref["id"] for ref in reader.json(path)["itemRefs"]]
    body = urlencode([("output", "json"), ("T", reader.auth), *(("i", each) for each in ids)])
    page = reader.send("POST", f"{API}/stream/items/contents", headers=FORM, content=body).json()
    assert [int(item["id"][-16:], 16) for item in page["items"]] == SCHWEIZ
    assert {item["origin"]["streamId"] for item in page["items"]} == {stream}
    edit = urlencode([("i", page["items"][0]["id"]), ("s", stream), ("a", READ), ("ac", "edit-tags"), ("T", reader.auth)])
    assert reader.send("POST", f"{API}/edit-tag", headers=FORM, content=edit).text == "OK"
    assert reader.ids(READ) == [7]
    assert (
        reader.send("POST", f"{API}/edit-tag", headers=FORM, content=edit.replace(reader.auth[-6:], "000000")).status_code
        == 401
    )


def test_newsboat_feedhq_reads_atom_streams_opens_toggles_and_marks_all(reader: FeedReader) -> None:
    reader.log_in(service="reader", source="newsboat0.000000", accountType="HOSTED_OR_GOOGLE", **{"continue": "http://x"})
    stream = reader.streams()["Schweiz"]
    path = f"/reader/atom/{quote(stream, safe='')}?n=20"
    assert labels_of(reader, path) == dict.fromkeys(SCHWEIZ, "unread")
    token = reader.get(f"{API}/token").text + "\n"  # as it would send it, had we ended it with a newline
    item = ("i", f"tag:google.com,2005:reader/item/{5:016x}")
    opened = [item, ("a", READ), ("r", KEPT_UNREAD), ("ac", "edit"), ("T", token)]
    assert reader.post(f"{API}/edit-tag", *opened).text == "OK"
    assert labels_of(reader, path) == {**dict.fromkeys(SCHWEIZ, "unread"), 5: "read"}
    toggled = [item, ("r", READ), ("a", KEPT_UNREAD), ("a", "user/-/state/com.google/tracking-kept-unread"), ("ac", "edit")]
    assert reader.post(f"{API}/edit-tag", *toggled).text == "OK"
    assert labels_of(reader, path)[5] == "unread"
    # The stream stands unescaped in the form.
    marked = reader.send("POST", f"{API}/mark-all-as-read", headers={**reader.headers, **FORM}, content=f"s={stream}&T={token}")
    assert marked.text == "OK"
    assert labels_of(reader, path) == dict.fromkeys(SCHWEIZ, "read")


def labels_of(reader: FeedReader, path: str) -> dict[int, str]:
    """Return what newsboat takes for the state of each entry."""
    answer = reader.get(path)
    assert answer.status_code == 200
    found = {}
    for entry in etree.fromstring(answer.content).findall("a:entry", ATOM):
        number = int((entry.findtext("a:id", namespaces=ATOM) or "")[-16:], 16)
        labels = {each.get("label") for each in entry.findall("a:category", ATOM)} & {"read", "unread"}
        assert len(labels) == 1
        found[number] = str(labels.pop())
    return found


def test_newsboat_freshrss_reads_stream_contents_and_stars(reader: FeedReader) -> None:
    reader.log_in(source="newsboat/2.36")
    stream = reader.streams()["Wissen"]
    page = reader.get(f"{API}/stream/contents/{quote(stream, safe='')}?n=20&output=json").json()
    assert [int(item["id"][-16:], 16) for item in page["items"]] == [11, 6, 2]
    assert "continuation" not in page
    for item in page["items"]:
        assert next(iter(sorted(item["summary"]))) == "content"  # its JSON library sorts, and it takes the first value
        assert next(iter(item["summary"])) == "content"
        assert 0 < item["published"] < 2**31
        assert READ not in item["categories"]
    edit = [("i", page["items"][0]["id"]), ("a", STARRED), ("ac", "edit"), ("T", reader.auth)]
    assert reader.post(f"{API}/edit-tag", *edit).text == "OK"
    share = [("i", page["items"][0]["id"]), ("a", "user/-/state/com.google/broadcast"), ("ac", "edit")]
    assert reader.post(f"{API}/edit-tag", *share).text == "OK"
    starred = reader.get(f"{API}/stream/contents/user/-/state/com.google/starred?n=20").json()["items"]
    assert [int(item["id"][-16:], 16) for item in starred] == [11]
    assert STARRED in starred[0]["categories"]


def test_a_client_gets_every_item_once_by_following_the_continuation(reader: FeedReader) -> None:
    for order in ("n", "o"):
        for size in (1, 2, 3, 7, 14, 15):
            found = reader.ids(READING_LIST, n=size, r=order)
            assert len(found) == len(set(found)) == 14
        assert (found == sorted(found)) == (order == "o")
