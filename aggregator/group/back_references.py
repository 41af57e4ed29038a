"""Whether a sentence points back: means something that only the sentences before it name (`Er`, `Das hatte …`, `dort`)."""

from __future__ import annotations

import re

from aggregator.group.sentence_words import is_small_word, words_in

_POINTING_WORDS = 8  # a demonstrative among the first words points back; later the sentence may have said what it means

QUOTE_MARKS = "\u00ab\u201e\"\u201c\u00bb\u201a\u2039'"
WORDS = re.compile(r"[^\W_]+(?:[-\u2019'][^\W_]+)*")

_BACK_POINTING_STARTS = {
    "de": words_in(
        "er sie ihm ihn ihnen ihr ihre ihren ihrem ihres ihrer sein seine seinen seinem seiner seines deren dessen"
        " denen dies jene jener jenes jenem jenen solch solche solcher solches solchen solchem"
        " derartige derartiges derselbe dieselbe"
        " dasselbe letztere letzterer letzteres erstere ersterer beide beides weitere weiterer weiteres andere anderer"
        " anderes einer eines man dazu dabei damit dadurch daher dafür dagegen danach daneben daran darauf daraufhin"
        " daraus darin darüber darum darunter davon davor dazwischen dahinter dann da damals dort dorthin dorther hier"
        " hierzu hierbei hierfür hiermit so also auch zudem ausserdem außerdem ferner überdies weiterhin weiters"
        " zugleich gleichzeitig inzwischen mittlerweile unterdessen indes indessen derweil währenddessen doch aber und"
        " oder denn sondern jedoch allerdings dennoch trotzdem hingegen demgegenüber deshalb deswegen folglich somit"
        " demnach demzufolge dementsprechend entsprechend stattdessen vielmehr nun jetzt zuvor vorher zunächst zuerst"
        " anschliessend anschließend später schliesslich schließlich letztlich endlich einerseits andererseits zwar"
        " immerhin jedenfalls ebenso ebenfalls genauso gleiches umgekehrt sogar nein ja wieso warum weshalb"
        " was wer wo wobei wodurch womit wofür wonach welche welcher welches ob sonst nur selbst vielleicht natürlich"
        " klar fest etwa seither seitdem sodann alles nichts tatsächlich offenbar besonders insbesondere hinzu wann"
        " insofern insoweit nicht"
    ),
    "en": words_in(
        "he she they it its his her their him them hence this these those that such there here then thus therefore however"
        " but and or also still yet meanwhile moreover furthermore instead nevertheless nonetheless otherwise later"
        " earlier afterwards both another others so now what why how who where when which whether yes no just"
    ),
    "fr": words_in(
        "il elle ils elles lui leur leurs son sa ses ce cet cette ces cela ça ceci c celui celle ceux celles là ici y"
        " alors ainsi puis ensuite enfin mais et ou donc or car aussi cependant toutefois pourtant néanmoins de même"
        " on que qui quoi pourquoi comment où quand voici voilà"
    ),
    "it": words_in(
        "egli ella lui lei loro essi suo sua suoi sue questo questa questi queste quello quella quelli quelle ciò"
        " così poi quindi inoltre infine ma e o però tuttavia anche ecco qui là lì dunque allora che chi come dove"
        " quando perché"
    ),
}
_EXPLETIVE = re.compile(
    r"^Es (?:gibt|gab|gebe|droht|drohen|drohte|fehlt|fehlen|fehlte|braucht|brauche|kommt zu|kam zu|kam es zu)\b"
)
_THIS_TIME = r"(?:Woche|Jahr|Jahres|Monat|Monats|Sommer|Winter|Herbst|Frühling|Frühjahr|Saison|Wochenende|\w+tag|\w+abend)"
_DEMONSTRATIVE = re.compile(rf"\bdiese[rsmn]?\b(?! {_THIS_TIME}\b)", re.IGNORECASE)
_POINTING_INNER = re.compile(
    r"\b(?:dort|dorthin|dafür|dagegen|darum|somit|deshalb|deswegen|daher|damit|davon|daran|darauf|darin|dazu|darüber|dabei|danach|dadurch"
    r"|daraus|darunter|hierzu|hierfür|diesbezüglich|dementsprechend|ebenfalls|hingegen|stattdessen|ausserdem"
    r"|außerdem|zudem)\b"
    r"(?!, (?:dass|wie|ob|was|wer|wo|wann|warum|wenn|weil|\w+ zu\b|\w+zu\w+))"
)
_NAMED_BEFORE = re.compile(
    r"\b(?:dortig|hiesig|besagt|genannt|erwähnt|obig)e[nrsm]?\b|\bden Befragten\b"
    r"|^(?:\d+|Zwei|Drei|Vier|Fünf|Zehn|Viele|Mehrere) weitere\b|^(?:Bereits|Schon|Kurz) (?:zuvor|vorher|damals|danach)\b"
)
_RELATIVE_OWNER = re.compile(
    r"(?<!, )(?<!, in )(?<!, mit )(?<!, von )(?<!, aus )(?<!, für )(?<!, auf )(?<!, an )(?<!, bei )\b(?:deren|dessen)\b"
)
_THAT_THAT = re.compile(r"^Dass das [a-zäöü]")
_REASON = re.compile(
    r"^(?:(?:Der |Die |Das )?(?:Grund|Hintergrund|Ziel|Anlass|Auslöser|Ursache|Ergebnis|Folge|Resultat|Fazit"
    r"|Problem|Clou|Konsequenz|Idee))"
    r" (?:ist|war|sei|dafür|dahinter|sind|hierfür|davon|wäre|lautet)\b|^Zum (?:einen|anderen)\b|^Nicht nur\b"
    r"|^Mehr als das\b|^Kein Wunder\b|^Ein(?:e[rs]?)? (?:weitere[rs]?|davon)\b"
)
_AS_TOLD_WHOLE = re.compile(r"^Wie [^,]+, (?!(?:der|die|das|den|dem|dessen|deren|und|oder|w[aeio]\w+)\b)[a-zäöü]")
_WAS_SO = re.compile(r"\b(?:so|dort|dabei|darum|daran|dafür|dagegen)[.!]$")
_ARTICLE_START = re.compile(
    r"^(?:(?:Auf|Mit|Für|In|Bei|Nach|An|Von|Zu|Aus|Über|Um|Unter|Vor|Gegen|Durch) (?:(?P<pronoun>ihn|ihm|ihr|ihnen"
    r"|sie|denen)\b"
    r"|(?:dem|den|der|die|das))|Der|Die|Das|Den|Dem)(?: (?P<run>[a-zäöüß]+(?: [a-zäöüß]+)*)(?=\W|$)|(?<=ihn|ihm|ihr"
    r"|sie)|(?<=nen))"
)
_ADVERBS = words_in(
    "neu schwer leicht stark rund knapp bisher bislang so sehr hoch tief weit frisch jüngst erst zuletzt meist viel"
    " gut schlecht besonders ganz mehr weltweit national international seit fast geplant einst früher offenbar"
    " angeblich politisch"
)
_ARTICLES = words_in("der die das den dem des ein eine einen einem einer eines")
_ADJECTIVE = re.compile(r"(?:e|en|er|es|em)$")
_VERBS_LIKE_ADJECTIVES = words_in(
    "hatte hatten habe haben hätte hätten würde würden werde werden wurde wurden sollte sollten solle sollen könnte"
    " könnten konnte konnten könne können müsste müssten musste mussten müsse müssen wollte wollten wolle wollen wäre"
    " wären waren dürfe dürfen durfte durften dürfte dürften sagte sagten zeigte zeigten machte machten machen führe"
    " führte führen bedeute bedeutete bedeuten gelte gelten gehe gehen liege liegen stehe stehen komme kommen lasse"
    " lassen heisse heißen sehen wissen freute freuen reichte reichen brachte bringe bringen nannte nennen erklärte"
    " erklären stimme stimmen passe passen änderte ändere ändern löste lösen sorgte sorgen sorge traf treffen betreffe"
    " betreffen scheine scheinen alles alle"
)
_PREPOSITIONS = words_in(
    "in im am an auf aus bei beim mit nach über um unter von vom vor zu zum zur für gegen durch seit zwischen"
)
_POSSESSIVE = {
    "de": re.compile(r"\b(?:seine?[nrms]?|ihre?[nrms]?)\b"),
    "en": re.compile(r"\b(?:he|him|his|she|her|they|them|their|its)\b"),
    "fr": re.compile(r"\b(?:il|elle|ils|elles|son|sa|ses|leurs?)\b"),
    "it": re.compile(r"\b(?:egli|ella|suo|sua|suoi|sue|loro)\b"),
}
_POINTING_ENGLISH = re.compile(r"^(?:The (?:latter|former|same|two|pair|duo)\b|As an? [\w -]+,? (?:he|she|it|they)\b)")
_TIMES = words_in(
    "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonnabend Sonntag Januar Februar März April Mai Juni Juli August"
    " September Oktober November Dezember Montagabend Dienstagabend Mittwochabend Donnerstagabend Freitagabend Samstagabend"
    " Sonntagabend Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March May June July October"
    " December lundi mardi mercredi jeudi vendredi samedi dimanche lunedì martedì mercoledì giovedì venerdì sabato domenica"
    " Jahr Woche Monat Uhr year week month"
)
PRONOUN = re.compile(r"\b(?:er|ihm|ihn|sie|ihnen)\b")
_FULL_NAME = re.compile(r"\b(?P<first>[A-ZÄÖÜ][\w'\u2019-]+) (?:von |van |de )?[A-ZÄÖÜ][\w'\u2019-]+")
_NOUN_BEFORE = re.compile(
    r"\b(?:der|die|das|den|dem|des|ein|eine|einen|einem|einer|eines|zwei|drei|viele|mehrere|rund"
    r"|\d+) (?:[a-zäöüß]+ )*[A-ZÄÖÜ]",
    re.IGNORECASE,
)


