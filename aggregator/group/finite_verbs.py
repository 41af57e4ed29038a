"""Whether a sentence says something of something: it has a finite verb, as far as forms and neighbours tell (German, English).

Forms only, no dictionary: a caption (`Die besten Szenen aus zehn Jahren.`) must be found out, a strange verb may pass.
"""

from __future__ import annotations

import re

from aggregator.group.sentence_words import is_small_word, words_in

_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_SHORTEST_VERB = 4  # letters

_GERMAN_VERBS = re.compile(
    r"^(?:ist|sind|war|waren|wird|werden|wurde|wurden|hat|haben|hatte|hatten|kann|können|konnte|konnten|muss|müssen|musste|soll"
    r"|sollen|sollte|will|wollen|wollte|darf|dürfen|durfte|mag|sei|seien|wäre|wären|habe|hätte|hätten|werde|würde|würden"
    r"|könne|könnte|könnten|müsse|müsste|solle|wolle|dürfe|dürfte|gibt|tut|bleibt|kommt|geht|steht|liegt|heisst|heißt|bin|sieht|weiss|weiß"
    r"|(?:an|auf|aus|bei|ein|mit|nach|vor|zu|zurück|be|ent|er|ge|miss|über|um|unter|ver|wider|zer)?"
    r"(?:ging|kam|gab|nahm|fand|stand|lag|hielt|liess|ließ|stiess|stieß|rief|schrieb|blieb|stieg|fiel|zog|trug|schlug|traf|begann|gewann"
    r"|verlor|bot|sah|las|sprach|brach|starb|trat|wuchs|sank|schloss|schoss|floh|flog|lief|fuhr|sass|saß|wies|warf|tat|hiess"
    r"|hieß|schuf|half|warb|fing|hing|griff|schnitt|stritt|litt|trieb|schien|wich|log|schwieg|kannte|wusste|brachte|dachte"
    r"|sang|sprang|zwang|drang|gelang|misslang|rang|klang|schwamm|schied|bat|ass|aß|mied|riss|wand|band|stahl|verbarg|lud|schob|hob)(?:en)?)$"
)
_GERMAN_ENDING = re.compile(r"(?:t|te|ten|en|ern|eln)$")
_GERMAN_NEVER = words_in(
    "nicht seit damit somit womit fast erst selbst zuletzt jüngst meist insgesamt mit bereit bekannt sonst zunächst höchst"
    " längst kürzlich oft gut weit alt laut statt anstatt samt dort seit zeit neben gegen wegen zwischen hinten vorn unten"
    " oben aussen außen innen drinnen gestern morgen"
)
_GERMAN_ATTRIBUTED = words_in(
    "der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner in im am an auf aus bei beim mit"
    " nach über um unter von vom vor zu zum zur für gegen durch seit zwischen ohne wegen sein seine seinen seinem seiner ihr"
    " ihre ihren ihrem ihrer und oder sowie viele alle mehr zwei drei vier fünf"
)

_GERMAN_PRONOUNS = words_in("er sie es man das dies Er Sie Es Man Das Dies")

_ENGLISH_VERBS = words_in(
    "is are was were be been has have had do does did will would can could may might must should shall won't can't isn't aren't"
    " wasn't weren't hasn't haven't hadn't don't doesn't didn't couldn't wouldn't said told made took came went got gave found"
    " saw left lost led met paid put ran sent set shot sold stood struck won wrote began became broke brought built bought"
    " caught chose cut dealt drew fell felt fought flew grew held hit kept knew laid let meant rose sat sought spent"
    " spoke spread"
    " swept swore taught thought threw understood withdrew fled hurt forced says wants makes takes gets gives goes comes shows"
    " finds calls warns urges seeks faces hits wins loses leads meets pays puts runs sends sets cuts rises falls becomes"
    " includes remains needs knows thinks believes expects hopes fears tries continues allows requires argues agrees claims"
    " plans helps keeps offers opens closes begins starts ends follows means brings adds lives works believes say want make"
    " take get give go come find seek urge warn become include remain need know think believe expect try continue allow"
    " require argue agree claim appear appears seem seems face"
)
_ENGLISH_AFTER_VERB = words_in(
    "the a an to on in his her its their that for into with by at up over against more new from off out as how why whether"
)
_ENGLISH_ATTRIBUTED = words_in("the a an of by with and or his her its their this that these those most more newly well")


def has_verb(sentence: str, language: str) -> bool:
    """Return whether the sentence has a finite verb; in languages without rules, whether it has words at all."""
    words = _WORD.findall(sentence)
    if language == "de":
        return any(_is_german_verb(words, at) for at in range(len(words)))
    if language == "en":
        return any(_is_english_verb(words, at) for at in range(len(words)))
    return bool(words)


def _is_german_verb(words: list[str], at: int) -> bool:
    word, lower = words[at], words[at].lower()
    if word[0].isupper() and at:
        return False  # a noun
    if _GERMAN_VERBS.match(lower):
        return True
    if len(word) < _SHORTEST_VERB or lower in _GERMAN_NEVER or is_small_word(lower, "de"):
        return False
    before = words[at - 1] if at else ""
    if lower.endswith("e") and not lower.endswith("te"):
        # "Moskau unterstütze Syrien", "sie fehle"
        return before in _GERMAN_PRONOUNS or (before[:1].isupper() and not is_small_word(before.lower(), "de"))
    if lower.endswith("t"):
        return True  # an adjective before its noun would be bent
    return bool(_GERMAN_ENDING.search(lower)) and before.lower() not in _GERMAN_ATTRIBUTED


def _is_english_verb(words: list[str], at: int) -> bool:
    word, lower = words[at], words[at].lower()
    before, after = words[at - 1] if at else "", words[at + 1] if at + 1 < len(words) else ""
    if lower in _ENGLISH_VERBS:
        return bool(before)
    if not word.islower() or "-" in word or before.lower() in _ENGLISH_ATTRIBUTED:
        return False
    if word.endswith("ed"):
        return len(word) >= _SHORTEST_VERB and bool(before)
    # "Microsoft backs Apple", "The show heads to Berlin"
    return word.endswith("s") and before[:1].isupper() and (after.lower() in _ENGLISH_AFTER_VERB or after[:1].isupper())
