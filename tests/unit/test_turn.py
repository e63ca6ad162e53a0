"""Our own TURN server: its addresses, what it may reach, its configuration."""

from ipaddress import ip_address, ip_interface, ip_network
from pathlib import Path, PurePath

import pytest

from visavis.settings import Settings
from visavis.turn import State, TurnServer, TurnUnusable
from visavis.turn.addresses import Addresses, NoNetwork, choose
from visavis.turn.configuration import configuration
from visavis.turn.peers import CLOSED, closed, opened

OWN = tuple(map(ip_interface, ("127.0.0.1/8", "::1/128", "10.1.2.3/24", "2a00:1::2/64", "8.8.8.9/28")))
LAN = ip_address("10.1.2.3")


def is_closed(address: str) -> bool:
    peer = ip_address(address)
    return any(peer in network for network in closed(OWN) if network.version == peer.version)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104
        "0.1.2.3",
        "10.255.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.254",
        "192.168.1.1",
        "192.0.0.192",
        "198.18.0.1",
        "224.0.0.251",
        "255.255.255.255",
        "168.63.129.16",
        "100.100.100.200",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:192.168.1.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        # The networks that the machine is in, though their addresses are public.
        "2a00:1::99",
        "8.8.8.14",
    ],
)
def test_what_is_not_public_cannot_be_reached(address: str) -> None:
    assert is_closed(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "9.9.9.9", "172.32.0.1", "100.128.0.1", "2606:4700::1", "8.8.8.32"]
)
def test_what_is_public_can(address: str) -> None:
    assert not is_closed(address)


def test_python_knows_of_no_private_address_that_is_left_out() -> None:
    for first in range(256):
        for second in (0, 1, 16, 18, 31, 51, 64, 88, 100, 113, 127, 168, 254):
            address = ip_address(f"{first}.{second}.0.1")
            if not address.is_global:
                assert is_closed(str(address)), address


def test_the_relay_itself_and_what_the_settings_name_are_open() -> None:
    addresses = choose("10.1.2.3", OWN, None)
    assert opened(addresses, ["10.9.0.0/16"]) == (ip_network("10.1.2.3/32"), ip_network("10.9.0.0/16"))


# --- addresses --------------------------------------------------------------------------------------


def test_a_server_on_one_address_has_turn_on_that_one() -> None:
    addresses = choose("10.1.2.3", OWN, None)
    assert (addresses.listening, addresses.relay, addresses.external) == ((LAN,), LAN, None)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "127.0.0.1", "localhost"])  # noqa: S104
def test_a_server_on_all_addresses_or_behind_a_proxy_has_turn_on_all(host: str) -> None:
    addresses = choose(host, OWN, None)
    assert set(addresses.listening) == {interface.ip for interface in OWN}
    assert addresses.relay.version == 4
    assert not addresses.relay.is_loopback
    assert addresses.listening[0] == addresses.relay


def test_relays_are_ipv6_only_where_there_is_no_ipv4() -> None:
    addresses = choose("::", tuple(map(ip_interface, ("127.0.0.1/8", "2a00:1::2/64"))), None)
    assert addresses.relay == ip_address("2a00:1::2")


def test_a_machine_without_a_network_has_no_turn() -> None:
    with pytest.raises(NoNetwork):
        choose("0.0.0.0", tuple(map(ip_interface, ("127.0.0.1/8", "::1/128"))), None)  # noqa: S104


def test_an_external_address_is_told_where_it_is_another() -> None:
    assert choose("10.1.2.3", OWN, "8.8.4.4").external == ip_address("8.8.4.4")
    assert choose("10.1.2.3", OWN, "10.1.2.3").external is None


# --- configuration ----------------------------------------------------------------------------------


def lines(settings: Settings | None = None, *, external: str | None = None, tls: bool = False) -> list[str]:
    addresses = Addresses((LAN,), LAN, ip_address(external) if external else None, OWN)
    certificate = (PurePath("certificate.pem"), PurePath("key.pem")) if tls else None
    return configuration(settings or Settings(), addresses, "s3cret", certificate).splitlines()


def test_what_coturn_is_told() -> None:
    told = lines(Settings(turn_user_quota=5, turn_total_quota=50))
    for line in (
        "listening-ip=10.1.2.3",
        "listening-port=3478",
        "relay-ip=10.1.2.3",
        "min-port=49152",
        "max-port=65535",
        "use-auth-secret",
        "static-auth-secret=s3cret",
        "user-quota=5",
        "total-quota=50",
        "no-tls",
        "no-tcp-relay",
        "no-cli",
        "no-multicast-peers",
        "allowed-peer-ip=10.1.2.3",
        "denied-peer-ip=127.0.0.0-127.255.255.255",
        "denied-peer-ip=169.254.0.0-169.254.255.255",
        "denied-peer-ip=fc00::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "denied-peer-ip=2a00:1::-2a00:1::ffff:ffff:ffff:ffff",
    ):
        assert line in told
    assert len([line for line in told if line.startswith("denied-peer-ip=")]) >= len(CLOSED)