def points_back(sentence: str, language: str) -> bool:
    """Return whether the sentence means something that an earlier one named."""
    bare = sentence.lstrip(QUOTE_MARKS + "( ")
    words = WORDS.findall(bare)
    if not words:
        return True
    first = words[0].split("'", 1)[0].split("\u2019", 1)[0].lower()
    if first in _BACK_POINTING_STARTS.get(language, frozenset()):
        return True
    if language == "en" and _POINTING_ENGLISH.match(bare):
        return True
    owned = _POSSESSIVE[language].search(bare) if language in _POSSESSIVE else None
    if owned and not _is_anybody_named(bare[: owned.start()], language):
        return True
    return language == "de" and _points_back_in_german(bare, words)


def _is_anybody_named(before: str, language: str) -> bool:
    """Tell whether a noun that is no time stands before `his`; in German nouns are capitalised."""
    return any(
        not is_small_word(word.lower(), language) and word not in _TIMES and (language != "de" or word[0].isupper())
        for word in WORDS.findall(before)
    )


def _points_back_in_german(sentence: str, words: list[str]) -> bool:
    demonstrative = _DEMONSTRATIVE.search(sentence)
    pronoun = PRONOUN.search(sentence)
    return bool(
        (words[0] == "Es" and not _EXPLETIVE.match(sentence))
        or _REASON.match(sentence)
        or _THAT_THAT.match(sentence)
        or (words[0] == "Wie" and not _AS_TOLD_WHOLE.match(sentence))
        or _starts_without_noun(sentence)
        or (demonstrative and len(WORDS.findall(sentence[: demonstrative.start()])) < _POINTING_WORDS)
        or any("," not in sentence[: found.start()] for found in _POINTING_INNER.finditer(sentence))
        or _RELATIVE_OWNER.search(sentence)
        or _NAMED_BEFORE.search(sentence)
        or _WAS_SO.search(sentence)
        or (pronoun and not _is_introduced(sentence[: pronoun.start()]))
    )


