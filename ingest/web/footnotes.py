"""Footnotes of a web page: known by the links from mark to note, and put where the section that marks them ends."""

from __future__ import annotations

import re

from bs4 import Tag

from ingest.web.htmltext import HEADINGS

NOTE_MARK = "data-note-mark"
"""The attribute that `bind_footnotes` gives to the element of a note: the mark that leads to it."""

_MARK = re.compile(r"[\[(]?(\d{1,3}|\*{1,3}|[a-z]|[ivx]{1,5}|[†‡])[\])]?")
_NOTE_ELEMENTS = ("li", "p", "div", "dd", "td", "aside")
_NOTE_CHARS = 1_500


def bind_footnotes(root: Tag) -> None:
    """Takes marks and the links back from the text, and puts each note before the next heading after its mark."""
    for link in root.find_all("a", href=re.compile("^#.")):
        mark = _MARK.fullmatch("".join(link.get_text().split()))
        note = _note_of(root, link) if mark is not None else None
        if mark is None or note is None or link in note.descendants:
            continue
        for back in note.find_all("a", href=re.compile("^#")):
            back.decompose()
        if not note.has_attr(NOTE_MARK):
            note[NOTE_MARK] = mark[1]
            following = link.find_next(HEADINGS)
            if isinstance(following, Tag) and root in following.parents:
                following.insert_before(note.extract())
        raised = link.find_parent("sup")
        (link if raised is None or raised.get_text(strip=True) != link.get_text(strip=True) else raised).decompose()


def _note_of(root: Tag, link: Tag) -> Tag | None:
    """The element that holds the note alone: the link's target, or what it stands in where it is empty."""
    name = str(link["href"])[1:]
    target = root.find(id=name) or root.find("a", attrs={"name": name})
    if not isinstance(target, Tag):
        return None
    if target.name not in _NOTE_ELEMENTS:
        target = target.find_parent(_NOTE_ELEMENTS)
    if not isinstance(target, Tag) or link in target.descendants or target.find(HEADINGS) is not None:
        return None
    return target if len(target.get_text()) < _NOTE_CHARS else None
