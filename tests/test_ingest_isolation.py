"""Reading in a child process: what a hostile or broken file costs, and what it is called afterwards."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np
import pytest
from fake_reader import read
from index_tools import FAKE_READER, FOREST

from ingest.documents import Document, ReadOptions
from ingest.errors import DamagedFile, LimitExceeded, NoTextLayer
from ingest.indexing.reader_pool import Limits, ReaderPool
from ingest.store.readings import load_reading


@pytest.fixture(autouse=True)
def tests_can_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))


DOCUMENT = Document("plan", "Plan", "", "text")


def read_isolated(path: Path, reader: str = FAKE_READER):
    with tempfile.TemporaryDirectory() as folder, ReaderPool(1, Limits(), scratch(Path(folder)), reader) as pool:
        pool.read(path, ReadOptions(), Path(folder), DOCUMENT, None)
        return load_reading(Path(folder))


def scratch(folder: Path) -> Path:
    made = folder / "scratch"
    made.mkdir()
    return made


def file(folder: Path, text: str, name: str = "plan.txt") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_what_the_child_read_arrives_whole(tmp_path):
    path = file(tmp_path, FOREST)
    arrived, here = read_isolated(path), read(path, ReadOptions())
    assert (arrived.blocks, arrived.report, arrived.published) == (here.blocks, here.report, here.published)
    for page, expected in zip(arrived.pages, here.pages, strict=True):
        assert (page.number, page.text, page.label, page.width) == (expected.number, expected.text, expected.label, 595)
        np.testing.assert_allclose(page.boxes, expected.boxes, atol=0.011)


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("CRASH", DamagedFile, r"plan\.txt \(signal 11\)"),
        ("KILLED", LimitExceeded, r"plan\.txt krävde mer än \d+ MB minne"),
        ("HANG", LimitExceeded, r"plan\.txt avbröts efter 1 sekunder"),
        ("BOMB", LimitExceeded, r"plan\.txt krävde mer än \d+ MB minne"),
        ("BUG", DamagedFile, r"plan\.txt \(KeyError: '/Root'\)"),
        ("SCAN", NoTextLayer, r"plan\.txt är skannad"),
        ("x" * 2000, LimitExceeded, r"2000 tecken\) än gränsen på 1000"),
    ],
)
def test_a_bad_file_costs_itself_alone(tmp_path, text, error, says):
    bad, good = file(tmp_path, text), file(tmp_path, FOREST, "bra.txt")
    folders = [tmp_path / str(number) for number in range(3)]
    for folder in folders:
        folder.mkdir()
    with ReaderPool(1, Limits(seconds=1.0, characters=1000), scratch(tmp_path), FAKE_READER) as pool:
        futures = [
            pool.threads.submit(pool.read, path, ReadOptions(), folder, DOCUMENT, None)
            for path, folder in zip((good, bad, good), folders, strict=True)
        ]
        futures[0].result()
        with pytest.raises(error, match=says):
            futures[1].result()
        futures[2].result()


def test_a_child_that_is_ended_leaves_no_temporary_file(tmp_path):
    here = scratch(tmp_path)
    with ReaderPool(1, Limits(seconds=1.0), here, FAKE_READER) as pool:
        with pytest.raises(LimitExceeded):
            pool.read(file(tmp_path, "LITTER"), ReadOptions(), tmp_path, DOCUMENT, None)
        assert list(here.iterdir())
    assert not here.exists()


def test_a_library_that_prints_does_not_disturb_the_replies(tmp_path):
    read_isolated(file(tmp_path, "PRINT\n\nEtt stycke."))


def test_leaving_the_pool_ends_a_reading_under_way(tmp_path):
    with ReaderPool(1, Limits(), scratch(tmp_path), FAKE_READER) as pool:
        hanging = file(tmp_path, "HANG")  # would take ten minutes
        reading = pool.threads.submit(pool.read, hanging, ReadOptions(), tmp_path, DOCUMENT, None)
        time.sleep(1.5)
    assert reading.done() and (reading.cancelled() or reading.exception())


def test_a_reader_that_cannot_start_is_an_error_and_not_a_bad_file(tmp_path):
    with pytest.raises(RuntimeError, match="no_such_reader"):
        read_isolated(file(tmp_path, FOREST), "no_such_reader")
