"""Building: what is read, what is taken over, what is removed, and what the disk keeps."""

from __future__ import annotations

import errno
import gzip
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from index_tools import (
    FOREST,
    TRAFFIC,
    WordEmbedder,
    options,
    passage_vectors,
    sentence_vectors,
    vectors_of,
    write,
)

import ingest.indexing.building
from ingest.errors import FetchFailed, IndexLocked, IndexMismatch, IndexMissing, IndexUnusable, RusError
from ingest.indexing.building import Progress, Step, build, forget
from ingest.indexing.planning import Action
from ingest.indexing.reader_pool import ReaderPool
from ingest.indexing.storing import made_with
from ingest.store.generations import fetched_folder, writer_lock
from ingest.store.passage_index import open_index
from ingest.store.records import DocumentStatus, Incoming

TESTS = Path(__file__).parent
pytestmark = pytest.mark.usefixtures("fake_reader")


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


def actions(report):
    return {one.record.document.id: one.action for one in report.outcomes}


def test_a_built_index_holds_passages_vectors_pages_and_originals(tmp_path, index):
    embedder = WordEmbedder()
    report = build([write(tmp_path, "skog", FOREST)], index, embedder, options())
    assert actions(report) == {"skog": Action.ADDED} and report.changed and report.all_read
    opened = open_index(index, "words")
    assert opened.id == report.index_id and opened.is_current()
    assert [passage.section for passage in opened.passages] == [("Skog",), ("Vatten",)]
    passage = opened.passages[0]
    page = opened.page("skog", 1)
    assert page.text[passage.start : passage.end] == passage.text and page.label == "s. 1"
    assert passage_vectors(opened).shape == (2, 32)
    assert [sentence_vectors(opened, row).shape for row in (0, 1)] == [(2, 32), (1, 32)]
    np.testing.assert_allclose(np.linalg.norm(passage_vectors(opened), axis=1), 1, atol=1e-6)
    assert opened.source("skog").read_text(encoding="utf-8") == FOREST
    document = opened.documents[0]
    assert (document.title, document.year, document.page_count, document.media_type) == ("skog", 2021, 2, "text")
    assert {"Skog\n" + passage.text, "Skog\nSkogen i Vidinge är gammal."} <= set(embedder.embedded)
    assert opened.lexical.scores("sjön").argmax() == 1


def test_boxes_come_back_within_what_can_be_seen(tmp_path, index):
    build([write(tmp_path, "skog", FOREST)], index, WordEmbedder(), options())
    page = open_index(index).page("skog", 1)
    expected = np.arange(len(page.text) * 4, dtype=np.float32).reshape(-1, 4) / 3
    assert np.isnan(page.boxes[0]).all()
    np.testing.assert_allclose(page.boxes[1:], expected[1:], atol=0.011)


def test_an_unchanged_document_is_not_opened_and_makes_no_new_generation(tmp_path, index, monkeypatch):
    embedder = WordEmbedder()
    incoming = [write(tmp_path, "skog", FOREST), write(tmp_path, "trafik", TRAFFIC)]
    first = build(incoming, index, embedder, options())
    count = len(embedder.embedded)
    monkeypatch.setattr(ReaderPool, "read", lambda *_: pytest.fail("opened"))
    second = build(incoming, index, embedder, options())
    assert second.index_id == first.index_id and not second.changed
    assert set(actions(second).values()) == {Action.UNCHANGED}
    assert len(embedder.embedded) == count


def test_vectors_of_unchanged_documents_are_taken_over(tmp_path, index):
    embedder = WordEmbedder()
    build([write(tmp_path, "skog", FOREST), write(tmp_path, "trafik", TRAFFIC)], index, embedder, options())
    before = open_index(index)
    embedder.embedded.clear()
    report = build(
        [write(tmp_path, "skog", FOREST + "\n\n# Fiske\n\nGäddan fredas i april.")], index, embedder, options()
    )
    assert actions(report) == {"skog": Action.UPDATED}
    assert "Fiske\nGäddan fredas i april." in embedder.embedded and not any("Cykel" in t for t in embedder.embedded)
    after = open_index(index)
    assert [p.section[0] for p in after.passages] == ["Skog", "Vatten", "Fiske", "Trafik", "Cykel"]
    np.testing.assert_allclose(passage_vectors(after)[[0, 1, 3, 4]], passage_vectors(before))
    for here, there in enumerate([0, 1, 3, 4]):
        np.testing.assert_allclose(sentence_vectors(after, there), sentence_vectors(before, here))


