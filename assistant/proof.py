"""The proof: cuts quotes out of the index, finds them on the page, and checks a finished answer against the pages.

`cite` builds; `faults` checks, from the answer's text and citations alone, without trusting how they came about. Both
know nothing of search, questions or language models.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.answers import Box, Citation
from assistant.matching import best_match, text_words
from ingest.documents import Document, Page, Passage
from ingest.swedish import STOPWORDS, fold

PageLookup = Callable[[str, int | None], Page]

_MARK = re.compile(r"\[(\d+)\]")
_NUMBER = re.compile(r"\d+(?:[ \u00a0.,:]\d+)*")
_NAME = re.compile(r"\b[^\W\d_a-zåäöéü][\w&-]*")
_NEGATION = re.compile(
    r"\b(inte|ej|icke|aldrig|ingen|inget|inga|varken|knappast|not|never|no|none|neither)\b", re.IGNORECASE
)
_LINE_GAP = 0.6
"""Share of a character's height by which two characters may differ and still stand on one line."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch of a passage that is to be quoted: passage.text[start:end]."""

    passage: Passage
    start: int
    end: int

    @property
    def text(self) -> str:
        """The quote as it stands in the passage."""
        return self.passage.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an answer must not be sent: the statement and what is wrong with it."""

    statement: str
    reason: str


def cite(quote: Quote, first_mark: int, document: Document, page_of: PageLookup) -> tuple[Citation, ...]:
    """The citations of one quote, one for each page it stands on, numbered from `first_mark`."""
    citations: list[Citation] = []
    for span in quote.passage.spans:
        length = span.end - span.start
        start, end = max(quote.start, span.offset), min(quote.end, span.offset + length)
        if start >= end:
            continue
        page = page_of(quote.passage.document_id, span.page)
        first, last = span.start + start - span.offset, span.start + end - span.offset
        text = page.text[first:last].strip()
        if not text:
            continue
        citations.append(
            Citation(
                mark=first_mark + len(citations),
                document_id=document.id,
                title=document.title,
                page=span.page,
                section=quote.passage.section,
                quote=text,
                url=document.url,
                passage_id=quote.passage.id,
                boxes=_line_boxes(page, first, last),
                ocr=quote.passage.ocr,
            )
        )
    return tuple(citations)


def _line_boxes(page: Page, start: int, end: int) -> tuple[Box, ...]:
    """One box for each line that the characters page.text[start:end] stand on."""
    if page.boxes is None or page.number is None:
        return ()
    boxes: list[NDArray[np.float32]] = []
    for box in page.boxes[start:end]:
        if np.isnan(box).any():
            continue
        if boxes and _same_line(boxes[-1], box):
            boxes[-1] = np.array([*np.minimum(boxes[-1][:2], box[:2]), *np.maximum(boxes[-1][2:], box[2:])])
        else:
            boxes.append(box.copy())
    return tuple((page.number, *(round(float(value), 2) for value in box)) for box in boxes)  # type: ignore[misc]


def _same_line(line: NDArray[np.float32], box: NDArray[np.float32]) -> bool:
    middle = (box[1] + box[3]) / 2
    height = max(float(line[3] - line[1]), float(box[3] - box[1]))
    return bool(abs(middle - (line[1] + line[3]) / 2) <= _LINE_GAP * height and box[0] >= line[0] - height)


def faults(
    text: str, citations: Sequence[Citation], page_of: PageLookup, shared_words: float = 1.0
) -> tuple[Fault, ...]:
    """Everything that speaks against sending the answer; empty when it is proved.

    Each quote must stand on its page, white space folded. Each statement, the text up to its marks, may hold only
    numbers and names of its quotes (their section and title count), must deny when and only when they deny, and shares
    at least `shared_words` (0 to 1) of its content words with them.
    """
    found: list[Fault] = []
    by_mark = {citation.mark: citation for citation in citations}
    for citation in citations:
        page = _folded(page_of(citation.document_id, citation.page).text)
        if not citation.quote.strip() or _folded(citation.quote) not in page:
            found.append(Fault(citation.quote, "quote_not_on_page"))
    for statement, marks in statements(text):
        proof = [by_mark[mark] for mark in marks if mark in by_mark]
        if not proof:
            found.append(Fault(statement, "uncited"))
        elif reason := _unsupported(statement, proof, shared_words):
            found.append(Fault(statement, reason))
    return tuple(found)


def statements(text: str) -> list[tuple[str, tuple[int, ...]]]:
    """The statements of an answer with their marks, in order: what stands before each group of marks on a line.

    Text after the last mark of a line is a statement without marks. Headings, bold lead-ins that end with a colon and
    rules of tables state nothing.
    """
    result: list[tuple[str, tuple[int, ...]]] = []
    for line in text.splitlines():
        rest = line.strip()
        if not rest or rest.startswith("#") or re.fullmatch(r"[|\s:-]+", rest) or rest.endswith((":", ":**")):
            continue
        for part in re.finditer(r"(?P<body>.*?)(?P<marks>(?:\s*\[\d+\](?:\(#[\w-]+\))?)+|$)", rest):
            body = part["body"].strip(" *-|•.")
            if body:
                result.append((body, tuple(int(mark) for mark in _MARK.findall(part["marks"]))))
    return result


def _unsupported(statement: str, proof: Sequence[Citation], shared_words: float) -> str | None:
    quotes = " ".join(citation.quote for citation in proof)
    around = " ".join((quotes, *(" ".join((citation.title, *citation.section)) for citation in proof)))
    plain = re.sub(r"\\(.)", r"\1", statement)
    if not set(_numbers(plain)) <= set(_numbers(around)):
        return "number"
    there = text_words(around)
    capitalised = [word for word in _NAME.findall(plain) if word.lower() not in STOPWORDS]
    if any(fold(word) not in fold(around) for word in capitalised):
        return "name"
    if len(_NEGATION.findall(plain)) != len(_NEGATION.findall(quotes)) and shared_words == 1.0:
        return "negation"
    if bool(_NEGATION.search(plain)) != bool(_NEGATION.search(quotes)):
        return "negation"
    own = [word for word in text_words(plain) if not word.isdigit()]
    if own and sum(best_match(word, there) > 0 for word in own) < shared_words * len(own):
        return "words"
    return None


def _numbers(text: str) -> list[str]:
    return [re.sub(r"[ \u00a0]", "", number).strip(".,:") for number in _NUMBER.findall(text)]


def _folded(text: str) -> str:
    return " ".join(text.split())
