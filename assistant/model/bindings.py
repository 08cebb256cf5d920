"""What stands with what: whether figures and names keep in a statement the company they have in the sentences.

A figure or name is bound by nearness: what stands close to it in the statement must stand close to it in a cited
sentence, and closer than to any other of its kind there. Knows nothing of word classes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.drafting import points_back
from assistant.matching import match, text_words
from assistant.model.clauses import as_sentence, content, is_content, shared, split_clauses
from assistant.model.quantities import TOKEN, Figure, figure_at, is_number, is_unit
from ingest.facts.vocabulary import MONTHS
from ingest.swedish import STOPWORDS, stem, words

_LOOSE = re.compile(r"[,;:()]|\s[–—-]\s|\b(?:men|medan|varav|respektive|while|but)\b", re.IGNORECASE)
_AND = re.compile(r"\b(?:och|samt|and)\b", re.IGNORECASE)
_APART = 2
"""How many words further apart a comma or a conjunction keeps what stands on both sides of it."""
_ROLES = {
    "from": re.compile(r"\b(?:från|mot|jämfört med|tidigare|from|compared (?:with|to))\W+(?:år\W+)?$", re.IGNORECASE),
    "to": re.compile(
        rf"\b(?:till|to)\W+(?:år\W+)?(?:den\W+)?(?:\d+\W+)?(?:(?:{'|'.join(MONTHS)})\W+)?$", re.IGNORECASE
    ),
    "by": re.compile(r"\b(?:med|by)\W+$", re.IGNORECASE),
}
_NAME_WEIGHT, _FIGURE_WEIGHT = 3.0, 2.0
_ALIKE = 0.9
"""So well must two words match to count as one: no chance likeness."""
_OTHER_SIDE = 0.5
"""What company counts that stands after the figure here and before it there, or the other way round."""
_CLOSER = 1.25
"""So much better must another figure suit the words to claim them."""
_BY = re.compile(r"(.*)\b(\w+s)\s+(?:av|by)\s+([^,.;:|]+)", re.IGNORECASE)
_RELATIVE = re.compile(r"(?:som|där|vilken|vilket|vilka|which|who)\b", re.IGNORECASE)
_NEW_SUBJECT = re.compile(r",?\s+(?:och|samt|men|medan|and|but|while)\s+(?=[A-ZÅÄÖ])|,\s+(?=[A-ZÅÄÖ])")
_NAMES = re.compile(r"(?<![\w-])(?:[^\W\d_a-zåäöéü][\w&-]*|[a-zåäö]+[A-ZÅÄÖ]\w*)")
_EDGES = " *-|•–‣▪·.;,:\"”“»«'’()["
_NO_NAMES = STOPWORDS | frozenset(
    "år totalt sammanlagt year total ja nej yes region county municipality municipalities sweden swedish english"
    " european january february march april may june july august september october november december i".split()
)
"""Capitalised words that name nothing by themselves, the English for places and months among them."""


@dataclass(frozen=True, slots=True)
class _Token:
    """A content word or figure of a sentence, its place counted in these, and what it weighs as company."""

    word: str
    place: int
    weight: float
    figure: Figure | None = None
    role: str = ""


def figure_fault(statement: str, sentences: Sequence[str], known: Collection[str] = ()) -> bool:
    """Whether a figure of the statement is not the sentences' own, in its unit, direction and company.

    `known` are further figures that the statement may repeat: those of the question that the headings prove.
    """
    said, proofs = _tokens(statement), [_tokens(sentence) for sentence in sentences]
    there = {one.word for proof in proofs for one in proof}
    if any(one.figure is None and re.search(r"\d", one.word) and one.word not in there for one in said):
        return True  # "BY2030", "B1": a name by its number
    own = [one for one in said if one.figure and (one.figure.value not in known or _occurrences(one, proofs))]
    if any(not _occurrences(one, proofs) or _bound_elsewhere(one, own, said, proofs) for one in own):
        return True
    return bool(own) and said[0].figure is None and any(_counts_another(said[0].word, own, proof) for proof in proofs)


def names_fault(statement: str, sentences: Sequence[str], stems: Collection[str]) -> bool:
    """Whether what is told of a name is told of another name in the sentences. `stems` are those of all names.

    Each name is taken as a figure of its own kind, so that names are bound as figures are.
    """
    said, *proofs = (
        [
            replace(one, figure=Figure(stem(one.word), "name", ""), weight=1.0)
            if one.figure is None and stem(one.word) in stems
            else one
            for one in _tokens(text, by_name=True)
        ]
        for text in (statement, *sentences)
    )
    own = [one for one in said if one.figure]
    names_there = (one for one in own if one.figure and one.figure.scale == "name" and _occurrences(one, proofs))
    return any(_bound_elsewhere(one, own, said, proofs) for one in names_there)


def _tokens(sentence: str, by_name: bool = False) -> list[_Token]:
    """The content words and figures in order; a preposition of change keeps its figure a word further off.

    A conjunction keeps figures apart, and with `by_name` a name from what is none.
    """
    found: list[_Token] = []
    place, last = 0, 0
    for match_ in TOKEN.finditer(sentence):
        word, figure = match_.group().lower(), figure_at(sentence, match_)
        if figure is None and (not is_content(word) or is_unit(word)):
            continue
        role = next((name for name, cue in _ROLES.items() if figure and cue.search(sentence[: match_.start()])), "")
        between, last = sentence[last : match_.start()], match_.end()
        named = match_.group()[0].isupper()  # a name, or what the sentence begins with
        after_word = by_name and named and bool(found) and found[-1].weight == 1.0  # no list: a subject of its own
        marked = after_word or figure is not None or (bool(found) and found[-1].figure is not None)
        apart = bool(_LOOSE.search(between) or (marked and _AND.search(between)))
        place += 1 + bool(role) + _APART * apart
        weight = _FIGURE_WEIGHT if figure else _NAME_WEIGHT if named else 1.0
        found.append(_Token(word, place, weight, figure, role))
    return found


def _occurrences(token: _Token, proofs: Iterable[Iterable[_Token]]) -> list[_Token]:
    return [
        one for proof in proofs for one in proof if one.figure and token.figure and token.figure.is_same(one.figure)
    ]


def _bound_elsewhere(
    token: _Token, own: Sequence[_Token], said: Sequence[_Token], proofs: Sequence[Sequence[_Token]]
) -> bool:
    """Whether the words around the figure stand with another figure of its kind in the sentences."""
    assert token.figure is not None
    here = _support(token, said, token.figure, proofs)
    in_role = {one.figure for proof in proofs for one in proof if one.role == token.role}
    changed = token.figure.is_year and token.role and any(map(token.figure.is_same, filter(None, in_role)))
    for rival in dict.fromkeys(one.figure for proof in proofs for one in proof if one.figure):
        if rival.value == token.figure.value or not rival.is_alike(token.figure):
            continue
        if changed and rival not in in_role:
            continue  # "från 3 till 5": what it was is no rival of what it became
        stay, there = here, _support(token, said, rival, proofs)
        if also := next((one for one in own if one.figure and one.figure.is_same(rival)), None):
            stay += _support(also, said, rival, proofs)
            there += _support(also, said, token.figure, proofs)
        if there > _CLOSER * stay:
            return True
    return False


def _counts_another(subject: str, own: Sequence[_Token], proof: Sequence[_Token]) -> bool:
    """Whether the statement's subject stands beside a figure that it leaves out, and apart from that which it has."""
    here = [one for one in proof if one.figure and any(_occurrences(token, [[one]]) for token in own)]
    others = [one for one in proof if one.figure and one not in here]
    return any(
        _rival(mine, other) and abs(other.place - at.place) + _APART <= abs(mine.place - at.place)
        for at in proof
        if at.figure is None and match(subject, at.word) >= _ALIKE
        for mine in here
        if mine.figure and not mine.figure.is_year and not mine.role
        for other in others
    )