def test_no_range_begins_at_the_unspecified_ipv6_address() -> None:
    told = lines()
    assert "denied-peer-ip=::1-::ffff:ffff" in told
    assert not any(line.startswith("denied-peer-ip=::-") for line in told)


def test_loopback_peers_are_never_allowed() -> None:
    assert not any("allow-loopback-peers" in line for line in lines())


def test_a_certificate_turns_tls_on() -> None:
    told = lines(tls=True)
    assert {"tls-listening-port=5349", "cert=certificate.pem", "pkey=key.pem"} <= set(told)
    assert "no-tls" not in told


def test_behind_a_router_both_addresses_are_told() -> None:
    assert "external-ip=8.8.4.4/10.1.2.3" in lines(external="8.8.4.4")


def test_what_the_settings_open_is_told() -> None:
    told = lines(Settings(turn_allowed_peers=("10.9.0.0/16", "192.168.7.7")))
    assert "allowed-peer-ip=10.9.0.0-10.9.255.255" in told
    assert "allowed-peer-ip=192.168.7.7" in told


# --- whether there is one, and what clients are told ------------------------------------------------


@pytest.fixture
def without_coturn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visavis.turn.server._find_program", lambda: None)


@pytest.fixture
def with_coturn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visavis.turn.server._find_program", lambda: "/usr/bin/turnserver")


def made(tmp_path: Path, **settings: object) -> TurnServer:
    return TurnServer(Settings.model_validate(settings), tmp_path / "turn", b"s" * 32)


@pytest.mark.usefixtures("with_coturn")
@pytest.mark.parametrize(
    ("settings", "state"),
    [
        ({}, State.OFF),
        ({"host": "::1"}, State.OFF),
        ({"host": "0.0.0.0"}, State.STARTING),  # noqa: S104
        ({"turn": "on"}, State.STARTING),
        ({"turn_host": "turn.example.org"}, State.STARTING),
        ({"host": "0.0.0.0", "turn": "off"}, State.OFF),  # noqa: S104
        ({"host": "0.0.0.0", "turn_urls": ("turn:a",), "turn_secret": "s"}, State.OFF),  # noqa: S104
        ({"host": "0.0.0.0", "ice_provider_url": "https://p.example"}, State.OFF),  # noqa: S104
    ],
)
def test_when_it_is_wanted(tmp_path: Path, settings: dict[str, object], state: State) -> None:
    assert made(tmp_path, **settings).state is state


@pytest.mark.usefixtures("without_coturn")
def test_without_coturn_there_is_none_and_one_knows_how_to_get_it(tmp_path: Path) -> None:
    turn = made(tmp_path, host="0.0.0.0")  # noqa: S104
    assert turn.state is State.ABSENT
    assert turn.problem is not None
    assert "apt install coturn" in turn.problem
    assert turn.turn_urls("h") == turn.stun_urls("h") == ()
    with pytest.raises(TurnUnusable, match="apt install coturn"):
        made(tmp_path, turn="on")


@pytest.mark.usefixtures("with_coturn")
def test_clients_are_told_of_it_by_the_name_by_which_they_came(tmp_path: Path) -> None:
    turn = made(tmp_path, turn="on")
    assert turn.turn_urls("calls.example.org") == (
        "turn:calls.example.org:3478?transport=udp",
        "turn:calls.example.org:3478?transport=tcp",
    )
    assert turn.stun_urls("2a00:1::2") == ("stun:[2a00:1::2]:3478",)
    assert turn.turn_urls(None) == ()
    turn.certificate(Path("c.pem"), Path("k.pem"))
    assert turn.turn_urls("h")[-1] == "turns:h:5349?transport=tcp"


@pytest.mark.usefixtures("with_coturn")
def test_or_by_the_name_in_the_settings(tmp_path: Path) -> None:
    turn = made(tmp_path, turn_host="turn.example.org", turn_port=3479)
    assert turn.turn_urls(None)[0] == "turn:turn.example.org:3479?transport=udp"


@pytest.mark.usefixtures("with_coturn")
def test_its_secret_is_made_of_the_servers_and_does_not_give_it_away(tmp_path: Path) -> None:
    one, again = made(tmp_path), made(tmp_path)
    other = TurnServer(Settings(), tmp_path, b"t" * 32)
    assert one.secret == again.secret != other.secret
    assert len(one.secret) == 64
