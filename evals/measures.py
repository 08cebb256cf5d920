"""The measures of one answer, as pure functions. None means that the measure does not apply to the question.

A figure for a whole run is the mean over the questions to which it applies (see scoring.py), so that two runs can be
compared question by question. Texts are compared here apart from the product's own reading, so that a fault there
cannot hide itself.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence

from assistant.proof import statements

MARK = re.compile(r"\[\d+(?:\s*,\s*\d+)*\]")
"""A citation mark: [1], or several at once as [1, 2]."""

SHORTEST_PIECE = 4
"""Words from which on half of a text may stand for it."""

_WORD = re.compile(r"\w+")
_EMPHASIS = re.compile(r"\*+|(?<!\w)_+|_+(?!\w)|\\(?=[^\w\s])|`")
_LINE_END_HYPHEN = re.compile(r"(?<=\w)[-\u2010]\s*\n\s*(?=[a-zåäöéü])")


def fold_space(text: str) -> str:
    """`text` in NFC without soft hyphens, hyphenated line ends joined, each run of white space one space."""
    text = unicodedata.normalize("NFC", text).replace("\u00ad", "")
    return " ".join(_LINE_END_HYPHEN.sub("", text).split())


def fold(text: str) -> str:
    """`fold_space` in NFKC and without case, for comparing rather than for quoting."""
    return fold_space(unicodedata.normalize("NFKC", text)).casefold()


def words(text: str) -> list[str]:
    """The folded words of `text`, figures among them."""
    return _WORD.findall(fold(text))


def letters(text: str) -> str:
    """The letters and figures of `text` without case, for finding a piece whatever stands between its words."""
    return "".join(character for character in fold(text) if character.isalnum())


def is_relevant(text: str, evidence: str) -> bool:
    """Whether `text` holds `evidence`, letters and figures alone compared, or half of its words in order.

    Half of the distinct words must be there too, so that a word repeated does not count twice.
    """
    if letters(evidence) in letters(text):
        return True
    sought, found = words(evidence), words(text)
    few = 2 * len(set(sought) & set(found)) < len(set(sought))
    return bool(sought) and not few and 2 * _common_subsequence(sought, found) >= len(sought)


def supports(quote: str, evidence: str) -> bool:
    """Whether a quote and a piece of evidence overlap.

    One holds the other, or they share half of the shorter one's words in order. Pieces of fewer than four words must be
    held whole. An empty quote supports nothing.
    """
    if not letters(quote):
        return False
    if letters(quote) in letters(evidence) or is_relevant(quote, evidence):
        return True
    said, sought = words(quote), words(evidence)
    shorter = min(len(said), len(sought))
    return shorter >= SHORTEST_PIECE and 2 * _common_subsequence(said, sought) >= shorter


def _common_subsequence(left: Sequence[str], right: Sequence[str]) -> int:
    """Length of the longest common subsequence. Wagner and Fischer, Journal of the ACM 21(1) 1974."""
    row = [0] * (len(right) + 1)
    for word in left:
        diagonal = 0
        for column, other in enumerate(right, start=1):
            above = row[column]
            row[column] = diagonal + 1 if word == other else max(above, row[column - 1])
            diagonal = above
    return row[-1]


def same_name(name: str, other: str) -> bool:
    """Whether two names are equal when folded, or one holds the other as whole words ("projektet X" and "X (Y)")."""
    shorter, longer = sorted((words(name), words(other)), key=len)
    return bool(shorter) and f" {' '.join(shorter)} " in f" {' '.join(longer)} "


def paired_names(found: Sequence[Sequence[str]], gold: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    """The (found, gold) positions of names that pair off, each used once, closest pairs first.

    Either side holds for each name the spellings that are accepted. Pairing off keeps a row named "Kronoberg" from
    standing for every name that contains it, and a name given twice from counting twice.
    """
    fits = []
    for row, spellings in enumerate(found):
        for column, accepted in enumerate(gold):
            near = [_closeness(one, other) for one in spellings for other in accepted if same_name(one, other)]
            if near:
                fits.append((-max(near), row, column))
    pairs: dict[int, int] = {}
    for _, row, column in sorted(fits):
        if row not in pairs and column not in pairs.values():
            pairs[row] = column
    return list(pairs.items())


def _closeness(name: str, other: str) -> float:
    """1.0 for equal names, less the more words one has beyond the other."""
    fewer, more = sorted((len(words(name)), len(words(other))))
    return fewer / more


def relevance(texts: Sequence[str], evidence: Sequence[str]) -> list[list[bool]]:
    """For each of `texts`, best first, which pieces of evidence it holds: shape (texts, pieces)."""
    return [[is_relevant(text, piece) for piece in evidence] for text in texts]


def recall_at(held: Sequence[Sequence[bool]], pieces: int, k: int) -> float | None:
    """Share of the `pieces` of evidence that the first k texts hold: |found at rank <= k| / pieces.

    Manning, Raghavan and Schütze, Introduction to Information Retrieval (2008), section 8.4.
    """
    return _share([any(of_text[piece] for of_text in held[:k]) for piece in range(pieces)])


def texts_within(texts: Sequence[str], limit: int) -> int:
    """How many of the texts, best first, hold the first `limit` words together: fair to passages of any size."""
    shown = 0
    while shown < len(texts) and limit > 0:
        limit -= len(_WORD.findall(texts[shown]))
        shown += 1
    return shown


def reciprocal_rank(relevant: Sequence[bool], k: int) -> float:
    """1 / rank of the first relevant text if that is at most k, else 0. Voorhees, TREC-8 QA track report (1999)."""
    return next((1 / rank for rank, one in enumerate(relevant[:k], start=1) if one), 0.0)


def ndcg_at(relevant: Sequence[bool], k: int) -> float:
    """DCG@k over that of the same texts with the relevant ones first. 0 where none of the first k is relevant.

    DCG is the sum of 1 / log2(rank + 1) over the relevant. Järvelin and Kekäläinen, TOIS 20(4) 2002. What the index
    holds beyond the list is not known: this is about the order, recall about what is there.
    """
    ranks = [rank for rank, one in enumerate(relevant[:k], start=1) if one]
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, len(ranks) + 1))
    return sum(1 / math.log2(rank + 1) for rank in ranks) / ideal if ranks else 0.0


def key_fact_recall(texts: Sequence[str], key_facts: Sequence[str]) -> float | None:
    """Share of the key facts, regular expressions without regard to case, found in one of the texts.

    Citation marks and emphasis are taken out first, so that a mark [4] is never taken for the figure 4.
    """
    plain = [fold_space(_unmarked(text)).replace(" .", ".").replace(" ,", ",") for text in texts]
    return _share([any(re.search(pattern, text, re.IGNORECASE) for text in plain) for pattern in key_facts])


def answer_words(answer: str) -> float:
    """How many words the answer has, without its marks and emphasis."""
    return float(len(_WORD.findall(_unmarked(answer))))


def _unmarked(text: str) -> str:
    return _EMPHASIS.sub("", MARK.sub(" ", text))


def quote_verbatim(citations: Sequence[tuple[str, str | None]]) -> float | None:
    """Share of citations, as (quote, text of the cited page or None), whose quote stands on the page, space folded.

    An empty quote proves nothing: it fails.
    """
    folded = [(fold_space(quote), page) for quote, page in citations]
    return _share([page is not None and bool(quote) and quote in fold_space(page) for quote, page in folded])


def citation_precision(quotes: Sequence[str], evidence: Sequence[str]) -> float | None:
    """Share of the quotes that overlap some gold evidence. Gao et al., ALCE (EMNLP 2023), with gold for the judge."""
    return _share([is_proved([quote], evidence) for quote in quotes]) if evidence else None


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


def list_precision(found: Sequence[str], gold: Sequence[Sequence[str]]) -> float | None:
    """Share of the rows whose name pairs off with an accepted name; None where there are no rows."""
    return len(paired_names([(name,) for name in found], gold)) / len(found) if found else None


def list_recall(found: Sequence[str], gold: Sequence[Sequence[str]]) -> float | None:
    """Share of the gold names that pair off with a row; None where gold says that there are none."""
    return len(paired_names([(name,) for name in found], gold)) / len(gold) if gold else None


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
