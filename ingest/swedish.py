"""Swedish (and English) text: where sentences begin and end, and words as search sees them (tokens, folded letters,
stems, character n-grams). Knows nothing of documents or scores.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import Stemmer

_WORD = re.compile(
    r"\d+:\d+(?:-[^\W\d_]+)?"  # 1:1-medel, 2017:583
    r"|\d+(?:[ \u00a0]\d{3})+(?:,\d+)?"  # 155 078 479
    r"|\d+[.,]\d+"  # 1,5
    r"|\d+(?:-[^\W\d_]+)?"  # 2025, 50-tal
    r"|[^\W_]+(?:[-:][^\W_]+)*"  # e-tjänst, RUS:en, studie- och (without its hyphen)
    r"|[§%]"
)
_FOLD = str.maketrans("åäöæøéèüáàíóúëïñç", "aaoaoeeuaaioueinc")
NGRAM_SIZES = (4, 5)
_SHORTEST_DEFINITE = 7

STOPWORDS = frozenset(
    """
    alla allt alltså andra annan annat att av bara bland blev bli blir blivit bort både de dem den denna deras dess
    dessa det detta dig din dina ditt du där därför då efter ej eller en enligt ens er era ett finns fick för
    före från få får fått genom ge ger gett gör göra gjort ha hade han har hans hel hela hon hos hur här i icke inom
    inte in ingår ju kan kanske kom komma kommer kommit kring kunde kunna lite man med mellan men mer mest mig min mina
    mitt mot mycket måste ni nog nu någon något några när och också olika om oss per på redan samt sedan ser ses sig sin
    sina sitt själv ska skall skulle som så sådan sådana säga säger sägs till tills under upp ut utan utifrån
    utöver vad var vara varandra varför varit varje vem vems vi vid vilka vilken vilket vill vår våra vårt än ännu är
    även åt över
    a about an and any are as at be been by can could did do does for from had has have how in into is it its me of on
    or our should that the their them there these they this those to was we were what when where which who whom whose
    why will with would you your
    """.split()
)
"""Words that say nothing of what a text is about. Question words are here too: they are read elsewhere."""


_INSIDE = frozenset(
    """
    a.a. alt. ang. avd. bil. bl. bl.a. c. ca. d.v.s. dir. dnr. dr. dvs. e.g. ev. ex. exkl. f.d. f.k. f.n. f.ö. fig.
    forts. fr.o.m. föreg. förf. förk. förs. g.m. i.e. i.o.m. i.st.f. inkl. inst. jfr. kap. kl. lagst. lic. m.a.o.
    m.a.p. m.h.a. m.t.p. max. mdr. motsv. mr. mrs. ms. n.b. nr. nuv. o.dyl. o.s.a. p. p.g.a. p.s.s. pga. ph. pp. prel.
    prof. prop. resp. rskr. s. s.a.s. s.k. s.s. sid. skr. skv. ss. stf. t.ex. t.f. t.h. t.o.m. t.v. tab. tel. tfn.
    tidl. u.a. u.p.a. uppl. urspr. utg. v. vol. vs. äv.
    """.split()
)
"""Abbreviations that are followed by the rest of their sentence, whatever its first letter."""
_INSIDE_BEFORE_NUMBERS = frozenset(
    "anm. apr. art. aug. dec. feb. febr. jan. jul. jun. mar. mom. nov. oct. okt. sek. sep. sept. st.".split()
)
"""Abbreviations, the months among them, that go on only with a number; before a capital letter the sentence is over."""
_ENGLISH = frozenset(
    "the of is are was were what which who how why when where does did do and to for with this that about has have "
    "been many much can should would there their its from by an list describe explain tell me i name any".split()
)
_SWEDISH = frozenset(
    "och att det som en ett är var vad vilka vilken vilket vem hur varför när finns för med på av till om den de i "
    "ska har kan inte eller från man ge lista beskriv berätta".split()
)
_INITIALS = re.compile(r"(?:[A-ZÅÄÖÉ]\.-?)+")
_END = re.compile(r"(?:[.!?]+|…)[\"”’»)\]]*(?:(?<=[^\W\d_][.!?])\d{1,2})?(?=\s)")
_BEGINNING = re.compile(r"\s+(?:[\"“”'’«»(\[•–—*¿¡-]\s?)*[^\W_]")
_NUMBER_OF_ITEM = re.compile(r"(?:[•–*-]\s*)?(?:\d{1,3}(?:\.\d{1,3})*|[a-zA-ZåäöÅÄÖ]|[ivxIVX]{1,5})[.)]")
_LINE = re.compile(r"[^\n]+")


def fold(text: str) -> str:
    """Lower case without accents: å, ä → a, ö → o. The folded text has the same length as the NFC text."""
    return unicodedata.normalize("NFC", text).lower().translate(_FOLD)


def words(text: str) -> list[str]:
    """Words and numbers in order, in lower case; "1:1-medel", "155 078 479" and "e-tjänst" stay whole."""
    found = _WORD.findall(unicodedata.normalize("NFC", text))
    return [word.lower().replace(" ", "").replace("\u00a0", "") for word in found]


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The Snowball stem of one Swedish word, accents folded so that "hallbarhet" meets "hållbarhet"."""
    lowered = word.lower()
    # Snowball knows "områden" but not "områdena"; an arena is no such form.
    if lowered.endswith("ena") and len(lowered) >= _SHORTEST_DEFINITE and not lowered.endswith("arena"):
        lowered = lowered[:-1]
    return fold(_stemmer().stemWord(lowered))


