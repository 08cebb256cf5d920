"""Changes of the index that the chat orders: one at a time, each in a child process of its own with lower priority.

The child is this module run by itself: one job comes as a line of JSON on standard input, the ordinary build runs, and
its state goes out as a line of JSON with each progress and at its end.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from assistant.settings import Settings, load_settings
from assistant.wiring import build_options, embedder_of, gathered_by
from ingest.descriptions import Description, described, incoming_again, keep_description, load_descriptions
from ingest.environment import child_environment, lines_until_the_parent_ends, prepare_environment
from ingest.errors import RusError
from ingest.indexing.building import Progress, build, forget
from ingest.indexing.planning import Action
from ingest.store.generations import known_records
from ingest.store.readings import ReadStore
from ingest.store.records import Incoming

_UPLOAD_PREFIX = "rus-upload-"
_OLD_SECONDS = 24 * 3600
_POLITENESS = 10
"""How far the build stands back for the chat, on the system's scale to 19."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done with the index at `index`: add `names`, describe a document anew, or forget it."""

    kind: Literal["add", "describe", "forget"]
    index: str
    names: tuple[str, ...] = ()
    document_id: str = ""
    description: Description = field(default_factory=Description)


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one document, with the reason where it could not be read."""

    title: str
    action: Action
    pages: int
    passages: int
    reason: str


@dataclass(frozen=True, slots=True)
class JobState:
    """How far the newest job has come; before the first one `kind` is None. `reason` says why it failed."""

    kind: str | None = None
    running: bool = False
    progress: Progress | None = None
    files: tuple[FileResult, ...] = ()
    reason: str | None = None


_Job, _State = TypeAdapter(Job), TypeAdapter(JobState)


class IndexJobs:
    """Runs jobs and knows the state of the newest. Safe to use from several threads."""

    def __init__(self, index_directory: Path) -> None:
        self.index_directory = index_directory
        self.state = JobState()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        sweep_uploads(time.time() - _OLD_SECONDS)

    def begin(self, job: Job, folder: Path | None = None) -> None:
        """Start a job; `folder` with its files is removed when it has ended.

        :raises RusError: while another job runs.
        """
        with self._lock:
            if self.state.running:
                raise RusError("En inläsning pågår redan. Vänta tills den är klar, eller avbryt den.")
            self.state = JobState(job.kind, True)
        threading.Thread(target=self._run, args=(job, folder), daemon=True).start()

    def stop(self) -> None:
        """Break off the job that runs. The index stays as it was."""
        with self._lock:
            if self._process is not None and self.state.running:
                self._process.kill()
                self.state = replace(self.state, reason="Inläsningen avbröts. Indexet är som förut.")

    def _run(self, job: Job, folder: Path | None) -> None:
        """Run the child and take in what it tells, line by line, until it ends."""
        command, pipe = [sys.executable, "-P", "-m", "ui.index_jobs"], subprocess.PIPE
        reason: str | None = "Inläsningen avbröts oväntat. Indexet är som förut; se tjänstens logg."
        try:
            with subprocess.Popen(command, stdin=pipe, stdout=pipe, env=child_environment()) as process:
                assert process.stdin is not None and process.stdout is not None
                with self._lock:
                    self._process = process
                process.stdin.write(_Job.dump_json(job) + b"\n")
                process.stdin.flush()
                for line in process.stdout:
                    told = _State.validate_json(line)
                    reason = reason if told.running else told.reason
                    with self._lock:
                        self.state = replace(self.state, progress=told.progress, files=told.files)
        finally:
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)
            with self._lock:
                self.state = replace(self.state, running=False, reason=self.state.reason or reason)
                self._process = None


def upload_folder() -> Path:
    """A new folder for uploaded files, for its owner alone."""
    return Path(tempfile.mkdtemp(prefix=_UPLOAD_PREFIX))


def sweep_uploads(before: float) -> None:
    """Remove what uploads of a server that was killed have left, older than `before` (seconds since 1970)."""
    for left in Path(tempfile.gettempdir()).glob(f"{_UPLOAD_PREFIX}*"):
        if left.stat().st_mtime < before:
            shutil.rmtree(left, ignore_errors=True)


def main() -> None:
    """Do the one job; what is wrong is told as a line with one sentence."""
    lines = lines_until_the_parent_ends()
    if hasattr(os, "nice"):
        os.nice(_POLITENESS)
    prepare_environment()
    job = _Job.validate_json(lines.get())
    try:
        with tempfile.TemporaryDirectory() as folder:
            _tell(JobState(files=tuple(_done(job, load_settings(index_dir=Path(job.index)), Path(folder)))))
    except RusError as error:
        _tell(JobState(reason=error.message))
    os._exit(0)  # the thread that waits for the parent holds standard input


def _done(job: Job, settings: Settings, folder: Path) -> list[FileResult]:
    """Do the job; what became of each file of a build."""
    if job.kind == "forget":
        forget(job.document_id, settings.index_dir, settings.chroma_server())
        keep_description(settings.index_dir, job.document_id, None)
        return []
    if job.kind == "describe":
        keep_description(settings.index_dir, job.document_id, job.description)
        incoming: tuple[Incoming, ...] = (_again(job.document_id, settings, folder),)
    else:
        incoming = tuple(gathered_by(settings, job.names, folder).incoming)
    embedder = embedder_of(settings, lambda _: None)
    settings.index_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    said = described(incoming, load_descriptions(settings.index_dir))
    options = build_options(settings)
    report = build(said, settings.index_dir, embedder, options, lambda now: _tell(JobState(running=True, progress=now)))
    return [
        FileResult(
            one.record.document.title,
            one.action,
            one.record.report.pages,
            one.record.passages,
            " ".join(filter(None, (one.record.reason, *one.record.report.warnings))),
        )
        for one in report.outcomes
    ]


def _again(document_id: str, settings: Settings, folder: Path) -> Incoming:
    """A document of the index once more, for its new description."""
    record = {one.document.id: one for one in known_records(settings.index_dir)}.get(document_id)
    copy = ReadStore(settings.index_dir / "read").original(record.reading) if record and record.reading else None
    if record is None or copy is None:
        raise RusError("Dokumentet finns inte längre i indexet: ladda om sidan.")
    return incoming_again(record, copy, folder)


def _tell(state: JobState) -> None:
    print(_State.dump_json(state).decode(), flush=True)  # noqa: T201 - the parent reads it


if __name__ == "__main__":
    main()
