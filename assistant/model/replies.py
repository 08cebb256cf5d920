"""A chat model's reply as it streams: statements with the numbers they point at, and what is told besides.

A mark stands in its sentence, after it or before it, in the many forms that models write. What the reply says of a
refusal, in whatever words and language, is told apart from what it states.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from assistant.model.unwrapping import Unwrapped, looks_like_json, plain_line, text_of_json
from ingest.errors import ModelFailed
from ingest.swedish import split_sentences

STATEMENTS_SHOWN = 40
"""An answer longer than this is capped."""
_WORD = r"(?:källor(?:na)?|källa(?:n)?|sources?|refs?\.?|referens(?:er)?|mening(?:ar|en)?|sentences?|se|see|enligt)"
_NUMBER = r"\^?[sS]?\s?\d{1,3}(?:\s*†[^\]】)]*)?"
_JOINT = r"\s*(?:,|;|&|\boch\b|\band\b|-|–|—|\]\s?\[|\s)\s*"
_NUMBERS = rf"{_NUMBER}(?:{_JOINT}{_WORD}?\s*{_NUMBER})*"
_PLAIN = rf"[sS]\d{{1,3}}(?:{_JOINT}[sS]?\d{{1,3}})*"
_MARK = re.compile(
    rf"\\?[\[［【]{{1,2}}\s*(?:{_WORD}\s*:?\s*)?(?P<a>{_NUMBERS})\s*\\?[\]］】]{{1,2}}(?:\(#?[\w-]*\))?"
    rf"|[({{<]\s*(?:{_WORD}\s*:?\s*)?(?P<b>{_PLAIN})\s*[)}}>]"
    rf"|[({{]\s*{_WORD}\s*:?\s*(?P<c>{_NUMBERS})\s*[)}}]"
    rf"|(?<!\w){_WORD}\s*:\s*(?P<d>{_PLAIN})(?!\w)"
    rf"|\^(?P<e>[sS]?\d{{1,3}}(?:,[sS]?\d{{1,3}})*)\^|(?P<f>[¹²³⁰⁴-⁹]+)",
    re.IGNORECASE,
)
_RANGE = re.compile(r"[sS]?(\d{1,3})\s*[-–—]\s*[sS]?(\d{1,3})|(\d{1,3})")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_LONGEST_RANGE = 20
_FOOTNOTE = re.compile(r"^\s*\[\^(\d+)\]:?\s+(.*)$")
_FIRST_HELD, _HELD = 0xE000, "[\ue000-\uf8ff]"
"""A character of private use stands for each mark while its line is cut into sentences."""
_BEFORE_SENTENCE = re.compile(rf"(^|[.!?…]\s)[^\w\ue000-\uf8ff]*({_HELD}(?:[\s,;]*{_HELD})*)[\s:]*([\"”»'(]*\w+)")
_AFTER_STOP = re.compile(rf"([.!?…][\"”»')]*)\s*({_HELD}(?:[\s,;]*{_HELD})*)")
_ENDED = re.compile(r"\w(?:[.!?]\s*(?:\[s\d{1,3}\])+|\s*(?:\[s\d{1,3}\])+[.!?])\s+(?=[A-ZÅÄÖ]\w)", re.IGNORECASE)
_MARKUP = re.compile(r"[|`*<#]|\]\(|^\W*\[")
"""What makes a line one that is read when it has ended."""

_BULLET = re.compile(r"^\s*(?:[-*•‣▪–+·]|\(?\d{1,2}[.)]|[a-z]\))\s+(?:\[[ xX]\]\s+)?")
_ROW = re.compile(r"^\s*\|.*\|\s*$")
_QUOTED = re.compile(r"^\s*(?:>\s*)+")
_RULE = re.compile(r"[|\s:=*_-]*[-=*_]{2,}[|\s:=*_-]*")
_NO_STATEMENT = re.compile(
    r"^\W*(?:källor(?:na)?|källa|sources?|referenser?|references?|fotnoter)?\W*$|^\s*(?:```|~~~)", re.IGNORECASE
)
_LEAD = re.compile(r"^\s*#{1,6}\s|:\s*$|^\s*(?:[-*•]\s+)?\*\*[^*]+\*\*:?\s*$")
"""A heading, a bold line, or the lead of what follows."""
_LOOSE = re.compile(r"\s+(?=[,.;:!?…](?!\w))")
_TWICE = re.compile(r"([,;:])[,;:\s]*(?=[.,;:!?])|(?<!\.)\.\.(?!\.)")
_HOLLOW = re.compile(r"\(\s*[,;]?\s*\)|\[\s*\]")
_LEADING = re.compile(r"^[\s,.;:)\]–—-]+(?=\S)")

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


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence without its marks, the numbers that these name, and those among them that are footnotes' ("[^1]")."""

    text: str
    numbers: tuple[int, ...]
    footnotes: tuple[int, ...]


