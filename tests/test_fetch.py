from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ingest.errors import FetchFailed
from ingest.web import fetch as fetching
from ingest.web.fetch import CrawlLimits, Fetched, FetchLimits, crawl, fetch, is_public

LOCAL = FetchLimits(timeout_seconds=2.0, maximum_bytes=50_000, allow_private=True)
PAGES: dict[str, tuple[str, str]] = {
    "/robots.txt": ("text/plain", "User-agent: *\nDisallow: /strategi/hemlig\nCrawl-delay: 2\n"),
    "/strategi/": (
        "text/html; charset=windows-1252",
        '<a href="mal">Mål</a> <a href="/annat/">Annat</a> <a href="/filer/rapport.pdf#page=2">Rapport</a> '
        '<a href="hemlig">Hemlig</a> <a href="http://annan.example/strategi/">Ut</a> <a href="bild.png">Bild</a> '
        '<a href="mailto:a@b.example">Post</a> <a href="borta">Borta</a> <a href="/strategi/">Hit</a>',
    ),
    "/strategi/mal": ("text/html", '<a href="mal/djup">Djupare</a>'),
    "/strategi/mal/djup": ("text/html", "Längst ner"),
    "/annat/": ("text/html", "Utanför"),
    "/trasig/": ("text/html", '<base href="http://["><a href="hel">Hel</a><a href="http://[">Trasig</a>'),
    "/trasig/hel": ("text/html", "Hel"),
    "/trasig.xml": ("application/xml", "<urlset><loc>http://[</loc><loc>{base}/annat/</loc></urlset>"),
    "/filer/rapport.pdf": ("application/pdf", "%PDF-1.7"),
    "/sitemap.xml": (
        "application/xml",
        "<urlset><url><loc>{base}/annat/</loc></url><url><loc>{base}/strategi/mal</loc></url></urlset>",
    ),
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        base = f"http://127.0.0.1:{self.server.server_port}"
        if self.path in PAGES:
            kind, text = PAGES[self.path]
            self.answer(200, text.replace("{base}", base).encode("cp1252"), {"Content-Type": kind})
        elif self.path.startswith("/vidare"):
            self.answer(302, headers={"Location": self.path.partition("?")[2] or "/vidare"})
        elif self.path.startswith("/kod/"):
            self.answer(int(self.path.rsplit("/", 1)[1]))
        elif self.path == "/stor":
            self.answer(200, b"x" * 60_000)
        elif self.path == "/dropp":
            self.send_response(200)
            self.end_headers()
            for _ in range(20_000):  # a quarter of an hour: nobody waits for the end
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.05)
        else:
            self.answer(404)

    def answer(self, status: int, data: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Keeps the test output clean."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up early is part of the tests."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_an_answer_with_all_that_is_known_about_it(site: str) -> None:
    found = fetch(f"{site}/strategi/", limits=LOCAL)
    assert (found.media_type, found.encoding) == ("text/html", "windows-1252")
    assert "Mål".encode("cp1252") in found.data


def test_redirects_are_followed(site: str) -> None:
    assert fetch(f"{site}/vidare?/annat/", limits=LOCAL).url == f"{site}/annat/"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/kod/404", "finns inte längre"),
        ("/kod/410", "finns inte längre"),
        ("/kod/500", "felkod 500"),
        ("/kod/403", "inloggning"),
        ("/stor", "större än"),
        ("/vidare", "för många gånger"),
        ("/vidare?ftp://fil.example/x", "http://"),
        ("/vidare?http://[", "begripligt"),
        ("/vidare?http://user:pw@a.example/", "lösenord"),
    ],
)
def test_failures_are_told_apart(site: str, path: str, words: str) -> None:
    with pytest.raises(FetchFailed) as caught:
        fetch(site + path, limits=LOCAL)
    assert words in caught.value.message
    assert caught.value.message.endswith(".")


def test_a_dripping_answer_is_cut_off(site: str) -> None:
    with pytest.raises(FetchFailed, match="i tid"):
        fetch(f"{site}/dropp", limits=FetchLimits(0.4, 50_000, allow_private=True))


