"""Ranking: at each quantum exposures are counted, scores made, lists filled, and what crosses into their top enters them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from aggregator.model.report import RankReport
from aggregator.model.story import Entered, ListPlace, Ranking, StoryStanding, Worth
from aggregator.model.topic import Topic
from aggregator.rank.levels import Level, ScoreRules, level_of, rules_for
from aggregator.rank.scores import (
    BASELINE_HALF_LIFE,
    Candidate,
    baseline,
    examination,
    has_crossed,
    rebase,
    top_list,
    weight_at,
)
from aggregator.storage import LAST_PASS_NOTE, LEVEL_NOTE, Storage, Transaction

LIST_PLACES = 30
"""Places that a list keeps: as many as its page shows."""

LEVEL_DAYS = timedelta(days=3)
"""Whole days whose readers say the level: fewer would follow a single event, more would be late."""

UNREAD_DWELL = timedelta(hours=1)
"""How long a story that too few have read must stand in the top of *Trend* to enter its feed: on publishers' word alone."""

BASELINE_SPAN = 10 * BASELINE_HALF_LIFE
"""How far back site-wide reads and exposures are looked at: older hours weigh less than a thousandth."""

CAPPED_PLACES = 10
"""Places among which a publisher has at most `rank.scores.PER_PUBLISHER`."""

FIRST_CANDIDATES = 4 * LIST_PLACES
MOST_CANDIDATES = 4_000
"""Stories of one order that are looked at for a list. Publishers are capped, so it is more than the places; it doubles until
the list is full, and no single flood is worth more."""

SCORED_AT_ONCE = 5_000
"""Stories a transaction: 0.2 s, so that polls and clicks go on where all stories are scored anew."""

RANKED_NOTE = "ranked_at"
"""Key of the note that says when stories were ranked last, ISO 8601."""

_LEVEL_DAY_NOTE = "level_day"  # of the last day whose readers the level knows, ISO 8601
_COVERAGE_NOTE = "ranked_coverage"  # what a publisher was worth in the last ranking, in both orders
_ENTERED_LOOKED_AT = 1_000  # of a list: years of a crossing feed


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingRules:
    """What the site has set for itself; None leaves it to the level of its traffic."""

    quantum: timedelta = timedelta(minutes=15)
    day_half_life: timedelta | None = None
    trend_half_life: timedelta | None = None
    coverage: float | None = None
    top: int | None = None
    min_readers: int | None = None


def rank_stories(
    storage: Storage, topics: Sequence[Topic], rules: RankingRules, *, now: datetime, at_once: bool = False
) -> RankReport:
    """Rank all lists anew if a quantum began since the last time, or `at_once`; never before the first pass over feeds ended.

    Raises: StorageError.
    """
    with storage.read() as tx:
        ranked_at = _ranked_at(tx)
        due = at_once or (tx.noted(LAST_PASS_NOTE) is not None and _is_due(tx, ranked_at, rules.quantum, now))
    if not due:
        return RankReport()
    with storage.write() as tx:
        level = _level(tx, now)
        made = made_for(level, rules)
        _expose_listed(tx, at=ranked_at or now)
    changed = _score(storage, made, now)
    names = [(list_name(ranking, topic), ranking, topic) for ranking in Ranking for topic in (None, *topics)]
    with storage.read() as tx:
        lists = {name: _fill(tx, ranking, topic, made, now) for name, ranking, topic in names}
        newest = {topic_list(topic): _newest(tx, topic) for topic in topics}
    entered = 0
    with storage.write() as tx:
        for name, (places, entering) in lists.items():
            tx.lists.put_places(name, places)
            tx.lists.enter(name, entering)
            entered += len(entering)
        for name, places in newest.items():
            tx.lists.put_places(name, places)
        tx.lists.drop_others([*lists, *newest])
        tx.note(RANKED_NOTE, now.isoformat())
    return RankReport(stories=changed, lists=len(lists), entered=entered)


def list_name(ranking: Ranking, topic: Topic | None = None) -> str:
    """Return the name of a ranked list: its path without the slash before it."""
    return f"topics/{topic.slug}/{ranking}" if topic else str(ranking)


