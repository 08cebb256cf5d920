"""List answers out of the register's initiatives: every entry of the asked kinds is judged against the topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.listing.nouns import NO_NOUN, plural_shown
from assistant.listing.rows import FARTHEST, ListAnswer, ListRow, Material, stating
from assistant.listing.status import status_asked, statuses
from assistant.listing.topic import covered_narrowly as covered
from assistant.listing.topic import years_asked
from ingest.documents import Passage
from ingest.register.cues import head_of, kind_of_head
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
_ENOUGH = 0.7
_MOST_MENTIONS = 30
"""Mentions of one entry that are judged: the nearest in meaning to the question."""
_MENTIONS_LOOKED_AT = 5
_MEANING = 0.05
"""What one standard deviation of meaning adds to a score."""
_HALF = 0.45
_TELLING = 0.9
_OWN_SECTION = 0.3
"""A section of which this share of the passages speaks of the topic is about it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An initiative judged against the topic: the score and the mention that proves it best."""

    entry: Initiative
    score: float
    mention: Mention


def from_initiatives(material: Material) -> ListAnswer | None:
    """The initiatives of the asked kinds that are about the topic, each judged by its names, mentions and section."""
    kinds = material.wanted.kinds
    entries = [entry for entry in material.register.initiatives if not kinds or entry.kind in kinds]
    judged = judge_initiatives(material, entries)
    called = plural_shown(material.wanted.noun) if kinds else NO_NOUN
    called = "insatser" if called == NO_NOUN else called
    return ListAnswer(tuple(_row(one, material) for one in judged), len(entries), called) if judged else None


def from_status(material: Material) -> ListAnswer | None:
    """The initiatives of the asked kinds of which a sentence that names them tells the status asked for."""
    kinds, asked = material.wanted.kinds, status_asked(material.question)
    if material.wanted.collection != "initiatives":
        return None
    entries = [entry for entry in material.register.initiatives if not kinds or entry.kind in kinds]
    told = (
        Judged(entry, 1.0, mention)
        for entry in entries
        for mention in entry.mentions
        if asked <= statuses(material.by_id[mention.passage_id].text[mention.start : mention.end])
    )
    rows = {one.entry.name: _row(one, material) for one in told}
    return ListAnswer(tuple(rows.values()), len(entries), plural_shown(material.wanted.noun)) if rows else None


def judge_initiatives(material: Material, entries: Sequence[Initiative]) -> list[Judged]:
    """The entries that fit, in reading order; what the question itself names is asked about, not for."""
    view = _View.of(material)
    years = [str(year) for year in years_asked(material)]
    asked_about = set(name_key(material.question.text))
    judged = (
        view.judge(entry)
        for entry in entries
        if not (" " in entry.name and asked_about.issuperset(name_key(entry.name)))
        and (not years or any(year in " ".join(entry.years) for year in years))
    )
    return [one for one in judged if one.score >= _ENOUGH]


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """The topic against the index. `beside` holds the entries that each passage mentions."""

    material: Material
    terms: tuple[str, ...]
    sections: dict[tuple[str, ...], list[Passage]]
    beside: dict[str, list[Initiative]]
    titles: frozenset[str]

    @classmethod
    def of(cls, material: Material) -> _View:
        sections: dict[tuple[str, ...], list[Passage]] = {}
        for passage in material.passages:
            sections.setdefault((passage.document_id, *passage.section), []).append(passage)
        beside: dict[str, list[Initiative]] = {}
        for entry in material.register.initiatives:
            for passage_id in dict.fromkeys(mention.passage_id for mention in entry.mentions):
                beside.setdefault(passage_id, []).append(entry)
        titles = frozenset(fold(passage.title) for passage in material.passages)
        return cls(material, material.wanted.topic, sections, beside, titles)

    def judge(self, entry: Initiative) -> Judged:
        """Score an entry: by its names, what its mentions say, and what its section is about."""
        named = covered(self.terms, " ".join((entry.name, *entry.aliases)))
        nearest = sorted(entry.mentions, key=self._meaning, reverse=True)[:_MOST_MENTIONS]
        meaning = _MEANING * self._meaning(nearest[0])
        told = [covered(self.terms, self._text(mention, entry, around=0)) for mention in nearest]
        mention = nearest[told.index(max(told))]
        if fold(entry.name) in self.titles:
            return Judged(entry, named + meaning, mention)  # All efforts serve a strategy: its name must be meant.
        near = max(self._near(mention, entry) for mention in nearest[:_MENTIONS_LOOKED_AT])
        means = entry.kind in _MEANS and not self.material.wanted.kinds
        section = 0.0 if means else max(self._section(m) for m in entry.mentions[:_MENTIONS_LOOKED_AT])
        return Judged(entry, max(named, 0.95 * max(told), 0.72 * near, 0.8 * section) + meaning, mention)

    def _near(self, mention: Mention, entry: Initiative) -> float:
        """How far the sentences around a mention and the headings say the topic, when the sentences say half of it."""
        window = self._text(mention, entry, around=1)
        headings = " ".join(self.material.by_id[mention.passage_id].section)
        return covered(self.terms, f"{window} {headings}") if covered(self.terms, window) >= _HALF else 0.0

    def _text(self, mention: Mention, entry: Initiative, around: int) -> str:
        """The mention, with `around` sentences after it and twice as many before; without the names of other entries,
        so that only what is said of this one counts.
        """
        passage = self.material.by_id[mention.passage_id]
        own = _sentences(passage, mention)
        text = passage.text[mention.start : mention.end]
        if own and around:
            first, last = max(own[0] - 2 * around, 0), min(own[-1] + around, len(passage.sentences) - 1)
            text = passage.text[passage.sentences[first][0] : passage.sentences[last][1]]
        for other in self.beside[passage.id]:
            if other is not entry:
                for form in (other.name, *other.aliases):
                    text = text.replace(form, " ")
        return text

    def _meaning(self, mention: Mention) -> float:
        """How many deviations above the mean the mention's cosine is."""
        passage = self.material.by_id[mention.passage_id]
        return FARTHEST * self.material.nearness(passage, _sentences(passage, mention))

    def _section(self, mention: Mention) -> float:
        """How far the section is about the topic: by its two nearest headings, or most of what stands in it."""
        passage = self.material.by_id[mention.passage_id]
        best = max((covered(self.terms, heading) for heading in passage.section[-2:]), default=0.0)
        own = self.sections[(passage.document_id, *passage.section)]
        telling = sum(covered(self.terms, other.text) >= _TELLING for other in own)
        return max(best, _TELLING) if telling >= max(2, _OWN_SECTION * len(own)) else best


