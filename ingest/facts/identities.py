"""Which candidates are names of initiatives, and which names are one.

A linear model over the evidence (`evidence.features`); its weights were fitted on development regions around weights
set by hand, each held to its sign, and checked leave-one-region-out.
"""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from functools import cache
from itertools import pairwise
from pathlib import Path

from ingest.facts.abbreviations import definitions
from ingest.facts.names import YEARS, Cue, Key, key_of
from ingest.facts.traits import Evidence, Match, features
from ingest.facts.units import Unit
from ingest.facts.vocabulary import funds, terms
from ingest.swedish import stem

WEIGHTS_FILE = Path(__file__).parent / "name_weights.json"
"""Each feature with the weight it was given beforehand and the fitted one: see benchmarks.fit_names."""
THRESHOLD = 0.5
_BETWEEN = 60
"""Characters between two names within which words can say that they are one."""
_NUMBER = 3
"""Characters under which what follows a word for a part is its number: "Vägval 4"."""
_CERTAIN_EXTENT = (Cue.TABLE, Cue.HEADING, Cue.TITLED, Cue.NAMED, Cue.CALLED, Cue.LISTED)
_OWN_PLACE = (Cue.TABLE, Cue.HEADING)
_ABBREVIATION = re.compile(r"[A-ZÅÄÖ][A-ZÅÄÖ0-9]{1,5}\Z")
_RENAMED = re.compile(
    r"(?:bytt?e? namn till|som (?:\w+ ){0,3}hette|hette tidigare|tidigare kalla[dt]|i dagligt tal|"
    r"som i fortsättningen (?:benämns|kallas)|även kalla[dt]|under namnet|numera|döptes om till|"
    r"heter (?:nu|sedan|från)|(?:nya|gamla|tidigare|förra) namn(?:et)? (?:på|för|var|är)|ersätter namnet)"
)


@cache
def _weights() -> dict[str, float]:
    kept = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))
    return {feature: float(one["weight"]) for feature, one in kept.items()}


def accepted(evidence: Mapping[Key, Evidence], places: frozenset[str]) -> dict[Key, float]:
    """The candidates that are names, with their probability."""
    scores: dict[Key, float] = {}
    weights = _weights()
    for key, own in evidence.items():
        name = " ".join(key)
        body = len(key) > 1 and (key[0].lower() in terms("bodies", "starts") or key[-1] == "AB")
        numbered = len(key) == 2 and key[0].lower() in terms("questions", "parts") and len(key[1]) < _NUMBER
        if name.lower() in terms("names", "frames") or numbered:
            continue
        if (name in places or funds().fullmatch(name) or body) and not own.cues[Cue.TABLE]:
            continue
        total = sum(weights[feature] * value for feature, value in features(key, own, places).items())
        score = 1 / (1 + math.exp(-total))
        if score >= THRESHOLD:
            scores[key] = score
    names = {key: score for key, score in scores.items() if not _overreaches(key, scores, evidence)}
    return names | {key: names[key[:-1]] for key in evidence if key[-1] in places and key[:-1] in names}


def _overreaches(key: Key, scores: Mapping[Key, float], evidence: Mapping[Key, Evidence]) -> bool:
    """Whether a run of no certain extent holds another accepted name and more: "Rådrum utvärderades hösten"."""
    if any(evidence[key].cues[cue] for cue in _CERTAIN_EXTENT) or evidence[key].counts["all"] > 2:
        return False
    parts = {key[i:j] for i in range(len(key)) for j in range(i + 1, len(key) + 1) if j - i < len(key)}
    return any(part in scores for part in parts)


def groups(
    names: Mapping[Key, float],
    hits: Sequence[tuple[Unit, Sequence[Match]]],
    evidence: Mapping[Key, Evidence],
    places: frozenset[str],
) -> list[list[Key]]:
    """Names that are one, the main name first: abbreviations, years left out, definite forms, renamed ones."""
    parent = {key: key for key in names}

    def root(key: Key) -> Key:
        while parent[key] != key:
            key = parent[key]
        return key

    own = {key for key in names if any(evidence[key].cues[cue] for cue in _OWN_PLACE)}
    for left, right in (*_by_form(names, places, own), *_by_text(names, hits)):
        a, b = root(left), root(right)
        if a != b:
            main, other = sorted((a, b), key=lambda key: (-_rank(key, evidence), len(key)))
            main, other = (other, main) if other[:-1] == main and other[-1] in places else (main, other)
            parent[other] = main
    members: dict[Key, list[Key]] = defaultdict(list)
    for key in names:
        members[root(key)].append(key)
    return [[main, *(key for key in keys if key != main)] for main, keys in members.items()]


def _rank(key: Key, evidence: Mapping[Key, Evidence]) -> float:
    own = evidence[key]
    short = len(key) == 1 and bool(_ABBREVIATION.match(key[0]))
    return 10.0 * bool(own.cues[Cue.TABLE]) + 5.0 * bool(own.cues[Cue.HEADING]) + own.counts["all"] - 0.5 * short


def _by_form(names: Mapping[Key, float], places: frozenset[str], own: Set[Key]) -> list[tuple[Key, Key]]:
    """Pairs that are one name in two forms, with and without years or a place after it. Other numbers keep names apart,
    "Fyren" and "Fyren 2.0", and so does a place of their `own` for each: "Fyren" and "Fyrarna".
    """
    same: dict[tuple[str, ...], list[Key]] = defaultdict(list)
    for key in names:
        plain = _plain(key)
        plain = plain[:-1] if plain[-1] in places and plain[:-1] in names else plain
        same[(*(word.lower() for word in plain[:-1]), stem(plain[-1]))].append(key)
    pairs: list[tuple[Key, Key]] = []
    for keys in same.values():
        latest = max(_years(key) for key in keys)
        pairs += [(key, other) for key in keys for other in keys if other < key and _years(key) == _years(other)]
        pairs += [(key, other) for key in keys for other in keys if not _years(key) and _years(other) == latest]
    return [pair for pair in pairs if not own >= {*pair} or _plain(pair[0]) == _plain(pair[1])]


def _plain(key: Key) -> Key:
    return tuple(word for word in key if not YEARS.match(word)) or key


def _years(key: Key) -> Key:
    return tuple(word for word in key if YEARS.match(word))


def _by_text(names: Mapping[Key, float], hits: Sequence[tuple[Unit, Sequence[Match]]]) -> list[tuple[Key, Key]]:
    """Pairs that a text says are one: "Digital samverkan i Norr (DSN)", "Folkhälsonätet, i dagligt tal Nätet"."""
    pairs: list[tuple[Key, Key]] = []
    for unit, here in hits:
        pairs += [((one.short,), key_of(one.long)) for one in definitions(unit.text)]
        for left, right in pairwise(here):
            between = unit.passage.text[unit.words[left.last - 1].end : unit.words[right.first].start]
            if len(between) < _BETWEEN and _RENAMED.search(between):
                pairs.append((left.key, right.key))
    return [pair for pair in pairs if names.keys() >= {*pair}]
