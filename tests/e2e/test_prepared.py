"""Links that are made ready in the lobby: a press on Join only opens the way."""

from pathlib import Path

from tests.e2e.conftest import Invite
from tests.support.browser import Person
from tests.support.eventually import eventually
from tests.support.server_process import ServerProcess

_STATES = "() => window.testLinks.map((link) => link.connectionState)"
_NEGOTIATED = """
() => window.testLinks.filter((link) =>
  link.connectionState !== 'closed' && link.localDescription && link.remoteDescription).length
"""
_REMOTE_ADDRESSES = """
async () => {
  const found = [];
  for (const link of window.testLinks) {
    for (const entry of (await link.getStats()).values()) {
      if (entry.type === 'remote-candidate') found.push(entry.address);
    }
  }
  return found;
}
"""
_MAKE_ROOM = """
async (settings) => {
  const answer = await fetch('/api/v1/rooms', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ settings }),
  });
  const { id, hostKey } = await answer.json();
  localStorage.setItem('visavis.hostKeys', JSON.stringify({ [id]: hostKey }));
  return `${location.origin}/r/${id}`;
}
"""
# No candidate reaches a connection before the ICE restart: as if all of them led nowhere by now.
_DEAF = """
const add = RTCPeerConnection.prototype.addIceCandidate;
RTCPeerConnection.prototype.addIceCandidate = function (candidate) {
  return (this.remoteDescription?.sdp.match(/a=ice-ufrag:(.*)/)?.[1] ?? '') === this.deafTo
    ? Promise.resolve() : add.call(this, candidate);
};
const set = RTCPeerConnection.prototype.setRemoteDescription;
RTCPeerConnection.prototype.setRemoteDescription = function (description) {
  this.deafTo ??= description.sdp.match(/a=ice-ufrag:(.*)/)?.[1];
  return set.call(this, description);
};
"""


def negotiated(person: Person) -> int:
    return int(person.page.evaluate(_NEGOTIATED))


def offers_out(person: Person) -> int:
    """Offers that one brings."""
    return int(
        person.page.evaluate(
            "() => window.testLinks.filter((link) => link.signalingState === 'have-local-offer').length"
        )
    )


def waits(person: Person, link: str, links: int = 1) -> None:
    """In the lobby, with links made ready."""
    person.open(link)
    person.page.get_by_label("Your name").fill(person.name)
    eventually("links are made ready", lambda: negotiated(person) == links, within=15)


def way_of_joining(server: ServerProcess) -> str:
    """How the last one came in who was not alone, by the server's log."""

    def noted() -> list[str]:
        return [line for line in server.output if "join timed" in line]

    line = eventually("the joining is in the log", noted, within=15)[-1]
    return line.split("way=")[1].split()[0]


def test_what_was_made_ready_in_the_lobby_is_used(invite: Invite, server: ServerProcess) -> None:
    mara, joel = invite("Mara"), invite("Joel")
    link = mara.starts_a_room(server.url)
    mara.joins()
    waits(joel, link)
    for person in (mara, joel):
        assert person.page.evaluate(_REMOTE_ADDRESSES) == []
        assert person.page.evaluate(_STATES) != ["connected"]
    joel.press("Join")
    mara.sees("Joel")
    joel.sees("Mara")
    mara.receives()
    joel.receives()
    for person in (mara, joel):
        assert person.page.evaluate(_STATES) == ["connected"]
    assert way_of_joining(server) == "prepared"


def test_two_who_wait_meet_inside(invite: Invite, server: ServerProcess) -> None:
    mara, joel, ines = invite("Mara"), invite("Joel"), invite("Ines")
    link = mara.starts_a_room(server.url)
    mara.joins()
    waits(joel, link)
    waits(ines, link)
    joel.press("Join")
    joel.sees("Mara")
    eventually("a link to the one who went in first is made ready", lambda: negotiated(ines) == 2, within=15)
    ines.press("Join")
    for person, others in ((ines, ("Mara", "Joel")), (joel, ("Mara", "Ines")), (mara, ("Joel", "Ines"))):
        person.sees(*others)


def test_a_member_leaves_while_one_waits(invite: Invite, server: ServerProcess) -> None:
    mara, joel, ines = invite("Mara"), invite("Joel"), invite("Ines")
    link = mara.starts_a_room(server.url)
    mara.joins()
    joel.joins(link)
    waits(ines, link, links=2)
    joel.leaves()
    eventually("the link to the one who left is closed", lambda: negotiated(ines) == 1, within=15)
    ines.press("Join")
    ines.sees("Mara")
    mara.sees("Ines")
    assert way_of_joining(server) == "prepared"


