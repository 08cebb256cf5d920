"""Finds what may be the name of an initiative in a sentence, and says what speaks for it.

Works on typography, cue words and compounds alone; which candidates are entries is decided over all sentences of a
document in `ingest.initiatives`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from ingest.cues import (
    ACTOR_NOUNS,
    CAPITAL_HEADS,
    COMPOUND_HEADS,
    PLURAL,
    PLURALS,
    head_of,
    is_actor,
    is_generic,
    is_place,
    kind_of_head,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """text[start:end] may be a name. `weight` adds to what other sentences say of the same name; 3 is enough."""

    start: int
    end: int
    kind: str | None
    evidence: str
    weight: int


@dataclass(frozen=True, slots=True)
class Token:
    """A word with its place; `gap` is what stands between it and the word before, `first` says that a sentence begins."""

    start: int
    end: int
    text: str
    lower: str
    gap: str
    first: bool

    @property
    def capital(self) -> bool:
        """Whether the word begins with a capital letter."""
        return self.text[0].isupper()


_WORD = re.compile(r"\d{4} ?[–-] ?\d{4}|\w+(?:[-:/]\w+)*-?")
_YEAR = re.compile(r"(?:19|20)\d\d(?: ?[–-] ?(?:19|20)?\d\d)?\Z")
_FINITE = frozenset(
    """
    har hade är var blev blir ska skall kan kunde får fick finns fanns vill bör måste tas togs tog ger gav gör går gick
    drivs drev pågår pågick består bestod innebär syftar handlar riktar vänder bidrar startar samlar erbjuder erbjuds leds
    används genomförs antas antogs visar agerar omfattar innehåller beskriver utgör bygger fungerar gäller syftade
    beskrivs nämns lyfts stärker skapar ingår ingick kommer kom låg ligger heter hette kallas bjuder driver ledde leder
    verkar arbetar utgår ses sker skedde skett funnits varit blivit haft tagits gett fått numera idag nu där vilket vilka
    vilken när då men samt eller att dels inom under enligt genom via utöver mellan efter innan före sedan exempelvis
    bland jämfört tidigare också även inte som
    """.split()
)
_FINITE_ENDING = re.compile(
    r"\w{2,}(?:ades?|ats|its|erar|eras|erades|[rlnd]des?|[klps]tes?|[kpsgrl]ts|nts|rits|ivits|[rvkdtgl]it)\Z"
)
_LINKS = frozenset("i och för av på till om med of the and for in vid & hos kring mot gentemot".split())
_TRAILING = _LINKS | frozenset("en ett den det de sin sitt sina".split())
_NOT_NAMES = frozenset(
    "det den de detta denna dessa vi ni han hon jag man dess deras här där både samt nej ja kap kapitel sid sida "
    "källa not fler flera många alla samtliga år".split()
)
_ADJECTIVE = re.compile(
    r"(?:\w+(?:isk[at]?|ell[at]?|al[at]?|alt|lig[at]?|ig[at]?|ande|ende|bar[at]?|sam[mt]?a?|ulär[at]?)|"
    r"grön[at]?|nya|nytt|ny|smart[a]?|fri[at]?|god[a]?|stor[at]?|öpp[ne]+[at]?|stark[at]?|trygg[at]?|ung[a]?|hel[at]?)\Z"
)
_TITLE_OPENERS = frozenset("mot ett en till från för över med kring fram på vår våra mitt hur bättre mer".split())
_NAMED = re.compile(
    r"(?:under namnet|under titeln|med (?:titeln?|namnet)|som (?:heter|hette|kallas|kallades|döpts till|går under namnet)|"
    r"(?:metod|modell|projekt|satsning|verktyg|nätverk|strategi)\w* (?:heter|hette)|"
    r"(?:även |också |tidigare )?kallade?s?(?: för)?|benämnd|benämns|vid namn|omdöpt till)\s+[\"”“]?",
    re.IGNORECASE,
)
_CREATED = re.compile(
    r"\s+(?:har |hade )?(?:också |även )?(?:bildades|bildats|startades|startats|lanserades|lanserats|grundades|grundats|genomfördes|"
    r"genomförts|arbetades fram|arbetats fram|togs fram|tagits fram|invigdes|permanentades|inrättades|etablerades|skapades)\b"
)
_STARTED = re.compile(
    r"\b(?:startade|startades|inleddes|lanserades|bildades|invigdes|skapades)(?: (?:under|hösten|våren|sommaren|i|år|"
    r"januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december|\d{4}))* "
)
_COPULA = re.compile(
    r"\s+(?:\([^)]*\) )?(?:är|var|blev|utgör) (?:en |ett |den |det |vår |vårt |länets |regionens |[\w]+s (?:läns )?)"
    r"(?P<words>[\w-]+(?: [\w-]+){0,5})"
)
_REVERSE = re.compile(
    r"\b(?:ett|en|det|den|vår|vårt|de)\b(?: (?:annat|annan|av|första|andra|tredje|ny|nytt|viktigt|viktig|exempel på))*"
    r" (?:\w+ )?(?P<noun>\w+)(?: som [^.,;:]{3,60}?)? (?:är|var|heter) (?=[\"”“]?[\wÅÄÖ])",
    re.IGNORECASE,
)
_ENUMERATED = (
    re.compile(
        rf"\b(?P<noun>{PLURAL}),? (?:som exempelvis|som t\.ex\.|såsom|till exempel|exempelvis|t\.ex\.|t ex|ex\.|bland annat|bl\.a\.|som) "
    ),
    re.compile(rf"\b(?P<noun>{PLURAL})(?:(?: [^.,;:()]{{0,60}}?)? (?:är|heter)[;:]?|:) "),
)
_LEAD_IN = re.compile(
    r"(?P<noun>\b\w*(?:projekt|program|nätverk|strategier|planer|initiativ|forum|plattformar|verktyg|satsningar))\b"
)
_SEPARATOR = re.compile(r",\s+(?:och |samt )?|\s+(?:och|samt)\s+|\s*;\s*")
_OWNED = re.compile(r"\b(?P<name>[A-ZÅÄÖ]\w+(?: [A-ZÅÄÖ]\w+)+), (?:[\w-]+ ){0,4}(?:hel|del|sam)ägda bolag")
_LASTING = re.compile(r" som (?:har )?(?:funnits|pågått|startades?|startats|drivits|genomförts|bildades|lanserades)\b")
_QUOTED = re.compile(r"[\"”“«](?P<name>[A-ZÅÄÖ][^\"”“«»]{2,60})[\"”“»]")
_UNUSUAL = re.compile(r"[A-ZÅÄÖ]{2,}[a-zåäö]*20\d\d|[A-ZÅÄÖ]?[a-zåäö]{2,}[A-ZÅÄÖ][A-Za-zåäöÅÄÖ]+(?:-\d{4})?")


def tokens(sentence: str) -> list[Token]:
    """The words of one sentence."""
    found: list[Token] = []
    end = 0
    for match in _WORD.finditer(sentence):
        gap = sentence[end : match.start()]
        first = not found or (
            bool(re.search(r"[.?:•*\n]\s*[\"”“]?\Z|\A\s*[-–]\s*\Z", gap)) and not _YEAR.match(match[0])
        )
        found.append(Token(match.start(), match.end(), match[0], match[0].lower(), gap, first))
        end = match.end()
    return found


def candidates(sentence: str, is_item: bool = False) -> Iterator[Candidate]:
    """What may be names in one sentence. `is_item`: it is a list item, whose capital letter says nothing."""
    read = tokens(sentence)
    if not read:
        return
    at = {token.start: number for number, token in enumerate(read)}
    yield from _by_cue_noun(read)
    yield from _by_phrase(sentence, read, at)
    yield from _by_definition(sentence, read, at, is_item)
    yield from _by_enumeration(sentence, read, at)
    yield from _by_compound(sentence, read)
    yield from _by_capital(sentence, read)


def listed(sentence: str, kind: str | None) -> Iterator[Candidate]:
    """The name that a list item under "Följande program …:" is, where the item is a name and no sentence."""
    read = tokens(sentence)
    if not read or not read[0].capital:
        return
    last = title_end(read, 0)
    if last < len(read) and _YEAR.match(read[last].text):
        last += 1
    closes = last == len(read) or read[last].gap.strip()[:1] in {":", ",", "–", "-", "(", "."}
    name = _text(read, 0, last)
    if closes and last <= 8 and not is_actor(name) and not is_place(name):
        yield _candidate(read, 0, last, kind, "enumerated", 3)


def lead_in(sentence: str) -> str | None:
    """The kind that a lead-in sentence announces ("Följande program har beslutats:"), None where it announces none."""
    match = _LEAD_IN.search(sentence) if sentence.rstrip().endswith(":") else None
    head = (head_of(match["noun"].lower()) or _plural_head(match["noun"].lower())) if match else None
    return kind_of_head(head[1]) if head else None


def title_end(read: Sequence[Token], first: int, limit: int = 11) -> int:
    """Where a title that begins at word `first` ends (exclusive): at punctuation, a finite verb or a clause."""
    last = first + 1
    while last < len(read) and last - first < limit:
        word = read[last]
        follower = read[last + 1] if last + 1 < len(read) else None
        if word.gap.strip() and not _joins(word):
            break
        if word.lower == "och":
            if follower is None or not (follower.capital or read[last - 1].text.endswith("-")):
                break
        elif word.lower == "som":
            if follower is None or is_finite(follower.lower) or follower.lower in _NOT_NAMES | _TRAILING:
                break
        elif (word.lower == "till" and last - first == 1 and not read[first].lower.endswith(("en", "et", "från"))) or (
            word.lower == "med" and follower is not None and not follower.capital
        ):
            break
        elif last - first >= 2 and not word.capital and word.lower not in _LINKS and _is_proper(read[first:last]):
            if not (follower and follower.gap.startswith("!")):
                break
        elif is_finite(word.lower) and not word.capital and not (follower and follower.gap.startswith("!")):
            break
        last += 1
    while last - first > 1 and (read[last - 1].lower in _TRAILING or read[last - 1].lower == "som"):
        last -= 1
    return last


def _is_proper(title: Sequence[Token]) -> bool:
    """Whether a title so far is capitalised throughout, so that a small word after it is no part of it."""
    return all(word.capital for word in title) and not _ADJECTIVE.match(title[-1].lower)


def _joins(word: Token) -> bool:
    """Whether a dash between two words belongs to the title."""
    gap = word.gap.strip()
    return gap in {"!", "! –", "& ", "&", "–", "-"} and (
        word.lower == "i" or word.text.isupper() or gap in {"!", "&"} or bool(_YEAR.match(word.text))
    )


def is_finite(word: str) -> bool:
    """Whether a lower-case word is a finite verb or opens a clause, so that no name goes on with it."""
    return word in _FINITE or bool(_FINITE_ENDING.match(word))


def run_end(read: Sequence[Token], first: int) -> int:
    """Where a run of capitalised words that begins at word `first` ends (exclusive), years and links inside included."""
    if _begins_title(read, first):
        return title_end(read, first)
    last = first + 1
    while last < len(read):
        word = read[last]
        if word.gap.strip() not in {"", "&"}:
            break
        if word.capital or _YEAR.match(word.text):
            last += 1
            continue
        follower = read[last + 1] if last + 1 < len(read) else None
        link = word.lower in {"i", "of", "the", "for", "and", "södra", "norra", "östra", "västra"}
        if link and follower and follower.capital and not follower.gap.strip():
            last += 2
            continue
        break
    return last


def _begins_title(read: Sequence[Token], first: int) -> bool:
    """Whether the capitalised word opens a title of lower-case words: an adjective, a preposition or an initiative's head."""
    word = read[first]
    follower = read[first + 1] if first + 1 < len(read) else None
    if follower is None or follower.gap.strip() or follower.capital:
        return bool(follower and not follower.gap.strip() and head_of(word.lower) and _YEAR.match(follower.text))
    if word.lower in _TITLE_OPENERS:
        return True
    head = head_of(word.lower)
    if head and head[1] in CAPITAL_HEADS and follower.lower in {"för", "kring", "mot"}:
        return True
    return bool(_ADJECTIVE.match(word.lower)) and not is_finite(follower.lower) and follower.lower not in _LINKS


