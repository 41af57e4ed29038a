"""robots.txt of the sites whose pages a flow wants to fetch: from the store, asked for once a day."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from datetime import datetime

from aggregator.fetch.robots import after_robots, is_fresh, robots_request
from aggregator.model.feed import site_of
from aggregator.model.robots import RobotsFile
from aggregator.protocols import Fetcher
from aggregator.storage import Storage


def read_robots(storage: Storage, fetcher: Fetcher, urls: Iterable[str], *, now: datetime) -> dict[str, RobotsFile]:
    """Return the robots.txt of the URLs' sites, by site (`model.feed.site_of`)."""
    first_of_site: dict[str, str] = {}
    for url in urls:
        first_of_site.setdefault(site_of(url), url)
    with storage.read() as tx:
        known = dict(tx.articles.robots(first_of_site))
    stale = {robots_request(url).url: site for site, url in first_of_site.items() if not is_fresh(known.get(site), now=now)}
    if not stale:
        return known
    requests = [robots_request(first_of_site[site]) for site in stale.values()]
    asked: list[RobotsFile] = []
    with closing(fetcher.fetch_all(requests)) as outcomes:  # type: ignore[type-var]  # an iterator with close, see Fetcher
        for request, outcome in outcomes:
            site = stale[request.url]
            asked.append(after_robots(known.get(site), outcome, site=site, now=now))
    with storage.write() as tx:
        tx.articles.save_robots(asked)
    return known | {robots.site: robots for robots in asked}