def test_of_one_who_goes_away_nothing_is_left(invite: Invite, server: ServerProcess) -> None:
    mara, joel = invite("Mara"), invite("Joel")
    link = mara.starts_a_room(server.url)
    mara.joins()
    waits(joel, link)
    joel.open(server.url)
    eventually("the member's part is closed", lambda: mara.page.evaluate(_STATES) == ["closed"])


def test_what_is_out_of_date_is_made_anew_at_once(invite: Invite, server: ServerProcess) -> None:
    mara, joel = invite("Mara"), invite("Joel")
    for person in (mara, joel):
        person.page.add_init_script(_DEAF)
    link = mara.starts_a_room(server.url)
    mara.joins()
    waits(joel, link)
    joel.press("Join")
    mara.sees("Joel")
    joel.sees("Mara")
    assert way_of_joining(server) == "prepared"


def test_the_server_is_restarted_while_one_waits(invite: Invite, server: ServerProcess) -> None:
    mara, joel = invite("Mara"), invite("Joel")
    link = mara.starts_a_room(server.url)
    mara.joins()
    waits(joel, link)
    server.kill()
    server.start()
    # What was ready is gone with the server; it is made anew when both are back.
    eventually("ready again", lambda: negotiated(joel) == 1 and negotiated(mara) == 1, within=20)
    joel.press("Join")
    joel.sees("Mara")
    mara.sees("Joel")
    for person in (mara, joel):
        person.problems.clear()  # the browser notes each failed connection in its console


def test_without_preparation_one_brings_offers(invite: Invite, tmp_path: Path) -> None:
    server = ServerProcess(tmp_path / "other", prepare_links=False)
    server.folder.mkdir()
    server.start()
    try:
        mara, joel = invite("Mara"), invite("Joel")
        link = mara.starts_a_room(server.url)
        mara.joins()
        joel.open(link)
        joel.page.get_by_label("Your name").fill("Joel")
        eventually("an offer is ready", lambda: offers_out(joel) == 1, within=15)
        joel.press("Join")
        joel.sees("Mara")
        mara.sees("Joel")
        mara.receives()
        joel.receives()
        assert way_of_joining(server) == "offered"
        for person in (mara, joel):
            person.context.close()
    finally:
        server.stop()


def room_with(person: Person, server: ServerProcess, **settings: object) -> str:
    """Makes a room whose host this person is; its link."""
    person.open(server.url)
    link: str = person.page.evaluate(_MAKE_ROOM, settings)
    person.open(link)
    person.page.get_by_label("Your name").fill(person.name)
    return link


def test_with_a_passcode_links_are_made_ready_when_it_is_typed(invite: Invite, server: ServerProcess) -> None:
    mara, joel = invite("Mara"), invite("Joel")
    link = room_with(mara, server, passcode="open sesame")
    mara.joins()
    joel.open(link)
    joel.page.get_by_label("Your name").fill("Joel")
    joel.page.get_by_label("Passcode of the room").fill("open sesame")
    eventually("links are made ready", lambda: negotiated(joel) == 1 and negotiated(mara) == 1, within=15)
    joel.press("Join")
    joel.sees("Mara")
    mara.sees("Joel")
    assert way_of_joining(server) == "prepared"


def knocks(person: Person, link: str) -> None:
    """Before the door, with offers; then at it, with a link made ready with the host and one offer left."""
    person.open(link)
    person.page.get_by_label("Your name").fill(person.name)
    eventually("offers are ready", lambda: offers_out(person) == 2, within=15)
    assert negotiated(person) == 0
    person.press("Ask to join")
    eventually("the host has prepared", lambda: negotiated(person) == offers_out(person) == 1, within=15)


def test_with_one_who_knocks_the_host_prepares_and_others_get_an_offer(
    invite: Invite, server: ServerProcess
) -> None:
    mara, ines, joel = invite("Mara"), invite("Ines"), invite("Joel")
    link = room_with(mara, server, lobby=True)
    mara.joins()
    knocks(ines, link)
    assert mara.page.evaluate(_REMOTE_ADDRESSES) == []
    mara.press("Let in")
    ines.sees("Mara")
    assert way_of_joining(server) == "prepared"
    eventually("what is too much is closed", lambda: "closed" in ines.page.evaluate(_STATES))
    knocks(joel, link)
    assert negotiated(mara) == 2
    assert negotiated(ines) == 1
    mara.press("Let in")
    joel.sees("Mara", "Ines")
    mara.sees("Ines", "Joel")
    ines.sees("Mara", "Joel")