def _support(token: _Token, said: Sequence[_Token], figure: Figure, proofs: Sequence[Sequence[_Token]]) -> float:
    """How near the token's company in the statement stands to the figure in the sentence where it is nearest."""
    company = [
        (one, one.weight / max(abs(one.place - token.place), 1))
        for one in said
        if one is not token and not _rival(one, token)
    ]
    sums = (
        sum(
            weight * max((_nearness(one, other, at, one.place < token.place) for other in proof), default=0.0)
            for one, weight in company
        )
        for proof in proofs
        for at in proof
        if at.figure and at.figure.is_same(figure)
    )
    return max(sums, default=0.0)


def _rival(one: _Token, other: _Token) -> bool:
    """Whether two figures could be mistaken for each other."""
    return one.figure is not None and other.figure is not None and one.figure.is_alike(other.figure)


def _nearness(one: _Token, other: _Token, at: _Token, before: bool) -> float:
    """How near the other stands to its figure, where it is the same as the one; less when it has changed sides."""
    if other is at or (one.figure is None) != (other.figure is None):
        return 0.0
    same = float(one.figure.is_same(other.figure)) if one.figure and other.figure else match(one.word, other.word)
    side = 1.0 if before == (other.place < at.place) else _OTHER_SIDE
    return side * same / max(abs(other.place - at.place), 1) if same >= _ALIKE else 0.0


