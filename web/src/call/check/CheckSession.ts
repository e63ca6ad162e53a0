import { createStore, type StoreApi } from 'zustand/vanilla';
import { logger } from '../../lib/logger';
import { SignalingClient } from '../../protocol/SignalingClient';
import { capture, type Captured } from '../../rtc/capture';
import { abilities } from '../../rtc/check/abilities';
import { gather, stunUrls, turnWays } from '../../rtc/check/candidates';
import { RelayLoop } from '../../rtc/check/RelayLoop';
import { isHeard } from '../../rtc/check/sound';
import { playTone } from '../../rtc/testSound';
import { type CheckState, type Finding, KBPS_MOST, newCheck, type StepName } from './checkState';

const log = logger('check');

const CONNECT_MS = 10_000;
const GATHER_MS = 6_000;
const LISTEN_MS = 6_000;
const ROUND_TRIPS = 5;

/** One check of this browser and of its network. It makes a room of its own, which is gone with it. */
export class CheckSession {
  readonly store: StoreApi<CheckState> = createStore<CheckState>(newCheck);
  #signaling: SignalingClient | null = null;
  #loop: RelayLoop | null = null;
  #tracks: MediaStreamTrack[] = [];
  /** Grows with each check, so that one that was ended says nothing any more. */
  #round = 0;

  /** From a press: the browser asks for devices, and lets no page make a sound before. */
  async start(): Promise<void> {
    this.end();
    const round = this.#round;
    this.store.setState({ ...newCheck(), phase: 'running' });
    const can = abilities();
    this.#finish(round, 'browser', browserFinding(can));
    await Promise.all([
      this.#guarded(this.#tryDevices(round, can.isSecure)),
      this.#guarded(this.#tryNetwork(round, can.hasWebRtc)),
    ]);
    if (round !== this.#round) return;
    this.#closeNetwork();
    this.store.setState({ phase: 'done' });
  }

  /** Play the tone, and ask. */
  async play(): Promise<void> {
    const round = this.#round;
    this.#step(round, 'speaker', { name: 'running' });
    await playTone();
    this.#step(round, 'speaker', { name: 'asking' });
  }

  answerSpeaker(heard: boolean): void {
    this.#finish(this.#round, 'speaker', { code: heard ? 'speaker_heard' : 'speaker_silent' });
  }

  /** Lets everything go. Safe twice. */
  end(): void {
    this.#round += 1;
    this.#closeNetwork();
    for (const track of this.#tracks) track.stop();
    this.#tracks = [];
    this.store.setState({ preview: null, microphone: null });
  }

  // --- devices -----------------------------------------------------------------------------------------

  async #tryDevices(round: number, isSecure: boolean): Promise<void> {
    if (isSecure) {
      this.#step(round, 'camera', { name: 'running' });
      this.#step(round, 'microphone', { name: 'running' });
      const wish = new Map([
        ['audio', { deviceId: null }],
        ['video', { deviceId: null }],
      ] as const);
      // After a refusal nothing is asked again: it would be rude.
      const captured = await capture(navigator.mediaDevices, wish, () => Promise.resolve(false));
      this.#keep(round, captured);
      if (round !== this.#round) return;
      this.#finish(round, 'camera', cameraFinding(captured));
      this.#finish(round, 'microphone', await microphoneFinding(captured));
    } else {
      this.#finish(round, 'camera', { code: 'camera_fails', problem: 'insecure_page' });
      this.#finish(round, 'microphone', { code: 'microphone_fails', problem: 'insecure_page' });
    }
    // Last, for the microphone would hear it.
    if (round === this.#round) await this.play();
  }

  #keep(round: number, captured: Captured): void {
    const tracks = [...captured.values()].filter((found) => found instanceof MediaStreamTrack);
    if (round !== this.#round) {
      for (const track of tracks) track.stop();
      return;
    }
    this.#tracks = tracks;
    const video = tracks.filter(({ kind }) => kind === 'video');
    this.store.setState({
      preview: video.length > 0 ? new MediaStream(video) : null,
      microphone: tracks.find(({ kind }) => kind === 'audio') ?? null,
    });
  }

  // --- network -----------------------------------------------------------------------------------------

  async #tryNetwork(round: number, hasWebRtc: boolean): Promise<void> {
    this.#step(round, 'server', { name: 'running' });
    const servers = await this.#enter(round);
    if (servers === null || !hasWebRtc) return;
    const ways = turnWays(servers);
    await Promise.all([
      this.#tryDirect(round, stunUrls(servers)),
      this.#tryRelay(round, 'turnUdp', ways.udp),
      this.#tryRelay(round, 'turnTcp', ways.tcp),
      this.#tryRelay(round, 'turnTls', ways.tls),
    ]);
    await this.#trySpeed(round, [...ways.udp, ...ways.tcp, ...ways.tls]);
  }

  /** Into a room of one's own: what browsers are told of STUN and TURN comes with the place in one. */
  async #enter(round: number): Promise<readonly RTCIceServer[] | null> {
    const nothing = (): void => undefined;
    const signaling = new SignalingClient({ onConnected: nothing, onLost: nothing, onRefused: nothing });
    this.#signaling = signaling;
    try {
      signaling.open();
      await signaling.ready(CONNECT_MS);
      const { roomId } = await signaling.request('createRoom', { capacity: 2, lasting: false });
      const entered = await signaling.request('joinRoom', { roomId });
      // A room of one's own has no door to wait at.
      if ('waiting' in entered) return null;
      const { ice } = entered;
      const ms = await roundTrip(signaling);
      this.#finish(round, 'server', { code: 'server_answers', ms, way: signaling.way });
      return ice.servers.map((server) => ({ ...server, urls: [...server.urls] }));
    } catch (error) {
      log.info('the server was not reached', error);
      this.#finish(round, 'server', { code: 'server_away' });
      return null;
    }
  }