def _adjective_title_end(read: Sequence[Token], first: int) -> int:
    """A capitalised adjective takes the adjectives and the noun after it: "Regionala etiska rådet"."""
    last = first + 1
    while last < len(read) and not read[last].gap.strip() and _ADJECTIVE.match(read[last].lower):
        last += 1
    if last < len(read) and not read[last].gap.strip() and not is_finite(read[last].lower):
        last += 1
    if last < len(read) and read[last - 1].lower.startswith("strategi") and read[last].lower == "för":
        return title_end(read, first)
    return last


def _candidate(read: Sequence[Token], first: int, last: int, kind: str | None, evidence: str, weight: int) -> Candidate:
    return Candidate(read[first].start, read[last - 1].end, kind, evidence, weight)


def _by_cue_noun(read: Sequence[Token]) -> Iterator[Candidate]:
    """A noun that says what follows: "projektet Havsbruk i norr", "verktyget SAMSYN"."""
    for number, word in enumerate(read[:-1]):
        follower = read[number + 1]
        head = head_of(word.lower)
        if head is None or word.text.endswith("-") or ACTOR_NOUNS.match(word.lower):
            continue
        gap = follower.gap.strip()
        _, noun, definite = head
        if gap not in {"", '"', "”", "“", ";", ","} or follower.lower in _NOT_NAMES:
            continue
        kind = kind_of_head(noun)
        if (
            follower.lower == "i"
            and number + 3 < len(read)
            and read[number + 3].gap.strip() == ","
            and read[number + 2].capital
        ):
            last = run_end(read, number + 3)
            closes = last == len(read) or read[last].gap.strip()[:1] in set(",.;)")
            if (
                read[number + 3].capital
                and closes
                and last - number > 4
                and not is_actor(_text(read, number + 3, last))
            ):
                yield _candidate(read, number + 3, last, kind, "apposition", 3)
        if gap in {";", ","}:
            last = title_end(read, number + 1)
            closes = last == len(read) or read[last].gap.strip()[:1] in set(",.;)")
            if (
                follower.capital
                and closes
                and (number == 0 or not word.capital)
                and not is_actor(_text(read, number + 1, last))
                and not is_place(_text(read, number + 1, last))
            ):
                yield _candidate(
                    read,
                    number + 1,
                    last,
                    kind,
                    "apposition",
                    3 if (gap == "," and last - number > 2) or gap == ";" else 2,
                )
            continue
        if (
            follower.lower in {"om", "kring"}
            and number + 2 < len(read)
            and read[number + 2].capital
            and noun in {"projekt", "förstudie"}
        ):
            yield _candidate(read, number + 2, title_end(read, number + 2), kind, "cue", 3)
        elif follower.capital and (number == 0 or not word.capital):
            last = title_end(read, number + 1)
            name = _text(read, number + 1, last)
            if not is_place(name) and not _is_bare_actor(read[number + 1].text):
                yield _candidate(read, number + 1, last, kind, "cue", 3)
        elif definite and noun in {"projekt", "verktyg", "program", "nätverk", "metod", "satsning"}:
            yield from _lower_case_name(read, number + 1, kind)


