"""Cuts a read document into passages: whole paragraphs of one section, lists with their lead-in, tables, footnotes.

Headings, contents pages and furniture never enter a passage's text; headings become its section. The text of a passage
is what stands on the page, character for character, so that a quote can be found and shown there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.documents import Block, BlockKind, Document, Page, Passage, PassageKind, ReadDocument, Span, passage_id
from ingest.facts.vocabulary import meaning_of
from ingest.plain import NO_CELL
from ingest.swedish import split_sentences, trimmed

_LEAD_IN_CHARS = 200
"""A paragraph this short, right before a list, introduces it even without a colon."""
_ANNOUNCING = re.compile(r"\b(?:nedan\w*|följande)\b", re.IGNORECASE)

_ITEM_NUMBER = re.compile(r"\(?(\d{1,2}|[a-zåäö])[.)]")
_LEFT_OUT = (BlockKind.HEADING, BlockKind.CONTENTS, BlockKind.FURNITURE)
_HEAD_CELL_CHARS = 90
_ABBREVIATED_WORDS = 3
"""Words of a head's cell that may end in an abbreviation: "Reg. medfin."."""
_FIGURE_CELL = re.compile(r"[\W\d]*\d[\W\d]*(?:t?kr|mn?kr|kronor|procent)?")
_ROW_CHARS = 400
_VALUES = frozenset(("owner", "participant", "funder", "sum", "period", "start", "end", "status"))
"""What a line of a box may tell ("Ägare: Viks kommun"), so that it is no heading, whatever it looks like."""
_BOXES = 3
"""Times that a label of boxes stands in a document at least."""
_ITEM_OF_MINUTES = re.compile(r"§+ ?\d")
_TABLE_SHARE = 3
"""A table may be so many times as long as other passages."""
_PART = re.compile(r"([^\W\d]{4,}) (\d{1,2}|[A-ZÅÄÖ])\b")
Pages = dict[int | None, Page]


