"""The measures of one answer, as pure functions. None means that the measure does not apply to the question.

A figure for a whole run is the mean over the questions to which it applies (see scoring.py), so that each question
weighs the same and two runs can be compared question by question.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from evals.overlap import fold_space, is_relevant, matched_names, supports

MARK = re.compile(r"\[\d+(?:\s*,\s*\d+)*\]")
"""A citation mark: [1], or several at once as [1, 2]."""

_SENTENCE_END = re.compile(r"[.!?…](?:[\"”»)*_]|\s?\[\d+(?:\s*,\s*\d+)*\])*\s+(?=[\"”»(*_]*[A-ZÅÄÖÉ0-9])")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(./])(?:[a-zåäö]|dir|ex|fl|dvs|osv|etc|ca|kap|nr|dnr|prop|art|sid|jfr|resp|exkl|inkl|kl|tel|dr|vs|"
    r"mnkr|mkr|tkr|mdkr|jan|feb|apr|aug|sep|sept|okt|nov|dec)\.$",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^(?:[-*+•–]|\d{1,3}[.)])\s+")
_TABLE_RULE = re.compile(r"^\|?[\s:|-]*-{3,}[\s:|-]*\|?$")
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
    """Share of the answer's statements (sentences, list items, table rows) with no mark [n]. Lower is better."""
    return _share([MARK.search(statement) is None for statement in statements(answer)])


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


def statements(markdown: str) -> list[str]:
    """The sentences, list items and table rows of an answer, in order.

    Headings, rules and a table's header row state nothing; a question put back to the reader neither. A line that ends
    in a colon belongs to what it introduces. Marks after the full stop belong to the sentence before them.
    """
    pieces: list[str] = []
    for line in _lines(markdown):
        if line.startswith("|"):
            pieces.append(line)
        else:
            pieces.extend(_sentences(line))
    return [piece for piece in pieces if _WORD.search(MARK.sub("", piece)) and not _is_question(piece)]


def _lines(markdown: str) -> list[str]:
    """Paragraphs, list items and table rows as one line each, with lead-ins joined to what follows."""
    lines: list[str] = []
    open_paragraph = False
    for raw in markdown.splitlines():
        line = raw.strip().lstrip(">").strip()
        if _TABLE_RULE.match(line) and lines and lines[-1].startswith("|"):
            lines.pop()
            continue
        if not line or line.startswith("#") or set(line) <= set("-*_= "):
            open_paragraph = False
            continue
        starts_anew = line.startswith("|") or bool(_BULLET.match(line))
        text = _BULLET.sub("", line)
        introduced = bool(lines) and _is_lead_in(lines[-1]) and not line.startswith("|")
        if introduced or (open_paragraph and not starts_anew):
            lines[-1] = f"{lines[-1]} {text}"
        else:
            lines.append(text)
        open_paragraph = not line.startswith("|")
    return [line for index, line in enumerate(lines) if not (_is_lead_in(line) and _table_follows(lines, index))]


def _is_lead_in(line: str) -> bool:
    return not line.startswith("|") and line.rstrip("*_ ").endswith(":")


def _table_follows(lines: list[str], index: int) -> bool:
    return index + 1 < len(lines) and lines[index + 1].startswith("|")


def _sentences(line: str) -> list[str]:
    pieces: list[str] = []
    start = 0
    for end in _SENTENCE_END.finditer(line):
        if _ABBREVIATION.search(line[start : end.start() + 1]):
            continue
        pieces.append(line[start : end.end()].strip())
        start = end.end()
    pieces.append(line[start:].strip())
    return pieces


def _is_question(statement: str) -> bool:
    return MARK.sub("", statement).rstrip('"”»)*_ ').endswith("?")
