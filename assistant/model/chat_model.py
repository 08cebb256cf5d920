"""The chat model: a LangChain chain of prompt, models and fallbacks, with limits that hold and calls that end.

Leaving the generator closes the connection. What goes wrong becomes one plain Swedish sentence for each cause, never a
server's own words, which may echo the key. Knows nothing of documents, replies or proof.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from assistant.model.prompt import Prompt
from ingest.errors import FailureCause, ModelFailed, ModelUnavailable

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.prompt_values import PromptValue
    from langchain_core.runnables import Runnable

_SENTENCES: dict[FailureCause, str] = {
    "away": "Språkmodellens server svarar inte. Kontrollera RUS_CHAT_BASE_URL och att servern är igång.",
    "refused_key": "Språkmodellens server godtog inte nyckeln. Rätta RUS_CHAT_API_KEY.",
    "too_many": "Språkmodellens server tar inte emot fler frågor just nu. Vänta en stund och försök igen.",
    "wrong_name": "Språkmodellens server har ingen modell med det namnet. Rätta RUS_CHAT_MODEL.",
    "too_slow": "Språkmodellen blev inte klar i tid. Höj RUS_CHAT_TIMEOUT_SECONDS eller RUS_CHAT_SILENCE_SECONDS.",
    "cut": "Språkmodellens svar bröts innan det var klart.",
    "unreadable": "Det som svarade är ingen språkmodell. Kontrollera RUS_CHAT_BASE_URL.",
    "too_long": "Språkmodellen kan inte ta emot så mycket text. Sänk RUS_CHAT_CONTEXT_TOKENS.",
}
_BY_STATUS: dict[int, FailureCause] = {
    400: "too_long",
    401: "refused_key",
    403: "refused_key",
    404: "wrong_name",
    408: "too_slow",
    413: "too_long",
    429: "too_many",
    504: "too_slow",
}
_SERVER_ERROR = 500


def failure_of(error: BaseException) -> ModelFailed:
    """The error that a provider's error stands for. Nothing of the provider's own words is kept."""
    return error if isinstance(error, ModelFailed) else _failure(_cause(error))


def _failure(cause: FailureCause) -> ModelFailed:
    return ModelFailed(cause, _SENTENCES[cause])


def _cause(error: BaseException) -> FailureCause:
    chain = [error]
    while before := chain[-1].__cause__ or chain[-1].__context__:
        chain.append(before)
    statuses = (getattr(one, "status_code", None) for one in chain)
    if status := next((one for one in statuses if isinstance(one, int)), None):
        return _BY_STATUS.get(status, "away" if status >= _SERVER_ERROR else "unreadable")
    names = " ".join(type(one).__name__ for one in chain)
    if "Timeout" in names:
        return "too_slow"
    if "RemoteProtocolError" in names or "IncompleteRead" in names:
        return "cut"
    if "Connect" in names or any(isinstance(one, OSError) for one in chain):
        return "away"
    return "unreadable" if any(isinstance(one, ValueError | TypeError | AttributeError) for one in chain) else "away"


_CUT_REASONS = frozenset({"length", "max_tokens", "max_output_tokens"})
_REASONS = ("finish_reason", "stop_reason", "done_reason")
_FAILED = "failed"
"""Where LangChain puts the error of the model tried before among the prompt's values."""
_RETRY_PAUSE_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class ChatOptions:
    """Which models to ask, in order, and how long to wait: for each word, the first one among them, and for all.

    Each name is "provider:model"; without a provider, or with `base_url`, any OpenAI-compatible server is meant.
    """

    models: tuple[str, ...]
    base_url: str | None = None
    api_key: str | None = None
    silence_seconds: float = 5.0
    whole_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of a reply: its text, the model that wrote it, and why it ended where it did ("" while it goes on)."""

    text: str
    model: str
    ended: str


class ChatModel:
    """A chat model with fallbacks, by name. Safe to share between threads."""

    def __init__(self, models: dict[str, BaseChatModel], whole_seconds: float) -> None:
        self.name = next(iter(models))
        self._models = models
        self._whole_seconds = whole_seconds

    def write(self, prompt: Prompt) -> Iterator[tuple[str, str]]:
        """The reply in pieces, each with the name of the model that wrote it. Closing the iterator ends the call.

        :raises ModelFailed: with its cause; "cut" and "too_slow" may come after some pieces.
        """
        ended, deadline = "", time.monotonic() + self._whole_seconds
        try:
            for piece in self._chain.stream({"instructions": prompt.system, "sources": prompt.human}):
                ended = piece.ended or ended
                if piece.text:
                    yield piece.text, piece.model
                if time.monotonic() > deadline:
                    raise _failure("too_slow")
        except Exception as error:
            raise failure_of(error) from None
        if not ended or ended in _CUT_REASONS:
            raise _failure("cut")

    @cached_property
    def _chain(self) -> Runnable[dict[str, str], _Piece]:
        """Prompt and model, for each model until one begins to answer; the first one twice, unless it was silent."""
        from langchain_core.prompt_values import PromptValue
        from langchain_core.prompts import ChatPromptTemplate
        from langchain_core.runnables import RunnableGenerator, RunnableLambda

        prompt = ChatPromptTemplate.from_messages([("system", "{instructions}"), ("human", "{sources}")])
        first, *others = (prompt | RunnableGenerator[PromptValue, _Piece](_asked(*one)) for one in self._models.items())
        again = RunnableLambda[dict[str, object], dict[str, object]](_pause) | first
        return first.with_fallbacks([again, *others], exception_key=_FAILED)


def _asked(name: str, model: BaseChatModel) -> Callable[[Iterator[PromptValue]], Iterator[_Piece]]:
    """A step that asks one model."""

    def pieces(prompts: Iterator[PromptValue]) -> Iterator[_Piece]:
        begun = False
        for prompt in prompts:
            for chunk in model.stream(prompt):
                said = chunk.response_metadata
                ended = next((str(said[key]) for key in _REASONS if said.get(key)), "")
                if chunk.text or ended:
                    begun = True
                    yield _Piece(chunk.text, name, ended)
        if not begun:
            raise _failure("unreadable")

    return pieces


def _pause(asked: dict[str, object]) -> dict[str, object]:
    """A moment before the same model is tried again, which is of no use where it was silent."""
    failed = asked[_FAILED]
    if isinstance(failed, BaseException) and failure_of(failed).cause == "too_slow":
        raise failed
    time.sleep(_RETRY_PAUSE_SECONDS)
    return asked


def open_chat(options: ChatOptions) -> ChatModel:
    """The chat model of the options.

    :raises ModelUnavailable: when a provider is unknown or its package is missing.
    """
    models = {name: open_model(name, options, options.silence_seconds) for name in options.models}
    return ChatModel(models, options.whole_seconds)


def open_model(name: str, options: ChatOptions, silence_seconds: float) -> BaseChatModel:
    """LangChain's model by its name and the options' address and key, which may be silent for so long.

    :raises ModelUnavailable: when the provider is unknown or its package is missing.
    """
    from langchain.chat_models import init_chat_model

    provider, _, model = name.partition(":")
    if not model or (options.base_url is not None and provider not in ("openai", "ollama", "anthropic", "mistralai")):
        provider, model = "openai", name
    arguments: dict[str, object] = {"temperature": 0, "timeout": silence_seconds, "max_retries": 0}
    if options.base_url is not None:
        arguments["base_url"] = options.base_url
    if options.api_key is not None or options.base_url is not None:
        arguments["api_key"] = options.api_key or "none"
    try:
        chat: BaseChatModel = init_chat_model(model, model_provider=provider, **arguments)  # type: ignore[call-overload]
    except (ImportError, ValueError):
        raise ModelUnavailable(
            f"Språkmodellen {name} kan inte användas: leverantören är okänd eller dess paket saknas. "
            "Rätta RUS_CHAT_MODEL."
        ) from None
    return chat
