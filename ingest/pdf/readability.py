"""Whether extracted characters are text at all, or the output of a font without a readable encoding."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from itertools import pairwise

_COMMON_PAIRS = frozenset(
    "ab ac ad ag ak al am an ap ar as at av ba be bi bl bu ca ce ch ci ck cl co ct da de di do dr ds du ea ec ed ee "
    "ef eg ek el em en ep er es et ex fa fi fo fr ft fö ga ge gi gr gs gt ha he hi ho ia ic id ie if ig ik il im in "
    "io is it iv jä ka ke ki kl kn ko kr kt ku la ld le lf li ll lo ls lt lu lä ma me mi mm mo mp na nc nd ne ng ni "
    "nk nn no ns nt nä oc od ol om on op or os ot ou pa pe pl po pp pr på ra rb rd re ri rk rl rm rn ro rr rs rt ru "
    "rä rå sa se si sk sl so sp ss st sä så ta te th ti to tr ts tt tu ty tä ue ul um un up ur us ut va ve vi vä vå "
    "wa äl än är ät ån år ör öv".split()
)
"""The commonest letter pairs of Swedish and English words."""
_READABLE_SHARE = 0.55
"""Between running Swedish and English (0.82 to 0.86 of the pairs are common) and mixed-up codes (below 0.4)."""
_ENOUGH_PAIRS = 60
_DEVIATIONS = 2.0
"""How far below the share a text must lie, in standard errors of a share over words of unequal length (the ratio
estimator of Cochran, Sampling Techniques, 1977, chapter 6): a few words, said again and again, prove nothing."""
_BROKEN_SHARE = 0.1
_BROKEN_CATEGORIES = ("Co", "Cn", "Cc", "Cs")
_MORE_THAN_BULLETS = 8
"""Different private-use codes: a symbol font used for bullets has fewer."""
_WORD = re.compile(r"[^\W\d_]{2,}")


def is_readable(text: str) -> bool:
    """Whether the text reads as Swedish or English, as far as it is long enough to tell.

    Too many private-use, unassigned or control characters make any text unreadable. Each word counts once. Text in
    another script is left alone: its letters say nothing about a broken font.
    """
    counts = {character: count for character, count in Counter(text).items() if not character.isspace()}
    broken = {c: n for c, n in counts.items() if c == "\ufffd" or unicodedata.category(c) in _BROKEN_CATEGORIES}
    if sum(broken.values()) > _BROKEN_SHARE * sum(counts.values()) and len(broken) >= _MORE_THAN_BULLETS:
        return False
    words = sorted({word.casefold() for word in _WORD.findall(text)})
    latin = [word for word in words if "a" <= unicodedata.normalize("NFD", word)[0] <= "z"]
    if len(latin) < 0.7 * len(words) and _is_one_script(words):
        return True
    lengths = [len(word) - 1 for word in words]
    if sum(lengths) < _ENOUGH_PAIRS:
        return True
    common = [sum(first + second in _COMMON_PAIRS for first, second in pairwise(word)) for word in words]
    share = sum(common) / sum(lengths)
    chance = math.sqrt(sum((hits - share * pairs) ** 2 for hits, pairs in zip(common, lengths, strict=True)))
    return share + _DEVIATIONS * chance / sum(lengths) >= _READABLE_SHARE


def _is_one_script(words: list[str]) -> bool:
    """Whether words are each written in one script, as they are where the script is meant."""
    scripts = [{unicodedata.name(letter, "?").split()[0] for letter in word} for word in words]
    return sum(len(names) == 1 for names in scripts) > 0.9 * len(words)
