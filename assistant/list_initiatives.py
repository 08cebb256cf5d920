"""List answers out of the register's initiatives: every entry of the asked kinds is judged against the topic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.rows import ListAnswer, ListRow, Material
from assistant.topic import covered, named_documents, years_asked
from ingest.documents import Passage
from ingest.register import Initiative, Mention
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
    kinds = material.asked.kinds
    entries = [entry for entry in material.register.initiatives if not kinds or entry.kind in kinds]
    judged = judge_initiatives(material, entries)
    return (
        ListAnswer(tuple(_initiative_row(one, material) for one in judged), len(entries), "insatser")
        if judged
        else None
    )


def judge_initiatives(material: Material, entries: Sequence[Initiative]) -> list[Judged]:
    """The entries that fit, in reading order."""
    view = _View.of(material)
    years = years_asked(material)
    judged = [
        view.judge(entry) for entry in entries if not years or any(str(year) in " ".join(entry.years) for year in years)
    ]
    return [one for one in judged if one.score >= _ENOUGH]


_ENOUGH = 0.7
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
        for entry in material.register.initiatives:
            for mention in entry.mentions:
                others.setdefault(mention, []).append(entry)
        values = np.concatenate(list(material.similarity.values())) if material.similarity else np.zeros(1)
        return cls(
            material=material,
            terms=terms,
            by_id={passage.id: passage for passage in material.passages},
            sections=sections,
            others=others,
            titles=frozenset(fold(passage.title) for passage in material.passages),
            mean=float(values.mean()),
            deviation=float(values.std()) or 1.0,
        )

    def judge(self, entry: Initiative) -> Judged:
        """Score an entry: by its names, what its mentions say, and what its section is about."""
        named = covered(self.terms, " ".join((entry.name, *entry.aliases)))
        nearest = sorted(entry.mentions, key=self._similarity, reverse=True)[:_MOST_MENTIONS]
        told, mention = max(((self._told(m, entry), m) for m in nearest), key=lambda found: found[0])
        passage = self.by_id[mention.passage_id]
        near = covered(self.terms, passage.text)
        section = max(self._section(self.by_id[m.passage_id]) for m in entry.mentions[:_MENTIONS_LOOKED_AT])
        meaning = (self._similarity(mention) - self.mean) / self.deviation
        if fold(entry.name) in self.titles:
            told = near = section = 0.0  # All a strategy's efforts serve it: only its name says that it is meant.
        score = max(named, 0.95 * told, 0.55 * near, 0.8 * section) + 0.04 * min(max(meaning, 0.0), 4.0)
        return Judged(entry, score, mention, (named, told, near, section, meaning))

    def _told(self, mention: Mention, entry: Initiative) -> float:
        """How far the sentence says the topic, other than in the names of other entries."""
        text = self.by_id[mention.passage_id].text[mention.start : mention.end]
        for other in self.others[mention]:
            if other is not entry:
                for form in (other.name, *other.aliases):
                    text = text.replace(form, " ")
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
                best = max(best, covered(self.terms, own[0].text[: own[0].sentences[0][1]]))
        own = self.sections[path]
        telling = [value for value in (covered(self.terms, other.text) for other in own) if value >= _TELLING]
        if len(telling) >= 2 and len(telling) >= _OWN_SECTION * len(own):
            best = max(best, _TELLING)
        return best

    def _similarity(self, mention: Mention) -> float:
        passage = self.by_id[mention.passage_id]
        cosines = zip(self.material.similarity[passage.id], passage.sentences, strict=True)
        return max(
            (float(cosine) for cosine, (start, _) in cosines if mention.start <= start < mention.end), default=0.0
        )


_TELLING = 0.9
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
