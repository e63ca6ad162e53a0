import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CallError, type ErrorCode } from '../lib/errors';
import { firstVisit } from '../lib/remember';
import type {
  Ice,
  Media,
  Notices,
  Participant,
  RoomEntered,
  RoomSnapshot,
  RoomView,
} from '../protocol/messages.gen';
import type { SignalingHandlers } from '../protocol/SignalingClient';
import type { LocalMedia, MediaState } from '../rtc/LocalMedia';
import type { Description, Signal } from '../rtc/descriptions';
import type { LinkState, LinkView, PeerLinkOptions, Release } from '../rtc/PeerLink';
import { CallSession, type CallSessionOptions } from './CallSession';
import type { Restarting } from './IceSource';
import type { Link } from './LinkSet';
import type { Signaling } from './parts';

type Answer = (message: never) => unknown;

/** The server as the session sees it: what was asked, and answers that a test may change. */
class FakeSignaling {
  connected = false;
  isOpen = false;
  restarts = 0;
  handlers: SignalingHandlers | null = null;
  readonly asked: { event: string; message: unknown }[] = [];
  readonly answers = new Map<string, Answer>();
  readonly #notices = new Map<string, (notice: never) => void>();
  #ready: (() => void)[] = [];

  open(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    this.connect();
  }

  close(): void {
    this.isOpen = false;
    this.connected = false;
  }