def topic_list(topic: Topic) -> str:
    """Return the name of a topic's list of the newest, which is kept to know what a view of its page shows."""
    return f"topics/{topic.slug}"


def made_for(level: Level, rules: RankingRules) -> ScoreRules:
    """Return the rules of a level with what the site has set."""
    made = rules_for(level)
    crossing = replace(
        made.crossing,
        top=rules.top or made.crossing.top,
        min_readers=rules.min_readers or made.crossing.min_readers,
    )
    return replace(
        made,
        day_half_life=rules.day_half_life or made.day_half_life,
        trend_half_life=rules.trend_half_life or made.trend_half_life,
        coverage=made.coverage if rules.coverage is None else rules.coverage,
        crossing=crossing,
    )


def standing_level(tx: Transaction) -> Level:
    """Return the level of traffic that ranking goes by now."""
    return Level(tx.noted(LEVEL_NOTE) or Level.HOUSEHOLD)


def _ranked_at(tx: Transaction) -> datetime | None:
    noted = tx.noted(RANKED_NOTE)
    return None if noted is None else datetime.fromisoformat(noted)


def _is_due(tx: Transaction, ranked_at: datetime | None, quantum: timedelta, now: datetime) -> bool:
    """Say whether a quantum began since the last ranking; a site that had nothing to rank then does not wait for it."""
    if ranked_at is None or not tx.lists.places(list_name(Ranking.TRENDING)):
        return True
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return (now - epoch) // quantum > (ranked_at - epoch) // quantum


def _level(tx: Transaction, now: datetime) -> Level:
    """Return the level, chosen anew once a day."""
    noted = tx.noted(LEVEL_NOTE)
    standing = Level(noted) if noted is not None else None
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if standing is not None and tx.noted(_LEVEL_DAY_NOTE) == today.date().isoformat():
        return standing
    level = level_of(tx.reads.readers_a_day(since=today - LEVEL_DAYS, until=today), standing=standing)
    tx.note(LEVEL_NOTE, level.value)
    tx.note(_LEVEL_DAY_NOTE, today.date().isoformat())
    return level


def _expose_listed(tx: Transaction, *, at: datetime) -> None:
    """Turn the views of lists into exposures of what stood in them, all as of the beginning of the quantum."""
    places: dict[str, list[ListPlace]] = {}
    exposures: defaultdict[int, float] = defaultdict(float)
    for (name, shown), views in tx.lists.take_views().items():
        if name not in places:
            places[name] = tx.lists.places(name)
        for place in places[name][: shown or None]:
            exposures[place.story_id] += views * examination(place.place)
    if exposures:
        tx.stories.expose(exposures, at=at)


def _score(storage: Storage, made: ScoreRules, now: datetime) -> int:
    """Make the scores of what changed, in transactions that hold up no other writer for long; return how many they were.

    After a change of half-lives or of what coverage is worth, that is every story.
    """
    half_lives = {Ranking.MOST_READ: made.day_half_life, Ranking.TRENDING: made.trend_half_life}
    again = True
    while again:
        with storage.write() as tx:
            again = tx.stories.use_half_lives(half_lives, now=now, limit=SCORED_AT_ONCE)
            if not again:
                worths, everything = _worths(tx, made, now)
                changed = part = tx.stories.rank(worths, now=now, everything=everything, limit=SCORED_AT_ONCE)
    while part == SCORED_AT_ONCE:
        with storage.write() as tx:
            part = tx.stories.rank(worths, now=now, limit=SCORED_AT_ONCE)
        changed += part
    return changed


def _worths(tx: Transaction, made: ScoreRules, now: datetime) -> tuple[dict[Ranking, Worth], bool]:
    """Return what scores are made of, and whether that makes every score another."""
    for ranking, scale in tx.stories.scales().items():
        moved = rebase(scale.zero, now=now, half_life=scale.half_life)
        if moved is not None:
            tx.stories.rebase(ranking, zero=moved[0], factor=moved[1])
    coverage = repr(made.coverage)
    changed = tx.noted(_COVERAGE_NOTE) != coverage
    if changed:
        tx.note(_COVERAGE_NOTE, coverage)
    q0 = _reads_per_exposure(tx, now)
    worths = {
        Ranking.MOST_READ: Worth(coverage=made.coverage, exposure=made.kappa_day * q0),
        Ranking.TRENDING: Worth(coverage=made.coverage, exposure=made.kappa_trend * q0),
    }
    return worths, changed


