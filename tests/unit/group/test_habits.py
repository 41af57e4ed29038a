from aggregator.group.habits import Habits


def said(*titles: str, publisher: str = "a.example") -> Habits:
    habits = Habits()
    for title in titles:
        habits.note(publisher, title.split())
    return habits


def test_what_stands_in_two_titles_of_other_stories_is_usual() -> None:
    habits = said("surf board", "surf wave", "storm hits")
    assert habits.usual("a.example", {"surf", "storm"}, []) == {"surf"}


def test_titles_of_the_story_itself_make_no_habit() -> None:
    habits = said("quake glarus", "quake rescue", "quake help")
    assert habits.usual("a.example", {"quake"}, [{"quake"}, {"quake"}]) == set()


def test_a_habit_of_one_publisher_is_none_of_another() -> None:
    habits = said("surf board", "surf wave")
    assert habits.usual("b.example", {"surf"}, []) == set()


def test_of_many_titles_two_are_no_habit_and_old_ones_are_forgotten() -> None:
    habits = said("surf board", "surf wave", *(f"word{number}" for number in range(62)))
    assert habits.usual("a.example", {"surf"}, []) == set()
    habits = said(*["surf board"] * 10, *(f"word{number}" for number in range(64)))
    assert habits.usual("a.example", {"surf"}, []) == set()
