/** Measures the way through the relay: from this page to the relay and back. */
import { logger } from '../../lib/logger';

const log = logger('relay loop');

const CONNECT_MS = 6_000;
/** As often and as large as sound in a call. */
const SMALL_EVERY_MS = 20;
const SMALL_BYTES = 160;
const SMALL_MS = 2_500;
const LARGE_BYTES = 1_100;
const LARGE_MS = 2_500;
/** What may wait in the browser: enough to keep the line full, little enough to end soon. */
const WAITING_BYTES = 48 * 1024;
const TICK_MS = 10;
/** After the last packet, for those that are still on their way. */
const LAST_MS = 500;

export interface LoopResult {
  readonly kbps: number;
  /** The share of small packets that did not arrive, 0 to 1. */
  readonly loss: number;
  /** From here to the relay and back, the middle one of many. */
  readonly ms: number;
}

/** Two peer connections in this page that meet at the relay only, with packets that are sent once. */
export class RelayLoop {
  readonly #here: RTCPeerConnection;
  readonly #there: RTCPeerConnection;
  readonly #out: RTCDataChannel;

  constructor(iceServers: readonly RTCIceServer[]) {
    const configuration: RTCConfiguration = { iceServers: [...iceServers], iceTransportPolicy: 'relay' };
    this.#here = new RTCPeerConnection(configuration);
    this.#there = new RTCPeerConnection(configuration);
    this.#out = this.#here.createDataChannel('check', { ordered: false, maxRetransmits: 0 });
    this.#out.binaryType = 'arraybuffer';
    introduce(this.#here, this.#there);
    introduce(this.#there, this.#here);
  }

  /** About six seconds. `mostKbps`: no more is sent than this. Rejects where the two do not meet. */
  async measure(mostKbps: number): Promise<LoopResult> {
    const back = await this.#meet();
    const small = await this.#sendSmall(back);
    const kbps = await this.#sendLarge(back, mostKbps);
    log.info('measured', { ...small, kbps });
    return { ...small, kbps };
  }

  /** Safe twice. */
  end(): void {
    this.#here.close();
    this.#there.close();
  }

  async #meet(): Promise<RTCDataChannel> {
    const arriving = new Promise<RTCDataChannel>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`no path through the relay in ${CONNECT_MS} ms`));
      }, CONNECT_MS);
      this.#there.ondatachannel = ({ channel }) => {
        channel.binaryType = 'arraybuffer';
        const settle = (): void => {
          clearTimeout(timer);
          resolve(channel);
        };
        if (channel.readyState === 'open') settle();
        else channel.onopen = settle;
      };
    });
    await this.#here.setLocalDescription();
    if (this.#here.localDescription) await this.#there.setRemoteDescription(this.#here.localDescription);
    await this.#there.setLocalDescription();
    if (this.#there.localDescription) await this.#here.setRemoteDescription(this.#there.localDescription);
    return arriving;
  }

  /** Loss one way; time there and back, of which the half is to the relay and back. */
  async #sendSmall(back: RTCDataChannel): Promise<{ loss: number; ms: number }> {
    const arrived = new Set<number>();
    const times: number[] = [];
    back.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      arrived.add(new DataView(data).getFloat64(0));
      if (back.readyState === 'open') back.send(data);
    };
    this.#out.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      times.push(performance.now() - new DataView(data).getFloat64(0));
    };
    let sent = 0;
    await repeat(SMALL_MS, SMALL_EVERY_MS, () => {
      const packet = new DataView(new ArrayBuffer(SMALL_BYTES));
      packet.setFloat64(0, performance.now());
      this.#out.send(packet.buffer);
      sent += 1;
    });
    await pause(LAST_MS);
    return { loss: lossOf(sent, arrived.size), ms: Math.ceil(medianOf(times) / 2) };
  }

  async #sendLarge(back: RTCDataChannel, mostKbps: number): Promise<number> {
    let bytes = 0;
    let first = 0;
    let last = 0;
    back.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      last = performance.now();
      if (first === 0) first = last;
      else bytes += data.byteLength;
    };
    const packet = new Uint8Array(LARGE_BYTES);
    const began = performance.now();
    let sent = 0;
    await repeat(LARGE_MS, TICK_MS, () => {
      const allowed = ((performance.now() - began) * mostKbps) / 8;
      while (sent < allowed && this.#out.bufferedAmount < WAITING_BYTES) {
        this.#out.send(packet);
        sent += LARGE_BYTES;
      }
    });
    await pause(LAST_MS);
    return kbpsOf(bytes, last - first);
  }
}

export function lossOf(sent: number, arrived: number): number {
  return sent === 0 ? 1 : Math.max(0, 1 - arrived / sent);
}

/** `bytes` that came in `ms`. Less than a tenth of a second says nothing. */
export function kbpsOf(bytes: number, ms: number): number {
  return ms < 100 ? 0 : Math.round((bytes * 8) / ms);
}

export function medianOf(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Infinity;
}

/** Candidates of the one go to the other: both are in this page. */
function introduce(from: RTCPeerConnection, to: RTCPeerConnection): void {
  from.onicecandidate = ({ candidate }) => {
    if (candidate === null) return;
    to.addIceCandidate(candidate).catch((error: unknown) => {
      log.debug('a candidate came too early or too late', error);
    });
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Act every so often for a while. Rejects with what the act throws. */
function repeat(ms: number, everyMs: number, act: () => void): Promise<void> {
  const end = performance.now() + ms;
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      try {
        if (performance.now() < end) act();
        else {
          clearInterval(timer);
          resolve();
        }
      } catch (error) {
        clearInterval(timer);
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    }, everyMs);
  });
}
