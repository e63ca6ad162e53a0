/** Puts a budget on the senders of a link, without negotiating (RTCRtpSender.setParameters, W3C WebRTC,
 *  section 5.2). */
import type { PictureBudget, SendBudget } from './sendBudget';
import type { Source } from './sources';

export class LinkSender {
  readonly #onError: (error: unknown) => void;
  readonly #senders = new Map<Source, RTCRtpSender>();
  /** Parameters may be set only on top of the ones before: one after the other. */
  readonly #busy = new Set<Source>();
  readonly #due = new Set<Source>();
  /** What each sender was given last: what does not change is not set again. */
  readonly #given = new Map<Source, string>();
  #budget: SendBudget | null = null;
  #leastScale = 1;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** This sender is the one of its kind from now on. */
  use(source: Source, sender: RTCRtpSender): void {
    this.#senders.set(source, sender);
    this.#given.delete(source);
    void this.#put(source);
  }

  setBudget(budget: SendBudget): void {
    this.#budget = budget;
    for (const source of this.#senders.keys()) void this.#put(source);
  }

  /** After a loss: throw away what waits in the queue, and begin with a key frame. Else the old frames go out
   *  first, at the low rate to which the sender has fallen. */
  async refreshPicture(source: 'video' | 'screen'): Promise<void> {
    const sender = this.#senders.get(source);
    const budget = source === 'video' ? this.#budget?.picture : this.#budget?.screen;
    if (!sender?.track || this.#busy.has(source) || budget?.active !== true) return;
    this.#busy.add(source);
    try {
      for (const active of [false, true]) {
        const parameters = sender.getParameters();
        for (const encoding of parameters.encodings) encoding.active = active;
        await sender.setParameters(parameters);
      }
    } catch (error) {
      // What is set is not known now: the next budget is put on top.
      this.#given.delete(source);
      if (!(error instanceof DOMException && error.name === 'InvalidStateError')) this.#onError(error);
    }
    this.#busy.delete(source);
    if (this.#due.delete(source)) await this.#put(source);
  }

  /** Scale the picture down by this much, whatever the budget says; 1: as it says. */
  scaleAtLeast(scale: number): void {
    if (this.#leastScale === scale) return;
    this.#leastScale = scale;
    void this.#put('video');
  }

  /** null: nothing is known yet. */
  #wanted(source: Source): RTCRtpEncodingParameters | null {
    if (this.#budget === null) {
      return source === 'video' && this.#leastScale > 1 ? { scaleResolutionDownBy: this.#leastScale } : null;
    }
    switch (source) {
      case 'audio':
        return soundOf(this.#budget.soundKbps);
      case 'video':
        return pictureOf(this.#budget.picture, this.#leastScale);
      case 'screen':
        return pictureOf(this.#budget.screen);
      case 'screenAudio':
        return soundOf(this.#budget.screenSoundKbps);
    }
  }

  async #put(source: Source): Promise<void> {
    if (this.#busy.has(source)) {
      this.#due.add(source);
      return;
    }
    const sender = this.#senders.get(source);
    const wanted = this.#wanted(source);
    if (sender === undefined || wanted === null) return;
    const parameters = sender.getParameters();
    const [encoding] = parameters.encodings;
    // Firefox has none before the negotiation: the next budget will find one.
    if (encoding === undefined || this.#given.get(source) === JSON.stringify(wanted)) return;
    this.#busy.add(source);
    try {
      Object.assign(encoding, wanted);
      await sender.setParameters(parameters);
      if (sender === this.#senders.get(source)) this.#given.set(source, JSON.stringify(wanted));
    } catch (error) {
      // Overtaken by a negotiation, or closed: the next budget is put on top.
      if (!(error instanceof DOMException && error.name === 'InvalidStateError')) this.#onError(error);
    }
    this.#busy.delete(source);
    if (this.#due.delete(source)) await this.#put(source);
  }
}

/** Sound goes before pictures, in our queue and by its packets' marks (RFC 8837). */
function soundOf(kbps: number): RTCRtpEncodingParameters {
  return { active: true, maxBitrate: kbps * 1000, priority: 'high', networkPriority: 'high' };
}

function pictureOf(picture: PictureBudget, leastScale = 1): RTCRtpEncodingParameters {
  return {
    active: picture.active,
    maxBitrate: picture.maxKbps * 1000,
    scaleResolutionDownBy: Math.max(picture.scaleDownBy, leastScale),
    maxFramerate: picture.maxFramerate,
  };
}

/** Where both sides know it, each packet of sound carries the one before it too (RED, RFC 2198): at 10 % loss
 *  that leaves a fifth of the gaps. Opus repairs the rest by what it has inside (useinbandfec). */
export function preferRedundantSound(transceiver: RTCRtpTransceiver): void {
  const codecs = RTCRtpReceiver.getCapabilities('audio')?.codecs ?? [];
  const isRed = ({ mimeType }: RTCRtpCodec) => mimeType.toLowerCase() === 'audio/red';
  if (!codecs.some(isRed)) return;
  transceiver.setCodecPreferences([...codecs.filter(isRed), ...codecs.filter((codec) => !isRed(codec))]);
}
