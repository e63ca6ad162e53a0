// Notes in the page when what happens, as Unix time in milliseconds with fractions; the app is not touched.
(() => {
  const now = () => performance.timeOrigin + performance.now();
  const probe = { press: null, links: [], frames: [], own: null, admitted: null };
  window.joinProbe = probe;

  document.addEventListener('submit', () => { probe.press ??= now(); }, { capture: true });

  // Where one has to knock, what is waited for begins with the press of one inside.
  document.addEventListener('click', ({ target }) => {
    if (/^Let .*in$|^Admit$/.test(target.closest('button')?.textContent ?? '')) probe.admitted ??= now();
  }, { capture: true });

  const Real = window.RTCPeerConnection;
  window.RTCPeerConnection = new Proxy(Real, {
    construct(target, args) {
      const link = new target(...args);
      const note = { made: now(), remote: [], ice: null, dtls: null, states: [] };
      probe.links.push(note);
      (window.joinLinks ??= []).push(link);
      link.addEventListener('iceconnectionstatechange', () => {
        note.states.push([link.iceConnectionState, now()]);
        if (link.iceConnectionState === 'connected') note.ice ??= now();
      });
      link.addEventListener('connectionstatechange', () => {
        if (link.connectionState === 'connected') note.dtls ??= now();
      });
      for (const name of ['setLocalDescription', 'setRemoteDescription', 'restartIce', 'close']) {
        const real = link[name].bind(link);
        link[name] = (...args) => {
          note.states.push([name, now()]);
          return real(...args);
        };
      }
      const add = link.addIceCandidate.bind(link);
      link.addIceCandidate = (candidate) => {
        note.remote.push(now());
        return add(candidate);
      };
      return link;
    },
  });

  // Every remote picture, from its first frame; the own one is in no figure with a name of another.
  const seen = new WeakSet();
  const watch = (video) => {
    if (seen.has(video)) return;
    seen.add(video);
    video.requestVideoFrameCallback((_, frame) => {
      const name = video.closest('figure')?.getAttribute('aria-label') ?? null;
      if (name === null) probe.own ??= now();
      else probe.frames.push({ name, at: now(), width: frame.width });
    });
  };
  new MutationObserver(() => document.querySelectorAll('video').forEach(watch)).observe(document, {
    childList: true,
    subtree: true,
  });

  // The plain way: nothing is prepared, because the question never goes out.
  if (window.benchWay === 'plain') {
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (data) {
      if (typeof data === 'string' && /^42\d*\["prepare"/.test(data)) return;
      send.call(this, data);
    };
  }
})();