@lru_cache(maxsize=1)
def _stemmer() -> Stemmer.Stemmer:
    import Stemmer

    return Stemmer.Stemmer("swedish")


def content_words(text: str) -> list[str]:
    """The words that carry meaning, in order, repeated ones once."""
    meaning = (word for word in words(text) if word not in STOPWORDS and (len(word) > 1 or word in "§%"))
    return list(dict.fromkeys(meaning))


def terms(text: str, sizes: tuple[int, ...] = NGRAM_SIZES) -> list[str]:
    """The terms that the lexical index counts: stems, and folded character n-grams of each word with its ends marked.

    The n-grams let compounds meet their parts and misspellings meet the word, without a lexicon. Stems and n-grams
    differ in their first character, so that they never count as each other.
    """
    result: list[str] = []
    for word in words(text):
        if word in STOPWORDS:
            continue
        result.append("=" + stem(word))
        result.extend(_ngrams(fold(word), sizes))
    return result


@lru_cache(maxsize=200_000)
def _ngrams(word: str, sizes: tuple[int, ...]) -> tuple[str, ...]:
    padded = f"_{word}_"
    return tuple(padded[i : i + n] for n in sizes for i in range(len(padded) - n + 1))


def is_english(text: str) -> bool:
    """Whether a question is English rather than Swedish, by its function words."""
    tokens = re.findall(r"[^\W\d_]+", text.lower())
    english = sum(token in _ENGLISH for token in tokens)
    swedish = sum(token in _SWEDISH or any(letter in "åäö" for letter in token) for token in tokens)
    return english > swedish


def split_sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Start and end offsets of the sentences of `text`, in order, without overlap.

    A line break always ends one: cleaned text breaks lines only between blocks, list items and table rows. Within a
    line one ends at . ! ? or … when what follows looks like a beginning and the full stop does not belong to an
    abbreviation, an initial or the number of a list item. Every character outside them is white space.
    """
    found: list[tuple[int, int]] = []
    for line in _LINE.finditer(text):
        start = line.start()
        for end in _END.finditer(text, line.start(), line.end()):
            if _ends_sentence(text, start, end):
                found += trimmed(text, start, end.end())
                start = end.end()
        found += trimmed(text, start, line.end())
    return tuple(found)


def trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretch without white space at its ends; nothing where there is nothing else."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def _ends_sentence(text: str, start: int, end: re.Match[str]) -> bool:
    beginning = _BEGINNING.match(text, end.end())
    if beginning is None:
        # A line that ends, or only signs follow: these stay with the sentence before them.
        return False
    first = beginning.group()[-1]
    if first.islower():
        return False
    if not end.group().startswith(".") or end.group().startswith(".."):
        return True
    before = text[start : end.start() + 1].lstrip()
    if _NUMBER_OF_ITEM.fullmatch(before):
        return False
    token = before.split()[-1].lstrip("(\"”“[«»'")
    if _INITIALS.fullmatch(token) or token.casefold() in _INSIDE:
        return False
    return not (first.isdigit() and token.casefold() in _INSIDE_BEFORE_NUMBERS)
