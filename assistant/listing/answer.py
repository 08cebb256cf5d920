"""List answers: the whole of what a question asks for, judged entry by entry, every row with the stretch that proves
it.

Three ways, tried in this order: a part of the register (goals, challenges, priorities …), the initiatives of the
register that are about the question's topic, and the one list or enumeration in the best passages that answers.
Knows nothing of marks or Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.listing.columns import from_columns
from assistant.listing.headings import from_headings, from_titled_section
from assistant.listing.initiatives import from_initiatives, from_status
from assistant.listing.points import from_points
from assistant.listing.rows import ListAnswer, ListRow, Material
from assistant.listing.status import status_asked
from assistant.listing.text import from_text
from assistant.listing.topic import covered
from assistant.listing.wanted import read_wanted
from assistant.question import Question
from ingest.documents import Document, Passage
from ingest.register.cues import head_of
from ingest.register.entries import Register
from ingest.register.titles import is_finite
from ingest.swedish import fold, words


def answer_list(
    question: Question,
    ranked: Sequence[Passage],
    passages: Sequence[Passage],
    register: Register,
    sentence_similarity: NDArray[np.float32],
    documents: Sequence[Document],
    frequency: Callable[[str], int],
) -> ListAnswer | None:
    """The list that answers, or None where no collection and no list clearly does.

    `ranked` are the best passages, best first; `passages` all of the index in order; `sentence_similarity` one cosine
    for each sentence of all passages, in order, shape (sentences,); `frequency` tells in how many passages a word's
    stem occurs.
    """
    wanted = read_wanted(question)
    similarity = _by_passage(passages, sentence_similarity)
    by_id = {passage.id: passage for passage in passages}
    mean, deviation = float(sentence_similarity.mean()), float(sentence_similarity.std()) or 1.0
    material = Material(
        question, wanted, ranked, passages, register, similarity, documents, frequency, mean, deviation, by_id
    )
    if (wanted.counting or wanted.several) and (marked := from_columns(material)):
        return marked
    if wanted.collection in ("goals", "initiatives") and status_asked(question):
        return from_status(material)
    if (wanted.counting and _text_counts(material)) or not (wanted.counting or wanted.several):
        return None
    if wanted.collection == "initiatives":
        return _initiatives(material)
    if wanted.collection is not None and not wanted.places and (points := from_points(material)):
        return points
    if wanted.counting or wanted.places:
        listed = from_text(material, certain=True)
        # How many there are is told by a list only where the text itself says that it is whole.
        return listed if wanted.places or (listed and listed.whole) else None
    return None if wanted.number else _from_lists(material)


def _from_lists(material: Material) -> ListAnswer | None:
    """The list in the text that answers, or the headings under a section that announces what is asked for."""
    return (
        from_text(material, certain=True)
        or from_headings(material)
        or from_text(material, certain=False)
        or from_headings(material, counted=True)
    )


def _initiatives(material: Material) -> ListAnswer | None:
    """The list in the text that says what is asked for, with what the register adds beside it; else the register's."""
    if titled := from_titled_section(material):
        return titled
    listed, judged = from_text(material, certain=True), from_initiatives(material)
    if judged and _asks_for_every(material):
        return max(judged, listed or judged, key=lambda answer: len(answer.rows))
    if listed is None or judged is None or listed.whole or not material.wanted.topic:
        return listed or judged or from_text(material, certain=False)
    beside = [
        row
        for row in judged.rows
        if row.passage.id == listed.rows[0].passage.id
        and covered(material.wanted.topic, row.passage.text[row.start : row.end]) >= _SAID
        and not _named_in(row, listed)
    ]
    return ListAnswer((*beside, *listed.rows), listed.examined + len(beside), listed.collection)


def _asks_for_every(material: Material) -> bool:
    """Whether the question asks for all of a kind: nothing is said of them but that they are there."""
    head = head_of((material.wanted.noun or "").lower())
    if material.wanted.topic or material.question.names or (head and head[0]):
        return False
    return not any(is_finite(word) and word not in _BEING for word in words(material.question.text))


def _named_in(row: ListRow, listed: ListAnswer) -> bool:
    """Whether a row of the list already stands for the entry."""
    return any(fold(row.name) in fold(other.name) or fold(other.name) in fold(row.name) for other in listed.rows)


def _text_counts(material: Material) -> bool:
    """Whether one of the best passages gives the number itself ("114 projekt", "de fem målen")."""
    noun = (material.wanted.noun or "").lower()
    if not noun:
        return True
    counted = re.compile(rf"(?<![\d–-])(?!(?:19|20)\d\d\b)\d[\d ]*(?:\w+ )?{re.escape(noun)}\b", re.IGNORECASE)
    return any(counted.search(passage.text) for passage in material.ranked[:_COUNTS_LOOKED_AT])


_BEING = frozenset(
    "vilka finns fanns är var har hade nämns ingår beskrivs lyfts anges får vill kan i inom enligt under".split()
)
_SAID = 0.9
"""An entry stands beside a list when its own sentence says this share of the topic."""
_COUNTS_LOOKED_AT = 5


def _by_passage(passages: Sequence[Passage], similarity: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    borders = np.cumsum([0, *(len(passage.sentences) for passage in passages)])
    return {passage.id: similarity[borders[number] : borders[number + 1]] for number, passage in enumerate(passages)}
