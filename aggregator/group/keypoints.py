"""Das Wichtigste in Kürze: two to four sentences out of the coverage of a story, chosen, never written.

Teasers come first, for publishers wrote them to stand alone; full text only where there is no teaser. What is central, said by
several, whole and not said twice is taken; if too little is good enough, there are no key points. Pure, and without memory: the
same texts give the same sentences.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.group.kicker import Form, split_kicker
from aggregator.group.sentence_words import is_small_word
from aggregator.group.sentences import split_sentences
from aggregator.group.standalone import penalty_of
from aggregator.group.subjects import shared, subjects_of
from aggregator.group.words import open_compound, stem, tokenise
from aggregator.model.keypoint import KeyPoint

RULES = "2"
"""Changes with the rules, so that stored key points are made anew."""

MAX_TEXTS = 12
"""Texts looked at; comparing grows with the square of them."""

QUOTED_CHARS = 250
"""Characters taken of one publisher: a short extract, as in our feeds."""

_TEASER_SENTENCES = 6
_BODY_SENTENCES = 12
_SHORTEST_TEASER = 40  # characters; below, it is a kicker or a credit
_FEWEST_POINTS = 2
_MOST_POINTS = 3
_MOST_POINTS_OF_MANY = 4
_MANY_PUBLISHERS = 4
_SAME_TEXT = 0.85  # cosine of two texts that are copies of an agency's, or the share of the shorter one's words:
_SAME_TEXT_SHARE = 0.8
_SAME_COSINE = 0.40  # said already; or the share of the shorter one's words, in any form or compound:
_SAME_SHARE = 0.33
_SUPPORT_COSINE = 0.25
_SUPPORT_SHARE = 0.45
_LEAST_NEWS = 0.35  # share of a sentence's words that its title has not
_LEAST_SCORE = 0.5
_POSITION_SCALE = 3.0  # sentences
_CENTROID = 0.5
_SUPPORT = 0.5
_REDUNDANCY = 0.5
_SUBJECTS_OF_BODY = 2  # words of a title that a sentence of a full text must have, for those begin with scenes and background
_SHORTEST_IN_COMPOUND = 4  # letters
_SHORTEST_NAME = 4  # letters of the name of a feed
_SUBJECTS_OF_ONE_EVENT = 2  # that two texts have in common
_END_MARKS = (".", "!", "?", '"', "\u201c", "\u201d", "\u00bb", "\u00ab")
_NAME_END = re.compile(r"\s+[-|\u2013\u2014:]\s+|:\s")
_PREFIX = 5  # letters that tell a word of the title in another form or compound

_CUT = re.compile(
    r"\s*(?:\[(?:\u2026|\.\.\.|mehr|more)\]|\(mehr\)|\u2026|\.\.\.|(?:\bWeiterlesen|\bMehr|\bRead more"
    r"|\bLire la suite|\bContinua)\W*)\s*$"
)
_DATELINE = re.compile(
    r"^[A-ZÄÖÜ][\w./ -]{1,40}\((?:dpa|sda|afp|apa|awp|ap|reuters|epd|kna|sid"
    r"|keystone)[^)]{0,30}\)\s*[-\u2013\u2014:.]?\s*(?=[A-ZÄÖÜ\u00ab\u201e\"])",
    re.IGNORECASE,
)
_PLACE_LINE = re.compile(r"^[A-ZÄÖÜ]\w+(?:[/ ][A-ZÄÖÜ]\w+){0,2} [-\u2013\u2014] (?=[A-ZÄÖÜ].{60})")
_TAIL_CREDIT = re.compile(r"\s*\((?:[a-z]{2,8}|[A-Z]{2,8})(?:[/, -]{1,2}[\w.]{2,10}){0,4}\)\s*$")

_Bag = dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Teaser:
    """One text of a story. `text` and `full_text` are plain, a line a block; `publisher` is one voice (its site).

    `credit` is the name to show of the publisher, `url` the page of the article; `language` is a primary subtag.
    """

    entry_id: int
    publisher: str
    language: str
    title: str
    text: str
    full_text: str
    at: datetime
    credit: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, the index of its text and its place there."""

    text: str
    teaser: int
    position: int
    bag: _Bag
    penalty: float
    of_body: bool


def key_points(teasers: Sequence[Teaser], *, languages: Sequence[str]) -> tuple[KeyPoint, ...]:
    """Return the key points of a story, best first; none where two publishers do not give two good sentences.

    All are in one language: the first of `languages` that gives any, then that of most publishers.
    """
    spoken = Counter(teaser.language for teaser in teasers)
    for language in dict.fromkeys((*languages, *(language for language, _ in spoken.most_common()))):
        texts = _voices([teaser for teaser in teasers if teaser.language == language])
        if len(texts) > 1:
            points = _choose(texts, language)
            if points:
                return points
    return ()


