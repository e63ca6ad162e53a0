/** Puts a budget on the senders of a link, without negotiating (RTCRtpSender.setParameters, W3C WebRTC,
 *  section 5.2). */
import type { MediaKind } from './LocalMedia';
import type { SendBudget } from './sendBudget';

export class LinkSender {
  readonly #onError: (error: unknown) => void;
  readonly #senders = new Map<MediaKind, RTCRtpSender>();
  /** Parameters may be set only on top of the ones before: one after the other. */
  readonly #busy = new Set<MediaKind>();
  readonly #due = new Set<MediaKind>();
  /** What each sender was given last: what does not change is not set again. */
  readonly #given = new Map<MediaKind, string>();
  #budget: SendBudget | null = null;
  #leastScale = 1;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** This sender is the one of its kind from now on. */
  use(kind: MediaKind, sender: RTCRtpSender): void {
    this.#senders.set(kind, sender);
    this.#given.delete(kind);
    void this.#put(kind);
  }

  setBudget(budget: SendBudget): void {
    this.#budget = budget;
    for (const kind of this.#senders.keys()) void this.#put(kind);
  }

  /** After a loss: throw away what waits in the queue, and begin with a key frame. Else the old frames go out
   *  first, at the low rate to which the sender has fallen. */
  async refreshPicture(): Promise<void> {
    const sender = this.#senders.get('video');
    if (sender === undefined || this.#busy.has('video') || this.#budget?.picture.active !== true) return;
    this.#busy.add('video');
    try {
      for (const active of [false, true]) {
        const parameters = sender.getParameters();
        for (const encoding of parameters.encodings) encoding.active = active;
        await sender.setParameters(parameters);
      }
    } catch (error) {
      // What is set is not known now: the next budget is put on top.
      this.#given.delete('video');
      if (!(error instanceof DOMException && error.name === 'InvalidStateError')) this.#onError(error);
    }
    this.#busy.delete('video');
    if (this.#due.delete('video')) await this.#put('video');
  }

  /** Scale the picture down by this much, whatever the budget says; 1: as it says. */
  scaleAtLeast(scale: number): void {
    if (this.#leastScale === scale) return;
    this.#leastScale = scale;
    void this.#put('video');
  }

  /** null: nothing is known yet. */
  #wanted(kind: MediaKind): RTCRtpEncodingParameters | null {
    if (this.#budget === null) {
      return kind === 'video' && this.#leastScale > 1 ? { scaleResolutionDownBy: this.#leastScale } : null;
    }
    return kind === 'audio' ? soundOf(this.#budget) : pictureOf(this.#budget, this.#leastScale);
  }

  async #put(kind: MediaKind): Promise<void> {
    if (this.#busy.has(kind)) {
      this.#due.add(kind);
      return;
    }
    const sender = this.#senders.get(kind);
    const wanted = this.#wanted(kind);
    if (sender === undefined || wanted === null) return;
    const parameters = sender.getParameters();
    const [encoding] = parameters.encodings;
    // Firefox has none before the negotiation: the next budget will find one.
    if (encoding === undefined || this.#given.get(kind) === JSON.stringify(wanted)) return;
    this.#busy.add(kind);
    try {
      Object.assign(encoding, wanted);
      await sender.setParameters(parameters);
      if (sender === this.#senders.get(kind)) this.#given.set(kind, JSON.stringify(wanted));
    } catch (error) {
      // Overtaken by a negotiation, or closed: the next budget is put on top.
      if (!(error instanceof DOMException && error.name === 'InvalidStateError')) this.#onError(error);
    }
    this.#busy.delete(kind);
    if (this.#due.delete(kind)) await this.#put(kind);
  }
}

/** Sound goes before pictures, in our queue and by its packets' marks (RFC 8837). */
function soundOf({ soundKbps }: SendBudget): RTCRtpEncodingParameters {
  return { active: true, maxBitrate: soundKbps * 1000, priority: 'high', networkPriority: 'high' };
}

function pictureOf({ picture }: SendBudget, leastScale: number): RTCRtpEncodingParameters {
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
