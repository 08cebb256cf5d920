"""Candidate names of initiatives: runs of words whose extent the layout or the language tells.

A name's end is told by a cell, a heading, quotation marks, the head of an item, "heter", an apposition or an
enumeration; where nothing tells, by what the occurrences have in common.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from ingest.facts.labelled import titled
from ingest.facts.names import (
    JOINERS,
    LONGEST,
    Cue,
    Key,
    announced,
    bare,
    fits,
    is_council,
    key_of,
    of_sentence,
    opens,
    plain,
)
from ingest.facts.rows import Cell, Row
from ingest.facts.units import Unit, Usage, Word, different, is_run_in, opens_paragraph
from ingest.facts.vocabulary import is_kind, kind_of, meaning_of, points_back, terms
from ingest.swedish import stem

_DESCRIBED = re.compile(
    r"(?:,|/|&|\boch|\bsamt) *(?:\w+ )?(?:innehåll|syfte|beskrivning|inriktning|aktiviteter)\w*", re.IGNORECASE
)
"""A head over names with what they are: "Projekt och innehåll"."""
_ACTION = re.compile(r"åtgärd|aktivitet", re.IGNORECASE)
_NEVER_LAST = frozenset("och som den det en ett inte samt eller men att där när fram också även sin sitt sina".split())


def candidates(
    units: Sequence[Unit], rows: Iterable[Row], usage: Usage, places: frozenset[str]
) -> dict[Key, Counter[Cue]]:
    """All candidates with how often each cue found them; a council with a capital is one where that is a place."""
    units = different(units)
    found: dict[Key, Counter[Cue]] = defaultdict(Counter)
    for name, cue in (*_of_rows(rows), *_of_headings(units)):
        key = bare(key_of(titled(name)))
        if fits(key, cue is Cue.TABLE):
            found[key][cue] += 1
    listed, run_in = announced(units), _run_ins(units)
    for unit in units:
        run_ins = [(words, cue, True) for words, cue in run_in.get(unit.number, ())]
        told = ((words, cue, False) for words, cue in (*_of_item(unit), *of_sentence(unit), *listed[unit.number]))
        for words, cue, ended in (*run_ins, *told):
            whole = tuple(plain(word) for word in words)
            for key in {bare(whole), whole if is_council(whole) else ()}:
                if fits(key, ended):
                    found[key][cue] += 1
    for key, times in _common_runs(units, found, usage).items():
        found[key][Cue.CAPITALS] += times
    for key in [key for key in found if (*key[:-1], key[-1][:-1]) in found and key[-1].endswith("s")]:
        found[*key[:-1], key[-1][:-1]] += found.pop(key)
    return {key: cues for key, cues in found.items() if not is_council(key) or key[1] in places}


def _of_rows(rows: Iterable[Row]) -> Iterator[tuple[str, Cue]]:
    for row in rows:
        cell = row.first("name")
        if cell is not None and len(row.cells) > 1 + row.turned:
            name = named_by(cell)
            yield name, Cue.TABLE if name == cell.text or not _ACTION.match(cell.header) else Cue.ITEM


def named_by(cell: Cell) -> str:
    """The name in a name cell: without what stands in brackets, and what describes it where the head says so; of an
    action only what stands before a dash or colon.
    """
    name = re.sub(r"\s*(?:\([^)]*\)|\d{1,2}\)|\*{1,3})\s*$", "", cell.text)
    if _DESCRIBED.search(cell.header):
        return re.split(r"[.:]\s|\s[–-]\s|\s(?=[A-ZÅÄÖ][\w-]*(?:,|\s[a-zåäö]))", name)[0]
    if not _ACTION.match(cell.header):
        return re.split(r":\s", name)[0]
    head = re.split(r"\s[–-]\s|:\s|,\s", name)[0]
    bare_name = len(name.split()) <= 3 and not re.match(r"\w+a\b", name)
    return head if head != name else name if bare_name else ""


def _of_headings(units: Sequence[Unit]) -> Iterator[tuple[str, Cue]]:
    """Each leaf heading once a document; what stands before a colon or after "för" in a short one counts too."""
    seen: set[tuple[str, ...]] = set()
    for number, unit in enumerate(units):
        path = (unit.passage.document_id, *unit.passage.section)
        if len(path) < 2 or path in seen:
            continue
        seen.add(path)
        heading = titled(path[-1])
        yield heading, Cue.HEADING
        near = units[number : number + 3]
        told = next((n for n, one in enumerate(near) if _names_one(one)), len(near))
        under = (one for one in near[:told] if one.passage is unit.passage)
        if ":" not in heading and not is_kind(heading.split()[-1]) and any(map(_is_of_kind, under)):
            yield from [(heading, Cue.APPOSITION)] * 2
        parts = re.split(r":| [–—-] ", heading)
        if len(parts) > 1:
            yield parts[0], Cue.HEADING


def _names_one(unit: Unit) -> bool:
    """Whether a sentence says what something is called, so that the heading over it is not the name."""
    return any(word.text.lower() in terms("names", "said") for word in unit.words)


def _is_of_kind(unit: Unit) -> bool:
    """Whether a sentence under a heading says what that is: "Ett nätverk för …", "Rådet möts …"."""
    first, *others = (word.text.lower() for word in unit.words[:5])
    return points_back(first) or (first in ("ett", "en") and any(map(kind_of, others)))


def _run_ins(units: Sequence[Unit]) -> dict[int, list[tuple[Sequence[Word], Cue]]]:
    """The names that open paragraphs with a full stop after them, by their units' numbers: "Fjordlyftet. Projektet …".

    Where the paragraph speaks of an effort, it says that the name is one.
    """
    found: dict[int, list[tuple[Sequence[Word], Cue]]] = defaultdict(list)
    opening: Unit | None = None
    for unit in units:
        if opens_paragraph(unit):
            opening = unit if is_run_in(unit) else None
            found[unit.number] += [(unit.words, Cue.RUN_IN)] if opening else []
        elif opening and opening.passage is unit.passage and _speaks_of_effort(unit):
            found[opening.number] += [(opening.words, Cue.APPOSITION)] * 2
            opening = None
    return found


def _speaks_of_effort(unit: Unit) -> bool:
    return any(word.text.lower() in terms("names", "effort_nouns") for word in unit.words)


def _of_item(unit: Unit) -> Iterator[tuple[Sequence[Word], Cue]]:
    """The head of a list item: "Fjordlyftet: …", "Fjordlyftet PÅ VÄG …"."""
    words = unit.words
    if unit.opens_item:
        for number, word in enumerate(words[1 : LONGEST + 1], 1):
            between = unit.passage.text[words[number - 1].end : word.start]
            if word.broken:
                told = any(mark in between for mark in ":–,(—") or " - " in between
                if told and meaning_of(unit.passage.text[words[0].start : words[number - 1].end]) is None:
                    yield words[:number], Cue.ITEM
                break


def _common_runs(units: Sequence[Unit], known: dict[Key, Counter[Cue]], usage: Usage) -> Counter[Key]:
    """Runs that begin with a capital and are no known candidate, as long as what they share.

    A run must stand within a sentence once; or begin two sentences with a word that is never written small.
    """
    by_first: dict[str, list[Key]] = defaultdict(list)
    for key in known:
        by_first[key[0]].append(key)
    runs: dict[str, list[tuple[bool, Key]]] = defaultdict(list)
    for inside, run in _runs(units):
        if not any(run[: len(key)] == key and not _goes_on(run, len(key)) for key in by_first.get(run[0], ())):
            runs[run[0]].append((inside or _goes_on(run, 1), run))
    counts: Counter[Key] = Counter()
    for first, own in runs.items():
        certain = any(inside for inside, _ in own) or (len(own) > 1 and stem(first) not in usage.ordinary)
        for key, times in _grown([run for _, run in own]).items() if certain else ():
            if fits(key):
                counts[key] += times
    return counts


def _goes_on(run: Key, length: int) -> bool:
    """Whether a capital goes on with a name after so many words of it: "Kraftlyft" of "Kraftlyft Granland"."""
    return len(run) > length and run[length][0].isupper()


def _runs(units: Sequence[Unit]) -> Iterator[tuple[bool, Key]]:
    """Whether it stands within a sentence, and the words up to the next punctuation, for each word with a capital."""
    for unit in units:
        words = unit.words
        for number, word in enumerate(words):
            before = words[number - 1].text if number else ""
            goes_on = before[:1].isupper() and not word.broken and not opens(before)
            if not word.text[0].isupper() or goes_on or (not number and opens(word.text)):
                continue
            end = number + 1
            while end < len(words) and end - number < LONGEST and not words[end].broken:
                end += 1
            yield number > 0 and not word.broken, tuple(plain(one) for one in words[number:end])


def _grown(runs: Sequence[Key]) -> Counter[Key]:
    """The runs of capitals, each drawn out by the small words that most of its occurrences go on with, in groups."""
    heads: dict[Key, list[Key]] = defaultdict(list)
    for run in runs:
        length = 1
        while length < len(run) and (
            run[length][0].isupper() or (length == 1 and run[1][0].isdigit() and len(run[1]) < 5)
        ):
            length += 1
        heads[run[:length]].append(run)
    counts: Counter[Key] = Counter()
    waiting = [(head, own) for head, own in heads.items()]
    while waiting:
        key, own = waiting.pop()
        groups: dict[str, list[Key]] = defaultdict(list)
        for run in own:
            if len(run) > len(key) and run[len(key)] not in terms("names", "finite"):
                groups[run[len(key)]].append(run)
        shared = {word: group for word, group in groups.items() if len(group) > 1}
        if len(key) < LONGEST and sum(map(len, shared.values())) * 10 > 6 * len(own):
            waiting += [((*key, word), group) for word, group in shared.items()]
            continue
        while len(key) > 1 and key[-1].lower() in JOINERS | terms("names", "finite") | _NEVER_LAST:
            key = key[:-1]
        counts[key] += len(own)
    return counts
