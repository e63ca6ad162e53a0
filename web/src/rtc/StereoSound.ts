/** What the descriptions of a link say of stereo. Browsers send and play Opus in stereo only where the one who
 *  receives asks for it (`stereo=1`, RFC 7587, section 6.1), and what is asked of speech in stereo is asked in vain:
 *  the encoder leaves the mode that repairs losses. So a side that sends music says so (`sprop-stereo=1`) in an offer
 *  of its own, and the other side asks for stereo for as long as that holds. */
export class StereoSound {
  /** Whether our sound is to be stereo. */
  isWanted = false;
  /** Whether the other side's is. */
  #isTheirs = false;
  /** Whether our description asks for stereo. The browser goes on asking until it is taken out. */
  #asks = false;
  #offered = false;
  #told = false;

  /** Whether the other side knows it otherwise. */
  get isDue(): boolean {
    return this.isWanted !== this.#told;
  }

  /** Set our next description. Without stereo the browser makes and sets it in one step, which nothing can come
   *  between. False where something has: then there is nothing to send. */
  async describe(
    connection: RTCPeerConnection,
    type: 'offer' | 'answer',
    isOvertaken: () => boolean,
  ): Promise<boolean> {
    if (!this.#isTheirs && !this.#asks) {
      await connection.setLocalDescription();
      return true;
    }
    const made = type === 'offer' ? await connection.createOffer() : await connection.createAnswer();
    if (isOvertaken()) return false;
    const { sdp = '' } = made;
    const spoken = this.#isTheirs ? askingForStereo(sdp) : askingForMono(sdp);
    await connection.setLocalDescription({ type, sdp: spoken });
    this.#asks = this.#isTheirs && spoken !== sdp;
    return true;
  }

  /** What is sent of a description of ours. */
  telling({ type, sdp }: RTCSessionDescription): string {
    if (type === 'offer') this.#offered = this.isWanted;
    return this.isWanted ? sayingStereo(sdp) : sdp;
  }

  /** The other side has offered. */
  heard({ sdp }: RTCSessionDescriptionInit): void {
    this.#isTheirs = saysStereo(sdp ?? '');
  }

  /** The other side has answered our offer. */
  answered(): void {
    this.#told = this.#offered;
  }

  /** Another connection takes the place of the one before. */
  startOver(): void {
    this.#isTheirs = this.#asks = this.#offered = this.#told = false;
  }
}

export function sayingStereo(sdp: string): string {
  return withParameter(sdp, 'sprop-stereo=1');
}

export function saysStereo(sdp: string): boolean {
  return parametersOf(sdp)?.[0].includes('sprop-stereo=1') === true;
}

/** With room for music: browsers take 64 kbit/s where nothing is said. */
export function askingForStereo(sdp: string): string {
  return withParameter(sdp, 'stereo=1;maxaveragebitrate=128000');
}

export function askingForMono(sdp: string): string {
  const found = parametersOf(sdp);
  if (found === null) return sdp;
  const [payload, parameters = ''] = found[0].split(' ');
  const kept = parameters.split(';').filter((parameter) => !/^(stereo|maxaveragebitrate)=/.test(parameter));
  return sdp.replace(found[0], `${payload} ${kept.join(';')}`);
}

/** The line with the parameters of Opus for the microphone, which is the first sound in each description. */
function parametersOf(sdp: string): RegExpExecArray | null {
  const payload = /^a=rtpmap:(\d+) opus\//m.exec(sdp)?.[1];
  return payload === undefined ? null : new RegExp(`^a=fmtp:${payload} .*$`, 'm').exec(sdp);
}

function withParameter(sdp: string, parameter: string): string {
  const found = parametersOf(sdp);
  if (found === null || found[0].split(/[ ;]/).includes(parameter.split(';')[0] ?? '')) return sdp;
  const end = found.index + found[0].length;
  return `${sdp.slice(0, end)};${parameter}${sdp.slice(end)}`;
}