def test_a_passage_that_moves_keeps_its_vectors_and_is_found_at_its_new_place(tmp_path, index):
    embedder = WordEmbedder()
    build([write(tmp_path, "skog", FOREST)], index, embedder, options())
    before, reader = open_index(index), open_index(index)
    embedder.embedded.clear()
    build([write(tmp_path, "skog", "# Förord\n\nEtt förord.\n\f" + FOREST)], index, embedder, options())
    assert embedder.embedded == ["Förord\nEtt förord."]
    after = open_index(index)
    assert [passage.page for passage in after.passages] == [1, 2, 3]
    assert [passage.id for passage in after.passages[1:]] == [passage.id for passage in before.passages]
    np.testing.assert_allclose(passage_vectors(after)[1:], passage_vectors(before))
    assert [passage.page for passage in reader.passages] == [1, 2]


def test_a_new_title_is_taken_up_without_reading_or_embedding(tmp_path, index, monkeypatch):
    embedder = WordEmbedder()
    incoming = write(tmp_path, "skog", FOREST)
    build([incoming], index, embedder, options())
    embedder.embedded.clear()
    monkeypatch.setattr(ReaderPool, "read", lambda *_: pytest.fail("opened"))
    build([Incoming(id="skog", path=incoming.path, title="Skogsplan", valid_to="2030")], index, embedder, options())
    opened = open_index(index)
    assert opened.documents[0].title == opened.passages[0].title == "Skogsplan"
    assert opened.documents[0].valid_to == "2030" and not embedder.embedded


def test_a_full_list_removes_listed_documents_and_no_others(tmp_path, index):
    embedder = WordEmbedder()
    skog, trafik = write(tmp_path, "skog", FOREST), write(tmp_path, "trafik", TRAFFIC)
    egen = write(tmp_path, "egen", "# Eget\n\nEn egen fil som ingen lista nämner.")
    build([skog, trafik], index, embedder, options(full=True))
    build([egen], index, embedder, options())
    report = build([trafik], index, embedder, options(full=True))
    assert actions(report) == {"skog": Action.REMOVED, "trafik": Action.UNCHANGED}
    assert {document.id for document in open_index(index).documents} == {"egen", "trafik"}


def test_unreadable_documents_stay_in_the_records_with_their_reason(tmp_path, index):
    good, scan, gone = write(tmp_path, "skog", FOREST), write(tmp_path, "scan", "SCAN"), tmp_path / "borta.pdf"
    lost = Incoming("lost", None, url="https://exempel.invalid/a", failure=FetchFailed("Adressen svarar inte."))
    report = build([good, scan, Incoming("borta", gone), lost], index, WordEmbedder(), options())
    assert not report.all_read
    opened = open_index(index)
    records = {record.document.id: record for record in opened.records}
    assert records["skog"].status is DocumentStatus.READ
    assert records["scan"].status is DocumentStatus.UNREADABLE and "skannad" in records["scan"].reason
    assert "borta.pdf kan inte öppnas" in records["borta"].reason
    assert records["lost"].reason == "Adressen svarar inte." and records["lost"].document.url
    assert [document.id for document in opened.documents] == ["skog"]
    assert opened.source("scan") is None
    with pytest.raises(KeyError):
        opened.page("scan", 1)


def test_an_unreadable_file_is_tried_again_and_changes_nothing_while_it_stays_so(tmp_path, index):
    scan = write(tmp_path, "scan", "SCAN")
    build([scan], index, WordEmbedder(), options())
    report = build([scan], index, WordEmbedder(), options())
    assert not report.changed and not report.all_read and report.outcomes[0].record.reason


def test_a_file_that_breaks_keeps_its_older_reading(tmp_path, index):
    build([write(tmp_path, "skog", FOREST)], index, WordEmbedder(), options())
    report = build([write(tmp_path, "skog", "SCAN")], index, WordEmbedder(), options())
    assert actions(report) == {"skog": Action.KEPT} and "tidigare lästa versionen" in report.outcomes[0].record.reason
    opened = open_index(index)
    assert len(opened.passages) == 2 and opened.source("skog").read_text(encoding="utf-8") == FOREST


