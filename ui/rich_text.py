"""The text of an answer as blocks of runs, for formats that are no Markdown: Word files, plain and rich text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

BlockName = Literal["heading", "paragraph", "bullet", "numbered", "quote", "head", "row"]
_PARSER = MarkdownIt("gfm-like", {"html": False, "linkify": False})
_KINDS: dict[str, BlockName] = {
    "heading_open": "heading",
    "bullet_list_open": "bullet",
    "ordered_list_open": "numbered",
    "blockquote_open": "quote",
}
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])
_MARK = re.compile(r"(\[\d+\])")


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one weight; `mark` where it is a citation mark such as "[3]"."""

    text: str
    bold: bool = False
    mark: bool = False


@dataclass(frozen=True, slots=True)
class TextBlock:
    """One paragraph, heading, list item or table row; all but rows have a single cell."""

    kind: BlockName
    cells: tuple[tuple[Run, ...], ...]


def blocks(markdown: str) -> tuple[TextBlock, ...]:
    """The blocks of safe Markdown, in order."""
    return tuple(_blocks(_PARSER.parse(markdown)))


def printable(text: str) -> str:
    """Text on one line without the control characters that an Office file cannot hold."""
    return " ".join(text.translate(_CONTROLS).split())


def plain_text(text: Sequence[TextBlock]) -> str:
    """The blocks as text that any program takes: bullets as signs, table cells with tabs between."""
    lines = []
    for block in text:
        cells = ["".join(run.text for run in cell) for cell in block.cells]
        sign = "• " if block.kind == "bullet" else ""
        gap = "" if block.kind in ("bullet", "numbered", "row") else "\n"
        lines.append(gap + sign + "\t".join(cells))
    return "\n".join(lines).strip()


def rich_text(text: Sequence[TextBlock]) -> str:
    """The blocks as HTML for the clipboard, every text escaped."""
    parts = []
    for kind, group in groupby(text, key=lambda block: "row" if block.kind == "head" else block.kind):
        body = [_cells(block) for block in group]
        if kind == "row":
            parts.append(f'<table border="1">{"".join(body)}</table>')
        elif kind in ("bullet", "numbered"):
            tag = "ul" if kind == "bullet" else "ol"
            parts.append(f"<{tag}>{''.join(f'<li>{item}</li>' for item in body)}</{tag}>")
        else:
            tag = {"heading": "h3", "quote": "blockquote"}.get(kind, "p")
            parts.extend(f"<{tag}>{item}</{tag}>" for item in body)
    return "".join(parts)


def _blocks(tokens: Sequence[Token]) -> Iterator[TextBlock]:
    inside: list[BlockName] = []
    cells: list[tuple[Run, ...]] = []
    row: BlockName = "row"
    for before, token in pairwise((Token("", "", 0), *tokens)):
        if token.type in _KINDS:
            inside.append(_KINDS[token.type])
        elif token.type.replace("_close", "_open") in _KINDS:
            inside.pop()
        elif token.type == "thead_open":
            row = "head"
        elif token.type == "tbody_open":
            row = "row"
        elif token.type == "inline" and before.type in ("th_open", "td_open"):
            cells.append(_runs(token))
        elif token.type == "tr_close":
            yield TextBlock(row, tuple(cells))
            cells = []
        elif token.type == "inline":
            yield TextBlock(inside[-1] if inside else "paragraph", (_runs(token),))


def _runs(token: Token) -> tuple[Run, ...]:
    runs: list[Run] = []
    bold = False
    for child in token.children or ():
        if child.type in ("strong_open", "strong_close"):
            bold = child.type == "strong_open"
        text = " " if child.type in ("softbreak", "hardbreak") else child.content.translate(_CONTROLS)
        runs.extend(Run(part, bold, bool(_MARK.fullmatch(part))) for part in _MARK.split(text) if part)
    return tuple(runs)


def _cells(block: TextBlock) -> str:
    cells = ["".join(_run(run) for run in cell) for cell in block.cells]
    if block.kind not in ("head", "row"):
        return cells[0]
    tag = "th" if block.kind == "head" else "td"
    return f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in cells)}</tr>"


def _run(run: Run) -> str:
    text = html.escape(run.text)
    return f"<sup>{text}</sup>" if run.mark else f"<b>{text}</b>" if run.bold else text
