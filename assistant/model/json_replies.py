"""Replies that are JSON: statements with their sources under whatever keys, or an answer in one field."""

from __future__ import annotations

import json
import re

_FENCE = re.compile(r"^\s*(?:```|~~~)\s*(?:json5?|JSON)?\s*|\s*(?:```|~~~)\s*$")
_TEXT_KEYS = ("statement", "sentence", "text", "claim", "content", "answer", "svar", "påstående", "mening", "response")
_SOURCE = re.compile(
    r"sources?|citations?|cites?|refs?|references?|källor|källa|ids?|marks?|evidence|quotes?", re.IGNORECASE
)
_NUMBER = re.compile(r"s?(\d{1,3})", re.IGNORECASE)


def looks_like_json(text: str) -> bool:
    """Whether a reply, as far as it has come, is JSON and not a text that begins with a mark."""
    bare = re.sub(r"^\s*(?:```|~~~)\s*(?:json5?)?\s*", "", text, flags=re.IGNORECASE).lstrip()
    return (bare.startswith("{") and not re.match(r"\{s?\d", bare)) or re.match(r"\[\s*[{\"]", bare) is not None


def text_of_json(text: str) -> str | None:
    """The reply as lines with marks; None when it is broken. Calls of tools are no answer and give an empty text."""
    bare = _FENCE.sub("", _FENCE.sub("", text.strip()))
    try:
        read, _ = json.JSONDecoder().raw_decode(bare)
    except ValueError:
        return None
    return "\n".join(_lines(read))


def _lines(read: object) -> list[str]:
    if isinstance(read, str):
        return read.splitlines()
    if isinstance(read, list):
        return [line for one in read for line in _lines(one)]
    if not isinstance(read, dict) or {"name", "arguments"} <= read.keys():
        return []
    said = next((read[key] for key in _TEXT_KEYS if isinstance(read.get(key), str)), None)
    numbers = [number for key, value in read.items() if _SOURCE.fullmatch(str(key)) for number in _numbers(value)]
    if said is not None:
        marks = "".join(f"[s{number}]" for number in dict.fromkeys(numbers))
        has_own = re.search(r"\[s?\d", said) is not None
        return said.splitlines() if has_own or not marks else [" ".join(said.split()) + f" {marks}"]
    return [line for value in read.values() if isinstance(value, dict | list) for line in _lines(value)]


def _numbers(value: object) -> list[int]:
    """The sentence numbers in a field: 3, "s3", ["s1", 2], [{"id": "s1"}]."""
    if isinstance(value, bool):
        return []
    if isinstance(value, int):
        return [value]
    if isinstance(value, str):
        found = re.fullmatch(r"\s*\[?\s*s?\d{1,3}(?:\s*[,;]\s*s?\d{1,3})*\s*\]?\s*", value, re.IGNORECASE)
        return [int(number) for number in _NUMBER.findall(value)] if found else []
    if isinstance(value, list):
        return [number for one in value for number in _numbers(one)]
    return [number for one in value.values() for number in _numbers(one)] if isinstance(value, dict) else []