def _is_bare_actor(name: str) -> bool:
    return is_actor(name) and not any(
        (head_of(part.lower()) or ("", "", False))[1] in CAPITAL_HEADS for part in name.split()
    )


def _lower_case_name(read: Sequence[Token], first: int, kind: str) -> Iterator[Candidate]:
    """A name written small: it must end in a proper noun or a year ("projektet samplaner i Mårdal 2019–2021")."""
    if is_finite(read[first].lower) or read[first].lower in _TRAILING or read[first].lower in {"i", "som", "för"}:
        if read[first].lower not in {"ett", "en"}:
            return
    last = title_end(read, first, limit=6)
    ending = read[last - 1]
    if last - first >= 2 and (ending.capital or _YEAR.match(ending.text)) and not read[first].text.isdigit():
        yield _candidate(read, first, last, kind, "cue", 3)


def _by_phrase(sentence: str, read: Sequence[Token], at: dict[int, int]) -> Iterator[Candidate]:
    """Names that the sentence calls names: "under namnet X", "som heter X", "även kallad X"; and quoted ones."""
    for match in _NAMED.finditer(sentence):
        number = at.get(match.end())
        if number is None or read[number].lower in _NOT_NAMES | _TRAILING:
            continue
        word = read[number]
        head = head_of(word.lower)
        if word.capital:
            yield _candidate(read, number, title_end(read, number), None, "named", 3)
        elif head and head[0] and head[1] in COMPOUND_HEADS:
            yield _candidate(read, number, number + 1, kind_of_head(head[1]), "named", 3)
        elif _ADJECTIVE.match(word.lower):
            yield _candidate(read, number, _adjective_title_end(read, number), None, "named", 3)
    for match in _QUOTED.finditer(sentence):
        number = at.get(match.start("name"))
        words_inside = match["name"].split()
        if number is None or len(words_inside) > 7 or match["name"].rstrip()[-1] in ".?":
            continue
        before = read[number - 1] if number else None
        cue = head_of(before.lower) if before else None
        last = max(n for n, word in enumerate(read) if word.start < match.end("name")) + 1
        yield _candidate(
            read, number, last, kind_of_head(cue[1]) if cue else None, "cue" if cue else "quoted", 3 if cue else 1
        )
    for match in _STARTED.finditer(sentence):
        number = at.get(match.end())
        if number is not None and read[number].capital:
            last = title_end(read, number)
            name = _text(read, number, last)
            if last - number > 1 and not is_place(name) and not is_actor(read[number].text):
                yield _candidate(read, number, last, None, "started", 3)


