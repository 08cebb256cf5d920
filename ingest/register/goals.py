"""Goals with their figures: what should reach which value, by which year, counted from which, and how it went."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ingest.documents import Passage, PassageKind
from ingest.register.entries import Goal, Mention
from ingest.register.goal_outcomes import stems, with_outcomes
from ingest.register.goal_tables import GoalRow, goal_rows
from ingest.register.headed import heading_index, items

GOALS = re.compile(
    r"(?:\d{1,2}(?:\.\d{1,2})*\.?\s+)?(?:(?:våra|länets|regionens|regionala|strategiska|övergripande|"
    r"långsiktiga|mätbara|gemensamma|de|uppföljningsbara) ){0,3}"
    r"(?:mål|målen|delmål|delmålen|effektmål|resultatmål|målsättning(?:ar)?|utvecklingsmål|mål och "
    r"(?:indikatorer|mått))(?: (?:för|till|i|inom|20\d\d).*)?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?:\d{1,2}(?:\.\d{1,2})*\.?\s+)?(?:delmål|mål|effektmål) \d{1,2}(?:\.\d)?\s*[:.–-]?\s+(?P<text>.{3,})",
    re.IGNORECASE,
)
_STATED = re.compile(
    r"\b(?:målet|målsättningen|delmålet) (?:är|för [^.,]{3,60} är)\b|\bska\b[^.]*\b(?:minst|högst|"
    r"senast|uppgå till|(?:öka|minska)\w*)\b",
    re.IGNORECASE,
)
_YEAR = r"(?:19|20)\d\d"
_ANY_YEAR = re.compile(rf"(?<![\d,.]){_YEAR}(?![\d,.]\d)")
_RANGE = re.compile(rf"({_YEAR})\s?[–-]\s?({_YEAR})|\bfrån\b[^.;]*?\b({_YEAR})\b[^.;]*?\btill\b[^.;]*?\b({_YEAR})\b")
_BASE = re.compile(
    rf"(?:jämfört med|jämfört med nivån|i förhållande till|sedan|basår|från|utgångsläge|\()(?: år| "
    rf"nivån)?[^.;()]{{0,30}}?\b({_YEAR})\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"(?<![\d–-])(?P<value>\d{1,3}(?:[ \u00a0]\d{3})+(?!\d)(?:,\d+)?|\d+(?:[.,]\d+)?)(?:\s?(?P<unit>%|"
    r"procentenheter|procent|promille|[a-zåäö][\wåäö-]*(?: per [\wåäö]+(?: och [\wåäö]+)?)?))?"
)
_TOWARDS = re.compile(
    r"(?:minst|högst|till|uppgå till|med|under|över|överstiga|understiga|nå|vara|cirka|ca|maximalt)\s+\Z", re.IGNORECASE
)
_MONTHS = frozenset("januari februari mars april maj juni juli augusti september oktober november december".split())
_NO_UNIT = frozenset("och eller i till av är ska kommer som under från med för senast år jämfört".split())
_LEADING = re.compile(
    rf"^(?:(?:mellan|under|år|till|till år|senast|senast år|fram till|i) "
    rf")+{_YEAR}(?:\s?[–-]\s?{_YEAR})? (?:ska|skall|bör) ",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"^(?:minst|högst|cirka|ca) [\d,. ]+ ?(?:%|procent) av (?P<what>.+?) (?:ska|skall|kommer|bör)\b", re.IGNORECASE
)
_MEASURED = re.compile(
    r"\b(?:indikator(?:er)?|mått|nyckeltal|mäts (?:med|genom|som)):? (?P<what>[^.;]{3,})", re.IGNORECASE
)
_VERB = re.compile(
    r" (?:ska|skall|bör|öka|minska|uppgå|förbättras|vara|kommer|ha|halveras|fördubblas)\b", re.IGNORECASE
)


def find_goals(passages: Sequence[Passage]) -> tuple[Goal, ...]:
    """The goals of all documents in reading order; the same goal stated twice, or in a table too, is given once."""
    goals: list[Goal] = []
    seen: set[frozenset[str]] = set()
    for passage, start, end, heading in _stretches(passages):
        goal = _goal(passage, start, end, heading)
        key = stems(goal.title)
        if key not in seen:
            seen.add(key)
            goals.append(goal)
    return tuple(with_outcomes(_with_tables(goals, passages), passages))


_LABEL = re.compile(r"\W*([A-ZÅÄÖ]{0,2}\d{1,2}(?:\.\d{1,2})*)\.?[ |]")


def _with_tables(goals: list[Goal], passages: Sequence[Passage]) -> list[Goal]:
    """The goals with those of tables: one that a sentence states already only takes its outcome from the table."""
    order = {passage.id: number for number, passage in enumerate(passages)}
    texts = {passage.id: passage.text for passage in passages}
    joined = list(goals)
    for row in goal_rows(passages):
        goal = _goal_of_row(row)
        own = stems(goal.title)
        same = next(
            (
                n
                for n, other in enumerate(joined)
                if _agree(goal, other) and (_same_goal(own, goal, other) or _same_label(goal, other, texts))
            ),
            None,
        )
        if same is None:
            joined.append(goal)
        elif goal.outcome and not joined[same].outcome:
            joined[same] = replace(joined[same], outcome=goal.outcome)
    return sorted(joined, key=lambda goal: (order[goal.mention.passage_id], goal.mention.start))


def _goal_of_row(row: GoalRow) -> Goal:
    mention = Mention(row.passage.id, row.start, row.end)
    target = re.sub(r"[()]|(?<!\d)[-–−](?=\d)", " ", row.target)
    value, unit = _figure(target.partition(": ")[2] or target)
    year, base = _years(target)
    told = any(letter.isdigit() for letter in row.outcome)
    return Goal(
        row.title, row.indicator, row.target, value, unit, year, base, row.passage.section, mention,
        mention if told else None,
    )  # fmt: skip


def _same_goal(own: frozenset[str], goal: Goal, other: Goal) -> bool:
    """Whether two statements are of one goal: the shorter title is all within the longer ("Ökad export" and its fuller
    wording), or the target and year are the same and words are shared.
    """
    others = stems(other.title)
    if own and others and (own <= others or others <= own):
        return True
    figures = goal.value and goal.year and (goal.value, goal.year) == (other.value, other.year)
    return bool(figures and own & stems(f"{other.title} {other.target} {other.indicator}"))


def _same_label(goal: Goal, other: Goal, texts: Mapping[str, str]) -> bool:
    """Whether two rows go by one number ("2.1") and have one target."""
    labels = [_LABEL.match(texts[one.mention.passage_id], one.mention.start) for one in (goal, other)]
    return goal.value == other.value is not None and all(labels) and len({one[1] for one in labels if one}) == 1


def _agree(goal: Goal, other: Goal) -> bool:
    """Whether two statements of a goal can be of one target; the next strategy's is another goal."""
    pairs = ((goal.value, other.value), (goal.year, other.year))
    return all(one == another or one is None or another is None for one, another in pairs)