def _reads_per_exposure(tx: Transaction, now: datetime) -> float:
    hours = tx.stories.site_hours(since=now - BASELINE_SPAN)
    weights = [weight_at(hour.at, zero=now, half_life=BASELINE_HALF_LIFE) for hour in hours]
    return baseline(
        sum(hour.reads * weight for hour, weight in zip(hours, weights, strict=True)),
        sum(hour.exposure * weight for hour, weight in zip(hours, weights, strict=True)),
    )


def _fill(
    tx: Transaction, ranking: Ranking, topic: Topic | None, made: ScoreRules, now: datetime
) -> tuple[list[ListPlace], list[Entered]]:
    """Return the places of a list, and what enters it now."""
    name = list_name(ranking, topic)
    standing = tx.lists.places(name)
    before = {place.story_id: place.since_at for place in standing if place.since_at is not None}
    stories = _leaders(tx, ranking, topic, {place.story_id: place.place for place in standing}, made)
    places = [
        ListPlace(
            place=number,
            story_id=story.id,
            since_at=before.get(story.id, now) if number <= made.crossing.top else None,
        )
        for number, story in enumerate(stories, 1)
    ]
    entered = tx.lists.entered(name, limit=_ENTERED_LOOKED_AT)
    known = set(tx.stories.of_entries(each.entry_id for each in entered).values())
    begins = ranking is Ranking.TRENDING and not entered  # a list that holds nothing yet begins with its top
    entering = [
        Entered(entry_id=story.entry_id, at=now, readers=story.readers, publishers=story.publishers)
        for story, place in zip(stories, places, strict=True)
        if place.since_at is not None and (begins or _crosses(story, ranking, made, known, now - place.since_at))
    ]
    return places, entering


def _leaders(
    tx: Transaction, ranking: Ranking, topic: Topic | None, standing: Mapping[int, int], made: ScoreRules
) -> list[StoryStanding]:
    hysteresis = made.trend_hysteresis if ranking is Ranking.TRENDING else made.day_hysteresis
    limit = FIRST_CANDIDATES
    while True:
        found = {story.id: story for story in tx.stories.ranked(ranking, limit=limit, topic=topic.slug if topic else None)}
        rest = [
            Candidate(id=story.id, score=story.score, publisher=story.site, place=standing.get(story.id))
            for story in found.values()
        ]
        leaders = top_list(rest, top=CAPPED_PLACES, bounds=(made.crossing.top,), hysteresis=hysteresis)
        if len(leaders) == CAPPED_PLACES or len(found) < limit or limit >= MOST_CANDIDATES:
            break
        limit *= 2
    chosen: list[Candidate] = []
    while leaders and len(chosen) < LIST_PLACES:  # the cap holds within every so many places, so that the list fills
        chosen += leaders
        taken = {candidate.id for candidate in leaders}
        rest = [candidate for candidate in rest if candidate.id not in taken]
        leaders = top_list(rest, top=CAPPED_PLACES)
    return [found[candidate.id] for candidate in chosen[:LIST_PLACES]]


def _crosses(story: StoryStanding, ranking: Ranking, made: ScoreRules, known: Collection[int], stood: timedelta) -> bool:
    crossing = made.crossing
    if has_crossed(
        story.id,
        entered=known,
        readers=story.readers,
        min_readers=crossing.min_readers,
        stood=stood,
        dwell=crossing.dwell,
    ):
        return True
    return ranking is Ranking.TRENDING and story.id not in known and stood >= max(UNREAD_DWELL, crossing.dwell)


def _newest(tx: Transaction, topic: Topic) -> list[ListPlace]:
    entries = tx.topics.entries(topic.slug, limit=LIST_PLACES)
    stories = list(dict.fromkeys(entry.story_id for entry in entries))
    return [ListPlace(place=place, story_id=story, since_at=None) for place, story in enumerate(stories, 1)]
