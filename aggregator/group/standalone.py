"""Whether a sentence can stand alone: nothing in it points back, it is whole, and it is news and not service.

Rules of our own for German, with short lists for French, Italian and English. They are strict: a sentence that is lost costs
less than one that says `Er` to a reader who was not told who.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from aggregator.group.back_references import PRONOUN, QUOTE_MARKS, WORDS, has_full_name, points_back
from aggregator.group.finite_verbs import has_verb
from aggregator.group.sentence_words import is_small_word, words_in

SHORTEST_CHARS = 40
LONGEST_CHARS = 220

_QUOTE_START = 0.35  # penalties, on a scale on which position and likeness to the title bring at most 1 each
_BARE_SURNAME = 0.4
_UNNAMEDPRONOUN = 0.4
_BARE_NOUN = 0.7
_CONTRASTED = 0.35
_DEFINED = 0.4
_UNSOURCED = 0.4
_MOST_ACRONYMS = 5
_KINDRED = 5  # letters that words of a family share
_SPEAKER_WORDS = 2  # a speaker and what he does with the quote

_END = re.compile(r"[.!]['\"\u201c\u201d\u2019\u00bb\u00ab)\u203a\u2039]*$")
_START = re.compile(r"[^\W_a-zäöüß]|[\u00ab\u201e\"\u201c\u00bb\u201a\u2039']")
_OPEN_ENDED = re.compile(r"\?|\u2026|\.\.\.")
_STAMP = re.compile(
    r"^\W*(?:\d{1,2}[:.]\d{2}(?:\s*(?:Uhr|h))?\b|\d{1,2}\.\d{1,2}\.(?:\d{2,4})?\b|\+\+\+)|\+\+\+|^[^.]{0,30}\bUhr:"
)
_JUNK = re.compile(
    r"https?:|www\.|@\w|\bcookies?\b|\bnewsletter|\babonn|\babo\b|\bmehr dazu\b|\bweiterlesen\b|\blesen sie\b"
    r"|\bhier (?:geht|gibt|finden|lesen)\b"
    r"|\bim (?:video|podcast|livestream|liveblog|live-?ticker)\b|\bklicken?\b|\bbildergalerie|\bfotostrecke"
    r"|\bjetzt (?:lesen|anmelden|registrieren)"
    r"|\bread more\b|\bsign up\b|\bsubscribe\b|\bclick here\b|\blire (?:la suite|aussi)\b|\bleggi (?:anche|tutto)\b|\babonnez"
    r"|\b(?:symbol|archiv)bild\b|\bfoto:|\bbild:|\bquelle:|\bphoto:|\bthe post\b.*\bappeared first\b"
    r"|\bdieser (?:artikel|beitrag|text)\b"
    r"|\berschien zuerst (?:auf|bei)\b|\barticle .*\best apparu en premier\b"
    r"|\bdiese[rs]? [\w-]*(?:ausgabe|folge|sendung|episode)\b"
    r"|\b(?:diesem|this|our|bonus) (?:\w+ )?podcast\b"
    r"|\b(?:ist|war) (?:heute )?(?:zu )?gast\b|\bzu gast\b|\bim studio\b|\bmoderation\b"
    r"|\b(?:this|in our|our latest|another) (?:[\w'\u2019-]+ ){0,2}(?:episode|edition|newsletter|seminar)\b"
    r"|\bepisode \d|\bwelcome (?:back )?to\b|\bjoin (?:us|me)\b|\bpicture ?:|\bcaption ?:|\bstay tuned\b"
    r"|\b(?:not|n.t) (?:\w+ )?(?:be )?(?:\w+ )?(?:able to )?(?:\w+ )?verif(?:y|ied)\b"
    r"|\bn[o.]t (?:immediately |yet )?(?:respond|repl)\w* to\b.*\brequests?\b"
    r"|\bgastbeitrag\b|\bein kommentar von\b|\beine? (?:analyse|reportage|bericht|interview|kolumne|glosse) von\b",
    re.IGNORECASE,
)
_AGENCY = re.compile(
    r"\((?:red|dpa|sda|afp|apa|awp|ap|reuters|keystone|epd|kna|sid|dapd|[A-Z]{2,4}/[a-z]{2,4})\b[^)]*\)", re.IGNORECASE
)
_BYLINE = re.compile(r"^(?:Von|Par|Di|By) [A-ZÄÖÜ][\w-]+ [A-ZÄÖÜ][\w-]+(?:[,.]| und\b| et\b| and\b|$)")
_LABEL = re.compile(r"^(?:Der|Die|Das|Sein|Ihr|Mein)e? [\w-]+: |^[A-ZÄÖÜ][\w-]+ [A-ZÄÖÜ][\w-]+, [^:,]{3,40}: ")
_EXCLAIMED = re.compile(r"!\W*$")  # outside quotes: an invitation, a joke
_SPOKEN = re.compile(r"^[\w .-]{2,40}: ?[\u00ab\u201e\"\u201c\u00bb]")
_QUOTED = re.compile(
    r"\u00ab[^\u00bb]*\u00bb|\u201e[^\u201c\u201d]*[\u201c\u201d]|\u00bb[^\u00ab]*\u00ab|\u201c[^\u201d]*\u201d|\"[^\"]*\""
)
_FIRST_PERSON = {
    "de": re.compile(r"\b(?:ich|wir|mein\w*|unser\w*|uns|mir|mich|du|dein\w*|dich|dir|euch|euer)\b", re.IGNORECASE),
    "en": re.compile(r"\b(?:I|we|my|our|us|me|you|your)\b", re.IGNORECASE),
    "fr": re.compile(r"\b(?:je|j|nous|mon|ma|mes|notre|nos|vous|votre|vos|tu)\b", re.IGNORECASE),
    "it": re.compile(r"\b(?:io|noi|mio|mia|miei|nostr[oaie]|tu|voi|vostr[oaie])\b", re.IGNORECASE),
}
_ADDRESSED = re.compile(r"(?<=[\w,:] )(?:Sie|Ihnen|Ihre?[nmrs]?)\b")
_ACRONYMS = re.compile(r"\b[A-ZÄÖÜ]{2,}\b")

_UNNAMED_IT = re.compile(
    r"\b(?:soll|sollen|wird|wurde|ist|war|hat|hatte|kann|könnte|muss|will|würde|dürfte) es (?:nun|auch|jetzt|bald"
    r"|wieder|nicht|zudem|ab|im|in|für)\b"
)
_BARE_SPEAKER = re.compile(
    r"\b(?:so|sagt|sagte|erklärt|erklärte|betont|betonte|meint|meinte|findet|schreibt) (?P<name>[A-ZÄÖÜ][\w-]+)(?! [A-ZÄÖÜ])"
)
_CONTRAST = re.compile(
    r"\b(?:jedoch|allerdings|dennoch|trotzdem|indes|wiederum|beispielsweise|zum Beispiel|weiterhin|ohnehin)\b"
)
# Reported speech (Konjunktiv I), and what names a source of it; "dass" and "ob" bring their own.
_REPORTED = re.compile(r"\b(?:sei|seien|habe|werde|wolle|könne|müsse|solle|dürfe|gebe|gehe|komme|stehe|würden)\b")
_SOURCE = re.compile(
    r"\b(?:dass|ob|damit|wenn|laut|zufolge|gemäss|gemäß|nach (?:Angaben|Ansicht|Einschätzung|Worten|Berichten)|so"
    r"|sag(?:t|te|ten|en)"
    r"|hie(?:ss|ß)|hei(?:sst|ßt)|erklär\w+|beton\w+|mein\w+|teil\w+|schr(?:eibt|ieb)\w*|bericht\w+|kritisier\w+|warn\w+|forder\w+"
    r"|behaupt\w+|kündig\w+|versicher\w+|begründ\w+|befürcht\w+|glaub\w+|find\w+|fürcht\w+|hoff\w+|entschied|urteil\w+)\b"
)
# "Der Wettbewerb ist Europas grösster seiner Art.": what everybody knows, no news.
_DEFINITION = {
    "de": re.compile(
        r"^(?:Der|Die|Das) [A-ZÄÖÜ][^,.:]{2,60} ist (?:ein|eine|einer|eines|der|die|das|[A-ZÄÖÜ]\w+s) [^,]{5,80}\.$"
    ),
    "en": re.compile(r"^(?:The )?[A-Z][^,.:]{2,60} is (?:a|an|the|one of) [^,]{5,80}\.$"),
}
# "Das Gremium will …", "The decision was …": which one?
_BARE_DEFINITE = {
    "de": re.compile(r"^(?:Der|Die|Das) (?P<noun>[A-ZÄÖÜ][\w-]+) [a-zäöü]"),
    "en": re.compile(
        r"^The (?P<noun>[a-z-]+) (?:is|was|are|were|has|have|had|will|would|could|can|may|also|comes?|came|follows|followed"
        r"|said|says|means|took|takes|began)\b"
    ),
    "fr": re.compile(
        r"^(?:Le |La |Les |L['\u2019])(?P<noun>[a-zà-ÿ-]+) (?:est|sont|était|étaient|a|ont|avait|sera|seront|doit|devrait"
        r"|pourrait|vient|veut|fait)\b"
    ),
    "it": re.compile(
        r"^(?:Il |La |Lo |I |Gli |Le |L['\u2019])(?P<noun>[a-zà-ÿ-]+) (?:è|sono|era|erano|ha|hanno|aveva|sarà|deve|dovrebbe"
        r"|viene|vuole)\b"
    ),
}
_KNOWN_TO_ALL = words_in(
    "Bundesrat Bundesregierung Bundestag Bundesrätin Bundeskanzler Bundespräsident Bundesgericht Bundesanwaltschaft"
    " Polizei Kantonspolizei Stadtpolizei Regierung Regierungsrat Kanton Stadt Schweiz Staatsanwaltschaft Feuerwehr"
    " Parlament Nationalrat Ständerat Behörden Armee Nationalbank Europäische Vereinten Ukraine Türkei Slowakei"
    " Mongolei Niederlande Kreml Vatikan Papst Westen Internet Welt Wirtschaft Wissenschaft Inflation Teuerung"
    " Arbeitslosigkeit Post Bahn SBB Coronavirus government police president parliament pope army economy world country"
    " gouvernement police président parlement pape armée monde governo polizia presidente parlamento papa esercito mondo"
)
_LANGUAGES = ("de", "en", "fr", "it")  # whose small words are known
_CASELESS_PAIRS = (("(", ")"), ("[", "]"), ("\u00ab", "\u00bb"), ("\u201e", "\u201c"))


def penalty_of(sentence: str, language: str, known: AbstractSet[str] = frozenset()) -> float | None:
    """Return what a sentence loses by its flaws, None if it must not be shown alone.

    `known` are words (casefolded) that the reader has seen, those of the titles: such a noun or surname needs no introduction.
    """
    if not _is_whole(sentence, language) or points_back(sentence, language):
        return None
    penalty = _QUOTE_START if sentence[0] in QUOTE_MARKS else 0.0
    bare = _BARE_DEFINITE[language].match(sentence) if language in _BARE_DEFINITE else None
    if bare and not _is_known(bare["noun"], known):
        penalty += _BARE_NOUN
    if language in _DEFINITION and _DEFINITION[language].match(sentence):
        penalty += _DEFINED
    return penalty + _german_penalty(sentence, known) if language == "de" else penalty


def _is_whole(sentence: str, language: str) -> bool:
    """Tell whether it is one complete statement of the right length, and neither service nor credit."""
    return (
        SHORTEST_CHARS <= len(sentence) <= LONGEST_CHARS
        and bool(_START.match(sentence))
        and bool(_END.search(sentence))
        and not _OPEN_ENDED.search(sentence)
        and not any(pattern.search(sentence) for pattern in (_STAMP, _JUNK, _AGENCY, _BYLINE, _SPOKEN, _LABEL))
        and len(_ACRONYMS.findall(sentence)) <= _MOST_ACRONYMS
        and _is_balanced(sentence)
        and _is_reported(sentence, language)
        and has_verb(sentence, language)
        and _is_in(language, sentence)
    )


def _is_reported(sentence: str, language: str) -> bool:
    """Tell whether somebody tells it of others: no quote without a speaker, no first person, no reader addressed."""
    outside = _QUOTED.sub(" ", sentence)
    if outside != sentence and len(WORDS.findall(outside)) < _SPEAKER_WORDS:
        return False
    if _EXCLAIMED.search(outside):
        return False
    first_person = _FIRST_PERSON.get(language)
    if first_person is not None and first_person.search(outside):
        return False
    return not (language == "de" and _ADDRESSED.search(outside))


def _is_in(language: str, sentence: str) -> bool:
    """Tell whether the small words are those of the language that the feed says, and not those of another."""
    if language not in _LANGUAGES:
        return True
    words = [word.lower() for word in WORDS.findall(sentence.replace("\u2019", "'").replace("'", " "))]
    own = sum(is_small_word(word, language) for word in words)
    return own > 0 and all(own >= sum(is_small_word(word, other) for word in words) for other in _LANGUAGES)


def _is_balanced(sentence: str) -> bool:
    return sentence.count('"') % 2 == 0 and all(
        sentence.count(first) == sentence.count(last) for first, last in _CASELESS_PAIRS
    )


def _german_penalty(sentence: str, known: AbstractSet[str]) -> float:
    penalty = 0.0
    speaker = _BARE_SPEAKER.search(sentence)
    if speaker and speaker["name"].casefold() not in known and speaker["name"] not in _KNOWN_TO_ALL:
        penalty += _BARE_SURNAME
    if _UNNAMED_IT.search(sentence) or (PRONOUN.search(sentence) and not has_full_name(sentence)):
        penalty += _UNNAMEDPRONOUN
    contrast = _CONTRAST.search(sentence)
    if contrast and "," not in sentence[: contrast.start()]:
        penalty += _CONTRASTED
    if _REPORTED.search(sentence) and not _SOURCE.search(sentence):
        penalty += _UNSOURCED
    return penalty


def _is_known(noun: str, known: AbstractSet[str]) -> bool:
    folded = noun.casefold()
    if noun in _KNOWN_TO_ALL or noun.isupper() or folded in known:
        return True
    return any(len(word) >= _KINDRED and (word in folded or folded[:_KINDRED] == word[:_KINDRED]) for word in known)