def agent_replaced(clause: str, proofs: Sequence[str]) -> bool:
    """Whether what is done to one by another in a sentence ("tidningen ersätts av en app") is told the other way."""
    for patient, verb, agent in (one.groups() for proof in proofs for one in _BY.finditer(proof)):
        active = next((one for one in words(clause) if one != verb and stem(one) == stem(verb[:-1])), None)
        before, _, after = clause.lower().partition(active or clause.lower())
        if shared(content(patient), content(before)) and shared(content(agent), content(after)):
            return True
    return False


def subject_moved(clause: str, proofs: Sequence[str], headings: Sequence[str]) -> bool:
    """Whether what the clause begins with stands only in another clause than all that is told of it.

    A clause that points back, or leaves its subject to the heading, may be told of what stands before it.
    """
    parts = [(part, content(part)) for proof in proofs for part in split_clauses(proof)]
    above = content(" ".join(headings))
    pieces = ([word for word in content(one) if not word[0].isdigit()] for one in _NEW_SUBJECT.split(clause))
    return any(bool(own and parts) and not _has(above, own[0]) and _is_moved(own, parts) for own in pieces)


def _is_moved(own: Sequence[str], parts: Sequence[tuple[str, list[str]]]) -> bool:
    """Whether the words begin as one part does, and go on with what another part tells of a subject of its own."""
    source, its_words = max(parts, key=lambda part: _run(own, part[1]))
    run = _run(own, its_words)
    rest = [word for word in own[run:] if not is_number(word)]
    told, there = max(parts, key=lambda part: sum(_has(part[1], word) for word in rest))
    if not run or 2 * run > len(its_words) or points_back(as_sentence(told)) or _has(there, own[0]):
        return False
    if any(map(_RELATIVE.match, (told, source))) or (there and _has(own, there[0])):
        return False
    return any(_has(there, word) for word in rest) and not any(_has(its_words, word) for word in rest)


def _run(own: Sequence[str], there: Sequence[str]) -> int:
    """How many of the words, from the first on, stand in the other text."""
    return next((at for at, word in enumerate(own) if not _has(there, word)), len(own))


def _has(there: Iterable[str], word: str) -> bool:
    return any(match(word, other) > 0 for other in there)


def names(text: str, mid_sentence: Collection[str] = ()) -> list[str]:
    """The parts of names in a text, in lower case.

    A first word has its capital from its place; it is a name only when the documents write it so within a sentence.
    """
    found: list[str] = []
    for found_name in _NAMES.finditer(text):
        before = text[: found_name.start()].rstrip()
        begins = not before.strip(_EDGES) or before.endswith((".", "!", "?"))
        for part in words(found_name.group()):
            if part not in _NO_NAMES and not (begins and part not in mid_sentence):
                found.append(part)
    return found


def is_among(name: str, texts: Iterable[str]) -> bool:
    """Whether any of the texts has the name, in whatever form."""
    wanted = stem(name)
    return any(wanted == stem(word) for text in texts for word in (*words(text), *text_words(text)))
