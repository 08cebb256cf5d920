"""A list question read as constraints that each thing in the list must meet.

Knows the names that the documents know, and the vocabulary's closed classes; never looks at what the documents say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from assistant.lists.constraints import (
    Amount,
    Constraint,
    ListQuestion,
    Party,
    Priority,
    Standing,
    Subject,
    Years,
    names_it,
    read_parties,
    read_sources,
)
from assistant.lists.material import Material, kinds_of, part_number
from assistant.lists.times import states_asked, years_asked
from assistant.question import IMPERATIVE, Ask, Question
from ingest.facts.figures import YEAR_FORM, kronor, sums_asked
from ingest.facts.headed import part_title
from ingest.facts.types import EntityKind
from ingest.facts.vocabulary import MONTHS, NUMERALS, expression, kind_of, said, table, terms
from ingest.swedish import STOPWORDS, content_words, stem

_WHAT = re.compile(
    r"(?:.*[–:.] )?\W*(?:och )?(?:i )?(?:vad|vilka|visa|var)\b"
    r"(?! (?:är|var|heter|betyder|innebär) \w+\W*$| (?:fick|får|menas|kosta\w*)\b)",
    re.IGNORECASE,
)
_IMPERATIVE = re.compile(rf"\b(?:{IMPERATIVE})\b", re.IGNORECASE)
_APART = re.compile(
    r" (?:(?:(?:bara )?med )?utan att (?:\w+ ){0,5}(?:\w*äg|huvudman|ansvar|led[ae]|driv|håll[ae]r? i)\w*(?: \w+)?"
    r"|(?:men|och) inte (?:\w+ ){0,2}(?:\w*äg|huvudman|ansvar|led|driv)\w*|som partner\b)"
)
"""Taking part without being the owner."""
_ASKING = re.compile(
    rf"\b(?:vilka|vilket|hur många|{IMPERATIVE}|which|how many|finns det (?:några|något|någon))\b", re.IGNORECASE
)
_OPENER = re.compile(
    rf"(?:(?:i|inom|under|på|för|med|till|av|från|mellan|genom) )?(?:vilka|vilken|vilket|hur många|{IMPERATIVE}"
    r"|vad heter|finns det (?:några|något|någon)|vad|which|what|how many)\b(?: (?:är|var|are|were)\b)?"
    r"(?: ?(?:av|det|de|alla|samtliga|the|all|olika|andra|nya|våra|dessa|egna|listan över|en lista över"
    r"|en lista på|(?:finns|fanns|har \w+)(?: det)? för(?: (?:några|slags|sorters))?)\b)*",
    re.IGNORECASE,
)
_PAID_BY = re.compile(r"\b(?:kronor|miljoner|mnkr|mkr|tkr) (?:\w+ )?(?:i|från|ur|av)\b")
_LET_IN = re.compile(
    r"\?\s+(?:Räkna|Ta|Även|Inklusive|Namnge)\b(?! inte)[^?]*$|, (?:ta med|inklusive)\b[^?]*|, [^,?]*\binräkna\w+"
)
"""A sentence after the question that lets in more, and narrows nothing."""
_OVER = ("mer än", "större än", "över", "minst", "more than", "over", "överstiger")


def is_list(question: Question, asked: ListQuestion) -> bool:
    """Whether the question asks for several things by name: in so many words, or for what has a part, a status or a
    time in common ("Vad finansierar Vinnova?").
    """
    if expression("cues", "asks_list").search(question.text) or _IMPERATIVE.search(question.text):
        return True
    shared = any(
        isinstance(one, Standing)
        or (isinstance(one, Party) and one.role != "any")
        or (isinstance(one, Years) and one.event not in ("during", "over"))
        for one in asked.constraints
    )
    plain = not asked.about and not asked.noun and question.ask is not Ask.FIGURE
    return shared and plain and _WHAT.match(question.text) is not None


def read_request(question: Question, material: Material) -> ListQuestion:
    """Read what a list question asks for, with the names that facts and passages know."""
    text = _APART.sub(" delta", _LET_IN.sub("", question.text).rstrip(" ?.!"))
    noun, kinds, modifier = noun_of(text)
    acting = any(said("asked_roles", role).search(text) for role in table("asked_roles"))
    about = tuple(
        entity.name
        for entity in material.efforts
        if names_it(entity, text) and not (acting and kinds is not None and entity.name in material.parties)
    )
    sources, used = read_sources(text, material)
    apart = _APART.search(question.text) is not None
    parties = [
        replace(one, apart=apart and one.role == "participant") for one in read_parties(text, material, about, modifier)
    ]
    priority = _priority(text, material)
    own_states = [state for state in material.states if re.search(rf"\b{state}\b", text.lower())]
    standing = states_asked(text) or [Standing(frozenset([state])) for state in own_states[:1]]
    payer = next((one for one in parties if one.role == "funder" and not one.denied and _PAID_BY.search(text)), None)
    amounts = [replace(one, payer=payer) for one in _amounts(text)]
    constraints: list[Constraint] = [*standing, *years_asked(text), *amounts, *priority, *parties]
    for party in parties:
        used |= {word for name in party.names for form in (name, f"{name}s") for word in content_words(form)}
    used |= (
        {word for name in about for word in content_words(name)} | {noun.lower(), material.region} | _cue_words(text)
    )
    used |= {word for state in own_states for word in content_words(state)}
    used |= {word for word in content_words(text) if priority and stem(word) in priority[0].title}
    used |= {word for word in content_words(text) if priority and word.startswith(material.part_words)}
    used |= {word for word in content_words(text) if kinds is not None and kinds_of(word) is not None}
    used |= {word for word in re.findall(rf"\b{noun} (?:och|eller|samt) (\w+)", text) if noun and kind_of(word)}
    numbers = {part.number for part in priority if part.number}
    used |= {word for one in material.numbered if part_number(one) in numbers for word in content_words(one)}
    rest = [word for word in content_words(text) if word not in used and not _is_read(word)]
    if modifier and not _is_read(modifier) and not any(modifier in name for party in parties for name in party.names):
        rest.insert(0, modifier)
    if rest:
        constraints.append(Subject(tuple(dict.fromkeys(rest))))
    return ListQuestion(
        noun,
        kinds,
        tuple(constraints),
        _count(text),
        sources,
        about,
        re.search(r"(?:tabell(?:en)?|listan)\b", text) is not None,
        _share_read(text, rest, constraints, used),
    )


def _share_read(text: str, rest: list[str], constraints: list[Constraint], used: set[str]) -> float:
    """The share of the content words that were understood; words that are true of everything count where nothing but
    they narrow what is asked for.
    """
    asked = content_words(text)
    plain = terms("questions", "plain")
    if said("questions", "unread").search(text):
        return 0.0
    unread = rest if constraints else [word for word in asked if word not in used and word not in plain]
    return 1.0 - len(unread) / max(1, len(asked))


def _cue_words(text: str) -> set[str]:
    """The words of all that a status, a time or a part is asked for with: "i förtid", "löper ut"."""
    cues = [said(section, name) for section in ("status_asked", "asked_roles") for name in table(section)]
    cues += [expression("times", f"asked_{event}") for event in ("start", "end", "adopted")]
    return {word for cue in cues for match in cue.finditer(text) for word in content_words(match[0])}


def _is_read(word: str) -> bool:
    """Whether a word asks, is read by a constraint or is true of everything, so that it is no subject."""
    return (
        word in terms("questions", "generic") | terms("questions", "parts") | terms("questions", "any_part")
        or word in NUMERALS
        or word in MONTHS
        or re.fullmatch(rf"{YEAR_FORM}(?:-{YEAR_FORM})?|[\d ]+|\d+[.,]\d+", word) is not None
        or any(said("status_asked", status).fullmatch(word) for status in table("status_asked"))
        or any(expression("times", f"asked_{event}").fullmatch(word) for event in ("start", "end", "adopted"))
    )


def _count(text: str) -> int | None:
    match = re.search(r"\b(?:vilka|which)(?: är| var| are)?(?: de| the)? (\w+)\b", text, re.IGNORECASE)
    word = match[1].lower() if match else ""
    return NUMERALS.get(word) or (int(word) if word.isdigit() and int(word) < 100 else None)


def _amounts(text: str) -> Iterator[Amount]:
    for limit, written in sums_asked(text):
        # "Minst" and "högst" let the amount itself in.
        also = {"minst": -0.5, "högst": 0.5}.get(limit, 0.0)
        for value, _ in kronor(written):
            yield Amount(value + also, limit in _OVER)


def _priority(text: str, material: Material) -> list[Priority]:
    """The part of the strategy that the question names by number or by its title."""
    words = "|".join((*table("questions")["parts"].split(), *(rf"{word}\w{{0,3}}" for word in material.part_words)))
    number = r"(\d{1,2}(?:\.\d{1,2})?|(?-i:[A-ZÅÄÖ]))\b"
    if numbered := re.search(rf"\b(?:{words}) (?:[^()?]{{0,60}}\()?{number}", text, re.IGNORECASE):
        return [Priority(numbered[1].upper(), frozenset())]
    titles = [entity.name for entity in material.parts]
    for title in titles:
        for short in (title.partition(":")[0], part_title(title)):
            if len(short.split()) > 1 and short.lower() in text.lower():
                return [Priority(None, frozenset(stem(word) for word in content_words(short)))]
    if not re.search(rf"(?<!\ben )\b(?:{words})\b", text, re.IGNORECASE):
        return []
    asked = {stem(word)[:6] for word in content_words(text) if not _is_read(word)}
    titled = [*titles, *material.numbered]
    best = max(titled, key=lambda title: len({stem(w)[:6] for w in content_words(title)} & asked), default="")
    common = frozenset(stem(w) for w in content_words(best) if stem(w)[:6] in asked)
    return [Priority(part_number(best), common)] if common else []


def noun_of(text: str) -> tuple[str, frozenset[EntityKind] | None, str]:
    """The noun asked for, its kinds, and the first part of its compound."""
    match = _ASKING.search(text)
    opener = _OPENER.match(text, match.start() if match else 0)
    rest = text[opener.end() :] if opener else text
    heads = [word for word in re.findall(r"[\w-]+", rest) if word.lower() not in NUMERALS and not word.isdigit()]
    if not heads:  # "Kommunen äger några projekt. Vilka?"
        heads = [word for word in re.findall(r"[\w-]+", text) if kinds_of(word.lower())][:1]
    if kind := _kind(heads):
        return kind
    if found := re.match(r"\W*(?:och )?vad (prioritera[rs])\b", text, re.IGNORECASE):
        return found[1].lower(), None, ""
    named_after = opener is not None and re.search(r"\bför\b", opener[0])  # "Vad finns det för testbäddar?"
    if (
        not named_after
        and re.search(r"\bvad\b(?! (?:heter|får|måste|ska|kan|bör|behöver|kräv\w*)\b)", text, re.IGNORECASE)
        and not re.search(r"\bvilka\b", text, re.IGNORECASE)
    ):
        return "", frozenset(), ""
    noun = _plain_noun(heads)
    if re.match(r"\W*(?:visa|ge \w+) allt\b|\W*var(?:t| (?:är|medverkar|deltar|ingår))\b", text, re.IGNORECASE):
        return "", frozenset(), ""
    return ("" if noun.lower() in STOPWORDS or _is_verb(noun) else noun), None, ""


def _is_verb(word: str) -> bool:
    return word.lower() in terms("questions", "verbs")


def _kind(heads: list[str]) -> tuple[str, frozenset[EntityKind], str] | None:
    """The first kind noun before a verb, with the kinds of one that is joined to it."""
    for place, word in enumerate(heads[:6]):
        if found := kinds_of(word.lower()):
            kinds, first = found
            joined = heads[place + 2].lower() if heads[place + 1 : place + 2] in (["och"], ["eller"], ["samt"]) else ""
            other, also = kinds_of(joined), kind_of(joined)
            added = other[0] if other else frozenset([also[0]]) if also else frozenset()
            return word, kinds | added if kinds else kinds, first
        if _is_verb(word):
            return None
    return None


def _plain_noun(heads: list[str]) -> str:
    """The first word but an adjective, a genitive or the first part of a joined noun before it."""
    while (
        len(heads) > 1
        and re.fullmatch(r"\w+(?<!n)a|\w+(?:ande|ade|sta)|\w+s|\w+-", heads[0])
        and not _is_verb(heads[1])
    ):
        heads = heads[2:] if heads[0].endswith("-") and len(heads) > 2 else heads[1:]
    return next(iter(heads), "")