def _by_definition(sentence: str, read: Sequence[Token], at: dict[int, int], is_item: bool) -> Iterator[Candidate]:
    """ "X är en satsning", "Ett annat verktyg är X", "X bildades", at the beginning of a sentence too."""
    first = 0
    if read[0].capital and read[0].lower not in _NOT_NAMES:
        last = title_end(read, 0)
        name = _text(read, 0, last)
        plain = not any(word.capital or word.text[:1].isdigit() for word in read[1:last])
        created = _CREATED.match(sentence, read[last - 1].end)
        opens = read[0].lower.endswith(("en", "et", "na")) or read[0].lower in _TITLE_OPENERS
        if created and not plain and not opens and not is_actor(name) and not is_place(name) and not is_item:
            yield _candidate(read, 0, last, None, "created", 3)
    for number, word in enumerate(read):
        if not (word.capital or _UNUSUAL.fullmatch(word.text)) or word.lower in _NOT_NAMES:
            continue
        last = run_end(read, number)
        copula = _COPULA.match(sentence, read[last - 1].end)
        if copula is None or number > first + 2:
            continue
        head = _copula_head(copula)
        name = _text(read, number, last)
        if head and not is_place(name) and not is_actor(name) and not plain_noun(name):
            inner = any(part.capital or part.text[:1].isdigit() for part in read[number + 1 : last])
            sure = number or inner or _UNUSUAL.fullmatch(word.text) or word.text.isupper()
            alone = last - number == 1 and head not in {
                "verktyg",
                "metod",
                "modell",
                "insats",
                "stöd",
                "plan",
                "strategi",
            }
            yield _candidate(read, number, last, kind_of_head(head), "copula", 3 if sure or alone else 1)
        break
    for match in _OWNED.finditer(sentence):
        begins = at[match.start("name")]
        last = max(n for n, word in enumerate(read) if word.start < match.end("name")) + 1
        yield _candidate(read, begins, last, "organisation", "apposition", 6)
    for match in _REVERSE.finditer(sentence):
        number = at.get(match.end())
        head_found = head_of(match["noun"].lower()) or _plural_head(match["noun"].lower())
        if number is None or head_found is None:
            continue
        word = read[number]
        last = run_end(read, number) if word.capital else number + 1
        closes = last == len(read) or bool(read[last].gap.strip())
        simple = word.capital or (closes and word.lower.endswith(("en", "et")) and len(word.lower) > 8)
        if (
            simple
            and word.lower not in _NOT_NAMES
            and not is_actor(_text(read, number, last))
            and not is_place(_text(read, number, last))
        ):
            yield _candidate(read, number, last, kind_of_head(head_found[1]), "copula", 3)


