"""For what a question about the documents is refused outright: a name that they do not know, or a date or number of a
document that has none.

All else is a matter of probability (answerability.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.labels import form_of, in_form, names_title
from assistant.question import Question
from assistant.span_features import Candidate
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
    return any(part not in STOPWORDS and not spelled(part, index.words) for part in proper)


def untold_form(question: Question, ranked: Sequence[Candidate], index: PassageIndex) -> bool:
    """Whether what is asked for (a day of adoption, a reference number, an address) is in no place of the document.

    The document is the one that the question names by its title, else that of the best sentence.
    """
    form = form_of(question)
    if form is None or question.english:
        return False
    named = {document.id for document in index.documents if names_title(question, document.title)}
    meant = named or {ranked[0].passage.document_id}
    texts = (one.headed_text for one in index.passages if one.document_id in meant)
    return not in_form(form, texts)