def _sentences(passage: Passage, mention: Mention) -> list[int]:
    """The numbers of the sentences that a mention takes."""
    return [number for number, (start, _) in enumerate(passage.sentences) if mention.start <= start < mention.end]


def _row(judged: Judged, material: Material) -> ListRow:
    """The row of an entry: what kind it is where its sentence or name says so, its years, and where it stands."""
    entry = judged.entry
    name, mention = _proved_name(entry, judged.mention, material.by_id)
    passage = material.by_id[mention.passage_id]
    own = (passage, mention.start, mention.end)
    heads = (head_of(word) for word in words(f"{name} {passage.text[mention.start : mention.end]}"))
    said = any(head and kind_of_head(head[1]) == entry.kind for head in heads)
    elsewhere = ((material.by_id[m.passage_id], m.start, m.end) for m in entry.mentions)
    years = ", ".join(entry.years[:2])
    dated = stating(years, (own, *elsewhere))
    cells = (
        ("Typ", _KIND_NAMES[entry.kind] if said else ""),
        ("År", years if dated else ""),
        ("Avsnitt", passage.section[-1] if passage.section else ""),
    )
    further = (dated,) if dated and years and dated != own else ()
    return ListRow(name, tuple(cell for cell in cells if cell[1]), *own, further)


def _proved_name(entry: Initiative, chosen: Mention, by_id: Mapping[str, Passage]) -> tuple[str, Mention]:
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