def plain_noun(name: str) -> bool:
    """Whether a name is one definite head alone ("Projektet"), which refers and does not name."""
    head = head_of(name.lower())
    return bool(PLURALS.match(name.lower())) or (" " not in name and head is not None and is_generic(head[0]))


def _plural_head(word: str) -> tuple[str, str, bool] | None:
    for ending in ("en", "arna", "erna", "ar", "er"):
        head = head_of(word.removesuffix(ending)) if word.endswith(ending) else None
        if head:
            return head
    return None


def _copula_head(copula: re.Match[str]) -> str | None:
    """The head of "är en gemensam satsning"; the noun may come after adjectives."""
    for word in copula["words"].split():
        head = head_of(word.lower())
        if head:
            return head[1] if head[1] not in {"arbete", "system", "stöd", "råd", "samverkan", "process"} else None
        if not _ADJECTIVE.match(word.lower()) and not word.lower().endswith(("t", "a", "s", "sam", "ny", "stor", "ad")):
            return None
    return None


def _by_enumeration(sentence: str, read: Sequence[Token], at: dict[int, int]) -> Iterator[Candidate]:
    """The items of "nätverk som A, B och C", "satsningar … är A och B"."""
    for match in chain.from_iterable(pattern.finditer(sentence) for pattern in _ENUMERATED):
        noun = match["noun"].lower()
        head = head_of(noun) or _plural_head(noun)
        kind = kind_of_head(head[1]) if head else None
        end = min(
            (p for p in (sentence.find(sign, match.end()) for sign in (". ", ";", ":", "(")) if p >= 0),
            default=len(sentence),
        )
        position = match.end()
        found: list[Candidate] = []
        for piece in (*_SEPARATOR.finditer(sentence, match.end(), end), None):
            stop = piece.start() if piece else end
            number = at.get(position + len(sentence[position:stop]) - len(sentence[position:stop].lstrip('"”“ ')))
            if number is not None and read[number].start < stop:
                item = _item(read, number, stop, kind)
                if item is None and not found:
                    break
                if item:
                    found.append(item)
            position = piece.end() if piece else end
        yield from found


