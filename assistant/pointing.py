"""Sentences that do not stand alone: their subject, or what they follow from, was named before them."""

from __future__ import annotations

import re

_UNNAMED = re.compile(
    r"^\W*(?:(?:Den|Denna|Detta|Dessa|De|Det(?! (?:gäller|blir|verkar|återstår|går)\b))"
    r"|(?:Satsning|Modell|Insats|Metod|Tjänst|Förstudi|Rapport|Kartläggning|Samverkan|Utvärdering|Överenskommelse)e?n"
    r"|(?:Projekt|Arbet|Program|Nätverk|Verktyg|Stöd|Uppdrag|Initiativ|Samarbet)e?t)"
    r" (?:(?!här\b|där\b)[a-zåäöé]+(?:r|[adegktv]s)|ska|skulle|hade|fick|blev|gick|kom|kunde|gav|drev|startade"
    r"|kostade|pågick)\b"
)
_FOLLOWS = re.compile(
    r"^\W*(?:de[nt]?|detta|denna|dessa|här|där|då|samma|båda|därför|därmed|samtidigt|dock)\b", re.IGNORECASE
)


def lacks_subject(sentence: str) -> bool:
    """Whether the sentence is about something that it does not name ("Den drivs av …", "Satsningen startade …")."""
    return _UNNAMED.search(sentence) is not None


def points_back(sentence: str) -> bool:
    """Whether the sentence needs the one before it to be understood."""
    return _FOLLOWS.search(sentence) is not None or lacks_subject(sentence)
