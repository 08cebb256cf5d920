"""Which document a text means: by the words of its title, or by its kind ("strategin", "rapporten")."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ingest.documents import Document
from ingest.swedish import STOPWORDS, stem, words

REPORT = re.compile(r"uppfölj|rapport|redovisning|bokslut", re.IGNORECASE)
"""Words of titles of what follows a plan up."""
EARLIER = re.compile(r"\b(?:gamla|förra|tidigare|äldre|föregående|previous|old)\b", re.IGNORECASE)
"""Words by which a text means a document that another has replaced."""
_PLAN = re.compile(r"\b(?:strategin|rus|planen|programmet|dokumentet|strategy)\b", re.IGNORECASE)
_SAYS_REPORT = re.compile(r"\b(?:rapporten|uppföljningen|årsrapporten|redovisningen)\b", re.IGNORECASE)
_OTHER = re.compile(r"plan|program|protokoll|policy|riktlinje|frågor|nyheter|ordlista|nätverk", re.IGNORECASE)
"""Words of titles that are no strategy's: one may be called by its name alone."""
_DEFINITE = re.compile(r"(\w{4,}?)(?:met|et|en|n)")
_ENOUGH = 0.5
"""The share of a text's words that a title must have for the text to mean it."""


def document_meant(text: str, documents: Sequence[Document]) -> Document | None:
    """The document whose title a text says, else the newest of the kind that it says; None where it means none.

    One that another has replaced is meant only where the text says so.
    """
    asked = [word for word in words(text) if word not in STOPWORDS]
    best = max(documents, key=lambda one: (_said(asked, one.title), _years_said(asked, one.title)), default=None)
    if best and _said(asked, best.title) >= _ENOUGH:
        return best
    replaced = {one.supersedes for one in documents}
    holding = [one for one in documents if (one.id in replaced) == bool(EARLIER.search(text))]
    bases = _indefinite(asked)
    kind = [one for one in holding if any(said.endswith(base) for said in words(one.title) for base in bases)]
    if kind:
        return _newest(kind)
    if _SAYS_REPORT.search(text):
        return _newest(one for one in documents if REPORT.search(one.title))
    if not _PLAN.search(text):
        return None
    plain = [one for one in holding if not REPORT.search(one.title)]
    return _newest([one for one in plain if not _OTHER.search(one.title)] or plain)


def _indefinite(said: Iterable[str]) -> list[str]:
    """The definite words without their ending: "taxa" of "taxan"."""
    return [found[1] for word in said if (found := _DEFINITE.fullmatch(word))]


def _newest(documents: Iterable[Document]) -> Document | None:
    """The newest by its own year or the years of its title."""
    years = [([one.year or 0, *map(int, re.findall(r"20\d\d", one.title))], one) for one in documents]
    return max(years, key=lambda pair: max(pair[0]))[1] if years else None


def _years_said(asked: Sequence[str], title: str) -> int:
    """How many of a title's numbers are said: they tell the versions of one document apart."""
    return len({word for word in words(title) if word.isdigit()} & set(asked))


def _said(asked: Sequence[str], title: str) -> float:
    """The share of the words that the title has, or of the title's that the words have, whichever is more."""
    there, said = set(words(title)), set(asked)
    named = {stem(word) for word in there if not word.isdigit() and word not in STOPWORDS}
    whole = float(len(named) > 1 and named <= {stem(word) for word in (*said, *_indefinite(said))})
    return max(whole, len(there & said) / len(said)) if said else 0.0
