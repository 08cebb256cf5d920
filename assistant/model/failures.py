"""What can go wrong with a chat model, as one plain Swedish sentence for each cause. Never a server's own words.

A server may echo the key in what it says of an error, so nothing of an error but its kind and status is used.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from ingest.errors import FailureCause, ModelFailed

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


def failure(cause: FailureCause) -> ModelFailed:
    """The error of this cause, with its sentence."""
    return ModelFailed(cause, _SENTENCES[cause])


def failure_of(error: BaseException) -> ModelFailed:
    """The error that a provider's error stands for. Nothing of the provider's own words is kept."""
    if isinstance(error, ModelFailed):
        return error
    chain = list(_chain(error))
    for one in chain:
        status = getattr(one, "status_code", None)
        if isinstance(status, int):
            if status >= _SERVER_ERROR and status not in _BY_STATUS:
                return failure("away")
            return failure(_BY_STATUS.get(status, "unreadable"))
    names = {type(one).__name__ for one in chain}
    if any(isinstance(one, TimeoutError) for one in chain) or any("Timeout" in name for name in names):
        return failure("too_slow")
    if "RemoteProtocolError" in names or "IncompleteRead" in names:
        return failure("cut")
    if any(isinstance(one, OSError) for one in chain) or any("Connect" in name for name in names):
        return failure("away")
    if any(isinstance(one, json.JSONDecodeError | ValueError | TypeError | AttributeError) for one in chain):
        return failure("unreadable")
    return failure("away")


def _chain(error: BaseException) -> Iterator[BaseException]:
    following: BaseException | None = error
    while following is not None:
        yield following
        following = following.__cause__ or following.__context__