  connect(): void {
    this.connected = true;
    for (const resolve of this.#ready.splice(0)) resolve();
    this.handlers?.onConnected();
  }

  lose(): void {
    this.connected = false;
    this.handlers?.onLost();
  }

  ready(): Promise<void> {
    return this.connected ? Promise.resolve() : new Promise((resolve) => this.#ready.push(resolve));
  }

  async request(event: string, message: unknown): Promise<unknown> {
    if (!this.connected) throw new CallError('server_unreachable');
    this.asked.push({ event, message });
    await Promise.resolve();
    const answer = await this.answers.get(event)?.(message as never);
    return answer ?? { status: 'ok' };
  }

  tell(event: string, message: unknown): void {
    if (this.connected) this.asked.push({ event, message });
  }

  onNotice(event: string, handler: (notice: never) => void): void {
    this.#notices.set(event, handler);
  }

  notice<E extends keyof Notices>(event: E, notice: Notices[E]): void {
    this.#notices.get(event)?.(notice as never);
  }

  reconnectNow(): void {
    if (!this.connected) this.connect();
  }

  restart(): void {
    this.restarts += 1;
    this.lose();
    this.connect();
  }

  events(): string[] {
    return this.asked.map(({ event }) => event);
  }
}

class FakeLink implements Link {
  readonly losses = 0;
  readonly soundLevel = 0;
  state: LinkState = 'connecting';
  ended = false;
  resyncs = 0;
  examinations = 0;
  offer: Description | null = null;
  released: Release | null = null;
  readonly received: Signal[] = [];
  readonly configured: { rtc: RTCConfiguration; restarting: Restarting }[] = [];

  constructor(readonly options: PeerLinkOptions) {}

  get view(): LinkView {
    const stream = this as unknown as MediaStream;
    return { state: this.state, lostAt: null, stream, screen: stream };
  }
  configure(rtc: RTCConfiguration, restarting: Restarting): void {
    this.configured.push({ rtc, restarting });
  }
  setTrack(): void {
    // Which tracks go where is tried in a browser.
  }
  receive(signal: Signal): void {
    this.received.push(signal);
  }
  setPictureAside(): void {
    // The same.
  }
  release(release: Release): void {
    this.released = release;
  }
  resync(): void {
    this.resyncs += 1;
  }
  examine(): void {
    this.examinations += 1;
  }
  end(): void {
    this.ended = true;
  }
  getStats(): Promise<RTCStatsReport> {
    return Promise.resolve(new Map());
  }
  setBudget(): void {
    // What is sent over a link is tried in a browser.
  }
  tell(): void {
    // The same.
  }
}

/** Devices that are all there. */
class FakeMedia {
  state = mediaState(true);
  asked = 0;
  #listener: (state: MediaState) => void = () => undefined;

  open(): void {
    // Is always there.
  }
  end(): void {
    // The same.
  }
  ask(): Promise<void> {
    this.asked += 1;
    return Promise.resolve();
  }
  track(): null {
    return null;
  }
  onTrack(): () => void {
    return () => undefined;
  }
  subscribe(listener: (state: MediaState) => void): () => void {
    this.#listener = listener;
    return () => undefined;
  }
  recover(): void {
    // Nothing was taken away.
  }
  become(state: MediaState): void {
    this.state = state;
    this.#listener(state);
  }
}

function mediaState(audio: boolean): MediaState {
  const device = { wanted: true, problem: null, deviceId: null };
  return {
    permission: 'granted',
    microphone: { ...device, wanted: audio, state: audio ? 'on' : 'off' },
    camera: { ...device, state: 'on' },
    originalSound: false,
    speakerId: null,
    devices: { microphones: [], cameras: [], speakers: [] },
    preview: null,
  };
}

function participant(id: string, more: Partial<Participant> = {}): Participant {
  return {
    id,
    name: id.toUpperCase(),
    joinedAt: 0,
    media: { audio: true, video: true },
    presence: 'connected',
    ...more,
  };
}

function room(version: number, ...ids: string[]): RoomSnapshot {
  return { id: 'garden', capacity: 8, epoch: 'one', version, participants: ids.map((id) => participant(id)) };
}

const noIce: Ice = { servers: [], relayOnly: false, expiresIn: null };

function entered(snapshot: RoomSnapshot, participantId = 'm', ice = noIce): RoomEntered {
  const ticket = `ticket of ${participantId}`;
  return { status: 'ok', participantId, ticket, grace: 30, room: snapshot, ice };
}

function refuse(code: ErrorCode): Answer {
  return () => {
    throw new CallError(code);
  };
}

let signaling: FakeSignaling;
let media: FakeMedia;
let links: FakeLink[];
let lookUp: (token?: string) => Promise<RoomView>;
let session: CallSession;

function sessionOf(more: Partial<CallSessionOptions> = {}): CallSession {
  return new CallSession(
    {
      roomId: 'garden',
      mediaChoice: firstVisit,
      onRemember: () => undefined,
      hideAddress: false,
      onHideAddress: () => undefined,
      ...more,
    },
    {
      makeSignaling: (handlers) => {
        signaling.handlers = handlers;
        return signaling as unknown as Signaling;
      },
      makeMedia: () => media as unknown as LocalMedia,
      makeLink: (options) => {
        const link = new FakeLink(options);
        links.push(link);
        return link;
      },
      lookUpRoom: (_, { token }) => lookUp(token),
      iceServers: () => Promise.resolve({ iceServers: [], hasRelay: true, relayOnly: false }),
    },
  );
}

beforeEach(() => {
  vi.useFakeTimers();
  signaling = new FakeSignaling();
  media = new FakeMedia();
  links = [];
  lookUp = () => Promise.resolve({ id: 'garden', capacity: 8, inside: ['A'] });
  session = sessionOf();
  signaling.answers.set('joinRoom', () => entered(room(3, 'a', 'm', 'z')));
});
afterEach(() => {
  session.end();
  vi.useRealTimers();
});

const state = () => session.store.getState();
const phase = () => state().phase.name;
const inside = () => state().room?.participants.map((p) => p.id);
const settle = () => vi.advanceTimersByTimeAsync(0);

async function inTheCall(): Promise<void> {
  session.open();
  await session.join('M');
  expect(phase()).toBe('connected');
  signaling.asked.length = 0;
}

/** The server is killed and comes back with nobody in the room; one resumes first. */
async function restarted(...back: string[]): Promise<void> {
  signaling.lose();
  signaling.answers.set('resume', () => entered({ ...room(back.length + 1, 'm', ...back), epoch: 'two' }));
  signaling.connect();
  await settle();
}

test('the lobby looks the room up, again and again', async () => {
  session.open();
  await settle();
  expect(state().lookup).toMatchObject({ name: 'found', capacity: 8, inside: ['A'], isFull: false });
  lookUp = () => Promise.reject(new CallError('server_unreachable'));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(state().lookup).toEqual({ name: 'failed', problem: { code: 'server_unreachable' } });
  lookUp = () => Promise.reject(new CallError('room_not_found'));
  await vi.advanceTimersByTimeAsync(2_500);
  expect(state().lookup).toEqual({ name: 'failed', problem: { code: 'room_not_found' } });
});

test('one who joins has a link to each of the others, and waits for their offers', async () => {
  session.open();
  const joining = session.join('M');
  expect(phase()).toBe('joining');
  await joining;
  expect(state()).toMatchObject({ phase: { name: 'connected' }, selfId: 'm', enteredAt: Date.now() });
  expect([...state().links.keys()]).toEqual(['a', 'z']);
  expect(links.map(({ options }) => [options.initiator, options.polite])).toEqual([
    [false, false],
    [false, true],
  ]);
  expect(signaling.asked[0]).toEqual({
    event: 'joinRoom',
    message: { roomId: 'garden', name: 'M', media: { audio: true, video: true, screen: false }, offers: [] },
  });
});

test('notices that overtake the ack are applied after it', async () => {
  signaling.answers.set('joinRoom', () => {
    signaling.notice('offer', { from: 'a', description: { type: 'offer', sdp: '1' } });
    signaling.notice('iceCandidate', { from: 'a', candidates: [{ candidate: '2' }] });
    signaling.notice('userJoined', { version: 3, participant: participant('m') });
    signaling.notice('userJoined', { version: 4, participant: participant('n') });
    return entered(room(3, 'a', 'm'));
  });
  session.open();
  await session.join('M');
  expect(inside()).toEqual(['a', 'm', 'n']);
  expect(links[0]?.received).toEqual([
    { description: { type: 'offer', sdp: '1' } },
    { candidates: [{ candidate: '2' }] },
  ]);
  expect(links[1]?.options.initiator).toBe(true);
});

test('those who come are offered a link, those who leave lose it', async () => {
  await inTheCall();
  signaling.notice('userJoined', { version: 4, participant: participant('n') });
  expect(links[2]?.options.initiator).toBe(true);
  signaling.notice('userLeft', { version: 5, participantId: 'a', reason: 'left' });
  expect(links[0]?.ended).toBe(true);
  expect([...state().links.keys()]).toEqual(['z', 'n']);
});

test('after a gap the room is asked for, and what came meanwhile is applied to it', async () => {
  await inTheCall();
  signaling.answers.set('getRoom', () => {
    signaling.notice('userLeft', { version: 7, participantId: 'z', reason: 'left' });
    return { status: 'ok', room: room(6, 'm', 'z', 'n') };
  });
  signaling.notice('userJoined', { version: 6, participant: participant('n') });
  await settle();
  expect(inside()).toEqual(['m', 'n']);
  expect(state().room?.version).toBe(7);
});

test('the server away: links go on; back: the same place, and only lost links are told', async () => {
  await inTheCall();
  signaling.lose();
  expect(state().phase).toEqual({ name: 'reconnecting', since: Date.now() });
  expect(links.some(({ ended }) => ended)).toBe(false);
  signaling.answers.set('resume', () => entered(room(5, 'a', 'm', 'z', 'n')));
  signaling.connect();
  await settle();
  expect(phase()).toBe('connected');
  expect(signaling.asked[0]).toMatchObject({ event: 'resume', message: { ticket: 'ticket of m' } });
  expect(links.map(({ resyncs }) => resyncs)).toEqual([1, 1, 0]);
  expect(links[2]?.options.initiator).toBe(true);
});

test('a server that has forgotten the roster: those who are not back keep their links for the grace', async () => {
  await inTheCall();
  await restarted('z');
  expect(state().room?.participants).toMatchObject([
    { id: 'a', presence: 'reconnecting' },
    { id: 'm', presence: 'connected' },
    { id: 'z', presence: 'connected' },
  ]);
  expect(links.some(({ ended }) => ended)).toBe(false);
  signaling.notice('userJoined', { version: 3, participant: participant('a') });
  expect(state().room?.participants[0]).toMatchObject({ id: 'a', presence: 'connected' });
  await vi.advanceTimersByTimeAsync(40_000);
  expect(links).toHaveLength(2);
  expect(links.some(({ ended }) => ended)).toBe(false);
  expect(links[0]?.resyncs).toBe(1);
});

test('who has not come back when the grace is over is gone', async () => {
  await inTheCall();
  await restarted('z');
  await vi.advanceTimersByTimeAsync(30_000);
  expect(inside()).toEqual(['m', 'z']);
  expect(links.map(({ ended }) => ended)).toEqual([true, false]);
});

test('signals to one who was away are sent anew when it is back', async () => {
  await inTheCall();
  signaling.notice('userUpdated', {
    version: 4,
    participant: participant('a', { presence: 'reconnecting' }),
  });
  expect(links[0]).toMatchObject({ resyncs: 0, ended: false });
  signaling.notice('userUpdated', { version: 5, participant: participant('a') });
  expect(links[0]).toMatchObject({ resyncs: 1, ended: false });
});

test('so are they to one whose connection is another, though nobody saw it go', async () => {
  await inTheCall();
  signaling.notice('userUpdated', { version: 4, participant: participant('a') });
  expect(links[0]).toMatchObject({ resyncs: 1, ended: false });
  const muted = participant('a', { media: { audio: false, video: true } });
  signaling.notice('userUpdated', { version: 5, participant: muted });
  expect(links[0]).toMatchObject({ resyncs: 1 });
});

test('a ticket that is not taken: one joins anew under the same name', async () => {
  await inTheCall();
  signaling.lose();
  signaling.answers.set('resume', refuse('ticket_expired'));
  signaling.answers.set('joinRoom', () => entered(room(9, 'a', 'n'), 'n'));
  signaling.connect();
  await settle();
  expect(state()).toMatchObject({ phase: { name: 'connected' }, selfId: 'n' });
  expect(signaling.asked[1]).toMatchObject({ event: 'joinRoom', message: { name: 'M' } });
  expect(links.map(({ ended }) => ended)).toEqual([true, true, false]);
});

test('another call by now, with a door: one is before it again', async () => {
  await inTheCall();
  signaling.lose();
  signaling.answers.set('resume', refuse('knock_needed'));
  signaling.answers.set('joinRoom', () => ({ waiting: true, knock: 'k', attended: true }));
  signaling.connect();
  await settle();
  expect(state()).toMatchObject({ phase: { name: 'waiting' }, selfId: null, room: null });
  expect(links.every(({ ended }) => ended)).toBe(true);
});

test.each([
  ['room_full', 'refused'],
  ['account_not_allowed', 'account'],
] as const)('a place that is not given back (%s) ends the call', async (code, reason) => {
  await inTheCall();
  signaling.lose();
  signaling.answers.set('resume', refuse(code));
  signaling.connect();
  await settle();
  expect(state().phase).toMatchObject({ name: 'ended', reason, problem: { code } });
});

test('a server that cannot now is tried again', async () => {
  await inTheCall();
  signaling.lose();
  signaling.answers.set('resume', refuse('storage_unavailable'));
  signaling.connect();
  await settle();
  expect(phase()).toBe('reconnecting');
  signaling.answers.set('resume', () => entered(room(3, 'a', 'm', 'z')));
  await vi.advanceTimersByTimeAsync(2_000);
  expect(phase()).toBe('connected');
});

test('another connection takes the place', async () => {
  await inTheCall();
  signaling.notice('ended', { reason: 'replaced' });
  expect(state().phase).toMatchObject({ name: 'ended', reason: 'replaced' });
  expect(signaling.isOpen).toBe(false);
});

test('leave and rejoin, twice', async () => {
  await inTheCall();
  for (const round of [1, 2]) {
    await vi.advanceTimersByTimeAsync(61_000);
    session.leave();
    expect(signaling.events()).toContain('leaveRoom');
    expect(state().phase).toEqual({
      name: 'ended',
      reason: 'left',
      summary: { seconds: 61, met: ['A', 'Z'], stillInside: 2 },
    });
    expect(state()).toMatchObject({ room: null, selfId: null, enteredAt: null });
    expect(state().links.size).toBe(0);
    await session.rejoin();
    expect(phase()).toBe('connected');
    expect(links).toHaveLength(2 + 2 * round);
    expect(links.filter(({ ended }) => !ended)).toHaveLength(2);
  }
});

test('a refused join leads back to the lobby, and can be tried again', async () => {
  session.open();
  signaling.answers.set('joinRoom', refuse('room_full'));
  await session.join('M');
  expect(state().phase).toEqual({ name: 'idle', problem: { code: 'room_full' } });
  signaling.answers.set('joinRoom', () => entered(room(3, 'a', 'm')));
  await session.join('M');
  expect(phase()).toBe('connected');
});

test('leaving while joining leads back to the lobby, and the server is told', async () => {
  session.open();
  const joining = session.join('M');
  await Promise.resolve();
  session.leave();
  await joining;
  expect(phase()).toBe('idle');
  expect(state().room).toBeNull();
  expect(signaling.events()).toContain('leaveRoom');
});

test('what is wanted and was never asked for is asked for by the join', async () => {
  session.open();
  media.state = {
    ...mediaState(true),
    camera: { wanted: true, state: 'off', problem: null, deviceId: null },
  };
  await session.join('M');
  expect(media.asked).toBe(1);
});

test('devices that failed do not keep one out', async () => {
  session.open();
  const failed = { wanted: true, state: 'failed', problem: 'permission_denied', deviceId: null } as const;
  media.state = { ...mediaState(true), microphone: failed, camera: failed };
  await session.join('M');
  expect(media.asked).toBe(0);
  expect(phase()).toBe('connected');
  expect(signaling.asked[0]?.message).toMatchObject({ media: { audio: false, video: false } });
});

test('of changes of media the last is told, and only where it is new', async () => {
  await inTheCall();
  for (const audio of [false, true, false]) media.become(mediaState(audio));
  await settle();
  media.become(mediaState(false));
  await settle();
  const told = signaling.asked.filter(({ event }) => event === 'updateMedia');
  expect(told.map(({ message }) => (message as { media: Media }).media)).toEqual([
    { audio: false, video: true, screen: false },
  ]);
});

test('a link that is lost makes the session doubt its own connection', async () => {
  await inTheCall();
  const doubt = vi.spyOn(signaling, 'reconnectNow');
  const [link] = links;
  if (!link) throw new Error('no link');
  link.state = 'reconnecting';
  link.options.onChange(link.view);
  expect(doubt).toHaveBeenCalled();
  expect(state().links.get('a')?.state).toBe('reconnecting');
});

test('who closes the link while the server is away has left', async () => {
  await inTheCall();
  links[0]?.options.onClosed();
  expect(inside()).toEqual(['a', 'm', 'z']);
  signaling.lose();
  links[0]?.options.onClosed();
  expect(inside()).toEqual(['m', 'z']);
  await restarted();
  expect(inside()).toEqual(['m', 'z']);
  links[1]?.options.onClosed();
  expect(inside()).toEqual(['m']);
});

test('open, end, open is harmless', async () => {
  session.open();
  session.end();
  session.end();
  session.open();
  await settle();
  expect(state().lookup.name).toBe('found');
  await session.join('M');
  session.end();
  expect(phase()).toBe('ended');
  expect(links.every(({ ended }) => ended)).toBe(true);
});

test('a room token is shown at the door, and at the way in', async () => {
  const shown = new Set<string | undefined>();
  lookUp = (token) => {
    shown.add(token);
    return Promise.resolve({ id: 'garden', capacity: 8, inside: [], called: 'Mara' });
  };
  const bearer = sessionOf({ token: 'a.b.c' });
  bearer.open();
  await settle();
  expect([...shown]).toEqual(['a.b.c']);
  expect(bearer.store.getState().lookup).toMatchObject({ name: 'found', inside: [], called: 'Mara' });
  await bearer.join('M');
  for (const event of ['prepare', 'joinRoom']) {
    const asked = signaling.asked.find((request) => request.event === event);
    expect(asked?.message).toMatchObject({ roomId: 'garden', token: 'a.b.c' });
  }
  bearer.end();
});
