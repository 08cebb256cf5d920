"""Lists inside the text: bullets under their lead-in, and enumerations within a sentence ("A, B samt C").

Every item is a stretch of the passage, so that its row can be proved. Knows nothing of questions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from ingest.documents import Passage, PassageKind
from ingest.register.headed import items as bullet_items
from ingest.register.headed import lead_in
from ingest.register.titles import is_finite


@dataclass(frozen=True, slots=True)
class Item:
    """passage.text[start:end] names one item of a list."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Enumeration:
    """One list of a passage: `lead` is what announces it, text[start:end] the stretch that holds all of it.

    `bulleted`: each item stands on a line of its own, in a list or a table, and the author made it a list.
    """

    passage: Passage
    lead: str
    items: tuple[Item, ...]
    start: int
    end: int
    bulleted: bool

    def name(self, item: Item) -> str:
        """The item's text on one line."""
        return " ".join(self.passage.text[item.start : item.end].split()).strip(" .;,")

    def proof(self, item: Item) -> tuple[int, int]:
        """The stretch that proves an item: itself in a list, its row in a table, its sentence elsewhere."""
        if self.passage.kind is PassageKind.TABLE:
            end = self.passage.text.find("\n", item.end)
            return self.passage.text.rfind("\n", 0, item.start) + 1, len(self.passage.text) if end < 0 else end
        if self.bulleted:
            return item.start, item.end
        within = (place for place in self.passage.sentences if place[0] <= item.start < place[1])
        return next(within, (self.start, self.end))


_CONJUNCTION = re.compile(r"\s+(?:samt|och|respektive|eller|and)\s+")
_STRONG = re.compile(r",?\s+samt\s+|,\s+(?:och|and)\s+")
_CLAUSE = re.compile(
    r"(?:där|som|vilket|vilka|vilken|men|för att|att|så att|när|då|eftersom|genom att|dels|varav|"
    r"varför|which|who|that)\b",
    re.IGNORECASE,
)
_GOES_ON = r"(?:har|hade|är|var|fick|får|ska|kan|kommer|blev|blir)\b"
_LEADS = frozenset(
    """
    i på av till från för med om mot bland inom mellan kring via genom där som såsom exempelvis ex. t.ex. att ge
    nämligen främst både dels såväl även including of as are is
    """.split()
)
"""Words after which the first item may begin; so does every finite verb."""
_INSIDE = frozenset("i på till av för".split())
"""Those that may stand inside a name."""
_ENDING = re.compile(
    r"\s+(?:som|där|vilket|vilka|har|hade|är|var|ska|kan|kommer|för att|genom att|och som|m\.?m\b|"
    r"med mera|osv|o\.s\.v|etc|m\.fl|med flera|under (?:åren|perioden|namnet|\d)|"
    r"går samman|samt att|men|utifrån|enligt|ett|deltar|deltog|finns|fanns|ingår|ingick|togs fram|"
    r"tagits fram|möjliggör|ger|får|fick|gör|utgör|bidrar|inom ramen)\b.*",
    re.DOTALL,
)
_RESTART = re.compile(
    r"\b(?:ex\.|t\.ex\.|exempelvis|till exempel|bland annat|bl\.a\.|däribland|såsom|som exempelvis|"
    r"nämligen|det vill säga)\s+(?=\w)"
)
_REST = re.compile(r"(?:andra|flera|övriga|ytterligare|mycket|många|en rad)\b")
_JOINT = re.compile(r"\s+(?:går samman|gått samman|samverkar|samarbetar|tillsammans|i samverkan|i samarbete)\s+med\s+")
_ETC = re.compile(r"\s*\b(?:osv|o\.s\.v|m\.?m|etc|m\.fl|med mera|med flera)\b\.?\s*$")
_ARTICLE = re.compile(
    r"(?:en|ett|dels|både|även|bland annat|exempelvis|det|den|de|i form av|inom|för|av|med|till)\s+", re.IGNORECASE
)
_BEFORE_NAME = re.compile(r"\b(?:\w+na|(?!(?:i|på|för|av|och|vid|till|med) )[a-zåäö]+) (?=[A-ZÅÄÖ])")
_LONGEST_WORDS = 14