@dataclass(slots=True)
class ReplyReader:
    """Reads one reply to a prompt that showed `sources` sentences. `notes` are final when the statements have ended."""

    sources: int
    notes: ReplyNotes = field(default_factory=ReplyNotes)
    _row: str = field(default="", init=False)
    _whole: str = field(default="", init=False)
    _given: int = field(default=0, init=False)
    _waiting: list[tuple[str, tuple[int, ...], bool]] = field(default_factory=list, init=False)
    """Sentences that wait for a line of marks or for their footnotes, with these, and whether they are items."""

    def statements(self, pieces: Iterable[str]) -> Iterator[Statement]:
        """The statements, each as soon as it is complete. A failure of the pieces passes on after what came before."""
        for statement in self._read(pieces):
            if self._given >= STATEMENTS_SHOWN:
                self.notes.capped = True
            else:
                self._given += 1
                yield statement

    def _read(self, pieces: Iterable[str]) -> Iterator[Statement]:
        unwrapped = Unwrapped()
        failed: ModelFailed | None = None
        try:
            for piece in pieces:
                yield from self._fed(unwrapped, unwrapped.feed(piece), end=False)
        except ModelFailed as failure:
            failed = failure
            self.notes.cut = True
        yield from self._fed(unwrapped, unwrapped.feed("", end=True), end=True)
        for text, footnotes, bullet in self._waiting:  # a footnote never told is the number of a sentence
            yield from self._stated(text, self._known(footnotes), bullet)
        self.notes.empty = not self._whole.strip()
        if failed is not None:
            raise failed

    def _fed(self, unwrapped: Unwrapped, text: str, end: bool) -> Iterator[Statement]:
        if unwrapped.thought_ended:
            unwrapped.thought_ended, self._row, self._whole = False, "", ""
            self._waiting.clear()
        self._whole += text
        self._row += text
        if looks_like_json(self._whole):
            if not end:
                return
            read = text_of_json(self._whole)
            self.notes.cut |= read is None
            self._row = (read or "") + "\n"
        *lines, self._row = self._row.split("\n")
        for line in lines:
            yield from self._line(line)
        if end and not self.notes.cut:
            yield from self._line(self._row)
        elif not _MARKUP.search(self._row) and (ended := list(_ENDED.finditer(self._row))):
            begun, self._row = self._row[: ended[-1].end()], self._row[ended[-1].end() :]
            self._row = ("- " if _is_item(begun) else "") + self._row
            yield from self._line(begun)

    def _line(self, line: str) -> Iterator[Statement]:
        """The statements of a line; the sentences before a mark take those of the first one that has any."""
        plain = plain_line(line)
        if footnote := _FOOTNOTE.match(plain):
            yield from self._resolved(int(footnote[1]), tuple(map(int, re.findall(r"[sS](\d{1,3})", footnote[2]))))
        elif _RULE.fullmatch(plain):
            if self._waiting and self._waiting[-1][2] and not self._waiting[-1][1]:
                self._waiting.pop()  # the head of a table states nothing
        elif not _NO_STATEMENT.search(plain):
            units = _units(plain)
            if _ROW.match(plain) or any(one.numbers for one in units) or not _LEAD.search(line):
                yield from self._of_units(units, _is_item(plain))
            elif is_refusal(plain, marked=False):
                self.notes.refused = True

    def _of_units(self, units: Sequence[_Unit], bullet: bool) -> Iterator[Statement]:
        before: list[str] = []
        for unit in units:
            before += [unit.text] if re.search(r"\w", unit.text) else []
            if not unit.numbers:
                continue
            if not before:  # marks alone: those of the sentences on the lines before
                before = [text for text, footnotes, _ in self._waiting if not footnotes]
                self._waiting = [one for one in self._waiting if one[1]]
            known = self._known([number for number in unit.numbers if number not in unit.footnotes])
            for text in before:
                if unit.footnotes and not is_refusal(text, bool(known)):
                    self._waiting.append((text, unit.footnotes, bullet))
                else:
                    yield from self._stated(text, known, bullet)
            before = []
        for text in before:
            if is_refusal(text, marked=False):
                self.notes.refused = True
            else:
                self._waiting.append((text, (), bullet))

    def _stated(self, text: str, numbers: tuple[int, ...], bullet: bool) -> Iterator[Statement]:
        if is_refusal(text, marked=bool(numbers)):
            self.notes.refused = True
        elif numbers:
            yield Statement(text, numbers, bullet)
        else:
            self.notes.unmarked += 1

    def _known(self, numbers: Sequence[int]) -> tuple[int, ...]:
        """Those of the numbers that were shown, each once; the others are counted."""
        known = [number for number in numbers if 1 <= number <= self.sources]
        self.notes.unknown_marks += len(numbers) - len(known)
        return tuple(dict.fromkeys(known))

    def _resolved(self, footnote: int, numbers: tuple[int, ...]) -> Iterator[Statement]:
        """The statements whose footnote is now told."""
        told = [one for one in self._waiting if footnote in one[1]] if self._known(numbers) else []
        self._waiting = [one for one in self._waiting if one not in told]
        for text, _, bullet in told:
            yield from self._stated(text, self._known(numbers), bullet)


