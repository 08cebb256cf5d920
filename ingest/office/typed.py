"""Reads text files: plain text, Markdown, tables in text form, Rich Text and e-mail."""

from __future__ import annotations

import csv
import email.policy
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from email.parser import BytesParser
from itertools import groupby
from pathlib import Path

from ingest.documents import BlockKind, ReadDocument
from ingest.errors import DamagedFile, LimitExceeded
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
    with_unread,
)

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*\n", re.DOTALL)
_TITLE_KEYS = ("title", "titel", "rubrik")
_DATE_KEYS = ("date", "datum", "published", "publicerad")
_STATED_DIVIDER = re.compile(r"\A\ufeff?\"?sep=(.)\"?\n")
_DIVIDERS = ";,\t|"
_CELL_CHARS = 1_000_000
_MAIL_FIELDS = (("subject", "Ämne"), ("from", "Från"), ("to", "Till"), ("cc", "Kopia"), ("date", "Datum"))
_PICTURE = ("bild i texten", "bilder i texten")


def read_typed(path: Path, media_type: str) -> ReadDocument:
    """A "csv", "markdown", "rtf", "eml" or "text" file as one page without a number."""
    data = path.read_bytes()
    if media_type == "eml":
        return _read_mail(data)
    if media_type == "rtf":
        return _read_rich_text(data, path.name)
    text = clean(decode(data))
    if media_type == "csv":
        return _read_table(text, path.name)
    return _read_markdown(text) if media_type == "markdown" else lay_out(paragraphs_of(text))


def _read_markdown(text: str) -> ReadDocument:
    """The text, and what its front matter says of it: title and date, and the other lines as text of the document."""
    from markdown_it import MarkdownIt

    from ingest.web.pieces import lines_of_html

    head = _FRONT_MATTER.match(text)
    stated = _stated(head[1]) if head else {}
    html = MarkdownIt("commonmark").enable("table").enable("strikethrough").render(text[head.end() :] if head else text)
    title = next((stated[key] for key in _TITLE_KEYS if key in stated), None)
    dates = (stated[key][:10] for key in _DATE_KEYS if key in stated)
    published = next((day for day in dates if re.fullmatch(r"\d{4}-\d\d-\d\d", day)), None)
    said = (f"{key}: {value}".removeprefix(": ") for key, value in stated.items() if key not in _TITLE_KEYS)
    facts = (Line(BlockKind.PARAGRAPH, text) for text in said)
    return replace(lay_out(after_heading(lines_of_html(html), facts)), title=title, published=published)


def _stated(text: str) -> dict[str, str]:
    """What front matter says: each key with its value as text. Broken front matter is kept whole."""
    import yaml

    try:
        said = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):  # the last for impossible dates
        said = None
    if not isinstance(said, dict):
        return {"": " ".join(text.split())}
    lists = {key: ", ".join(map(str, value)) if isinstance(value, list) else value for key, value in said.items()}
    return {str(key).casefold(): " ".join(str(value).split()) for key, value in lists.items() if value is not None}


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


def _read_rich_text(data: bytes, name: str) -> ReadDocument:
    from striprtf.striprtf import rtf_to_text

    source = data.decode("cp1252", errors="replace")
    stated = re.search(r"\{\\info.{0,2000}?\{\\title ([^}]*)\}", source, re.DOTALL)
    try:
        text, title = (
            str(rtf_to_text(one, errors="replace"))  # type: ignore[no-untyped-call]
            for one in (source, "{\\rtf1 " + (stated[1] if stated else "") + "}")
        )
    except (ValueError, LookupError, TypeError) as error:
        raise DamagedFile(f"{name} är skadad och kan inte läsas; hämta filen på nytt från källan.") from error
    read = with_unread(lay_out(_rich_lines(clean(text))), Counter({_PICTURE: data.count(b"\\pict")}))
    return replace(read, title=clean(title).strip() or None)


def _rich_lines(text: str) -> Iterator[Line]:
    """Each line is a paragraph of the file; rows of a table come with a divider after each cell."""
    for is_row, group in groupby(text.split("\n"), lambda line: line.rstrip().endswith("|")):
        if is_row:
            yield from table_lines([cells_of(map(str.strip, line.rstrip()[:-1].split("|"))) for line in group])
        else:
            yield from paragraphs_of("\n\n".join(group))


def _read_mail(data: bytes) -> ReadDocument:
    """A message: its head, its text, and the names of what is attached, which is told and not read."""
    from ingest.web.pieces import lines_of_html

    message = BytesParser(policy=email.policy.default).parsebytes(data)
    assert isinstance(message, EmailMessage)
    head = [f"{shown}: {message[field]}" for field, shown in _MAIL_FIELDS if message[field]]
    lines = [Line(BlockKind.PARAGRAPH, line) for line in head]
    body = message.get_body(("plain", "html"))
    if body is not None:
        content = str(body.get_content())
        lines += lines_of_html(content) if body.get_content_type() == "text/html" else paragraphs_of(clean(content))
    names = [one.get_filename() or one.get_content_type() for one in message.iter_attachments()]
    read = lay_out(lines)
    warnings = tuple(f"Bilagan {name} lästes inte; spara den och läs in den för sig." for name in names)
    sent = message["date"].datetime.date().isoformat() if message["date"] and message["date"].datetime else None
    report = replace(read.report, warnings=warnings)
    return replace(read, report=report, title=str(message["subject"] or "").strip() or None, published=sent)