def enumerations(passage: Passage) -> Iterator[Enumeration]:
    """The lists of a passage, in order: its bullets as one, then those within its sentences; none in a table."""
    if passage.kind is PassageKind.TABLE:
        return
    bullets = [Item(start, end) for start, end in bullet_items(passage)]
    if len(bullets) >= 2:
        heading = passage.section[-1] if passage.section else ""
        yield Enumeration(passage, _lead(passage) or heading, tuple(bullets), 0, len(passage.text), True)
    for start, end in passage.sentences:
        if end - start > 40:
            yield from in_sentence(passage, start, end)


def _lead(passage: Passage) -> str:
    """What stands before the first bullet; bullets alone are no lead."""
    lead = lead_in(passage)
    return lead if any(letter.isalnum() for letter in lead) else ""


def in_sentence(passage: Passage, start: int, end: int) -> Iterator[Enumeration]:
    """The enumerations within the sentence text[start:end]."""
    text = passage.text
    masked, brackets = _masked(text[start:end])
    stretches = [(0, len(masked)), *brackets]
    for left, right in stretches:
        part = (masked if (left, right) == stretches[0] else text[start:end])[left:right]
        for colon_left, colon_right in _at_colons(part):
            opened = part[:colon_left].rstrip()[-1:] in {":", ";"} or (left > 0 and colon_left == 0)
            for found in _chains(part[colon_left:colon_right].rstrip(" ,;:"), opened):
                base = start + left + colon_left
                items = tuple(Item(base + a, base + b) for a, b in found)
                yield Enumeration(passage, text[start : items[0].start], items, start, end, False)


def _masked(sentence: str) -> tuple[str, list[tuple[int, int]]]:
    """The sentence with what stands in brackets blanked by a sign that separates nothing, and where the brackets'
    insides are.
    """
    inside = [(match.start() + 1, match.end() - 1) for match in re.finditer(r"\([^()]*\)", sentence)]
    masked = sentence
    for left, right in inside:
        masked = masked[:left] + "\x00" * (right - left) + masked[right:]
    return masked, inside


def _at_colons(part: str) -> Iterator[tuple[int, int]]:
    """The stretches that colons, semicolons and relative clauses divide a sentence into."""
    opening = [
        match.end() for match in re.finditer(rf"[:;]\s+|,\s+(?={_CLAUSE.pattern}|{_GOES_ON})", part, re.IGNORECASE)
    ]
    borders = [0, *opening, len(part)]
    yield from pairwise(borders)


def _chains(part: str, opened: bool) -> Iterator[list[tuple[int, int]]]:
    """The runs of short pieces that commas and a last conjunction hold together.

    `opened`: a colon or bracket stands before, so that the first piece is an item as it is.
    """
    for run in _runs(part, opened):
        enough = len(run) >= 3 or (len(run) == 2 and (opened or _both_named(part, run)))
        if enough:
            yield _parallel(part, run)


def _runs(part: str, opened: bool) -> Iterator[list[tuple[int, int]]]:
    run: list[tuple[int, int]] = []
    for number, (left, right) in enumerate(_pieces(part)):
        restart = _RESTART.search(part, left, right)
        if restart:
            # "plattformar som exempelvis A": what stands before belongs to the run before, A begins a new one.
            if run and restart.start() > left:
                run.append(_item(part, left, restart.start())[0])
            yield run
            run, left = [], restart.end()
        elif not run and not (opened and number == 0):
            left = _after_cue(part, left, right)
        elif run and _CLAUSE.match(part, left):
            yield run
            run = []
            continue
        joint = _JOINT.search(part, left, right)
        if joint:
            run += [_trim(part, left, joint.start()), _trim(part, joint.end(), right)]
            continue
        item, ended = _item(part, left, right)
        shown = part[slice(*item)]
        if not shown.strip(" .\x00()") or len(shown.split()) > _LONGEST_WORDS:
            yield run
            run = []
            continue
        run.append(item)
        if ended:
            if len(run) > 1:
                yield run
            run = []
    yield run


