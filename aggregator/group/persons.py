"""Persons that a text names: a given name that is known, and a surname behind it. What is not sure is left out.

German writes every noun large, so capitals alone name nobody; a given name before a capitalised word nearly always does.
"""

from __future__ import annotations

import re

from aggregator.group.words import fold

# The commonest given names of those the news of our languages is about, written as `fold` leaves them.
_NAMES = """
    abbas abdel abdullah abu adam adolf adrian agnes ahmed aiman alain alan albert alberto alejandro aleksandar alessandro
    alex alexander alexandra alexei alexej alexis alfred ali alice alina amelie amir ana anastasia andre andrea andreas andrej
    andrew andrey andri andrzej andy angela angelina angelo anja anke ann anna annalena anne annegret annette anthony antoine
    anton antonio antony antje armin arne arnold arthur astrid august axel barack barbara barbora beat beate beatrice beatrix
    belinda ben benedikt benjamin bernard bernd bernhard bernie bettina bianca bill birgit bjorn bob bodo bojan boris brad
    brian brigitte britney britta bruno camille camilla carl carla carlo carlos carmen carola carole caroline carsten caspar
    catherine cem chantal charles charlie charlotte chiara chris christa christian christiane christina christine christof
    christoph christopher claire clara claudia claudio claus clemens conny cordula corinna cornelia cristiano cristina cyril
    dagmar dan dana daniel daniela daniele danielle dario darja dave david denis dennis detlef diana didier diego dieter dietmar
    dietrich dirk dmitri dmitrij dmytro dominic dominik dominique donald dorothee doris eberhard eckart ed eddie edgar edith
    edouard eduard edward ekrem elena eleonora eli elias elif elisabeth elizabeth elke ella ellen elon elsa emil emilie emily
    emma emmanuel enrico enrique eric erich erik ernst esther eugen eva evelyn fabian fabio fabrice felicitas felix ferdinand
    fernando filippo flavio florence florian floyd francesca francesco francis francisco francois frank franz franziska fred
    frederic fridolin friedrich fritz gabi gabriel gabriela gareth gavin georg george georges georgina gerald gerard gerd gerda
    gerhard gerry giacomo gianni gina gino giorgia giorgio giovanni gisela giulia giuseppe gordon graham greg gregor greta
    gudrun guido guillaume gunter gunther gustav guy hanna hannah hannes hans harald harry hassan heidi heike heiko heiner
    heinrich heinz helen helena helene helga helmut hendrik henning henri henrik henry herbert hermann hillary holger horst
    hubert hugo ian ignazio igor ilaria ilhan ilse ina ines inga inge ingo ingrid irene iris irina isabel isabella isabelle
    ivan ivana jack jackson jacques jakob jamal james jan jana janet janine jannik jannis jasmin jason jean jeff jen jenni
    jennifer jenny jens jeremy jerome jessica jill jim jimmy jo joachim joan joao jochen joe joel johan johann johanna johannes
    john johnny jon jonas jonathan jorg jorge jose josef joseph josh joshua juan judith julia julian juliane julie julien
    juliette jurg jurgen justin jutta kai kamala karin karina karl karla karolina karoline karsten kaspar kate katharina kathrin
    katia katja katrin keir keith kemal ken kerstin kevin kilian kim kira klaus knut konrad konstantin kristian kristin kristina
    kurt lara lars laura laurent lea leah lena leo leon leonardo leonie leonora lew lewis lia liam lilly linda lionel lisa
    livia lothar lou louis louisa louise luc luca lucas lucia lucie ludwig luigi luis luisa lukas luke lutz lydia mads magdalena
    mahmud manfred manuel manuela marc marcel marco marcus margaret margarete margot margrethe maria marianne marie marija
    marine mario marion marius mark marko markus marlene martha martin martina marty mary massimo mathias mathieu matt matteo
    matthew matthias mauro max maximilian maya mehmet melania melanie melinda mia michael michaela michail michel michele
    michelle miguel mika mike mikhail milan milena milo miriam mirjam mirko mitch mohamed mohammad mohammed moritz monika
    monica muhammad murat mustafa nadia nadine nadja nancy naomi natalia natalie natascha nathalie neil nele niccolo nicholas
    nick nicola nicolas nicole niels nigel niklas niko nikol nikola nikolaus nikolaj nina noah noel nora norbert olaf ole oleg
    oleksandr olga oliver olivia olivier omar oscar oskar otto pablo pamela paola paolo pascal patrice patricia patrick patrik
    paul paula pauline pavel pedro peer pete peter petra petro phil philip philipp philippe pierre pietro pia piotr rafael
    rahul raimund rainer ralf ralph ramon raphael raul rebecca recep regina regula reiner reinhard reinhold renate rene reto
    ricardo richard rishi rita rob robert roberta roberto robin rodrigo roger roland rolf roman romain ron ronald ronja rosa
    rosmarie ruben rudi rudolf rudy rupert ruth ryan sabine sabrina salman salome sam samuel samira sandra sandro sara sarah
    saskia scott sean sebastian sebastien selena serena serge sergej sergei sergio sharon sibylle siegfried sigmar sigrid silke
    silvan silvia silvio simon simona simone simonetta sofia sonja sophia sophie stefan stefania stefanie stefano steffen
    steffi stella stephan stephane stephanie stephen steve steven stuart susan susanna susanne suzanne sven svenja sylvia sylvie
    tamara tanja tayyip ted teresa terry theo theodor theres theresa thierry thilo thomas thorsten tiger tilman tim timo tina
    tino tobias todd tom tommaso tommy toni tony torsten tristan tyler udo ueli ulf ulrich ulrike umberto urs ursula ute uwe
    valentin valentina valeria valerie vanessa vera verena veronica veronika victor victoria viktor viktoria vincent vincenzo
    viola vitali vivian vivienne vladimir volker volodymyr waldemar walter wanda warren werner wilfried wilhelm will willi
    william willy winfried wladimir wolf wolfgang wolodymyr xavier xi yannick yasmin yves yvonne zoe
"""
_GIVEN_NAMES = frozenset(_NAMES.split())
_PARTICLES = frozenset(
    {"von", "van", "de", "der", "den", "di", "da", "del", "della", "al", "el", "bin", "zu", "la", "le", "du"}
)
_WORD = re.compile(r"[^\W\d_]+(?:[-'\u2019][^\W\d_]+)*")
_BETWEEN = " \u00a0"  # what parts the words of a name
_SHORTEST_SURNAME = 3  # letters
_MOST_GIVEN = 2  # given names that stand before a surname (`Karl Theodor`), and particles (`von der`)


