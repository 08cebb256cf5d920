"""One rewriting of a question by the chat model, in the documents' words, for a search that was unsure.

The rewriting only searches: it is never shown, and never answered in place of the question that was asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.model.bindings import figures
from assistant.model.chat_model import ChatModel
from assistant.model.prompt import Prompt
from assistant.model.unwrapping import Unwrapped, plain_line
from ingest.errors import ModelFailed

_LONGEST = 300
_INSTRUCTIONS = (
    "Skriv om frågan till en fristående sökfråga på svenska, med de ord som en regions strategidokument använder. "
    "Behåll namn, siffror och årtal. Skriv bara den omskrivna frågan, på en rad."
)


def rewritten(chat: ChatModel, question: str, turns: Sequence[str] = ()) -> str | None:
    """The question in other words; None where the model is away, or changed, lost or made up a figure."""
    asked = " ".join(question.split())
    before = "".join(f"- {' '.join(turn.split())}\n" for turn in turns)
    prompt = Prompt(_INSTRUCTIONS, (f"TIDIGARE FRÅGOR\n{before}\n" if before else "") + f"FRÅGA\n{asked}", ())
    try:
        reply = "".join(chat.write(prompt))
    except ModelFailed:
        return None
    unwrapped = Unwrapped()
    lines = [plain_line(line).strip(" \"”»«'") for line in unwrapped.feed(reply, end=True).splitlines()]
    text = next((line for line in lines if re.search(r"\w", line)), "")
    allowed = {figure.value for figure in figures(" ".join((asked, *turns)))}
    own, there = {figure.value for figure in figures(asked)}, {figure.value for figure in figures(text)}
    return text if text and len(text) <= _LONGEST and own <= there <= allowed | own else None
