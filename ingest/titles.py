"""What a document is called: its own title where that names it, and a way to tell documents of one title apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath
from urllib.parse import urlsplit

from ingest.documents import BlockKind, Document, ReadDocument

_PROGRAMS_WORDS = re.compile(
    r"""(?ix) ^(?:
      anonymous | unspecified | untitled\b.* | namnlös\w* | titel | rubrik | title | unknown
    | \(.*\) | <.*> | \[.*\] | https?://.* | about:blank | \w*_\w*
    | (?:bild|slide|sida|page|blad|sheet|ark|kapitel|layout) \s* \d*
    | (?:ny\ )? (?:microsoft\ )?(?:office\ )?(?:power\s?point|word|excel)?[- ]?
      (?:presentation|document|dokument|arbetsbok|workbook|book|bok) \s* \d*
    | microsoft\ (?:word|power\s?point|excel|office)\b.*
    | [^/\\]*\.(?:do[ct][xm]?|pp[ts][xm]?|pot[xm]?|xl[st][xm]?|pdf|indd|qxd|rtf|odt|tmp|html?|tex|dvi)
    | .*\b(?:\w*mall(?:en)?|template)\b.* | klicka\ här.* | click\ to.*
    )$"""
)
"""Titles that a program or a template has put in, names of files and addresses."""
_TITLE_CHARS = 200
_YEARS = re.compile(r"\s*\b(?:19|20)\d\d(?:\s?[–-]\s?(?:19|20)?\d\d)?\Z")


def is_sensible_title(title: str) -> bool:
    """Whether a stated title is a title: words for the most part, and no file name, template's or program's default."""
    letters = sum(map(str.isalpha, title))
    return letters >= 4 and letters >= 0.4 * len(title) and not _PROGRAMS_WORDS.match(title)


def sensible_title(read: ReadDocument, media_type: str) -> str | None:
    """The stated title where it is one, else the first heading near the beginning, None where there is none.

    Headings of a workbook name sheets: there it is the caption of the first table.
    """
    stated = " ".join((read.title or "").split())
    if is_sensible_title(stated):
        return stated
    kind = BlockKind.CAPTION if media_type in ("xlsx", "ods", "csv") else BlockKind.HEADING
    texts = (" ".join(block.text.split()) for block in read.blocks[:12] if block.kind is kind)
    return next((text for text in texts if len(text) <= _TITLE_CHARS and not _PROGRAMS_WORDS.match(text)), None)


def told_apart(documents: Sequence[Document]) -> dict[str, str]:
    """A title for each document id; documents of one title get what parts them: year, period, publisher, file or id.

    A mark from an earlier time is taken off first.
    """
    plain = {document.id: plain_title(document) for document in documents}
    titles = dict(plain)
    for title, count in Counter(title.casefold() for title in plain.values()).items():
        alike = [document for document in documents if plain[document.id].casefold() == title]
        if count > 1:
            marks = zip(*map(_marks, alike), strict=True)
            chosen = next(kind for kind in marks if all(kind) and len(set(kind)) == count)
            titles |= {one.id: f"{plain[one.id]} ({mark})" for one, mark in zip(alike, chosen, strict=True)}
    return titles


def plain_title(document: Document) -> str:
    """The title without what tells the document apart from others."""
    endings = (f" ({mark})" for mark in _marks(document) if mark)
    return next((document.title.removesuffix(end) for end in endings if document.title.endswith(end)), document.title)


def title_parts(title: str) -> list[str]:
    """The parts of a title by which a text may call the document: "Ljus i dalen" of "Ljus i dalen – program 2010"."""
    return [part.strip() for part in re.split(r"[.:] | [–—-] ", title)]


def without_years(title: str) -> str:
    """A title without the years at its end: "Läget" of "Läget 2024", "Vägen dit" of "Vägen dit 2024–2030"."""
    return _YEARS.sub("", title)


def _marks(document: Document) -> tuple[str, ...]:
    """What may part a document from others of its title, the best first; the id always does."""
    return (
        str(document.year or ""),
        "–".join(filter(None, (document.valid_from, document.valid_to))),
        document.publisher or "",
        PurePath(document.path or urlsplit(document.url or "").path).name,
        document.id,
    )