def _starts_without_noun(sentence: str) -> bool:
    """Tell whether the article at the start ("Das hatte …", "Auf die greifen …") stands for a noun named before."""
    found = _ARTICLE_START.match(sentence)
    if found is None:
        return False
    if found["pronoun"]:
        return True
    run = found["run"].split()
    if sentence[found.end() :].lstrip()[:1].isdigit():
        return False  # "Die rund 40 Jahre alte Frau"
    if run[0] in _PREPOSITIONS:
        return False
    last = run[-1]
    if not _ADJECTIVE.search(last) or any(word in _VERBS_LIKE_ADJECTIVES or word in _ARTICLES for word in run):
        return True
    return not (_ADJECTIVE.search(run[0]) or run[0] in _ADVERBS)


def _is_introduced(before: str) -> bool:
    """Tell whether somebody is named before a pronoun: by full name, or in a clause of its own (`Der Rat sagt, dass er`)."""
    return has_full_name(before) or ("," in before and bool(_NOUN_BEFORE.search(before[: before.rindex(",")])))


def has_full_name(text: str) -> bool:
    """Return whether two capitalised words side by side can be a name (`Viola Amherd`, but not `Am Montag`)."""
    return any(not is_small_word(found["first"].lower(), "de") for found in _FULL_NAME.finditer(text))
