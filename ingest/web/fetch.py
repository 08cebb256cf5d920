"""Fetches public documents over HTTP, and nothing else: no address of the own network can be reached through it.

Each address, and each one that a redirect leads to, is resolved first; if any of its addresses is not public, the
request is refused. The connection then goes to the address that was checked, so that a second look-up cannot answer
differently. Proxies of the environment are not used, because they would resolve the name again.

A crawl collects the documents of a page, a section of a site or a sitemap, politely: robots.txt, one request at a time.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import SplitResult, urldefrag, urljoin, urlsplit, urlunsplit
from urllib.robotparser import RobotFileParser

import httpx
from bs4 import BeautifulSoup

from ingest.errors import FetchFailed
from ingest.plain import decode

_USER_AGENT = "RUS-assistenten/1.0"
_MAXIMUM_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_RESERVED = [ipaddress.ip_network(one) for one in ("64:ff9b:1::/48", "::/96", "fec0::/10")]
"""Local translation, addresses of IPv4 in their old form and of one site, which Python takes for public."""
_PAGE_TYPES = ("text/html", "application/xhtml+xml")
_DOCUMENT_SUFFIXES = (".pdf", ".docx", ".pptx", ".xlsx")
_OTHER_SUFFIXES = re.compile(
    r"\.(?:jpe?g|png|gif|svg|webp|ico|css|js|json|xml|rss|zip|gz|mp[34]|m4a|mov|avi|woff2?|ttf|ics|exe|docm?|xls|ppt)$"
)
_LOCATION = re.compile(r"<loc>\s*(?:<!\[CDATA\[)?\s*([^<\]\s]+)", re.IGNORECASE)
_LONGEST_WISH_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: `url` is where the document finally was, `encoding` the character set that the server stated."""

    url: str
    data: bytes
    media_type: str
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How long one document may take in all and how large it may be. `allow_private` is for tests on one's machine."""

    timeout_seconds: float = 30.0
    maximum_bytes: int = 100_000_000
    allow_private: bool = False


def fetch(url: str, limits: FetchLimits | None = None) -> Fetched:
    """The document at `url`. Raises `FetchFailed` for every failure and for addresses that must not be asked."""
    chosen = limits or FetchLimits()
    deadline = time.monotonic() + chosen.timeout_seconds
    current = url
    with _failures(url):
        for _ in range(_MAXIMUM_REDIRECTS + 1):
            parts, address = _checked(current, chosen.allow_private)
            with _open(parts, address, deadline) as response:
                target = response.headers.get("location")
                if response.status_code not in _REDIRECTS or not target:
                    return _answer(response, current, url, deadline, chosen.maximum_bytes)
                current = urljoin(current, target)
    raise FetchFailed(f"{url} skickar vidare för många gånger; ange dokumentets egen adress.")


@contextmanager
def _failures(url: str) -> Iterator[None]:
    """Tells in one sentence why an address did not answer."""
    try:
        yield
    except httpx.TimeoutException as error:
        raise FetchFailed(f"{url} svarade inte i tid; försök igen senare.") from error
    except httpx.ConnectError as error:
        raise FetchFailed(f"{url} kan inte nås; kontrollera adressen och nätverket.") from error
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
        raise FetchFailed(f"{url} svarade inte på ett begripligt sätt; försök igen senare.") from error