def _stretches(passages: Sequence[Passage]) -> Iterator[tuple[Passage, int, int, str | None]]:
    """Where goals stand: items and sentences under goal headings, and sentences elsewhere that state a target."""
    seen: set[str] = set()
    for passage in passages:
        numbered = next((match for text in passage.section if (match := _NUMBERED.fullmatch(text.strip()))), None)
        if numbered and numbered["text"] not in seen and passage.sentences:
            seen.add(numbered["text"])
            yield passage, *_best_sentence(passage), numbered["text"]
            continue
        if numbered:
            continue
        place = heading_index(passage.section, GOALS)
        headed = place is not None and place >= len(passage.section) - 2
        listed = list(items(passage)) if headed else []
        for start, end in listed:
            yield passage, start, end, None
        if not listed and passage.kind not in (PassageKind.FOOTNOTE, PassageKind.TABLE):
            for start, end in passage.sentences:
                text = passage.text[start:end]
                if _STATED.search(text) and _has_target(text, headed):
                    yield passage, start, end, None


def _best_sentence(passage: Passage) -> tuple[int, int]:
    return next(
        (place for place in passage.sentences if _FIGURE.search(passage.text[slice(*place)])), passage.sentences[0]
    )


def _has_target(text: str, headed: bool) -> bool:
    """A sentence outside goal lists needs both a figure and a year to count as a goal, inside one of them."""
    years = bool(_ANY_YEAR.search(text))
    figure = bool(_figure(text)[0])
    return (years or figure) if headed else (years and figure)


