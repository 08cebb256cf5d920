"""Decides which candidate names are initiatives, joins their forms into entries and finds every mention."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from ingest.documents import Passage, PassageKind
from ingest.register.describing import describe
from ingest.register.entries import Initiative
from ingest.register.enumerating import lead_in, listed
from ingest.register.headed_names import by_heading
from ingest.register.joining import ENOUGH, YEAR, Found, Key, Name, join_names, name_key, root
from ingest.register.mentions import find_mentions
from ingest.register.named_rows import by_row
from ingest.register.naming import candidates
from ingest.register.titles import Candidate
from ingest.swedish import stem

_CONTEXT = re.compile(
    r"projekt|satsning|insats|initiativ|verktyg|metod|modell|nätverk|program|strategi|investering|"
    r"plattform|samarbet|förstudie"
)
_EXAMPLES = re.compile(r"exempel|projekt|satsningar|initiativ")
_PLACE = re.compile(r"\bRegion ([A-ZÅÄÖ]\w+)|\b([A-ZÅÄÖ]\w+?)s? (?:län|kommun)\b")


def find_initiatives(passages: Sequence[Passage]) -> Iterator[Initiative]:
    """The initiatives of each document by itself, in reading order."""
    for _, group in groupby(passages, key=lambda passage: passage.document_id):
        yield from _of_document(tuple(group))


def _of_document(passages: Sequence[Passage]) -> Iterator[Initiative]:
    sentences = [(passage, start, end) for passage in passages for start, end in passage.sentences]
    running = "\n".join(passage.text for passage in passages)
    found = list(_all_candidates(sentences, running))
    names = _gather(found)
    places = _places(passages)
    for key, name in list(names.items()):
        bare = [part for part in key if not YEAR.fullmatch(part)]
        sure = "quoted" in name.weights if len(key) == 1 else max(name.weights.values()) >= ENOUGH
        if len(bare) == 1 and bare[0] in places and not sure:
            del names[key]
    _weigh_placed(names, places, running)
    found = [one for one in found if one.key in names]
    parent = join_names(names, found, sentences)
    groups: dict[Key, list[Name]] = defaultdict(list)
    for key, name in names.items():
        groups[root(parent, key)].append(name)
    accepted = [group for group in groups.values() if max(name.score for name in group) >= ENOUGH]
    accepted = [[name for name in group if name.score >= 2 or _shares(name, group)] for group in accepted]
    accepted.sort(key=lambda group: min(name.order for name in group))
    mentions = find_mentions(accepted, sentences)
    for group, named in zip(accepted, mentions, strict=True):
        entry = describe(group, named, sentences)
        if entry is not None:
            yield entry


def _places(passages: Sequence[Passage]) -> set[str]:
    """Stems of the places that the documents themselves show to be places: "Region X", "X kommun"."""
    found = (match for passage in passages for match in _PLACE.finditer(passage.text))
    bare = {match[1] or match[2] for match in found}
    return {stem(form) for name in bare for form in (name.lower(), name.lower() + "s")}


def _weigh_placed(names: Mapping[Key, Name], places: Container[str], text: str) -> None:
    """A capitalised word and one of the document's places ("Skördefest Mårdal"), written twice, is a name."""
    for key, name in names.items():
        form = next(iter(name.forms))
        if len(key) > 1 and key[-1] in places and key[0] not in places and form.istitle():
            whole = text.count(form) - sum(text.count(f"{form} {noun}") for noun in ("län", "kommun", "region"))
            if set(name.weights) <= {"capital", "context"} and whole > 1:
                name.weights["placed"] = 2


def _shares(name: Name, group: Sequence[Name]) -> bool:
    if any(form.isupper() for form in name.forms):
        return True
    return any(name.key[0] == other.key[0] or len(name.forms) > 1 for other in group if other is not name)


