"""People on different networks find each other."""

from tests.network.conftest import CallOf


def test_two_behind_cone_routers_meet_through_stun(call_of: CallOf) -> None:
    call = call_of("Mara", "Joel")
    for person in call.people.values():
        person.receives()
        assert person.problems == []
