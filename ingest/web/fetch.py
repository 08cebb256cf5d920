"""Fetches public documents over HTTP, and nothing else: no address of the own network can be reached through it.

Each address, and each one that a redirect leads to, is resolved first; if any of its addresses is not public, the
request is refused. The connection then goes to the address that was checked, so that a second look-up cannot answer
differently. Proxies of the environment are not used, because they would resolve the name again.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

import httpx

from ingest.errors import DocumentGone, FetchFailed

USER_AGENT = "RUS-assistenten/1.0"
_MAXIMUM_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_RESERVED = [ipaddress.ip_network(one) for one in ("64:ff9b:1::/48", "::/96", "fec0::/10")]
"""Local translation, addresses of IPv4 in their old form and of one site, which Python takes for public."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: `url` is where the document finally was, `status` 200, or 304 with no data if it has not changed."""

    url: str
    status: int
    data: bytes
    media_type: str
    encoding: str | None = None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How long one document may take in all and how large it may be. `allow_private` is for tests on one's machine."""

    timeout_seconds: float = 30.0
    maximum_bytes: int = 100_000_000
    allow_private: bool = False


def fetch(
    url: str, etag: str | None = None, last_modified: str | None = None, limits: FetchLimits | None = None
) -> Fetched:
    """The document at `url`.

    With `etag` or `last_modified` of an earlier answer, the server is asked for it only if it has changed. Raises
    `DocumentGone` for 404 and 410, `FetchFailed` for every other failure and for addresses that must not be asked.
    """
    chosen = limits or FetchLimits()
    deadline = time.monotonic() + chosen.timeout_seconds
    headers = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity"}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    current = url
    with _failures(url):
        for _ in range(_MAXIMUM_REDIRECTS + 1):
            parts, address = _checked(current, chosen.allow_private)
            with _open(parts, address, headers, deadline) as response:
                target = response.headers.get("location")
                if response.status_code in _REDIRECTS and target:
                    current = urljoin(current, target)
                    continue
                if response.status_code == 304 and (etag or last_modified):
                    return Fetched(current, 304, b"", "", etag=etag, last_modified=last_modified)
                return _answer(response, current, url, deadline, chosen.maximum_bytes)
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
def _open(parts: SplitResult, address: str, headers: dict[str, str], deadline: float) -> Iterator[httpx.Response]:
    """Asks the checked network address, with the name in the host header and in the certificate check."""
    host = f"[{address}]" if ":" in address else address
    netloc = f"{host}:{parts.port}" if parts.port else host
    pinned = urlunsplit((parts.scheme, netloc, parts.path or "/", parts.query, ""))
    name = (parts.hostname or "").encode("idna").decode() if not (parts.hostname or "").isascii() else parts.hostname
    asked = {**headers, "Host": f"{name}:{parts.port}" if parts.port else str(name)}
    seconds = max(0.1, deadline - time.monotonic())
    with (
        httpx.Client(trust_env=False, timeout=seconds) as client,
        client.stream("GET", pinned, headers=asked, extensions={"sni_hostname": name}) as response,
    ):
        yield response


def _answer(response: httpx.Response, final: str, url: str, deadline: float, maximum_bytes: int) -> Fetched:
    status = response.status_code
    if status in (404, 410):
        raise DocumentGone(f"{url} finns inte längre; dokumentet är borttaget av utgivaren.")
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
    return Fetched(
        url=final,
        status=status,
        data=bytes(data),
        media_type=kind.partition(";")[0].strip().casefold(),
        encoding=charset[1] if charset else None,
        etag=response.headers.get("etag"),
        last_modified=response.headers.get("last-modified"),
    )
