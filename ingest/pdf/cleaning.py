"""Clean text from drawn text: Unicode forms, ligatures, soft hyphens and words broken at line ends.

Every function keeps beside the text the index of the drawn character that each character comes from (-1 for one that
the cleaning put in), so that a quote can be marked on the page.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ingest.pdf.lines import LETTER_BULLETS, Line
from ingest.plain import BULLETS, SYMBOL_FONT, symbol

_PLAIN = re.compile(r"[\x20-\x7eåäöÅÄÖéÉüÜ–—”“’‘…•§°«»×€±·]*")
_KEPT_FORMS = ("<super>", "<sub>", "<fraction>", "<circle>", "<square>", "<font>")
_SPACING_MARKS = {
    "¨": "\u0308",
    "´": "\u0301",
    "`": "\u0300",
    "˚": "\u030a",
    "ˆ": "\u0302",
    "˜": "\u0303",
    "¸": "\u0327",
}
_WORD = re.compile(r"[^\W\d_]+")
_HYPHENATED = re.compile(r"[^\W_]+(?:-[^\W_]+)+")
_LONGEST_WORD = 60
_BROKEN_END = re.compile(r"([^\W_]+)[-\u00ad]$")
_SHARED_TAIL = re.compile(r"(?:och|eller|samt|respektive|resp|till|and|or|/)\b", re.IGNORECASE)
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_PARTED = re.compile(r"(?<![^\W_])([^\W\d_]{2,}) (?=([^\W\d_]+)(?![^\W_]))")
_PARTED_YEAR = re.compile(r"(?<!\d)\d{4}[–-](?:\d \d{3}|\d\d \d\d|\d{3} \d)(?!\d)")
_RARE = 2
"""Times that a part of a broken word may stand on the lines of a document."""


@dataclass(slots=True)
class Text:
    """Text and, for each character, the index of the drawn character that it comes from, or -1."""

    characters: str = ""
    source: list[int] = field(default_factory=list)

    def add(self, joint: str, following: Text) -> None:
        """Appends another text after `joint`, which the program puts in."""
        self.characters += joint + following.characters
        self.source += [-1] * len(joint) + following.source


@dataclass(slots=True)
class Vocabulary:
    """The words of a document that stand whole on one line, by which broken ones are mended."""

    words: Counter[str]
    hyphenated: Counter[str]


def vocabulary_of(lines: Iterable[Line]) -> Vocabulary:
    """Counts the words that no line end breaks."""
    words: Counter[str] = Counter()
    hyphenated: Counter[str] = Counter()
    for line in lines:
        text = line.text.casefold().rstrip()
        if text.endswith(("-", "\u2010", "\u00ad")):
            text = text.rpartition(" ")[0]
        words.update(_WORD.findall(text))
        hyphenated.update(_HYPHENATED.findall(text.replace("\u2010", "-").replace("\u2011", "-")))
    return Vocabulary(words, hyphenated)


def clean_line(line: Line, drop: Sequence[tuple[int, int]] = ()) -> Text:
    """The line's text in normal form. `drop` are (start, end) offsets to leave out, such as footnote marks."""
    text, source = line.text, line.source
    if drop:
        kept = [i for i in range(len(text)) if not any(start <= i < end for start, end in drop)]
        text, source = "".join(text[i] for i in kept), [source[i] for i in kept]
    if not _PLAIN.fullmatch(text):
        text, source = _normal_form(text, source)
    return _squeeze(text, source)


def _normal_form(text: str, source: Sequence[int]) -> tuple[str, list[int]]:
    """NFKC for ligatures, widths and spaces, but not where it would turn ½ or m² into another number; then NFC."""
    characters: list[str] = []
    origin: list[int] = []
    last = len(text) - 1
    for index, character in enumerate(text):
        if character == "\u00ad" and index < last:
            continue
        replaced = _symbol(text, index) or _replacement(character)
        if unicodedata.combining(replaced[:1] or " ") and characters:
            composed = unicodedata.normalize("NFC", characters[-1] + replaced)
            if len(composed) == 1:
                characters[-1] = composed
                continue
        characters += replaced
        origin += [source[index]] * len(replaced)
    return "".join(characters), origin


def _symbol(text: str, index: int) -> str:
    """The letter of a symbol font's code where it is part of a word, or its sign before a figure; "" for a bullet and
    all else.
    """
    meant = symbol(ord(text[index])) if ord(text[index]) > SYMBOL_FONT else None
    in_word = text[max(index - 1, 0) : index].strip() or text[index + 1 : index + 2] == "-"
    before_figure = text[index + 1 :].lstrip()[:1].isdigit()
    fits = meant is not None and (in_word if meant.isalpha() else before_figure)
    return meant if meant and fits else ""