def _voices(teasers: Iterable[Teaser]) -> list[Teaser]:
    """Return one text a publisher, the earliest with a teaser, copies of an agency's text once, oldest first."""
    by_publisher: dict[str, Teaser] = {}
    for teaser in sorted(teasers, key=lambda each: (not _has_teaser(each), each.at, each.entry_id)):
        if split_kicker(teaser.title).form is not Form.TICKER:
            by_publisher.setdefault(teaser.publisher, teaser)
    voices: list[Teaser] = []
    bags: list[_Bag] = []
    for teaser in sorted(by_publisher.values(), key=lambda each: (each.at, each.entry_id)):
        bag = _bag(teaser.text or teaser.full_text[:1000], teaser.language)
        if not any(_cosine(bag, other) >= _SAME_TEXT or _contained(bag, other) >= _SAME_TEXT_SHARE for other in bags):
            voices.append(teaser)
            bags.append(bag)
    return voices[:MAX_TEXTS]


def _choose(texts: Sequence[Teaser], language: str) -> tuple[KeyPoint, ...]:
    chosen = choose_sentences(texts, language)
    if len(chosen) < _FEWEST_POINTS or len({each.teaser for each in chosen}) < _FEWEST_POINTS:
        return ()
    return tuple(
        KeyPoint(
            text=each.text,
            entry_id=texts[each.teaser].entry_id,
            publisher=texts[each.teaser].credit or texts[each.teaser].publisher,
            url=texts[each.teaser].url,
            language=language,
        )
        for each in chosen
    )


def choose_sentences(
    texts: Sequence[Teaser], language: str, *, most: int | None = None, quoted_chars: int = QUOTED_CHARS
) -> list[Sentence]:
    """Return the best sentences of texts, in the order to show: the best, what else its text says, then text by text.

    `most` is how many are wanted of a text that is alone, else as many as the number of publishers deserves.
    """
    titles = [_bag(text.title, language) for text in texts]
    names = frozenset[str]().union(*(subjects_of(text.credit, language) for text in texts))
    told = [_tell(text, names) for text in texts]
    known = {word.casefold() for text in texts for token in tokenise(text.title) for word in open_compound(token)}
    sentences = [
        each
        for at, text in enumerate(texts)
        for each in _candidates(text, at, titles, known)
        if _is_of_the_story(each.text, at, texts, told, language)
    ]
    scores = _scores(sentences, titles)
    usable = {sentence.teaser for sentence, score in zip(sentences, scores, strict=True) if score >= _LEAST_SCORE}
    chosen = _pick(
        sentences,
        scores,
        most_each=most or (1 if len(usable) > _FEWEST_POINTS else 2),
        most=most or _most_points(len(usable)),
        quoted_chars=quoted_chars,
    )
    leading = chosen[0].teaser if chosen else 0
    return sorted(chosen, key=lambda each: (each is not chosen[0], each.teaser != leading, each.teaser, each.position))


def _most_points(publishers: int) -> int:
    return _MOST_POINTS_OF_MANY if publishers >= _MANY_PUBLISHERS else _MOST_POINTS


def _candidates(text: Teaser, at: int, titles: Sequence[_Bag], known: set[str]) -> list[Sentence]:
    found = []
    for position, sentence in enumerate(_sentences(text)):
        penalty = penalty_of(sentence, text.language, known)
        if penalty is None:
            continue
        bag = _bag(sentence, text.language)
        if bag and all(1 - _share(bag, title) >= _LEAST_NEWS for title in titles):
            found.append(Sentence(sentence, at, position, bag, penalty, not _has_teaser(text)))
    return found


def _is_of_the_story(sentence: str, at: int, texts: Sequence[Teaser], told: Sequence[frozenset[str]], language: str) -> bool:
    """Tell whether what the sentence names, or much of what its text does, stands in another text, where there is one.

    Two events that were taken for one story have little in common; what a publisher says of itself no other says.
    """
    others = [each for place, each in enumerate(told) if place != at]
    own_name = _NAME_END.split(texts[at].credit, maxsplit=1)[0].casefold()
    if len(own_name) >= _SHORTEST_NAME and own_name in sentence.casefold():
        return any(own_name in text.title.casefold() for place, text in enumerate(texts) if place != at)
    named = subjects_of(sentence, language)
    return not others or any(shared(named, each) or shared(told[at], each) >= _SUBJECTS_OF_ONE_EVENT for each in others)


def _tell(text: Teaser, names: frozenset[str]) -> frozenset[str]:
    """Return the subjects of a title and its text; lines that are no sentences (credits, links) have none."""
    sentences = (each for each in _sentences(text) if each.endswith(_END_MARKS))
    return subjects_of("\n".join((text.title, *sentences)), text.language) - names


def _sentences(text: Teaser) -> tuple[str, ...]:
    """Return the first sentences of a teaser, or of the full text where there is none, without what was cut off."""
    if _has_teaser(text):
        return _whole_sentences(text.text, text.language)[:_TEASER_SENTENCES]
    return _whole_sentences(text.full_text, text.language)[:_BODY_SENTENCES]


def _has_teaser(text: Teaser) -> bool:
    return len(text.text) >= _SHORTEST_TEASER


