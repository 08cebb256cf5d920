"""Typed text without markup: where its paragraphs and lists are, and its words freed of line-end hyphens."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.documents import BlockKind

_BULLET = re.compile(r"\s*(?:[•·▪◦‣●○–—*-]|\d{1,3}[.)]|[a-z]\))\s+(?=\S)")
_HEADING_CHARS = 90
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_REMOVED = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0e-\x1e\x7f]")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph or list item of typed text, on one line."""

    kind: BlockKind
    text: str


def clean(text: str) -> str:
    """Composed letters, plain spaces, no soft hyphens, ligatures, direction marks or control characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_LIGATURES)
    return unicodedata.normalize("NFC", _SPACES.sub(" ", _REMOVED.sub("", text)))


def paragraphs_of(text: str) -> Iterator[Paragraph]:
    """Paragraphs divided by blank lines, with their lines joined; lines that open with a bullet become list items.

    A short line of its own that begins like a title, does not end like a sentence and has text after it is a heading.
    """
    blocks = [
        lines for block in re.split(r"\n[ \t]*\n", text) if (lines := [x for x in block.split("\n") if x.strip()])
    ]
    for lines, following in zip(blocks, [*blocks[1:], []], strict=True):
        if _is_heading(lines, following):
            yield Paragraph(BlockKind.HEADING, join_lines(lines))
            continue
        item: list[str] = []
        kind = BlockKind.PARAGRAPH
        for line in lines:
            bullet = _BULLET.match(line)
            if bullet and (kind is BlockKind.LIST_ITEM or not item or item[-1].rstrip().endswith((":", "."))):
                yield from _paragraph(kind, item)
                item, kind = [], BlockKind.LIST_ITEM
            item.append(line)
        yield from _paragraph(kind, item)


def _is_heading(lines: list[str], following: list[str]) -> bool:
    line = lines[0].strip()
    if len(lines) > 1 or len(line) > _HEADING_CHARS or (line[-1] in ".,:;!?" and not line.endswith("m.m.")):
        return False
    if not (line[0].isupper() or re.match(r"\d+(?:\.\d+)*\.?\s|\d+ kap\.", line)) or _BULLET.match(line):
        return False
    return len(" ".join(following)) > 2 * len(line)


def _paragraph(kind: BlockKind, lines: list[str]) -> Iterator[Paragraph]:
    text = join_lines(lines)
    if kind is BlockKind.LIST_ITEM:
        text = re.sub(r"^[•·▪◦‣●○–—*-]\s+", "• ", text)
    if text:
        yield Paragraph(kind, text)


def join_lines(lines: list[str]) -> str:
    """One line of the given ones; a word that was divided at a line's end is made whole."""
    joined = ""
    for line in (" ".join(line.split()) for line in lines):
        if re.search(r"[^\W\d_][-\u2010]$", joined) and line[:1].islower() and not _suspended(line):
            joined = joined[:-1] + line
        else:
            joined = f"{joined} {line}" if joined else line
    return joined


def _suspended(line: str) -> bool:
    """Whether a hyphen before this line stands for a part left out, as in "studie- och yrkesval"."""
    return re.match(r"(?:och|eller|samt|and|or|som|till|än)\b", line) is not None
