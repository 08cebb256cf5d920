"""Extracts all typed facts of an index from its passages, once, at ingest."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.documents import Document, Passage
from ingest.facts.entities import as_entity, find_initiatives
from ingest.facts.tables import rows_of
from ingest.facts.types import FactBase
from ingest.facts.units import units_of


def extract_facts(passages: Sequence[Passage], documents: Sequence[Document]) -> FactBase:
    """The facts of all passages, which stand in reading order, document after document."""
    units = tuple(units_of(passages))
    rows = tuple(rows_of(passages))
    initiatives, _bodies = find_initiatives(units, rows)
    entities = tuple(as_entity(initiative, initiative.facts) for initiative in initiatives)
    return FactBase(entities=entities, goals=())
