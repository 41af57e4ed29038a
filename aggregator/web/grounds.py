"""Grounds of topics and stories in the words of a page."""

from __future__ import annotations

from aggregator.model.ground import Ground, GroundKind, Grounds
from aggregator.web.words import Words

_RAW_WORDS = frozenset({GroundKind.NEAR, GroundKind.FAR, GroundKind.NEARER_ELSEWHERE})  # shared words are not quoted, rules are


def say_grounds(grounds: Grounds, words: Words) -> str:
    """Return why an entry belongs to a topic, or does not: rule by rule, the alternatives of a rule after commas."""
    return "; ".join(", ".join(_say(ground, words) for ground in rule) for rule in grounds)


def say_evidence(reason: str, words: Words) -> str:
    """Return why an entry stands in its story; a reason without words stays as it is stored."""
    key = f"ws_because_{reason.replace(' ', '_')}"
    return words.say(key) if words.has(key) else reason


def _say(ground: Ground, words: Words) -> str:
    key = f"ws_why_{ground.kind.name.lower()}"
    if ground.kind in _RAW_WORDS and not ground.words:
        key += "_bare"
    listed = ground.words if ground.kind in _RAW_WORDS else [words.say("ws_quoted", text=word) for word in ground.words]
    is_language = ground.kind in {GroundKind.LANGUAGE, GroundKind.NO_LANGUAGE}
    return words.say(
        key,
        word=ground.word,
        found=ground.found,
        place=words.say(f"ws_place_{ground.place}") if ground.place else "",
        words=", ".join(listed) + (", …" if ground.has_more else ""),
        share=words.say("ws_percent", n=round(100 * ground.share)),
        language=words.language_name(ground.found) if is_language else "",
        languages=", ".join(map(words.language_name, ground.words)) if is_language else "",
    )