def _checked(url: str, allow_private: bool) -> tuple[SplitResult, str]:
    """The parts of the address and the public network address to connect to; refuses all that is not public."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise FetchFailed(f"{url} är ingen giltig adress; kontrollera stavningen.") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise FetchFailed(f"{url} hämtas inte; bara adresser som börjar med http:// eller https:// läses.")
    if parts.username is not None:
        raise FetchFailed(f"{parts.hostname} hämtas inte; adressen får inte innehålla användarnamn eller lösenord.")
    try:
        infos = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchFailed(f"{url} kan inte nås; namnet {parts.hostname} finns inte eller nätverket är nere.") from error
    addresses = [str(info[4][0]).partition("%")[0] for info in infos]
    if not allow_private and not all(is_public(address) for address in addresses):
        raise FetchFailed(f"{url} hämtas inte; adressen leder till ett internt nätverk.")
    return parts, addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public network, also when it is wrapped in one of the IPv6 transitions."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if any(ip in network for network in _RESERVED):
            return False
    return ip.is_global and not ip.is_multicast


@contextmanager
def _open(parts: SplitResult, address: str, deadline: float) -> Iterator[httpx.Response]:
    """Asks the checked network address, with the name in the host header and in the certificate check."""
    host = f"[{address}]" if ":" in address else address
    netloc = f"{host}:{parts.port}" if parts.port else host
    pinned = urlunsplit((parts.scheme, netloc, parts.path or "/", parts.query, ""))
    name = (parts.hostname or "").encode("idna").decode() if not (parts.hostname or "").isascii() else parts.hostname
    headers = {"User-Agent": _USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity"}
    headers["Host"] = f"{name}:{parts.port}" if parts.port else str(name)
    seconds = max(0.1, deadline - time.monotonic())
    with (
        httpx.Client(trust_env=False, timeout=seconds) as client,
        client.stream("GET", pinned, headers=headers, extensions={"sni_hostname": name}) as response,
    ):
        yield response


def _answer(response: httpx.Response, final: str, url: str, deadline: float, maximum_bytes: int) -> Fetched:
    status = response.status_code
    if status in (404, 410):
        raise FetchFailed(f"{url} finns inte längre; dokumentet är borttaget av utgivaren.")
    if status in (401, 403):
        raise FetchFailed(f"{url} kräver inloggning eller är spärrad; hämta dokumentet för hand och läs in filen.")
    if status != 200:
        raise FetchFailed(f"{url} svarade med felkod {status}; försök igen senare.")
    too_large = FetchFailed(f"{url} är större än {maximum_bytes // 1_000_000} MB och hämtades inte; höj gränsen.")
    stated = response.headers.get("content-length", "")
    if stated.isdigit() and int(stated) > maximum_bytes:
        raise too_large
    data = bytearray()
    for piece in response.iter_bytes():
        data += piece
        if len(data) > maximum_bytes:
            raise too_large
        if time.monotonic() > deadline:
            raise httpx.ReadTimeout("the answer drips")
    kind = response.headers.get("content-type", "")
    charset = _CHARSET.search(kind)
    return Fetched(final, bytes(data), kind.partition(";")[0].strip().casefold(), charset[1] if charset else None)


@dataclass(frozen=True, slots=True)
class CrawlLimits:
    """How far a crawl goes. Pages are all that is asked, sitemaps and documents too. Depth counts links from the start
    (0: that page alone, and the documents it links).
    """

    maximum_pages: int = 200
    maximum_depth: int = 2
    delay_seconds: float = 1.0


def crawl(
    url: str, limits: CrawlLimits, fetch_limits: FetchLimits, sleep: Callable[[float], None] = time.sleep
) -> Iterator[tuple[str, Fetched | FetchFailed]]:
    """The page at `url`, the pages below it that it leads to, and the documents of the same host that they link.

    A sitemap gives the pages that it lists, of its own host. Each address comes with its answer or its failure.
    """
    robots = _robots(url, fetch_limits)
    wish = min(float(robots.crawl_delay(_USER_AGENT) or 0), _LONGEST_WISH_SECONDS)
    start = urldefrag(url).url
    queue, seen, visited = deque([(start, 0)]), {start}, 0
    while queue and visited < limits.maximum_pages:
        address, depth = queue.popleft()
        if visited:
            sleep(max(limits.delay_seconds, wish))
        visited += 1
        try:
            if not robots.can_fetch(_USER_AGENT, address):
                raise FetchFailed(f"{address} hämtas inte; webbplatsen undanber sig det i robots.txt.")
            page = fetch(address, fetch_limits)
            if visited > 1 and not _same_host(page.url, start):
                raise FetchFailed(f"{address} hämtas inte; adressen leder till en annan webbplats.")
        except FetchFailed as error:
            yield address, error
            continue
        if not _is_sitemap(page):
            yield address, page
        if visited == 1:
            start = page.url  # it may have moved, most often to or from "www."
        seen.add(page.url)
        for link, deeper in _onward(page, start):
            if link not in seen and depth + deeper <= limits.maximum_depth:
                seen.add(link)
                queue.append((link, depth + deeper))


def _onward(page: Fetched, start: str) -> Iterator[tuple[str, int]]:
    """The addresses that an answer leads to within the section, with how many links deeper each of them lies."""
    listed, links = _is_sitemap(page), _links(page)
    if listed:
        found = _LOCATION.finditer(page.data.decode("utf-8", errors="replace"))
        links = (one[1].replace("&amp;", "&") for one in found)
    section = urlsplit(start).path
    folder = section if section.endswith("/") else section.rsplit("/", 1)[0] + "/" if "." in section else section + "/"
    for link in links:
        try:
            path = urlsplit(link).path if _same_host(link, start) else None
        except ValueError:  # what is no address leads nowhere
            continue
        if path is None or not link.startswith(("http://", "https://")):
            continue
        document, other = path.casefold().endswith(_DOCUMENT_SUFFIXES), _OTHER_SUFFIXES.search(path.casefold())
        if listed or document or (not other and ((path or "/").startswith(folder) or path == section)):
            yield link, 0 if listed or document else 1


def _robots(url: str, limits: FetchLimits) -> RobotFileParser:
    """What the site asks of visitors; without robots.txt it asks nothing."""
    parser = RobotFileParser()
    try:
        text = fetch(urljoin(url, "/robots.txt"), limits).data.decode("utf-8", errors="replace")
        parser.parse(text.splitlines())
    except (FetchFailed, ValueError):
        # Where the whole site is away, the first page fails in the same way and tells the user why.
        parser.parse([])
    return parser


def _is_sitemap(fetched: Fetched) -> bool:
    head = fetched.data[:2000].lower()
    return fetched.media_type in ("text/xml", "application/xml") and (b"<urlset" in head or b"<sitemapindex" in head)


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


def _same_host(url: str, start: str) -> bool:
    return urlsplit(url).netloc.casefold() == urlsplit(start).netloc.casefold()