def _whole_sentences(text: str, language: str) -> tuple[str, ...]:
    text = _PLACE_LINE.sub("", _DATELINE.sub("", _TAIL_CREDIT.sub("", text.strip())))
    whole = _CUT.sub("", text)
    sentences = split_sentences(whole, language)
    if whole != text and sentences and split_sentences(f"{sentences[-1]} Haus", language)[0] != sentences[-1]:
        sentences = sentences[:-1]  # "am 15." was cut in the middle
    return tuple(" ".join(sentence.split()) for sentence in sentences)


def _scores(sentences: Sequence[Sentence], titles: Sequence[_Bag]) -> list[float]:
    """Return what speaks for each sentence; minus infinity where no title and no other publisher knows its subject."""
    subject = _sum(titles)
    centre = _sum([sentence.bag for sentence in sentences])
    subjects = {word for title in titles for word in title}
    publishers = max(len(titles), 2)
    scores = []
    for sentence in sentences:
        support = _support(sentence, sentences, titles)
        named = sum(any(_are_kin(word, subject) for subject in subjects) for word in sentence.bag)
        if not support and named < (_SUBJECTS_OF_BODY if sentence.of_body else 1):
            scores.append(-math.inf)
            continue
        scores.append(
            math.exp(-sentence.position / _POSITION_SCALE)
            + _cosine(sentence.bag, subject)
            + _CENTROID * _cosine(sentence.bag, centre)
            + _SUPPORT * math.log2(1 + support) / math.log2(publishers)
            - sentence.penalty
        )
    return scores


def _are_kin(word: str, subject: str) -> bool:
    """Tell whether a word is a subject in another form, or a compound with it (`Bahnausbau`, `Bahn`)."""
    return word[:_PREFIX] == subject[:_PREFIX] or (len(subject) >= _SHORTEST_IN_COMPOUND and subject in word)


def _support(sentence: Sentence, sentences: Sequence[Sentence], titles: Sequence[_Bag]) -> int:
    """Return how many other publishers say about the same in a sentence or a title."""
    others = {
        other.teaser for other in sentences if other.teaser != sentence.teaser and _says_the_same(sentence.bag, other.bag)
    }
    others |= {at for at, title in enumerate(titles) if at != sentence.teaser and _says_the_same(sentence.bag, title)}
    return len(others)


def _says_the_same(one: _Bag, other: _Bag) -> bool:
    return _cosine(one, other) >= _SUPPORT_COSINE or _contained(one, other) >= _SUPPORT_SHARE


def _pick(
    sentences: Sequence[Sentence], scores: Sequence[float], *, most_each: int, most: int, quoted_chars: int
) -> list[Sentence]:
    """Return sentences by maximal marginal relevance within the limits of each publisher."""
    left = [at for at, score in enumerate(scores) if score >= _LEAST_SCORE]
    chosen: list[Sentence] = []
    while left and len(chosen) < most:
        best = max(left, key=lambda at: (scores[at] - _REDUNDANCY * _likeness(sentences[at], chosen), -at))
        left.remove(best)
        sentence = sentences[best]
        same = [each for each in chosen if each.teaser == sentence.teaser]
        if len(same) >= most_each or sum(len(each.text) for each in same) + len(sentence.text) > quoted_chars:
            continue
        if not any(_is_said(sentence.bag, each.bag) for each in chosen):
            chosen.append(sentence)
    return chosen


def _is_said(one: _Bag, other: _Bag) -> bool:
    if _cosine(one, other) >= _SAME_COSINE:
        return True
    few, many = ({word[:_PREFIX] for word in bag} for bag in sorted((one, other), key=len))
    return len(few & many) >= _SAME_SHARE * len(few)


def _likeness(sentence: Sentence, chosen: Sequence[Sentence]) -> float:
    return max((_cosine(sentence.bag, each.bag) for each in chosen), default=0.0)


def _bag(text: str, language: str) -> _Bag:
    """Return the stems of a text with weights, length 1; small words say nothing, rare repetition says little more."""
    words = (word for token in tokenise(text) for word in open_compound(token))
    counts = Counter(stem(word, language) for word in words if _says_something(word, language))
    weights = {word: 1 + math.log(count) for word, count in counts.items()}
    norm = math.sqrt(sum(weight * weight for weight in weights.values()))
    return {word: weight / norm for word, weight in weights.items()}


def _says_something(word: str, language: str) -> bool:
    return word.isdigit() or (len(word) > 1 and not is_small_word(word.lower(), language))


def _sum(bags: Sequence[_Bag]) -> _Bag:
    total: defaultdict[str, float] = defaultdict(float)
    for bag in bags:
        for word, weight in bag.items():
            total[word] += weight
    norm = math.sqrt(sum(weight * weight for weight in total.values())) or 1.0
    return {word: weight / norm for word, weight in total.items()}


def _cosine(one: _Bag, other: _Bag) -> float:
    if len(one) > len(other):
        one, other = other, one
    return sum(weight * other.get(word, 0.0) for word, weight in one.items())


def _share(bag: _Bag, other: _Bag) -> float:
    """Return the share of a text's words that another one has."""
    total = sum(bag.values())
    return sum(weight for word, weight in bag.items() if word in other) / total if total else 0.0


def _contained(one: _Bag, other: _Bag) -> float:
    return _share(one, other) if len(one) <= len(other) else _share(other, one)
