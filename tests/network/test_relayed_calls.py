"""Calls that go through our own TURN server, because they must or because somebody wants them to."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.network.conftest import Call, Serve
from tests.support.browser import Person
from tests.support.certificate import make_certificate
from tests.support.eventually import eventually
from tests.support.lab import SERVER_ADDRESS, Lab, Nat, Router
from tests.support.server_process import ServerProcess

# The candidate pair that is in use on each link (W3C webrtc-stats), without what nobody looks at here.
_PATHS = """
async () => {
  const paths = [];
  for (const link of window.testLinks) {
    if (link.connectionState !== 'connected') continue;
    const stats = await link.getStats();
    for (const transport of stats.values()) {
      if (transport.type !== 'transport') continue;
      const pair = stats.get(transport.selectedCandidatePairId);
      if (pair === undefined) continue;
      const [local, remote] = [stats.get(pair.localCandidateId), stats.get(pair.remoteCandidateId)];
      paths.push({
        local: local.candidateType,
        remote: remote.candidateType,
        protocol: local.relayProtocol ?? local.protocol,
        port: local.port,
        remoteAddress: remote.address,
      });
    }
  }
  return paths;
}
"""


def path_of(person: Person) -> dict[str, Any]:
    """The one path of somebody who has one link."""

    def found() -> Any:
        return person.page.evaluate(_PATHS)

    (path,) = eventually(f"{person.name} has a path", found, within=10)
    return dict(path)


def together(mara: Person, joel: Person, server: ServerProcess, *, hidden: bool = False) -> None:
    """Both are in a call and see and hear each other. ``hidden``: Mara hides her address before."""
    link = mara.starts_a_room(server.url)
    if hidden:
        mara.press("Devices")
        mara.page.get_by_role("menuitemcheckbox", name="Hide my network address").click()
        mara.page.keyboard.press("Escape")
    mara.joins()
    joel.joins(link)
    mara.sees("Joel")
    joel.sees("Mara")
    mara.receives()
    joel.receives()


def no_udp(router: Router) -> None:
    router.block_udp()


def only_tls(router: Router) -> None:
    router.block_udp()
    router.block("tcp dport 3478")


@pytest.mark.parametrize(
    ("restrict", "protocol"),
    [(None, "udp"), (no_udp, "tcp"), (only_tls, "tls")],
    ids=["symmetric", "no udp", "tls only"],
)
def test_two_whom_nothing_else_joins_are_relayed(
    lab: Lab, serve: Serve, at: Call, tmp_path: Path, restrict: Callable[[Router], None] | None, protocol: str
) -> None:
    certificate, key = make_certificate(tmp_path, SERVER_ADDRESS)
    server = serve(turn="on", turn_certificate=certificate, turn_key=key)
    routers = [lab.router(label, nat=Nat.SYMMETRIC) for label in ("home", "office")]
    trusting = "--ignore-certificate-errors"
    mara = at(lab.machine("mara", routers[0]), "Mara", server, trusting)
    joel = at(lab.machine("joel", routers[1]), "Joel", server, trusting)
    if restrict is not None:
        for router in routers:
            restrict(router)
    together(mara, joel, server)
    for person in (mara, joel):
        path = path_of(person)
        assert (path["local"], path["remote"], path["protocol"]) == ("relay", "relay", protocol), path
        assert person.problems == []


def test_a_server_that_hides_addresses_relays_even_what_could_be_direct(
    lab: Lab, serve: Serve, at: Call
) -> None:
    server = serve(turn="on", relay_only=True)
    home = lab.router("home")
    mara = at(lab.machine("mara", home), "Mara", server)
    joel = at(lab.machine("joel", home), "Joel", server)
    together(mara, joel, server)
    for person in (mara, joel):
        path = path_of(person)
        assert (path["local"], path["remote"], path["remoteAddress"]) == ("relay", "relay", SERVER_ADDRESS)


def test_one_who_hides_the_address_is_relayed_and_can_take_it_back(lab: Lab, serve: Serve, at: Call) -> None:
    server = serve(turn="on")
    home = lab.router("home")
    mara = at(lab.machine("mara", home), "Mara", server)
    joel = at(lab.machine("joel", home), "Joel", server)
    together(mara, joel, server, hidden=True)
    assert path_of(mara)["local"] == "relay"
    assert path_of(joel)["remoteAddress"] == SERVER_ADDRESS

    mara.opens_devices()
    mara.page.get_by_role("menuitemcheckbox", name="Hide my network address").click()
    eventually("the way is a direct one", lambda: path_of(mara)["local"] != "relay", within=10)
    mara.receives()
    joel.receives()


def test_without_a_relay_one_is_told_that_nothing_can_be_hidden(lab: Lab, serve: Serve, at: Call) -> None:
    server = serve()
    mara = at(lab.machine("mara", lab.router("home")), "Mara", server)
    mara.context.add_init_script("localStorage.setItem('visavis.hideAddress', 'yes')")
    mara.starts_a_room(server.url)
    expect(mara.page.get_by_text("Your network address cannot be hidden here")).to_be_visible()
    mara.joins()
    expect(mara.page.get_by_text("Your network address cannot be hidden here")).to_be_visible()
    mara.opens_devices()
    mara.page.get_by_role("menuitemcheckbox", name="Hide my network address").click()
    expect(mara.page.get_by_text("Your network address cannot be hidden here")).to_be_hidden()


def test_credentials_are_renewed_in_the_call_without_a_gap(lab: Lab, serve: Serve, at: Call) -> None:
    server = serve(turn="on", turn_credential_lifetime=8)
    mara = at(lab.machine("mara", lab.router("home", nat=Nat.SYMMETRIC)), "Mara", server)
    joel = at(lab.machine("joel", lab.router("office", nat=Nat.SYMMETRIC)), "Joel", server)
    together(mara, joel, server)
    first = path_of(mara)
    mara.watches("Joel")
    joel.watches("Mara")

    def has_moved() -> bool:
        path = path_of(mara)
        return bool(path["local"] == "relay" and path["port"] != first["port"])

    eventually("the call goes by another relayed address", has_moved, within=15)
    mara.receives()
    joel.receives()
    gaps = (mara.longest_gap("Joel"), joel.longest_gap("Mara"))
    print(f"longest gaps at a renewal: {gaps[0]:.0f} and {gaps[1]:.0f} ms")  # noqa: T201
    assert max(gaps) < 500
    for person in (mara, joel):
        expect(person.page.get_by_text("Reconnecting")).to_be_hidden()
