"""All checks, at the same time where they do not need each other."""

import asyncio
import ssl
import time
from collections.abc import Awaitable
from http import HTTPStatus
from ipaddress import ip_address

from visavis.addresses import outside_address
from visavis.data_folder import SECRET_FILE
from visavis.doctor import machine, relay, signaling, site, tls
from visavis.doctor.findings import Finding, Verdict, guarded
from visavis.doctor.site import Answer, Site
from visavis.doctor.stun import STUN, check_stun
from visavis.inquiry import Inquiries
from visavis.settings import Settings

_SERVER = "server"
_PORT = "port"
_CERTIFICATE = "certificate"
_ISSUER = "issuer"


async def examine(settings: Settings, url: str | None) -> list[Finding]:
    """Look at everything.

    Args:
        settings: as the server has them.
        url: the public address, where it is not the server's own.

    Raises:
        NoSuchAddress: ``url`` is none.
    """
    public = Site.at(url) if url is not None else public_site(settings)
    inquiries = _inquiries(settings)
    here, there = await asyncio.gather(site.ask(own_site(settings), inquiries), site.ask(public, inquiries))
    runs = here.arrived is not None or there.arrived is not None
    groups = await asyncio.gather(
        guarded("data folder", asyncio.to_thread(_machine, settings)),
        guarded(machine.DATABASE, _storage(settings, here)),
        guarded(_PORT, asyncio.to_thread(_ports, settings, here)),
        guarded(site.PUBLIC, _site(public, there, runs=runs)),
        guarded(_ISSUER, _issuer(settings)),
        guarded(_CERTIFICATE, _https(settings, public)),
        guarded("signaling", _signaling(public, there)),
        guarded(relay.RELAY, _media(settings, public, there)),
    )
    return [finding for group in groups for finding in group]


def own_site(settings: Settings) -> Site:
    """Where the server's own socket is, by an address that can be opened on this machine."""
    return Site(
        secure=_serves_https(settings), host=_openable(settings.host, "localhost"), port=settings.port
    )


def public_site(settings: Settings) -> Site:
    """Where others open the server, as far as the settings say it."""
    host = settings.domain or _openable(settings.host, outside_address() or "localhost")
    return Site(secure=_serves_https(settings), host=host, port=settings.port)


def _serves_https(settings: Settings) -> bool:
    return settings.lan or settings.domain is not None or settings.tls_certificate is not None


def _openable(host: str, in_place_of_all: str) -> str:
    """An address that one can open, for one to listen on."""
    try:
        ip = ip_address(host)
    except ValueError:
        return host
    if ip.is_loopback:
        return "localhost"
    return in_place_of_all if ip.is_unspecified else str(ip)


def _inquiries(settings: Settings) -> Inquiries | None:
    try:
        secret = (settings.data / SECRET_FILE).read_bytes()
    except OSError:
        return None
    return Inquiries(secret, time.time)


def _machine(settings: Settings) -> list[Finding]:
    return [
        machine.check_folder(settings.data),
        machine.check_secret(settings.data),
        *([machine.check_database(settings.data)] if settings.database_url is None else []),
        *machine.check_clock(settings.data, time.time()),
    ]


async def _storage(settings: Settings, here: Answer) -> list[Finding]:
    """A database elsewhere, which only the server reaches. That in the folder is in ``_machine``."""
    if settings.database_url is None:
        return []
    if here.arrived is None:
        return [Finding.not_tried(machine.DATABASE, "It is elsewhere, and only the server reaches it.")]
    return [judge_storage(await site.ask_for_no_room(own_site(settings)))]


def judge_storage(status: int | None) -> Finding:
    """By the answer to a question for a room that there is not. ``status``: of HTTP."""
    if status == HTTPStatus.NOT_FOUND:
        return Finding.ok(machine.DATABASE, "The server reaches it.")
    said = "does not answer" if status is None else f"answers {status}"
    reason = f"The server cannot reach it: asked for a room, it {said}."
    return Finding.problem(machine.DATABASE, reason, "Look whether it runs, and at VISAVIS_DATABASE_URL.")


def _ports(settings: Settings, here: Answer) -> list[Finding]:
    """Whether the server runs, or could."""
    is_ours = here.arrived is not None
    if is_ours:
        running = Finding.ok(_SERVER, f"It runs, at {own_site(settings).origin}.")
    else:
        running = Finding.not_tried(_SERVER, "It does not run: what needs it is not tried.", site.START_FIRST)
    found = [running]
    for port in (settings.port, settings.http_port):
        if port:
            error = machine.check_port(settings.host, port)
            found.append(machine.judge_port(_PORT, settings.host, port, error, is_ours=is_ours))
    if here.is_another:
        reason = f"A Visavis with another data folder has {settings.port} on {settings.host}."
        remedy = "Look with the settings that it was started with, or stop it."
        found[1:2] = [Finding.problem(_PORT, reason, remedy)]
    elif here.has_no_certificate:
        reason = f"What has {settings.port} on {settings.host} shows no certificate."
        remedy = "If it is this server, its log says why it waits for one; otherwise stop it."
        found[1:2] = [Finding.problem(_PORT, reason, remedy)]
    return found