def _item(part: str, left: int, right: int) -> tuple[tuple[int, int], bool]:
    """The item in a piece, and whether the sentence goes on after it."""
    ending = _ENDING.search(part, left, right)
    return _trim(part, left, ending.start() if ending else right), ending is not None


def _both_named(part: str, found: list[tuple[int, int]]) -> bool:
    return all(part[left].isupper() for left, _ in found)


def _pieces(part: str) -> list[tuple[int, int]]:
    """Where commas and the last conjunctions divide the part; an "och" before the last comma does not."""
    commas = [match.span() for match in re.finditer(r",\s+", part)]
    tail = commas[-1][1] if commas else 0
    strong = [match.span() for match in _STRONG.finditer(part)]
    cuts = [*commas, *(span for span in strong)]
    closed = any(part[left] == "," for left, _ in strong)
    for match in _CONJUNCTION.finditer(part, tail):
        if part[match.start() - 1] == "-" or (
            closed and match.start() >= tail and strong and strong[-1][0] < match.start()
        ):
            continue
        word = match.group().strip()
        rivals = any(left >= tail and "samt" in part[left:right] for left, right in strong)
        if (
            word != "samt"
            and rivals
            and not (part[match.end()].isupper() and _piece_before(part, match.start())[:1].isupper())
        ):
            continue
        cuts.append(match.span())
    pieces: list[tuple[int, int]] = []
    left = 0
    for cut_left, cut_right in sorted(set(cuts)):
        if cut_left < left:
            left = max(left, cut_right)
            continue
        pieces.append((left, cut_left))
        left = cut_right
    pieces.append((left, len(part)))
    return pieces


def _piece_before(part: str, position: int) -> str:
    return re.split(r",\s+|\s+(?:samt|och)\s+", part[:position])[-1]


def _after_cue(part: str, left: int, right: int) -> int:
    """Where the first item begins: after the last word before it that leads to a list."""
    leads = [
        word
        for word in re.finditer(r"[^\s,;:]+[:;]?", part[:right])
        if word.start() >= left and word.end() < right and _is_lead(word.group())
    ]
    while leads:
        lead = leads.pop()
        begin = lead.end() + 1
        # "nätverk i Norrland, Dalarna": a preposition inside a name does not begin the list.
        if lead.group() in _INSIDE and leads and part[leads[-1].end() + 1 : leads[-1].end() + 2].isupper():
            continue
        return begin
    return left


def _is_lead(word: str) -> bool:
    return word.lower() in _LEADS or word[-1] in ":;" or is_finite(word.lower())


def _trim(part: str, left: int, right: int) -> tuple[int, int]:
    etc = _ETC.search(part, left, right)
    if etc:
        right = etc.start()
    while right > left and part[right - 1] in ' .,;\n"”':
        right -= 1
    while left < right and part[left] in " \n":
        left += 1
    article = _ARTICLE.match(part, left, right)
    return (article.end() if article else left), right


def _parallel(part: str, found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Cuts the last item to the shape of the others: names end where small words go on."""
    if len(found) > 2 and _REST.match(part, found[-1][0]):
        found = found[:-1]
    left, right = found[0]
    if all(part[start].isupper() for start, _ in found[1:]):
        introduced = list(_BEFORE_NAME.finditer(part, left, right))
        left = introduced[-1].end() if introduced else left
        found = [(left, right), *found[1:]]
    if len(found) > 3 and part[left].islower() and all(part[start].isupper() for start, _ in found[1:]):
        found = found[1:]
    left, right = found[-1]
    others = found[:-1]
    if all(part[start].isupper() for start, _ in others) and part[left].isupper():
        longest = max(len(part[slice(*item)].split()) for item in others)
        words = list(re.finditer(r"\S+", part[left:right]))
        if len(words) > longest + 2:
            for number, word in enumerate(words[1:], start=1):
                small = word.group()[0].islower() and word.group() not in {
                    "i",
                    "och",
                    "för",
                    "av",
                    "på",
                    "län",
                    "kommun",
                }
                if small and number >= 1:
                    right = left + words[number - 1].end()
                    break
    return [*others, (left, right)]
