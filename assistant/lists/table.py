"""The table of initiatives that meet a list question's constraints, every cell with its proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

import numpy as np

from assistant.lists.constraints import Amount, Constraint, ListQuestion, Party, Priority, Subject, Years
from assistant.lists.draft import Cell, Likeness, ListDraft, ListFeatures, ListRow
from assistant.lists.evidence import BESIDE, BOUND, FACT, Evidence, weigh
from assistant.lists.material import Material
from assistant.lists.windows import Window
from assistant.matching import match
from ingest.documents import Passage
from ingest.facts.types import Attribute, Entity
from ingest.swedish import stem, words

_SAID = 0.5
"""The part of the question that must be understood for the list to be called complete."""
_WORDED = 0.5
"""Beside other constraints a subject narrows only by the windows that say this share of its words."""
_ABOUT, _OF_BEST, _SURELY = 1.9, 0.55, 2.6
"""An entity is about a subject from this many deviations of meaning and words, or this share of the best one's; above
the last it always is."""
_COLUMNS = (Attribute.OWNER, Attribute.FUNDER, Attribute.SUM, Attribute.START, Attribute.END, Attribute.STATUS)
_MOST = 0.6
"""A column that is not asked for is shown when this share of the rows has it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity that meets all constraints, with the evidence of each."""

    entity: Entity
    evidence: tuple[tuple[Constraint, Evidence], ...]
    windows: tuple[Window, ...]

    @property
    def strength(self) -> float:
        """The weakest of its evidence, 1 where nothing was asked but its kind."""
        return min((found.strength for _, found in self.evidence), default=FACT)


def initiatives(asked: ListQuestion, material: Material, likeness: Likeness) -> ListDraft | None:
    """The initiatives that the question asks for, None where none meets its constraints."""
    passages = material.passages
    fitting = [
        (_within_sources(asked, entity, passages), _within(asked, own))
        for entity, own in zip(material.efforts, material.windows, strict=True)
        if _is_kind(asked, entity)
    ]
    examined = [(entity, own) for entity, own in fitting if own]
    found = [one for entity, own in examined if (one := _candidate(asked, entity, own)) is not None]
    found = _surest(asked, _about(asked, found, passages, likeness))
    if not found:
        return None
    rows = tuple(_row(candidate) for candidate in found)
    return ListDraft(
        lead_key="list.found",
        lead_values={"found": str(len(rows)), "examined": str(len(examined)), "noun": asked.noun or "insatser"},
        rows=_with_columns(rows, found),
        examined=len(examined),
        complete=asked.read >= _SAID and fmean(candidate.strength for candidate in found) >= BESIDE,
        features=_features(asked, found, len(examined)),
    )


def _within(asked: ListQuestion, windows: Sequence[Window]) -> tuple[Window, ...]:
    """The windows in the documents that the question names, all where it names none."""
    return tuple(
        window
        for window in windows
        if (not asked.sources or window.document_id in asked.sources) and (window.table or not asked.tabled)
    )


def _within_sources(asked: ListQuestion, entity: Entity, passages: Mapping[str, Passage]) -> Entity:
    """The entity with the facts of the documents that the question names."""
    if not asked.sources:
        return entity
    facts = (fact for fact in entity.facts if passages[fact.proof.passage_id].document_id in asked.sources)
    return replace(entity, facts=tuple(facts))


def _is_kind(asked: ListQuestion, entity: Entity) -> bool:
    """Whether an entity is of the kind asked for; a noun that is no kind is what the texts call the entity."""
    if asked.kinds is None:
        return called(asked.noun, entity)
    return not asked.kinds or entity.kind in asked.kinds


def called(noun: str, entity: Entity) -> bool:
    """Whether the texts call an entity by a noun: "arenor" and an entity that is said to be an arena."""
    word = entity.kind_word
    return bool(word) and stem(noun) == stem(word)


def _candidate(asked: ListQuestion, entity: Entity, windows: tuple[Window, ...]) -> Candidate | None:
    """The entity with the evidence of every constraint but the subject, None where one is not met."""
    evidence: list[tuple[Constraint, Evidence]] = []
    for constraint in asked.constraints:
        if isinstance(constraint, Subject):
            continue
        found = weigh(constraint, entity, windows)
        if found is None:
            return None
        evidence.append((constraint, found))
    return Candidate(entity, tuple(evidence), windows)


def _about(
    asked: ListQuestion, found: list[Candidate], passages: Mapping[str, Passage], likeness: Likeness
) -> list[Candidate]:
    """Those that are about the subject. Beside other constraints a subject that no text says narrows nothing."""
    subject = next((one for one in asked.constraints if isinstance(one, Subject)), None)
    if subject is None or not found:
        return found
    meant = _meaning(subject, found, passages, likeness)
    said = [
        replace(candidate, evidence=(*candidate.evidence, (subject, meant[candidate.entity.name])))
        for candidate in found
        if candidate.entity.name in meant
    ]
    if all(one == subject or (isinstance(one, Years) and one.event == "during") for one in asked.constraints):
        return said
    worded = [
        candidate
        for candidate in said
        if max(_said(subject, candidate.entity, one) for one in candidate.windows) >= _WORDED
    ]
    return worded or found


def _meaning(
    subject: Subject, found: Sequence[Candidate], passages: Mapping[str, Passage], likeness: Likeness
) -> dict[str, Evidence]:
    """For each entity that is about a subject: how surely, and the window that says it best."""
    cosines = likeness(" ".join(subject.words))
    every = np.concatenate([values for values in cosines.values()])
    mean, deviation = float(every.mean()), float(every.std()) or 1.0
    scored: dict[str, tuple[float, Window]] = {}
    for candidate in found:
        own = candidate.windows
        nearness = [(float(cosines[window.stretch.passage_id][window.sentence]) - mean) / deviation for window in own]
        said = [_said(subject, candidate.entity, window) for window in own]
        nearest = sorted(nearness, reverse=True)[:3]
        best = max(range(len(own)), key=lambda number: nearness[number] + 2 * said[number])
        scored[candidate.entity.name] = (0.5 * nearest[0] + 0.5 * fmean(nearest) + 1.5 * max(said), own[best])
    limit = min(max(_ABOUT, _OF_BEST * max(score for score, _ in scored.values())), _SURELY)
    return {
        name: Evidence(min(BOUND, 0.4 + 0.1 * score), "", window.stretch)
        for name, (score, window) in scored.items()
        if score >= limit
    }


def _said(subject: Subject, entity: Entity, window: Window) -> float:
    """The share of a subject's words that a window says, 0 to 1."""
    there = words(f"{entity.name} {window.text} {' '.join(window.over[-1:])}")
    said = fmean(max((match(word, other) for other in there), default=0.0) for word in subject.words)
    return said if window.named else 0.8 * said


