"""Reads text files: plain text, Markdown, tables in text form, Rich Text and e-mail."""

from __future__ import annotations

import csv
import email.policy
import io
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from email.message import EmailMessage
from email.parser import BytesParser
from itertools import groupby
from pathlib import Path

from ingest.documents import BlockKind, ReadDocument
from ingest.errors import DamagedFile, LimitExceeded
from ingest.plain import (
    Line,
    Unread,
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

_FRONT_MATTER = re.compile(r"\A(---|\+\+\+)[ \t]*\n(.*?\n)(?:\1|\.\.\.)[ \t]*\n", re.DOTALL)
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
    text = clean(decode(data))
    if media_type == "csv":
        return _read_table(text, path.name)
    if media_type == "markdown":
        return _read_markdown(text)
    if media_type == "rtf":
        return _read_rich_text(data, path.name)
    return lay_out(paragraphs_of(text))


def _read_markdown(text: str) -> ReadDocument:
    """The text, and what its front matter says of it: title and date, and the other lines as text of the document."""
    from markdown_it import MarkdownIt

    from ingest.web.pieces import lines_of_html

    head = _FRONT_MATTER.match(text)
    stated = _stated(head[1], head[2]) if head else {}
    html = MarkdownIt("commonmark").enable("table").enable("strikethrough").render(text[head.end() :] if head else text)
    title = next((stated[key] for key in _TITLE_KEYS if key in stated), None)
    dates = (stated[key][:10] for key in _DATE_KEYS if key in stated)
    published = next((day for day in dates if re.fullmatch(r"\d{4}-\d\d-\d\d", day)), None)
    said = (f"{key}: {value}".removeprefix(": ") for key, value in stated.items() if key not in _TITLE_KEYS)
    facts = (Line(BlockKind.PARAGRAPH, text) for text in said)
    return replace(lay_out(after_heading(lines_of_html(html), facts)), title=title, published=published)


def _stated(fence: str, text: str) -> dict[str, str]:
    """What front matter says, in YAML or TOML: each key with its value as text. Broken front matter is kept whole."""
    import yaml

    try:
        said = tomllib.loads(text) if fence == "+++" else yaml.safe_load(text)
    except (tomllib.TOMLDecodeError, yaml.YAMLError, ValueError):  # the last for impossible dates
        said = None
    if not isinstance(said, dict):
        return {"": " ".join(text.split())}
    return {str(key).casefold(): _as_text(value) for key, value in said.items() if value is not None}


def _as_text(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_as_text(one)}" for key, one in value.items())
    return ", ".join(map(_as_text, value)) if isinstance(value, list) else " ".join(str(value).split())


def _read_table(text: str, name: str) -> ReadDocument:
    """A table in text form; quoted line breaks are spaces, a first line "sep=;" names the divider."""
    divider = None
    if stated := _STATED_DIVIDER.match(text):
        divider, text = stated[1], text[stated.end() :]
    previous = csv.field_size_limit(_CELL_CHARS)
    try:
        table = csv.reader(io.StringIO(text), delimiter=divider or _divider(text[:20_000]))
        rows = [cells_of(" ".join(join_lines(cell.split("\n")).split()) for cell in row) for row in table]
    except csv.Error as error:
        raise LimitExceeded(
            f"{name} har en cell med mer än {_CELL_CHARS} tecken; kontrollera citattecknen eller dela upp filen."
        ) from error
    finally:
        csv.field_size_limit(previous)
    return lay_out(table_lines(rows))


def _divider(head: str) -> str:
    """The sign that stands outside quotes in most lines, and as many times in each."""
    lines = [line for line in re.sub(r'"[^"]*"', "", head).split("\n")[:50] if line.strip()]

    def evenness(sign: str) -> tuple[int, int]:
        counts = Counter(line.count(sign) for line in lines if sign in line)
        return max(counts.values(), default=0), max(counts, default=0)

    return max(_DIVIDERS, key=evenness)


def _read_rich_text(data: bytes, name: str) -> ReadDocument:
    try:
        text = _without_codes(data.decode("cp1252", errors="replace"))
    except (ValueError, LookupError, TypeError) as error:
        raise DamagedFile(f"{name} är skadad och kan inte läsas; hämta filen på nytt från källan.") from error
    unread: Unread = Counter({_PICTURE: data.count(b"\\pict")})
    lines = _rich_lines(clean(text).split("\n"))
    title = re.search(rb"\{\\info.{0,2000}?\{\\title ([^}]*)\}", data, re.DOTALL)
    stated = clean(_without_codes("{\\rtf1 " + title[1].decode("cp1252", errors="replace") + "}")) if title else ""
    return replace(with_unread(lay_out(lines), unread), title=stated.strip() or None)


def _without_codes(text: str) -> str:
    from striprtf.striprtf import rtf_to_text

    return str(rtf_to_text(text, errors="replace"))  # type: ignore[no-untyped-call]


def _rich_lines(lines: Iterable[str]) -> Iterator[Line]:
    """Each line is a paragraph of the file; rows of a table come with a divider after each cell."""
    for is_row, group in groupby(lines, lambda line: line.rstrip().endswith("|")):
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
    read = replace(read, report=replace(read.report, warnings=warnings))
    return replace(read, title=str(message["subject"] or "").strip() or None, published=sent)