def test_an_address_that_fails_keeps_its_older_reading_and_may_come_back(tmp_path, index):
    copy = write(tmp_path, "sida", FOREST).path
    page = Incoming("sida", copy, url="https://exempel.invalid/sida")
    build([page], index, WordEmbedder(), options(full=True))
    away = Incoming("sida", None, url=page.url, failure=FetchFailed("Sidan är borttagen (404)."))
    assert actions(build([away], index, WordEmbedder(), options(full=True))) == {"sida": Action.KEPT}
    opened = open_index(index)
    assert "borttagen" in opened.records[0].reason and len(opened.passages) == 2
    build([page], index, WordEmbedder(), options(full=True))
    record = open_index(index).records[0]
    assert record.status is DocumentStatus.READ and record.reason is None and record.error is None


def test_rebuild_mends_another_embedder_and_rereads_from_the_stored_copies(tmp_path, index):
    skog = write(tmp_path, "skog", FOREST)
    build([skog], index, WordEmbedder(), options())
    other = WordEmbedder("other", 16)
    with pytest.raises(IndexMismatch, match=r"words.*other.*rus ingest --rebuild"):
        build([], index, other, options())
    with pytest.raises(IndexMismatch, match="rus ingest --rebuild"):
        open_index(index, "other")
    skog.path.unlink()
    report = build([], index, other, options(rebuild=True))
    assert actions(report) == {"skog": Action.UPDATED}
    opened = open_index(index, "other")
    assert passage_vectors(opened).shape == (2, 16) and opened.source("skog").read_text(encoding="utf-8") == FOREST


def test_a_copy_that_cannot_be_reread_is_kept_for_the_next_rebuild(tmp_path, index, monkeypatch):
    skog = write(tmp_path, "skog", FOREST)
    build([skog], index, WordEmbedder(), options())
    skog.path.unlink()
    for module in ("indexing.building", "store.generations", "store.readings"):
        monkeypatch.setattr(f"ingest.{module}.CLEANING_VERSION", 99)
    with monkeypatch.context() as broken:
        broken.setattr(ingest.indexing.building, "ReaderPool", partial(ReaderPool, reader="fake_reader_without_ocr"))
        build([], index, WordEmbedder(), options(rebuild=True))
    record = open_index(index, "words").record("skog")
    assert record.status is DocumentStatus.UNREADABLE and record.passages == 0
    assert open_index(index).source("skog") is None
    build([write(tmp_path, "trafik", TRAFFIC)], index, WordEmbedder(), options())
    build([], index, WordEmbedder(), options(rebuild=True))
    assert open_index(index).source("skog").read_text(encoding="utf-8") == FOREST


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "index").write_text("a file, not a folder")
    with pytest.raises(IndexUnusable, match="kan inte skrivas"):
        build([write(tmp_path, "skog", FOREST)], tmp_path / "index", WordEmbedder(), options())


def test_another_cleaning_version_is_refused_until_rebuilt(tmp_path, index, monkeypatch):
    build([write(tmp_path, "skog", FOREST)], index, WordEmbedder(), options())
    for module in ("indexing.building", "store.generations", "store.readings"):
        monkeypatch.setattr(f"ingest.{module}.CLEANING_VERSION", 99)
    with pytest.raises(IndexMismatch, match="nu 99"):
        open_index(index, "words")
    build([], index, WordEmbedder(), options(rebuild=True))
    assert open_index(index, "words").manifest.cleaning_version == 99


def test_an_index_of_another_form_is_refused_and_rebuilt(tmp_path, index):
    skog = write(tmp_path, "skog", FOREST)
    first = build([skog], index, WordEmbedder(), options())
    folder = index / "generations" / first.index_id
    (folder / "manifest.json").write_text('{"format": 7}')
    (folder / "checksums.json").write_text("{}")
    with pytest.raises(IndexMismatch, match="annan version av programmet"):
        open_index(index)
    build([skog], index, WordEmbedder(), options(rebuild=True))
    assert len(open_index(index).passages) == 2


def test_forget_leaves_no_trace_of_the_text_on_disk(tmp_path, index):
    secret = "Hemlighetsbacken"
    incoming = [write(tmp_path, "skog", FOREST), write(tmp_path, "hemlig", f"# Ort\n\n{secret} ligger i Vidinge.")]
    build(incoming, index, WordEmbedder(), options())
    build([write(tmp_path, "trafik", TRAFFIC)], index, WordEmbedder(), options())
    assert files_with(index, secret)
    forget("hemlig", index)
    assert files_with(index, secret) == [] and files_with(index, "hemlig") == []
    assert files_with(index, "Vidinge")
    opened = open_index(index, "words")
    assert {document.id for document in opened.documents} == {"skog", "trafik"}
    rows, _ = opened.nearest_passages(vectors_of("Bussarna går")[0], 1)
    assert opened.passages[rows[0]].section == ("Trafik",)


