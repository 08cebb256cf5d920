"""A chat model's reply as it streams: statements with the numbers they point at, and what is told besides.

What it says of a refusal, in whatever words and language, is told apart from what it states.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from assistant.model.marks import (
    Mark,
    Unit,
    body_of,
    ends_unfinished,
    footnote_in,
    is_bullet,
    is_heading,
    is_row,
    tidied,
    units_of,
)
from assistant.model.unwrapping import Unwrapped, looks_like_json, plain_line, text_of_json
from ingest.errors import ModelFailed

_PHRASE = re.compile(r"\bej\s+i\s+källorna\b", re.IGNORECASE)
_DENIAL = re.compile(
    r"\b(?:inte|ej|ingen|inget|inga|ingenting|saknas|saknar|varken|omöjligt|tyvärr|oklart|utanför|not|no|none|nothing"
    r"|cannot|unable|unfortunately|sorry|beyond|insufficient|without|\w+n['’]t|kein\w*|nicht|leider|ikke|intet|desværre"
    r"|dessverre|aucune?|pas|ei|eivät|ninguna?|não)\b",
    re.IGNORECASE,
)
_SOURCES = re.compile(
    r"\b(?:käll\w*|underlag\w*|dokument\w*|utdrag\w*|kontext\w*|information\w*|uppgift\w*|mening(?:arna|ar)|texterna|texten"
    r"|materialet|sources?|documents?|context|excerpts?|passages?|provided|quellen|kilder\w*|svara\w*|besvara\w*|answer)\b",
    re.IGNORECASE,
)
_AUTHORS = re.compile(r"\b(?:jag|i|i['’]m|ich|jeg)\b", re.IGNORECASE)
_ABOUT_SOURCES = re.compile(
    r"\b(?:käll(?:orna|meningarna|texterna|materialet)|(?:det|detta) (?:framgår|anges|nämns|går) (?:inte|ej)|underlaget"
    r"|(?:the |these )?(?:provided |given )?(?:sources|excerpts|context|sentences) (?:do|does|is|are|\w+n['’]t)"
    r"|kan (?:inte|ej) (?:svara|besvara)|(?:can ?not|can['’]t|unable to) answer)\b",
    re.IGNORECASE,
)


def is_refusal(sentence: str, marked: bool) -> bool:
    """Whether the sentence refuses. Without a mark any denial does; with one, only a denial about the sources."""
    if _PHRASE.search(sentence):
        return True
    if _DENIAL.search(sentence) is None:
        return False
    about = _ABOUT_SOURCES.search(sentence) or (_SOURCES.search(sentence) and _AUTHORS.search(sentence))
    return not marked or bool(about)


STATEMENTS_SHOWN = 40
"""An answer longer than this is capped."""
_RULE = re.compile(r"[|\s:=*_-]*[-=*_]{2,}[|\s:=*_-]*")
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_SOURCES_LINE = re.compile(r"^\W*(?:källor(?:na)?|källa|sources?|referenser?|references?|fotnoter)\W*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a model, the numbers it points at (1-based, each once), and whether it is an item of a list."""

    text: str
    source_numbers: tuple[int, ...]
    bullet: bool = False


@dataclass(slots=True)
class ReplyNotes:
    """What is told of a reply besides its statements. `unmarked` counts statements that point at nothing."""

    refused: bool = False
    cut: bool = False
    capped: bool = False
    empty: bool = False
    unknown_marks: int = 0
    unmarked: int = 0


