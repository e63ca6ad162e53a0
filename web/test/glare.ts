/** Two PeerLinks in one page that make offers at the same moment, again and again. Run by
 *  tests/e2e/test_glare.py in real browsers: the pattern depends on how they order their operations. */
import { PeerLink } from '../src/rtc/PeerLink';
import { PlainPeer } from './plain';
import { randomFrom, sleep, Wire } from './wire';

export interface GlareReport {
  readonly converged: number;
  /** Of each trial that did not: its seed, and what was not as it should be. */
  readonly failures: readonly string[];
  /** All that was reported or thrown, anywhere. */
  readonly errors: readonly string[];
  readonly offers: number;
  readonly milliseconds: number;
}

interface Side {
  readonly name: 'polite' | 'impolite';
  readonly wire: Wire;
  /** Empty; by this very list the side's connection is found. */
  readonly iceServers: RTCIceServer[];
  link: PeerLink;
}

type Sides = readonly [Side, Side];

const MAX_DELAY_MS = 15;
const PATIENCE_MS = 15_000;
const QUIET_MS = 4 * MAX_DELAY_MS;

/** The newest connection of each side, by its list of ICE servers: links do not show theirs. */
const connections = new WeakMap<readonly RTCIceServer[], RTCPeerConnection>();
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    if (configuration?.iceServers) connections.set(configuration.iceServers, this);
  }
};

/** Made once: a page may have only so many audio contexts. */
let ownTracks: readonly MediaStreamTrack[] | null = null;

const errors: string[] = [];
window.addEventListener('unhandledrejection', ({ reason }) => errors.push(`unhandled: ${String(reason)}`));
window.addEventListener('error', ({ message }) => errors.push(`error: ${message}`));

/** Both sides offer at once, then restart at once, twice. */
export function runGlare(trials: number, firstSeed = 1): Promise<GlareReport> {
  return run(trials, firstSeed, async (sides, random) => {
    await settled(sides);
    for (let round = 0; round < 2; round += 1) {
      for (const { link, iceServers } of shuffled(sides, random)) {
        await sleep(random() * MAX_DELAY_MS);
        link.configure({ iceServers }, 'all');
      }
      await settled(sides);
    }
  });
}

/** All signals are lost for a while, at a random moment; then both sides are told so. */
export function runLoss(trials: number, firstSeed = 1): Promise<GlareReport> {
  return run(trials, firstSeed, async (sides, random) => {
    for (const { wire } of sides) {
      await sleep(random() * 4 * MAX_DELAY_MS);
      wire.isCut = true;
    }
    await sleep(random() * 10 * MAX_DELAY_MS);
    for (const { wire } of sides) wire.isCut = false;
    for (const { link } of shuffled(sides, random)) {
      await sleep(random() * 2 * MAX_DELAY_MS);
      link.resync();
    }
    await settled(sides);
  });
}

/** One side believes that the other had left, and makes its link anew; the other goes on with the old. */
export function runReturn(trials: number, firstSeed = 1): Promise<GlareReport> {
  return run(trials, firstSeed, async (sides, random, renew) => {
    await settled(sides);
    const [kept, renewed] = shuffled(sides, random);
    await Promise.all([
      sleep(random() * 2 * MAX_DELAY_MS).then(() => {
        renew(renewed);
      }),
      sleep(random() * 2 * MAX_DELAY_MS).then(() => {
        kept.link.configure({ iceServers: kept.iceServers }, 'all');
      }),
    ]);
    await settled(sides);
  });
}

/** A link to a plain client: each order of m-lines, sound alone, nothing; each side makes the offer. The
 *  result is what each got, by case. */
export async function runPlain(): Promise<Readonly<Record<string, string>>> {
  errors.length = 0;
  const tracks = (ownTracks ??= makeTracks());
  const results: Record<string, string> = {};
  for (const kinds of ['audio video', 'video audio', 'audio', '']) {
    for (const offers of ['plain', 'link']) {
      results[`${offers} offers, plain sends ${kinds || 'nothing'}`] = await withPlain(tracks, kinds, offers);
    }
  }
  if (errors.length > 0) results['errors'] = errors.join('; ');
  return results;
}

