"""People on different networks find each other."""

from tests.network.conftest import Call, Serve
from tests.support.lab import Lab, Nat


def test_two_behind_cone_routers_meet_through_stun(lab: Lab, serve: Serve, at: Call) -> None:
    server = serve()
    mara = at(lab.machine("mara", lab.router("home")), "Mara", server)
    joel = at(lab.machine("joel", lab.router("office", nat=Nat.CONE)), "Joel", server)
    link = mara.starts_a_room(server.url)
    mara.joins()
    joel.joins(link)
    mara.sees("Joel")
    joel.sees("Mara")
    mara.receives()
    joel.receives()
    assert mara.problems == []
    assert joel.problems == []