  async #tryDirect(round: number, urls: readonly string[]): Promise<void> {
    if (urls.length === 0) {
      this.#finish(round, 'direct', { code: 'no_stun' });
      return;
    }
    this.#step(round, 'direct', { name: 'running' });
    const { types, silent } = await gather({ iceServers: [{ urls: [...urls] }] }, 'srflx', GATHER_MS);
    // Where there is no router in between, the answer is the address that one knew, and is no candidate.
    const isOpen = types.has('srflx') || (silent.size === 0 && types.has('host'));
    this.#finish(round, 'direct', { code: isOpen ? 'direct_open' : 'direct_closed' });
  }

  async #tryRelay(round: number, name: StepName, servers: readonly RTCIceServer[]): Promise<void> {
    if (servers.length === 0) {
      this.#finish(round, name, { code: 'relay_not_offered' });
      return;
    }
    this.#step(round, name, { name: 'running' });
    const configuration: RTCConfiguration = { iceServers: [...servers], iceTransportPolicy: 'relay' };
    const { ms } = await gather(configuration, 'relay', GATHER_MS);
    this.#finish(
      round,
      name,
      ms === null ? { code: 'relay_silent' } : { code: 'relay_answers', ms: Math.round(ms) },
    );
  }

  async #trySpeed(round: number, servers: readonly RTCIceServer[]): Promise<void> {
    if (servers.length === 0 || round !== this.#round) {
      this.#finish(round, 'speed', { code: 'speed_unknown' });
      return;
    }
    this.#step(round, 'speed', { name: 'running' });
    const loop = new RelayLoop(servers);
    this.#loop = loop;
    try {
      this.#finish(round, 'speed', { code: 'speed_measured', ...(await loop.measure(KBPS_MOST)) });
    } catch (error) {
      log.info('no speed was measured', error);
      this.#finish(round, 'speed', { code: 'speed_unknown' });
    }
  }

  #closeNetwork(): void {
    this.#loop?.end();
    this.#loop = null;
    // Closing says good-bye: the room is gone with it.
    this.#signaling?.close();
    this.#signaling = null;
  }

  // --- the store ---------------------------------------------------------------------------------------

  #step(round: number, name: StepName, step: CheckState['steps'][StepName]): void {
    if (round !== this.#round) return;
    this.store.setState(({ steps }) => ({ steps: { ...steps, [name]: step } }));
  }

  #finish(round: number, name: StepName, finding: Finding): void {
    log.info(name, finding);
    this.#step(round, name, { name: 'done', finding });
  }

  /** What nobody expected must not keep the others from being shown. */
  async #guarded(steps: Promise<void>): Promise<void> {
    try {
      await steps;
    } catch (error) {
      log.error('a check failed', error);
    }
  }
}

function browserFinding({ hasWebRtc, isSecure, codecs, lacks }: ReturnType<typeof abilities>): Finding {
  if (!hasWebRtc) return { code: 'no_webrtc' };
  if (!isSecure) return { code: 'page_insecure' };
  return lacks.length > 0 ? { code: 'codecs_missing', codecs: lacks } : { code: 'browser_good', codecs };
}

function cameraFinding(captured: Captured): Finding {
  const camera = captured.get('video');
  if (!(camera instanceof MediaStreamTrack)) {
    return { code: 'camera_fails', problem: camera ?? 'device_failed' };
  }
  const { width = 0, height = 0 } = camera.getSettings();
  return { code: 'camera_works', width, height };
}

async function microphoneFinding(captured: Captured): Promise<Finding> {
  const microphone = captured.get('audio');
  if (!(microphone instanceof MediaStreamTrack)) {
    return { code: 'microphone_fails', problem: microphone ?? 'device_failed' };
  }
  return { code: (await isHeard(microphone, LISTEN_MS)) ? 'microphone_heard' : 'microphone_silent' };
}

/** The shortest of some: what is longer is the work of the machines. */
async function roundTrip(signaling: SignalingClient): Promise<number> {
  let shortest = Infinity;
  for (let turn = 0; turn < ROUND_TRIPS; turn += 1) {
    const began = performance.now();
    await signaling.request('getRoom', {});
    shortest = Math.min(shortest, performance.now() - began);
  }
  return Math.ceil(shortest);
}
