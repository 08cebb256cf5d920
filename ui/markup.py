"""What may be shown: answers hold text from documents and models, and neither may bring links, images or HTML.

In Markdown all that could become a link, an image, HTML or code is escaped; what stays is emphasis, headings, lists,
quotes and tables. The only links are the citation marks that the program puts in itself. For formats that are no
Markdown (Word, PDF, the clipboard) the text is taken apart into blocks of runs. The page's HTML comes from templates in
which every value is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Literal

from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from assistant.catalogue import Catalogue

_TOKEN = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])"  # already escaped by the author
    r"|\[(?P<mark>\d{1,4})\](?![(:])"
    r"|(?P<active>[<\[\]`~@]|://|www\.|\$\$)"  # HTML, links, code, addresses, formulas
    r"|^(?P<heading>\#{1,6})(?=\s)"
    r"|^(?P<indent> {4,}| *\t[ \t]*)|(?P<gap>(?<=\S)(?: {2,}| *\t[ \t]*))",  # would become a code block
    re.IGNORECASE | re.MULTILINE,
)
_SPECIAL = re.compile(r"[\\`*_\[\]<>#|~&@]|://|www\.|^[-+](?=[\s-]|$)|^\d{1,9}[.)](?=\s|$)", re.IGNORECASE)
_DEEPEST_INDENT = 3  # a line that is indented further is code
_HIGHEST_HEADING = 3  # the page itself uses levels 1 and 2

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


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("ui"), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )


def render(name: str, catalogue: Catalogue, values: Mapping[str, object]) -> Markup:
    """The template `name`.html with `values`; in it, `text` gives a text of the catalogue.

    What comes back is markup: put into another template it is not escaped again.
    """
    return Markup(_environment().get_template(f"{name}.html").render({"text": catalogue.text, **values}).strip())


def count_text(key: str, count: int, catalogue: Catalogue) -> str:
    """The sentence of `key` with the count, in its form for one where there is one."""
    return catalogue.text(f"{key}_one" if count == 1 else key, {"count": str(count)})


def safe_markdown(text: str, targets: Mapping[int, str]) -> str:
    """`text` with its marks [n] linked to `targets[n]` and all else that could act made plain; unknown marks stay text.

    An empty target leaves the mark as it is, for text that is not shown in a browser.
    Backslash escapes already in the text are kept, so that text from a careful author is not escaped twice.
    """

    def replace(match: re.Match[str]) -> str:
        mark, kind = match["mark"], match.lastgroup
        if kind == "escaped":
            return "&lt;" if match["escaped"] == "<" else match[0]
        if kind == "mark":
            target = targets.get(int(mark))
            return f"\\[{mark}\\]" if target is None else f"[[{mark}]]({target})" if target else match[0]
        if kind == "heading":
            return "#" * min(6, len(match["heading"]) + _HIGHEST_HEADING - 1)
        return {"indent": " " * _DEEPEST_INDENT, "gap": " "}.get(kind or "") or _escaped(match)

    return _TOKEN.sub(replace, text)


def escape_text(text: str) -> str:
    """Plain text as Markdown that shows exactly that text on one line."""
    folded = " ".join(text.split())
    return _SPECIAL.sub(_escaped, folded)


def _escaped(match: re.Match[str]) -> str:
    """What the browser shows as the matched characters and nothing acts on."""
    text = match[0]
    if text == "<":
        return "&lt;"
    if text[0].isalnum():  # www. or the number of a list item
        return f"{text[:-1]}\\{text[-1]}"
    return "".join("\\" + char for char in text)


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


def rich_text(markdown: str) -> str:
    """Safe Markdown as HTML for the clipboard, its marks raised."""
    shown: str = _PARSER.render(markdown.translate(_CONTROLS))
    return _MARK.sub(r"<sup>\1</sup>", shown).replace("<table>", '<table border="1">')


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