def _all_candidates(sentences: Sequence[tuple[Passage, int, int]], running: str) -> Iterator[Found]:
    announced: str | None = None
    placed: dict[int, list[Candidate]] = {}
    for place, (passage, start, end) in enumerate(sentences):
        if passage.kind is PassageKind.FOOTNOTE:
            continue
        if start == passage.sentences[0][0]:
            named = by_row(passage) if passage.kind is PassageKind.TABLE else by_heading(passage, running)
            placed = {at: [name] for at, name in named}
        text = passage.text[start:end]
        is_item = passage.kind is PassageKind.LIST and not text[:1].isalnum()
        if not is_item:
            announced = lead_in(text)
        context = bool(_CONTEXT.search(text.lower()))
        here = list(candidates(text, is_item))
        here += placed.get(start, ())
        if is_item and announced:
            here += listed(text, announced)
        elif _is_run_in(passage, start, text):
            here += listed(text, None)
        for candidate in here:
            if not any(_covers(other, candidate) for other in here):
                form = text[candidate.start : candidate.end]
                key = name_key(form)
                if key and not all(len(part) < 2 for part in key):
                    yield Found(candidate, form, key, place, context)


def _is_run_in(passage: Passage, start: int, text: str) -> bool:
    """Whether the sentence is but a name that opens a paragraph among examples: "Fjordlyftet. Unga från …"."""
    opens = start == 0 or passage.text[start - 1] == "\n"
    return opens and len(text.split()) <= 4 and bool(passage.section and _EXAMPLES.search(passage.section[-1].lower()))


def _covers(other: Candidate, candidate: Candidate) -> bool:
    """Whether the candidate lies within a longer one that is at least as sure."""
    longer = other.end - other.start > candidate.end - candidate.start
    return longer and other.start <= candidate.start and candidate.end <= other.end and other.weight >= candidate.weight


def _gather(found: Iterable[Found]) -> dict[Key, Name]:
    names: dict[Key, Name] = {}
    for one in found:
        name = names.setdefault(one.key, Name(one.key, one.place))
        name.forms[one.form] += 1
        if one.candidate.kind:
            name.kinds[one.candidate.kind] += one.candidate.weight
        kind_of_evidence = one.candidate.evidence
        name.weights[kind_of_evidence] = max(
            name.weights.get(kind_of_evidence, one.candidate.weight), one.candidate.weight
        )
        if one.context and kind_of_evidence in {"unusual", "title", "dated"}:
            name.weights["context"] = 1
        if one.candidate.weight > name.best[0]:
            name.best = (one.candidate.weight, one.place)
    return names


def join_documents(entries: Iterable[Initiative]) -> list[Initiative]:
    """Entries of different documents become one where they have the same name, or one bears the other's alias."""
    merged: list[Initiative] = []
    place_of: dict[Key, int] = {}
    for entry in entries:
        key = name_key(entry.name)
        place = place_of.get(key)
        if place is None:
            place = next((place_of[alias] for alias in map(name_key, entry.aliases) if alias in place_of), None)
        if place is None:
            place = len(merged)
            merged.append(entry)
        else:
            merged[place] = _merge(merged[place], entry)
        for form in (entry.name, *entry.aliases):
            if form == entry.name or " " in form or form.isupper():
                place_of.setdefault(name_key(form), place)
    return merged


def _merge(same: Initiative, entry: Initiative) -> Initiative:
    """One entry of two; the first gives name, section and introduction."""
    return Initiative(
        name=same.name,
        aliases=tuple(dict.fromkeys(form for form in (*same.aliases, entry.name, *entry.aliases) if form != same.name)),
        kind=same.kind if same.kind != "other" else entry.kind,
        section=same.section,
        years=tuple(dict.fromkeys((*same.years, *entry.years))),
        actors=tuple(dict.fromkeys((*same.actors, *entry.actors))),
        sums=tuple(dict.fromkeys((*same.sums, *entry.sums))),
        mentions=(*same.mentions, *entry.mentions),
        best=same.best,
    )
