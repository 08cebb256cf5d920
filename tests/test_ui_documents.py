"""Documents added, described and removed from the chat: who may, how much, and what is kept."""

import os
import time
from pathlib import Path

import pytest
from fake_assistant import RECORDS, FakeAssistant
from fastapi.testclient import TestClient

from assistant.catalogue import Catalogue
from assistant.settings import Settings
from ingest.descriptions import (
    Description,
    described,
    incoming_again,
    keep_description,
    load_descriptions,
    parse_description,
)
from ingest.errors import IndexDamaged, RusError
from ingest.indexing.building import Progress, Step
from ingest.indexing.planning import Action
from ingest.store.passage_index import open_index
from ingest.store.records import DocumentRecord, Incoming
from ui.app import create_app
from ui.document_routes import HEADER, may_change, safe_parts
from ui.documents_tab import job_html, job_status
from ui.index_jobs import FileResult, IndexJobs, Job, JobState, sweep_uploads, upload_folder

SV = Catalogue.load("sv")
ASK = {HEADER: "1"}


def client(tmp_path, allowed=True, **options):
    options = Settings(index_dir=tmp_path / "index", documents_tab=allowed, **options)
    return TestClient(create_app(FakeAssistant(), options))


@pytest.mark.parametrize(
    ("allowed", "host", "headers", "may"),
    [
        (None, "127.0.0.1", {"host": "127.0.0.1:7860"}, True),
        (None, "::1", {"host": "[::1]:7860"}, True),
        (None, "127.0.0.1", {"host": "localhost:7860"}, True),
        (None, "192.0.2.7", {"host": "127.0.0.1"}, False),
        (None, "127.0.0.1", {"host": "chatt.exempel.invalid"}, False),
        (None, "127.0.0.1", {"host": "localhost", "x-forwarded-for": "192.0.2.7"}, False),
        (None, None, {}, False),
        (True, "192.0.2.7", {"host": "chatt.exempel.invalid"}, True),
        (False, "127.0.0.1", {"host": "localhost"}, False),
    ],
)
def test_only_those_at_the_machine_may_where_nothing_is_set(allowed, host, headers, may):
    assert may_change(allowed, host, headers) is may


@pytest.mark.parametrize("path", ["filer", "adress", "avbryt", "plan/ta-bort", "plan/beskrivning"])
@pytest.mark.parametrize("headers", [{}, {**ASK, "origin": "https://annan.invalid"}])
def test_no_other_site_can_change_the_documents(tmp_path, path, headers):
    assert client(tmp_path).post(f"/dokument/{path}", headers=headers, json={}).status_code == 403


def test_where_nobody_may_there_is_no_way_in(tmp_path):
    closed = client(tmp_path, allowed=False)
    assert closed.post("/dokument/filer", headers=ASK, files={"file": b"x"}).status_code == 403
    elsewhere = client(tmp_path, allowed=None)
    assert elsewhere.post("/dokument/filer", headers=ASK, files={"file": b"x"}).status_code == 403


@pytest.mark.parametrize("path", ["/gradio_api/upload", "/en/gradio_api/upload"])
def test_gradios_own_upload_takes_nothing(tmp_path, path):
    assert client(tmp_path).post(path, files={"files": b"x"}).status_code == 404


def test_uploads_are_limited_in_size_and_number(tmp_path):
    small = client(tmp_path, upload_maximum_mib=1, upload_maximum_files=2)
    refused = small.post("/dokument/filer", headers=ASK, files={"file": ("a.txt", b"x" * (1 << 20))})
    assert refused.status_code == 413 and "MiB" in refused.json()["detail"]
    many = small.post("/dokument/filer", headers=ASK, files=[("file", (f"{n}.txt", b"x")) for n in range(3)])
    assert many.status_code == 413 and "högst 2" in many.json()["detail"]
    assert small.post("/dokument/filer", headers=ASK, files={"annat": b"x"}).status_code in (409, 413)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "C:\\temp\\plan.pdf", "..", "", "\x00", "a/../../b", "//x"]
)
def test_a_name_never_leads_out_of_the_folder(tmp_path, name):
    path = tmp_path.joinpath(*safe_parts(name))
    assert path.resolve().is_relative_to(tmp_path.resolve()) and path != tmp_path


def test_an_address_must_be_of_the_web_and_a_document_there(tmp_path):
    here = client(tmp_path)
    assert here.post("/dokument/adress", headers=ASK, json={"address": "file:///etc/passwd"}).status_code == 400
    assert here.post("/dokument/borta/ta-bort", headers=ASK, json={}).status_code == 404
    wrong = here.post("/dokument/plan/beskrivning", headers=ASK, json={"valid_from": "2024-13"})
    assert wrong.status_code == 400 and "2024-13" in wrong.json()["detail"]


