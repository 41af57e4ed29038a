"""The kicker of a title: the words before its colon (`Ukraine-Krieg: …`), and the form of an article that some name there.

A kicker is always shown together with the rest of its title, so a wrong one costs style, not meaning. Search, grouping and
sharing use the whole title.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

from aggregator.group.finite_verbs import has_verb
from aggregator.group.sentence_words import words_in

_MOST_WORDS = 6
_MOST_CHARS = 48
_FEWEST_WORDS_AFTER = 2
_FEWEST_CHARS_AFTER = 18


class Form(enum.StrEnum):
    """What an article is, where its title says so."""

    NEWS = "news"
    TICKER = "ticker"
    VIDEO = "video"
    AUDIO = "audio"
    COMMENT = "comment"
    INTERVIEW = "interview"
    ANALYSIS = "analysis"
    REPORT = "report"
    PICTURES = "pictures"
    REVIEW = "review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """A title in two: `kicker` is empty where it has none. `rest` is what stands after the colon, or the whole title."""

    kicker: str
    rest: str
    form: Form = Form.NEWS


_NAMES = {
    Form.TICKER: "liveticker|live-ticker|ticker|newsticker|news-ticker|liveblog|live-blog|newsblog|live|im ticker|im liveticker"
    "|live updates|live update|en direct|in diretta|diretta",
    Form.VIDEO: "video|im video|livestream|vidéo",
    Form.AUDIO: "podcast|audio|hörspiel",
    Form.COMMENT: "kommentar|meinung|leitartikel|kolumne|glosse|gastkommentar|gastbeitrag|pro und contra|debatte|essay|opinion"
    "|editorial|commentaire|opinione|commento",
    Form.INTERVIEW: "interview|im interview|gespräch|entretien|intervista",
    Form.ANALYSIS: "analyse|hintergrund|faktencheck|einordnung|analysis|fact check|analisi",
    Form.REPORT: "reportage|porträt|portrait|bericht",
    Form.PICTURES: "bildergalerie|fotostrecke|bilder|in bildern|fotos|pictures",
    Form.REVIEW: "test|im test|kritik|filmkritik|rezension|review",
}
_FORMS = {name: form for form, names in _NAMES.items() for name in names.split("|")}
_TICKING = re.compile(
    r"\+\+\+|\b(?:live|news)[ -]?(?:ticker|blog)\b|\bliveblog\b|\bim ticker\b|\blive updates?\b"
    r"|\s[-\u2013\u2014|] (?:live|as it happened)\W*$",
    re.IGNORECASE,
)

_COLON = re.compile(r":\s+")
_WORD = re.compile(r"[^\W_]+(?:[-/&.'\u2019][^\W_]+)*")
_NEVER_INSIDE = re.compile(
    r"\s[-\u2013]\s|\büber\b|[,?!\u00ab\u00bb\u201e\u201c\u201d\"\u2026|]|(?<!\bSt)(?<!\bDr)(?<!\bNr)(?<!\bCo)(?<!\d)\.(?=\s|$)"
)
_ADJECTIVE = re.compile(r"(?:e|en|er|es|em)$")
_SMALL = words_in(
    "der die das den dem des ein eine einen einem einer eines in im am an auf aus bei beim mit nach über um unter von"
    " vom vor zu zum zur für gegen durch seit zwischen ohne wegen und & de du la le les des en à au et d l il lo gli"
    " di del della dei e nel nella the of on for at to and against"
)
_VERBS = words_in(
    "haben werden können müssen sollen wollen dürfen sagen machen gehen kommen stehen liegen bleiben fordern warnen"
    " planen wollen suchen finden geben nehmen sehen hoffen kämpfen streiten feiern siegen verlieren gewinnen starten"
    " beginnen enden habe werde könne müsse solle wolle dürfe sage mache gehe komme stehe liege bleibe fordere warne"
    " plane hatte wurde konnte musste sollte wollte durfte sagte machte fordert warnt plant droht drohen hilft helfen"
    " steigen sinken fallen"
)
_NO_START = words_in(
    "was wer wie wo wann warum wieso weshalb wohin woher welche welcher welches ich er sie es wir ihr so das dass"
    " dies diese dieser jetzt hier darum deshalb und oder aber doch what why how who when where which this that these"
    " comment pourquoi quand come perché"
)
# Who says what follows: a claim has a source, and the source is part of it.
_SOURCES = words_in(
    "studie umfrage bericht medienbericht medienberichte berichte polizei experte experten expertin forscher"
    " forscherin forschende ökonom ökonomen ökonomin minister ministerin präsident präsidentin kanzler kanzlerin"
    " sprecher sprecherin staatsanwaltschaft gericht anwalt regierung ministerium verband gewerkschaft gewerkschaften"
    " bundesrat nationalrat spd cdu csu fdp afd bsw grüne grünen linke svp sp mitte evp glp eu uno un nato who rki fbi"
    " cia kreml moskau kiew washington berlin weisses haus papst trump putin selenskyj biden merz scholz macron meloni"
    " netanjahu umweltschützer kritiker insider ärzte forscherteam zeuge zeugen augenzeuge arzt ärztin vater mutter"
    " chef chefin ceo trainer trainerin wissenschaftler wissenschaftlerin analyst analysten study report police poll"
    " expert experts étude sondage studio sondaggio polizia rat warnung behörden"
)
_SOURCE_ENDING = re.compile(
    r"(?:experte|expertin|experten|forscher|forscherin|minister|ministerin|präsident|präsidentin|chef|chefin|sprecher|sprecherin"
    r"|studie|umfrage|bericht|anwalt|anwältin|trainer|verband|gewerkschaft|partei|ökonom|psychologe|psychologin|politiker|politikerin)s?$"
)
_QUOTES = "\u00ab\u201e\"\u201c\u00bb\u201a'"
_SPEECH = re.compile(rf"^[{_QUOTES}](?P<said>[^{_QUOTES}\u00bb\u201d]*)")
_WORDS_OF_SPEECH = 4  # a shorter quote is the name of something
_AUTHOR = re.compile(r"^(?![A-ZÄÖÜ]\w*(?:e|en|er|es|em)\b)[A-ZÄÖÜ][a-zäöüßéèáñç]+ [A-ZÄÖÜ][a-zäöüßéèáñç]+$")
_PERSON = re.compile(r"^(?:[A-ZÄÖÜ][\w'\u2019-]+ ){1,3}[A-ZÄÖÜ][\w'\u2019-]+$")


def split_kicker(title: str) -> Headline:
    """Return a title as kicker and rest."""
    parts = _COLON.split(title, maxsplit=1)
    form = Form.TICKER if _TICKING.search(title) else _FORMS.get(parts[0].strip().lower(), Form.NEWS)
    if len(parts) == 1:
        return Headline(kicker="", rest=title, form=form)
    kicker, rest = parts[0].strip(), parts[1].strip()
    if form is Form.NEWS and not (_is_label(kicker) and _stands_alone(kicker, rest)):
        return Headline(kicker="", rest=title)
    return Headline(kicker=kicker, rest=rest, form=form)


def _is_label(left: str) -> bool:
    """Tell whether the words name a subject and say nothing of it."""
    words = _WORD.findall(left)
    if not words or len(words) > _MOST_WORDS or len(left) > _MOST_CHARS or _NEVER_INSIDE.search(left):
        return False
    if not (left[0].isupper() or left[0].isdigit()) or words[0].lower() in _NO_START or words[-1][0].islower():
        return False
    return all(
        word[0].isupper() or word[0].isdigit() or word in _SMALL or (bool(_ADJECTIVE.search(word)) and word not in _VERBS)
        for word in words
    )


def _stands_alone(left: str, rest: str) -> bool:
    """Tell whether the rest is a title without the words before the colon: long enough, and not what they say."""
    if len(rest) < _FEWEST_CHARS_AFTER or len(rest.split()) < _FEWEST_WORDS_AFTER or rest[0].islower():
        return False
    last = _WORD.findall(left)[-1].lower()
    if left.lower() in _SOURCES or last in _SOURCES or _SOURCE_ENDING.search(last):
        return False
    quoted = _SPEECH.match(rest)
    if quoted and (_PERSON.match(left) or len(quoted["said"].split()) >= _WORDS_OF_SPEECH):
        return False
    return not (_AUTHOR.match(left) and not has_verb(rest, "de"))
