"""What a list is called in its lead line: the question's noun in the indefinite plural, or "punkter"."""

from __future__ import annotations

import re

NO_NOUN = "punkter"
_DEFINITE = (
    (re.compile(r"(\w{2,}(?:ar|or|er))na"), r"\1"),
    (
        re.compile(r"(\w*(?:mål|projekt|program|nätverk|verktyg|initiativ|krav|råd|stöd|förslag|råd|exempel|bolag))en"),
        r"\1",
    ),
    (re.compile(r"(\w*område)na"), r"\1n"),
    (re.compile(r"(\w*företag)en"), r"\1"),
)
_PLURAL = re.compile(
    r"\w{3,}(?:ar|or|er)|\w*(?:områden|mål|projekt|program|nätverk|verktyg|initiativ|krav|råd|stöd|förslag|bolag|företag|"
    r"hinder|problem|län|dokument|insatser|kontor|delar|frågor|hjälpmedel|arbetssätt|evenemang|residens|ämnen|teman)",
    re.IGNORECASE,
)
_SINGULAR = re.compile(r"\w*(?:aktör|chef|ledar|läkar|kultur|natur|struktur)", re.IGNORECASE)


def plural_shown(noun: str | None) -> str:
    """The noun as "7 av 7 …" can show it; "punkter" for one whose plural is not plain."""
    if not noun:
        return NO_NOUN
    shown = noun.lower()
    for definite, bare in _DEFINITE if not _PLURAL.fullmatch(shown) else ():
        if definite.fullmatch(shown):
            shown = definite.sub(bare, shown)
            break
    return shown if _PLURAL.fullmatch(shown) and not _SINGULAR.fullmatch(shown) else NO_NOUN
