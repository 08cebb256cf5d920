"""What may be shown: answers hold text from documents and models, and neither may bring links, images or HTML.

In Markdown all that could become a link, an image, HTML or code is escaped; what stays is emphasis, headings, lists,
quotes and tables. The only links are the citation marks that the program puts in itself. The page's HTML comes from
templates in which every value is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

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

_PARSER = MarkdownIt("gfm-like", {"html": False, "linkify": False})
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])
_MARK = re.compile(r"(\[\d+\])")


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


def markdown_tokens(markdown: str) -> list[Token]:
    """Safe Markdown taken apart, without the control characters that an Office file cannot hold."""
    return _PARSER.parse(markdown.translate(_CONTROLS))


def printable(text: str) -> str:
    """Text on one line without the control characters that an Office file cannot hold."""
    return " ".join(text.translate(_CONTROLS).split())


def rich_text(markdown: str) -> str:
    """Safe Markdown as HTML for the clipboard, its marks raised."""
    shown: str = _PARSER.render(markdown.translate(_CONTROLS))
    return _MARK.sub(r"<sup>\1</sup>", shown).replace("<table>", '<table border="1">')
