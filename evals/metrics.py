"""The measures of one answer, as pure functions. None means that the measure does not apply to the question.

A figure for a whole run is the mean over the questions to which it applies (see scoring.py), so that each question
weighs the same and two runs can be compared question by question.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from evals.matching import fold_space, holds_evidence, matched_names, overlaps
from evals.statements import MARK, statements

_EMPHASIS = re.compile(r"\*+|(?<!\w)_+|_+(?!\w)|\\(?=[^\w\s])|`")


def evidence_ranks(texts: Sequence[str], evidence: Sequence[str]) -> list[int | None]:
    """For each piece of evidence the rank (from 1) of the first of `texts` that holds it, None where none does."""
    return [
        next((rank for rank, text in enumerate(texts, start=1) if holds_evidence(text, piece)), None)
        for piece in evidence
    ]


def recall_at(ranks: Sequence[int | None], k: int) -> float | None:
    """Share of the evidence found among the first k: |found at rank <= k| / |evidence|.

    Manning, Raghavan and Schütze, Introduction to Information Retrieval (2008), section 8.4.
    """
    return _share([rank is not None and rank <= k for rank in ranks])


def hit_at(ranks: Sequence[int | None], k: int) -> float | None:
    """1.0 if any piece of evidence is found among the first k, else 0.0 (success@k)."""
    return float(any(rank is not None and rank <= k for rank in ranks)) if ranks else None


def reciprocal_rank(ranks: Sequence[int | None], k: int) -> float | None:
    """1 / rank of the first relevant passage if that is at most k, else 0. Voorhees, TREC-8 QA track report (1999)."""
    found = [rank for rank in ranks if rank is not None and rank <= k]
    if not ranks:
        return None
    return 1 / min(found) if found else 0.0


def dcg(gains: Sequence[float]) -> float:
    """Discounted cumulative gain: the sum of gain_i / log2(i + 1). Järvelin and Kekäläinen, TOIS 20(4) 2002."""
    return sum(gain / math.log2(position + 1) for position, gain in enumerate(gains, start=1))


def ndcg_at(ranks: Sequence[int | None], k: int) -> float | None:
    """DCG@k over the best possible DCG@k, where a passage gains 1 if it brings evidence that no passage above it had.

    What the index holds beyond the list is not known, so the ideal list is: as many gaining passages as were found,
    plus one for each piece of evidence that was not, all first. With one piece of evidence this is 1 / log2(rank + 1).
    """
    if not ranks:
        return None
    gaining = {rank for rank in ranks if rank is not None}
    missing = sum(rank is None for rank in ranks)
    gains = [float(rank in gaining) for rank in range(1, k + 1)]
    return dcg(gains) / dcg([1.0] * min(k, len(gaining) + missing))


def key_fact_recall(answer: str, key_facts: Sequence[str]) -> float | None:
    """Share of the key facts, regular expressions without regard to case, found in the answer.

    Citation marks and emphasis are taken out first, so that a mark [4] is never taken for the figure 4.
    """
    plain = fold_space(_EMPHASIS.sub("", MARK.sub(" ", answer))).replace(" .", ".").replace(" ,", ",")
    return _share([re.search(pattern, plain, re.IGNORECASE) is not None for pattern in key_facts])


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
    return _share([any(overlaps(quote, piece) for piece in evidence) for quote in quotes])


def citation_recall(quotes: Sequence[str], evidence: Sequence[str]) -> float | None:
    """Share of the gold evidence covered by some quote: the quote holds it, or half of its words in order."""
    return _share([any(holds_evidence(quote, piece) for quote in quotes) for piece in evidence])


def uncited_statements(answer: str) -> float | None:
    """Share of the answer's statements (sentences, list items, table rows) with no mark [n]. Lower is better."""
    return _share([MARK.search(statement) is None for statement in statements(answer)])


def list_precision(found: Sequence[str], gold: Sequence[Sequence[str]]) -> float | None:
    """Share of the rows whose name pairs off with a gold name; None where there are no rows."""
    return matched_names(found, gold) / len(found) if found else None


def list_recall(found: Sequence[str], gold: Sequence[Sequence[str]]) -> float | None:
    """Share of the gold names that pair off with a row; None where gold says that there are none."""
    return matched_names(found, gold) / len(gold) if gold else None


def refusal_precision(refused: bool, answerable: bool) -> float | None:
    """Of the refused questions: 1.0 where the documents indeed hold no answer. Mean: true refusals / refusals."""
    return float(not answerable) if refused else None


def refusal_recall(refused: bool, answerable: bool) -> float | None:
    """Of the questions without an answer: 1.0 where refused. Mean: true refusals / unanswerable questions."""
    return None if answerable else float(refused)


def over_refusal(refused: bool, answerable: bool) -> float | None:
    """Of the questions with an answer: 1.0 where refused. Mean: false refusals / answerable. Lower is better."""
    return float(refused) if answerable else None


def _share(outcomes: Sequence[bool]) -> float | None:
    return sum(outcomes) / len(outcomes) if outcomes else None
