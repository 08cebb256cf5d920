"""A second ingest asks each address only whether it has changed, and keeps what it read where the address fails."""

from __future__ import annotations

import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from index_tools import WordEmbedder, options

from ingest.build import building
from ingest.build.progress import Action
from ingest.gather import earlier_copies, gather_listed, gather_named
from ingest.store.passage_index import known_records, open_index
from ingest.store.records import DocumentStatus
from ingest.web.fetch import FetchLimits

LIMITS = FetchLimits(timeout_seconds=2.0, allow_private=True)
PAGE = (
    "<html><body><main><h1>Plan för Norrby</h1><p>Norrby ska få en ny cykelväg längs ån {year}, och en bro för gående "
    'som når skolan.</p><p><a href="bilaga">Bilagan</a> beskriver kostnaden för varje del av vägen.</p></main></body>'
)


class Site(ThreadingHTTPServer):
    """One page whose text, mark and answer the test chooses; `asked` lists path and status of every request."""

    daemon_threads = True
    status = 200
    year = 2027
    marks = "etag"

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.asked: list[tuple[str, int]] = []
        self.url = f"http://127.0.0.1:{self.server_port}/plan/"


class Answers(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        site = self.server
        if not self.path.startswith("/plan/"):
            return self.answer(404, {})
        own = {
            "etag": ("ETag", f'"{site.year}"', "If-None-Match"),
            "date": ("Last-Modified", f"d{site.year}", "If-Modified-Since"),
        }
        header, value, condition = own[site.marks]
        status = 304 if site.status == 200 and self.headers.get(condition) == value else site.status
        self.answer(status, {header: value, "Content-Type": "text/html; charset=utf-8"})

    def answer(self, status: int, headers: dict[str, str]) -> None:
        self.server.asked.append((self.path, status))
        data = PAGE.format(year=self.server.year).encode() if status == 200 else b""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def site(monkeypatch):
    server = Site()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def ingest(site, tmp_path, depth=None):
    """As the command line does: the fetched files do not outlive the run."""
    index = tmp_path / "index"
    records = known_records(index)
    with tempfile.TemporaryDirectory() as folder:
        copies = earlier_copies(records, index)
        gathered = gather_named([site.url], Path(folder), None, LIMITS, depth, records, copies)
        return building.build(gathered.incoming, index, WordEmbedder(), options())


def record(tmp_path):
    return known_records(tmp_path / "index")[0]


@pytest.mark.parametrize("marks", ["etag", "date"])
def test_what_has_not_changed_is_not_sent_again(site, tmp_path, marks):
    site.marks = marks
    assert ingest(site, tmp_path).outcomes[0].action is Action.ADDED
    again = ingest(site, tmp_path)
    assert (again.outcomes[0].action, again.changed) == (Action.UNCHANGED, False)
    assert site.asked == [("/plan/", 200), ("/plan/", 304)]


def test_what_has_changed_is_read_anew(site, tmp_path):
    ingest(site, tmp_path)
    site.year = 2028
    assert ingest(site, tmp_path).outcomes[0].action is Action.UPDATED
    assert "2028" in open_index(tmp_path / "index").passages[0].text
    ingest(site, tmp_path)
    assert [status for _, status in site.asked] == [200, 200, 304]


@pytest.mark.parametrize("status", [404, 410])
def test_a_withdrawn_document_is_gone_until_it_comes_back(site, tmp_path, status):
    ingest(site, tmp_path)
    site.status = status
    assert ingest(site, tmp_path).outcomes[0].action is Action.GONE
    assert (record(tmp_path).status, record(tmp_path).passages > 0) == (DocumentStatus.GONE, True)
    site.status = 200
    ingest(site, tmp_path)
    assert (record(tmp_path).status, record(tmp_path).reason) == (DocumentStatus.READ, None)
    assert [code for _, code in site.asked] == [200, status, 304]


def test_a_failing_address_keeps_the_older_reading_and_says_why(site, tmp_path):
    ingest(site, tmp_path)
    site.status = 503
    report = ingest(site, tmp_path)
    assert (report.outcomes[0].action, report.all_read) == (Action.KEPT, False)
    assert record(tmp_path).status is DocumentStatus.READ
    assert "503" in record(tmp_path).reason and "tidigare lästa versionen" in record(tmp_path).reason
    assert "2027" in open_index(tmp_path / "index").passages[0].text
    site.status = 200
    ingest(site, tmp_path)
    assert (record(tmp_path).reason, site.asked[-1]) == (None, ("/plan/", 304))


def test_a_lost_copy_is_fetched_whole(site, tmp_path):
    ingest(site, tmp_path)
    (copy,) = earlier_copies(known_records(tmp_path / "index"), tmp_path / "index").values()
    copy.path.unlink()
    ingest(site, tmp_path)
    assert [status for _, status in site.asked] == [200, 200]


def test_an_unasked_304_is_a_failure(site, tmp_path):
    site.status = 304
    assert ingest(site, tmp_path).outcomes[0].action is Action.UNREADABLE


def test_a_crawl_asks_conditionally_and_still_follows_links(site, tmp_path, monkeypatch):
    monkeypatch.setattr("ingest.web.crawl.time.sleep", lambda seconds: None)
    ingest(site, tmp_path, depth=1)
    ingest(site, tmp_path, depth=1)
    assert [one for one in site.asked if "plan" in one[0]] == [
        ("/plan/", 200),
        ("/plan/bilaga", 200),
        ("/plan/", 304),
        ("/plan/bilaga", 304),
    ]


def test_a_listed_original_is_asked_conditionally(site, tmp_path):
    sources = tmp_path / "sources.toml"
    sources.write_text(
        '[[document]]\nid = "kort"\ntitle = "Kort"\npath = "kort.txt"\n'
        f'[[original]]\nid = "lang"\ntitle = "Lång"\nurl = "{site.url}"\nreplaces = "kort"\n',
        encoding="utf-8",
    )
    (tmp_path / "kort.txt").write_text("Norrby får en cykelväg.", encoding="utf-8")
    index = tmp_path / "index"
    for _ in range(2):
        copies = earlier_copies(known_records(index), index)
        gathered = gather_listed(sources, tmp_path, None, LIMITS, copies)
        report = building.build(gathered.incoming, index, WordEmbedder(), options(full=True))
    assert [status for _, status in site.asked] == [200, 304]
    assert (report.changed, [one.id for one in open_index(index).documents]) == (False, ["lang"])
