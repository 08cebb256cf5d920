"""The statements of an answer written in Markdown, each a piece of text that should carry a citation mark."""

from __future__ import annotations

import re

MARK = re.compile(r"\[\d+(?:\s*,\s*\d+)*\]")
"""A citation mark: [1], or several at once as [1, 2]."""

_SENTENCE_END = re.compile(r"[.!?…](?:[\"”»)*_]|\s?\[\d+(?:\s*,\s*\d+)*\])*\s+(?=[\"”»(*_]*[A-ZÅÄÖÉ0-9])")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(./])(?:[a-zåäö]|dir|ex|fl|dvs|osv|etc|ca|kap|nr|dnr|prop|art|sid|jfr|resp|exkl|inkl|kl|tel|dr|vs|"
    r"mnkr|mkr|tkr|mdkr|jan|feb|apr|aug|sep|sept|okt|nov|dec)\.$",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^(?:[-*+•–]|\d{1,3}[.)])\s+")
_TABLE_RULE = re.compile(r"^\|?[\s:|-]*-{3,}[\s:|-]*\|?$")
_LETTER_OR_DIGIT = re.compile(r"\w")


def statements(markdown: str) -> list[str]:
    """The sentences, list items and table rows of an answer, in order.

    Headings, rules and a table's header row state nothing; a question put back to the reader neither. A line that ends
    in a colon belongs to what it introduces. Marks after the full stop belong to the sentence before them.
    """
    pieces: list[str] = []
    for line in _lines(markdown):
        if line.startswith("|"):
            pieces.append(line)
        else:
            pieces.extend(_sentences(line))
    return [piece for piece in pieces if _LETTER_OR_DIGIT.search(MARK.sub("", piece)) and not _is_question(piece)]


def _lines(markdown: str) -> list[str]:
    """Paragraphs, list items and table rows as one line each, with lead-ins joined to what follows."""
    lines: list[str] = []
    open_paragraph = False
    for raw in markdown.splitlines():
        line = raw.strip().lstrip(">").strip()
        if _TABLE_RULE.match(line) and lines and lines[-1].startswith("|"):
            lines.pop()
            continue
        if not line or line.startswith("#") or set(line) <= set("-*_= "):
            open_paragraph = False
            continue
        starts_anew = line.startswith("|") or bool(_BULLET.match(line))
        text = _BULLET.sub("", line)
        introduced = bool(lines) and _is_lead_in(lines[-1]) and not line.startswith("|")
        if introduced or (open_paragraph and not starts_anew):
            lines[-1] = f"{lines[-1]} {text}"
        else:
            lines.append(text)
        open_paragraph = not line.startswith("|")
    return [line for index, line in enumerate(lines) if not (_is_lead_in(line) and _table_follows(lines, index))]


def _is_lead_in(line: str) -> bool:
    return not line.startswith("|") and line.rstrip("*_ ").endswith(":")


def _table_follows(lines: list[str], index: int) -> bool:
    return index + 1 < len(lines) and lines[index + 1].startswith("|")


def _sentences(line: str) -> list[str]:
    pieces: list[str] = []
    start = 0
    for end in _SENTENCE_END.finditer(line):
        if _ABBREVIATION.search(line[start : end.start() + 1]):
            continue
        pieces.append(line[start : end.end()].strip())
        start = end.end()
    pieces.append(line[start:].strip())
    return pieces


def _is_question(statement: str) -> bool:
    return MARK.sub("", statement).rstrip('"”»)*_ ').endswith("?")