def _item(read: Sequence[Token], first: int, stop: int, kind: str | None) -> Candidate | None:
    last = title_end(read, first)
    while last - first > 1 and read[last - 1].end > stop:
        last -= 1
    words_inside = read[first:last]
    head = head_of(words_inside[-1].lower)
    genitive = len(words_inside) == 2 and words_inside[0].lower.endswith("s") and head is not None
    compound = len(words_inside) == 1 and head is not None and bool(head[0]) and head[1] in COMPOUND_HEADS
    if not (read[first].capital or genitive or compound) or read[first].lower in _NOT_NAMES:
        return None
    name = _text(read, first, last)
    if is_actor(name) or is_place(name):
        return None
    return _candidate(
        read, first, last, kind_of_head(head[1]) if head and head[1] in CAPITAL_HEADS else kind, "enumerated", 3
    )


def _by_compound(sentence: str, read: Sequence[Token]) -> Iterator[Candidate]:
    """Compounds and phrases whose head names a kind: "kustmiljöstrategin", "nätverket för museichefer"."""
    for number, word in enumerate(read):
        head = head_of(word.lower)
        if head is None:
            continue
        first_part, noun, definite = head
        before = read[number - 1] if number and not word.gap.strip() else None
        begin = number
        if before is not None and before.text.endswith("-"):
            begin = number - 1
        elif before is not None and before.lower == "och" and number > 1 and read[number - 2].text.endswith("-"):
            begin = number - 2
        if first_part and noun in COMPOUND_HEADS and (begin < number or not is_generic(first_part)):
            if before is not None and begin == number and before.lower.startswith(("nationell", "internationell")):
                begin = number - 1
            if begin > 1 and _owner(read, begin) and not is_actor(read[begin - 1].text.removesuffix("s")):
                begin -= 1
            yield from _compound(sentence, read, begin, number, head)
        elif first_part and noun in COMPOUND_HEADS and before is not None and _LEVEL.match(before.lower):
            yield _candidate(
                read,
                number - 1,
                number + 1,
                kind_of_head(noun),
                "definite" if definite else "indefinite",
                3 if definite else 1,
            )
        elif not first_part and definite and noun in {"strategi", "nätverk", "policy", "program", "råd", "forum"}:
            yield from _head_for(read, number, noun)


