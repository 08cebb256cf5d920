"""List answers out of the register's initiatives: every entry of the asked kinds is judged against the topic."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.listing.nouns import NO_NOUN, plural_shown
from assistant.listing.rows import ListAnswer, ListRow, Material
from assistant.listing.topic import covered_narrowly as covered
from assistant.listing.topic import named_documents, years_asked
from ingest.documents import Passage
from ingest.register.entries import Initiative, Mention
from ingest.register.joining import name_key
from ingest.swedish import fold, stem, words

_KIND_NAMES = {
    "project": "projekt",
    "programme": "program",
    "network": "nätverk",
    "strategy": "strategi",
    "plan": "plan",
    "tool": "verktyg",
    "service": "tjänst",
    "organisation": "organisation",
    "other": "insats",
}
_MEANS = frozenset({"tool", "organisation", "service", "plan"})
_MOST_MENTIONS = 30
"""Mentions of one entry that are judged: the nearest in meaning to the question."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An initiative judged against the topic: the score and the mention that proves it best."""

    entry: Initiative
    score: float
    mention: Mention
    parts: tuple[float, ...]


def from_initiatives(material: Material) -> ListAnswer | None:
    """The initiatives of the asked kinds that are about the topic, each judged by its names, mentions and section."""
    kinds = material.wanted.kinds
    entries = [entry for entry in material.register.initiatives if not kinds or entry.kind in kinds]
    judged = judge_initiatives(material, entries)
    called = plural_shown(material.wanted.noun) if kinds else NO_NOUN
    called = "insatser" if called == NO_NOUN else called
    return ListAnswer(tuple(_initiative_row(one, material) for one in judged), len(entries), called) if judged else None


def judge_initiatives(material: Material, entries: Sequence[Initiative]) -> list[Judged]:
    """The entries that fit, in reading order."""
    view = _View.of(material)
    years = years_asked(material)
    asked_about = set(name_key(material.question.text))
    entries = [entry for entry in entries if not _is_subject(entry, asked_about)]
    judged = [
        view.judge(entry) for entry in entries if not years or any(str(year) in " ".join(entry.years) for year in years)
    ]
    best = max((one.score for one in judged), default=0.0)
    fitting = [one for one in judged if one.score >= min(_ENOUGH, max(_LEAST, _NEARLY_BEST * best))]
    return [one for one in fitting if not any(_stands_for(other, one) for other in fitting)]


def _stands_for(other: Judged, one: Judged) -> bool:
    """Whether another entry is the same name with its year ("Mässan 2022" for "Mässan")."""
    bare = tuple(part for part in name_key(other.entry.name) if not part.isdigit())
    return len(other.entry.name) > len(one.entry.name) and bare == name_key(one.entry.name)


def _is_subject(entry: Initiative, asked_about: set[str]) -> bool:
    """Whether the question names the entry by its whole name of several words: then it asks what belongs to it."""
    key = name_key(entry.name)
    return len(key) > 1 and set(key) <= asked_about


