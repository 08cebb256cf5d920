"""Whether a model's sentence says that the sources do not answer, in whatever words and language."""

from __future__ import annotations

import re

CANNOT_ANSWER = "EJ I KÄLLORNA"
"""What a model is told to write when the sentences do not answer."""
_PHRASE = re.compile(r"\bej\s+i\s+källorna\b", re.IGNORECASE)
_DENIAL = re.compile(
    r"\b(?:inte|ej|ingen|inget|inga|ingenting|saknas|saknar|varken|omöjligt|tyvärr|oklart|utanför|not|no|none|nothing"
    r"|cannot|unable|unfortunately|sorry|beyond|insufficient|without|\w+n['’]t|kein\w*|nicht|leider|ikke|intet|desværre"
    r"|dessverre|aucune?|pas|ei|eivät|ninguna?|não)\b",
    re.IGNORECASE,
)
_SOURCES = re.compile(
    r"\b(?:käll\w*|underlag\w*|dokument\w*|utdrag\w*|kontext\w*|information\w*|uppgift\w*|mening(?:arna|ar)|texterna|texten"
    r"|materialet|sources?|documents?|context|excerpts?|passages?|provided|quellen|kilder\w*|svara\w*|besvara\w*|answer)\b",
    re.IGNORECASE,
)
_AUTHORS = re.compile(r"\b(?:jag|i|i['’]m|ich|jeg)\b", re.IGNORECASE)
_ABOUT_SOURCES = re.compile(
    r"\b(?:käll(?:orna|meningarna|texterna|materialet)|(?:det|detta) (?:framgår|anges|nämns|går) (?:inte|ej)|underlaget"
    r"|(?:the |these )?(?:provided |given )?(?:sources|excerpts|context|sentences) (?:do|does|is|are|\w+n['’]t)"
    r"|kan (?:inte|ej) (?:svara|besvara)|(?:can ?not|can['’]t|unable to) answer)\b",
    re.IGNORECASE,
)


def is_refusal(sentence: str, marked: bool) -> bool:
    """Whether the sentence refuses. Without a mark any denial does; with one, only a denial about the sources."""
    if _PHRASE.search(sentence):
        return True
    if _DENIAL.search(sentence) is None:
        return False
    about = _ABOUT_SOURCES.search(sentence) or (_SOURCES.search(sentence) and _AUTHORS.search(sentence))
    return not marked or bool(about)
