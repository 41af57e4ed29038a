from aggregator.group.candidates import StoryIndex
from aggregator.group.vectors import Frequencies

RARE, SHARED = 1, 2
MANY = 300


def index_of(stories: int) -> tuple[StoryIndex, Frequencies]:
    """Stories numbered from 0 that share a feature, and have one of their own each."""
    index, frequencies = StoryIndex(), Frequencies()
    for story_id in range(stories):
        index.add(story_id, {SHARED: 0.5, 1_000 + story_id: 0.5}, frequencies)
    return index, frequencies


def found(index: StoryIndex, frequencies: Frequencies) -> list[int]:
    return sorted(index.find({SHARED: 1.0}, frequencies, limit=MANY))


def test_a_feature_leads_to_its_latest_stories() -> None:
    assert found(*index_of(10)) == list(range(10))
    assert found(*index_of(MANY)) == list(range(MANY - 256, MANY))


def test_a_story_is_found_once_however_many_titles_lead_to_it() -> None:
    for stories in (10, 100):
        index, frequencies = index_of(stories)
        assert index.add(5, {SHARED: 1.0}, frequencies) == ()
        assert found(index, frequencies) == list(range(stories))


def test_a_story_that_gave_way_is_led_to_again_by_its_next_title() -> None:
    index, frequencies = index_of(MANY)
    assert index.add(0, {SHARED: 1.0}, frequencies) == (SHARED,)
    assert found(index, frequencies) == [0, *range(MANY - 255, MANY)]


def test_a_story_that_is_forgotten_is_not_found() -> None:
    for stories in (10, 100, MANY):
        index, frequencies = index_of(stories)
        index.remove(0, (SHARED, 1_000))
        index.remove(stories - 1, (SHARED, 999 + stories))
        left = found(index, frequencies)
        assert (0 in left, stories - 1 in left, stories - 2 in left) == (False, False, True)


def test_a_story_that_another_absorbed_is_found_as_that() -> None:
    for stories in (10, 100):
        index, frequencies = index_of(stories)
        assert index.move(3, 4, (SHARED, 1_003)) == (1_003,)
        assert found(index, frequencies) == [number for number in range(stories) if number != 3]
        assert index.find({1_003: 1.0}, frequencies, limit=1) == [4]


def test_what_shares_most_comes_first() -> None:
    index, frequencies = index_of(20)
    index.add(7, {RARE: 1.0}, frequencies)
    assert index.find({RARE: 0.6, SHARED: 0.4}, frequencies, limit=1) == [7]
