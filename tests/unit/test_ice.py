"""The ICE servers that browsers are told of."""

from visavis.ice import IceServer, ice_servers
from visavis.settings import Settings


def test_none_by_default() -> None:
    assert ice_servers(Settings()) == ()


def test_all_stun_servers_are_one_entry() -> None:
    urls = ("stun:a.example:3478", "stun:b.example:3478")
    assert ice_servers(Settings(stun_urls=urls)) == (IceServer(urls),)
