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
    r"|\[(?P<mark>\d{1,4})\](?!\()"
    r"|(?P<active>[<\[\]`~@]|://|www\.|\$\$)"  # HTML, links, code, addresses, formulas
    r"|^(?P<heading>\#{1,6})(?=\s)",
    re.IGNORECASE | re.MULTILINE,
)
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_TABLE_ROW = re.compile(r"^\s*\|.*\|\s*$", re.MULTILINE)
_HIGHEST_HEADING = 4  # the page itself uses levels 1 to 3


def safe_markdown(text: str, targets: Mapping[int, str]) -> str:
    """`text` with its marks [n] linked to `targets[n]` and all else that could act made plain; unknown marks stay text.

    Backslash escapes already in the text are kept, so that text from a careful author is not escaped twice.
    """

    def replace(match: re.Match[str]) -> str:
        if match["escaped"] is not None:
            return "&lt;" if match["escaped"] == "<" else match[0]
        if match["mark"] is not None:
            target = targets.get(int(match["mark"]))
            return f"[[{match['mark']}]]({target})" if target else f"\\[{match['mark']}\\]"
        if match["heading"] is not None:
            return "#" * min(6, max(_HIGHEST_HEADING, len(match["heading"]) + _HIGHEST_HEADING - 1))
        active = match["active"]
        if active == "<":
            return "&lt;"
        return active[:-1] + "\\." if active.lower() == "www." else "".join("\\" + char for char in active)

    return _TOKEN.sub(replace, text)


def escape_text(text: str) -> str:
    """Plain text as Markdown that shows exactly that text on one line."""
    folded = " ".join(text.split())
    return _PUNCTUATION.sub(lambda match: "&lt;" if match[0] == "<" else "\\" + match[0], folded)


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