@pytest.mark.parametrize(
    "said", [{"year": "tjugo"}, {"year": "٢٠٢٤"}, {"valid_to": "2024-02-30"}, {"title": "x" * 301},
             {"valid_from": "2025", "valid_to": "2024-12"}],
)  # fmt: skip
def test_what_cannot_be_is_refused(said):
    with pytest.raises(RusError):
        parse_description(said)


def test_what_is_said_of_a_document_holds_over_lists_and_files(tmp_path):
    said = parse_description({"title": " Ny  titel ", "year": "2024", "valid_to": "2025-05", "annat": "x"})
    assert said == Description("Ny titel", 2024, None, None, "2025-05")
    keep_description(tmp_path, "plan", said)
    (one, other) = described(
        (Incoming("plan", title="Listans", kind="plan"), Incoming("x")), load_descriptions(tmp_path)
    )
    assert (one.title, one.year, one.kind, one.valid_to) == ("Ny titel", 2024, "plan", "2025-05")
    assert other == Incoming("x")
    keep_description(tmp_path, "plan", None)
    assert load_descriptions(tmp_path) == {}


def test_a_damaged_file_of_descriptions_is_told(tmp_path):
    (tmp_path / "descriptions.json").write_text("{")
    with pytest.raises(IndexDamaged):
        load_descriptions(tmp_path)


def test_a_document_comes_again_under_the_name_of_its_file(tmp_path):
    copy = tmp_path / "kopia.pdf"
    copy.write_bytes(b"bytes")
    gone = DocumentRecord(RECORDS[0].document, listed=True)
    again = incoming_again(gone, copy, tmp_path)
    assert again.path == tmp_path / "plan.pdf" and again.path.read_bytes() == b"bytes"
    assert again.title == gone.document.title and again.year == 2024


def test_progress_and_result_are_told_and_escaped():
    running = JobState("add", True, Progress(Step.READING, "<b>plan", 1, 3, 12, 40))
    assert "Dokument 2 av 3: &lt;b&gt;plan" in job_html(running, SV) and "12 sidor" in job_html(running, SV)
    assert job_status(running, SV) == SV.text("ui.manage.reading")
    files = (FileResult("<i>", Action.UNREADABLE, 0, 0, "Skadad <fil>."), FileResult("Plan", Action.ADDED, 3, 9, ""))
    ended = JobState("add", files=files)
    assert job_status(ended, SV) == "Klart: 1 av 2 dokument lästa."
    assert "Skadad &lt;fil&gt;." in job_html(ended, SV) and "<i>" not in job_html(ended, SV)
    assert job_status(JobState("add", reason="Disken är full."), SV) == "Disken är full."
    assert job_status(JobState(), SV) == ""


def test_what_a_killed_server_left_is_swept():
    folder = upload_folder()
    (folder / "x").touch()
    sweep_uploads(time.time() - 3600)
    assert folder.exists()
    os.utime(folder, (0, 0))
    sweep_uploads(time.time() - 3600)
    assert not folder.exists()


def wait(jobs):
    for _ in range(1200):
        if not jobs.state.running:
            return jobs.state
        time.sleep(0.1)
    raise AssertionError("the job never ended")


def test_a_document_is_added_described_and_forgotten(embedder, tmp_path, request, monkeypatch):
    """The real child process, from an upload to an erased document."""
    monkeypatch.setenv("RUS_CACHE_DIR", str(request.config.cache.mkdir("models")))
    index, folder = tmp_path / "index", upload_folder()
    (folder / "bron.md").write_text("# Bron\n\nBron över ån blev klar 2019 och leds av kommunen.\n")
    (folder / "trasig.pdf").write_bytes(b"%PDF-1.4 trasig")
    jobs = IndexJobs(index)
    jobs.begin(Job("add", str(index), (str(folder),)), folder)
    with pytest.raises(RusError, match="pågår"):
        jobs.begin(Job("add", str(index)))
    added = wait(jobs)
    assert added.reason is None and not folder.exists()
    assert {one.action for one in added.files} == {Action.ADDED, Action.UNREADABLE}
    assert all(one.reason for one in added.files if one.action is Action.UNREADABLE)
    said = Description("Bron över ån", 2020, "report")
    jobs.begin(Job("describe", str(index), document_id="bron", description=said))
    assert wait(jobs).reason is None
    document = open_index(index).record("bron").document
    assert (document.title, document.year, document.kind) == ("Bron över ån", 2020, "report")
    jobs.begin(Job("forget", str(index), document_id="bron"))
    assert wait(jobs).reason is None
    assert open_index(index).record("bron") is None and load_descriptions(index) == {}
    jobs.begin(Job("forget", str(index), document_id="bron"))
    assert "bron" in wait(jobs).reason


def test_a_job_that_is_broken_off_says_so(tmp_path):
    jobs = IndexJobs(Path(tmp_path))
    jobs.begin(Job("add", str(tmp_path), (str(tmp_path),)))
    for _ in range(100):
        if jobs._process is not None:
            break
        time.sleep(0.05)
    jobs.stop()
    assert "avbröts" in wait(jobs).reason
