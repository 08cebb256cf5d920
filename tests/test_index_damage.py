"""What is damaged or lost is told in one sentence with the command that mends it, and mended by it."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import pytest
from index_tools import FOREST, TRAFFIC, WordEmbedder, options, vectors_of, write

import ingest.indexing.building
from ingest.errors import IndexDamaged, IndexUnusable
from ingest.indexing.building import build
from ingest.indexing.reader_pool import ReaderPool
from ingest.store.passage_index import open_index

TESTS = Path(__file__).parent
pytestmark = pytest.mark.usefixtures("fake_reader")


def cut_in_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def change_a_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x55
    path.write_bytes(bytes(data))


def remove(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def zero(path: Path) -> None:
    path.write_bytes(b"")


DAMAGE = [
    ("CURRENT", remove),
    ("CURRENT", zero),
    ("CURRENT", change_a_byte),
    ("generations", remove),
    ("generations/*", remove),
    ("generations/*/manifest.json", remove),
    ("generations/*/manifest.json", cut_in_half),
    ("generations/*/manifest.json", change_a_byte),
    ("generations/*/facts.json", cut_in_half),
    ("generations/*/passages.txt", remove),
    ("generations/*/passages.txt", zero),
    ("generations/*/checksums.json", cut_in_half),
    ("generations/*/lexical/data.csc.index.npy", change_a_byte),
    ("chroma", remove),
    ("chroma/*", remove),
    ("chroma/*/chroma.sqlite3", remove),
    ("chroma/*/chroma.sqlite3", zero),
    ("chroma/*/chroma.sqlite3", cut_in_half),
    ("chroma/*/*/data_level0.bin", cut_in_half),
    ("chroma/*/*/link_lists.bin", remove),
    ("chroma/*/*/header.bin", change_a_byte),
]


@pytest.mark.parametrize(("pattern", "damage"), DAMAGE, ids=lambda one: getattr(one, "__name__", one))
def test_damage_is_told_and_mended_and_costs_no_document(tmp_path, small_directory, pattern, damage):
    index = shutil.copytree(small_directory, tmp_path / "index")
    for path in list(index.glob(pattern)):
        damage(path)
    with pytest.raises(IndexDamaged, match="rus ingest --rebuild"):
        open_index(index, "words")
    for full in (False, True):
        with pytest.raises(IndexUnusable, match="rus ingest --rebuild"):
            build([write(tmp_path, "ny", "# Ny\n\nEn ny sida.")], index, WordEmbedder(), options(full=full))
    report = build([write(tmp_path, "skog", FOREST)], index, WordEmbedder(), options(rebuild=True))
    assert report.changed and report.all_read
    opened = open_index(index, "words")
    assert {document.id for document in opened.documents} == {"skog", "trafik"} and len(opened.passages) == 4
    query = vectors_of("Cykelvägen till Norrby byggs ut.")[0]
    assert opened.passages[opened.nearest_passages(query, 1)[0][0]].section == ("Cykel",)


@pytest.mark.parametrize("pattern", ["read", "read/*/pages.npz", "read/*/original"])
@pytest.mark.parametrize("damage", [remove, cut_in_half], ids=lambda one: one.__name__)
def test_lost_readings_are_told_and_read_again(tmp_path, small_directory, pattern, damage):
    index = shutil.copytree(small_directory, tmp_path / "index")
    for path in list(index.glob(pattern)):
        (remove if path.is_dir() else damage)(path)
    opened = open_index(index, "words")
    if not pattern.endswith("original"):
        with pytest.raises(IndexDamaged, match="rus ingest --rebuild"):
            opened.page("skog", 1)
    opened.store.close()
    build([], index, WordEmbedder(), options(rebuild=True))
    again = open_index(index, "words")
    assert again.page("skog", 1).text.startswith("# Skog") and again.source("trafik").read_text().startswith("# Trafik")


def test_documents_are_known_by_their_copies_when_every_manifest_is_lost(tmp_path):
    index = tmp_path / "index"
    build([write(tmp_path, "skog", FOREST), write(tmp_path, "trafik", TRAFFIC)], index, WordEmbedder(), options())
    for path in index.rglob("manifest.json"):
        path.unlink()
    build([write(tmp_path, "skog", FOREST)], index, WordEmbedder(), options(rebuild=True))
    opened = open_index(index, "words")
    assert {document.id for document in opened.documents} == {"skog", "trafik"} and len(opened.passages) == 4


def test_a_text_that_cannot_be_cut_costs_its_document_alone(tmp_path, monkeypatch):
    (tmp_path / "modules").mkdir()
    # a reader whose blocks point outside their pages: what cutting makes of that nobody has foreseen
    (tmp_path / "modules" / "pointing_away.py").write_text(
        "from dataclasses import replace\n"
        "from fake_reader import read as honest\n"
        "from ingest.documents import Span\n\n"
        "def read(path, options):\n"
        "    found = honest(path, options)\n"
        "    if path.stem != 'trasig':\n"
        "        return found\n"
        "    return replace(found, blocks=tuple(replace(one, spans=(Span(77, 0, 5),)) for one in found.blocks))\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", f"{TESTS}:{tmp_path / 'modules'}")
    monkeypatch.setattr(ingest.indexing.building, "ReaderPool", partial(ReaderPool, reader="pointing_away"))
    documents = [write(tmp_path, name, FOREST) for name in ("skog", "trasig", "trakt")]
    report = build(documents, tmp_path / "index", WordEmbedder(), options())
    assert not report.all_read
    opened = open_index(tmp_path / "index", "words")
    assert {document.id for document in opened.documents} == {"skog", "trakt"}
    assert "Läsaren klarade inte" in opened.record("trasig").reason


def test_a_date_that_does_not_exist_is_no_date(tmp_path):
    text = "# Skogsplan\n\nSkogsplanen antogs den 31 november 2022. Planen gäller till 2030.\n\n§ 14 våren 2021."
    report = build([write(tmp_path, "skogsplan", text)], tmp_path / "index", WordEmbedder(), options())
    assert report.all_read
    record = open_index(tmp_path / "index").record("skogsplan")
    assert (record.published, record.document.year) == ("2022", 2022)