@dataclass(frozen=True, slots=True)
class _Run:
    """Neighbouring blocks of one section that may share a passage."""

    kind: PassageKind
    section: tuple[str, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Assembled text with the pages it comes from and the offsets at which it may be cut (0 is not among them)."""

    text: str
    spans: tuple[Span, ...]
    cuts: tuple[int, ...]
    page_cuts: tuple[int, ...] = ()
    """Those cuts at which a table's next page begins."""


def cut(document: Document, read: ReadDocument, maximum_chars: int = 900) -> tuple[Passage, ...]:
    """The passages of `read` in reading order.

    Paragraphs are merged up to `maximum_chars` and kept whole up to twice that; longer ones are cut between sentences.
    For tables both limits are `_TABLE_SHARE` times as high, since rows without their head say little.
    The ids depend on document, section and text alone.
    """
    pages: Pages = {page.number: page for page in read.pages}
    seen: Counter[tuple[tuple[str, ...], str]] = Counter()
    passages: list[Passage] = []
    for run in _runs(read.blocks, pages):
        stretch = _assemble(run, pages)
        room = _TABLE_SHARE * maximum_chars if run.kind is PassageKind.TABLE else maximum_chars
        head = _head_row(run, stretch)
        for start, end in _pack(stretch, room):
            text = stretch.text[start:end]
            spans = _slice(stretch.spans, start, end)
            occurrence = seen[run.section, text]
            seen[run.section, text] += 1
            passages.append(
                Passage(
                    id=passage_id(document.id, run.section, text, occurrence),
                    document_id=document.id,
                    title=document.title,
                    section=run.section,
                    kind=run.kind,
                    text=text,
                    spans=spans,
                    sentences=_rows(text) if run.kind is PassageKind.TABLE else split_sentences(text),
                    ocr=any(pages[span.page].ocr_confidence is not None for span in spans),
                    head=head[1] if head and start > head[0] and not text.startswith(head[1]) else "",
                )
            )
    return tuple(passages)


def _runs(blocks: Sequence[Block], pages: Pages) -> Iterator[_Run]:
    """Groups blocks; footnotes come after the run that they interrupt.

    A heading of a page with nothing under it belongs to the next one that does not stand below it: a line over it, or
    its first line.
    """
    labels = Counter(line.partition(": ")[0] for block in blocks for line in block.text.split("\n"))
    headings = Counter(" ".join(block.text.split()) for block in blocks if block.kind is BlockKind.HEADING)
    path: list[tuple[int, str]] = []
    bare: int | None = None
    section: tuple[str, ...] = ()
    current: list[Block] = []
    footnotes: list[_Run] = []

    def flush() -> Iterator[_Run]:
        yield from _by_kind(section, current)
        yield from footnotes
        current.clear()
        footnotes.clear()

    for block in blocks:
        if block.kind is BlockKind.HEADING and _is_value(block.text, labels):
            block = replace(block, kind=BlockKind.PARAGRAPH, level=0)
        if block.kind is BlockKind.HEADING:
            yield from flush()
            text = " ".join(block.text.split())
            level = _level(text, block.level, path, again=headings[text] > 1)
            page = block.spans[0].page if block.spans else None
            if bare is not None and bare == page and path[-1][0] >= level:
                text = f"{path[-1][1]}{':' if path[-1][0] > level else ''} {text}"
            path, bare = [entry for entry in path if entry[0] < level] + [(level, text)], page
            section = tuple(text for _, text in path)
            continue
        if block.kind in _LEFT_OUT or not block.spans or not block.text.strip():
            continue
        bare = None
        if block.kind is BlockKind.FOOTNOTE:
            footnotes.append(_Run(PassageKind.FOOTNOTE, section, (block,)))
        else:
            if current and not _adjoin(current[-1], block, pages):
                yield from flush()
            current.append(block)
    yield from flush()


def _level(text: str, level: int, path: Sequence[tuple[int, str]], again: bool) -> int:
    """The level of a heading under others: that of its sibling, else its own. One that comes `again` stands below the
    item of minutes before it: "Beslut" under "§ 113".
    """
    level = next((depth for depth, over in path if _is_sibling(over, text)), max(level, 1))
    item = next((depth for depth, over in path if _ITEM_OF_MINUTES.match(over)), None)
    if item is None or not again or _ITEM_OF_MINUTES.match(text):
        return level
    return max(level, item + 1)


def _is_value(text: str, labels: Counter[str]) -> bool:
    """Whether a line is a label that comes again and its value: "Ägare: Viks kommun"."""
    label, colon, value = text.partition(": ")
    return bool(colon and value.strip()) and labels[label] >= _BOXES and meaning_of(label) in _VALUES


def _is_sibling(one: str, other: str) -> bool:
    """Whether two headings are parts of one row, whatever they look like: "Inriktning 1: …" and "Inriktning 2: …"."""
    first, second = _PART.match(one), _PART.match(other)
    return bool(first and second and first[1] == second[1] and first[2] != second[2])


def _adjoin(before: Block, after: Block, pages: Pages) -> bool:
    """Whether nothing but white space lies between two blocks; a list, with its lead-in, may go on on the next page."""
    last, first = before.spans[-1], after.spans[0]
    if last.page == first.page:
        return last.end <= first.start and not pages[last.page].text[last.end : first.start].strip()
    return after.kind is BlockKind.LIST_ITEM and (before.kind is BlockKind.LIST_ITEM or _is_lead_in(before))


def _is_lead_in(block: Block) -> bool:
    text = block.text.rstrip()
    announces = text.endswith(":") or len(text) <= _LEAD_IN_CHARS or _ANNOUNCING.search(text) is not None
    return block.kind is BlockKind.PARAGRAPH and announces


def _by_kind(section: tuple[str, ...], blocks: Sequence[Block]) -> Iterator[_Run]:
    """Divides adjoining blocks of one section into paragraph, list and table runs."""
    group: list[Block] = []
    group_kind = PassageKind.PARAGRAPH
    for position, block in enumerate(blocks):
        kind = _kind_at(blocks, position)
        interrupts = block.kind is BlockKind.PARAGRAPH and _counts_on(blocks, position)
        kind = PassageKind.LIST if interrupts else kind
        starts_list = kind is PassageKind.LIST and block.kind is BlockKind.PARAGRAPH and not interrupts
        opens_table = block.kind is BlockKind.TABLE or _next_kind(blocks, position) is BlockKind.TABLE
        starts_table = opens_table and any(member.kind is BlockKind.TABLE for member in group)
        if group and (kind is not group_kind or starts_list or starts_table):
            yield _Run(group_kind, section, tuple(group))
            group = []
        group.append(block)
        group_kind = kind
    if group:
        yield _Run(group_kind, section, tuple(group))


def _counts_on(blocks: Sequence[Block], position: int) -> bool:
    """Whether the item after a block has the number that follows that of the item before it: one list goes on."""
    beside = [*blocks[max(position - 1, 0) : position], *blocks[position + 1 : position + 2]]
    numbers = [_ITEM_NUMBER.match(block.text) for block in beside if block.kind is BlockKind.LIST_ITEM]
    if len(numbers) < 2 or not all(numbers):
        return False
    before, after = (match[1] for match in numbers if match)
    if before.isdigit() and after.isdigit():
        return int(after) == int(before) + 1
    return len(before) == len(after) == 1 and ord(after) == ord(before) + 1


def _kind_at(blocks: Sequence[Block], position: int) -> PassageKind:
    block = blocks[position]
    before = blocks[position - 1].kind if position else None
    after = _next_kind(blocks, position)
    if block.kind is BlockKind.LIST_ITEM or (after is BlockKind.LIST_ITEM and _is_lead_in(block)):
        return PassageKind.LIST
    if block.kind is BlockKind.TABLE or (block.kind is BlockKind.CAPTION and BlockKind.TABLE in (before, after)):
        return PassageKind.TABLE
    return PassageKind.PARAGRAPH


def _next_kind(blocks: Sequence[Block], position: int) -> BlockKind | None:
    return blocks[position + 1].kind if position + 1 < len(blocks) else None


def _assemble(run: _Run, pages: Pages) -> _Stretch:
    """Joins a run's blocks with exactly what stands between them on the page, or a line break between pages."""
    text = ""
    spans: list[Span] = []
    cuts: list[int] = []
    for block in run.blocks:
        for number, span in enumerate(block.spans):
            page_text = pages[span.page].text
            last = spans[-1] if spans else None
            same_page = last is not None and last.page == span.page and last.end <= span.start
            if number:
                previous = block.spans[number - 1]
                joint = block.text[previous.offset + previous.end - previous.start : span.offset]
            elif last is None:
                joint = ""
            else:
                joint = page_text[last.end : span.start] if same_page else "\n"
            offset = len(text) + len(joint)
            if number == 0 and last is not None:
                cuts.append(offset)
            if last is not None and same_page and page_text[last.end : span.start] == joint:
                spans[-1] = Span(last.page, last.start, span.end, last.offset)
            else:
                spans.append(Span(span.page, span.start, span.end, offset))
            text += joint + page_text[span.start : span.end]
    if run.kind is PassageKind.TABLE:
        cuts = [position + 1 for position, letter in enumerate(text) if letter == "\n"]
    return _Stretch(text, tuple(spans), tuple(cuts), _page_cuts(run, text, spans, cuts))


def _page_cuts(run: _Run, text: str, spans: Sequence[Span], cuts: Sequence[int]) -> tuple[int, ...]:
    """Where each later page of a table begins; a row that the page's end breaks goes with the page that ends it."""
    if run.kind is not PassageKind.TABLE:
        return ()
    return tuple(max((cut for cut in cuts if cut <= span.offset), default=0) for span in spans[1:])


def _head_row(run: _Run, stretch: _Stretch) -> tuple[int, str] | None:
    """The head of a run's table and its offset: the first row of several cells, where it looks like one."""
    if run.kind is not PassageKind.TABLE:
        return None
    for start, end in pairwise((0, *stretch.cuts, len(stretch.text))):
        row = stretch.text[start:end].strip()
        if " | " in row:
            return (start, row) if heads_table(row, stretch.text[end:].split("\n")) else None
    return None


def heads_table(row: str, below: Sequence[str]) -> bool:
    """Whether a row of a table may be its head: the rows `below` hold none of its cells in the same column again."""
    cells = row.split(" | ")
    others = (other.split(" | ") for other in below if other != row)
    again = any(one == cell and one.strip(NO_CELL) for other in others for one, cell in zip(cells, other, strict=False))
    return not again and all(map(_may_head, cells))


def _may_head(cell: str) -> bool:
    """Whether a cell may stand in a head: neither a sentence, a label nor a figure, but for a year."""
    figure = _FIGURE_CELL.fullmatch(cell) and not re.fullmatch(r"\D*(?:19|20)\d\d\D*", cell)
    sentence = cell.endswith(".") and len(cell.split()) > _ABBREVIATED_WORDS
    return len(cell) <= _HEAD_CELL_CHARS and not sentence and not cell.endswith((";", ":")) and not figure


def _rows(text: str) -> tuple[tuple[int, int], ...]:
    """The sentences of a table: each row is one, since a full stop in a cell ends nothing, unless it is very long."""
    found: list[tuple[int, int]] = []
    for line in re.finditer(r"[^\n]+", text):
        whole = " | " in line[0] and len(line[0]) <= _ROW_CHARS
        within = trimmed(line[0], 0, len(line[0])) if whole else split_sentences(line[0])
        found += ((line.start() + start, line.start() + end) for start, end in within)
    return tuple(found)


def _pack(stretch: _Stretch, maximum_chars: int) -> Iterator[tuple[int, int]]:
    """Start and end of each passage in the stretch: pieces are put together while they fit."""
    text = stretch.text
    start = end = 0
    for piece_start, piece_end in _pieces(stretch, 2 * maximum_chars):
        if end > start and (piece_end - start > maximum_chars or piece_start in stretch.page_cuts):
            yield from trimmed(text, start, end)
            start = piece_start
        end = piece_end
    yield from trimmed(text, start, end)


def _pieces(stretch: _Stretch, limit_chars: int) -> Iterator[tuple[int, int]]:
    """What lies between the cuts; pieces over the limit are cut between sentences, and those at white space."""
    borders = (0, *stretch.cuts, len(stretch.text))
    for start, end in pairwise(borders):
        if end - start <= limit_chars:
            yield start, end
            continue
        sentences = split_sentences(stretch.text[start:end])
        inner = [start, *(start + begin for begin, _ in sentences[1:]), end]
        for left, right in pairwise(inner):
            yield from _at_spaces(stretch.text, left, right, limit_chars)


def _at_spaces(text: str, start: int, end: int, limit_chars: int) -> Iterator[tuple[int, int]]:
    while end - start > limit_chars:
        space = text.rfind(" ", start + 1, start + limit_chars)
        middle = space + 1 if space > start else start + limit_chars
        yield start, middle
        start = middle
    yield start, end


def _slice(spans: Iterable[Span], start: int, end: int) -> tuple[Span, ...]:
    """The spans of text[start:end], with offsets counted from `start`."""
    found: list[Span] = []
    for span in spans:
        first = max(start, span.offset)
        last = min(end, span.offset + span.end - span.start)
        if first < last:
            shift = span.start - span.offset
            found.append(Span(span.page, first + shift, last + shift, first - start))
    return tuple(found)