async function withPlain(
  tracks: readonly MediaStreamTrack[],
  kinds: string,
  offers: string,
): Promise<string> {
  const wires = [new Wire(Math.random, 5), new Wire(Math.random, 5)] as const;
  const sent = kinds.split(' ').flatMap((kind) => tracks.filter((track) => track.kind === kind));
  const plain = new PlainPeer(sent, wires[0].send);
  const link = new PeerLink({
    polite: true,
    initiator: offers === 'link',
    rtcConfiguration: {},
    send: wires[1].send,
    onChange: () => undefined,
    onMessage: () => undefined,
    onDoubt: () => undefined,
    onClosed: () => undefined,
    onError: (error) => errors.push(String(error)),
  });
  for (const track of tracks) link.setTrack(track.kind === 'audio' ? 'audio' : 'video', track);
  wires[0].deliver = (signal) => {
    link.receive(signal);
  };
  // One after the other, as a plain client that awaits would not: it has no order to keep but this.
  let last = Promise.resolve();
  wires[1].deliver = (signal) => {
    last = last.then(() => plain.receive(signal));
  };
  if (offers === 'plain' && sent.length > 0) await plain.offer();
  const look = async (): Promise<string> => {
    const got = link.view.stream.getTracks().filter((track) => !track.muted);
    const back = (await plain.received()).filter((kind) => plain.seen.has(kind));
    return `link gets ${
      got
        .map((track) => track.kind)
        .sort()
        .join(' ') || 'nothing'
    }, plain gets ${back.join(' ')}`;
  };
  const wanted = `link gets ${kinds.split(' ').sort().join(' ') || 'nothing'}, plain gets audio video`;
  const deadline = performance.now() + PATIENCE_MS;
  let seen = await look();
  while (seen !== wanted && performance.now() < deadline) {
    await sleep(20);
    seen = await look();
  }
  link.end();
  // What is on its way still would meet a connection that is closed.
  wires[1].deliver = () => undefined;
  await last;
  plain.connection.close();
  return seen === wanted ? 'as it should be' : seen;
}

async function run(
  trials: number,
  firstSeed: number,
  act: (sides: Sides, random: () => number, renew: (side: Side) => void) => Promise<void>,
): Promise<GlareReport> {
  errors.length = 0;
  const failures: string[] = [];
  const began = performance.now();
  let offers = 0;
  const tracks = (ownTracks ??= makeTracks());
  for (let seed = firstSeed; seed < firstSeed + trials; seed += 1) {
    const random = randomFrom(seed);
    const sides = makeSides(random, tracks);
    try {
      await act(sides, random, (side) => {
        side.link.end();
        side.link = makeLink(side, tracks);
      });
      await flowing(sides);
    } catch (error) {
      failures.push(`seed ${seed}: ${String(error)}`);
    }
    for (const { link, wire } of sides) {
      offers += wire.offers;
      link.end();
    }
  }
  await sleep(100); // for errors that a closed connection may still throw
  const milliseconds = Math.round(performance.now() - began);
  return { converged: trials - failures.length, failures, errors: [...errors], offers, milliseconds };
}

function makeSides(random: () => number, tracks: readonly MediaStreamTrack[]): Sides {
  const polite = makeSide('polite', new Wire(random, MAX_DELAY_MS), tracks);
  const impolite = makeSide('impolite', new Wire(random, MAX_DELAY_MS), tracks);
  polite.wire.deliver = (signal) => {
    impolite.link.receive(signal);
  };
  impolite.wire.deliver = (signal) => {
    polite.link.receive(signal);
  };
  return [polite, impolite];
}

function makeSide(name: Side['name'], wire: Wire, tracks: readonly MediaStreamTrack[]): Side {
  const iceServers: RTCIceServer[] = [];
  return { name, wire, iceServers, link: makeLink({ name, wire, iceServers }, tracks) };
}

