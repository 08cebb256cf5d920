"""What verbs and prepositions bind: who does and who suffers, from what to what, whose part something is.

Names are bound elsewhere by nearness; here the words may be in lower case. Each check compares one clause of a
statement with the sentence that it is nearest to, and only where both use the same verb or preposition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.model.bindings import SHARED_BY_NAMES
from assistant.model.clauses import Clause, alike, content, denials, shared
from assistant.model.quantities import is_number
from ingest.swedish import words

_ALIKE = 0.9
_GOVERNED = re.compile(r"(?P<word>\w+) (?P<preposition>av|till|hos|mot|by|to)\b", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[.;:|]|\b(?:som|eftersom|medan|men|which|who|while|but)\b")
_PHRASE_END = re.compile(
    r"[,.;:|]|\b(?:som|eftersom|medan|men|för|i|på|med|och|från|till|har|hade|ska|är|var|kan|which|who|while|but)\b"
)
_LIST_END = re.compile(r"[.;:|]|\b(?:som|eftersom|medan|men|who|which)\b")
_VERB = re.compile(
    r"\b(?:(?:projekt)?ägare\b|ägs?\b|sökt?s?\b|avslog\w*|bidrog\w*|drev\w*|deltog|såld\w*|utsåg\w*|lett\b"
    r"|(?:äg|finansier|driv|led|ansvar|beslut|bevilj|betal|bekost|samordn|genomför|köp|sälj|föreslå|godkän|medverk"
    r"|delta|stödj|utse|sök|avslå|lämn|avgör|hyr|ordn|arranger|ersätt|sköt|erbjud|bidr)"
    r"(?:ar|as|ade|ades|at|ats|er|es|s|d?de|d?des|tt?|tt?s|te|tes|r|a)\b)",
    re.IGNORECASE,
)
"""Verbs, and a noun, of who does what in an organisation."""
_ANY_PASSIVE = re.compile(r"\b([a-zåäö]{4,})s av\b")
_BY = re.compile(r"\s+(?:av|by)\s+")
_ADVERBIAL = re.compile(
    r"\W*(?:\d|[A-ZÅÄÖ][a-zåäö]+er sig\b|(?:i|på|under|efter|före|vid|för|från|till|med|genom|enligt|sedan|år|nu|där"
    r"|då|också|även|dessutom|därefter|samtidigt|hittills|totalt|hösten|våren|sommaren|vintern|in|on|after|before|since)\b)",
    re.IGNORECASE,
)
_CHANGE = re.compile(r"\b(?:från|from) (?P<first>[^,.;]+?) (?:till|to) (?P<last>[^,.;]+)", re.IGNORECASE)
_OBJECT = re.compile(r"(?P<verb>\w+) (?:sin|sitt|sina) (?P<object>[\w ]+)", re.IGNORECASE)
_PREPOSITION = re.compile(r"\b(?:från|till|i|på|för|med|av|om|vid|under|efter|före|över)\b")


def is_bound_otherwise(clause: Clause, proofs: Sequence[str]) -> bool:
    """Whether the clause gives a verb or preposition another company than its sentence, or any of the proofs, does."""
    checks = (_complement_moved, _complement_swapped, _change_turned, _object_dropped)
    if any(check(clause.text, clause.sentence) for check in checks):
        return True
    return not denials(clause.text) and _agent_replaced(clause, proofs)


def _told(text: str) -> list[str]:
    """The content words but for figures and what names have in common."""
    return [word for word in _own_words(text) if not is_number(word)]


def _own_words(text: str) -> list[str]:
    return [word for word in content(text) if word not in SHARED_BY_NAMES]


def _agent_replaced(clause: Clause, proofs: Sequence[str]) -> bool:
    """Whether a verb has another for who does it, in the active or the passive, than it has anywhere in the proofs."""
    roots = "|".join(map(re.escape, _ANY_PASSIVE.findall(clause.sentence)))
    verbs = re.compile(
        rf"{_VERB.pattern}|\b(?:{roots})(?:r|er|de|te|t|s)?\b" if roots else _VERB.pattern, re.IGNORECASE
    )
    given = [one for proof in proofs for one in _agents(proof, verbs, _LIST_END)]
    for verb, agent, is_certain in _agents(clause.text, verbs, _PHRASE_END):
        there = [other for word, other, _ in given if alike(verb, word) >= _ALIKE]
        if is_certain and agent and there and not any(not other or shared(agent, other) for other in there):
            return True
    return False


def _agents(text: str, verbs: re.Pattern[str], end: re.Pattern[str]) -> Iterator[tuple[str, list[str], bool]]:
    """Each verb with the words of who does it, and whether it may be no one else.

    That is what follows "av", or all that stands before the verb; after another verb or an adverbial also what follows.
    """
    for number, verb in enumerate(verbs.finditer(text)):
        before, after = text[: verb.start()], text[verb.end() :]
        if passive := _BY.match(after):
            yield verb.group().lower(), _told(end.split(after[passive.end() :])[0]), True
        elif not verb.group().endswith("s"):
            turned = number > 0 or not _told(before) or _ADVERBIAL.match(before) is not None
            yield verb.group().lower(), _told(f"{before} {end.split(after.lstrip())[0] if turned else ''}"), not turned


def _complement_moved(text: str, sentence: str) -> bool:
    """Whether what goes with a verb is that of a later part, whose own beginning the clause leaves out.

    "Stora ärenden avgörs av rådet, små av chefen": the great ones are not decided by the head.
    """
    for own in _GOVERNED.finditer(text):
        wanted = _told(_PHRASE_END.split(text[own.end() :])[0])
        for there in _GOVERNED.finditer(sentence):
            same = own["preposition"].lower() == there["preposition"].lower()
            if wanted and same and alike(own["word"].lower(), there["word"].lower()) >= _ALIKE:
                first, *later = re.split(rf"\b{there['preposition']}\b", _CLAUSE_END.split(sentence[there.end() :])[0])
                opened = [word for part in re.split(r",| och ", first)[1:] for word in content(part)]
                opened = [word for word in opened if word not in content(sentence[: there.start()])]
                moved = not shared(wanted, content(first)) and shared(wanted, content(" ".join(later))) > 0
                if moved and opened and not shared(opened, content(text)):
                    return True
    return False


def _complement_swapped(text: str, sentence: str) -> bool:
    """Whether what follows a preposition in the sentence stands free in the clause: "B tog över" of "A … från B".

    Either the clause has something else there, or it says all in the sentence's own words with B as its subject.
    """
    said, there = _told(text), _told(sentence)
    for preposition in ("från", "till", "åt", "hos", "mot", "from", "to"):
        own, governed = _after(preposition, text), _after(preposition, sentence)
        free, free_there = [one for one in said if one not in own], [one for one in there if one not in governed]
        if own and governed and not shared(own, governed):
            swapped = shared(governed, free) > 0 and shared(own, free_there) > 0
        else:
            copied = len(said) > 1 and set(words(text)) <= set(words(sentence))
            taken = shared(said[:1], governed) > 0 and not shared(said[:1], free_there)
            swapped = preposition == "från" and not own and copied and taken
        if swapped:
            return True
    return False


def _after(preposition: str, text: str) -> list[str]:
    """The content words that the preposition governs, first in each of its phrases."""
    pieces = re.split(rf"\b{preposition}\b", text, flags=re.IGNORECASE)[1:]
    phrases = [_PHRASE_END.split(piece)[0] for piece in pieces if not re.match(r"\s*\d", piece)]
    return [word for phrase in phrases for word in _told(phrase)[:2]]


def _change_turned(text: str, sentence: str) -> bool:
    """Whether "från A till B" has become "från B till A"."""
    return any(
        shared(first, last_there) > shared(first, first_there) and shared(last, first_there) > 0
        for first, last in _changes(text)
        for first_there, last_there in _changes(sentence)
    )


def _changes(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """The words of each change from one thing to another that are not those of both."""
    for change in _CHANGE.finditer(text):
        first, last = _told(change["first"]), _told(change["last"])
        yield [word for word in first if word not in last], [word for word in last if word not in first]


def _object_dropped(text: str, sentence: str) -> bool:
    """Whether a verb has lost its own object: who moved their office has not moved."""
    said = content(text)
    for own in _OBJECT.finditer(sentence):
        object_ = _told(_PREPOSITION.split(own["object"])[0])
        if (
            any(alike(own["verb"].lower(), word) >= _ALIKE for word in words(text))
            and object_
            and not shared(object_, said)
        ):
            return True
    return False
