"""Networks that carry too little: the sound stays, the picture gives way, and comes back."""

from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import expect

from tests.support.browser import Person
from tests.support.eventually import eventually
from tests.support.lab import Lab, Machine
from tests.support.server_process import ServerProcess
from tests.support.statistics import read, read_after

MOST_CONCEALED = 0.05
"""Of the sound, once both sides have had time to adapt."""

Two = tuple[Machine, Person, Person]


@pytest.fixture
def two(lab: Lab, serve: Callable[..., ServerProcess], at: Callable[..., Person]) -> Two:
    """Mara's machine, Mara and Joel in a call."""
    server = serve()
    machine = lab.machine("mara", lab.router("home"))
    mara = at(machine, "Mara", server)
    joel = at(lab.machine("joel", lab.router("office")), "Joel", server)
    link = mara.starts_a_room(server.url)
    mara.joins()
    joel.joins(link)
    mara.sees("Joel")
    joel.sees("Mara")
    return machine, mara, joel


def test_at_300_kbit_the_sound_is_whole_and_the_picture_goes_on(two: Two) -> None:
    machine, *people = two
    negotiated = [read(person.page).negotiations for person in people]
    machine.uplink.limit(up_kbit=300, down_kbit=300)
    for person in people:
        eventually(f"{person.name}'s picture becomes smaller", partial(_is_small, person), within=20)
    # A call begins with a small picture: that alone does not say that the fall is over.
    eventually("what waits in queues has gone", lambda: all(map(_is_whole, people)), within=20)
    before = [read(person.page) for person in people]
    after = [read_after(person.page, 4) for person in people]
    for person, old, new in zip(people, before, after, strict=True):
        assert new.concealed_since(old) < MOST_CONCEALED, person.name
        assert new.frames_decoded - old.frames_decoded > 20, person.name
        expect(person.page.get_by_text("Picture paused")).to_have_count(0)
    assert [read(person.page).negotiations for person in people] == negotiated


def test_at_80_kbit_the_picture_pauses_and_comes_back(two: Two) -> None:
    machine, mara, joel = two
    negotiated = [read(person.page).negotiations for person in (mara, joel)]
    machine.uplink.limit(up_kbit=80, down_kbit=80)
    for person in (mara, joel):
        expect(person.page.get_by_text("Your connection is weak")).to_be_visible(timeout=20_000)
        expect(person.page.get_by_text("Picture paused: weak connection")).to_be_visible(timeout=20_000)
    assert not joel.shows_picture("Mara"), "the last frame is left on the screen"
    eventually("what waits in queues has gone", lambda: _is_whole(mara) and _is_whole(joel), within=20)

    machine.uplink.limit()
    for person, other in ((mara, "Joel"), (joel, "Mara")):
        eventually(f"{person.name} sees {other} again", partial(person.shows_picture, other), within=45)
        expect(person.page.get_by_text("Picture paused: weak connection")).to_have_count(0)
    assert [read(person.page).negotiations for person in (mara, joel)] == negotiated


def _is_small(person: Person) -> bool:
    return max(read(person.page).sides) <= 360


def _is_whole(person: Person) -> bool:
    before = read(person.page)
    return read_after(person.page, 2).concealed_since(before) < MOST_CONCEALED
