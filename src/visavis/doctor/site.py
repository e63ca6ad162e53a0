"""The public address: where people open Visavis, what is there, and what reaches the server of it."""

import asyncio
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import ifaddr

from visavis.doctor.findings import Finding
from visavis.errors import NotFound
from visavis.inquiry import ARRIVAL, Inquiries
from visavis.rooms import new_room_id

PUBLIC = "public address"
_PROXY = "proxy"
_HTTPS = "https"
_TIMEOUT = 4.0


class NoSuchAddress(Exception):
    """It is no address of a site."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where people open Visavis."""

    secure: bool
    host: str
    port: int

    @classmethod
    def at(cls, url: str) -> "Site":
        """
        Raises:
            NoSuchAddress
        """
        parts = urlsplit(url if "://" in url else f"https://{url}")
        try:
            port = parts.port
        except ValueError:
            port = 0
        if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0 or parts.path.strip("/"):
            raise NoSuchAddress(f"{url!r} is no address such as https://calls.example.org.")
        secure = parts.scheme == "https"
        return cls(secure, parts.hostname, port or (443 if secure else 80))

    @property
    def origin(self) -> str:
        """As browsers send it (RFC 6454, section 6.2)."""
        scheme, usual = ("https", 443) if self.secure else ("http", 80)
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}" if self.port == usual else f"{scheme}://{host}:{self.port}"

    @property
    def authority(self) -> str:
        """As browsers send it in ``Host``."""
        return self.origin.partition("://")[2]

    @property
    def is_local_name(self) -> bool:
        """Whether browsers take it for the machine on which they run, and so for safe."""
        return self.host == "localhost" or self.host.endswith(".localhost") or _is_loopback(self.host)


@dataclass(frozen=True, slots=True)
class IceEntry:
    """One entry of ``RTCConfiguration.iceServers``, as a participant gets it."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Arrived:
    """What the server says of a request that the doctor sent it: ``api.bodies.Arrival``."""

    address: str
    host: str
    secure: bool
    proxied: bool
    believed: bool
    turn: str = "off"
    turn_problem: str | None = None
    ice: tuple[IceEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from an address.

    Attributes:
        arrived: what the server got; None where it was not this server that answered.
        is_another: it was a Visavis all the same, with another secret.
        status: of the HTTP answer; None without one, and ``error`` says why.
        headers: in lower case.
        received: when, in seconds since the epoch.
    """

    arrived: Arrived | None = None
    is_another: bool = False
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    received: float = 0.0

    @property
    def has_no_certificate(self) -> bool:
        """Whether TLS failed before there was a certificate to dislike."""
        return "SSL" in self.error or "EOF" in self.error

    @property
    def proxy(self) -> str | None:
        """The program in front that gives its name; our server gives none."""
        return self.headers.get("server") or self.headers.get("via")

    @property
    def date(self) -> float | None:
        """The clock of who answered, in seconds since the epoch (RFC 9110, section 6.6.1)."""
        try:
            return parsedate_to_datetime(self.headers["date"]).timestamp()
        except (KeyError, ValueError):
            return None


def trusting(authorities: Path | None = None) -> ssl.SSLContext:
    """What browsers trust on this machine, and one's own authority where there is one."""
    context = ssl.create_default_context()
    if authorities is not None and authorities.exists():
        context.load_verify_locations(authorities)
    return context


def unguarded() -> ssl.SSLContext:
    """Takes every certificate: what is behind a bad one is looked at all the same."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def ask(site: Site, inquiries: Inquiries | None) -> Answer:
    """Ask at an address what has arrived there. ``inquiries`` None: whoever answers."""
    headers = {"Authorization": inquiries.sign()} if inquiries else {}
    try:
        async with httpx.AsyncClient(verify=unguarded(), timeout=_TIMEOUT, trust_env=False) as http:
            response = await http.get(f"{site.origin}{ARRIVAL}", headers=headers)
    except httpx.TimeoutException:
        return Answer(error=f"no answer within {_TIMEOUT:g} seconds")
    except httpx.HTTPError as error:
        return Answer(error=_plain(error))
    said = {name.lower(): value for name, value in response.headers.items()}
    arrived = _arrived(response)
    is_another = arrived is None and _is_visavis(response)
    return Answer(arrived, is_another, response.status_code, said, received=time.time())


def _arrived(response: httpx.Response) -> Arrived | None:
    if response.status_code != 200:
        return None
    try:
        body: Any = response.json()
        ice = tuple(
            IceEntry(tuple(entry["urls"]), entry.get("username"), entry.get("credential"))
            for entry in body["iceServers"]
        )
        seen = (body["address"], body["host"], body["secure"], body["proxied"], body["believed"])
        return Arrived(*seen, body["turn"], body["turnProblem"], ice)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _is_visavis(response: httpx.Response) -> bool:
    try:
        return bool(response.json()["code"] == NotFound.code)
    except (ValueError, KeyError, TypeError):
        return False


def _plain(error: Exception) -> str:
    """The cause in plain words, without the library's wrapping."""
    text = str(error)
    if "refused" in text or "All connection attempts failed" in text:
        return "the connection is refused"
    return text or type(error).__name__