def test_nobody_listens() -> None:
    with pytest.raises(FetchFailed, match="kan inte nås"):
        fetch("http://127.0.0.1:9/", limits=LOCAL)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://172.16.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://0.0.0.0/",
        "http://[::ffff:127.0.0.1]/",
        "http://[fe80::1]/",
        "http://[fd00:ec2::254]/",
        "http://100.64.0.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://localhost/",
        "file:///etc/passwd",
        "ftp://fil.example/",
        "gopher://fil.example/",
        "http:///tom",
        "http://a.example:99999/",
    ],
)
def test_the_own_network_and_other_schemes_are_refused(url: str) -> None:
    with pytest.raises(FetchFailed):
        fetch(url)


def test_a_redirect_into_the_own_network_is_refused(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    port = int(site.rsplit(":", 1)[1])
    monkeypatch.setattr(fetching, "is_public", lambda address: address == "127.0.0.1")
    with pytest.raises(FetchFailed, match="internt nätverk"):
        fetch(f"{site}/vidare?http://[::1]:{port}/annat/", limits=FetchLimits(timeout_seconds=2.0))


def test_the_checked_address_is_the_one_asked(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that answers differently the second time cannot lead elsewhere: it is looked up once."""
    port = int(site.rsplit(":", 1)[1])
    asked: list[str] = []

    def lookup(host: str, *args: object, **kwargs: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(fetching.socket, "getaddrinfo", original_for_numbers(lookup))
    monkeypatch.setattr(fetching, "is_public", lambda address: True)
    assert "Utanför" in fetch(f"http://plan.example:{port}/annat/").data.decode("cp1252")
    assert asked == ["plan.example"]


def original_for_numbers(lookup: Callable[..., list[tuple[object, ...]]]) -> Callable[..., list[tuple[object, ...]]]:
    original = fetching.socket.getaddrinfo

    def choose(host: str | bytes, *args: object, **kwargs: object) -> list[tuple[object, ...]]:
        name = host.decode() if isinstance(host, bytes) else host
        return original(name, *args, **kwargs) if name[0].isdigit() else lookup(name, *args, **kwargs)

    return choose


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("64:ff9b::808:808", True),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("224.0.0.1", False),
        ("::", False),
        ("64:ff9b:1::808:808", False),
        ("::808:808", False),
        ("fec0::1", False),
        ("255.255.255.255", False),
    ],
)
def test_public_addresses(address: str, public: bool) -> None:
    assert is_public(address) is public


def addresses(site: str, start: str, limits: CrawlLimits) -> dict[str, str]:
    found = crawl(site + start, limits, LOCAL, sleep=lambda seconds: None)
    return {url.removeprefix(site): "200" if isinstance(one, Fetched) else type(one).__name__ for url, one in found}


def test_a_section_with_its_documents(site: str) -> None:
    assert addresses(site, "/strategi/", CrawlLimits(maximum_depth=1)) == {
        "/strategi/": "200",
        "/strategi/mal": "200",
        "/filer/rapport.pdf": "200",
        "/strategi/hemlig": "FetchFailed",
        "/strategi/borta": "FetchFailed",
    }


def test_depth_and_number_are_limited(site: str) -> None:
    assert set(addresses(site, "/strategi/", CrawlLimits(maximum_depth=0))) == {"/strategi/", "/filer/rapport.pdf"}
    assert "/strategi/mal/djup" in addresses(site, "/strategi/", CrawlLimits(maximum_depth=2))
    assert len(addresses(site, "/strategi/", CrawlLimits(maximum_pages=2))) == 2


def test_a_sitemap_gives_its_pages(site: str) -> None:
    assert addresses(site, "/sitemap.xml", CrawlLimits(maximum_depth=0)) == {"/annat/": "200", "/strategi/mal": "200"}


def test_broken_addresses_cost_themselves_alone(site: str) -> None:
    assert addresses(site, "/trasig/", CrawlLimits()) == {"/trasig/": "200", "/trasig/hel": "200"}
    assert addresses(site, "/trasig.xml", CrawlLimits()) == {"/annat/": "200"}


def test_the_site_decides_the_pace(site: str) -> None:
    waits: list[float] = []
    list(crawl(f"{site}/strategi/", CrawlLimits(maximum_pages=3, delay_seconds=0.1), LOCAL, waits.append))
    assert waits == [2.0, 2.0]
