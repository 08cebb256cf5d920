"""Decides which candidate names are initiatives, joins their forms into entries and finds every mention."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import cast

from ingest.documents import Passage, PassageKind
from ingest.register.cues import CAPITAL_HEADS, PLURALS, head_of, is_actor, kind_of_head
from ingest.register.entries import Initiative, Kind, Mention
from ingest.register.joining import ENOUGH, OWNED, YEAR, Found, Key, Name, join_names, name_key, root, stem_of
from ingest.register.named_rows import by_row
from ingest.register.naming import candidates, lead_in, listed
from ingest.register.titles import Candidate
from ingest.swedish import stem, words

_SUM = re.compile(
    r"(?<![\d,:])\d+(?:[ \u00a0]\d{3})*(?:[.,]\d+)?\s?(?:kr\b|kronor|tkr|mkr|mnkr|mdkr|miljoner(?: "
    r"kronor)?|miljarder(?: kronor)?)"
)
_ACTOR = re.compile(
    r"\b(?:Region(?:en)? [A-ZÅÄÖ]\w+(?: [A-ZÅÄÖ]\w+| län)?|Länsstyrelsen(?: i [A-ZÅÄÖ]\w+ län)?|"
    r"[A-ZÅÄÖ]\w+ (?:kommun|universitet|högskola)"
    r"|[A-ZÅÄÖ]\w+(?:(?<!nät)verket|myndigheten|universitetet|förmedlingen|högskolan|kulturrådet|"
    r"styrelsen|fullmäktige|nämnden))\b"
)
_YEAR_ALONE = re.compile(rf"(?<!\w)(?:{YEAR.pattern})(?!\w)")
_CONTEXT = re.compile(
    r"projekt|satsning|insats|initiativ|verktyg|metod|modell|nätverk|program|strategi|investering|"
    r"plattform|samarbet|förstudie"
)
_PLACE = re.compile(r"\bRegion ([A-ZÅÄÖ]\w+)|\b([A-ZÅÄÖ]\w+?)s? (?:län|kommun)\b")


def find_initiatives(passages: Sequence[Passage]) -> tuple[Initiative, ...]:
    """The initiatives of all documents, in reading order; names are joined within documents, then between them."""
    entries: list[Initiative] = []
    for _, group in groupby(passages, key=lambda passage: passage.document_id):
        entries.extend(_of_document(tuple(group)))
    return tuple(_merge_documents(entries))


def _of_document(passages: Sequence[Passage]) -> Iterator[Initiative]:
    sentences = [(passage, start, end) for passage in passages for start, end in passage.sentences]
    found = list(_all_candidates(sentences))
    names = _gather(found)
    places = _places(passages)
    for key, name in list(names.items()):
        bare = [part for part in key if not YEAR.fullmatch(part)]
        if len(bare) == 1 and bare[0] in places and max(name.weights.values()) < ENOUGH:
            del names[key]
    _weigh_placed(names, places, "\n".join(passage.text for passage in passages))
    found = [one for one in found if one.key in names]
    parent = join_names(names, found, sentences)
    groups: dict[Key, list[Name]] = defaultdict(list)
    for key, name in names.items():
        groups[root(parent, key)].append(name)
    accepted = [group for group in groups.values() if max(name.score for name in group) >= ENOUGH]
    accepted = [[name for name in group if name.score >= 2 or _shares(name, group)] for group in accepted]
    accepted.sort(key=lambda group: min(name.order for name in group))
    mentions = _mentions(accepted, sentences)
    for group, named in zip(accepted, mentions, strict=True):
        entry = _entry(group, named, sentences)
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
        at_place = len(key) > 1 and key[-1] in places and key[0] not in places
        weak = set(name.weights) <= {"capital", "context"}
        if at_place and weak and form.istitle() and not is_actor(form) and text.count(form) > 1:
            name.weights["placed"] = 2


def _shares(name: Name, group: Sequence[Name]) -> bool:
    if any(form.isupper() for form in name.forms):
        return True
    return any(name.key[0] == other.key[0] or len(name.forms) > 1 for other in group if other is not name)


def _all_candidates(sentences: Sequence[tuple[Passage, int, int]]) -> Iterator[Found]:
    announced: str | None = None
    rows: dict[int, list[Candidate]] = {}
    for place, (passage, start, end) in enumerate(sentences):
        if passage.kind is PassageKind.FOOTNOTE:
            continue
        if passage.kind is PassageKind.TABLE and start == passage.sentences[0][0]:
            rows = {row: [name] for row, name in by_row(passage)}
        elif passage.kind is not PassageKind.TABLE:
            rows = {}
        text = passage.text[start:end]
        is_item = passage.kind is PassageKind.LIST and not text[:1].isalnum()
        if not is_item:
            announced = lead_in(text)
        context = bool(_CONTEXT.search(text.lower()))
        here = list(candidates(text, is_item))
        here += rows.get(start, ())
        if is_item and announced:
            here += listed(text, announced)
        for candidate in here:
            if not any(_covers(other, candidate) for other in here):
                form = text[candidate.start : candidate.end]
                key = name_key(form)
                if key and not all(len(part) < 2 for part in key):
                    yield Found(candidate, form, key, place, context)


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


def _mentions(accepted: Sequence[Sequence[Name]], sentences: Sequence[tuple[Passage, int, int]]) -> list[list[int]]:
    """For each entry the numbers of the sentences that name it, found by the stems of its names, longest first."""
    by_first: dict[str, list[tuple[Key, int, bool]]] = defaultdict(list)
    for number, group in enumerate(accepted):
        for name in group:
            exact = len(name.key) == 1 and all(form.partition(":")[0].isupper() for form in name.forms)
            by_first[name.key[0]].append((name.key, number, exact))
    for entries in by_first.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    found: list[list[int]] = [[] for _ in accepted]
    for place, (passage, start, end) in enumerate(sentences):
        text = passage.text[start:end]
        read = [(re.sub(r":\w{1,4}$|-(?:19|20)\d\d$", "", word), word) for word in words(text)]
        stems = [stem_of(bare) for bare, _ in read]
        position = 0
        while position < len(stems):
            step = 1
            for key, number, exact in by_first.get(stems[position], ()):
                if _matches(stems, position, key) and not (exact and not _stands_exact(text, read[position][0])):
                    if not found[number] or found[number][-1] != place:
                        found[number].append(place)
                    step = len(key)
                    break
            position += step
    return found


def _matches(stems: Sequence[str], position: int, key: Key) -> bool:
    """Whether the key's stems follow from `position`, years between them passed over."""
    for part in key:
        while position < len(stems) and YEAR.fullmatch(stems[position]) and not YEAR.fullmatch(part):
            position += 1
        if position >= len(stems) or stems[position] != part:
            return False
        position += 1
    return True


