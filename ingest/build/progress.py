"""What a build tells while it runs and when it is done."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from ingest.store.records import DocumentRecord


class Step(StrEnum):
    """The steps of a build, in order."""

    READING = "reading"
    EMBEDDING = "embedding"
    STORING = "storing"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a build stands. `document` is the title or file being read; `pages` and `passages` count from the start.

    `seconds_left` is for the current step and None until there is something to judge by.
    """

    step: Step
    document: str
    documents_done: int
    documents: int
    pages: int
    passages: int
    seconds_left: float | None


Tell = Callable[[Progress], None]


class Teller:
    """Counts a build's progress and tells it on. The time left is judged by the share of the step that is done."""

    def __init__(self, tell: Tell | None) -> None:
        self._tell = tell
        self._now = Progress(Step.READING, "", 0, 0, 0, 0, None)
        self._begun, self._total, self._before = time.monotonic(), 0, 0
        """When the step began, what it has in all, and what of that was done before."""

    def begin(self, step: Step, total: int) -> None:
        """A step of `total` documents or passages begins."""
        self._begun, self._total, self._before = time.monotonic(), total, 0
        documents = total if step is Step.READING else self._now.documents
        self._pass_on(0, step=step, documents=documents)

    def reading(self, document: str) -> None:
        """A document's turn has come."""
        self._pass_on(self._now.documents_done, document=document)

    def settled(self, pages: int, passages: int) -> None:
        """A document is read and cut."""
        now, done = self._now, self._now.documents_done + 1
        self._pass_on(done, documents_done=done, pages=now.pages + pages, passages=now.passages + passages)

    def embedded(self, ready: int) -> None:
        """So many passages have their vectors. Those of the first call may have had them from before."""
        if not self._before:
            self._begun, self._before = time.monotonic(), ready
        self._pass_on(ready)

    def _pass_on(self, done: int, **changes: Any) -> None:
        new = done - self._before
        left = (time.monotonic() - self._begun) * (self._total - done) / new if new else None
        self._now = replace(self._now, seconds_left=left, **changes)
        if self._tell is not None:
            self._tell(self._now)


class Action(StrEnum):
    """What a build did with a document. `kept`: the new file is unreadable, the older reading of it stays in use."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    REMOVED = "removed"
    UNREADABLE = "unreadable"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done with a document, and its record: that of the new generation, or its last one if it was removed."""

    record: DocumentRecord
    action: Action


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did, one outcome a document that it was asked about. `index_id` is the serving generation."""

    index_id: str
    changed: bool
    outcomes: tuple[Outcome, ...]
    seconds: float

    @property
    def all_read(self) -> bool:
        """Whether every document that was asked for could be read."""
        return all(one.action not in (Action.UNREADABLE, Action.KEPT, Action.GONE) for one in self.outcomes)
