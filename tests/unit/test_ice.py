"""The ICE servers that browsers are told of, and their credentials."""

import pytest
from pydantic import SecretStr

from visavis.ice import IceServer, IceServers, Provided, host_of, turn_credential
from visavis.settings import Settings

NOW = 1_700_000_000.0


class OwnTurn:
    """A TURN server of our own that is there, or not."""

    secret = "own"  # noqa: S105

    def __init__(self, *, is_there: bool = True, is_missed: bool = False) -> None:
        self._is_there = is_there
        self.is_missed = is_missed

    def turn_urls(self, host: str | None) -> tuple[str, ...]:
        return (f"turn:{host}:3478",) if self._is_there else ()

    def stun_urls(self, host: str | None) -> tuple[str, ...]:
        return (f"stun:{host}:3478",) if self._is_there else ()


NONE = OwnTurn(is_there=False)


def servers(settings: Settings, own: OwnTurn = NONE, provided: Provided | None = None) -> IceServers:
    return IceServers(settings, own, lambda: provided, lambda: NOW)


def test_none_by_default() -> None:
    ice = servers(Settings())
    assert ice.before_admission("h").servers == ()
    assert not ice.before_admission("h").has_relay
    assert ice.for_participant("p", "h").servers == ()
    assert ice.for_participant("p", "h").expires_in is None


def test_all_stun_servers_are_one_entry() -> None:
    urls = ("stun:a.example:3478", "stun:b.example:3478")
    assert servers(Settings(stun_urls=urls)).before_admission(None).servers == (IceServer(urls),)


def test_the_password_is_the_one_of_the_turn_rest_scheme() -> None:
    # Known answer: printf %s 1700003600:mara | openssl dgst -sha1 -hmac north -binary | base64
    assert turn_credential("north", "mara", NOW + 3600.5) == (
        "1700003600:mara",
        "CF1ErdUDyS3glwCvx1hRun+OMQc=",
    )


def test_our_own_server_is_told_to_participants_with_credentials_that_end() -> None:
    ice = servers(Settings(turn_credential_lifetime=60), OwnTurn())
    assert ice.before_admission("h").servers == (IceServer(("stun:h:3478",)),)
    assert ice.before_admission("h").has_relay
    told = ice.for_participant("p", "h")
    username, password = turn_credential("own", "p", NOW + 60)
    assert told.servers == (IceServer(("stun:h:3478",)), IceServer(("turn:h:3478",), username, password))
    assert told.expires_in == 60


def test_servers_elsewhere_with_a_shared_secret() -> None:
    settings = Settings(
        turn_urls=("turn:a.example",), turn_secret=SecretStr("s"), turn_credential_lifetime=60
    )
    told = servers(settings).for_participant("p", "h")
    assert told.servers == (IceServer(("turn:a.example",), *turn_credential("s", "p", NOW + 60)),)
    assert told.expires_in == 60


def test_servers_elsewhere_with_one_user_are_good_for_ever() -> None:
    settings = Settings(turn_urls=("turn:a.example",), turn_username="u", turn_credential=SecretStr("c"))
    told = servers(settings).for_participant("p", "h")
    assert told.servers == (IceServer(("turn:a.example",), "u", "c"),)
    assert told.expires_in is None


PROVIDER = Settings(ice_provider_url=SecretStr("https://provider.example"))


def test_what_a_provider_handed_out_is_passed_on_while_it_is_good() -> None:
    provided = Provided((IceServer(("turn:p.example",), "u", "c"),), NOW + 40)
    told = servers(PROVIDER, provided=provided).for_participant("p", "h")
    assert (told.servers, told.expires_in) == (provided.servers, 40)


@pytest.mark.parametrize(
    ("settings", "own"),
    [(PROVIDER, NONE), (Settings(), OwnTurn(is_there=False, is_missed=True))],
    ids=["provider", "own"],
)
def test_where_turn_is_missed_the_client_asks_again_soon(settings: Settings, own: OwnTurn) -> None:
    assert servers(settings, own).for_participant("p", "h").expires_in == 30


def test_where_another_turn_server_is_there_nobody_asks_again() -> None:
    assert servers(PROVIDER, OwnTurn()).for_participant("p", "h").expires_in == 7200


def test_who_may_only_relay_needs_no_stun() -> None:
    settings = Settings(relay_only=True, stun_urls=("stun:a.example",))
    ice = servers(settings, OwnTurn())
    assert ice.before_admission("h").servers == ()
    assert ice.before_admission("h").relay_only
    told = ice.for_participant("p", "h")
    assert told.relay_only
    assert [server.urls for server in told.servers] == [("turn:h:3478",)]


def test_a_credential_does_not_show_itself() -> None:
    assert "secret" not in repr(IceServer(("turn:a",), "u", "secret"))


@pytest.mark.parametrize(
    ("header", "host"),
    [
        ("calls.example.org", "calls.example.org"),
        ("calls.example.org:8443", "calls.example.org"),
        ("192.0.2.1:80", "192.0.2.1"),
        ("[2001:db8::1]:80", "2001:db8::1"),
        ("localhost", "localhost"),
        (None, None),
        ("", None),
        ("a b", None),
        ("a:b:c", None),
        ("a?transport=udp", None),
        ("a/b", None),
        ("a@b", None),
        ("-a", None),
        ("a" * 300, None),
        ("a, b", None),
    ],
)
def test_the_host_by_which_a_client_came(header: str | None, host: str | None) -> None:
    assert host_of(header) == host