def _replacement(character: str) -> str:
    if character in "\u00ad\u2010\u2011":
        return "-"
    if character in _SPACING_MARKS:
        return character
    category = unicodedata.category(character)
    if category in ("Cc", "Cf"):
        return " " if character == "\t" else ""
    if category == "Co":
        return "•"
    form = unicodedata.decomposition(character)
    if form.startswith("<") and not form.startswith(_KEPT_FORMS):
        plain = unicodedata.normalize("NFKC", character)
        return plain if not any(unicodedata.combining(c) for c in plain) or len(plain) == 1 else character
    return unicodedata.normalize("NFC", character)


def _squeeze(text: str, source: Sequence[int]) -> Text:
    """Without white space at the ends or in a row, and without a space before a mark that closes."""
    if "  " not in text and text[:1] != " " and text[-1:] != " " and " ." not in text and " ," not in text:
        return Text(text, list(source))
    kept: list[int] = []
    for index, character in enumerate(text):
        if character == " " and not _parts_cells(text, index):
            following = text[index + 1 : index + 2]
            closes = (
                following in ".,"
                and not text[index + 2 : index + 3].isalnum()
                and text[index + 2 : index + 3] != following
            )
            if following in ("", " ") or (closes and text[max(index - 1, 0)] not in ".,"):
                continue
            if not kept:
                continue
        kept.append(index)
    return Text("".join(text[i] for i in kept), [source[i] for i in kept])


def _parts_cells(text: str, index: int) -> bool:
    """Whether a space belongs to the divider beside an empty cell of a table."""
    after, before = text[index + 1 : index + 3], text[max(index - 1, 0) : index]
    return (before == "|" and after == " |") or (before == " " and after == "| " and text[: index - 1].endswith("|"))


def continue_text(text: Text, following: Text, vocabulary: Vocabulary) -> bool:
    """Appends the next line to `text` in place; returns whether a broken word was mended.

    A hyphen at the line end goes when the joined word stands elsewhere in the document, and stays when the hyphenated
    one does; else it stays where a hyphen belongs in Swedish: after digits, capitals and single letters, before
    capitals and digits, and with a space before "och" (kultur- och fritid).
    """
    broken = _BROKEN_END.search(text.characters[-_LONGEST_WORD:])
    joint, mended = " ", False
    if broken and following.characters[0].isalnum():
        joint = ""
        head = broken.group(1)
        if _SHARED_TAIL.match(following.characters) and not _known_whole(head, following.characters, vocabulary):
            joint = " "
        elif not _keeps_hyphen(head, text.characters, following.characters, vocabulary):
            del text.source[-1]
            text.characters = text.characters[:-1]
            mended = True
    elif text.characters.endswith("/") and not text.characters.endswith(" /"):
        joint = ""
    text.add(joint if text.characters else "", following)
    return mended


def _known_whole(head: str, following: str, vocabulary: Vocabulary) -> bool:
    match = _FIRST_WORD.match(following)
    return match is not None and vocabulary.words[(head + match.group()).casefold()] > 0


def _keeps_hyphen(head: str, text: str, following: str, vocabulary: Vocabulary) -> bool:
    match = _FIRST_WORD.match(following)
    if match is None:
        return True
    tail = match.group()
    joined, hyphenated = (head + tail).casefold(), f"{head}-{tail}".casefold()
    if vocabulary.words[joined] != vocabulary.hyphenated[hyphenated]:
        return vocabulary.hyphenated[hyphenated] > vocabulary.words[joined]
    before = text[: len(text) - len(head) - 1]
    if head[-1].isdigit() or len(head) == 1 or (head.isupper() and len(head) > 1) or before.endswith((":", "-")):
        return True
    return tail[0].isupper() and not head.isupper()


def close_cells(text: Text, vocabulary: Vocabulary) -> int:
    """Makes whole, in place, what a narrow cell broke without a hyphen; returns how many spaces went.

    "Handelskam maren" is one word where that stands whole elsewhere in the document and its parts hardly at all;
    "2024–2 027" is a period.
    """
    spaces = [found.start() + found.group().index(" ") for found in _PARTED_YEAR.finditer(text.characters)]
    for found in _PARTED.finditer(text.characters):
        head, tail = (part.casefold() for part in found.groups())
        rare = vocabulary.words[head] <= _RARE and vocabulary.words[tail] <= _RARE + 1
        if rare and found.group(2).islower() and vocabulary.words[head + tail]:
            spaces.append(found.end() - 1)
    for space in sorted(spaces, reverse=True):
        text.characters = text.characters[:space] + text.characters[space + 1 :]
        del text.source[space]
    return len(spaces)


def starts_with_bullet(text: str) -> bool:
    """Whether the text begins with a list bullet and a space."""
    if _symbol(text[:2], 0):
        return False
    return bool(re.match(rf"^(?:[{BULLETS}\ue000-\uf8ff]\s*|[–—-]\s+|[{LETTER_BULLETS}]\s+)\S", text))
