/** What the browser can do at all. */

/** Every browser that calls needs one of each (RFC 7742, section 5; RFC 7874, section 3). */
const NEEDED = ['VP8', 'opus'];

export interface Abilities {
  readonly hasWebRtc: boolean;
  /** Whether the page may have camera and microphone: https, or this machine itself. */
  readonly isSecure: boolean;
  /** Names of the codecs that it receives, each once. */
  readonly codecs: readonly string[];
  readonly lacks: readonly string[];
}

export function abilities(): Abilities {
  // Not there in browsers that were built without it.
  const hasWebRtc = 'RTCPeerConnection' in globalThis;
  const codecs = hasWebRtc ? [...codecsOf('video'), ...codecsOf('audio')] : [];
  return {
    hasWebRtc,
    isSecure: isSecureContext && 'mediaDevices' in navigator,
    codecs,
    lacks: NEEDED.filter((name) => !codecs.includes(name)),
  };
}

/** Parts of others, and not codecs. */
const HELPERS = /^(rtx|red|ulpfec|flexfec-03|CN|telephone-event)$/i;

function codecsOf(kind: 'audio' | 'video'): readonly string[] {
  const all = RTCRtpReceiver.getCapabilities(kind)?.codecs ?? [];
  const names = all.map(({ mimeType }) => mimeType.slice(mimeType.indexOf('/') + 1));
  return [...new Set(names.filter((name) => !HELPERS.test(name)))];
}
