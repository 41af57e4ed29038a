"""Words that tell whether a full stop ends a sentence, for German, French, Italian and English; lists of our own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceWords:
    """The lists of one language; abbreviations stand without their last full stop, dotted ones without spaces.

    `never` end no sentence (`Dr`), `seldom` only where a word follows that would be small inside one (`Mio`), `numbered` only
    where no number follows (`Art`), `closing` end it before any capital (`usw`). `starters` are small words, so a capital on
    them means a new sentence. After a number and a full stop, `counted` go on (`24. April`), and so does any noun where one of
    `counters` stands before (`am 24. Spieltag`).
    """

    never: frozenset[str]
    seldom: frozenset[str]
    closing: frozenset[str]
    numbered: frozenset[str]
    starters: frozenset[str]
    counted: frozenset[str] = frozenset()
    counters: frozenset[str] = frozenset()


def words_in(text: str) -> frozenset[str]:
    """Return the words of a list that is written as a text."""
    return frozenset(text.split())


LETTERED = words_in(
    "Plan Gruppe Klasse Typ Punkt Block Vitamin Variante Liga Serie Kategorie Stufe Teil Hepatitis Halle Zone Gate Note Modell"
    " Gleis Sektor Team Projekt Version Phase Option Trakt Szenario Planet Group Type Class Groupe Gruppo Piano"
)
"""What a letter stands after as a name of its own (`Plan B.`), so that it is no initial."""

NUMBERS = words_in(
    "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf two three four five six seven eight nine ten deux trois quatre"
    " cinq six sept huit neuf dix due tre quattro cinque sei sette otto nove dieci hunderte tausende dutzende"
)
"""Small words that say something all the same."""

_SHARED_NEVER = "Dr Prof vs cf St Nr vol Vol Tel tel Hrsg"
_SHARED_SELDOM = "Co Inc Ltd Corp Bros Cie Jr Sr e.V U.S U.K D.C S.A S.p.A Jan Feb Apr Aug Sept Sep Oct Nov Dec ff f a.m p.m"

_GERMAN = SentenceWords(
    never=words_in(
        f"{_SHARED_NEVER} Mag Hl hl Ing ing Dipl dipl lic phil med iur jur rer nat oec theol habil Hr Hrn Frl Bez bzw ca evtl"
        " ggf gem inkl exkl zzgl abzgl insb insbes bes vgl sog sogen resp betr bezgl lt max mind durchschn geb gest verh verw"
        " verst ehem kath evang ev ref schweiz eidg kant dt österr franz frz engl ital lat griech amerik russ span türk allg"
        " allf ausschl einschl entspr urspr vorm nachm zw zzt hrsg Verf Anm Abb Tab Ziff Bst lit Dt dt Abs Fa Gebr Inh Stv stv"
        " Vors Hptm Oblt Kdt Wm Kpl Gfr Oberstlt Obstlt Div Brig Univ Assoc Priv Doz Tit Kto Postf Stk"
        " z.B z.b d.h i.d.R i.e z.T z.t z.Z z.Zt z.Hd u.U i.S i.V i.A o.g s.o s.u v.a m.E a.o o.a p.a d.i i.H.v u.d.T"
        " ungef wiss techn künstl gesetzl geschl Mme Mlle Sen Gov Rep Mr Mrs Ms Lt Sgt Capt Rev Mgr Mons dgl.m Reg"
        " röm jüd isl südl nördl westl östl bayer dän poln tschech ungar niederl belg norw schwed finn Bgm Bgmst"
        " LAbg Wr öst mex bras argent port"
        " Abg OStR StR Ges versch sämtl zul zus Zt Nachf ständ stellv begr bek Flgh Jg Jgg Kfm Rdnr Rn Rz Nrn"
        " Aufl durchg vollst ähnl mtl jährl wtl tgl verm"
    ),
    seldom=words_in(
        f"{_SHARED_SELDOM} Mio Mrd Tsd Bio Chr Std Min Sek min sek std Mrz Okt Dez jun sen Jh Jhd Jhdt Str str Fr Rp Bd"
        " a.M a.D i.R d.J d.M u.a u.A o.J v.Chr n.Chr v.u.Z n.u.Z a.d a.S a.Rh a.N i.Br i.B i.E i.O o.O h.c Mt Tg"
        " k.o K.o k.u.k ü.M m.ü.M ü.d.M Ausg Verl Sp Bl Einw Ew qm Qm St.G a.A Kt Gde Bf Hbf"
    ),
    numbered=words_in("Art Kl Gr Kap Lit Satz"),
    closing=words_in("usw usf etc u.v.m u.a.m u.Ä u.ä o.Ä o.ä dgl u.dgl"),
    starters=words_in(
        "der die das den dem des ein eine einer eines einem einen kein keine keiner keines keinem keinen"
        " ich du er sie es wir ihr mich dich ihn ihm uns euch ihnen man sich jemand niemand nichts etwas alles alle allen aller"
        " mein meine meiner meinem meinen dein deine sein seine seiner seines seinem seinen ihre ihrer ihres ihrem ihren"
        " unser unsere unserer unserem unseren euer eure dieser diese dieses diesem diesen jener jene jenes jenem jenen"
        " jeder jede jedes jedem jeden mancher manche manches manchen solche solcher solches welche welcher welches"
        " viele vieles vielen wenige weniger mehrere einige einiges beide beides beiden andere anderes anderer anderen"
        " derjenige diejenige diejenigen derselbe dieselbe dasselbe dieselben selbst sogar"
        " wer was wen wem wessen wo wann wie warum weshalb wieso weswegen woher wohin wodurch womit wofür woran worauf worin"
        " worüber wozu wobei wonach und oder aber denn doch sondern sowie weder entweder dass ob wenn weil da als bevor bis"
        " damit ehe falls indem nachdem obwohl obgleich obschon seit seitdem sobald sofern solange soweit sodass während zumal"
        " in im ins an am ans auf aufs aus bei beim durch fürs für gegen hinter mit nach neben ohne über um unter von vom vor"
        " zu zum zur zwischen ab ausser außer binnen dank entgegen entlang gegenüber gemäss gemäß innert innerhalb ausserhalb"
        " außerhalb laut mangels mittels nebst samt statt anstatt anstelle trotz ungeachtet wegen wider zufolge zugunsten"
        " angesichts anhand aufgrund anlässlich bezüglich hinsichtlich infolge inmitten oberhalb unterhalb seitens"
        " auch nur noch schon bereits nun jetzt dann danach darauf daraufhin darum daher dazu dabei dafür"
        " dagegen damals darüber"
        " darunter davon davor daneben dadurch dort dorthin dorther hier hierzu hierbei hierfür hinzu hinter her hin heute"
        " gestern morgen vorgestern übermorgen bald später früher zuvor zuerst zunächst zuletzt zugleich zudem zusätzlich"
        " ausserdem außerdem ferner weiter weiterhin weitere weiteres weiterer weiteren überdies dennoch trotzdem jedoch"
        " allerdings hingegen indessen indes inzwischen mittlerweile unterdessen währenddessen derweil zeitgleich gleichzeitig"
        " deshalb deswegen folglich somit also demnach demzufolge dementsprechend entsprechend insgesamt insbesondere besonders"
        " vielleicht wahrscheinlich vermutlich möglicherweise offenbar offensichtlich angeblich anscheinend scheinbar"
        " natürlich selbstverständlich tatsächlich wirklich eigentlich immerhin jedenfalls zumindest wenigstens mindestens"
        " höchstens etwa rund knapp fast beinahe kaum ganz sehr so zwar wohl ja nein nicht nie niemals immer immerzu meist"
        " meistens oft häufig manchmal mitunter selten gelegentlich erst endlich schliesslich schließlich plötzlich sofort"
        " gleich eben gerade genau einerseits andererseits anderseits erstens zweitens drittens einst einmal wieder wiederum"
        " erneut letztlich letztendlich übrigens leider glücklicherweise bislang bisher derzeit zurzeit momentan aktuell"
        " künftig neu neben nebenbei nahezu ungefähr circa zwei drei vier fünf sechs sieben acht neun zehn elf zwölf hunderte"
        " tausende dutzende wegen dies dessen deren jetzt ist sind war waren hat haben hatte hatten wird werden wurde wurden"
        " kann können konnte muss müssen musste soll sollen sollte will wollen darf dürfen mag möge gibt gab sei wäre hätte"
        " würde könnte müsste bleibt kommt geht steht liegt heisst heißt bekannt seither seitdem vorerst vorher nachher"
        " teilweise teils vergangene vergangenen vergangenes kürzlich jüngst nachts abends morgens mittags vormittags"
        " nachmittags montags freitags samstags sonntags je jeweils jeglicher sonst ebenso ebenfalls genauso zusammen gemeinsam"
        " lediglich bloss bloß einzig allein gar geschweige umgekehrt hierzulande hierauf hernach freilich gewiss sicher"
        " sicherlich klar bitte danke"
    ),
    counted=words_in(
        "Januar Jänner Februar Feber März April Mai Juni Juli August September Oktober November Dezember Jan Feb"
        " Mär Apr Jun Jul"
        " Aug Sep Sept Okt Nov Dez Jahrhundert Jahrhunderts Jahrhunderten Jahrtausend Jh Jhd Jhdt Jahr Jahrestag Jahrestages"
        " Geburtstag Geburtstags Todestag Hochzeitstag Jubiläum Auflage Ausgabe Klasse Klassen Liga Bundesliga"
        " Platz Rang Minute"
        " Sekunde Stunde Runde Etappe Spieltag Spielminute Satz Stock Stockwerk Etage Bezirk Kapitel Absatz Semester Quartal"
        " Halbjahr Halbzeit Drittel Viertel Mal Weltkrieg Weltkriegs Weltkrieges Woche Tag Monat Lebensjahr Lebensjahrzehnt"
        " Schwangerschaftswoche Kalenderwoche Staffel Folge Episode Akt Teil Band Grad Generation Legislatur Legislaturperiode"
        " Wahlgang Sitzung Session Parteitag Armee Division Bataillon Kompanie Strasse Straße Reihe Tor Tour Lauf Durchgang"
        " Saison Spiel Partie Sieg Niederlage Rennen Weltmeisterschaft Europameisterschaft Olympischen Internationale"
        " Internationalen FC FSV TSV Fussballclub Advent Sonntag Samstag Säule Zusatzartikel Verfassungszusatz Ausbaustufe"
        " Lesung Instanz Senat Kammer Strafkammer Zivilkammer Strafsenat Zivilsenat Symphonie Sinfonie Dynastie Republik"
    ),
    counters=words_in(
        "am der die das den dem des im vom zum zur ab seit bis ins beim einen einem ein eine zweiten erste unser unsere unserem"
        " ihren ihrem seinen seinem seine ihre mein meinen meinem jeden jeder jedes jedem bereits dieser diesem diesen an"
        " und oder sowie"
    ),
)

_ENGLISH = SentenceWords(
    never=words_in(
        f"{_SHARED_NEVER} Mr Mrs Ms Messrs Sen Rep Gov Gen Lt Col Sgt Capt Maj Cmdr Rev Hon Mt Ft v e.g i.e approx est Fig fig"
        " pp p al Ph Pres Supt Det Adm Brig Cpl Pvt viz dept Dept Ave Blvd Rd"
    ),
    seldom=words_in(f"{_SHARED_SELDOM} Ph.D B.A M.A M.D N.Y L.A a.k.a E.U U.N Mar Jun Jul min hrs hr bn m sq"),
    numbered=words_in("No no art Art"),
    closing=words_in("etc"),
    starters=words_in(
        "the a an this that these those he she it we they i you his her its their our my your who what when where why how which"
        " and or but nor so yet for if because although though while since until unless as after before once in on at by with"
        " from to of into over under between among during through without within about against despite according there here"
        " then now today yesterday tomorrow also however meanwhile moreover furthermore still even just only not no yes some"
        " any all both each every many most more several few other another such one two three four five six seven eight nine"
        " ten is are was were has have had will would can could should may might must do does did instead later earlier"
        " perhaps nevertheless nonetheless thus therefore hence otherwise finally recently currently previously almost nearly"
        " never always often sometimes please let"
    ),
)

_FRENCH = SentenceWords(
    never=words_in(
        f"{_SHARED_NEVER} M MM Mme Mmes Mlle Mgr Me Pr Ste av apr p.ex ex env chap éd bd ch tél fig pp n janv févr juill"
        " al réf resp dir min max"
    ),
    seldom=words_in(f"{_SHARED_SELDOM} J.-C oct nov déc sept avr mio mia mrd fr hab vs O.N.U S.A.R.L"),
    numbered=words_in("art Art no"),
    closing=words_in("etc"),
    starters=words_in(
        "le la les l un une des du de d ce cet cette ces c cela ça ceci celui celle ceux il elle ils elles on je j tu nous vous"
        " son sa ses leur leurs notre nos votre vos mon ma mes qui que qu quoi dont où quand comment pourquoi quel quelle quels"
        " quelles et ou mais donc or ni car si comme lorsque puisque quoique tandis pendant depuis dès après avant en dans sur"
        " sous par pour avec sans chez entre vers contre selon malgré à au aux parmi ainsi alors aussi encore enfin ensuite"
        " puis déjà toujours jamais souvent parfois ici là hier demain maintenant désormais cependant toutefois pourtant"
        " néanmoins sinon bref certes peut-être plus moins très trop tout tous toute toutes certains certaines plusieurs"
        " quelques chaque aucun aucune même seul seule autre autres deux trois quatre cinq six sept huit neuf dix n ne s se y"
        " aujourd est sont était a ont avait selon face grâce outre quant lors"
    ),
)

_ITALIAN = SentenceWords(
    never=words_in(
        f"{_SHARED_NEVER} sig Sig sigg sig.ra Sig.ra dott Dott dott.ssa Dott.ssa prof prof.ssa Prof.ssa ing Ing avv Avv on On"
        " arch Arch geom rag mons Mons card Card gen Gen col cap pag pagg artt n nr cfr p.es es segg lett cpv ca circa fig"
        " S SS dr Sen sen Min min Pres pres tel v ss"
    ),
    seldom=words_in(f"{_SHARED_SELDOM} fr mio mia mld mln feb mar apr mag giu lug ago set ott nov dic a.C d.C S.r.l s.r.l"),
    numbered=words_in("art Art"),
    closing=words_in("ecc etc"),
    starters=words_in(
        "il lo la i gli le l un uno una questo questa questi queste quello quella quelli quelle ciò egli ella essi loro lui lei"
        " noi voi io tu suo sua suoi sue nostro nostra chi che cosa dove quando come perché quale quali quanto e ed o ma però"
        " anche se mentre poiché dopo prima in nel nello nella nei negli nelle a al allo alla ai agli alle da dal dalla dai di"
        " del della dei degli delle con per su sul sulla tra fra senza contro secondo durante oltre oggi ieri domani ora allora"
        " poi ancora già sempre mai spesso qui qua là infatti inoltre tuttavia quindi dunque infine così forse più meno molto"
        " molti molte tutti tutte tutto alcuni alcune ogni nessun nessuno due tre quattro cinque sei sette otto nove dieci non"
        " sì è sono era erano ha hanno aveva si ci ne"
    ),
)

_BY_LANGUAGE = {"de": _GERMAN, "en": _ENGLISH, "fr": _FRENCH, "it": _ITALIAN}


def sentence_words(language: str) -> SentenceWords:
    """Return the lists of a language (its primary subtag); German ones for a language without its own."""
    return _BY_LANGUAGE.get(language, _GERMAN)


def is_small_word(word: str, language: str) -> bool:
    """Return whether a word says nothing of the subject: an article, a pronoun, a preposition; a number says something."""
    return word in sentence_words(language).starters and word not in NUMBERS