def persons(text: str) -> frozenset[str]:
    """Return the persons named in full, as given name and surname, folded (`ursula leyen`)."""
    words = [(match[0], match.start(), match.end()) for match in _WORD.finditer(text)]
    found: set[str] = set()
    for place, (word, _, end) in enumerate(words):
        given = fold(word)
        if not word[0].isupper() or given.partition("-")[0] not in _GIVEN_NAMES or word.isupper():
            continue
        surname = _surname(text, words[place + 1 : place + 2 + 2 * _MOST_GIVEN], end)
        if surname:
            found.add(f"{given} {surname}")
    return frozenset(found)


def _surname(text: str, words: list[tuple[str, int, int]], end: int) -> str:
    skipped = 0
    for word, start, stop in words:
        gap, end = text[end:start], stop
        if not gap or gap.strip(_BETWEEN):
            return ""
        folded = fold(word)
        is_small = word.islower() and folded in _PARTICLES
        is_given = word[0].isupper() and folded in _GIVEN_NAMES
        if (is_small or is_given) and skipped < _MOST_GIVEN and (word, start, stop) != words[-1]:
            following = _surname(text, words[words.index((word, start, stop)) + 1 :], stop)
            if following or is_small:
                return following
        if not word[0].isupper() or len(folded) < _SHORTEST_SURNAME:
            return ""
        return re.sub("['\u2019]s$", "", folded)
    return ""
