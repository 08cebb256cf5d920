"""Reads text files: plain text, Markdown and tables in text form."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

from ingest.documents import BlockKind, ReadDocument
from ingest.errors import LimitExceeded
from ingest.plain import (
    Line,
    after_heading,
    cells_of,
    clean,
    decode,
    join_lines,
    lay_out,
    paragraphs_of,
    table_lines,
)

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*\n", re.DOTALL)
_TITLE = re.compile(r"(?im)^(?:title|titel|rubrik): *[\"']?(.+?)[\"']?$")
_DATE = re.compile(r"(?im)^(?:date|datum|published|publicerad): *[\"']?(\d{4}-\d\d-\d\d)")
_STATED_DIVIDER = re.compile(r"\A\ufeff?\"?sep=(.)\"?\n")
_DIVIDERS = ";,\t|"
_CELL_CHARS = 1_000_000


def read_typed(path: Path, media_type: str) -> ReadDocument:
    """A "csv", "markdown" or "text" file as one page without a number."""
    text = clean(decode(path.read_bytes()))
    if media_type == "csv":
        return _read_table(text, path.name)
    return _read_markdown(text) if media_type == "markdown" else lay_out(paragraphs_of(text))


def _read_markdown(text: str) -> ReadDocument:
    """The text, and what its front matter says of it: title and date, and the other lines as text of the document."""
    from markdown_it import MarkdownIt

    from ingest.web.pieces import lines_of_html

    head = _FRONT_MATTER.match(text)
    said, text = (head[1], text[head.end() :]) if head else ("", text)
    title, published = _TITLE.search(said), _DATE.search(said)
    facts = (Line(BlockKind.PARAGRAPH, line) for line in _TITLE.sub("", said).split("\n"))
    html = MarkdownIt("commonmark").enable("table").enable("strikethrough").render(text)
    read = lay_out(after_heading(lines_of_html(html), facts))
    return replace(read, title=title[1] if title else None, published=published[1] if published else None)


def _read_table(text: str, name: str) -> ReadDocument:
    """A table in text form; quoted line breaks are spaces, a first line "sep=;" names the divider."""
    stated = _STATED_DIVIDER.match(text)
    divider = stated[1] if stated else _divider(text[:20_000])
    text = text[stated.end() :] if stated else text
    previous = csv.field_size_limit(_CELL_CHARS)
    try:
        table = csv.reader(io.StringIO(text), delimiter=divider)
        rows = [cells_of(join_lines(cell.split("\n")) for cell in row) for row in table]
    except csv.Error as error:
        raise LimitExceeded(
            f"{name} har en cell med mer än {_CELL_CHARS} tecken; kontrollera citattecknen eller dela upp filen."
        ) from error
    finally:
        csv.field_size_limit(previous)
    return lay_out(table_lines(rows))


def _divider(head: str) -> str:
    """The sign that stands outside quotes in most lines, and as many times in each."""
    lines = re.sub(r'"[^"]*"', "", head).split("\n")[:50]

    def evenness(sign: str) -> tuple[int, int]:
        counts = Counter(line.count(sign) for line in lines if sign in line)
        return max(counts.values(), default=0), max(counts, default=0)

    return max(_DIVIDERS, key=evenness)
