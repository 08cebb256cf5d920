"""Collects the documents of a page, a section of a site or a sitemap, politely: robots.txt, one request at a time."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, urldefrag, urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from bs4 import BeautifulSoup

from ingest.errors import FetchFailed
from ingest.plain import decode
from ingest.web.fetch import USER_AGENT, Fetched, FetchLimits, fetch

_PAGE_TYPES = ("text/html", "application/xhtml+xml")
_SITEMAP_TYPES = ("text/xml", "application/xml")
_DOCUMENT_SUFFIXES = (".pdf", ".docx", ".pptx", ".xlsx")
_OTHER_SUFFIXES = re.compile(
    r"\.(?:jpe?g|png|gif|svg|webp|ico|css|js|json|xml|rss|zip|gz|mp[34]|m4a|mov|avi|woff2?|ttf|ics|exe|docm?|xls|ppt)$"
)
_LOCATION = re.compile(r"<loc>\s*(?:<!\[CDATA\[)?\s*([^<\]\s]+)", re.IGNORECASE)
_MAXIMUM_CRAWL_DELAY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class CrawlLimits:
    """How far a crawl goes. Pages are all that is asked, sitemaps and documents too. Depth counts links from the start
    (0: that page alone, and the documents it links).
    """

    maximum_pages: int = 200
    maximum_depth: int = 2
    delay_seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Crawled:
    """One address of a crawl with what came of it: an answer or an error."""

    url: str
    fetched: Fetched | None = None
    error: FetchFailed | None = None


def crawl(
    url: str,
    limits: CrawlLimits,
    fetch_limits: FetchLimits,
    known: Mapping[str, Fetched],
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Crawled]:
    """The page at `url`, the pages below it that it leads to, and the documents of the same host that they link.

    A sitemap gives the pages that it lists, of its own host. `known` holds earlier answers by address: their pages are
    asked for only if changed, and come with status 304. Failures are given like answers, so that nothing is lost.
    """
    robots = _robots(url, fetch_limits)
    wish = min(float(robots.crawl_delay(USER_AGENT) or 0), _MAXIMUM_CRAWL_DELAY_SECONDS)
    start = urldefrag(url).url
    queue, seen, visited = deque([(start, 0)]), {start}, 0
    while queue and visited < limits.maximum_pages:
        address, depth = queue.popleft()
        if visited:
            sleep(max(limits.delay_seconds, wish))
        result = _get(address, start if visited else None, robots, fetch_limits, known.get(address))
        visited += 1
        page = result.fetched
        if page is not None and page.status == 304:
            page = replace(known[address], url=page.url)
        if page is None or not _is_sitemap(page):
            yield result
        if page is None:
            continue
        if visited == 1:
            start = page.url  # it may have moved, most often to or from "www."
        seen.add(page.url)
        for link, deeper in _onward(page, start):
            if link not in seen and depth + deeper <= limits.maximum_depth:
                seen.add(link)
                queue.append((link, depth + deeper))


def _onward(page: Fetched, start: str) -> Iterator[tuple[str, int]]:
    """The addresses that an answer leads to within the section, with how many links deeper each of them lies."""
    listed = _is_sitemap(page)
    for link in _sitemap_entries(page) if listed else _links(page):
        parts = _parts(link)
        if parts is None or not _same_host(link, start):
            continue
        document = parts.path.casefold().endswith(_DOCUMENT_SUFFIXES)
        other = _OTHER_SUFFIXES.search(parts.path.casefold()) is not None
        if listed or document or (not other and _is_below(parts.path or "/", urlsplit(start).path)):
            yield link, 0 if listed or document else 1


def _get(url: str, start: str | None, robots: RobotFileParser, limits: FetchLimits, before: Fetched | None) -> Crawled:
    """Asks for the page only if changed where what it linked before is at hand; refuses what leaves the site."""
    if not robots.can_fetch(USER_AGENT, url):
        return Crawled(url, error=FetchFailed(f"{url} hämtas inte; webbplatsen undanber sig det i robots.txt."))
    usable = before is not None and (bool(before.data) or before.media_type not in _PAGE_TYPES)
    etag, changed = (before.etag, before.last_modified) if before is not None and usable else (None, None)
    try:
        answer = fetch(url, etag, changed, limits)
    except FetchFailed as error:
        return Crawled(url, error=error)
    if start is not None and not _same_host(answer.url, start):
        return Crawled(url, error=FetchFailed(f"{url} hämtas inte; adressen leder till en annan webbplats."))
    return Crawled(url, fetched=answer)


def _robots(url: str, limits: FetchLimits) -> RobotFileParser:
    """What the site asks of visitors; without robots.txt it asks nothing."""
    parser = RobotFileParser()
    try:
        text = fetch(urljoin(url, "/robots.txt"), limits=limits).data.decode("utf-8", errors="replace")
        parser.parse(text.splitlines())
    except (FetchFailed, ValueError):
        # Where the whole site is away, the first page fails in the same way and tells the user why.
        parser.parse([])
    return parser


def _is_sitemap(fetched: Fetched) -> bool:
    head = fetched.data[:2000].lower()
    return fetched.media_type in _SITEMAP_TYPES and (b"<urlset" in head or b"<sitemapindex" in head)


def _sitemap_entries(fetched: Fetched) -> Iterator[str]:
    text = fetched.data.decode("utf-8", errors="replace")
    return (found[1].replace("&amp;", "&") for found in _LOCATION.finditer(text))


def _links(fetched: Fetched) -> Iterator[str]:
    """The addresses that a page links, in full and without fragments."""
    if fetched.media_type not in _PAGE_TYPES:
        return
    soup = BeautifulSoup(decode(fetched.data, fetched.encoding), "lxml")
    base = soup.select_one("base[href]")
    root = _joined(fetched.url, str(base["href"])) if base is not None else None
    for anchor in soup.select("a[href]"):
        if link := _joined(root or fetched.url, str(anchor["href"])):
            yield link


def _joined(root: str, link: str) -> str | None:
    try:
        return urldefrag(urljoin(root, link.strip())).url
    except ValueError:  # what is no address leads nowhere
        return None


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") else None


def _same_host(url: str, start: str) -> bool:
    return urlsplit(url).netloc.casefold() == urlsplit(start).netloc.casefold()


def _is_below(path: str, section: str) -> bool:
    """Whether a path lies in the section that the start's path names."""
    folder = section if section.endswith("/") else section.rsplit("/", 1)[0] + "/" if "." in section else section + "/"
    return path.startswith(folder) or path == section