def _stands_exact(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word.upper())}(?!\w)", text) is not None


def _entry(
    group: Sequence[Name], places: Sequence[int], sentences: Sequence[tuple[Passage, int, int]]
) -> Initiative | None:
    if not places:
        return None
    main = max(group, key=_naming_strength)
    name = _display(main)
    if is_actor(name) and main.score < 2 * ENOUGH and not {"cue", "named", "apposition"} & set(main.weights):
        return None
    aliases = [_display(other) for other in group if other is not main]
    aliases += [form for other in group for form in other.forms if form not in {name, *aliases}]
    introduced = max(group, key=lambda one: one.best[0]).best[1]
    if introduced not in places:
        introduced = places[0]
    telling = [introduced, *(place for place in places if place != introduced)]
    texts = [sentences[place][0].text[sentences[place][1] : sentences[place][2]] for place in telling]
    near = texts[:1] + [text for text in texts[1:6]]
    kinds: Counter[str] = Counter()
    for one in group:
        kinds.update(one.kinds)
    return Initiative(
        name=name,
        aliases=tuple(dict.fromkeys(alias for alias in aliases if alias != name)),
        kind=cast(Kind, _kind(main, kinds) or _kind_nearby(sentences, introduced)),
        section=sentences[introduced][0].section,
        years=_collect(_YEAR_ALONE, [name, *near]),
        actors=tuple(actor for actor in _collect(_ACTOR, near) if actor not in name),
        sums=_collect(_SUM, near),
        mentions=tuple(Mention(sentences[place][0].id, *sentences[place][1:]) for place in places),
        best=list(places).index(introduced),
    )


