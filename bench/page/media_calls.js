// How long the page is in calls of WebRTC and of streams, which the browser's media threads answer: beginnings and
// lengths, in ms of performance.now(). The app is not touched.

window.mediaCalls = [];
(() => {
  let depth = 0;
  const timed = (call) =>
    function (...given) {
      const began = performance.now();
      depth += 1;
      try {
        return call.apply(this, given);
      } finally {
        depth -= 1;
        // What is called within another is part of that.
        if (depth === 0) window.mediaCalls.push([began, performance.now() - began]);
      }
    };
  const wrap = (owner, name) => {
    const known = Object.getOwnPropertyDescriptor(owner, name);
    if (typeof known.value === 'function') Object.defineProperty(owner, name, { ...known, value: timed(known.value) });
    else if (known.get !== undefined)
      Object.defineProperty(owner, name, {
        ...known,
        get: timed(known.get),
        ...(known.set && { set: timed(known.set) }),
      });
  };
  const all = (owner) => {
    for (const name of Object.getOwnPropertyNames(owner)) {
      if (name !== 'constructor' && !name.startsWith('on')) wrap(owner, name);
    }
  };
  for (const part of [
    RTCPeerConnection,
    RTCRtpSender,
    RTCRtpReceiver,
    RTCRtpTransceiver,
    RTCDataChannel,
    RTCStatsReport,
    MediaStream,
    MediaStreamTrack,
  ])
    all(part.prototype);
  wrap(HTMLMediaElement.prototype, 'srcObject');
  wrap(HTMLMediaElement.prototype, 'play');
  window.RTCPeerConnection = new Proxy(window.RTCPeerConnection, {
    construct: (target, given) => timed(() => new target(...given))(),
  });
})();