async def date_of(url: str, trust: ssl.SSLContext) -> tuple[float | None, float, str]:
    """The clock of a site, when its answer came, and what went wrong. Both in seconds since the epoch."""
    try:
        async with httpx.AsyncClient(verify=trust, timeout=_TIMEOUT, trust_env=False) as http:
            response = await http.get(url)
    except httpx.TimeoutException:
        return None, 0.0, f"no answer within {_TIMEOUT:g} seconds"
    except httpx.HTTPError as error:
        return None, 0.0, _plain(error)
    answer = Answer(headers={"date": response.headers.get("date", "")})
    return answer.date, time.time(), "its answer has no date"


async def ask_for_no_room(own: Site) -> int | None:
    """The status of the answer when the server has to look into its storage; None without an answer."""
    try:
        async with httpx.AsyncClient(verify=unguarded(), timeout=_TIMEOUT, trust_env=False) as http:
            return (await http.get(f"{own.origin}/api/v1/rooms/{new_room_id()}")).status_code
    except httpx.HTTPError:
        return None


# --- what it means ----------------------------------------------------------------------------------------


async def resolve(host: str) -> list[str]:
    """The addresses of a name; none where it has none."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        return []
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def machine_addresses() -> frozenset[str]:
    return frozenset(
        (ip.ip if isinstance(ip.ip, str) else ip.ip[0]).partition("%")[0]
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
    )


def judge_address(
    site: Site, addresses: list[str], own: frozenset[str], answer: Answer, *, runs: bool
) -> Finding:
    """Whether people come to this server by the public address. ``runs``: a server of ours runs here."""
    if not addresses:
        return Finding.problem(
            PUBLIC,
            f"{site.host} has no address in the DNS.",
            "Make an A or AAAA record that points to this machine.",
        )
    if all(_is_loopback(address) for address in addresses):
        return Finding.warning(
            PUBLIC,
            f"{site.origin} is for this machine alone: nobody else can reach it.",
            "Serve with --lan or --domain, or put a proxy in front and look again with --url.",
        )
    where = site.host if site.host in addresses else f"{site.host} is {', '.join(addresses[:4])}"
    is_here = any(address in own for address in addresses)
    if answer.arrived is not None:
        how = "this machine" if is_here else "which leads to this server"
        return Finding.ok(PUBLIC, f"{where}, {how}.")
    if answer.status is not None:
        if not runs:
            return Finding.not_tried(
                PUBLIC, f"{where}. No server of ours runs to be found there.", START_FIRST
            )
        return Finding.problem(
            PUBLIC,
            f"{where}, and what answers there ({answer.status}) is not this server.",
            "Point the name, or the proxy that is there, to this server.",
        )
    if not runs:
        return Finding.not_tried(PUBLIC, f"{where}. Nothing answers there: {answer.error}.", START_FIRST)
    if is_here:
        return Finding.problem(
            PUBLIC,
            f"{where}, this machine, and port {site.port} gives no answer: {answer.error}.",
            "Let the server or its proxy listen there, on every address, and look at the firewall.",
        )
    return Finding.warning(
        PUBLIC,
        f"{where}, and cannot be reached from here: {answer.error}.",
        "Some routers do not lead back inside: try it from another network, by a phone without Wi-Fi.",
    )


def judge_safety(site: Site) -> Finding | None:
    """Whether browsers will give camera and microphone to the pages; None where the certificate decides."""
    if site.secure:
        return None
    if site.is_local_name:
        return Finding.ok(_HTTPS, "Not needed on this machine itself.")
    return Finding.problem(
        _HTTPS,
        f"{site.origin} is plain http: browsers give it no camera and no microphone.",
        "Serve with --lan or --domain, or put a proxy that has a certificate in front.",
    )


def judge_proxy(site: Site, answer: Answer) -> Finding | None:
    """What a proxy in front does to requests; None where there is none to be seen."""
    arrived = answer.arrived
    if arrived is None:
        return None
    if arrived.host.lower() != site.authority:
        return Finding.problem(
            _PROXY,
            f"It asks the server for {arrived.host!r}, and browsers ask for {site.authority!r}.",
            "Let it pass on the Host header (nginx: proxy_set_header Host $http_host;).",
        )
    name = answer.proxy
    if arrived.believed:
        return Finding.ok(_PROXY, f"{name or 'It'} passes on the host and the clients' addresses.")
    if arrived.proxied:
        return Finding.warning(
            _PROXY,
            f"It says for whom it asks, and {arrived.address} is not trusted: all clients count as one.",
            f"Set VISAVIS_TRUSTED_PROXIES={arrived.address} if that is your proxy.",
        )
    if name is not None:
        return Finding.warning(
            _PROXY,
            f"{name} does not say for whom it asks: all clients count as one.",
            "Let it write X-Forwarded-For, and name it in VISAVIS_TRUSTED_PROXIES.",
        )
    return None


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False


START_FIRST = "Start the server, then look again."