def _surest(asked: ListQuestion, found: list[Candidate]) -> list[Candidate]:
    """Where a priority's own table or list names its initiatives, what is merely mentioned under it does not belong."""
    if not any(isinstance(constraint, Priority) for constraint in asked.constraints):
        return found
    listed = [candidate for candidate in found if candidate.strength == FACT]
    return listed if len(listed) > len(found) / 3 else found


def _row(candidate: Candidate) -> ListRow:
    cells = tuple(
        Cell(_column(constraint), evidence.value, evidence.proof)
        for constraint, evidence in candidate.evidence
        if evidence.value and not isinstance(constraint, Subject)
    )
    entity = candidate.entity
    proofs = [
        evidence.proof for _, evidence in sorted(candidate.evidence, key=lambda pair: isinstance(pair[0], Subject))
    ]
    return ListRow(entity.name, cells, proofs[0] if proofs else entity.mentions[entity.introduced])


def _column(constraint: Constraint) -> str:
    match constraint:
        case Party():
            return constraint.role if constraint.role != "any" else "participant"
        case Years():
            return {"start": "start", "end": "end"}.get(constraint.event, "period")
        case Amount():
            return "sum"
        case Priority():
            return "priority"
        case _:
            return "status"


def _with_columns(rows: tuple[ListRow, ...], found: Sequence[Candidate]) -> tuple[ListRow, ...]:
    """The rows with further columns that facts fill for most of them."""
    for attribute in _COLUMNS:
        own = [
            next((fact for fact in reversed(one.entity.facts) if fact.attribute is attribute), None) for one in found
        ]
        asked = any(cell.column == attribute.value for row in rows for cell in row.cells)
        if asked or sum(fact is not None for fact in own) < _MOST * len(rows):
            continue
        rows = tuple(
            ListRow(
                row.name, (*row.cells, Cell(attribute.value, fact.value, fact.proof)) if fact else row.cells, row.proof
            )
            for row, fact in zip(rows, own, strict=True)
        )
    return rows


def _features(asked: ListQuestion, found: Sequence[Candidate], examined: int) -> ListFeatures:
    counted = 0.5 if asked.count is None else float(asked.count == len(found))
    strength = fmean(candidate.strength for candidate in found)
    known = len(found) / max(1, examined)
    return ListFeatures(asked.read, strength, known, counted, points=False)