def is_refusal(sentence: str, marked: bool) -> bool:
    """Whether the sentence refuses. Without a mark any denial does; with one, only a denial about the sources."""
    if _PHRASE.search(sentence):
        return True
    about = _ABOUT_SOURCES.search(sentence) or (_SOURCES.search(sentence) and _AUTHORS.search(sentence))
    return bool(_DENIAL.search(sentence) and (about or not marked))


def numbers_in(mark: str) -> tuple[int, ...]:
    """The numbers that a mark names, ranges spelled out, each once."""
    found: list[int] = []
    for first, last, one in _RANGE.findall(re.sub(r"†[^,;]*", "", mark)):
        end = int(one) if one else min(int(last), int(first) + _LONGEST_RANGE)
        found.extend(range(int(one or first), end + 1))
    return tuple(dict.fromkeys(found))


def _units(line: str) -> list[_Unit]:
    """The sentences of a line; a row of a table is one. Marks before the first word lead their sentences."""
    is_row = _ROW.match(line) is not None
    body = _QUOTED.sub("", line)
    body = ", ".join(cell.strip() for cell in line.strip(" \t|").split("|") if cell.strip()) if is_row else body
    body = _BULLET.sub("", body)
    marks = [next(group for group in found.groups() if group) for found in _MARK.finditer(body)]
    places = count(_FIRST_HELD)
    held = _MARK.sub(lambda _: chr(next(places)), body)
    leads = re.match(rf"[^\w\ue000-\uf8ff]*{_HELD}", held) is not None
    held = _BEFORE_SENTENCE.sub(r"\1\3\2 ", held) if leads else _AFTER_STOP.sub(r"\2\1 ", held)
    starts = [0] if is_row else [start for start, _ in split_sentences(held)] or [0]
    pieces = [held[start:end] for start, end in zip(starts, [*starts[1:], len(held)], strict=True)]
    return [_unit(piece, [marks[ord(one) - _FIRST_HELD] for one in re.findall(_HELD, piece)]) for piece in pieces]


def _unit(piece: str, marks: Sequence[str]) -> _Unit:
    raised = [(mark.translate(_RAISED), "^" in mark or mark.translate(_RAISED) != mark) for mark in marks]
    named = [(number, footnote) for mark, footnote in raised for number in numbers_in(mark)]
    text = _tidied(re.sub(_HELD, " ", piece))
    return _Unit(text, tuple(number for number, _ in named), tuple(number for number, footnote in named if footnote))


def _tidied(text: str) -> str:
    """The text in one line, without what taken-away marks leave: loose commas, hollow brackets, doubled stops."""
    text = _HOLLOW.sub("", " ".join(text.split()))
    text = _TWICE.sub(lambda found: "." if found.group().startswith("..") else "", _LOOSE.sub("", text))
    text = " ".join(_LEADING.sub("", text).rstrip(" ,;").split())
    return "" if _NO_STATEMENT.search(text) else text


def _is_item(line: str) -> bool:
    """Whether the line is an item of a list or a row of a table."""
    return _BULLET.match(_QUOTED.sub("", line)) is not None or _ROW.match(line) is not None
