"""How something stands, as follow-ups say it: done, late, paused, the right way, the wrong way, in words or colours."""

from __future__ import annotations

import re

from assistant.question import Question

_NOT = r"(?:ej|inte|icke)(?: \w+){0,2}? "
_STATUSES = {
    status: re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    for status, words in {
        "not begun": rf"{_NOT}(?:påbörja(?:d|de|t|ts)|starta(?:d|de|t|ts)|inle(?:dd|dda|tt|tts))",
        "not reached": rf"{_NOT}(?:upp)?(?:nå(?:dd|dda|s|tt|tts)|fyll(?:d|da|s|t|ts)|i mål)",
        "not done": rf"{_NOT}(?:klar[at]?|avsluta(?:d|de|t|ts)|färdig\w*|slutför(?:d|da|t|ts)|genomför(?:d|da|t|ts))",
        "reached": r"(?:uppnå|nå)(?:dd|dda|tt|tts|ddes)|uppfyll(?:d|da|t|ts|des)|i mål",
        "done": r"avsluta(?:d|de|t|ts|des)|slutför(?:d|da|t|ts|des)|klar[at]?"
        r"|färdig(?:a|t|ställ\w+)?|upphör(?:de|t)|pågick",
        "late": r"försena(?:d|de|t|ts)|ligger efter|efter tidplan\w*",
        "paused": r"pausa(?:d|de|t|ts|des)|vilande|inställ(?:d|da|t|ts|des)|av(?:brut(?:en|na|its)|bröts)"
        r"|stoppa(?:d|de|t|ts|des)",
        "ongoing": r"pågår|pågående|fortgår",
        "right": r"rätt(?: håll| riktning| väg)?|grön\w*|uppåt|positiv\w*|förbättra(?:s|ts|des)|framåt",
        "wrong": r"fel(?: håll| riktning| väg)?|röd\w*|nedåt|negativ\w*|försämra(?:s|ts|des)|bakåt",
        "unchanged": r"gul\w*|oförändra(?:d|de|t|ts)|står (?:och stampar|stilla)|stillastående",
    }.items()
}
_AHEAD = re.compile(r"\b(?:vara|bli|blir) \w+", re.IGNORECASE)
"""What is still to come is no status: "ska vara uppnådda 2030"."""


def statuses(text: str) -> frozenset[str]:
    """The statuses that a text tells; a negated one ("ej påbörjad") hides the status it denies."""
    found: set[str] = set()
    text = _AHEAD.sub(" ", text)
    for status, pattern in _STATUSES.items():
        text, times = pattern.subn(" ", text) if status.startswith("not") else (text, len(pattern.findall(text)))
        if times:
            found.add(status)
    return frozenset(found)


def status_asked(question: Question) -> frozenset[str]:
    """The statuses that a question asks for; the words of its names tell none ("Gröna dalen")."""
    text = question.text
    for name in question.names:
        text = text.replace(name, " ")
    return statuses(text)
