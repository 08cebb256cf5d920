"""Fits the weights of names and writes ingest/facts/name_weights.json; tells how they do leave-one-region-out.

    python -m benchmarks.fit_names NAME=REGISTER.json=INDEX …

A logistic regression over the evidence of every candidate, drawn to weights set beforehand (`prior`) and held to their
sign. Every candidate counts twice, the second time without what its tables tell, since other regions have fewer.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from ingest.facts.bodies import learned_places
from ingest.facts.candidates import candidates
from ingest.facts.identities import THRESHOLD, WEIGHTS_FILE
from ingest.facts.labelled import boxes_of
from ingest.facts.names import key_of
from ingest.facts.tabular import rows_of
from ingest.facts.traits import features, gather
from ingest.facts.units import Usage, units_of
from ingest.store.passage_index import open_index

SPREAD = 0.5
"""How far, in standard deviations of the weights, the fit may go from what was set beforehand."""
TOLD_BY_TABLES = ("table", "neighbour")

Floats = NDArray[np.float64]


def read(register: Path, index: Path, names: list[str]) -> tuple[Floats, Floats]:
    """The features of a region's candidates, (candidates, features), and 1 for each that its register names."""
    passages = open_index(index).passages
    units, rows = list(units_of(passages)), [*rows_of(passages), *boxes_of(passages)]
    usage = Usage.of(units)
    places, _ = learned_places(units, usage)
    evidence = gather(units, rows, candidates(units, rows, usage, places), usage)
    gold = json.loads(register.read_text(encoding="utf-8"))["initiatives"]
    wanted = {_folded(name) for one in gold for name in (one["name"], *one["aliases"])}
    found = [features(key, own, places) for key, own in evidence.items()]
    shown = np.array([[one[name] for name in names] for one in found])
    return shown, np.array([float(_folded(" ".join(key)) in wanted) for key in evidence])


def _folded(name: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in key_of(name))


def fit(regions: list[tuple[Floats, Floats]], prior: Floats, tabled: list[int]) -> Floats:
    """The weights, (features,), that lose least over the regions and their distance to `prior`."""
    shown = np.vstack([own for own, _ in regions])
    bare = shown.copy()
    bare[:, tabled] = 0.0
    shown, right = np.vstack([shown, bare]), np.tile(np.hstack([own for _, own in regions]), 2)

    def loss(weights: Floats) -> tuple[float, Floats]:
        score = shown @ weights
        pull = (weights - prior) / SPREAD**2
        value = np.logaddexp(0, score).sum() - score @ right + (weights - prior) @ pull / 2
        return float(value), shown.T @ (1 / (1 + np.exp(-score)) - right) + pull

    bounds = [(0, None) if one > 0 else (None, 0) for one in prior]
    return np.asarray(minimize(loss, prior, jac=True, bounds=bounds).x, np.float64)


def main() -> None:
    """Fit, tell, write."""
    parser = ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("regions", nargs="+", metavar="NAME=REGISTER.json=INDEX")
    kept = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))
    names = list(kept)
    prior = np.array([kept[name]["prior"] for name in names])
    tabled = [names.index(name) for name in TOLD_BY_TABLES]
    parts = [region.split("=") for region in parser.parse_args().regions]
    sets = {name: read(Path(register), Path(index), names) for name, register, index in parts}
    for name, (shown, right) in sets.items() if len(sets) > 1 else ():
        weights = fit([own for other, own in sets.items() if other != name], prior, tabled)
        said = 1 / (1 + np.exp(-shown @ weights)) >= THRESHOLD
        hits = (said * right).sum()
        print(f"{name}: precision {hits / max(1, said.sum()):.2f} recall {hits / right.sum():.2f}")  # noqa: T201
    weights = fit(list(sets.values()), prior, tabled)
    lines = [
        f'  "{name}": {json.dumps({"prior": before, "weight": round(float(weight), 2)})}'
        for name, before, weight in zip(names, prior.tolist(), weights, strict=True)
    ]
    WEIGHTS_FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