def _naming_strength(name: Name) -> tuple[bool, bool, bool, int]:
    """The name that an entry goes by: sure, with a capital inside, no bare abbreviation, the longest."""
    form = _display(name)
    capital = any(part[:1].isupper() for part in (f for f in name.forms))
    return (name.score >= ENOUGH, capital and not form.isupper(), len(form) > 3, min(len(name.key), 8))


def _display(name: Name) -> str:
    """The form to show: rather one with no owner before it, with a capital and a year, definite, often used."""

    def worth(form: str) -> tuple[bool, bool, bool, bool, int, int]:
        head = head_of(form.split()[-1].lower())
        definite = head is not None and head[2]
        return (
            not OWNED.match(form),
            form[:1].isupper(),
            bool(YEAR.search(form)),
            definite,
            name.forms[form],
            len(form),
        )

    form = max(name.forms, key=worth)
    return form[:1].upper() + form[1:]


def _kind(main: Name, kinds: Counter[str]) -> str | None:
    """The kind that the name's own head says, else the one most often cued."""
    for part in _display(main).split():
        head = head_of(part.lower())
        vague = head is not None and head[1] == "samverkan" and bool(kinds)  # Any effort may be a joint one.
        if (
            head
            and not vague
            and head[1] in CAPITAL_HEADS
            and not PLURALS.match(part.lower())
            and "cue" not in main.weights
        ):
            return kind_of_head(head[1])
    return kinds.most_common(1)[0][0] if kinds else None


def _kind_nearby(sentences: Sequence[tuple[Passage, int, int]], introduced: int) -> str:
    """What the sentence after the introduction, or the introduction, calls it: "Satsningen …", "… ett projekt"."""
    passage = sentences[introduced][0]
    following = [
        place for place in (introduced + 1, introduced) if place < len(sentences) and sentences[place][0] is passage
    ]
    for place in following:
        text = passage.text[sentences[place][1] : sentences[place][2]]
        for word in words(text):
            head = head_of(word)
            if (
                head
                and not head[0]
                and (head[2] or place == introduced)
                and head[1] not in {"arbete", "system", "stöd", "plan"}
            ):
                return kind_of_head(head[1])
    return "other"


def _collect(pattern: re.Pattern[str], texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(match.group().strip() for text in texts for match in pattern.finditer(text)))


def _merge_documents(entries: Sequence[Initiative]) -> list[Initiative]:
    """Entries of different documents with the same name become one."""
    merged: dict[Key, Initiative] = {}
    for entry in entries:
        key = name_key(entry.name)
        same = merged.get(key)
        if same is None:
            merged[key] = entry
            continue
        merged[key] = Initiative(
            name=same.name,
            aliases=tuple(dict.fromkeys((*same.aliases, *(alias for alias in entry.aliases if alias != same.name)))),
            kind=same.kind if same.kind != "other" else entry.kind,
            section=same.section,
            years=tuple(dict.fromkeys((*same.years, *entry.years))),
            actors=tuple(dict.fromkeys((*same.actors, *entry.actors))),
            sums=tuple(dict.fromkeys((*same.sums, *entry.sums))),
            mentions=(*same.mentions, *entry.mentions),
            best=same.best,
        )
    return list(merged.values())
