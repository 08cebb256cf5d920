"""Fits span selection and answerability, tells how they do leave-one-region-out, and writes answer_weights.json.

    python -m benchmarks.fit_answers NAME=QUESTIONS.jsonl=INDEX …

Sets whose names share what stands before a dot ("kronoberg.bundled", "kronoberg.originals") are one region: they are
held out together. Span selection is a listwise linear model (softmax over the sentences of one question), answerability
a logistic regression; both have an L2 penalty, every set counts alike. What counts as right is what the answer of the
first band would cite.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from assistant import compose
from assistant.answerability import answerability_features, list_features
from assistant.inquiry import Inquiry, Library, likeness_over, look_up
from assistant.lists.answer import answer_list
from assistant.matching import Synonyms
from assistant.settings import load_settings
from assistant.spans import FEATURES, Candidate, scored
from assistant.tabulate import list_draft
from assistant.wiring import embedder_of
from evals.measures import fold, supports
from evals.question_file import Question as Gold
from evals.question_file import load_questions

Floats = NDArray[np.float64]
SPAN_PENALTY, ANSWERABILITY_PENALTY = 10.0, 10.0
LIMITS = {"answer": {"limit": 0.735}, "list": {"limit": 0.5}}
"""The bands' limits: on whole answers of seven regions, where half of what has an answer is sure and nine of ten sure
answers are right, and the bundled questions are confidently wrong in less than eight of a hundred."""
QUESTIONS_A_SET, FEWEST = 100.0, 25
"""What each set counts for, however many rows it has; one of fewer than the second counts for less."""


@dataclass(frozen=True, slots=True)
class Example:
    """One question with the features of its sentences and which of them overlap the evidence."""

    gold: Gold
    inquiry: Inquiry
    candidates: tuple[Candidate, ...]
    right: tuple[bool, ...]
    listed: tuple[dict[str, float], bool] | None
    """What the list that answers tells of itself, and whether it is right; None where no list answers."""


def main() -> None:
    """Read the sets, fit each region's models without it, report, fit on all and write."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", metavar="NAME=QUESTIONS=INDEX")
    parser.add_argument("--write", type=Path, default=Path(compose.__file__).with_name("answer_weights.json"))
    chosen = parser.parse_args()
    _with_all_features(chosen.write)
    sets: dict[str, list[Example]] = {}
    for name, file, index in (one.split("=") for one in chosen.sets):
        sets[name] = read_set(Path(file), Path(index))
    without = {name: fit_spans([sets[other] for other in _others(sets, name)]) for name in sets}
    rows = {name: [_judged(example, without[name]) for example in examples] for name, examples in sets.items()}
    held: dict[str, Floats] = {}
    for name in sets:
        model = fit_answerability([rows[other] for other in _others(sets, name)])
        held[name] = np.array([model.probability(features) for features, _ in rows[name]])
    limit = LIMITS["answer"]["limit"]
    for name, examples in sets.items():
        print(_report(name, examples, without[name], held[name], rows[name], limit))  # noqa: T201
    print(_curve(held, rows))  # noqa: T201
    lists = {name: [one.listed for one in examples if one.listed] for name, examples in sets.items()}
    for name in sets:
        model = fit_answerability([lists[other] for other in _others(sets, name) if lists[other]])
        chances = np.array([model.probability(features) for features, _ in lists[name]])
        print(_list_report(name, chances, np.array([right for _, right in lists[name]], dtype=bool), limit))  # noqa: T201
    model = fit_answerability(list(rows.values()))
    spans = fit_spans(list(sets.values()))
    stored = {
        "spans": {name: round(float(weight), 4) for name, weight in zip(FEATURES, spans, strict=True)},
        "answerability": model.record(),
        "lists": fit_answerability([own for own in lists.values() if own]).record(),
        "bands": LIMITS,
    }
    chosen.write.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


