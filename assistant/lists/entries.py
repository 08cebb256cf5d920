"""The table of initiatives that meet a list question's constraints: how surely each does, in which words, and where
that stands; every cell with its proof.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from assistant.lists.constraints import (
    Constraint,
    ListQuestion,
    Party,
    Subject,
    Years,
)
from assistant.lists.draft import Cell, Likeness, ListDraft, ListFeatures, ListRow, Nearness
from assistant.lists.material import Material, Piece, shown, written
from assistant.lists.proving import BESIDE, BOUND, FACT, NEAR, Proof, column_of, is_known, prove
from assistant.matching import match
from ingest.facts.types import Attribute, Entity, Stretch

_SAID = 0.5
"""The part of the question that must be understood for the list to be called complete."""
_THIN = 0.3
"""Where the documents tell what is asked of a smaller share of the entities, the list may well lack some."""
_WORDED = 0.5
"""Beside other constraints a subject narrows only by the pieces that say this share of its words."""
_ABOUT, _OF_BEST, _SURELY = 1.9, 0.55, 2.6
"""An entity is about a subject from this many deviations of meaning and words, or this share of the best one's; above
the last it always is."""
_COLUMNS = (Attribute.OWNER, Attribute.FUNDER, Attribute.SUM, Attribute.START, Attribute.END, Attribute.STATUS)
_MOST = 0.6
"""A column that is not asked for is shown when this share of the rows has it."""
_Said = Sequence[Mapping[str, float]]
"""For each word of a subject, the words of the texts that say it, and how well (0 to 1]."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity that meets all constraints, with the proof of each."""

    entity: Entity
    proofs: tuple[tuple[Constraint, Proof], ...]
    pieces: tuple[Piece, ...]

    @property
    def strength(self) -> float:
        """The weakest of its proofs, 1 where nothing was asked but its kind."""
        return min((found.strength for _, found in self.proofs), default=FACT)


def initiatives(asked: ListQuestion, material: Material, likeness: Likeness) -> ListDraft | None:
    """The initiatives that meet the constraints; None where none does, or it asks for what belongs to one."""
    if asked.kinds is None or (asked.about and all(isinstance(one, Subject) for one in asked.constraints)):
        return None
    examined = [
        narrowed
        for entity, own in (*zip(material.efforts, material.pieces, strict=True), *material.actions_called(asked.noun))
        if (not asked.kinds or entity.kind in asked.kinds)
        and (narrowed := _narrowed(asked, Candidate(entity, (), own), material)).pieces
    ]
    found = [one for candidate in examined if (one := _proved(asked, candidate, material)) is not None]
    found = _about(asked, found, material, likeness)
    if not found:
        return None
    together = _together([candidate.entity for candidate in found], material)
    rows = tuple(_row(candidate, together) for candidate in found)
    strength = fmean(candidate.strength for candidate in found)
    counted = 0.5 if asked.count is None else float(asked.count == len(found))
    known = fmean(all(is_known(one, other.entity) for one in asked.constraints) for other in examined)
    return ListDraft(
        lead_key="list.found",
        lead_values={"found": str(len(rows)), "examined": str(len(examined)), "noun": asked.noun or "insatser"},
        rows=_with_columns(rows, found),
        examined=len(examined),
        complete=asked.read >= _SAID and strength >= BESIDE and known >= _THIN,
        features=ListFeatures(asked.read, strength, known, counted, points=False),
    )


def _narrowed(asked: ListQuestion, candidate: Candidate, material: Material) -> Candidate:
    """The entity with the facts and pieces of the documents that the question names, and of tables if it asks so."""
    if not asked.sources and not asked.tabled:
        return candidate

    def fits(stretch: Stretch) -> bool:
        in_source = not asked.sources or material.passages[stretch.passage_id].document_id in asked.sources
        return in_source and (not asked.tabled or material.is_row(stretch))

    entity = candidate.entity
    kept = tuple(one for one in candidate.pieces if fits(one.stretch))
    facts = tuple(fact for fact in entity.facts if fits(fact.proof))
    return Candidate(replace(entity, facts=facts), (), kept)


def _proved(asked: ListQuestion, candidate: Candidate, material: Material) -> Candidate | None:
    """The entity with the proof of every constraint but the subject, None where one is not met."""
    proofs: list[tuple[Constraint, Proof]] = []
    for constraint in asked.constraints:
        if not isinstance(constraint, Subject):
            found = prove(constraint, candidate.entity, material.is_row)
            if found is None and isinstance(constraint, Party) and constraint.role == "any":
                found = _beside(constraint, candidate.pieces, material)
            if found is None:
                return None
            proofs.append((constraint, found))
    return replace(candidate, proofs=tuple(proofs))


