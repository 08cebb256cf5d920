"""Whether a question is answered: refusals that the wording or a name gives, and how sure the best sentences are.

The cues of refusals are about the kind of request, never about the documents, whose text is data. All else is a matter
of probability: logistic models whose weights and bands are fitted by `python -m benchmarks.fit_answers`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

from assistant.answers import Refusal
from assistant.lists.draft import ListDraft
from assistant.matching import spelled
from assistant.question import Ask, Question
from assistant.retrieval import Findings
from assistant.spans import Candidate
from assistant.wanted import asked_attributes, document_meant, form_of, is_numbered, label_of, may_hold
from ingest.documents import BlockKind
from ingest.store.passage_index import PassageIndex
from ingest.swedish import STOPWORDS, words

_BEST = 5
"""The best sentences, whose documents may have a name in their running heads."""
_UNSAFE = re.compile(
    r"\b(ignorera|glöm|bortse från|strunta i|åsidosätt|ignore|disregard|forget|override)\b.{0,60}"
    r"\b(instruktion\w*|regler\w*|prompt\w*|instruction\w*|rules|ovan|tidigare|previous)\b"
    r"|\b(system ?prompt\w*|systemmeddelande\w*|dina (instruktioner|regler)|your (instructions|rules))\b"
    r"|\b(du är nu|låtsas|rollspela|agera som|you are now|act as|pretend)\b"
    r"|\b(hitta på|fabricera|förfalska|make up|invent|fabricate)\b.{0,40}"
    r"\b(citat\w*|käll\w*|siffr\w*|quote\w*|source\w*)\b"
    r"|\b(utelämna|dölj|hoppa över|omit|hide)\b.{0,20}\b(käll\w*|hänvisning\w*|sources?|citations?)\b"
    r"|\b(utan|inga|no|without) (regler|spärrar|begränsningar|rules|limits|restrictions)\b|\bsystem\s*:"
    r"|^\W*(svara|skriv|påstå|säg|bekräfta|answer|write|say|claim|confirm)( bara| alltid)? (att|that)\b"
    r"|\b(skriv|påstå|säg|write|claim) (att|that)\b"
    r"|\b(hemadress\w*|privat\w* (adress|telefon|nummer)\w*|home address)\b"
    r"|\b(hotfull\w*|hotbrev\w*|trakassera\w*|förolämpa\w*|threaten\w*|harass\w*)\b"
    r"|\b(hacka\w*|lösenord\w*|password\w*|utan behörighet|kringgå\w*|bypass|exploit|break into|bryta sig in)\b"
    r"|\b(bygga? en bomb|bomb|sprängämne\w*|explosive\w*|drop table)\b|<\s*script"
    r"|\b(tillverka|framställ|blanda|gör|skaffa|make|produce|synthesi[sz]e)\w*\b.{0,30}"
    r"\b(\w*(stridsgas|nervgas|senapsgas|vapen|narkotika|amfetamin|brandbomb)|(mustard|nerve) gas|weapons?|napalm)\b"
    r"|\bså att det (ser ut|låter|verkar|framstår)\b|\b(förfalska|förvanska|snygga till)\b|\bmake it (look|seem)\b"
    r"|\bi (?-i:[A-ZÅÄÖ][\w-]+(?: [A-ZÅÄÖ][\w-]+)*)s namn\b|\bin the name of (?-i:[A-Z])"
    r"|\b(begå\w*|ta\w*|metod\w* för) självmord|\bself[- ]harm methods?\b"
    r"|\b(telefonnummer|personnummer)\w*\b.{0,40}\b(till|åt|hos) (\w+ )?"
    r"(tjänsteperson|handläggar|person|chef|ordförande)\w*",
    re.IGNORECASE,
)
_FOREIGN = re.compile(
    r"\b(väder|vädret|väderprognos\w*|weather|regnar|recept|recipe|baka|laga mat|dikt|poem|vits|skämt|joke|sång(text)?|"
    r"python\w*|javascript|programmera|kodsnutt|funktion som|sql|excelformel|översätt\w*|translate|"
    r"aktie\w*|börs\w*|bitcoin|lotto\w*|fotboll\w*|hockey\w*|vm[ -]?\d*|eurovision|melodifestival\w*|"
    r"horoskop|film(en)? .* (heter|bäst)|köpa|shoppa|huvudvärk|ont i|värk\w*|symptom|medicin mot|diet|banta|"
    r"huvudstad\w*|capital of|president\w*|kunglig\w*|ekvation\w*|primtal\w*|roten ur|\d+\s*[*+x]\s*\d+)\b"
    r"|^\W*(skriv|författa|write|draft)\b.{0,40}\b(insändare|debattartikel|brev|tal|pressmeddelande|uppsats|mejl|artikel"
    r"|letter|speech|essay|article|press release|email)\b"
    r"|\b(tycker|tror|anser|gillar|föredrar) du\b|\bdin (åsikt|favorit)\w*|\b(do you (think|like)|your opinion)\b"
    r"|\b(rösta|röstar) (på|i)\b|\b(vote for|who should i)\b|\b(borde|bör) jag\b"
    r"|\b(min|mitt|mina|my) (rygg|mamma|pappa|dator|telefon|lön|hund|katt|bil|chef|partner|son|dotter|fru|man)\b",
    re.IGNORECASE,
)
_MONEY_OF = re.compile(r"(\w{4,}?)(?:pengar(?:na)?|medel|medlen|stöd(?:et)?|bidrag(?:en|et)?)")
_OBJECT = re.compile(r"\bför (?:(?:en|ett|den|det|de|varje|alla) )?([^\W\d_]{7,})")
_GENERIC = frozenset(
    """
    gäller gäll går gick andra annat mer mera fler saker sak grejer kostar kosta bra dåligt nytt viktigt viktigast allt
    något någonting information info hjälp hjälpa hej tack fråga frågor svar svara hända händer hänt göra gjorts
    först sist sen det den vet veta kolla saken more else other thing things help hello thanks
    """.split()
)

_OF_BEST = ("cosine", "terms_far", "year_conflict", "kind_missing", "figure_near", "attribute_and_name", "cell_told")
"""Features of the best sentence that say how sure it is."""
_OF_BEST_TWO = ("names_far", "kind_missing")
"""Lacks that count only where neither of the two best sentences has what is missing."""
_ASKED = (Ask.FIGURE, Ask.DATE, Ask.REASON, Ask.COMPARE)


def refusal_before_search(question: Question) -> Refusal | None:
    """Why a question is refused whatever the documents hold, or None."""
    if _UNSAFE.search(question.text):
        return "unsafe"
    vague = not question.names and all(term in _GENERIC for term in question.terms)
    return "too_vague" if vague else None


def is_foreign(question: Question) -> bool:
    """Whether the question's wording belongs to another kind of service (weather, recipes, code, sport, health)."""
    return _FOREIGN.search(question.text) is not None