def _with_all_features(path: Path) -> None:
    """Give features that are new a weight of 0, so that questions can be looked up before the first fit with them."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    stored["spans"] = {name: stored["spans"].get(name, 0.0) for name in FEATURES}
    path.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


def read_set(questions: Path, index: Path) -> list[Example]:
    """Every question of a file with its candidates, looked up in its index."""
    settings = load_settings()
    library = Library(index, embedder_of(settings, lambda _: None), Synonyms.load(None))
    examples = []
    for gold in load_questions(questions):
        inquiry = look_up(gold.question, gold.history, frozenset(), library)
        right = tuple(gold.answerable and _overlaps(one.text, gold) for one in inquiry.ranked)
        listed = _listed(gold, inquiry)
        examples.append(Example(gold, inquiry, inquiry.ranked, right, listed))
    return examples


def _listed(gold: Gold, inquiry: Inquiry) -> tuple[dict[str, float], bool] | None:
    """The list that answers: right when a citation overlaps the evidence and at least half of its rows belong there."""
    material = inquiry.holdings.material(frozenset())
    found = answer_list(inquiry.question, material, likeness_over(inquiry))
    if found is None or not found.rows:
        return None
    draft = list_draft(found, material.passages, inquiry.catalogue, "answered", 1.0)
    cited = any(_overlaps(quote.text, gold) for line in draft.lines for quote in line.all_quotes)
    names = [name for spellings in (*(gold.rows or ()), *gold.rows_optional) for name in spellings]
    told = [" ".join(value for _, values in row.cells for value, _ in values) + row.name for row in draft.rows or ()]
    fitting = [any(fold(name) in fold(text) for name in names) for text in told]
    belongs = not names or 2 * sum(fitting) >= len(fitting)
    return list_features(found), gold.answerable and cited and belongs


def fit_spans(sets: Sequence[Sequence[Example]]) -> Floats:
    """Weights of shape (features,) that maximise the softmax probability of the right sentences."""
    pairs: list[tuple[Floats, NDArray[np.bool_], float]] = []
    for examples in sets:
        usable = [one for one in examples if any(one.right) and not all(one.right) and one.gold.kind != "list"]
        share = 8.0 / np.sqrt(max(1, len(usable)))
        pairs += [(np.array([c.features for c in one.candidates]), np.array(one.right), share) for one in usable]
    scale = np.concatenate([features for features, _, _ in pairs]).std(axis=0) + 1e-6

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, gradient = SPAN_PENALTY * float(weights @ weights), 2 * SPAN_PENALTY * weights
        for features, right, share in pairs:
            scaled = features / scale
            logits = scaled @ weights
            chances = np.exp(logits - logits.max())
            chances /= chances.sum()
            wanted = chances * right
            mass = wanted.sum() + 1e-9
            total -= share * float(np.log(mass))
            gradient = gradient - share * (scaled.T @ (wanted / mass - chances))
        return total, gradient

    found = minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return np.asarray(found.x / scale)


@dataclass(frozen=True, slots=True)
class Logistic:
    """A fitted logistic model over named features."""

    names: tuple[str, ...]
    weights: Floats
    mean: Floats
    scale: Floats
    bias: float

    def probability(self, features: dict[str, float]) -> float:
        """Between 0 and 1."""
        values = (np.array([features[name] for name in self.names]) - self.mean) / self.scale
        return float(1 / (1 + np.exp(-(self.bias + values @ self.weights))))

    def record(self) -> dict[str, dict[str, float]]:
        """For answer_weights.json."""
        each = zip(self.names, self.weights, self.mean, self.scale, strict=True)
        found = {
            n: {"weight": round(float(w), 4), "mean": round(float(m), 4), "scale": round(float(s), 4)}
            for n, w, m, s in each
        }
        return {"bias": {"weight": round(self.bias, 4), "mean": 0.0, "scale": 1.0}} | found


def fit_answerability(sets: Sequence[Sequence[tuple[dict[str, float], bool]]]) -> Logistic:
    """The logistic model of being right; each set counts alike."""
    names = tuple(sets[0][0][0])
    features = np.array([[values[name] for name in names] for rows in sets for values, _ in rows])
    right = np.array([float(one) for rows in sets for _, one in rows])
    share = np.concatenate([np.full(len(rows), QUESTIONS_A_SET / max(len(rows), FEWEST)) for rows in sets])
    mean, scale = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-3)
    scaled = np.column_stack((np.ones(len(features)), (features - mean) / scale))

    def loss(weights: Floats) -> tuple[float, Floats]:
        chances = 1 / (1 + np.exp(-(scaled @ weights)))
        likely = right * np.log(chances + 1e-9) + (1 - right) * np.log(1 - chances + 1e-9)
        penalty = ANSWERABILITY_PENALTY * float(weights[1:] @ weights[1:])
        gradient = scaled.T @ (share * (chances - right))
        gradient[1:] += 2 * ANSWERABILITY_PENALTY * weights[1:]
        return penalty - float(share @ likely), gradient

    found = minimize(loss, np.zeros(scaled.shape[1]), jac=True, method="L-BFGS-B").x
    return Logistic(names, found[1:], mean, scale, float(found[0]))


def _others(sets: dict[str, list[Example]], name: str) -> list[str]:
    region = name.partition(".")[0]
    return [other for other in sets if other.partition(".")[0] != region]


def _overlaps(text: str, gold: Gold) -> bool:
    return any(supports(text, evidence) for evidence in gold.evidence)


def _judged(example: Example, weights: Floats) -> tuple[dict[str, float], bool]:
    ranked = scored(example.candidates, tuple(weights))
    question, findings = example.inquiry.question, example.inquiry.findings
    features = answerability_features(question, ranked, findings, example.inquiry.is_followup)
    draft = compose.answer(question, ranked, 1.0)
    quotes = [quote.text for line in draft.lines for quote in line.quotes]
    return features, example.gold.answerable and any(_overlaps(text, example.gold) for text in quotes)


def _report(
    name: str,
    examples: list[Example],
    weights: Floats,
    held: Floats,
    rows: list[tuple[dict[str, float], bool]],
    limit: float,
) -> str:
    firsts = [scored(one.candidates, tuple(weights)) for one in examples]
    usable = [
        (one, ranked)
        for one, ranked in zip(examples, firsts, strict=True)
        if one.gold.answerable and one.gold.kind != "list"
    ]
    first = np.mean([_overlaps(ranked[0].text, one.gold) for one, ranked in usable])
    three = np.mean([any(_overlaps(c.text, one.gold) for c in ranked[:3]) for one, ranked in usable])
    right = np.array([one for _, one in rows])
    sure = held >= limit
    answerable = np.array([one.gold.answerable for one in examples])
    precision = right[sure].mean() if sure.any() else 1.0
    return (
        f"{name:22} right first {first:.2f}, of three {three:.2f} | AUC {_auc(held, right):.2f} | at {limit:.2f}: "
        f"sure share {(sure & answerable).sum() / answerable.sum():.2f}, precision {precision:.2f}, "
        f"confidently wrong {(sure & ~right).mean():.2f}"
    )


def _curve(held: dict[str, Floats], rows: dict[str, list[tuple[dict[str, float], bool]]]) -> str:
    """Precision and share by limit, every set apart: the risk-coverage curve in words."""
    lines = []
    for limit in (0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85):
        each = []
        for name, chances in held.items():
            sure = chances >= limit
            right = np.array([one for _, one in rows[name]], dtype=bool)
            each.append(f"{name[:9]} {sure.mean():.2f}/{right[sure].mean() if sure.any() else 1:.2f}")
        lines.append(f"limit {limit:.2f} share/precision: " + " ".join(each))
    return "\n".join(lines)


def _list_report(name: str, chances: Floats, right: NDArray[np.bool_], limit: float) -> str:
    sure = chances >= limit
    precision = right[sure].mean() if sure.any() else 1.0
    return (
        f"{name:22} lists {len(right)}, right {right.mean():.2f} | AUC {_auc(chances, right):.2f} | at {limit:.2f}: "
        f"sure {sure.mean():.2f}, precision {precision:.2f}"
    )


def _auc(scores: Floats, right: NDArray[np.bool_]) -> float:
    """Area under the ROC curve by the rank sum (Mann-Whitney)."""
    ranks = np.empty(len(scores))
    ranks[np.argsort(scores)] = np.arange(len(scores))
    positive, negative = int(right.sum()), int((~right).sum())
    if not positive or not negative:
        return float("nan")
    return float((ranks[right].sum() - positive * (positive - 1) / 2) / (positive * negative))


if __name__ == "__main__":
    main()
