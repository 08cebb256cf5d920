"""What a passage is in Chroma: one row for itself and one for each of its sentences, under keys made from content.

A row never changes: a passage that has moved on its page is another row, so that a generation that lists a row always
reads what it was written with. Its vector is the same and is taken over by the passage's id.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from ingest.documents import Passage, PassageKind, Span

Metadata = Mapping[str, str | int]
_HEADINGS = 2
_DIGEST = 8


def embedding_text(passage: Passage) -> str:
    """What is embedded for a passage: its last two headings, its table's head row and its text, each on a line."""
    return "\n".join((*passage.section[-_HEADINGS:], *filter(None, (passage.head,)), passage.text))


def sentence_texts(passage: Passage) -> list[str]:
    """What is embedded for each sentence of a passage: its last heading in front."""
    return ["\n".join((*passage.section[-1:], passage.text[start:end])) for start, end in passage.sentences]


def passage_key(passage: Passage) -> str:
    """The passage's row: its id and a digest of its place."""
    return f"{passage.id}-{hashlib.sha256(_place(passage).encode()).hexdigest()[:_DIGEST]}"


def sentence_keys(passage: Passage) -> list[str]:
    """The rows of the passage's sentences, in order."""
    return [f"{passage.id}-{start}-{end}" for start, end in passage.sentences]


def id_of(key: str) -> str:
    """The id of the passage that a row belongs to."""
    return key.partition("-")[0]


def metadata(passage: Passage) -> Metadata:
    """All that a passage is besides its text: flat fields for other programs, and `place`. Web pages have no pages."""
    pages = {"page": passage.page, "page_end": passage.page_end}
    return {
        "document_id": passage.document_id,
        "kind": passage.kind.value,
        "place": _place(passage),
        **{name: page for name, page in pages.items() if page is not None},
    }


def _place(passage: Passage) -> str:
    spans = [(span.page, span.start, span.end, span.offset) for span in passage.spans]
    return json.dumps([passage.section, spans, passage.sentences, passage.ocr, passage.head], ensure_ascii=False)


def passage_of(key: str, text: str, about: Metadata, titles: Mapping[str, str]) -> Passage:
    """The passage again; `titles` are those of the documents by id. Raises KeyError, ValueError on a foreign row."""
    section, spans, sentences, ocr, head = json.loads(str(about["place"]))
    document_id = str(about["document_id"])
    return Passage(
        id=id_of(key),
        document_id=document_id,
        title=titles[document_id],
        section=tuple(section),
        kind=PassageKind(str(about["kind"])),
        text=text,
        spans=tuple(Span(*span) for span in spans),
        sentences=tuple((start, end) for start, end in sentences),
        ocr=ocr,
        head=head,
    )
