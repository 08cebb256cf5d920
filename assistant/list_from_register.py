"""List answers out of the register: goals, challenges and the like, and the initiatives that are about a topic."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from assistant.matching import best_match, text_words
from assistant.rows import ListAnswer, ListRow, Material
from ingest.documents import Passage
from ingest.initiatives import name_key
from ingest.register import Goal, Initiative, Mention, Point
from ingest.swedish import content_words, fold, stem, words

_STRATEGY = re.compile(r"strategi(?:n|er)?\b|plan(?:en)?\b|program(?:met)?\b", re.IGNORECASE)
_HALF = 0.5
_NEARLY_BEST = 0.8
_NAMES = {
    "goals": "mål",
    "challenges": "utmaningar",
    "focus_areas": "insatsområden",
    "priorities": "prioriteringar",
    "areas": "strategiska områden",
    "initiatives": "insatser",
}
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


@lru_cache(maxsize=20_000)
def _words_of(text: str) -> frozenset[str]:
    return text_words(text)


def covered(terms: Sequence[str], text: str) -> float:
    """The mean of how well each term is found in the text, 0 to 1; 1 where there are no terms."""
    if not terms:
        return 1.0
    there = _words_of(text)
    return sum(best_match(term, there) for term in terms) / len(terms)


def from_points(material: Material) -> ListAnswer | None:
    """All goals, challenges, focus areas, priorities or areas that fit the question's topic, number, year and document."""
    asked = material.asked
    entries: Sequence[Goal | Point] = getattr(material.register, asked.collection or "")
    by_id = {passage.id: passage for passage in material.passages}
    named, terms = _named_documents(material)
    years = _years(material)
    strategies = _strategies(material)
    fitting: list[tuple[float, int, Goal | Point, Mention]] = []
    for number, entry in enumerate(entries):
        if isinstance(entry, Goal) and years and entry.year not in years and entry.base_year not in years:
            continue
        mentions = (entry.mention,) if isinstance(entry, Goal) else entry.mentions
        mentions = tuple(m for m in mentions if not named or by_id[m.passage_id].document_id in named) or (
            () if named else mentions
        )
        if mentions and _numbered(asked.number, [by_id[m.passage_id] for m in mentions]):
            score, mention = max(
                ((covered(terms, _about(entry, by_id[m.passage_id])), m) for m in mentions),
                key=lambda found: (round(found[0], 2), by_id[found[1].passage_id].document_id in strategies),
            )
            fitting.append((score, number, entry, mention))
    best = max((score for score, *_ in fitting), default=0.0)
    if best < _HALF:
        return None
    rows = [
        _point_row(entry, by_id[m.passage_id], m, by_id)
        for score, _, entry, m in fitting
        if score >= _NEARLY_BEST * best
    ]
    return ListAnswer(tuple(rows), len(entries), _NAMES[asked.collection or ""])


def _named_documents(material: Material) -> tuple[frozenset[str], tuple[str, ...]]:
    """Documents whose title the question names, and the topic's words without those of the title."""
    titles = {passage.document_id: passage.title for passage in material.passages}
    asked_for = fold(material.question.text)
    named = frozenset(document for document, title in titles.items() if len(title) > 5 and fold(title) in asked_for)
    title_words = {stem(word) for document in named for word in words(titles[document])}
    return named, tuple(term for term in material.asked.topic if stem(term) not in title_words)


def _strategies(material: Material) -> frozenset[str]:
    """Documents that are strategies themselves, by their titles: what they set out is quoted rather than a report on it."""
    known = {
        name_key(entry.name)
        for entry in material.register.initiatives
        if entry.kind in ("strategy", "plan", "programme")
    }
    titles = {passage.document_id: passage.title for passage in material.passages}
    return frozenset(
        document for document, title in titles.items() if name_key(title) in known or _STRATEGY.search(title)
    )


def _years(material: Material) -> frozenset[int]:
    inside_names = " ".join(material.question.names)
    years = (number for number in material.question.numbers if re.fullmatch(r"(?:19|20)\d\d", number))
    return frozenset(int(year) for year in years if year not in inside_names)


def _numbered(number: str | None, passages: Iterable[Passage]) -> bool:
    """Whether one of the passages stands under a heading with the number that the question names."""
    if number is None:
        return True
    heading = re.compile(rf"\w+(?: \w+)? {re.escape(number)}\b", re.IGNORECASE)
    return any(heading.match(text) for passage in passages for text in passage.section)


def _about(entry: Goal | Point, passage: Passage) -> str:
    own = f"{entry.title} {entry.target}" if isinstance(entry, Goal) else entry.text
    return f"{own} {' '.join(passage.section)}"


def _point_row(entry: Goal | Point, passage: Passage, mention: Mention, by_id: dict[str, Passage]) -> ListRow:
    if isinstance(entry, Goal):
        cells = [
            ("Målvärde", " ".join(part for part in (entry.value, entry.unit) if part)),
            ("År", str(entry.year or "")),
        ]
        return ListRow(entry.title, tuple(cell for cell in cells if cell[1]), passage, mention.start, mention.end)
    name = entry.text
    headings = [heading for heading in passage.section if fold(name)[:12] in fold(heading)]
    stretch = " ".join(passage.text[mention.start : mention.end].split()).rstrip(" .;,")
    if headings:
        match = re.search(re.escape(fold(name)[:12]), fold(headings[-1]))
        name = headings[-1][match.start() :] if match else headings[-1]
    elif covered(content_words(name), stretch) < 1.0:
        name = stretch
    return ListRow(
        name[:1].upper() + name[1:],
        (("Avsnitt", passage.section[-1]),) if passage.section else (),
        passage,
        mention.start,
        mention.end,
    )


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
        ListAnswer(tuple(_initiative_row(one, material) for one in judged), len(entries), _NAMES["initiatives"])
        if judged
        else None
    )


def judge_initiatives(material: Material, entries: Sequence[Initiative]) -> list[Judged]:
    """The entries that fit, in reading order."""
    view = _View.of(material)
    years = _years(material)
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
        _, terms = _named_documents(material)
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
        told, mention = max(((self._told(m, entry), m) for m in entry.mentions), key=lambda found: found[0])
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
        """How far the section is about the topic: by its own heading, what stands right under the headings, or its share."""
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
