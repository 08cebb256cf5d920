"""Who does what: whether verbs keep their agents in a statement, and its subject what is told of it; and what the rows
of tables say, as sentences.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from assistant.drafting import points_back
from assistant.matching import match
from assistant.model.bindings import SHARED_BY_NAMES
from assistant.model.clauses import RELATIVE, as_sentence, content, denials, sentences_of, shared, split_clauses
from assistant.model.quantities import is_number
from ingest.facts.vocabulary import meaning_of

_CELL = " | "
_SAID: Mapping[str | None, tuple[str, str]] = {
    "owner": ("ägs av {cell}", "{cell} äger {name}."),
    "participant": ("har som parter {cell}", "{cell} medverkar i {name}."),
    "funder": ("finansieras av {cell}", "{cell} finansierar {name}."),
    "sum": ("har en budget på {cell}", ""),
    "status": ("är {cell}", ""),
}
"""What a cell says of what its row is about, by the meaning of its head; and that told of who does it."""
_LEAST_HEADS = 2
"""So many cells that are heads make a row a head."""
_NAME = re.compile(r"^(?:[^|:]+: )?(?P<name>[^|(:]*?[^|(:.\s])\.?(?: \(|\. |$)")
_ALIKE = 0.9
"""So well must two verbs match to count as one."""
_PHRASE_END = re.compile(
    r"[,.;:|]|\b(?:som|eftersom|medan|men|för|i|på|med|och|från|till|har|hade|ska|är|var|kan|which|who|while|but)\b"
)
_LIST_END = re.compile(r"[.;:|]|\b(?:som|eftersom|medan|men|who|which)\b")
_VERB = re.compile(
    r"\b(?:(?:projekt)?ägare\b|ägs?\b|sökt?s?\b|avslog\w*|bidrog\w*|drev\w*|deltog|såld\w*|utsåg\w*|lett\b"
    r"|(?:åter|med|ut|in)?(?:äg|finansier|driv|led|ansvar|beslut|bevilj|betal|bekost|samordn|genomför|köp|sälj|föreslå|godkän|medverk"
    r"|delta|stödj|utse|sök|avslå|lämn|avgör|hyr|ordn|arranger|ersätt|sköt|erbjud|bidr)"
    r"(?:ar|as|ade|ades|at|ats|er|es|s|d?de|d?des|tt?|tt?s|te|tes|r|a)\b)",
    re.IGNORECASE,
)
"""Verbs, and a noun, of who does what in an organisation."""
_BY = re.compile(r"\s+(?:av|by)\s+")
_ADVERBIAL = re.compile(
    r"\W*(?:\d|[A-ZÅÄÖ][a-zåäö]+er sig\b|(?:i|på|under|efter|före|vid|för|från|till|med|genom|enligt|sedan|år|nu|där"
    r"|då|också|även|dessutom|därefter|samtidigt|hittills|totalt|hösten|våren|sommaren|vintern|in|on|after|before|since)\b)",
    re.IGNORECASE,
)
_NEW_SUBJECT = re.compile(r",?\s+(?:och|samt|men|medan|and|but|while)\s+(?=[A-ZÅÄÖ])|,\s+(?=[A-ZÅÄÖ])")


def agent_replaced(clause: str, proofs: Sequence[str]) -> bool:
    """Whether a verb has another for who does it, in the active or the passive, than it has anywhere in the proofs.

    A clause that denies tells of no agent.
    """
    if denials(clause):
        return False
    given = [one for proof in proofs for one in _agents(proof, _LIST_END)]
    for verb, agent, is_certain in _agents(clause, _PHRASE_END):
        there = [other for word, other, _ in given if match(verb, word) >= _ALIKE]
        if is_certain and agent and there and not any(not other or shared(agent, other) for other in there):
            return True
    return False


def _agents(text: str, end: re.Pattern[str]) -> Iterator[tuple[str, list[str], bool]]:
    """Each verb with the words of who does it, and whether it may be no one else.

    That is what follows "av", or all that stands before the verb; after another verb or an adverbial also what follows.
    """
    for number, verb in enumerate(_VERB.finditer(text)):
        before, after = text[: verb.start()], text[verb.end() :]
        if passive := _BY.match(after):
            yield verb.group().lower(), _told(end.split(after[passive.end() :])[0]), True
        elif not verb.group().endswith("s"):
            turned = number > 0 or not _told(before) or _ADVERBIAL.match(before) is not None
            yield verb.group().lower(), _told(f"{before} {end.split(after.lstrip())[0] if turned else ''}"), not turned


def _told(text: str) -> list[str]:
    """The content words but for figures and what names have in common."""
    return [word for word in content(text) if not is_number(word) and word not in SHARED_BY_NAMES]


def subject_moved(clause: str, proofs: Sequence[str], headings: Sequence[str]) -> bool:
    """Whether what the clause begins with stands only in another clause than all that is told of it.

    A clause that points back, or leaves its subject to the heading, may be told of what stands before it.
    """
    parts = [(part, content(part)) for proof in proofs for part in split_clauses(proof)]
    above = [word for heading in headings for word in content(heading)]
    pieces = (content(piece) for piece in _NEW_SUBJECT.split(clause))
    return any(_is_moved([word for word in piece if not word[0].isdigit()], parts, above) for piece in pieces)


def _is_moved(own: Sequence[str], parts: Sequence[tuple[str, list[str]]], above: Sequence[str]) -> bool:
    """Whether the words begin as one part does, and go on with what another part tells of a subject of its own."""
    if not own or not parts or _has(above, own[0]):
        return False
    source, its_words = max(parts, key=lambda part: _run(own, part[1]))
    run = _run(own, its_words)
    rest = [word for word in own[run:] if not is_number(word)]
    told, there = max(parts, key=lambda part: sum(_has(part[1], word) for word in rest))
    if not run or 2 * run > len(its_words) or points_back(as_sentence(told)):
        return False
    if any(map(RELATIVE.match, (told, source))) or _has(there, own[0]) or _has(own, there[0] if there else ""):
        return False
    return any(_has(there, word) for word in rest) and not any(_has(its_words, word) for word in rest)


def _run(words_: Sequence[str], there: Collection[str]) -> int:
    """How many of the words, from the first on, stand in the other text."""
    return next((number for number, word in enumerate(words_) if not _has(there, word)), len(words_))


def _has(there: Iterable[str], word: str) -> bool:
    return any(match(word, other) > 0 for other in there)


def readings(sentences: Sequence[str], passages: Sequence[str]) -> tuple[str, ...]:
    """The sentences and what they also say, in order; `passages` are the texts that they stand in."""
    return (*sentences_of(sentences), *(reading for one in sentences for reading in _of_row(one, passages)))


def _of_row(sentence: str, passages: Sequence[str]) -> Iterator[str]:
    """What each cell of a row says, in a sentence of its own; nothing of what is no row."""
    name, *cells = sentence.split(_CELL)
    named = _NAME.match(name) if cells else None
    heads = (found for text in passages if (found := _head(len(cells), text)))
    if named is None:
        return
    for label, cell in zip(next(heads, ()), cells, strict=False):
        meaning = meaning_of(label)
        passive, active = _SAID.get(meaning, ("", ""))
        if passive and cell:
            told = cell[:1].lower() + cell[1:] if meaning == "status" else cell
            unit = label.rpartition(" ")[2].strip("()").lower() if meaning == "sum" else ""
            yield f"{named['name']} {passive.format(cell=told)} {unit}".rstrip() + "."
            yield from (active.format(cell=one, name=named["name"]) for one in cell.split(", ") if active)


def _head(cells: int, text: str) -> Sequence[str] | None:
    """The labels of the first row of so many cells, but for the first one, that is a head."""
    pieces = text.split(_CELL)
    for start in range(len(pieces) - cells):
        *labels, last = pieces[start + 1 : start + 1 + cells]
        labels = [*labels, last.split(" ")[0]]  # the next row follows in the same cell
        if sum(meaning_of(label) in _SAID for label in labels) >= _LEAST_HEADS:
            return labels
    return None