function makeLink(side: Omit<Side, 'link'>, tracks: readonly MediaStreamTrack[]): PeerLink {
  const link = new PeerLink({
    polite: side.name === 'polite',
    initiator: true,
    rtcConfiguration: { iceServers: side.iceServers },
    send: side.wire.send,
    onChange: () => undefined,
    onMessage: () => undefined,
    onDoubt: () => undefined,
    onClosed: () => undefined,
    onError: (error) => errors.push(`${side.name}: ${String(error)}`),
  });
  for (const track of tracks) link.setTrack(track.kind === 'audio' ? 'audio' : 'video', track);
  return link;
}

function connectionOf({ iceServers }: Side): RTCPeerConnection {
  const found = connections.get(iceServers);
  if (found === undefined) throw new Error('the link made no connection');
  return found;
}

/** Sound and a picture that moves. */
function makeTracks(): readonly MediaStreamTrack[] {
  const canvas = Object.assign(document.createElement('canvas'), { width: 160, height: 120 });
  const context = canvas.getContext('2d');
  const paint = (now: number): void => {
    if (context === null) return;
    context.fillStyle = `hsl(${now % 360} 80% 50%)`;
    context.fillRect(0, 0, canvas.width, canvas.height);
    requestAnimationFrame(paint);
  };
  requestAnimationFrame(paint);
  const audio = new AudioContext();
  const sound = audio.createMediaStreamDestination();
  const oscillator = audio.createOscillator();
  oscillator.connect(sound);
  oscillator.start();
  return [...sound.stream.getTracks(), ...canvas.captureStream(15).getTracks()];
}

/** Until both are connected and stable, with an m-line each for sound, picture,
 *  those of the screen, and data, and nothing was on the wire for a while. */
async function settled(sides: readonly Side[]): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const wrong = sides.flatMap((side) => wrongWith(side));
    if (wrong.length === 0) return;
    if (performance.now() > deadline) throw new Error(wrong.join('; '));
    await sleep(10);
  }
}

function wrongWith(side: Side): string[] {
  const { name, link, wire } = side;
  const { connectionState, signalingState, localDescription } = connectionOf(side);
  const wrong: string[] = [];
  const mLines = localDescription?.sdp.match(/^m=/gm)?.length;
  if (connectionState !== 'connected') wrong.push(`${name} is ${connectionState}`);
  if (signalingState !== 'stable') wrong.push(`${name} is in ${signalingState}`);
  if (mLines !== 5) wrong.push(`${name} has ${String(mLines)} m-lines`);
  if (link.view.state !== 'connected') wrong.push(`${name} shows ${link.view.state}`);
  for (const source of ['stream', 'screen'] as const) {
    const { length } = link.view[source].getTracks();
    if (length !== 2) wrong.push(`${name} has ${length} tracks in ${source}`);
  }
  if (performance.now() - wire.lastUsedAt < QUIET_MS) wrong.push(`${name} still talks`);
  return wrong;
}

/** Until sound and picture arrive on both sides, by more packets than there were. */
async function flowing(sides: readonly Side[]): Promise<void> {
  const before = await Promise.all(sides.map(packetsReceived));
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const now = await Promise.all(sides.map(packetsReceived));
    const still = now.flatMap((packets, i) =>
      ['audio', 'video']
        .filter((kind) => (packets.get(kind) ?? 0) <= (before[i]?.get(kind) ?? 0))
        .map((kind) => `${sides[i]?.name ?? ''} receives no ${kind}`),
    );
    if (still.length === 0) return;
    if (performance.now() > deadline) throw new Error(still.join('; '));
    await sleep(10);
  }
}

async function packetsReceived(side: Side): Promise<ReadonlyMap<string, number>> {
  const received = new Map<string, number>();
  for (const stat of (await connectionOf(side).getStats()).values() as Iterable<RTCInboundRtpStreamStats>) {
    if (stat.type !== 'inbound-rtp') continue;
    received.set(stat.kind, (received.get(stat.kind) ?? 0) + (stat.packetsReceived ?? 0));
  }
  return received;
}

function shuffled(sides: Sides, random: () => number): Sides {
  return random() < 0.5 ? sides : [sides[1], sides[0]];
}
