"""What a question asks for: the shape of its answer and the words, names and numbers it hangs on.

Knows nothing of documents. The cues are Swedish and English question grammar, never subject matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from ingest.swedish import STOPWORDS, content_words, is_english, words


class Ask(StrEnum):
    """The shape that the answer should have."""

    FIGURE = "figure"
    DATE = "date"
    NAME = "name"
    PLACE = "place"
    REASON = "reason"
    YES_NO = "yes_no"
    LIST = "list"
    COMPARE = "compare"
    OVERVIEW = "overview"
    FACT = "fact"


@dataclass(frozen=True, slots=True)
class Question:
    """A standalone question, read.

    `terms` are its content words in lower case without the words that only ask. `numbers` are figures and years as
    written. `names` are runs of capitalised words inside the question, and words with digits or several capitals.
    `translated` is the share of an English question's terms, 0 to 1, for which the glossary gave Swedish words.
    """

    text: str
    english: bool
    ask: Ask
    terms: tuple[str, ...]
    numbers: tuple[str, ...]
    names: tuple[str, ...]
    translated: float = 0.0


_PLURAL = (
    r"(?:alla|samtliga|de|dem|namnen|listan"
    r"|(?:en|ett) (?:\w+ )?(?:lista|förteckning|tabell|uppställning|sammanställning)"
    r"|(?:\w+(?:a|iska|liga) )?"
    r"(?:\w+(?:ar|or|er|arna|orna|erna)|\w*(?:mål|projekt|program|nätverk|verktyg|initiativ)(?:en)?))"
)
IMPERATIVE = (
    r"(?:(?:kan|kunde|skulle|vill) (?:du|ni) (?:kunna )?)?(?:snälla )?(?:räkna upp|räknar? du upp|lista|nämn(?:a)?|ange"
    r"|(?:ge|visa|skriv|skriva|ta|plocka|sammanställ|sammanställa|redovisa|presentera|hämta)"
    rf"(?: (?:mig|oss|upp|ner|fram|ut))*(?= {_PLURAL}\b))"
    rf"|jag (?:vill|behöver|önskar|skulle (?:vilja|behöva))(?: (?:ha|se|få|veta))*(?= {_PLURAL}\b)"
    r"|(?:finns det|har (?:ni|du)|kan jag få) (?:någon|en|ett) (?:\w+ )?(?:lista|förteckning|tabell|sammanställning)"
)
"""Openings that ask for a list without "vilka": "Ge mig alla …", "Kan du lista …", "Finns det en lista över …"."""

_YES_NO = (
    "är|har|hade|finns|fanns|kan|kunde|ska|skulle|får|fick|blev|blir|gäller|stämmer|ingår|ingick|måste|vill|går"
    "|is|are|was|were|does|do|did|has|have|can"
)

# In order: the first pattern that matches decides.
_CUES: tuple[tuple[Ask, re.Pattern[str]], ...] = tuple(
    (ask, re.compile(pattern, re.IGNORECASE))
    for ask, pattern in (
        (Ask.FIGURE, r"^\W*(och )?hur (många|mycket)\b(?!.*\bskil)"),
        (
            Ask.COMPARE,
            r"\b(jämför|jämfört|skillnad(en|er|erna)?|skilj(er|de)|likheter|compared?|difference|differ|respektive"
            r"|(för)?ändra(t|ts|des|de|s)|nytt i)\b|\bhow .* changed?\b",
        ),
        (
            Ask.OVERVIEW,
            r"\bvad (säger|står|skriver|sägs|skrivs)\b|\b(berätta|sammanfatta|beskriv|översikt)\b"
            r"|\b(tell me about|summari[sz]e|describe)\b",
        ),
        (
            Ask.REASON,
            r"\b(varför|av vilk(en|et) (anledning|skäl)|hur (kommer|kom) det sig|vad (ligger|låg) bakom|vad beror"
            r"|vad (var|är) (orsaken|skälet|syftet|anledningen|tanken)|i vilket syfte|why|purpose)\b",
        ),
        # "När får …" asks under which conditions, not for a day.
        (Ask.DATE, r"^\W*(och )?(när|when)\b(?! (får|fick|måste|bör|may|must|should)\b)|\b(första|sista) dag(en)?\b"),
        (
            Ask.FIGURE,
            r"\bh?ur (m[åa]?nga|mycke[t]?|stor[at]?|hög[at]?|lång[at]?|ofta|gammal|små|låg[at]?)\b"
            r"|\bvilken (\w*andel|summa|procent|folkmängd|\w*(grad|nivå|halt|kvot)\b)"
            r"|\bhow (many|much|large|long|often|high|big)\b|\bwhat share\b|\b(procent|antalet?|budget(en)?)\b"
            r"|\bv(ad|ilk(en|et)) (är|var|blev) (den |det )?"
            r"(lägsta|högsta|totala|sammanlagda|genomsnittliga|\w*summan)\b"
            r"|\b(vad|hur)( \w+){0,5} kosta\w*",
        ),
        (
            Ask.LIST,
            rf"^\W*(och )?(i |inom |under |på |för |med |till |av |från )?(vilka|{IMPERATIVE}|list|name)\b"
            r"|\bvad heter (de|alla)\b|\bwhat (are|were)\b"
            r"|\b(which|what)( \w+){0,3} \w+s (are|were|have|does|do|did|make|exist|belong)\b",
        ),
        (
            Ask.DATE,
            r"\b(hur länge|how long|n[äa]r (antog|blev|start)\w*|vilk(et|a) år|sedan när|vilket datum|vilken dag"
            r"|vilken period|what year|which year)\b|([,;?]|\boch)\W*(när|when)\b"
            # After another question word or the verb of a yes-or-no question it begins a clause of time.
            rf"|^(?!\W*(när|vad|hur|vart?|vilk\w+|vem|when|what|how|where|which|who|{_YES_NO})\b).*\b(när|when)\b",
        ),
        (
            Ask.NAME,
            r"\b(vems?|vilken (myndighet|person|organisation|kommun|region|nämnd|aktör)|vad he(ter|tte)"
            r"|vad kalla(s|des)|who|whose)\b",
        ),
        (Ask.PLACE, r"^\W*(var|vart|varifrån|where)\b|\bvilken (ort|plats|stad)\b"),
        (Ask.LIST, r"\bvilka\b"),
        (Ask.YES_NO, rf"^\W*(och |men )?({_YES_NO})\b"),
    )
)

_ASKING = STOPWORDS | frozenset(
    """
    många mycket stor stort stora hög högt höga länge ofta andel andelen procent antal antalet heter hette kallas
    låg lågt låga lång långt långa gammal gammalt
    kallades kallad ge visa skriv lista räkna upp nämn ange berätta beskriv sammanfatta innebär betyder menas
    syftet anledning skäl
    år året period egentligen räknat jämför jämfört skillnad skillnaden skiljer vilket alla samtliga sammanlagt totalt
    tell list name describe summarize summarise compare purpose share many much year long
    står skriver sägs säger handlar gick gått går funkar fungerar ligger dokumenten dokumentet
    """.split()
)
_NUMBER = re.compile(r"(?<![\w:])\d+(?:[ \u00a0]\d{3})*(?:[.,:]\d+)?(?:[–-]\d{2,4})?(?![\w:-])")
_NAME_WORD = r"(?<![\w])(?:[A-ZÅÄÖ][\w:-]*|[a-zåäö]*\d[\w:-]*)"
_NAME = re.compile(rf"{_NAME_WORD}(?:[ ](?:(?:i|och|för|av|på|of)[ ])?{_NAME_WORD})*")


def read_question(text: str) -> Question:
    """Read a standalone question."""
    cleaned = " ".join(text.split())
    terms = tuple(word for word in content_words(cleaned) if word not in _ASKING)
    return Question(
        text=cleaned,
        english=is_english(cleaned),
        ask=next((ask for ask, cue in _CUES if cue.search(cleaned)), Ask.FACT),
        terms=terms,
        numbers=tuple(dict.fromkeys(match.group().strip() for match in _NUMBER.finditer(cleaned))),
        names=_names(cleaned),
    )


def _names(text: str) -> tuple[str, ...]:
    """Capitalised runs that do not merely begin a sentence, in order."""
    found: list[str] = []
    for match in _NAME.finditer(text):
        name = match.group()
        begins = not text[: match.start()].strip() or text[: match.start()].rstrip()[-1] in ".?!"
        if begins:
            first, _, rest = name.partition(" ")
            if (words(first) and words(first)[0] in _ASKING) or _is_plain(first):
                name = rest
        if name and not name.isdigit() and not _NUMBER.fullmatch(name):
            found.append(name)
    return tuple(dict.fromkeys(found))


def _is_plain(word: str) -> bool:
    """A word that is capitalised only because it begins the sentence."""
    return word[1:].islower() or len(word) == 1
