"""The child process that changes the index for the chat: one job, as a line of JSON on standard input.

It runs the ordinary build with lower priority and tells its progress and result as lines of JSON. index_jobs.py is the
parent's side.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from assistant.settings import Settings, load_settings
from assistant.wiring import build_options, embedder_of, gathered_by
from ingest.descriptions import described, incoming_again, keep_description, load_descriptions
from ingest.environment import prepare_environment
from ingest.errors import RusError
from ingest.indexing.building import Progress, Step, build, forget
from ingest.indexing.reader_process import lines_until_the_parent_ends
from ingest.store.passage_index import known_records
from ingest.store.readings import ReadStore
from ingest.store.records import Incoming
from ui.index_jobs import Job, JobProgress

if TYPE_CHECKING:
    from ingest.indexing.building import BuildReport

_POLITENESS = 10
"""How far the build stands back for the chat, on the system's scale to 19."""


def main() -> None:
    """Do the one job; what is wrong is told as a line with one sentence."""
    lines = lines_until_the_parent_ends()
    if hasattr(os, "nice"):
        os.nice(_POLITENESS)
    prepare_environment()
    job = TypeAdapter(Job).validate_json(lines.get())
    try:
        with tempfile.TemporaryDirectory() as folder:
            _tell("result", {"files": _done(job, load_settings(index_dir=Path(job.index)), Path(folder))})
    except RusError as error:
        _tell("failed", {"reason": error.message})
    sys.stdout.flush()
    os._exit(0)  # the thread that waits for the parent holds standard input


def _done(job: Job, settings: Settings, folder: Path) -> list[dict[str, object]]:
    """Do the job; what became of each file of a build."""
    if job.kind == "forget":
        forget(job.document_id, settings.index_dir, settings.chroma_server())
        keep_description(settings.index_dir, job.document_id, None)
        return []
    if job.kind == "describe":
        keep_description(settings.index_dir, job.document_id, job.description)
    if job.kind == "add":
        incoming = gathered_by(settings, job.names, folder).incoming
    else:
        incoming = _again(job.document_id, settings, folder)
    embedder = embedder_of(settings, lambda _: None)
    settings.index_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    said = load_descriptions(settings.index_dir)
    options, watch = build_options(settings), _Watch()
    return _files(build(described(incoming, said), settings.index_dir, embedder, options, watch.show))


def _again(document_id: str, settings: Settings, folder: Path) -> tuple[Incoming, ...]:
    """A document of the index once more, for its new description."""
    records = {record.document.id: record for record in known_records(settings.index_dir)}
    record = records.get(document_id)
    copy = ReadStore(settings.index_dir / "read").original(record.reading) if record and record.reading else None
    if record is None or copy is None:
        raise RusError("Dokumentet finns inte längre i indexet: ladda om sidan.")
    return (incoming_again(record, copy, folder),)


class _Watch:
    """Tells a build's progress on, with the time left by the share of the step that is done."""

    def __init__(self) -> None:
        self._step, self._begun, self._before = Step.READING, time.monotonic(), 0.0
        self._pages = self._passages = 0

    def show(self, now: Progress) -> None:
        if now.step is not self._step:  # what is done at the first word of a step was done before
            self._step, self._begun, self._before = now.step, time.monotonic(), now.done
        self._pages, self._passages = max(self._pages, now.pages), max(self._passages, now.passages)
        new = now.done - self._before
        left = (time.monotonic() - self._begun) * (now.total - now.done) / new if new else None
        told = JobProgress(now.step, now.name, now.done, now.total, self._pages, self._passages, left)
        _tell("progress", asdict(told))


def _files(report: BuildReport) -> list[dict[str, object]]:
    return [
        {
            "title": one.record.document.title,
            "action": one.action,
            "pages": one.record.report.pages,
            "passages": one.record.passages,
            "reason": " ".join(filter(None, (one.record.reason, *one.record.report.warnings))),
        }
        for one in report.outcomes
    ]


def _tell(kind: str, said: dict[str, object]) -> None:
    print(json.dumps({kind: said}), flush=True)  # noqa: T201 - the parent reads it


if __name__ == "__main__":
    main()
