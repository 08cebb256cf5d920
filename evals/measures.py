"""The measures of one answer, as pure functions. None means that the measure does not apply to the question.

A figure for a whole run is the mean over the questions to which it applies (see scoring.py), so that each question
weighs the same and two runs can be compared question by question.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from assistant.proof import statements
from evals.overlap import fold_space, is_relevant, matched_names, supports

MARK = re.compile(r"\[\d+(?:\s*,\s*\d+)*\]")
"""A citation mark: [1], or several at once as [1, 2]."""

_WORD = re.compile(r"\w+")
_EMPHASIS = re.compile(r"\*+|(?<!\w)_+|_+(?!\w)|\\(?=[^\w\s])|`")


def relevance(texts: Sequence[str], evidence: Sequence[str]) -> list[list[bool]]:
    """For each of `texts`, best first, which pieces of evidence it holds: shape (texts, pieces)."""
    return [[is_relevant(text, piece) for piece in evidence] for text in texts]


def recall_at(held: Sequence[Sequence[bool]], pieces: int, k: int) -> float | None:
    """Share of the `pieces` of evidence that the first k texts hold: |found at rank <= k| / pieces.

    Manning, Raghavan and Schütze, Introduction to Information Retrieval (2008), section 8.4.
    """
    return _share([any(of_text[piece] for of_text in held[:k]) for piece in range(pieces)])


def texts_within(texts: Sequence[str], words: int) -> int:
    """How many of the texts, best first, hold the first `words` words together: fair to passages of any size."""
    shown = 0
    while shown < len(texts) and words > 0:
        words -= len(_WORD.findall(texts[shown]))
        shown += 1
    return shown


def hit_at(held: Sequence[Sequence[bool]], pieces: int, k: int) -> float | None:
    """1.0 if any piece of evidence is found among the first k, else 0.0 (success@k)."""
    return float(any(any(of_text) for of_text in held[:k])) if pieces else None


def reciprocal_rank(relevant: Sequence[bool], k: int) -> float:
    """1 / rank of the first relevant text if that is at most k, else 0. Voorhees, TREC-8 QA track report (1999)."""
    return next((1 / rank for rank, one in enumerate(relevant[:k], start=1) if one), 0.0)


def dcg(gains: Sequence[float]) -> float:
    """Discounted cumulative gain: the sum of gain_i / log2(i + 1). Järvelin and Kekäläinen, TOIS 20(4) 2002."""
    return sum(gain / math.log2(position + 1) for position, gain in enumerate(gains, start=1))


def ndcg_at(relevant: Sequence[bool], k: int) -> float:
    """DCG@k over that of the same texts with the relevant ones first. 0 where none of the first k is relevant.

    What the index holds beyond the list is not known: this is about the order, recall about what is there.
    """
    gains = [float(one) for one in relevant[:k]]
    return dcg(gains) / dcg(sorted(gains, reverse=True)) if any(gains) else 0.0


def key_fact_recall(texts: Sequence[str], key_facts: Sequence[str]) -> float | None:
    """Share of the key facts, regular expressions without regard to case, found in one of the texts.

    Citation marks and emphasis are taken out first, so that a mark [4] is never taken for the figure 4.
    """
    plain = [fold_space(_EMPHASIS.sub("", MARK.sub(" ", text))).replace(" .", ".").replace(" ,", ",") for text in texts]
    return _share([any(re.search(pattern, text, re.IGNORECASE) for text in plain) for pattern in key_facts])


def answer_words(answer: str) -> float:
    """How many words the answer has, without its marks and emphasis."""
    return float(len(_WORD.findall(_EMPHASIS.sub("", MARK.sub(" ", answer)))))


def quote_verbatim(citations: Sequence[tuple[str, str | None]]) -> float | None:
    """Share of citations, as (quote, text of the cited page or None), whose quote stands on the page letter by letter.

    White space is folded and hyphenated line ends are joined on both sides. An empty quote proves nothing: it fails.
    """
    return _share(
        [
            page is not None and bool(fold_space(quote)) and fold_space(quote) in fold_space(page)
            for quote, page in citations
        ]
    )


def citation_precision(quotes: Sequence[str], evidence: Sequence[str]) -> float | None:
    """Share of the quotes that overlap some gold evidence. Gao et al., ALCE (EMNLP 2023), with gold for the judge."""
    if not evidence:
        return None
    return _share([is_proved([quote], evidence) for quote in quotes])


def citation_recall(quotes: Sequence[str], evidence: Sequence[str]) -> float | None:
    """Share of the gold evidence that some quote overlaps."""
    return _share([is_proved(quotes, [piece]) for piece in evidence])


def is_proved(quotes: Sequence[str], evidence: Sequence[str]) -> bool:
    """Whether some quote overlaps some piece of evidence."""
    return any(supports(quote, piece) for quote in quotes for piece in evidence)


def uncited_statements(answer: str) -> float | None:
    """Share of the answer's statements (runs of sentences up to their marks, list items, rows of a table) with no mark
    [n]. Lower is better. A question put back to the reader states nothing.
    """
    return _share([not one.marks for one in statements(answer) if not one.text.endswith("?")])


def list_precision(
    found: Sequence[str], gold: Sequence[Sequence[str]], optional: Sequence[Sequence[str]] = ()
) -> float | None:
    """Share of the rows whose name pairs off with a gold or optional name; None where there are no rows."""
    return matched_names(found, [*gold, *optional]) / len(found) if found else None


def list_recall(found: Sequence[str], gold: Sequence[Sequence[str]]) -> float | None:
    """Share of the gold names that pair off with a row; None where gold says that there are none."""
    return matched_names(found, gold) / len(gold) if gold else None


def bands(sure: bool, refused: bool, answerable: bool, right: bool) -> dict[str, float | None]:
    """Whether the answer was given as sure, shown as places to look or refused, against what was right.

    Right is an answer to a question that has one, with a quote that overlaps its evidence. `declined` counts where a
    question without an answer gets none that is given as sure, be it refused or shown as places to look.
    """
    return {
        "confidently_wrong": float(sure and not right),
        "sure_share": float(sure) if answerable else None,
        "sure_precision": float(right) if sure else None,
        "declined": None if answerable else float(not sure),
        "refusal_precision": float(not answerable) if refused else None,
        "refusal_recall": None if answerable else float(refused),
        "over_refusal": float(refused) if answerable else None,
    }


def _share(outcomes: Sequence[bool]) -> float | None:
    return sum(outcomes) / len(outcomes) if outcomes else None