def _goal(passage: Passage, start: int, end: int, heading: str | None) -> Goal:
    text = passage.text[start:end]
    title, target = (heading, text) if heading else _title_and_target(passage, start, end)
    value, unit = _figure(target)
    year, base = _years(target)
    return Goal(
        title=" ".join(title.split()).rstrip(" ."),
        indicator=_indicator(target),
        target=" ".join(target.split()),
        value=value,
        unit=unit,
        year=year,
        base_year=base,
        section=passage.section,
        mention=Mention(passage.id, start, end),
    )


def _title_and_target(passage: Passage, start: int, end: int) -> tuple[str, str]:
    """A goal's short title is its first sentence or what stands before a colon; one that is all target is its own
    title.
    """
    sentences = [(max(s, start), e) for s, e in passage.sentences if s < end and e > start]
    text = passage.text[start:end]
    if len(sentences) > 1:
        return passage.text[slice(*sentences[0])], passage.text[sentences[1][0] : end]
    head, colon, rest = text.partition(": ")
    if colon and len(head) < 80 and not _ANY_YEAR.search(head):
        return head, rest
    return text, text


def _indicator(target: str) -> str:
    """What is measured: the subject of the target sentence."""
    text = " ".join(target.split())
    if measured := _MEASURED.search(text):
        return measured["what"]
    share = _SHARE.match(text)
    if share:
        return "Andel av " + share["what"]
    bare = _LEADING.sub("", text)
    verb = _VERB.search(bare)
    subject = bare[: verb.start()] if verb else bare.rstrip(".")
    return subject[:1].upper() + subject[1:]


def _figure(text: str) -> tuple[str | None, str | None]:
    """The target figure and its unit: the one that a word such as "minst" or "till" leads to, else the first."""
    found: list[tuple[bool, str, str | None]] = []
    for match in _FIGURE.finditer(text):
        value = match["value"]
        if (
            re.fullmatch(_YEAR, value)
            or text[match.end() :].startswith(("–", "-"))
            or _in_brackets(text, match.start())
        ):
            continue
        unit = match["unit"]
        if unit in _MONTHS:
            continue
        if unit in _NO_UNIT:
            unit = None
        found.append((bool(_TOWARDS.search(text, 0, match.start())), value, unit))
    towards = [entry for entry in found if entry[0]]
    chosen = towards[-1] if towards else found[0] if found else (False, None, None)
    return chosen[1], chosen[2]


def _in_brackets(text: str, position: int) -> bool:
    return text.rfind("(", 0, position) > text.rfind(")", 0, position)


def _years(text: str) -> tuple[int | None, int | None]:
    """The target year and the base year."""
    spread = _RANGE.search(text)
    if spread:
        base, target = (group for group in spread.groups() if group)
        return int(target), int(base)
    base_match = _BASE.search(text)
    base_year = base_match[1] if base_match else None
    others = [
        match.group()
        for match in _ANY_YEAR.finditer(text)
        if base_match is None or match.start() != base_match.start(1)
    ]
    return (max(map(int, others)) if others else None), (int(base_year) if base_year else None)