@dataclass(slots=True)
class ReplyReader:
    """Reads one reply to a prompt that showed `sources` sentences. `notes` are final when the statements have ended."""

    sources: int
    notes: ReplyNotes = field(default_factory=ReplyNotes)
    _row: str = field(default="", init=False)
    _whole: str = field(default="", init=False)
    _given: int = field(default=0, init=False)
    _waiting: list[tuple[str, tuple[int, ...], bool]] = field(default_factory=list, init=False)

    def statements(self, pieces: Iterable[str]) -> Iterator[Statement]:
        """The statements, each as soon as it is complete. A failure of the pieces passes on after what came before."""
        unwrapped = Unwrapped()
        failed: ModelFailed | None = None
        try:
            for piece in pieces:
                yield from self._fed(unwrapped, unwrapped.feed(piece), end=False)
        except ModelFailed as failure:
            failed = failure
            self.notes.cut = True
        yield from self._fed(unwrapped, unwrapped.feed("", end=True), end=True)
        yield from self._left()
        self.notes.empty = not self._whole.strip()
        if failed is not None:
            raise failed

    def _fed(self, unwrapped: Unwrapped, text: str, end: bool) -> Iterator[Statement]:
        if unwrapped.thought_ended:
            unwrapped.thought_ended, self._row, self._whole = False, "", ""
            self._waiting.clear()
        self._whole += text
        if looks_like_json(self._whole):
            if end:
                read = text_of_json(self._whole)
                self.notes.cut |= read is None
                yield from self._lines((read or "") + "\n", end=True)
            return
        yield from self._lines(text, end)

    def _lines(self, text: str, end: bool) -> Iterator[Statement]:
        self._row += text
        while "\n" in self._row:
            line, _, rest = self._row.partition("\n")
            self._row = rest
            yield from self._capped(self._line(line))
        if end and self._row and not self.notes.cut:
            line, self._row = self._row, ""
            yield from self._capped(self._line(line))
        else:
            yield from self._capped(self._begun(end))

    def _capped(self, statements: Iterable[Statement]) -> Iterator[Statement]:
        for statement in statements:
            if self._given >= STATEMENTS_SHOWN:
                self.notes.capped = True
                return
            self._given += 1
            yield statement

    def _line(self, line: str) -> Iterator[Statement]:
        """The statements of a finished line."""
        plain = plain_line(line)
        if footnote := footnote_in(plain):
            yield from self._resolved(*footnote)
        elif _RULE.fullmatch(plain):
            self._forget_head()
        elif plain.strip() and not _FENCE.match(plain) and not _SOURCES_LINE.match(plain):
            bullet = is_bullet(plain)
            units = units_of(body_of(plain))
            if units and not is_row(plain) and not any(unit.marks for unit in units) and _states_nothing(line, plain):
                return
            yield from self._units([_whole(units)] if is_row(plain) else units, bullet)

    def _begun(self, end: bool) -> Iterator[Statement]:
        """The statements of an unfinished line that are complete, because another sentence has begun after them."""
        line = self._row
        if (
            "|" in line
            or "`" in line
            or "*" in line
            or "<" in line
            or "](" in line
            or (not end and ends_unfinished(line))
        ):
            return
        if is_heading(line) or footnote_in(line) or plain_line(line) != line.rstrip():
            return
        bullet, units = is_bullet(line), units_of(body_of(line))[:-1]
        done = next((number for number in range(len(units), 0, -1) if units[number - 1].marks), 0)
        if done:
            yield from self._units(units[:done], bullet)
            self._row = ("- " if bullet else "") + units[done - 1].rest.lstrip()

    def _units(self, units: Sequence[Unit], bullet: bool) -> Iterator[Statement]:
        """Units with marks; those before them on the line take the marks of the first that has any."""
        open_units: list[str] = []
        for unit in units:
            if not unit.marks:
                open_units += [unit.text] if re.search(r"\w", unit.text) else []
                continue
            numbers = self._known(unit.marks)
            footnotes = tuple(number for mark in unit.marks if mark.footnote for number in mark.numbers)
            texts = [*open_units, unit.text]
            open_units = []
            if not re.search(r"\w", unit.text):
                texts = texts[:-1] or self._without_marks()
            for text in texts:
                yield from self._stated(text, numbers, footnotes, bullet)
        for text in open_units:
            if is_refusal(text, marked=False):
                self.notes.refused = True
            else:
                self._waiting.append((text, (), bullet))

    def _stated(
        self, text: str, numbers: tuple[int, ...], footnotes: tuple[int, ...], bullet: bool
    ) -> Iterator[Statement]:
        if not re.search(r"\w", text):
            return
        if is_refusal(text, marked=bool(numbers)):
            self.notes.refused = True
        elif footnotes:
            self._waiting.append((text, footnotes, bullet))
        elif numbers:
            yield Statement(text, numbers, bullet)
        else:
            self.notes.unmarked += 1

    def _known(self, marks: Sequence[Mark]) -> tuple[int, ...]:
        """The numbers of the marks that are no footnotes, without those that were never shown."""
        named = [number for mark in marks if not mark.footnote for number in mark.numbers]
        self.notes.unknown_marks += sum(not 1 <= number <= self.sources for number in named)
        return tuple(dict.fromkeys(number for number in named if 1 <= number <= self.sources))

    def _without_marks(self) -> list[str]:
        """Statements of earlier lines that wait for marks, which a line of marks alone gives them."""
        found = [text for text, footnotes, _ in self._waiting if not footnotes]
        self._waiting = [one for one in self._waiting if one[1]]
        return found

    def _resolved(self, footnote: int, numbers: tuple[int, ...]) -> Iterator[Statement]:
        """The statements whose footnote is now told."""
        known = tuple(number for number in numbers if 1 <= number <= self.sources)
        rest: list[tuple[str, tuple[int, ...], bool]] = []
        for text, footnotes, bullet in self._waiting:
            if footnote in footnotes and known:
                yield from self._capped([Statement(text, known, bullet)])
            else:
                rest.append((text, footnotes, bullet))
        self._waiting = rest

    def _forget_head(self) -> None:
        """A rule stands under the head of a table, which states nothing."""
        if self._waiting and not self._waiting[-1][1] and self._waiting[-1][2]:
            self._waiting.pop()

    def _left(self) -> Iterator[Statement]:
        """What still waits at the end: a footnote never told is the number of a sentence."""
        for text, footnotes, bullet in self._waiting:
            known = tuple(number for number in footnotes if 1 <= number <= self.sources)
            if known:
                yield from self._capped([Statement(text, known, bullet)])
            else:
                self.notes.unmarked += 1
        self._waiting.clear()


def _whole(units: Sequence[Unit]) -> Unit:
    """The sentences of a table's row as one unit."""
    marks = tuple(mark for unit in units for mark in unit.marks)
    return Unit(tidied(" ".join(unit.text for unit in units)), marks, "")


def _states_nothing(line: str, plain: str) -> bool:
    """Whether a line without marks is a heading, a bold line, or the lead of what follows."""
    bold = re.fullmatch(r"\s*(?:[-*•]\s+)?\*\*[^*]+\*\*:?\s*", line) is not None
    lead = plain.rstrip().endswith(":")
    return (is_heading(plain) or bold or lead) and not is_refusal(plain, marked=False)
