"""What a chat model is shown: numbered sentences in the documents' own order, and around them what they lack.

Each citable sentence stands on a line of its own as "[sN] sentence"; the question stands last, after a line "FRÅGA".
Knows nothing of search or of how a reply is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from assistant.drafting import points_back

CANNOT_ANSWER = "EJ I KÄLLORNA"
"""What a model is told to write when the sentences do not answer."""
Manner = Literal["answer", "summary", "short", "plain"]
_MANNERS: Mapping[Manner, str] = {
    "answer": "",
    "summary": "Sammanfatta: högst åtta punkter, det viktigaste först.",
    "short": "Svara kortare än förra gången: högst två meningar, inga nya uppgifter.",
    "plain": "Skriv på lättläst svenska: korta meningar, vanliga ord, en sak i varje mening, samma siffror och namn.",
}
PASSAGES_SHOWN = 18
CONTEXT_TOKENS = 6000
_LETTERS_A_TOKEN = 3.0
"""Letters of Swedish text to a token of common models, rather too few than too many."""
_LOOKS_LIKE_MARK = re.compile(r"\[(s?\d{1,3})\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """A passage for the model. Passages of one document stand in the order of `place`; `section` is outermost first.

    `dates` says in words when the document is from and valid ("2023, gäller 2024–2030"). `best` are the places of the
    sentences that are shown when the whole passage has no room; a list or table (`whole`) is shown whole or not at all.
    """

    document_id: str
    title: str
    section: tuple[str, ...]
    place: int
    sentences: tuple[str, ...]
    dates: str = ""
    best: tuple[int, ...] = ()
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a question is asked in: today's date in words, the turns before, matching facts as rows, abbreviations."""

    today: str = ""
    turns: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    abbreviations: Mapping[str, str] = field(default_factory=dict)
    manner: Manner = "answer"


@dataclass(frozen=True, slots=True)
class Prompt:
    """The two messages, and for the sentence [sN] at N - 1 the places of its passage and of itself in that passage."""

    system: str
    human: str
    sources: tuple[tuple[int, int], ...]


def build_prompt(
    question: str,
    passages: Sequence[ShownPassage],
    around: Surroundings,
    passages_shown: int = PASSAGES_SHOWN,
    context_tokens: int = CONTEXT_TOKENS,
) -> Prompt:
    """The prompt over `passages`, best first; those shown stand in the order of their documents.

    `sources` of the result counts in `passages` as given. Passages are taken as long as the budget of tokens lasts.
    """
    chosen = _chosen(passages[:passages_shown], context_tokens * _LETTERS_A_TOKEN)
    documents = list(dict.fromkeys(passages[number].document_id for number in chosen))
    order = sorted(chosen, key=lambda one: (documents.index(passages[one].document_id), passages[one].place))
    sources = tuple((number, sentence) for number in order for sentence in chosen[number])
    shown = [passages[number] for number in order]
    texts = [sentence for one in shown for sentence in one.sentences]
    parts = [
        _lines("DAGENS DATUM", [around.today] if around.today else []),
        _lines("TIDIGARE I SAMTALET", [f"- {_flat(turn)}" for turn in around.turns]),
        _lines("KÄLLOR", list(_source_lines(passages, sources))),
        _lines("UPPGIFTER SOM HÖR TILL KÄLLORNA", [f"- {_flat(fact)}" for fact in around.facts]),
        _lines("FÖRKORTNINGAR", [f"- {short}: {long}" for short, long in _spelled_out(around, texts)]),
        f"FRÅGA\n{_flat(question)}",
    ]
    return Prompt(instructions(around.manner), "\n\n".join(part for part in parts if part), sources)


def _chosen(passages: Sequence[ShownPassage], letters: float) -> dict[int, tuple[int, ...]]:
    """The sentences that are shown of each passage, by its place, within so many letters."""
    chosen: dict[int, tuple[int, ...]] = {}
    for number, passage in enumerate(passages):
        every = tuple(range(len(passage.sentences)))
        for wanted in (every,) if passage.whole else (every, _with_predecessors(passage)):
            size = sum(len(passage.sentences[one]) + 8 for one in wanted)
            if wanted and (size <= letters or not chosen):
                chosen[number] = wanted
                letters -= size
                break
    return chosen


def _with_predecessors(passage: ShownPassage) -> tuple[int, ...]:
    """The best sentences, each with those before it that it points back to."""
    wanted: set[int] = set()
    for at in passage.best:
        wanted.add(at)
        while at > 0 and points_back(passage.sentences[at]):
            at -= 1
            wanted.add(at)
    return tuple(sorted(wanted))


def _source_lines(passages: Sequence[ShownPassage], sources: Sequence[tuple[int, int]]) -> Iterator[str]:
    """The sentences, under each document and heading once."""
    document, last = "", (-1, -1)
    section: tuple[str, ...] = ()
    for mark, (number, sentence) in enumerate(sources, 1):
        passage = passages[number]
        if passage.document_id != document:
            document, section = passage.document_id, ()
            yield f"DOKUMENT: {_flat(passage.title)}" + (f" ({_flat(passage.dates)})" if passage.dates else "")
        if passage.section != section:
            section = passage.section
            yield f"RUBRIK: {' > '.join(_flat(heading) for heading in section)}"
        if last[0] == number and sentence > last[1] + 1:
            yield "…"
        yield f"[s{mark}] {_flat(passage.sentences[sentence])}"
        last = (number, sentence)


def _flat(text: str) -> str:
    """The text on one line, in which nothing looks like a mark of the prompt."""
    return _LOOKS_LIKE_MARK.sub(r"(\1)", " ".join(text.split()))


def _lines(heading: str, lines: Sequence[str]) -> str:
    return "\n".join((heading, *lines)) if lines else ""


def _spelled_out(around: Surroundings, texts: Sequence[str]) -> list[tuple[str, str]]:
    """The known abbreviations that the sentences use."""
    whole = " ".join(texts)
    used = ((short, re.search(rf"(?<!\w){re.escape(short)}(?!\w)", whole)) for short in around.abbreviations)
    return [(short, _flat(around.abbreviations[short])) for short, there in used if there]


def instructions(manner: Manner) -> str:
    """What the model is told to do, with the manner of the answer last."""
    return "\n".join(part for part in (_instructions(), _MANNERS[manner]) if part)


@cache
def _instructions() -> str:
    text = (Path(__file__).parent / "instructions.md").read_text(encoding="utf-8")
    return text.replace("{cannot_answer}", CANNOT_ANSWER).strip()
