"""Markdown that may be shown: answers hold text from documents and models, and neither may bring links, images or HTML.

Everything that could become a link, an image, HTML or code is escaped; what stays is emphasis, headings, lists, quotes
and tables. The only links are the citation marks that the program puts in itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assistant.answers import Row

_TOKEN = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])"  # already escaped by the author
    r"|\[(?P<mark>\d{1,4})\](?![(:])"
    r"|(?P<active>[<\[\]`~@]|://|www\.|\$\$)"  # HTML, links, code, addresses, formulas
    r"|^(?P<heading>\#{1,6})(?=\s)"
    r"|^(?P<indent> {4,}| *\t[ \t]*)|(?P<gap>(?<=\S)(?: {2,}| *\t[ \t]*))",  # would become a code block
    re.IGNORECASE | re.MULTILINE,
)
_SPECIAL = re.compile(r"[\\`*_\[\]<>#|~&@]|://|www\.|^[-+](?=[\s-]|$)|^\d{1,9}[.)](?=\s|$)", re.IGNORECASE)
_TABLE_ROW = re.compile(r"^\s*\|.*\|\s*$", re.MULTILINE)
_DEEPEST_INDENT = 3  # a line that is indented further is code
_HIGHEST_HEADING = 3  # the page itself uses levels 1 and 2


def safe_markdown(text: str, targets: Mapping[int, str]) -> str:
    """`text` with its marks [n] linked to `targets[n]` and all else that could act made plain; unknown marks stay text.

    An empty target leaves the mark as it is, for text that is not shown in a browser.
    Backslash escapes already in the text are kept, so that text from a careful author is not escaped twice.
    """

    def replace(match: re.Match[str]) -> str:
        if match["escaped"] is not None:
            return "&lt;" if match["escaped"] == "<" else match[0]
        if match["mark"] is not None:
            target = targets.get(int(match["mark"]))
            if target is None:
                return f"\\[{match['mark']}\\]"
            return f"[[{match['mark']}]]({target})" if target else match[0]
        if match["heading"] is not None:
            return "#" * min(6, max(_HIGHEST_HEADING, len(match["heading"]) + _HIGHEST_HEADING - 1))
        if match["indent"] is not None:
            return " " * _DEEPEST_INDENT
        if match["gap"] is not None:
            return " "
        return _escaped(match)

    return _TOKEN.sub(replace, text)


def escape_text(text: str) -> str:
    """Plain text as Markdown that shows exactly that text on one line."""
    folded = " ".join(text.split())
    return _SPECIAL.sub(_escaped, folded)


def has_table(text: str) -> bool:
    """Whether `text` holds a Markdown table (a head, a rule and a row)."""
    return len(_TABLE_ROW.findall(text)) > 2


def columns(rows: Sequence[Row]) -> tuple[str, ...]:
    """The names of all cells of `rows`, in order of first appearance."""
    return tuple(dict.fromkeys(name for row in rows for name, _ in row.cells))


def rows_table(rows: Sequence[Row], name_heading: str, marks_heading: str) -> str:
    """The rows of a list answer as a Markdown table whose last column holds the marks [n]."""
    names = columns(rows)
    lines = [[escape_text(name_heading), *(escape_text(name) for name in names), escape_text(marks_heading)]]
    lines.append(["---"] * len(lines[0]))
    for row in rows:
        cells = dict(row.cells)
        marks = " ".join(f"[{mark}]" for mark in row.marks)
        lines.append([escape_text(row.name), *(escape_text(cells.get(name, "")) for name in names), marks])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _escaped(match: re.Match[str]) -> str:
    """What the browser shows as the matched characters and nothing acts on."""
    text = match[0]
    if text == "<":
        return "&lt;"
    if text[0].isalnum():  # www. or the number of a list item
        return f"{text[:-1]}\\{text[-1]}"
    return "".join("\\" + char for char in text)