_LEVEL = re.compile(r"(?:region|nation|internation|interregion)(?:al|ell)[at]?\Z")


def _compound(
    sentence: str, read: Sequence[Token], begin: int, number: int, head: tuple[str, str, bool]
) -> Iterator[Candidate]:
    word = read[number]
    kind = kind_of_head(head[1])
    capital = read[begin].capital and not read[begin].first
    if head[1] in {"råd", "kontor"} and word.capital:
        last = run_end(read, begin)
        if last - begin > 1 and not is_place(_text(read, begin, begin + 1)):
            yield _candidate(read, begin, last, kind, "head", 3)
        return
    last = run_end(read, number) if read[begin].capital else number + 1
    if (
        last == number + 1
        and not head[2]
        and last < len(read)
        and _YEAR.match(read[last].text)
        and not read[last].gap.strip()
    ):
        last += 1
    if capital or (read[begin].capital and last - number > 1):
        yield _candidate(read, begin, last, kind, "head", 3)
    elif head[2] or _is_possessed(read, begin) or _YEAR.match(read[last - 1].text) or head[1] in {"forum", "checkar"}:
        yield _candidate(read, begin, last, kind, "definite", 3)
    elif _is_produced(sentence, read[begin].start) or _is_made(sentence, read, begin, number):
        yield _candidate(read, begin, last, kind, "produced", 3)
    else:
        yield _candidate(read, begin, last, kind, "indefinite", 1)


def _is_possessed(read: Sequence[Token], begin: int) -> bool:
    """ "länets kulturplan", "Nordals industrikluster": a genitive makes it one certain thing."""
    before = read[begin - 1].lower if begin and not read[begin].gap.strip() else ""
    return before in {"länets", "regionens", "vår", "vårt"} or _owner(read, begin) or _owner(read, begin + 1)


def _owner(read: Sequence[Token], begin: int) -> bool:
    """Whether a capitalised genitive stands right before word `begin`."""
    if not 0 < begin < len(read) or read[begin].gap.strip() or read[begin].capital:
        return False
    return read[begin - 1].capital and read[begin - 1].lower.endswith("s")


_PRODUCED = re.compile(
    r"\b(?:ta(?:git)? fram|tog fram|tagits fram|togs fram|antog|antagit|antogs|antagits|lanserat|lanserade|startat|startade|bildat|bildade|"
    r"inrättat|inrättade|utarbetat|utarbetade|beslutat om|finns|har)(?: \w+){0,2}? (?:en|ett) (?:\w+ ){0,2}\Z"
)


def _is_produced(sentence: str, position: int) -> bool:
    return bool(_PRODUCED.search(sentence, max(0, position - 80), position))