def is_of_unknown(question: Question, ranked: Sequence[Candidate], index: PassageIndex) -> bool:
    """Whether the question hangs on a name, a number or a form that the documents have nowhere."""
    if question.english:
        return False
    return (
        _names_unknown(question, ranked, index) or _unknown_number(question, index) or _untold(question, ranked, index)
    )


def _names_unknown(question: Question, ranked: Sequence[Candidate], index: PassageIndex) -> bool:
    """Whether some part of a name stands nowhere, nor in the running heads of those that have the best sentences."""
    parts = (part for name in question.names for part in re.findall(r"[\w:]+", name))
    proper = (part.lower() for part in parts if part[0].isupper() and not part.isdigit())
    rare = (part for part in proper if part not in STOPWORDS and not _is_told(part, index))
    unknown = {part for part in rare if not spelled(part, index.words)}
    return bool(unknown) and not unknown <= _furniture(ranked, index)


def _furniture(ranked: Sequence[Candidate], index: PassageIndex) -> set[str]:
    """The words, in lower case, that repeat on the pages of the documents with the best sentences."""
    best = dict.fromkeys(one.passage.document_id for one in ranked[:_BEST])
    blocks = (block for name in best for block in index.reading(name).blocks if block.kind is BlockKind.FURNITURE)
    return {word for block in blocks for word in words(block.text)}


