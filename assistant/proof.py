"""The proof: cuts quotes out of the index, finds them on the page, and checks a finished answer against the pages.

`cite` builds; `faults` checks, from the answer's text and citations alone, without trusting how they came about. Both
know nothing of search, questions or language models.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from assistant.answers import Box, Citation
from assistant.model.lock import ClaimContext, verify_claim
from assistant.verbatim import is_verbatim, places_of
from ingest.documents import Document, Page, Passage

PageLookup = Callable[[str, int | None], Page]
Stretch = tuple[Page, int, int]
"""A stretch of a page: page.text from the first offset to the second."""

_Frame = tuple[float, float, float, float]
"""x0, y0, x1, y1 in PDF points, origin bottom left."""

_MARK = re.compile(r"\[(\d+)\]")
_BOLD = re.compile(r"(?<!\\)\*\*")
_RULE = re.compile(r"[|\s:-]*-[|\s:-]*")
_LINE_GAP = 0.6
"""Share of a character's height by which two characters may differ and still stand on one line."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch of a passage that is to be quoted: passage.text[start:end].

    `heading` is the one of the passage's headings that is to be quoted with it, because it names what is answered.
    """

    passage: Passage
    start: int
    end: int
    heading: str = ""

    @property
    def text(self) -> str:
        """The quote as it stands in the passage."""
        return self.passage.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an answer must not be sent: the statement and what is wrong with it."""

    statement: str
    reason: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of an answer, its marks, and whether it is an item of a list."""

    text: str
    marks: tuple[int, ...]
    item: bool


def cite(quote: Quote, first_mark: int, document: Document, page_of: PageLookup) -> tuple[Citation, ...]:
    """The citations of one quote, one for each page it stands on, numbered from `first_mark`."""
    citations: list[Citation] = []
    for page, first, last in _under_heading(quote, list(_on_pages(quote, page_of)), page_of):
        text = page.text[first:last].strip()
        if not text:
            continue
        citations.append(
            Citation(
                mark=first_mark + len(citations),
                document_id=document.id,
                title=document.title,
                page=page.number,
                section=quote.passage.section,
                quote=text,
                url=document.url,
                passage_id=quote.passage.id,
                boxes=_line_boxes(page, first, last),
                ocr=quote.passage.ocr,
                page_label=page.label,
            )
        )
    return tuple(citations)


def _on_pages(quote: Quote, page_of: PageLookup) -> Iterator[Stretch]:
    for span in quote.passage.spans:
        start, end = max(quote.start, span.offset), min(quote.end, span.offset + span.end - span.start)
        if start < end:
            page = page_of(quote.passage.document_id, span.page)
            yield page, span.start + start - span.offset, span.start + end - span.offset


def _under_heading(quote: Quote, stretches: list[Stretch], page_of: PageLookup) -> list[Stretch]:
    """The stretches from the quote's heading on, or the heading alone where other text stands between.

    The heading is looked for on the page and on the one before it, and left out where it is on neither.
    """
    if not quote.heading or not stretches:
        return stretches
    page, first, last = stretches[0]
    at = page.text.rfind(quote.heading, 0, first)
    if at < 0:
        before = page_of(quote.passage.document_id, page.number - 1) if page.number and page.number > 1 else None
        at = before.text.rfind(quote.heading) if before else -1
        return [(before, at, at + len(quote.heading))] if before and at >= 0 else stretches
    between = page.text[at:first]
    for heading in quote.passage.section:
        between = between.replace(heading, "")
    return [(page, at, at + len(quote.heading))] if between.strip() else [(page, at, last), *stretches[1:]]


def _line_boxes(page: Page, start: int, end: int) -> tuple[Box, ...]:
    """One box for each line that the characters page.text[start:end] stand on."""
    if page.boxes is None or page.number is None:
        return ()
    lines: list[_Frame] = []
    # Plain numbers: arrays of four cost ten times as much, one character at a time.
    for x0, y0, x1, y1 in page.boxes[start:end].tolist():
        if math.isnan(x0 + y0 + x1 + y1):
            continue
        if lines and _same_line(lines[-1], (x0, y0, x1, y1)):
            left, bottom, right, top = lines[-1]
            lines[-1] = (min(left, x0), min(bottom, y0), max(right, x1), max(top, y1))
        else:
            lines.append((x0, y0, x1, y1))
    return tuple((page.number, round(x0, 2), round(y0, 2), round(x1, 2), round(y1, 2)) for x0, y0, x1, y1 in lines)


def _same_line(line: _Frame, box: _Frame) -> bool:
    middle = (box[1] + box[3]) / 2
    height = max(line[3] - line[1], box[3] - box[1])
    return abs(middle - (line[1] + line[3]) / 2) <= _LINE_GAP * height and box[0] >= line[0] - height


def faults(
    text: str, citations: Sequence[Citation], page_of: PageLookup, shared_words: float = 1.0
) -> tuple[Fault, ...]:
    """Everything that speaks against sending the answer; empty when it is proved.

    Each quote must stand on its page in whole words, white space folded. Each statement must have a mark, only marks
    that there are, and say what its quotes say (verbatim.py; below 1.0 of `shared_words`, the lock on claims).
    """
    found = [Fault(one.quote, "quote_not_on_page") for one in citations if not _stands_on_page(one, page_of)]
    by_mark = {citation.mark: citation for citation in citations}
    for statement in statements(text):
        if not statement.marks or any(mark not in by_mark for mark in statement.marks):
            found.append(Fault(statement.text, "unknown_mark" if statement.marks else "uncited"))
            continue
        proof = [by_mark[mark] for mark in statement.marks]
        quotes = tuple(dict.fromkeys(citation.quote for citation in proof))
        headings = tuple(dict.fromkeys(heading for citation in proof for heading in citation.section))
        plain = re.sub(r"\\(.)", r"\1", _BOLD.sub("", statement.text))
        verbatim = is_verbatim(plain, quotes, headings, statement.item)
        if not verbatim and shared_words == 1.0:
            found.append(Fault(statement.text, "words"))
        elif not verbatim:
            context = ClaimContext(headings=(*headings, proof[0].title))
            verdict = verify_claim(plain, quotes, context, statement.item)
            if not verdict.kept:
                found.append(Fault(statement.text, verdict.reason))
    return tuple(found)


def _stands_on_page(citation: Citation, page_of: PageLookup) -> bool:
    try:
        page = page_of(citation.document_id, citation.page)
    except KeyError:
        return False
    return any(places_of(_folded(citation.quote), _folded(page.text)))


def statements(text: str) -> list[Statement]:
    """The statements of an answer, in order: what stands before each group of marks on a line.

    Text after the last mark of a line is a statement without marks. Headings, bold lead-ins that end with a colon and
    the heads and rules of tables state nothing.
    """
    result: list[Statement] = []
    lines = [line.strip() for line in text.splitlines()]
    for rest, following in zip_longest(lines, lines[1:], fillvalue=""):
        head = rest.startswith("|") and _RULE.fullmatch(following)
        if not rest or head or rest.startswith("#") or _RULE.fullmatch(rest) or rest.endswith((":", ":**")):
            continue
        for part in re.finditer(r"(?P<body>.*?)(?P<marks>(?:\s*\[\d+\](?:\(#[\w-]+\))?)+|$)", rest):
            body = part["body"].strip(" *-|•.")
            if body:
                marks = tuple(int(mark) for mark in _MARK.findall(part["marks"]))
                result.append(Statement(body, marks, rest.startswith(("- ", "|"))))
    return result


def _folded(text: str) -> str:
    return " ".join(text.split())