_MADE = re.compile(
    r"[^.;:]{0,100}?\b(?:togs fram|tagits fram|tas fram|arbetats fram|arbetades fram|utarbetades|utarbetats|antogs|antagits|bildades|startades|"
    r"lanserades|inrättades)\b"
)


def _is_made(sentence: str, read: Sequence[Token], begin: int, number: int) -> bool:
    """ "En kustmiljöstrategi för … antogs 2021": an indefinite subject that is made."""
    articles = {word.lower for word in read[max(0, begin - 2) : begin]}
    return bool(articles & {"en", "ett"}) and begin <= 2 and bool(_MADE.match(sentence, read[number].end))


def _head_for(read: Sequence[Token], number: int, noun: str) -> Iterator[Candidate]:
    """A definite head with what it is for: "strategin för levande kuster", with its adjective."""
    if (
        number + 2 >= len(read)
        or read[number + 1].lower not in {"för", "mot"}
        or read[number + 1].gap.strip()
        or read[number + 2].gap.strip()
    ):
        return
    begin = number
    if number and not read[number].gap.strip() and _ADJECTIVE.match(read[number - 1].lower):
        begin = number - 1
    if read[number + 2].lower in {"den", "det", "de", "att", "detta", "sin", "en", "ett", "hela", "länets", "våra"}:
        return
    last = title_end(read, begin)
    if last > number + 2:
        yield _candidate(read, begin, last, kind_of_head(noun), "definite", 3)


def _by_capital(sentence: str, read: Sequence[Token]) -> Iterator[Candidate]:
    """Capitalised within a sentence, or written as no ordinary word is."""
    number = 0
    while number < len(read):
        word = read[number]
        unusual = bool(_UNUSUAL.fullmatch(word.text))
        if not unusual and (not word.capital or word.first or len(word.text) < 2 or word.lower in _NOT_NAMES):
            number += 1
            continue
        adjective = bool(_ADJECTIVE.match(word.lower)) and not unusual
        last = run_end(read, number)
        if adjective and _begins_title(read, number):
            last = _adjective_title_end(read, number)
        name = _text(read, number, last)
        if number and ACTOR_NOUNS.match(read[number - 1].lower) and not word.gap.strip():
            yield _candidate(read, number, last, None, "actor", -6)
        elif not is_actor(name) and not is_place(name):
            yield from _weigh_capital(read, number, last, unusual)
            if _LASTING.match(sentence, read[last - 1].end):
                yield _candidate(read, number, last, None, "lasting", 2)
        number = max(last, number + 1)


def _weigh_capital(read: Sequence[Token], number: int, last: int, unusual: bool) -> Iterator[Candidate]:
    heads = [head for head in (head_of(word.lower) for word in read[number:last]) if head and head[1] in CAPITAL_HEADS]
    heads = [head for head in heads if not (head[0] and is_generic(head[0]) and last - number == 1)]
    several = any(not word.capital and not _YEAR.match(word.text) for word in read[number + 1 : last])
    if heads and (last - number > 1 or heads[0][0]):
        yield _candidate(read, number, last, kind_of_head(heads[0][1]), "head", 3)
    elif unusual:
        yield _candidate(read, number, last, None, "unusual", 2)
    elif (
        several
        and (_ADJECTIVE.match(read[number].lower) or _begins_title(read, number))
        and not read[number].lower.startswith(("svensk", "europeisk", "nationell", "internationell"))
    ):
        yield _candidate(read, number, last, None, "title", 2)
    elif (
        last - number > 1
        and _YEAR.match(read[last - 1].text)
        and not is_place(" ".join(w.text for w in read[number : last - 1]))
    ):
        yield _candidate(
            read, number, last, None, "dated", 1 if "(" in read[number].gap or len(read[number].text) < 4 else 2
        )
    elif not read[number].text.partition(":")[0].isupper():
        yield _candidate(read, number, last, None, "capital", 1)


def _text(read: Sequence[Token], first: int, last: int) -> str:
    return " ".join(word.text for word in read[first:last])
