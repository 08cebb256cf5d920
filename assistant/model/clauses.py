"""Clauses of a statement, the stretch of the cited sentences that each says, and closed classes in which they agree.

A clause is compared with the one cited sentence that shares most of its words, and there with the clauses that hold
these words: its proof. The classes (direction, all and only, modality, denial …) are read from classes.toml, which
explains its own form. Knows nothing of figures or names.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from assistant.matching import match
from ingest.swedish import STOPWORDS, split_sentences, words


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a class: how a statement says it, and how a document may say it."""

    name: str
    said: re.Pattern[str]
    proved: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class WordClass:
    """A class of words and the rules by which a statement must agree with its sentence."""

    name: str
    rules: frozenset[str]
    values: tuple[Value, ...]

    def disagrees(self, statement: str, sentence: str) -> bool:
        """Whether the statement has, lacks or turns a value that the sentence does not."""
        said = {value.name for value in self.values if value.said.search(statement)}
        there = {value.name for value in self.values if value.proved.search(sentence)}
        if "added" in self.rules and said - there:
            return True
        if "dropped" in self.rules:
            plain = {value.name for value in self.values if value.said.search(sentence)}
            return bool(plain - {value.name for value in self.values if value.proved.search(statement)})
        return "exclusive" in self.rules and bool(said - there and there - said)


def disagreement(clause: Clause) -> str | None:
    """The name of the first class in which a clause and its proof disagree, None when they agree in all."""
    for one in _classes():
        said = clause.told_in if "anywhere" in one.rules else clause.text
        if one.disagrees(said, clause.sentence if "whole" in one.rules else clause.proof):
            return one.name
    return None


@lru_cache(maxsize=100_000)
def is_classed(word: str) -> bool:
    """Whether a word belongs to any of the classes that judge it, so that it need not be told."""
    judging = (one for one in _classes() if "content" not in one.rules)
    return any(value.proved.fullmatch(word) for one in judging for value in one.values)


def denials(text: str) -> int:
    """How many words of the text deny something; ", utan" goes on to what is so instead."""
    (denied,) = next(one.values for one in _classes() if one.name == "denial")
    return len(denied.said.findall(text.replace(", utan", ",")))


@cache
def _classes() -> tuple[WordClass, ...]:
    kept = tomllib.loads((Path(__file__).parent / "classes.toml").read_text(encoding="utf-8"))
    return tuple(one for name, table in kept.items() for one in _word_classes(name, table))


def _word_classes(name: str, table: Mapping[str, object]) -> Iterator[WordClass]:
    """The class of a table, or one class for each of its pairs."""
    rules = table["rule"]
    assert isinstance(rules, list)
    pairs = [line.split(" / ") for line in str(table.get("pairs", "")).splitlines() if line]
    named: Mapping[str, object] = {key: entry for key, entry in table.items() if key not in ("rule", "pairs")}
    entries: list[Mapping[str, object]] = [{"one": one, "other": other} for one, other in pairs] or [named]
    for entry in entries:
        yield WordClass(name, frozenset(map(str, rules)), tuple(_value(*item) for item in entry.items()))


def _value(name: str, entry: object) -> Value:
    parts = entry if isinstance(entry, dict) else {"words": entry}
    words, also = str(parts["words"]), str(parts.get("also", ""))
    return Value(name, _pattern(words), _pattern(f"{words} {also}"))


def _pattern(words: str) -> re.Pattern[str]:
    """A pattern for any of the words: "*" is any letters, "_" a space, "~" some words (see classes.toml)."""
    signs = {r"\*": r"\w*", "_": r"\s+", r"\~": r"(?:\s+\w+){0,4}"}
    escaped = (re.escape(word) for word in words.split())
    forms = "|".join(re.sub(r"\\\*|_|\\~", lambda sign: signs[sign.group()], word) for word in escaped)
    return re.compile(rf"(?<!\w)(?:{forms})(?!\w)", re.IGNORECASE)