_ENOUGH = 0.7
_LEAST = 0.55
_NEARLY_BEST = 0.8
"""Where no entry names the topic outright, those near the best one are taken, but none below `_LEAST`."""
_OWN_SECTION = 0.3
"""A section of which this share of the passages speaks of the topic is about it."""


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """The topic against the index."""

    material: Material
    terms: tuple[str, ...]
    by_id: dict[str, Passage]
    sections: dict[tuple[str, ...], list[Passage]]
    others: dict[Mention, list[Initiative]]
    beside: dict[str, list[Initiative]]
    titles: frozenset[str]
    mean: float
    deviation: float

    @classmethod
    def of(cls, material: Material) -> _View:
        _, terms = named_documents(material)
        sections: dict[tuple[str, ...], list[Passage]] = {}
        for passage in material.passages:
            sections.setdefault((passage.document_id, *passage.section), []).append(passage)
        others: dict[Mention, list[Initiative]] = {}
        beside: dict[str, list[Initiative]] = {}
        for entry in material.register.initiatives:
            for mention in entry.mentions:
                others.setdefault(mention, []).append(entry)
                here = beside.setdefault(mention.passage_id, [])
                if not here or here[-1] is not entry:
                    here.append(entry)
        values = np.concatenate(list(material.similarity.values())) if material.similarity else np.zeros(1)
        return cls(
            material=material,
            terms=terms,
            by_id={passage.id: passage for passage in material.passages},
            sections=sections,
            others=others,
            beside=beside,
            titles=frozenset(fold(passage.title) for passage in material.passages),
            mean=float(values.mean()),
            deviation=float(values.std()) or 1.0,
        )

    def judge(self, entry: Initiative) -> Judged:
        """Score an entry: by its names, what its mentions say, and what its section is about."""
        named = covered(self.terms, " ".join((entry.name, *entry.aliases)))
        nearest = sorted(entry.mentions, key=self._similarity, reverse=True)[:_MOST_MENTIONS]
        told, mention = max(((self._told(m, entry), m) for m in nearest), key=lambda found: found[0])
        near = max(covered(self.terms, self._window(m, entry)) for m in nearest[:_MENTIONS_LOOKED_AT])
        united = max(self._united(m, entry) for m in nearest[:_MENTIONS_LOOKED_AT])
        section = max(self._section(self.by_id[m.passage_id]) for m in entry.mentions[:_MENTIONS_LOOKED_AT])
        meaning = max((self._meaning(m) - self.mean) / self.deviation for m in nearest[:_MENTIONS_LOOKED_AT])
        if entry.kind in _MEANS and not self.material.wanted.kinds:
            section = 0.0  # A tool within an effort, or an organisation, is no effort of its own for standing near.
        if fold(entry.name) in self.titles:
            told = near = united = section = (
                0.0  # All a strategy's efforts serve it: only its name says that it is meant.
            )
        score = max(named, 0.95 * told, 0.6 * near, 0.72 * united, 0.8 * section) + _MEANING * min(
            max(meaning, 0.0), 5.0
        )
        return Judged(entry, score, mention, (named, told, near, united, section, meaning))

    def _united(self, mention: Mention, entry: Initiative) -> float:
        """How far window and headings together say a topic of several words, when the window says about half of it."""
        if len(self.terms) < 2:
            return 0.0
        window = self._window(mention, entry)
        headings = " ".join(self.by_id[mention.passage_id].section)
        return covered(self.terms, f"{window} {headings}") if covered(self.terms, window) >= _HALF else 0.0

    def _window(self, mention: Mention, entry: Initiative) -> str:
        """The mention with the two sentences before it and the one after, other entries' names left out."""
        passage = self.by_id[mention.passage_id]
        own = [number for number, (start, _) in enumerate(passage.sentences) if mention.start <= start < mention.end]
        if not own:
            return passage.text[mention.start : mention.end]
        first, last = max(own[0] - 2, 0), min(own[-1] + 1, len(passage.sentences) - 1)
        return self._without_others(
            passage.text[passage.sentences[first][0] : passage.sentences[last][1]], passage, entry
        )

    def _without_others(self, text: str, passage: Passage, entry: Initiative) -> str:
        """The text without the names of other entries, so that only what is said of this one counts."""
        for other in self.beside[passage.id]:
            if other is not entry:
                for form in (other.name, *other.aliases):
                    text = text.replace(form, " ")
        return text

    def _meaning(self, mention: Mention) -> float:
        """The cosine of the mention, or a little less than that of its nearest neighbour."""
        passage = self.by_id[mention.passage_id]
        cosines = self.material.similarity[passage.id]
        own = [number for number, (start, _) in enumerate(passage.sentences) if mention.start <= start < mention.end]
        if not own:
            return self.mean
        around = [float(cosines[n]) for n in (own[0] - 2, own[0] - 1, own[-1] + 1) if 0 <= n < len(cosines)]
        return max(max(float(cosines[n]) for n in own), max(around, default=self.mean) - _NEIGHBOUR * self.deviation)

    def _told(self, mention: Mention, entry: Initiative) -> float:
        """How far the sentence says the topic, other than in the names of other entries."""
        passage = self.by_id[mention.passage_id]
        text = self._without_others(passage.text[mention.start : mention.end], passage, entry)
        return covered(self.terms, text) + 0.001 * self._similarity(mention)

    def _section(self, passage: Passage) -> float:
        """How far the section is about the topic: by its own heading, what stands right under the headings, or its
        share.
        """
        best = 0.0
        path = (passage.document_id, *passage.section)
        for depth in range(len(path), max(len(path) - 2, 1), -1):
            best = max(best, covered(self.terms, path[depth - 1]))
            own = self.sections.get(path[:depth], ())
            if own and own[0].sentences:
                start, end = own[0].sentences[0]
                if Mention(own[0].id, start, end) not in self.others:  # A sentence that names an effort tells of that.
                    best = max(best, covered(self.terms, own[0].text[start:end]))
        own = self.sections[path]
        telling = [value for value in (covered(self.terms, other.text) for other in own) if value >= _TELLING]
        if len(telling) >= 2 and len(telling) >= _OWN_SECTION * len(own):
            best = max(best, _TELLING)
        return best

    def _similarity(self, mention: Mention) -> float:
        passage = self.by_id[mention.passage_id]
        number = bisect_left(passage.sentences, (mention.start, 0))
        cosines = self.material.similarity[passage.id]
        return float(cosines[number]) if number < len(cosines) else 0.0


_TELLING = 0.9
_HALF = 0.45
_MEANING = 0.05
"""What one standard deviation of meaning adds to a score."""
_NEIGHBOUR = 0.5
"""A neighbouring sentence's cosine counts this many standard deviations less."""
_MENTIONS_LOOKED_AT = 5


def _initiative_row(judged: Judged, material: Material) -> ListRow:
    by_id = {passage.id: passage for passage in material.passages}
    entry = judged.entry
    name, mention = _proved_name(entry, judged.mention, by_id)
    passage = by_id[mention.passage_id]
    cells = [
        ("Typ", _KIND_NAMES[entry.kind]),
        ("År", ", ".join(entry.years[:2])),
        ("Avsnitt", passage.section[-1] if passage.section else ""),
    ]
    return ListRow(name, tuple(cell for cell in cells if cell[1]), passage, mention.start, mention.end)


def _proved_name(entry: Initiative, chosen: Mention, by_id: dict[str, Passage]) -> tuple[str, Mention]:
    """The entry's name with a mention that holds all its words; else the form that the chosen mention holds."""
    order = (chosen, entry.mentions[entry.best], *entry.mentions)
    for mention in order:
        if _holds(by_id[mention.passage_id].text[mention.start : mention.end], entry.name):
            return entry.name, mention
    for form in entry.aliases:
        if _holds(by_id[chosen.passage_id].text[chosen.start : chosen.end], form):
            return form[:1].upper() + form[1:], chosen
    return entry.name, entry.mentions[entry.best]


def _holds(sentence: str, name: str) -> bool:
    there = {stem(word) for word in words(sentence)}
    return all(stem(word) in there for word in words(name))
