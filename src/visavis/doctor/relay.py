"""TURN: an allocation over each transport, a packet through it, and the doors that must be closed."""

import asyncio
import ssl
import time
from collections.abc import Sequence, Set
from contextlib import AsyncExitStack
from ipaddress import ip_address, ip_network

from visavis.doctor.findings import Finding, Verdict
from visavis.doctor.site import IceEntry, machine_addresses, resolve
from visavis.doctor.tls import check_certificate
from visavis.doctor.turn_client import Allocation, NoAnswer, TurnRefused, TurnUrl, allocation

RELAY = "relay"
CLOSED = "closed networks"
_NAMES = {"udp": "TURN over UDP", "tcp": "TURN over TCP", "tls": "TURN over TLS"}
CERTIFICATE = "TURN certificate"

_CLOSED_PEERS = (
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",  # noqa: S104 - an address to be refused
    "10.0.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "100.64.0.1",
    "169.254.169.254",  # where clouds keep the keys of a machine
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "fd00:ec2::254",
    "fe80::1",
)
"""One of each kind of address that is not public. Who is in a call must not reach them through the relay."""

_LOOPBACK = {"127.0.0.1", "::1"}

_PACKET = b"a packet through the relay, by visavis doctor"


async def check_turn(server: IceEntry, trust: ssl.SSLContext, allowed: Sequence[str]) -> list[Finding]:
    """All that can be asked of the TURN servers of one entry.

    Args:
        trust: for TLS.
        allowed: private networks and addresses that are open on purpose.
    """
    urls = [TurnUrl.read(url) for url in server.urls if url.startswith("turn")]
    words = (server.username or "", server.credential or "")
    tried = await asyncio.gather(*(_try(url, *words, trust) for url in urls))
    found = [finding for findings, _ in tried for finding in findings]
    # What is behind the door is the same by whichever way one comes in: looked at once for each host.
    ways = {url.host: url for url, (_, works) in zip(reversed(urls), reversed(tried), strict=True) if works}
    for url in ways.values():
        found += await _look_behind(url, words, trust, allowed)
    if urls and not ways:
        found.append(Finding.not_tried(RELAY, "There is no allocation to try it with."))
        found.append(Finding.not_tried(CLOSED, "There is no allocation to try it with."))
    return found


async def _try(
    url: TurnUrl, username: str, credential: str, trust: ssl.SSLContext
) -> tuple[list[Finding], bool]:
    """An allocation by one way, and whether it was had."""
    name = _NAMES[url.transport]
    began = time.monotonic()
    found = []
    if url.transport == "tls":
        certificate = await check_certificate(CERTIFICATE, url.host, url.port, trust)
        if certificate.verdict != "notTried":
            found.append(certificate)
            if certificate.verdict == "problem":
                reason = f"Browsers do not connect to {url}: its certificate."
                return [*found, Finding.problem(name, reason, f"See {CERTIFICATE}.")], False
    try:
        async with allocation(url, username, credential, trust) as held:
            took = round((time.monotonic() - began) * 1000)
            return [*found, Finding.ok(name, f"{url} gives {held.relayed[0]}, in {took} ms.")], True
    except TurnRefused as refused:
        return [*found, judge_refusal(name, url, refused)], False
    except (TimeoutError, NoAnswer):
        return [*found, Finding.problem(name, f"{url} does not answer.", _OPEN[url.transport])], False
    except OSError as error:
        reason = f"{url} cannot be reached: {error.strerror or error}."
        return [*found, Finding.problem(name, reason, _OPEN[url.transport])], False


def judge_refusal(name: str, url: TurnUrl, refused: TurnRefused) -> Finding:
    """What it means that there is no allocation."""
    match refused.code:
        case 401:
            return Finding.problem(
                name,
                f"{url} refuses our credentials.",
                "Let VISAVIS_TURN_SECRET be its static-auth-secret, and both clocks be right.",
            )
        case 486 | 508:
            return Finding.warning(
                name,
                f"{url} has no place left ({refused}).",
                "Raise VISAVIS_TURN_TOTAL_QUOTA, or widen VISAVIS_TURN_RELAY_PORTS.",
            )
        case _:
            return Finding.problem(name, f"{url} gives no allocation: {refused}.", "Look at its log.")


