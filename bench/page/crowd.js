// People who cost a machine little, as many as one likes in one page: they answer offers (docs/protocol.md), send a
// picture of a few pixels and a sound, and play nothing. They make no offers, so that there are no links among
// them: whoever is to have links with them is in the room before.

window.crowd = (() => {
  const WIDTH = 160;
  const HEIGHT = 90;
  const people = new Map();

  /** One picture for all, which moves. */
  function makePicture() {
    const canvas = Object.assign(document.createElement('canvas'), { width: WIDTH, height: HEIGHT });
    const paper = canvas.getContext('2d');
    setInterval(() => {
      paper.fillStyle = `hsl(${performance.now() / 50}, 50%, 50%)`;
      paper.fillRect(0, 0, WIDTH, HEIGHT);
    }, 200);
    return canvas.captureStream(5).getVideoTracks()[0];
  }

  const picture = makePicture();
  const air = new AudioContext();
  /** What a room sounds like in which nobody speaks: never quite silent, never the same. */
  const noise = new AudioBufferSourceNode(air, { loop: true });
  noise.buffer = air.createBuffer(1, air.sampleRate * 3, air.sampleRate);
  noise.buffer.getChannelData(0).forEach((_, at, samples) => (samples[at] = Math.random() * 2 - 1));
  noise.start();

  /** Socket.IO 5 over Engine.IO 4, as much of it as is needed. */
  class Wire {
    #socket = new WebSocket(`${location.origin.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    #acks = new Map();
    #number = 0;
    onNotice = () => undefined;
    ready = new Promise((resolve, reject) => {
      this.#socket.onmessage = ({ data }) => {
        if (data.startsWith('0')) this.#socket.send('40{"version":1}');
        else if (data === '2') this.#socket.send('3');
        else if (data.startsWith('40')) resolve();
        else if (data.startsWith('44')) reject(new Error(data));
        else if (data.startsWith('42')) this.onNotice(...JSON.parse(data.slice(2)));
        else if (data.startsWith('43')) {
          const [, id, answer] = /^43(\d+)(.*)$/s.exec(data);
          this.#acks.get(Number(id))(JSON.parse(answer)[0]);
          this.#acks.delete(Number(id));
        }
      };
    });

    async ask(event, message) {
      this.#number += 1;
      const id = this.#number;
      const answer = await new Promise((resolve) => {
        this.#acks.set(id, resolve);
        this.#socket.send(`42${id}${JSON.stringify([event, message])}`);
      });
      if (answer.status !== 'ok') throw new Error(`${event}: ${answer.code}`);
      return answer;
    }

    close() {
      this.#socket.close();
    }
  }

  class Guest {
    #wire = new Wire();
    #links = new Map();
    #voice = new GainNode(air, { gain: 0.0005 });
    #mouth = air.createMediaStreamDestination();

    async enter(roomId, name) {
      noise.connect(this.#voice).connect(this.#mouth);
      await this.#wire.ready;
      this.#wire.onNotice = (event, message) => this.#hear(event, message);
      await this.#wire.ask('joinRoom', { roomId, name, media: { audio: true, video: true } });
    }

    speak(isSpeaking) {
      this.#voice.gain.value = isSpeaking ? 0.3 : 0.0005;
    }

    say(event, message) {
      return this.#wire.ask(event, message);
    }

    async leave() {
      await this.#wire.ask('leaveRoom', {});
      this.#wire.close();
      for (const link of this.#links.values()) link.close();
      noise.disconnect(this.#voice);
      this.#voice.disconnect();
      for (const track of this.#mouth.stream.getTracks()) track.stop();
    }

    #hear(event, { from, description, candidates, participantId }) {
      const link = this.#links.get(from);
      if (event === 'offer') void this.#answer(from, description);
      else if (event === 'userLeft') {
        this.#links.get(participantId)?.close();
        this.#links.delete(participantId);
      } else if (event === 'iceCandidate' && link !== undefined) {
        for (const candidate of candidates)
          if (candidate.candidate !== '') void link.addIceCandidate(candidate);
      }
    }

    async #answer(to, { offerId, ...offer }) {
      const link = this.#links.get(to) ?? this.#link(to);
      // Candidates may come before this is done; the connection keeps the order of what it is given.
      const taken = link.setRemoteDescription(offer);
      await taken;
      const [sound] = link.getTransceivers().filter((t) => t.receiver.track.kind === 'audio');
      const [image] = link.getTransceivers().filter((t) => t.receiver.track.kind === 'video');
      for (const [transceiver, track] of [
        [sound, this.#mouth.stream.getAudioTracks()[0]],
        [image, picture],
      ]) {
        transceiver.direction = 'sendrecv';
        await transceiver.sender.replaceTrack(track);
      }
      await link.setLocalDescription();
      const { type, sdp } = link.localDescription;
      await this.#wire.ask('answer', { to, description: { type, sdp, offerId } });
    }

    #link(to) {
      const link = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
      link.onicecandidate = ({ candidate }) => {
        if (candidate?.candidate) void this.#wire.ask('iceCandidate', { to, candidates: [candidate.toJSON()] });
      };
      const told = link.createDataChannel('visavis', { negotiated: true, id: 0 });
      told.onopen = () => told.send(JSON.stringify({ type: 'view', width: WIDTH, height: HEIGHT }));
      this.#links.set(to, link);
      return link;
    }

    get connected() {
      return [...this.#links.values()].filter((link) => link.connectionState === 'connected').length;
    }
  }

  return {
    async enter(roomId, name) {
      const guest = new Guest();
      await guest.enter(roomId, name);
      people.set(name, guest);
    },
    async leave(name) {
      await people.get(name).leave();
      people.delete(name);
    },
    say: (name, event, message) => people.get(name).say(event, message),
    speak: (name, isSpeaking) => people.get(name).speak(isSpeaking),
    connected: (name) => people.get(name).connected,
  };
})();