def files_with(folder: Path, text: str) -> list[Path]:
    """Files that hold the text, also inside gzip and npz."""
    found = []
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        contents = [path.read_bytes()]
        if path.suffix == ".gz":
            contents.append(gzip.decompress(contents[0]))
        if path.suffix == ".npz":
            with np.load(path) as stored:
                contents += [array.tobytes() for array in stored.values()]
        if any(text.encode(encoding) in content for content in contents for encoding in ("utf-8", "utf-16-le")):
            found.append(path)
    return found


def test_forgetting_that_cannot_be_written_is_one_sentence_and_changes_nothing(tmp_path, index, capfd):
    build([write(tmp_path, "skog", FOREST), write(tmp_path, "trafik", TRAFFIC)], index, WordEmbedder(), options())
    (index / "chroma" / f"next-{made_with('words')}").write_text("where the new store would lie")
    with pytest.raises(IndexUnusable, match=r"Chroma kunde inte skriva indexet \(.+\)\. Kontrollera"):
        forget("skog", index)
    assert "Traceback" not in capfd.readouterr().err
    assert len(open_index(index, "words").documents) == 2


def test_forgetting_the_last_document_leaves_an_empty_index(tmp_path, index):
    build([write(tmp_path, "skog", FOREST)], index, WordEmbedder(), options())
    forget("skog", index)
    opened = open_index(index, "words")
    query = vectors_of("skog")[0]
    assert opened.passages == () and opened.lexical.scores("skog").size == 0
    assert opened.nearest_passages(query, 3)[0].size == opened.nearest_sentences(query, 3)[0].size == 0
    assert opened.passage_cosines(query, []).size == 0 and opened.sentence_cosines(query, []) == []
    build([write(tmp_path, "skog", FOREST)], index, WordEmbedder(), options())
    assert len(open_index(index).passages) == 2


def test_forgetting_what_is_not_there_says_so(tmp_path, index):
    with pytest.raises(IndexMissing, match="rus ingest"):
        forget("skog", index)
    build([write(tmp_path, "skog", FOREST)], index, WordEmbedder(), options())
    with pytest.raises(RusError, match="rus documents"):
        forget("okänd", index)


def test_a_disk_that_is_read_only_is_one_sentence(tmp_path, index, monkeypatch):
    import filelock

    build([write(tmp_path, "skog", FOREST)], index, WordEmbedder(), options())

    def refuse(*_, **__):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(filelock.FileLock, "acquire", refuse)
    for change in (lambda: forget("skog", index), lambda: build([], index, WordEmbedder(), options())):
        with pytest.raises(IndexUnusable, match=r"kan inte skrivas \(.*\)\. Kontrollera rättigheter"):
            change()
    assert len(open_index(index, "words").passages) == 2


def test_nobody_else_may_read_the_index_and_its_copies(tmp_path, index):
    skog = write(tmp_path, "skog", FOREST)
    skog.path.chmod(0o644)
    build([skog], index, WordEmbedder(), options())
    assert index.stat().st_mode & 0o077 == 0
    assert open_index(index).source("skog").stat().st_mode & 0o077 == 0


def test_what_a_killed_ingest_fetched_is_removed_by_the_next(index):
    (index / "fetched" / "left").mkdir(parents=True)
    with fetched_folder(index) as folder:
        assert list(folder.iterdir()) == []
        with pytest.raises(IndexLocked, match=f"process {os.getpid()} på "), fetched_folder(index):
            pass
    assert not folder.exists()


def test_the_lock_names_the_process_that_holds_it(tmp_path, index):
    with writer_lock(index), pytest.raises(IndexLocked, match=f"process {os.getpid()} på "):
        build([write(tmp_path, "skog", FOREST)], index, WordEmbedder(), options())
    build([write(tmp_path, "skog", FOREST)], index, WordEmbedder(), options())