async def _look_behind(
    url: TurnUrl, words: tuple[str, str], trust: ssl.SSLContext, allowed: Sequence[str]
) -> list[Finding]:
    async with AsyncExitStack() as held:
        try:
            one = await held.enter_async_context(allocation(url, *words, trust))
            other = await held.enter_async_context(allocation(url, *words, trust))
        except (NoAnswer, TimeoutError, TurnRefused, OSError) as error:
            return [Finding.not_tried(RELAY, f"{url} gave one allocation and not two more: {error}.")]
        passed = await _pass_through(url, one, other)
        if passed.verdict is Verdict.OK:
            passed = (
                judge_relayed(url, one.relayed[0], await resolve(url.host), machine_addresses()) or passed
            )
        return [passed, await _knock(url, one, allowed)]


async def _pass_through(url: TurnUrl, one: Allocation, other: Allocation) -> Finding:
    """From relay to relay: the way of two people who both have no other."""
    try:
        # Both open their door to the other, as ICE does by its checks.
        await other.send(b"-", one.relayed)
        await one.send(_PACKET, other.relayed)
        while await other.receive() != _PACKET:
            pass
    except TurnRefused as refused:
        reason = f"{url} lets two of its own relayed addresses not meet ({refused})."
        return Finding.problem(RELAY, reason, "Allow it its own address (coturn: allowed-peer-ip).")
    except (NoAnswer, TimeoutError):
        reason = f"{url} gives {one.relayed[0]}, and what is sent to it does not arrive."
        return Finding.problem(RELAY, reason, f"Open its range of UDP ports. {_EXTERNAL}")
    return Finding.ok(RELAY, f"A packet went through {url}, from {one.relayed[0]} to {other.relayed[0]}.")


def judge_relayed(url: TurnUrl, relayed: str, server: Sequence[str], own: Set[str]) -> Finding | None:
    """What speaks against a relayed address, which a server tells itself that it has it; None for nothing.

    Args:
        server: the addresses of the TURN server's name.
        own: this machine's.
    """
    public = [address for address in server if ip_address(address).is_global]
    if not public or relayed in public or (relayed in own and ip_address(relayed).is_global):
        return None
    reason = f"{url} is at {public[0]}, and gives {relayed} to the others"
    if ip_address(relayed).is_global:
        return Finding.warning(RELAY, f"{reason}: another address.", f"Check that it has it. {_EXTERNAL}")
    return Finding.problem(RELAY, f"{reason}: nobody outside reaches it.", _EXTERNAL)


async def _knock(url: TurnUrl, door: Allocation, allowed: Sequence[str]) -> Finding:
    """Whether the relay is a door into the host's network, or into the host."""
    # The relay's own address is open: by it two relayed people meet.
    own = machine_addresses() | {door.relayed[0]}
    peers = [peer for peer in _CLOSED_PEERS if peer not in own - _LOOPBACK and not is_allowed(peer, allowed)]
    try:
        opened = [peer for peer in peers if await door.may_send_to((peer, 9))]
    except NoAnswer as error:
        return Finding.not_tried(CLOSED, f"{url}: {error}.")
    return judge_doors(url, opened, len(peers), allowed)


def judge_doors(url: TurnUrl, opened: Sequence[str], tried: int, allowed: Sequence[str]) -> Finding:
    if opened:
        return Finding.problem(
            CLOSED,
            f"Whoever is in a call can reach {', '.join(opened[:6])} through {url}.",
            "Deny them at the TURN server (coturn: denied-peer-ip; never allow-loopback-peers).",
        )
    open_on_purpose = f" {', '.join(allowed)} is open on purpose." if allowed else ""
    return Finding.ok(CLOSED, f"{url} refuses all {tried} addresses that are not public.{open_on_purpose}")


def is_allowed(peer: str, allowed: Sequence[str]) -> bool:
    address = ip_address(peer)
    return any(
        address in network for network in map(ip_network, allowed) if network.version == address.version
    )


_EXTERNAL = "Set VISAVIS_TURN_EXTERNAL_ADDRESS (coturn: external-ip) to its public address."

_OPEN = {
    "udp": "Let the firewall, and the router in front, pass UDP on to that port.",
    "tcp": "Let the firewall, and the router in front, pass TCP on to that port.",
    "tls": "Let the firewall, and the router in front, pass TCP on to that port.",
}
