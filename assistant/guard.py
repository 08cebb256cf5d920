"""What is refused outright: attempts to steer or misuse the assistant, foreign subjects, unknown names.

The cues are about the kind of request, never about the documents. Document text never passes through here: it is data.
All else is a matter of probability (answerability.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answers import Refusal
from assistant.document_meant import document_meant
from assistant.question import Ask, Question
from assistant.span_features import Candidate
from assistant.wanted import asked_attributes, form_of, in_form, is_numbered, label_of, may_hold
from assistant.word_coverage import spelled
from ingest.documents import BlockKind
from ingest.errors import BadQuestion
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
    r"|\b(begå\w*|ta\w*|metod\w* för) självmord|\bself[- ]harm methods?\b",
    re.IGNORECASE,
)
_PERSONAL_NUMBER = re.compile(
    r"\b(telefonnummer|personnummer)\w*\b.{0,40}\b(till|åt|hos) (\w+ )?"
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


def check(text: str, maximum_chars: int, empty: str, too_long: str) -> None:
    """Raise BadQuestion with the given sentences when there is no question or it is longer than `maximum_chars`."""
    if not text.strip():
        raise BadQuestion(empty)
    if len(text) > maximum_chars:
        raise BadQuestion(too_long)


def refusal_before_search(question: Question) -> Refusal | None:
    """Why a question is refused whatever the documents hold, or None."""
    if _UNSAFE.search(question.text) or _PERSONAL_NUMBER.search(question.text):
        return "unsafe"
    if not question.names and all(term in _GENERIC for term in question.terms):
        return "too_vague"
    return None


def is_foreign(question: Question) -> bool:
    """Whether the question's wording belongs to another kind of service (weather, recipes, code, sport, health)."""
    return _FOREIGN.search(question.text) is not None


def unknown_name(question: Question, ranked: Sequence[Candidate], index: PassageIndex) -> bool:
    """Whether the question hangs on a name of which some part stands nowhere in the documents, nor in the running heads
    and feet of those that have the best sentences.
    """
    if question.english:
        return False
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


def unknown_number(question: Question, index: PassageIndex) -> bool:
    """Whether the question names a numbered thing ("revision 7") that is none of those which the documents number."""
    label = label_of(question)
    if label is None or question.english:
        return False
    numbered = any(is_numbered(label[0], one) for one in index.passages)
    return numbered and not any(may_hold(label, one) for one in index.passages)


def untold_form(question: Question, ranked: Sequence[Candidate], index: PassageIndex) -> bool:
    """Whether what is asked for (a day of adoption, a reference number, an address) is in no place of the document.

    The document is the one that the question names by its title, else that of the best sentence.
    """
    form = form_of(question)
    if form is None or question.english:
        return False
    meant = _meant(question, index) or ranked[0].passage.document_id
    texts = (one.headed_text for one in index.passages if one.document_id == meant)
    return not in_form(form, texts)


def is_of_unknown(question: Question, index: PassageIndex) -> bool:
    """Whether a figure or a sum is asked for something that the documents name nowhere: "hyran för gymnastiksalen"."""
    sums = any(attribute.name == "sum" for attribute in asked_attributes(question.text))
    if question.english or not (sums or question.ask is Ask.FIGURE):
        return False
    things = (thing for thing in _OBJECT.findall(question.text.lower()) if thing in question.terms)
    return any(not index.lexical.frequency(thing) and not spelled(thing, index.words) for thing in things)


def _meant(question: Question, index: PassageIndex) -> str | None:
    document = document_meant(question.text, index.documents)
    return document.id if document else None
