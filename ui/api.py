"""The HTTP interface for other programs, mounted at /api with its OpenAPI description at /api/openapi.json."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated

from fastapi import FastAPI, Header, Path, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from assistant.assistant import Assistant
from ingest.errors import BadQuestion, IndexUnusable, ModelUnavailable, RusError
from ui.doors import Doors, NotThere, Record

_EVENTS = "text/event-stream"
_MOST_TURNS, _MOST_DOCUMENTS = 50, 100
_NOT_EMPTY: JsonDict = {"minLength": 1, "pattern": r"\S"}
"""Described only: what is empty gets one sentence from the assistant, not one from the schema."""
_STATUS: dict[type[RusError], int] = {BadQuestion: 400, NotThere: 404, IndexUnusable: 503, ModelUnavailable: 503}


class Wrong(BaseModel):
    """What is wrong, in one Swedish sentence that says what to do."""

    detail: str


class AskRequest(BaseModel):
    """A question, the earlier questions of the conversation (oldest first), and the documents that may answer."""

    model_config = ConfigDict(extra="forbid", strict=True)

    question: Annotated[str, Field(json_schema_extra=_NOT_EMPTY)]
    history: Annotated[list[str], Field(max_length=_MOST_TURNS)] = []
    documents: Annotated[list[str], Field(max_length=_MOST_DOCUMENTS)] = []
    stream: bool = False


class SearchRequest(BaseModel):
    """A query, the documents to search (all where none are named), and how many passages to give."""

    model_config = ConfigDict(extra="forbid", strict=True)

    query: Annotated[str, Field(json_schema_extra=_NOT_EMPTY)]
    documents: Annotated[list[str], Field(max_length=_MOST_DOCUMENTS)] = []
    count: Annotated[int, Field(ge=1, le=50)] = 10


_WRONG: dict[int | str, dict[str, object]] = {
    400: {"model": Wrong, "description": "The text is empty or too long."},
    404: {"model": Wrong, "description": "A document or passage is not in the index."},
    503: {"model": Wrong, "description": "The index or a model cannot be used."},
}
_STREAMED: dict[int | str, dict[str, object]] = {
    200: {
        "description": "The answer record; as events, pieces of text and then the record.",
        "content": {_EVENTS: {"schema": {"type": "string"}}},
    }
}


def create_api(assistant: Assistant) -> FastAPI:
    """The interface over one assistant. Its errors are JSON with one sentence; nothing of the machine is told."""
    doors = Doors(assistant)
    # without the pages of documentation, which load scripts from outside
    api = FastAPI(title="RUS-assistenten", version="1", docs_url=None, redoc_url=None, responses=_WRONG)
    api.add_exception_handler(RusError, _told)
    _add_questions(api, doors)
    _add_contents(api, doors)
    return api


def _add_questions(api: FastAPI, doors: Doors) -> None:
    """The ways to ask and to search."""

    @api.post("/ask", response_model=None, responses=_STREAMED)
    def ask(asked: AskRequest, accept: Annotated[str, Header()] = "*/*") -> Response:
        """Answer a question. With `stream`, or when only events are accepted, the answer comes as events."""
        if not (asked.stream or accept.startswith(_EVENTS)):
            return JSONResponse(doors.ask(asked.question, asked.history, asked.documents))
        pieces = doors.stream(asked.question, asked.history, asked.documents)
        first = next(pieces)  # what is wrong with the question is told by the status, before the stream begins
        return StreamingResponse(_events(first, pieces), media_type=_EVENTS)

    @api.post("/search")
    def search(wanted: SearchRequest) -> list[Record]:
        """The passages that are nearest to a query, best first."""
        return doors.search(wanted.query, wanted.documents, wanted.count)


def _add_contents(api: FastAPI, doors: Doors) -> None:
    """What the index holds."""

    @api.get("/facts")
    def facts() -> Record:
        """The typed facts of all documents."""
        return doors.facts()

    @api.get("/passage/{passage_id}")
    def passage(passage_id: Annotated[str, Path(max_length=100)]) -> Record:
        """One passage by its id."""
        return doors.passage(passage_id)

    @api.get("/documents")
    def documents() -> list[Record]:
        """Every document with its status, dates and size."""
        return doors.documents()


def _told(_: Request, error: Exception) -> JSONResponse:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 503)
    return JSONResponse({"detail": error.message if isinstance(error, RusError) else ""}, status)


def _events(first: str | Record, pieces: Iterator[str | Record]) -> Iterator[str]:
    """Server-sent events: `piece` with text, then `answer` with the record, or `error` with one sentence."""
    try:
        yield _event(first)
        for piece in pieces:
            yield _event(piece)
    except RusError as error:
        yield f"event: error\ndata: {json.dumps({'detail': error.message}, ensure_ascii=False)}\n\n"


def _event(piece: str | Record) -> str:
    name, data = ("piece", {"text": piece}) if isinstance(piece, str) else ("answer", piece)
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
