"""What a model writes around its answer, taken away: thoughts, calls of tools, tags, fences, images, links, JSON."""

from __future__ import annotations

import html
import json
import re

_HIDDEN = (
    "think|thinking|thoughts?|reasoning|analysis|scratchpad|reflection|tool_calls?|tool_response|tool_result"
    "|function_calls?|function_results?|function|invoke|script|style"
)
_OPEN = re.compile(
    rf"<(?P<name>{_HIDDEN})(?:[\s=][^<>]*)?>|<\|channel\|>\s*(?:analysis|commentary)|\[TOOL_CALLS\]|\[THINK\]",
    re.IGNORECASE,
)
_STRAY_CLOSE = re.compile(r"</(?:think|thinking|thought|reasoning)>|\[/THINK\]", re.IGNORECASE)
_MAYBE_TAG = re.compile(r"<[^<>\n]{0,80}$|\[/?(?:T(?:O(?:O(?:L(?:_\w*)?)?)?|H(?:I(?:N(?:K)?)?)?)?)?$")
_BREAKS = re.compile(r"<br\s*/?>|</(?:p|li|div|tr|h[1-6]|ul|ol|table)>", re.IGNORECASE)
_ITEMS = re.compile(r"<li(?:\s[^<>]*)?>", re.IGNORECASE)
_TAGS = re.compile(r"</?[a-z!][^<>]*>", re.IGNORECASE)
_MARKED_TAG = re.compile(r"^<s\d{1,3}(?:\s*[,;]\s*s\d{1,3})*>$", re.IGNORECASE)
_TOKENS = re.compile(r"<\|[^|<>]*\|>(?:assistant|final)?")
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]\[]*)\]\((?!#)[^)\s]*(?:\s[^)]*)?\)")
_ADDRESS = re.compile(r"<?(?:https?://|www\.|javascript:|data:)[^\s<>)\]]*>?", re.IGNORECASE)
_SPEAKER = re.compile(
    r"^\s*(?:\*\*)?(?:assistant|assistent|svar|answer|final answer)(?:\*\*)?\s*:(?:\*\*)?\s*", re.IGNORECASE
)


class Unwrapped:
    """Takes away, piece by piece, what a model never meant to be read. Holds back what may be the start of a tag."""

    def __init__(self) -> None:
        self._buffer = ""
        self._until: re.Pattern[str] | None = None
        self.thought_ended = False
        """Whether a thought ended that never began, so that all before it was thought."""

    def feed(self, piece: str, end: bool = False) -> str:
        """The text that can be read so far. At the `end` nothing is held back, but a thought that never closed is."""
        self._buffer += piece
        shown = ""
        while self._buffer:
            if self._until is not None:
                close = self._until.search(self._buffer)
                if close is None:
                    return self._shown(shown)
                self._buffer, self._until = self._buffer[close.end() :], None
                continue
            opened = _OPEN.search(self._buffer)
            if opened is None:
                held = None if end else _MAYBE_TAG.search(self._buffer)
                cut = held.start() if held else len(self._buffer)
                shown, self._buffer = shown + self._buffer[:cut], self._buffer[cut:]
                break
            shown += self._buffer[: opened.start()]
            self._until = _closing(opened)
            self._buffer = self._buffer[opened.end() :]
        return self._shown(shown)

    def _shown(self, text: str) -> str:
        if stray := list(_STRAY_CLOSE.finditer(text)):
            self.thought_ended = True
            text = text[stray[-1].end() :]
        return plain_breaks(_TOKENS.sub("", text))


def _closing(opened: re.Match[str]) -> re.Pattern[str]:
    if opened["name"]:
        return re.compile(rf"</{re.escape(opened['name'])}\s*>", re.IGNORECASE)
    if opened.group().upper() == "[THINK]":
        return re.compile(r"\[/THINK\]", re.IGNORECASE)
    return re.compile(r"<\|channel\|>\s*final\s*<\|message\|>|<\|end\|>|\n\s*\n")


def plain_breaks(text: str) -> str:
    """HTML's breaks as line breaks and its items as bullets."""
    return _ITEMS.sub("\n- ", _BREAKS.sub("\n", text))


def _linked(link: re.Match[str]) -> str:
    """The words of a link; a mark that was made a link stays a mark."""
    return f"[{link[1]}]" if re.fullmatch(r"\^?s?\d{1,3}", link[1], re.IGNORECASE) else link[1]


def plain_line(line: str) -> str:
    """One line without tags, images, addresses, emphasis and links; a link's words stay."""
    line = _TAGS.sub(lambda tag: tag.group() if _MARKED_TAG.match(tag.group()) else " ", line)
    line = _ADDRESS.sub("", _LINK.sub(_linked, _IMAGE.sub("", line)).replace("<>", ""))
    line = html.unescape(line.replace("**", "").replace("__", "").replace("`", ""))
    line = re.sub(r"(?<![\w*])\*(?=\S)([^*]*)(?<=\S)\*(?![\w*])", r"\1", line)
    return _SPEAKER.sub("", line).rstrip()


_FENCE = re.compile(r"^\s*(?:```|~~~)\s*(?:json5?|JSON)?\s*|\s*(?:```|~~~)\s*$")
_TEXT_KEYS = ("statement", "sentence", "text", "claim", "content", "answer", "svar", "påstående", "mening", "response")
_SOURCE = re.compile(
    r"sources?|citations?|cites?|refs?|references?|källor|källa|ids?|marks?|evidence|quotes?", re.IGNORECASE
)
_NUMBER = re.compile(r"(?<![\w.,])s?(\d{1,3})(?![\w%])", re.IGNORECASE)


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
    if said is None:
        return [line for value in read.values() if isinstance(value, dict | list) for line in _lines(value)]
    sources = " ".join(json.dumps(value) for key, value in read.items() if _SOURCE.fullmatch(str(key)))
    marks = "".join(f"[s{number}]" for number in dict.fromkeys(_NUMBER.findall(sources)))
    has_own = re.search(r"\[s?\d", said) is not None
    return said.splitlines() if has_own or not marks else [" ".join(said.split()) + f" {marks}"]
