"""Changes of the index that the chat orders: one at a time, each in a child process of its own with lower priority.

The child is this module run by itself: one job comes as a line of JSON on standard input, the ordinary build runs, and
its progress and result go out as lines of JSON.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from assistant.settings import Settings, load_settings
from assistant.wiring import build_options, embedder_of, gathered_by
from ingest.descriptions import Description, described, incoming_again, keep_description, load_descriptions
from ingest.environment import child_environment, lines_until_the_parent_ends, prepare_environment
from ingest.errors import RusError
from ingest.indexing.building import BuildReport, Progress, Step, build, forget
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
class JobProgress:
    """Where a build stands; `seconds_left` is for the step and None until there is something to judge by."""

    step: Step
    document: str
    done: float
    total: int
    pages: int
    passages: int
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class JobState:
    """How far the newest job has come; before the first one `kind` is None. `reason` says why it failed."""

    kind: str | None = None
    running: bool = False
    seconds: float = 0.0
    progress: JobProgress | None = None
    files: tuple[FileResult, ...] = ()
    reason: str | None = None


_Files = TypeAdapter(tuple[FileResult, ...])
_Progress = TypeAdapter(JobProgress)


class IndexJobs:
    """Runs jobs and knows the state of the newest. Safe to use from several threads."""

    def __init__(self, index_directory: Path) -> None:
        self.index_directory = index_directory
        self._lock = threading.Lock()
        self._state = JobState()
        self._begun = 0.0
        self._has_ended = False
        self._process: subprocess.Popen[bytes] | None = None
        sweep_uploads(time.time() - _OLD_SECONDS)

    @property
    def state(self) -> JobState:
        """The state now."""
        with self._lock:
            seconds = time.monotonic() - self._begun if self._state.running else self._state.seconds
            return replace(self._state, seconds=seconds)

    def begin(self, job: Job, folder: Path | None = None) -> None:
        """Start a job; `folder` with its files is removed when it has ended.

        :raises RusError: while another job runs.
        """
        with self._lock:
            if self._state.running:
                raise RusError("En inläsning pågår redan. Vänta tills den är klar, eller avbryt den.")
            self._state, self._begun, self._has_ended = JobState(job.kind, True), time.monotonic(), False
        threading.Thread(target=self._run, args=(job, folder), daemon=True).start()

    def stop(self) -> None:
        """Break off the job that runs. The index stays as it was."""
        with self._lock:
            if self._process is not None and self._state.running:
                self._process.kill()
                self._state = replace(self._state, reason="Inläsningen avbröts. Indexet är som förut.")

    def _run(self, job: Job, folder: Path | None) -> None:
        try:
            self._follow(job)
        finally:
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)
            with self._lock:
                reason = (
                    None if self._has_ended else "Inläsningen avbröts oväntat. Indexet är som förut; se tjänstens logg."
                )
                seconds = time.monotonic() - self._begun
                self._state = replace(self._state, running=False, seconds=seconds, reason=self._state.reason or reason)
                self._process = None

    def _follow(self, job: Job) -> None:
        """Run the child and take in what it tells, line by line, until it ends."""
        command = [sys.executable, "-P", "-m", "ui.index_jobs"]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, env=child_environment()) as process:
            assert process.stdin is not None and process.stdout is not None
            with self._lock:
                self._process = process
            process.stdin.write(TypeAdapter(Job).dump_json(job) + b"\n")
            process.stdin.flush()
            for line in process.stdout:
                self._hear(json.loads(line))

    def _hear(self, said: dict[str, dict[str, object]]) -> None:
        with self._lock:
            if "progress" in said:
                self._state = replace(self._state, progress=_Progress.validate_python(said["progress"]))
            elif "result" in said:
                self._has_ended = True
                self._state = replace(self._state, files=_Files.validate_python(said["result"]["files"]))
            elif "failed" in said:
                self._state = replace(self._state, reason=str(said["failed"]["reason"]))


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
