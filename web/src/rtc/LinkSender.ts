/** Puts a budget on the senders of a link, without negotiating (RTCRtpSender.setParameters, W3C WebRTC,
 *  section 5.2). */
import type { PictureBudget, SendBudget } from './sendBudget';
import type { Source } from './sources';

/** With the codec of one encoding (W3C WebRTC Extensions, section 8.3), which not every browser knows. */
interface Encoding extends RTCRtpEncodingParameters {
  codec?: RTCRtpCodec;
}

/** Without those that carry repairs. */
const PICTURES = /^video\/(VP8|VP9|H264|H265|AV1)$/i;

export class LinkSender {
  readonly #onError: (error: unknown) => void;
  readonly #senders = new Map<Source, RTCRtpSender>();
  /** Parameters may be set only on top of the ones before: one after the other. */
  readonly #busy = new Set<Source>();
  readonly #due = new Set<Source>();
  readonly #stale = new Set<'video' | 'screen'>();
  /** What each sender was given last: what does not change is not set again. */
  readonly #given = new Map<Source, string>();
  #budget: SendBudget | null = null;
  #leastScale = 1;
  #isLost = false;
  /** Of those that were lost once. */
  readonly #codecs = new Map<Source, readonly RTCRtpCodec[]>();

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** This sender is the one of its kind from now on. */
  use(source: Source, sender: RTCRtpSender): void {
    this.#senders.set(source, sender);
    this.#given.delete(source);
    this.#codecs.delete(source);
    void this.#put(source);
  }

  setBudget(budget: SendBudget): void {
    this.#budget = budget;
    for (const source of this.#senders.keys()) void this.#put(source);
  }

  /** Nothing gets through, or it does again. Meanwhile no picture is sent, and what was sent is forgotten: the other
   *  side would ask for all of it once more, which takes the room of what is now, and puts its clock wrong by
   *  seconds. Chromium forgets when the codec changes. */
  setLost(isLost: boolean): void {
    this.#isLost = isLost;
    for (const [source, sender] of this.#senders) {
      if (isLost && !this.#codecs.has(source)) this.#codecs.set(source, codecsOf(sender));
      void this.#put(source);
    }
  }

  /** Throw away what waits in the queue, and begin with a key frame. */
  async refreshPicture(source: 'video' | 'screen'): Promise<void> {
    const sender = this.#senders.get(source);
    const wanted = this.#wanted(source);
    if (this.#busy.has(source)) this.#stale.add(source);
    if (!sender?.track || this.#busy.has(source) || wanted?.active !== true) return;
    this.#busy.add(source);
    try {
      for (const active of [false, true]) await change(sender, { active });
    } catch (error) {
      // What is set is not known now: the next budget is put on top.
      this.#given.delete(source);
      if (!(error instanceof DOMException && error.name === 'InvalidStateError')) this.#onError(error);
    }
    await this.#free(source);
  }

  /** Scale the picture down by this much, whatever the budget says; 1: as it says. */
  scaleAtLeast(scale: number): void {
    if (this.#leastScale === scale) return;
    this.#leastScale = scale;
    void this.#put('video');
  }

  /** null: nothing is known yet. */
  #wanted(source: Source): Encoding | null {
    if (this.#budget === null) {
      return source === 'video' && this.#leastScale > 1 ? { scaleResolutionDownBy: this.#leastScale } : null;
    }
    switch (source) {
      case 'audio':
        return soundOf(this.#budget.soundKbps);
      case 'video':
        return this.#unlessLost(source, pictureOf(this.#budget.picture, this.#leastScale));
      case 'screen':
        return this.#unlessLost(source, pictureOf(this.#budget.screen));
      case 'screenAudio':
        return soundOf(this.#budget.screenSoundKbps);
    }
  }

  /** What was wanted meanwhile is done now. */
  async #free(source: Source): Promise<void> {
    this.#busy.delete(source);
    if (this.#due.delete(source)) await this.#put(source);
    const isFree = !this.#busy.has(source);
    if (isFree && (source === 'video' || source === 'screen') && this.#stale.delete(source)) {
      await this.refreshPicture(source);
    }
  }

  #unlessLost(source: Source, picture: Encoding): Encoding {
    const [usual, other] = this.#codecs.get(source) ?? [];
    const codec = this.#isLost ? other : usual;
    return { ...picture, active: picture.active === true && !this.#isLost, ...(codec && { codec }) };
  }

  async #put(source: Source): Promise<void> {
    if (this.#busy.has(source)) {
      this.#due.add(source);
      return;
    }
    const sender = this.#senders.get(source);
    const wanted = this.#wanted(source);
    if (sender === undefined || wanted === null) return;
    // Before the parameters are asked for: that holds the page up until the browser's media threads answer.
    if (this.#given.get(source) === JSON.stringify(wanted)) return;
    this.#busy.add(source);
    try {
      const isDone = await change(sender, wanted);
      if (isDone && sender === this.#senders.get(source)) this.#given.set(source, JSON.stringify(wanted));
    } catch (error) {
      // Overtaken by a negotiation, or closed: the next budget is put on top.
      if (!(error instanceof DOMException && error.name === 'InvalidStateError')) {
        this.#codecs.set(source, []); // one that is negotiated no more
        this.#onError(error);
      }
    }
    await this.#free(source);
  }
}

/** Whether the one encoding is as wanted now. Firefox has none before the negotiation: the next budget will find one. */
async function change(sender: RTCRtpSender, wanted: Encoding): Promise<boolean> {
  for (let isSecond = false; ; isSecond = true) {
    const parameters = sender.getParameters();
    const [encoding] = parameters.encodings;
    if (encoding === undefined) return false;
    Object.assign(encoding, wanted);
    try {
      await sender.setParameters(parameters);
      return true;
    } catch (error) {
      // A negotiation came between, and changed the rest of them in Chromium: its own are found the second time.
      if (isSecond || !(error instanceof DOMException && error.name === 'InvalidModificationError'))
        throw error;
    }
  }
}

/** Sound goes before pictures, in our queue and by its packets' marks (RFC 8837). */
function soundOf(kbps: number): RTCRtpEncodingParameters {
  return { active: true, maxBitrate: kbps * 1000, priority: 'high', networkPriority: 'high' };
}

/** The codec of a picture, and another one that was negotiated; empty where there is no other, or no word of them. To be
 *  asked before either was chosen: the chosen one stands first from then on. */
function codecsOf(sender: RTCRtpSender): readonly RTCRtpCodec[] {
  const codecs = sender.getParameters().codecs.filter(({ mimeType }) => PICTURES.test(mimeType));
  const other = codecs.find(({ mimeType }) => mimeType !== codecs[0]?.mimeType);
  return codecs[0] === undefined || other === undefined ? [] : [codecs[0], other];
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
