"""Gathering: ids that stay the same from run to run, and originals that stand in for summaries."""

from __future__ import annotations

from pathlib import Path

from ingest.documents import Document
from ingest.gather import gather_listed, gather_named
from ingest.store.records import DocumentRecord, DocumentStatus
from ingest.web.fetch import Fetched, FetchLimits

LIMITS = FetchLimits()


def record(name: str, path: Path, listed: bool = False, title: str = "Titel") -> DocumentRecord:
    document = Document(name, title, "0" * 64, "text", path=str(path.resolve()), publisher="Regionen", year=2020)
    return DocumentRecord(document, DocumentStatus.READ, passages=1, listed=listed)


def plan(folder: Path, place: str) -> Path:
    path = folder / place / "plan.txt"
    path.parent.mkdir(parents=True)
    path.write_text("En plan.", encoding="utf-8")
    return path


def ids(gathered):
    return [one.id for one in gathered.incoming]


def test_a_file_keeps_its_id_and_another_of_the_same_name_gets_its_own(tmp_path):
    first, second = plan(tmp_path, "a"), plan(tmp_path, "b")
    known = [record("plan", first)]
    assert ids(gather_named([str(first)], tmp_path, None, LIMITS, None, known)) == ["plan"]
    (other,) = ids(gather_named([str(second)], tmp_path, None, LIMITS, None, known))
    assert other.startswith("plan-") and other != "plan"
    assert ids(gather_named([str(second)], tmp_path, None, LIMITS, None, [*known, record(other, second)])) == [other]


def test_files_of_one_name_named_together_are_two_documents(tmp_path):
    names = [str(plan(tmp_path, place).parent) for place in ("a", "b")]
    first, second = ids(gather_named([*names, names[0]], tmp_path, None, LIMITS, None))
    assert first == "plan" and second.startswith("plan-")


def test_a_moved_file_keeps_its_id(tmp_path):
    first, second = plan(tmp_path, "a"), plan(tmp_path, "b")
    first.unlink()
    assert ids(gather_named([str(second)], tmp_path, None, LIMITS, None, [record("plan", first)])) == ["plan"]


def test_a_listed_document_named_by_its_path_keeps_what_the_list_says(tmp_path):
    path = plan(tmp_path, "a")
    (one,) = gather_named([str(path)], tmp_path, None, LIMITS, None, [record("min-plan", path, True)]).incoming
    assert (one.id, one.title, one.publisher, one.year) == ("min-plan", "Titel", "Regionen", 2020)


def test_an_original_takes_its_summarys_place_once_it_has_been_fetched(tmp_path, monkeypatch):
    plan(tmp_path, "a")
    sources = tmp_path / "sources.toml"
    sources.write_text(
        '[[document]]\nid = "kort"\ntitle = "Kort"\npath = "a/plan.txt"\n'
        '[[original]]\nid = "lang"\ntitle = "Lång"\nurl = "http://127.0.0.1:9/plan"\nreplaces = "kort"\n',
        encoding="utf-8",
    )
    away = gather_listed(sources, tmp_path, None, LIMITS)
    assert ids(away) == ["kort"] and "internt nätverk" in away.notes[0]
    kept = gather_listed(sources, tmp_path, None, LIMITS, [record("lang", tmp_path / "lang.html", True)])
    assert ids(kept) == ["lang"] and kept.incoming[0].failure is not None
    monkeypatch.setattr("ingest.gather.fetch", lambda url, _: Fetched(url, b"<p>Den hela planen.</p>", "text/html"))
    here = gather_listed(sources, tmp_path, None, LIMITS)
    assert ids(here) == ["lang"] and here.incoming[0].path.read_bytes().startswith(b"<p>") and not here.notes
