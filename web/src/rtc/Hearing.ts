import { loudnessOf } from './MicrophoneLevel';

/** Whether anything is heard of the other, and how loud, by the times and levels of the packets that came last (W3C
 *  WebRTC, section 5.3.1; RFC 6464).
 *
 *  To ask for them holds the page up until the browser's media threads have time, on a busy machine for many
 *  milliseconds. So it is done rarely, for few receivers, and what was read is kept for whoever wants to know. */
export class Hearing {
  #level = 0;
  #newest = 0;

  /** How loud the other was at the last look, from 0 (silence) to 1. */
  get level(): number {
    return this.#level;
  }

  /** A value that is another if sound or picture has come since the last look. Browsers disagree on what the clock of
   *  these times is. */
  look(connection: Pick<RTCPeerConnection, 'getReceivers'>): number {
    const receivers = connection.getReceivers();
    // A peer's first sound is that of its microphone.
    const voice = receivers.find(({ track }) => track.kind === 'audio');
    const [source] = voice?.getSynchronizationSources() ?? [];
    const hasVoice = source !== undefined && source.timestamp > this.#newest;
    this.#level = hasVoice ? levelOf(source) : 0;
    // Where there is a voice, nothing else needs to be asked.
    const sources = hasVoice
      ? [source]
      : receivers.filter((other) => other !== voice).flatMap((other) => other.getSynchronizationSources());
    this.#newest = Math.max(this.#newest, ...sources.map(({ timestamp }) => timestamp));
    return this.#newest;
  }
}

function levelOf({ audioLevel = 0 }: RTCRtpSynchronizationSource): number {
  return audioLevel === 0 ? 0 : loudnessOf(20 * Math.log10(audioLevel));
}
