"""What `rus register --json` found, held against a region's complete register.

Read from the outside: initiatives pair off by name, an attribute counts when a value that the program gives for it
holds the gold one (a sum or year by its figures, everything else by its words), a goal by its indicator and each of its
figures by value. Values are looked for under the attribute's own name alone, so that text that happens to stand in the
record proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evals.measures import paired_names, same_name, words

Record = Mapping[str, Any]

KINDS = {
    "projekt": {"project"},
    "program": {"programme"},
    "nätverk": {"network"},
    "strategi": {"strategy", "plan"},
    "plan": {"strategy", "plan"},
    "strategi/plan": {"strategy", "plan"},
    "verktyg": {"tool"},
    "tjänst": {"service"},
}
"""The kinds that an author names, and the program's words for each. Kinds of no one word are not judged."""

ATTRIBUTES = ("owner", "participants", "funders", "sums", "years", "status", "priorities")
"""What the gold and the program say of an initiative, under the same names."""

_FIGURE = re.compile(r"\d+(?:[ \u00a0]\d{3})*(?:[,.]\d+)?")
_STEM = 6
_BY_FIGURE = frozenset({"sums", "years"})


def score_register(found: Record, gold: Record) -> dict[str, float]:
    """Shares between 0 and 1 by name; those of attributes and figures are over the initiatives and goals that pair."""
    return _initiatives(found["initiatives"], gold["initiatives"]) | _goals(found["goals"], gold["goals"])


def _initiatives(found: Sequence[Record], gold: Sequence[Record]) -> dict[str, float]:
    pairs = paired_names([_spellings(one) for one in found], [_spellings(one) for one in gold])
    matched = [(found[ours], gold[theirs]) for ours, theirs in pairs]
    figures = {
        "initiative_precision": _share(len(pairs), len(found)),
        "initiative_recall": _share(len(pairs), len(gold)),
        "kind_accuracy": _mean([one["kind"] in KINDS[of["kind"]] for one, of in matched if of["kind"] in KINDS]),
    }
    asked, given = [], []
    for attribute in ATTRIBUTES:
        recalled = [hit for one, of in matched for hit in _recalled(attribute, one, of)]
        precise = [hit for one, of in matched for hit in _precise(attribute, one, of)]
        figures |= {f"{attribute}_recall": _mean(recalled), f"{attribute}_precision": _mean(precise)}
        asked += recalled
        given += precise
    return figures | {"attribute_recall": _mean(asked), "attribute_precision": _mean(given)}


def _recalled(attribute: str, found: Record, gold: Record) -> Iterator[bool]:
    values = list(_texts(found.get(attribute)))
    for wanted in _texts(gold.get(attribute)):
        yield any(_agree(attribute, value, wanted) for value in values)


def _precise(attribute: str, found: Record, gold: Record) -> Iterator[bool]:
    """For each given value whether it is a gold one; nothing where the gold says nothing of the attribute."""
    wanted = list(_texts(gold.get(attribute)))
    for value in _texts(found.get(attribute)) if wanted else ():
        yield any(_agree(attribute, value, one) for one in wanted)


def _agree(attribute: str, value: str, wanted: str) -> bool:
    if attribute in _BY_FIGURE:
        return bool(_figures(value) & _figures(wanted))
    return same_name(value, wanted)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield str(value.get("value", ""))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
    elif value is not None:
        yield str(value)


def _goals(found: Sequence[Record], gold: Sequence[Record]) -> dict[str, float]:
    """Goals pair off by the words of their indicator (their first letters, so that endings do not matter)."""
    near = sorted(
        ((_nearness(one, of), row, column) for row, one in enumerate(found) for column, of in enumerate(gold)),
        key=lambda fit: -fit[0],
    )
    pairs: dict[int, int] = {}
    for nearness, row, column in near:
        if nearness >= 0.5 and row not in pairs and column not in pairs.values():
            pairs[row] = column
    matched = [(found[row], gold[column]) for row, column in pairs.items()]
    figures = {"goal_precision": _share(len(pairs), len(found)), "goal_recall": _share(len(pairs), len(gold))}
    for part in ("base", "target"):
        held = [_holds(one, part, of[part][0]) for one, of in matched if of.get(part)]
        figures[f"goal_{part}"] = _mean(held)
    outcomes = [_holds(one, "outcomes", given[0]) for one, of in matched for given in of.get("outcomes") or ()]
    return figures | {"goal_outcomes": _mean(outcomes)}


def _nearness(found: Record, gold: Record) -> float:
    """Share of the gold indicator's words that the found goal has in its title or indicator."""
    sought = {word[:_STEM] for word in words(str(gold.get("indicator") or gold.get("name")))}
    there = {word[:_STEM] for name in ("name", "indicator") for word in words(str(found.get(name) or ""))}
    return _share(len(sought & there), len(sought))


def _holds(goal: Record, part: str, value: object) -> bool:
    """Whether the record gives the figure as its base, target or one of its outcomes."""
    given = set().union(*(_figures(text) for text in _texts(goal[part])), set())
    return bool(_figures(str(value)) & given)


def _figures(text: str) -> set[float]:
    return {float(re.sub(r"[ \u00a0]", "", one).replace(",", ".")) for one in _FIGURE.findall(text)}


def _spellings(record: Record) -> tuple[str, ...]:
    return (str(record["name"]), *(str(alias) for alias in record.get("aliases") or ()))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _mean(outcomes: Sequence[bool]) -> float:
    return _share(sum(outcomes), len(outcomes))