def test_progress_tells_each_step_and_each_document(tmp_path, index):
    told = []
    incoming = [write(tmp_path, "skog", FOREST), write(tmp_path, "trafik", TRAFFIC)]
    build(incoming, index, WordEmbedder(), options(), told.append)
    assert {one.step for one in told} == set(Step)
    reading = [one for one in told if one.step is Step.READING]
    assert list(dict.fromkeys(one.name for one in reading)) == ["skog", "trafik"]
    assert all(one.total == 2 and 0 <= one.done <= 2 for one in reading)
    assert reading[-1].pages >= 2 and reading[-1].passages == 2
    assert Progress(Step.EMBEDDING, total=4) in told


def test_versions_are_linked(tmp_path, index):
    old = Incoming("plan-a", write(tmp_path, "a", FOREST).path, title="Skogsplan för Vidinge 2015–2019")
    text = "# Ny plan\n\nDen ersätter Skogsplan för Vidinge 2015–2019."
    new = Incoming("plan-b", write(tmp_path, "b", text).path, title="Skog åt alla")
    build([old, new, write(tmp_path, "trafik", TRAFFIC)], index, WordEmbedder(), options())
    records = {record.document.id: record for record in open_index(index).records}
    assert records["plan-b"].document.supersedes == "plan-a" and records["plan-a"].document.supersedes is None
    forget("plan-a", index)
    records = {record.document.id: record for record in open_index(index).records}
    assert records["plan-b"].document.supersedes is None


def test_documents_of_one_title_go_by_different_names_everywhere(tmp_path, index):
    named = [replace(write(tmp_path, name, text), title="Taxa") for name, text in (("a", TRAFFIC), ("b", FOREST))]
    build(named, index, WordEmbedder(), options())
    build(named, index, WordEmbedder(), options())
    opened = open_index(index)
    assert {passage.title for passage in opened.passages} == {record.document.title for record in opened.records}
    assert sorted(record.document.title for record in opened.records) == ["Taxa (a.txt)", "Taxa (b.txt)"]


def test_what_a_stopped_build_embedded_is_found_by_the_next(tmp_path, index):
    class Stopping(WordEmbedder):
        def embed_documents(self, texts):
            if self.embedded:
                raise KeyboardInterrupt
            return super().embed_documents(texts)

    incoming = [
        write(tmp_path, name, "\n\n".join(f"# Del {n}\n\n{name} nummer {n}." for n in range(30)))
        for name in ("skog", "trafik")
    ]
    stopping, embedder = Stopping(), WordEmbedder()
    with pytest.raises(KeyboardInterrupt):
        build(incoming, index, stopping, options())
    with pytest.raises(IndexMissing):
        open_index(index)
    build(incoming, index, embedder, options())
    assert stopping.embedded and embedder.embedded and not set(stopping.embedded) & set(embedder.embedded)
    opened = open_index(index)
    fresh = vectors_of(*(f"{p.section[-1]}\n{p.text}" for p in opened.passages))
    np.testing.assert_allclose(passage_vectors(opened), fresh, atol=1e-6)
    assert sorted(path.name for path in (index / "generations").iterdir()) == [opened.id]
    assert [path.name for path in (index / "chroma").iterdir()] == [opened.manifest.store]


@pytest.mark.parametrize("delay_seconds", [0.6, 1.6, 2.4])
def test_a_killed_build_leaves_the_old_or_the_new_generation(tmp_path, index, delay_seconds):
    texts = {f"d{n}": f"# Del {n}\n\n" + "\n\n".join(f"Text {n} {m}." for m in range(20)) for n in range(12)}
    documents = [write(tmp_path, name, text) for name, text in texts.items()]
    first = build(documents[:1], index, WordEmbedder(), options())
    process = subprocess.Popen(
        [sys.executable, str(TESTS / "slow_build.py"), str(index), *(str(one.path) for one in documents)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join((str(TESTS.parent), str(TESTS)))},
    )
    time.sleep(delay_seconds)
    process.send_signal(signal.SIGKILL)
    process.wait()
    opened = open_index(index, "words")
    expected = 1 if opened.id == first.index_id else len(documents)
    assert len(opened.documents) == expected
    assert len(opened.passages) == len(passage_vectors(opened)) == sum(one.passages for one in opened.records)
    build(documents, index, WordEmbedder(), options())
    assert len(open_index(index, "words").documents) == len(documents)
    assert not [path for path in index.rglob("*") if path.name.startswith(".new-") or path.suffix == ".new"]