async def _site(public: Site, there: Answer, *, runs: bool) -> list[Finding]:
    addresses = await site.resolve(public.host)
    found = [site.judge_address(public, addresses, site.machine_addresses(), there, runs=runs)]
    proxy = site.judge_proxy(public, there)
    if proxy is not None:
        found.append(proxy)
    if there.date is not None:
        clock = machine.clock_against(public.host, there.date, there.received)
        # That this machine agrees with itself says nothing; where it does not, a proxy's clock is another.
        if clock.verdict is Verdict.PROBLEM or not site.machine_addresses().intersection(addresses):
            found.append(clock)
    return found


async def _issuer(settings: Settings) -> list[Finding]:
    """The clock beside that of who issues the certificate: it must agree, and is another for sure."""
    if settings.domain is None:
        return []
    trust = site.trusting(settings.acme_ca_bundle)
    date, received, error = await site.date_of(settings.acme_directory, trust)
    if date is not None:
        return [machine.clock_against("the issuer of certificates", date, received)]
    remedy = "Let this machine reach it: the certificate is got and renewed there."
    return [Finding.warning(_ISSUER, f"{settings.acme_directory} cannot be reached: {error}.", remedy)]


async def _https(settings: Settings, public: Site) -> list[Finding]:
    unsafe = site.judge_safety(public)
    if unsafe is not None:
        return [unsafe]
    return [await tls.check_certificate(_CERTIFICATE, public.host, public.port, _trust(settings))]


def _trust(settings: Settings) -> ssl.SSLContext:
    """What people's devices trust: in the local network the authority of this server too."""
    return site.trusting(settings.data / "tls" / "authority.pem" if settings.lan else None)


async def _signaling(public: Site, there: Answer) -> list[Finding]:
    if there.arrived is None:
        words = "This server was not found at the public address."
        return [Finding.not_tried(name, words) for name in (signaling.WEBSOCKET, signaling.POLLING)]
    polling = await signaling.check_polling(public)
    return [await signaling.check_websocket(public, polling), polling]


async def _media(settings: Settings, public: Site, there: Answer) -> list[Finding]:
    """STUN and TURN, as a participant is told of them."""
    if there.arrived is None:
        return [Finding.not_tried(relay.RELAY, "This server was not found at the public address.")]
    found = judge_turn_state(there.arrived.turn, there.arrived.turn_problem)
    stun = [url for entry in there.arrived.ice for url in entry.urls if url.startswith("stun")]
    turn = [entry for entry in there.arrived.ice if any(url.startswith("turn") for url in entry.urls)]
    if public.is_local_name and not (stun or turn):
        return [*found, Finding.not_tried(relay.RELAY, "On one machine neither STUN nor TURN is needed.")]
    groups: list[Awaitable[list[Finding]]] = [
        relay.check_turn(entry, _trust(settings), settings.turn_allowed_peers) for entry in turn
    ]
    if stun:
        groups.append(check_stun(stun, settings.turn_external_address))
    elif not settings.relay_only:
        found.append(NO_STUN)
    if not turn and there.arrived.turn == "off":
        found.append(NO_RELAY)
    return [*found, *(finding for group in await asyncio.gather(*groups) for finding in group)]


def judge_turn_state(state: str, problem: str | None) -> list[Finding]:
    """What is to be said of our own TURN server; nothing where it runs, or is not wanted."""
    match state:
        case "absent":
            return [Finding.warning(_TURN, f"{problem or 'coturn is not installed'}. {_LOST}", _INSTALL)]
        case "failed":
            return [Finding.problem(_TURN, f"It does not come up: {problem}.", "Look at the server's log.")]
        case "restarting" | "starting":
            return [Finding.warning(_TURN, f"It is {state}: {problem or 'not up yet'}.", "Look again soon.")]
        case _:
            return []


_TURN = "TURN server"
_LOST = "People behind strict routers or firewalls will not get through."
_INSTALL = "apt install coturn, then start the server again; or name others in VISAVIS_TURN_URLS."
NO_STUN = Finding.warning(
    STUN,
    "Browsers are told of no STUN server: people in different networks may not find each other.",
    "Run coturn (VISAVIS_TURN=on), or name a server in VISAVIS_STUN_URLS.",
)
NO_RELAY = Finding.warning(
    relay.RELAY,
    f"There is no TURN server. {_LOST}",
    "Set VISAVIS_TURN=on, or name others in VISAVIS_TURN_URLS.",
)
