"""The one thing for which a question about the documents is refused outright: a name that they do not know.

All else is a matter of probability (answerability.py).
"""

from __future__ import annotations

import re

from assistant.question import Question
from assistant.word_coverage import spelled
from ingest.store.passage_index import PassageIndex
from ingest.swedish import STOPWORDS

_DIGITS = re.compile(r"\d+")


def unknown_name(question: Question, index: PassageIndex) -> bool:
    """Whether the question hangs on a name of which some part stands nowhere in the documents."""
    if question.english:
        return False
    parts = (part for name in question.names for part in re.findall(r"[\w:]+", name))
    proper = (part.lower() for part in parts if part[0].isupper() and not _DIGITS.fullmatch(part))
    rare = (part for part in proper if part not in STOPWORDS and not index.lexical.frequency(part))
    return any(not spelled(part, index.words) for part in rare)
