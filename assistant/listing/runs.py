"""Enumerations within a sentence: the stretches of "A, B samt C". Reads one string alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from ingest.register.titles import is_finite

Stretch = tuple[int, int]

_COMMA = re.compile(r",\s+(?P<last>(?:och|samt|and)\s+)?")
_CONJUNCTION = re.compile(r"\s+(?P<word>samt(?! att\b)|och|respektive|eller|and)\s+")
_CLAUSE = re.compile(
    r"(?:där|som|vilket|vilka|vilken|men|för att|att|så att|när|då|eftersom|genom att|dels|varav|"
    r"varför|which|who|that)\b",
    re.IGNORECASE,
)
_OPENING = re.compile(
    rf"[:;]\s+|,\s+(?={_CLAUSE.pattern}|(?:har|hade|är|var|fick|får|ska|kan|kommer|blev|blir)\b)", re.IGNORECASE
)
_LEADS = frozenset(
    """
    i på av till från för med om mot bland inom mellan kring via genom där som såsom exempelvis ex. t.ex. att ge
    nämligen främst både dels såväl även including of as are is
    """.split()
)
"""Words after which the first item may begin; so does every finite verb."""
_BEFORE_NAME = re.compile(r"\b(?:\w+na|(?!(?:i|på|för|av|och|vid|till|med) )[a-zåäö]+) (?=[A-ZÅÄÖ])")
_AFTER_NAME = re.compile(r"(?<=\w) (?!(?:i|och|för|av|på|län|kommun)\b)[a-zåäö]")
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
_ARTICLE = re.compile(
    r"(?:en|ett|dels|både|även|bland annat|exempelvis|det|den|de|i form av|inom|för|av|med|till)\s+", re.IGNORECASE
)
_THAT = re.compile(r":\s+att\s+")
_NEXT_THAT = re.compile(r"(?:,\s+(?:och\s+|samt\s+)?|\s+(?:och|samt)\s+)att\s+")
_LONGEST_WORDS = 14
_HIDDEN = "\x00"


def runs(sentence: str) -> Iterator[list[Stretch]]:
    """Each run of items that commas and a last conjunction hold together, also within brackets, as (start, end)."""
    yield from _clauses(sentence)
    brackets = [(match.start() + 1, match.end() - 1) for match in re.finditer(r"\([^()]*\)", sentence)]
    masked = re.sub(r"(?<=\()[^()]*(?=\))", lambda match: _HIDDEN * len(match[0]), sentence)
    for text, left, right in ((masked, 0, len(masked)), *((sentence, *bracket) for bracket in brackets)):
        part = text[left:right]
        borders = [0, *(match.end() for match in _OPENING.finditer(part)), len(part)]
        for begin, stop in pairwise(borders):
            # After a colon or bracket the first piece is an item as it is.
            opened = part[:begin].rstrip()[-1:] in {":", ";"} or (left > 0 and begin == 0)
            for run in _runs(part[begin:stop].rstrip(" ,;:"), opened):
                yield [(left + begin + start, left + begin + end) for start, end in run]


def _clauses(sentence: str) -> Iterator[list[Stretch]]:
    """The clauses after a colon: "Tre risker följs: att A, att B och att C"."""
    opened = _THAT.search(sentence)
    if opened is None:
        return
    cuts = list(_NEXT_THAT.finditer(sentence, opened.end()))
    borders = [opened.end(), *(cut.end() for cut in cuts)], [*(cut.start() for cut in cuts), len(sentence)]
    if cuts:
        yield [_trim(sentence, *stretch) for stretch in zip(*borders, strict=True)]


def _runs(part: str, opened: bool) -> Iterator[list[Stretch]]:
    for run in _chains(part, opened):
        both_named = len(run) == 2 and all(part[left].isupper() for left, _ in run)
        if len(run) >= 3 or (len(run) == 2 and opened) or both_named:
            yield _parallel(part, run)


def _chains(part: str, opened: bool) -> Iterator[list[Stretch]]:
    """The items between commas, a new chain where a clause begins or an example is given."""
    run: list[Stretch] = []
    for number, (left, right) in enumerate(_pieces(part)):
        restart = _RESTART.search(part, left, right)
        joint = _JOINT.search(part, left, right)
        if restart:
            # "plattformar som exempelvis A": what stands before belongs to the run before, A begins a new one.
            if run and restart.start() > left:
                run.append(_item(part, left, restart.start())[0])
            yield run
            run, left = [], restart.end()
        elif not run and not (opened and number == 0):
            left = _after_lead(part, left, right)
        elif run and _CLAUSE.match(part, left):
            yield run
            run = []
            continue
        if joint:
            run += [_trim(part, left, joint.start()), _trim(part, joint.end(), right)]
            continue
        item, ended = _item(part, left, right)
        shown = part[slice(*item)]
        fits = shown.strip(f" .()\n{_HIDDEN}") != "" and len(shown.split()) <= _LONGEST_WORDS
        run += [item] if fits else []
        if ended or not fits:
            yield run
            run = []
    yield run


def _item(part: str, left: int, right: int) -> tuple[Stretch, bool]:
    """The item in a piece, and whether the sentence goes on after it."""
    ending = _ENDING.search(part, left, right)
    return _trim(part, left, ending.start() if ending else right), ending is not None


def _pieces(part: str) -> Iterator[Stretch]:
    """Where commas, "samt" and the last "och" divide the part; an "och" before the last comma does not."""
    cuts = list(_COMMA.finditer(part))
    closed = bool(cuts and cuts[-1]["last"])
    last = cuts[-1].end() if cuts else 0
    joints = [match for match in _CONJUNCTION.finditer(part) if part[match.start() - 1] not in "-,"]
    parted = [match for match in joints if match["word"] == "samt"]
    cuts += parted
    cuts += [
        match
        for match in joints
        if match.start() >= last
        and match not in parted
        and not closed
        and (not any(other.start() >= last for other in parted) or _joins_names(part, match))
    ]
    cuts.sort(key=lambda cut: cut.start())
    left = 0
    for cut in cuts:
        yield left, cut.start()
        left = cut.end()
    yield left, len(part)


def _joins_names(part: str, joint: re.Match[str]) -> bool:
    """Whether "och" stands between two capitalised words: "Norrdal och Sunnäs samt Västerö"."""
    return part[joint.end() : joint.end() + 1].isupper() and part[: joint.start()].split()[-1][:1].isupper()


def _after_lead(part: str, left: int, right: int) -> int:
    """Where the first item begins: after the last word before it that leads to a list."""
    leads = [
        word
        for word in re.finditer(r"[^\s,;:]+[:;]?", part[:right])
        if word.start() >= left and word.end() < right and _is_lead(word.group())
    ]
    return leads[-1].end() + 1 if leads else left


def _is_lead(word: str) -> bool:
    return word.lower() in _LEADS or word[-1] in ":;" or is_finite(word.lower())


def _trim(part: str, left: int, right: int) -> Stretch:
    shown = part[left:right].rstrip(' .,;\n"”')
    right = left + len(shown)
    left += len(shown) - len(shown.lstrip(" \n"))
    article = _ARTICLE.match(part, left, right)
    return (article.end() if article else left), right


def _parallel(part: str, run: list[Stretch]) -> list[Stretch]:
    """Cuts the first and the last item to the shape of the others: names begin and end where small words do."""
    if len(run) > 2 and _REST.match(part, run[-1][0]):
        run = run[:-1]
    named = [part[left : left + 1].isupper() for left, _ in run]
    (left, right), *others = run
    if all(named[1:]):
        introduced = list(_BEFORE_NAME.finditer(part, left, right))
        begin = introduced[-1].end() if introduced else left
        # Among many names a first item in small letters is what they are names of.
        run = others if len(run) > 3 and part[begin].islower() else [(begin, right), *others]
    *others, (left, right) = run
    longest = max((len(part[slice(*item)].split()) for item in others), default=0)
    if all(named) and len(part[left:right].split()) > longest + 2:
        after = _AFTER_NAME.search(part, left, right)
        run = [*others, (left, after.start() if after else right)]
    return run
