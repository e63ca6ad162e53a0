"""A page that is not ours: npm's socket.io-client, the positional forms, and an RTCPeerConnection."""

from pathlib import Path

from tests.e2e.conftest import Invite
from tests.support.eventually import eventually
from tests.support.server_process import ServerProcess

SOCKET_IO = Path(__file__).parents[2] / "web/node_modules/socket.io-client/dist/socket.io.min.js"

# The simplest client that one would write: who is in the room offers to who enters.
PLAIN = """
async ([roomId, act]) => {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  const socket = io({ transports: ['websocket'] });
  const ask = (...event) => new Promise((resolve) => socket.emit(...event, resolve));
  const link = new RTCPeerConnection();
  for (const track of stream.getTracks()) link.addTrack(track, stream);
  const video = document.body.appendChild(document.createElement('video'));
  video.autoplay = true;
  link.ontrack = ({ streams }) => (video.srcObject = streams[0]);
  link.onicecandidate = ({ candidate }) => candidate && ask('iceCandidate', roomId, candidate);
  socket.on('userJoined', async () => {
    await link.setLocalDescription();
    await ask('offer', roomId, link.localDescription);
  });
  socket.on('offer', async (id, description) => {
    await link.setRemoteDescription(description);
    await link.setLocalDescription();
    await ask('answer', roomId, link.localDescription);
  });
  socket.on('answer', (id, description) => link.setRemoteDescription(description));
  socket.on('iceCandidate', (id, candidate) => link.addIceCandidate(candidate));
  return (await ask(act, roomId)).status;
}
"""


def test_it_calls_one_of_ours(invite: Invite, server: ServerProcess) -> None:
    plain, mara = invite("Plain", bypass_csp=True), invite("Mara")
    plain.open(server.url)
    plain.page.add_script_tag(path=SOCKET_IO)
    assert plain.page.evaluate(PLAIN, ["plain-room", "createRoom"]) == "ok"
    mara.joins(f"{server.url}/r/plain-room")
    eventually("ours gets a picture", lambda: mara.received()["framesDecoded"] > 0, within=15)
    mara.receives()
    plain.receives()


def test_one_of_ours_calls_it(invite: Invite, server: ServerProcess) -> None:
    plain, mara = invite("Plain", bypass_csp=True), invite("Mara")
    link = mara.starts_a_room(server.url)
    mara.joins()
    plain.open(server.url)
    plain.page.add_script_tag(path=SOCKET_IO)
    assert plain.page.evaluate(PLAIN, [link.rsplit("/", 1)[1], "joinRoom"]) == "ok"
    eventually("ours gets a picture", lambda: mara.received()["framesDecoded"] > 0, within=15)
    mara.receives()
    plain.receives()
