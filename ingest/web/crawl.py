"""Collects the documents of a page, a section of a site or a sitemap, politely: robots.txt, one request at a time."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from urllib.parse import urldefrag, urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from ingest.errors import FetchFailed
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
    limits: CrawlLimits | None = None,
    fetch_limits: FetchLimits | None = None,
    known: Mapping[str, Fetched] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Crawled]:
    """The page at `url`, the pages below it that it leads to, and the documents of the same host that they link.

    A sitemap gives the pages that it lists, of its own host. `known` holds earlier answers by address: their pages are
    asked for only if changed, and come with status 304. Failures are given like answers, so that nothing is lost.
    """
    chosen = limits or CrawlLimits()
    robots, delay_seconds = _robots(url, fetch_limits, chosen.delay_seconds)
    queue: deque[tuple[str, int]] = deque([(urldefrag(url).url, 0)])
    seen, start, visited = {queue[0][0]}, url, 0
    while queue and visited < chosen.maximum_pages:
        address, depth = queue.popleft()
        if visited:
            sleep(delay_seconds)
        before = (known or {}).get(address)
        result = _get(address, robots, fetch_limits, before)
        if result.fetched is not None and not visited:
            # The start may have moved, most often to or from "www.".
            start = result.fetched.url
        visited += 1
        result = _at_home(result, start)
        page = result.fetched
        if page is not None and page.status == 304 and before is not None:
            page = replace(before, url=page.url)
        if page is None or not _is_sitemap(page):
            yield result
        if page is None:
            continue
        seen.add(page.url)
        for link, deeper in _onward(page, start):
            if link not in seen and depth + deeper <= chosen.maximum_depth:
                seen.add(link)
                queue.append((link, depth + deeper))


def _onward(page: Fetched, start: str) -> Iterator[tuple[str, int]]:
    """The addresses that an answer leads to within the section, with how many links deeper each of them lies."""
    listed = _is_sitemap(page)
    for link in _sitemap_entries(page) if listed else _links(page):
        document = _is_document(link)
        if (listed or document or _is_below(link, start)) and _same_host(link, start):
            yield link, 0 if listed or document else 1


def _get(url: str, robots: RobotFileParser, limits: FetchLimits | None, before: Fetched | None) -> Crawled:
    """Asks for the page only if changed where what it linked before is at hand."""
    if not robots.can_fetch(USER_AGENT, url):
        return Crawled(url, error=FetchFailed(f"{url} hämtas inte; webbplatsen undanber sig det i robots.txt."))
    usable = before is not None and (bool(before.data) or before.media_type not in _PAGE_TYPES)
    etag, changed = (before.etag, before.last_modified) if before is not None and usable else (None, None)
    try:
        return Crawled(url, fetched=fetch(url, etag, changed, limits))
    except FetchFailed as error:
        return Crawled(url, error=error)


def _at_home(result: Crawled, start: str) -> Crawled:
    if result.fetched is None or _same_host(result.fetched.url, start):
        return result
    return Crawled(result.url, error=FetchFailed(f"{result.url} hämtas inte; adressen leder till en annan webbplats."))


def _robots(url: str, limits: FetchLimits | None, delay_seconds: float) -> tuple[RobotFileParser, float]:
    """What the site asks of visitors, and the seconds between two requests. Without robots.txt it asks nothing."""
    parser = RobotFileParser()
    try:
        text = fetch(urljoin(url, "/robots.txt"), limits=limits).data.decode("utf-8", errors="replace")
        parser.parse(text.splitlines())
    except (FetchFailed, ValueError):
        # Where the whole site is away, the first page fails in the same way and tells the user why.
        parser.parse([])
    wish = parser.crawl_delay(USER_AGENT)
    wished_seconds = min(float(wish), _MAXIMUM_CRAWL_DELAY_SECONDS) if wish is not None else 0.0
    return parser, max(delay_seconds, wished_seconds)


def _is_sitemap(fetched: Fetched) -> bool:
    head = fetched.data[:2000].lower()
    return fetched.media_type in _SITEMAP_TYPES and (b"<urlset" in head or b"<sitemapindex" in head)


def _sitemap_entries(fetched: Fetched) -> list[str]:
    """The addresses in a sitemap or an index of sitemaps."""
    text = fetched.data.decode("utf-8", errors="replace")
    return [link for found in _LOCATION.finditer(text) if _is_address(link := found[1].replace("&amp;", "&"))]


def _is_address(url: str) -> bool:
    try:
        return bool(urlsplit(url).netloc)
    except ValueError:
        return False


def _links(fetched: Fetched) -> Iterator[str]:
    """The pages and documents that a page links, as full addresses without fragments."""
    if fetched.media_type not in _PAGE_TYPES:
        return
    from bs4 import BeautifulSoup

    from ingest.plain import decode

    soup = BeautifulSoup(decode(fetched.data, fetched.encoding), "lxml")
    base = soup.select_one("base[href]")
    root = fetched.url
    if base is not None:
        with suppress(ValueError):  # what is no address is no base
            root = urljoin(fetched.url, str(base["href"]).strip())
    for anchor in soup.select("a[href]"):
        try:
            link = urldefrag(urljoin(root, str(anchor["href"]).strip())).url
            parts = urlsplit(link)
        except ValueError:
            continue
        path = parts.path.casefold()
        if parts.scheme in ("http", "https") and (_is_document(link) or not _OTHER_SUFFIXES.search(path)):
            yield link


def _is_document(url: str) -> bool:
    return urlsplit(url).path.casefold().endswith(_DOCUMENT_SUFFIXES)


def _same_host(url: str, start: str) -> bool:
    return urlsplit(url).netloc.casefold() == urlsplit(start).netloc.casefold()


def _is_below(url: str, start: str) -> bool:
    """Whether the address lies in the section that the start address names."""
    section = urlsplit(start).path
    folder = section if section.endswith("/") else section.rsplit("/", 1)[0] + "/" if "." in section else section + "/"
    path = urlsplit(url).path
    return (path or "/").startswith(folder) or path == section