_BREAK = re.compile(
    r"\s*[;]\s+|:\s+|\s[–—-]\s|\s*,\s+(?=(?:som|men|medan|vilket|vilka|vilken|där|när|eftersom|så|då|utan|fast|trots|mot"
    r"|och|samt|varav|samtidigt som|varefter|while|but|which|because|who|where|and|when|although)\b)"
    r"|\s+(?=(?:men|medan|eftersom|på grund av att|därför att|varav|while|but|because)\b)",
    re.IGNORECASE,
)
_CONJUNCTION = re.compile(r"^(?:och|men|samt|medan)\s+")
_REPORTING = frozenset(
    """
    ja nej yes no anger anges angav innebär innebar handlar handlade gäller gällde gälla omfattar omfattade består
    bestod nämner nämns beskriver beskrivs framgår exempel exempelvis bland alltså dessutom också kallas kallad kallade
    heter nämligen respektive medan däremot istället stället totalt sammanlagt cirka ungefär omkring runt ca
    bl.a t.ex dvs år utgör
    utgjorde därtill vidare således året åren inklusive form sker skedde skett görs gjordes gjorts according
    leder ledde lett bidrar bidrog bidragit ledning projektet insatsen satsningen strategin rapporten programmet planen
    dokumentet arbetet modellen initiativet uppdraget förstudien
    """.split()
)
"""Words that only carry what is said. They need no proof and give none."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a statement, the statement's sentence it is `told_in`, the cited sentence it is nearest to, and
    the clauses of that sentence that it says."""

    text: str
    told_in: str
    sentence: str
    proof: str


def content(text: str) -> list[str]:
    """The words of a text that say something, in order and as often as they stand."""
    return [word for word in words(text) if is_content(word)]


def is_content(word: str) -> bool:
    """Whether a word in lower case says something."""
    return word not in STOPWORDS and word not in _REPORTING and len(word) > 1


def sentences_of(texts: Sequence[str]) -> tuple[str, ...]:
    """The sentences of the texts and their halves at a semicolon, each on one line, repeated ones once."""
    cut = (part for text in texts for start, end in split_sentences(text) for part in text[start:end].split("; "))
    return tuple(dict.fromkeys(" ".join(part.split()) for part in cut))


def split_clauses(sentence: str) -> list[str]:
    """The clauses of one sentence, in order."""
    return [part for part in (piece.strip() for piece in _BREAK.split(sentence)) if part]


def as_sentence(clause: str) -> str:
    """A clause as it would stand alone ("och arbetet ska vara klart": "Arbetet ska vara klart")."""
    bare = _CONJUNCTION.sub("", clause)
    return bare[:1].upper() + bare[1:]


def aligned(statement: str, sentences: Sequence[str]) -> tuple[Clause, ...]:
    """The clauses of a statement that say something, each with its proof in the nearest sentence."""
    clauses = [(part, sentence) for sentence in sentences_of([statement]) for part in split_clauses(sentence)]
    return tuple(_with_proof(*clause, own, sentences) for clause in clauses if (own := content(clause[0])))


def _with_proof(clause: str, told_in: str, own: Sequence[str], sentences: Sequence[str]) -> Clause:
    nearest = max(sentences, key=lambda one: shared(own, content(one)))
    return Clause(clause, told_in, nearest, _proof(own, nearest))


def _proof(own: Sequence[str], sentence: str) -> str:
    """The fewest clauses of the sentence that hold all of its share of the words; all of it where it has none."""
    parts = split_clauses(sentence)
    left, chosen = {word for word in own if not is_classed(word)} or set(own), set[int]()
    while left:
        rated = [(shared(list(left), content(part)), -number) for number, part in enumerate(parts)]
        best, number = max(rated)
        if best == 0.0:
            break
        chosen.add(-number)
        left = {word for word in left if shared([word], content(parts[-number])) == 0.0}
    return " ; ".join(parts[number] for number in sorted(chosen)) or sentence


def shared(own: Sequence[str], there: Sequence[str]) -> float:
    """How many of the words stand among the others, each counted by how well it is matched (0 to 1)."""
    return sum(max((match(word, other) for other in there), default=0.0) for word in dict.fromkeys(own))