def _beside(party: Party, pieces: Sequence[Piece], material: Material) -> Proof | None:
    """The piece that names a party whose part is not told: it is named where the texts speak of the entity."""
    for piece in pieces:
        at = piece.stretch
        if not material.is_row(at) and party.is_party(material.passages[at.passage_id].text[at.start : at.end]):
            return Proof(NEAR, "", at)
    return None


def _about(asked: ListQuestion, found: list[Candidate], material: Material, likeness: Likeness) -> list[Candidate]:
    """Those that are about the subject. Beside other constraints a subject that no text says narrows nothing."""
    subject = next((one for one in asked.constraints if isinstance(one, Subject)), None)
    if subject is None or not found:
        return found
    every = frozenset().union(*(piece.words for candidate in found for piece in candidate.pieces))
    said = [{other: score for other in every if (score := match(word, other))} for word in subject.words]
    meant = _meaning(subject, found, material, likeness, said)
    fitting = [
        replace(candidate, proofs=(*candidate.proofs, (subject, meant[candidate.entity.name])))
        for candidate in found
        if candidate.entity.name in meant
    ]
    if all(one == subject or (isinstance(one, Years) and one.event == "during") for one in asked.constraints):
        return fitting
    worded = [one for one in fitting if max(_share(said, piece) for piece in one.pieces) >= _WORDED]
    return worded or found


def _meaning(
    subject: Subject, found: Sequence[Candidate], material: Material, likeness: Likeness, said: _Said
) -> dict[str, Proof]:
    """For each entity that is about a subject: how surely, and the piece that says it best."""
    there = Nearness(" ".join(subject.words), material.passages, likeness)
    scored: dict[str, tuple[float, Piece]] = {}
    for candidate in found:
        own = candidate.pieces
        nearness = [there.at(one.stretch) for one in own]
        shares = [_share(said, one) for one in own]
        nearest = sorted(nearness, reverse=True)[:3]
        best = max(range(len(own)), key=lambda number: nearness[number] + 2 * shares[number])
        scored[candidate.entity.name] = (0.5 * nearest[0] + 0.5 * fmean(nearest) + 1.5 * max(shares), own[best])
    limit = min(max(_ABOUT, _OF_BEST * max(score for score, _ in scored.values())), _SURELY)
    return {
        name: Proof(min(BOUND, 0.4 + 0.1 * score), "", piece.stretch)
        for name, (score, piece) in scored.items()
        if score >= limit
    }


def _share(said: _Said, piece: Piece) -> float:
    """The share of a subject's words that a piece says, 0 to 1."""
    best = [max((matched[word] for word in matched.keys() & piece.words), default=0.0) for matched in said]
    return (1.0 if piece.named else 0.8) * sum(best) / len(best)


def _together(found: Sequence[Entity], material: Material) -> Stretch | None:
    """The stretch that names most of what was found and little else, and tells most of it."""
    times = Counter(stretch for entity in found for stretch in entity.mentions)
    named = Counter(stretch for entity in material.efforts for stretch in entity.mentions)
    told = Counter(fact.proof for entity in found for fact in entity.facts)
    fitting = [one for one, most in times.items() if most > 1 and 3 * most >= 2 * max(named[one], len(found))]
    return max(fitting, key=lambda one: (times[one], told[one]), default=None)


def _row(candidate: Candidate, together: Stretch | None) -> ListRow:
    """Its name is proved by what names it together with the others, where something does."""
    entity, ordered = candidate.entity, sorted(candidate.proofs, key=lambda pair: isinstance(pair[0], Subject))
    cells = tuple(
        Cell(column_of(constraint), proof.value, proof.stretch)
        for constraint, proof in candidate.proofs
        if proof.value and not isinstance(constraint, Subject)
    )
    own = ordered[0][1].stretch if ordered else entity.mentions[entity.introduced]
    return ListRow(entity.name, cells, together if together and cells and together in entity.mentions else own)


def _with_columns(rows: tuple[ListRow, ...], found: Sequence[Candidate]) -> tuple[ListRow, ...]:
    """The rows with further columns that facts fill for most of them."""
    asked = {cell.column for row in rows for cell in row.cells}
    for attribute in _COLUMNS:
        own = [shown(one.entity, attribute) for one in found]
        if attribute.value not in asked and sum(fact is not None for fact in own) >= _MOST * len(rows):
            rows = tuple(
                replace(row, cells=(*row.cells, Cell(attribute.value, written(fact), fact.proof))) if fact else row
                for row, fact in zip(rows, own, strict=True)
            )
    return rows