def _is_told(part: str, index: PassageIndex) -> bool:
    """Whether the documents have a word in some form, without an ending ("RUS:en"), or what its money is of."""
    of_money = _MONEY_OF.fullmatch(part)
    forms = (part, f"{part}:s", part.partition(":")[0], *([of_money[1]] if of_money else []))
    return any(index.lexical.frequency(form) for form in forms)


def _unknown_number(question: Question, index: PassageIndex) -> bool:
    """Whether the question names a numbered thing ("revision 7") that is none of those which the documents number."""
    label = label_of(question)
    if label is None:
        return False
    numbered = any(is_numbered(label[0], one) for one in index.passages)
    return numbered and not any(may_hold(label, one) for one in index.passages)


def _untold(question: Question, ranked: Sequence[Candidate], index: PassageIndex) -> bool:
    """Whether what is asked for (a day of adoption, a reference number, an address) is in no place of the document.

    The document is the one that the question names by its title, else that of the best sentence.
    """
    if (form := form_of(question)) is None:
        return False
    document = document_meant(question.text, index.documents)
    meant = document.id if document else ranked[0].passage.document_id
    return not any(form.search(one.headed_text) for one in index.passages if one.document_id == meant)


def is_sum_of_unknown(question: Question, index: PassageIndex) -> bool:
    """Whether a figure or a sum is asked for something that the documents name nowhere: "hyran för gymnastiksalen"."""
    if question.english or not (question.ask is Ask.FIGURE or "sum" in asked_attributes(question.text)):
        return False
    things = (thing for thing in _OBJECT.findall(question.text.lower()) if thing in question.terms)
    return any(not index.lexical.frequency(thing) and not spelled(thing, index.words) for thing in things)


def answerability_features(
    question: Question, ranked: Sequence[Candidate], findings: Findings, followup: bool
) -> dict[str, float]:
    """What the probability rests on, by name. `ranked` comes best first and is not empty."""
    best, second = ranked[0], ranked[min(1, len(ranked) - 1)]
    other = next((one for one in ranked if one.passage.id != best.passage.id), ranked[-1])
    values = {
        "share_of_three": sum(candidate.share for candidate in ranked[:3]),
        "margin": best.score - other.score,
        "dense_first": float(findings.rows[findings.dense.argmax()] == best.row),
        "lexical_first": float(findings.rows[findings.lexical.argmax()] == best.row),
        "nearest_chosen": float(best.feature("cosine") == max(one.feature("cosine") for one in ranked)),
        "has_name": float(bool(question.names)),
        "english": float(question.english),
        "followup": float(followup),
    }
    values |= {f"best_{name}": best.feature(name) for name in _OF_BEST}
    values |= {f"two_{name}": min(best.feature(name), second.feature(name)) for name in _OF_BEST_TWO}
    return values | {f"asks_{ask.value}": float(question.ask is ask) for ask in _ASKED}


def list_features(found: ListDraft) -> dict[str, float]:
    """What the probability of a list rests on, by name."""
    features = found.features
    return {
        "read": features.read,
        "strength": features.strength,
        "known": features.known,
        "counted": features.counted,
        "points": float(features.points),
        "goal": float(found.lead_key.startswith("goal.")),
        "members": float(found.lead_key == "list.members"),
        "complete": float(found.complete),
        "rows": min(len(found.rows), 12) / 12,
        "one_row": float(len(found.rows) == 1),
        "with_cells": float(any(row.cells for row in found.rows)),
    }


def probability(features: Mapping[str, float], of: Literal["answerability", "lists"] = "answerability") -> float:
    """The logistic model 1 / (1 + exp(-(b + w·(x - m)/s))) of the features by name."""
    model = stored_weights()[of]
    scaled = (model[name]["weight"] * (x - model[name]["mean"]) / model[name]["scale"] for name, x in features.items())
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, model["bias"]["weight"] + sum(scaled)))))


def limit(of: Literal["answer", "list"]) -> float:
    """The probability from which an answer or a list is given as one; below it, places to look are shown."""
    return stored_weights()["bands"][of]["limit"]


@cache
def stored_weights() -> dict[str, dict[str, dict[str, float]]]:
    """What is fitted, from answer_weights.json beside this file."""
    stored: dict[str, dict[str, dict[str, float]]] = json.loads(
        (Path(__file__).parent / "answer_weights.json").read_text(encoding="utf-8")
    )
    return stored
