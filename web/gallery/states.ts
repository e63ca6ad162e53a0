/** Every state of the pages, by name, made by hand. */
import type {
  CallState,
  DoorView,
  LinkQuality,
  LinkState,
  LinkView,
  Lookup,
  Phase,
} from '../src/call/callState';
import type { ErrorCode } from '../src/lib/errors';
import type { ChatMessage, Knock, Participant, RoomSettings } from '../src/protocol/messages.gen';
import type { Quality } from '../src/rtc/linkQuality';
import type { LinkStats } from '../src/rtc/LinkStats';
import type { DeviceProblem, DeviceState, MediaState } from '../src/rtc/LocalMedia';
import type { ScreenState } from '../src/rtc/LocalScreen';
import { cameraOf, LYING, plan, STANDING, type Shape } from './pictures';

export interface Person {
  readonly name: string;
  readonly role?: Participant['role'];
  readonly picture: string | null;
  readonly isMuted?: boolean;
  readonly isHandUp?: boolean;
  readonly sharesScreen?: boolean;
  readonly link?: LinkState;
  readonly lostSecondsAgo?: number;
  readonly quality?: Quality;
  /** Their picture is not sent for now. */
  readonly isPaused?: boolean;
}

export const mara: Person = { name: 'Mara', picture: 'mara' };
export const eileen: Person = { name: 'Eileen', picture: 'eileen' };
export const joel: Person = { name: 'Joel', picture: 'joel' };
const amina: Person = { name: 'Amina', picture: 'amina' };
const ines: Person = { name: 'Inês', picture: 'ines' };
export const henrik: Person = { name: 'Henrik Berg', picture: null, isMuted: true };
const layla: Person = { name: 'ليلى', picture: null };
const long: Person = {
  name: 'Wilhelmina Featherstonehaugh-Cholmondeley of Upper Tooting',
  picture: 'cat',
  isMuted: true,
};
const everybody = [eileen, mara, joel, henrik, amina, ines, layla, long, { ...mara, name: 'Sofie' }, henrik];
const away: Person = { ...joel, link: 'reconnecting', lostSecondsAgo: 6 };

/** Everybody's link, in every state but the one in which all is well. */
function unreached(person: Person, place: number): Person {
  const link = (['connecting', 'failed', 'reconnecting'] as const)[place % 3] ?? 'connecting';
  return { ...person, picture: null, link, lostSecondsAgo: 40 };
}

const weak: Person = { ...eileen, quality: 'poor', isPaused: true };

/** Of each link. */
export const stats: LinkStats = {
  roundTripMs: 38,
  queueMs: 0,
  lossFraction: 0.002,
  sentLossFraction: 0,
  receivedKbps: 1240,
  sentKbps: 812,
  availableKbps: 2630,
  path: 'direct',
  protocol: 'udp',
  received: { width: 1280, height: 720, framerate: 30, codec: 'VP8' },
  sent: { width: 960, height: 540, framerate: 30, codec: 'VP8' },
  soundCodec: 'opus',
  jitterBufferMs: 43,
  concealedFraction: 0.001,
};

const works: DeviceState = { wanted: true, state: 'on', problem: null, deviceId: 'one' };
const off: DeviceState = { wanted: false, state: 'off', problem: null, deviceId: null };
const unasked: DeviceState = { wanted: true, state: 'off', problem: null, deviceId: null };
const starting: DeviceState = { wanted: true, state: 'starting', problem: null, deviceId: null };

function broken(problem: DeviceProblem): DeviceState {
  return { wanted: true, state: 'failed', problem, deviceId: null };
}

const devices: MediaState['devices'] = {
  microphones: [
    { id: 'one', label: 'Built-in microphone' },
    { id: 'two', label: 'Headset (USB)' },
  ],
  cameras: [{ id: 'one', label: 'Front camera' }],
  speakers: [
    { id: 'one', label: 'Built-in speakers' },
    { id: 'two', label: 'Headset (USB)' },
  ],
};
const noDevices: MediaState['devices'] = { microphones: [], cameras: [], speakers: [] };

async function media(change: Partial<MediaState> = {}, shape: Shape = ownShape()): Promise<MediaState> {
  const camera = change.camera ?? works;
  return {
    permission: 'granted',
    microphone: works,
    camera,
    originalSound: false,
    speakerId: null,
    devices,
    preview: camera.state === 'on' ? await cameraOf('tomas', shape) : null,
    ...change,
  };
}

/** A phone held upright makes upright pictures. */
function ownShape(): Shape {
  return innerHeight > innerWidth ? STANDING : LYING;
}

const roomId = 'garden-room';
const inside = ['Mara', 'Eileen'];

const notShared: ScreenState = {
  state: 'off',
  problem: null,
  surface: null,
  hasSound: false,
  look: 'sharp',
  isPossible: true,
};

const sharing: ScreenState = { ...notShared, state: 'on', surface: 'window', hasSound: true };

/** What was written, as the mock has it. */
export const written: readonly ChatMessage[] = [
  ['p0', 'Eileen', 'Can you see the plan, or shall I send it?'],
  ['self', 'Tomas', 'Please send it. My screen is small.'],
  ['p0', 'Eileen', 'The pond is two metres further left now.\nThe rest is as it was.'],
  ['self', 'Tomas', 'Lovely. Then the beans get the sun.'],
  ['p0', 'Eileen', 'Seeds are here: https://seedswap.example/beans'],
  ['p0', 'Eileen', 'And between us: the dahlias stay.', 'self'],
  ['p1', '\u0645\u0631\u064a\u0645', '\u0634\u0643\u0631\u0627 \u0644\u0643\u0645'],
].map(([from = '', name = '', text = '', to = null], place) => ({
  ...{ number: place + 1, id: `${place}`, at: 1_795_356_120 + 40 * place, from, name, to, text },
}));

const openDoor: DoorView = {
  title: '',
  hasPasscode: false,
  hasLobby: false,
  isLocked: false,
  time: 'open',
  opensAt: null,
  expiresAt: null,
  role: null,
};

export function found(names: readonly string[], door: Partial<DoorView> = {}, called?: string): Lookup {
  const own = called === undefined ? {} : { called };
  const isFull = names.length >= 8;
  return { name: 'found', capacity: 8, inside: names, isFull, door: { ...openDoor, ...door }, ...own };
}

export async function lobby(
  change: Partial<CallState> = {},
  ownMedia?: Partial<MediaState>,
): Promise<CallState> {
  return {
    roomId,
    phase: { name: 'idle' },
    lookup: found(inside),
    media: await media(ownMedia),
    screen: notShared,
    relay: { wanted: false, forced: false, available: true },
    selfId: null,
    joinTiming: null,
    enteredAt: null,
    room: null,
    links: new Map(),
    knocks: [],
    moderated: null,
    qualities: new Map(),
    ...change,
  };
}

export function refusedJoin(code: ErrorCode): Partial<CallState> {
  return { phase: { name: 'idle', problem: { code } } };
}

interface CallChange {
  readonly phase?: Phase;
  readonly seconds?: number;
  readonly media?: Partial<MediaState>;
  readonly screen?: ScreenState;
  /** One's address is to be hidden, where there is no relay. */
  readonly hidesAddress?: boolean;
  readonly shape?: Shape;
  /** One's own picture is not sent for now. */
  readonly isPaused?: boolean;
  /** One's own role. */
  readonly role?: Participant['role'];
  readonly knocks?: readonly Knock[];
  readonly settings?: RoomSettings;
}

export async function call(people: readonly Person[], change: CallChange = {}): Promise<CallState> {
  const seconds = change.seconds ?? 1448;
  const participants = people.map(
    ({ name, role, picture, isMuted, isHandUp, sharesScreen }, place): Participant => ({
      id: `p${place}`,
      name,
      media: { audio: isMuted !== true, video: picture !== null, screen: sharesScreen === true },
      hand: isHandUp === true ? 1 : null,
      joinedAt: 0,
      presence: 'connected',
      role: role ?? 'participant',
    }),
  );
  const links = await Promise.all(
    people.map(
      async ({ picture, link, lostSecondsAgo, sharesScreen }, place): Promise<[string, LinkView]> => [
        `p${place}`,
        {
          state: link ?? 'connected',
          lostAt: lostSecondsAgo === undefined ? null : Date.now() - lostSecondsAgo * 1000,
          stream:
            picture === null || link === 'connecting'
              ? new MediaStream()
              : await cameraOf(picture, change.shape ?? LYING),
          screen: sharesScreen === true ? plan() : new MediaStream(),
        },
      ],
    ),
  );
  return {
    roomId,
    phase: change.phase ?? { name: 'connected' },
    lookup: found([]),
    media: await media(change.media),
    screen: change.screen ?? notShared,
    relay: { wanted: change.hidesAddress === true, forced: false, available: change.hidesAddress !== true },
    knocks: change.knocks ?? [],
    moderated: null,
    selfId: 'self',
    joinTiming: null,
    enteredAt: Date.now() - seconds * 1000,
    room: {
      id: roomId,
      capacity: 8,
      epoch: 'gallery',
      version: 1,
      participants: [
        ...participants,
        {
          id: 'self',
          name: 'Tomas',
          joinedAt: 99,
          media: { audio: true, video: true },
          presence: 'connected',
          role: change.role ?? 'participant',
        },
      ],
      settings: { name: 'Garden room', ...change.settings },
    },
    links: new Map(links),
    qualities: new Map(
      people.map(({ quality, isPaused }, place): [string, LinkQuality] => [
        `p${place}`,
        { quality: quality ?? 'good', theirsPaused: isPaused === true, oursPaused: change.isPaused === true },
      ]),
    ),
  };
}

export function ended(phase: Omit<Extract<Phase, { name: 'ended' }>, 'name'>): Promise<CallState> {
  return lobby({ phase: { name: 'ended', ...phase } });
}

export const summary = { seconds: 1448, met: ['Mara', 'Eileen', 'Joel'], stillInside: 3 };

export const states: Readonly<Record<string, () => Promise<CallState>>> = {
  lobby: () => lobby(),
  'lobby-nobody': () => lobby({ roomId: 'tobiku-marefo-hanilo', lookup: found([]) }),
  'lobby-called': () => lobby({ lookup: found(inside, {}, 'Dr. Mara Lind') }),
  'lobby-wrong-link': () => lobby({ lookup: { name: 'failed', problem: { code: 'token_expired' } } }),
  'lobby-looking': () => lobby({ lookup: { name: 'looking' } }),
  'lobby-unknown': () =>
    lobby({ lookup: { name: 'looking' } }, { permission: 'unknown', camera: unasked, microphone: unasked }),
  'lobby-permission': () =>
    lobby({}, { permission: 'prompt', camera: unasked, microphone: unasked, devices: noDevices }),
  'lobby-asking': () => lobby({}, { permission: 'prompt', camera: starting, microphone: starting }),
  'lobby-refused': () =>
    lobby(
      {},
      {
        permission: 'denied',
        camera: broken('permission_denied'),
        microphone: broken('permission_denied'),
        devices: noDevices,
      },
    ),
  'lobby-insecure': () =>
    lobby({}, { camera: broken('insecure_page'), microphone: broken('insecure_page'), devices: noDevices }),
  'lobby-nocamera': () => lobby({}, { camera: broken('no_device') }),
  'lobby-busy': () => lobby({}, { camera: broken('device_busy'), microphone: broken('device_busy') }),
  'lobby-off': () => lobby({}, { camera: off, microphone: off }),
  'lobby-joining': () => lobby({ phase: { name: 'joining', isOpen: false } }),
  'lobby-full': () =>
    lobby({
      lookup: found(everybody.slice(0, 8).map(({ name }) => name)),
      ...refusedJoin('room_full'),
    }),
  'lobby-missing': () => lobby({ lookup: { name: 'failed', problem: { code: 'room_not_found' } } }),
  'lobby-server': () => lobby({ lookup: { name: 'failed', problem: { code: 'server_unreachable' } } }),
  'lobby-devices': () => lobby(),
  'lobby-sound': () => lobby(),
  'lobby-no-relay': () => lobby({ relay: { wanted: true, forced: false, available: false } }),
  'call-one': () => call([], { seconds: 4 }),
  'call-one-off': () => call([], { seconds: 4, media: { camera: off, microphone: off } }),
  'call-two': () => call([eileen]),
  'call-two-standing': () => call([{ ...eileen, picture: 'eileen-tall' }], { shape: STANDING }),
  'call-two-idle': () => call([eileen]),
  'call-two-long': () => call([long]),
  'call-two-off': () => call([henrik], { media: { camera: off, microphone: off } }),
  'call-two-away': () => call([{ ...eileen, link: 'reconnecting', lostSecondsAgo: 6 }]),
  'call-two-failed': () => call([{ ...mara, link: 'failed', lostSecondsAgo: 40 }]),
  'call-two-connecting': () => call([{ ...mara, link: 'connecting', lostSecondsAgo: 1 }]),
  'call-three': () => call([eileen, henrik]),
  'call-three-standing': () => call([eileen, mara], { shape: STANDING }),
  'call-four': () => call([eileen, mara, joel]),
  'call-five': () => call([eileen, mara, away, henrik], { seconds: 3761 }),
  'call-five-standing': () => call([eileen, mara, away, henrik], { seconds: 3761, shape: STANDING }),
  'call-six': () => call(everybody.slice(0, 5)),
  'call-seven': () => call(everybody.slice(0, 6)),
  'call-eight': () => call(everybody.slice(0, 7)),
  'call-eight-talking': () => call(everybody.slice(0, 7)),
  'call-nine': () => call(everybody.slice(0, 8)),
  'call-eleven': () => call(everybody),
  'call-eleven-connecting': () => call(everybody.map(unreached)),
  'call-five-pinned': () => call([eileen, mara, joel, henrik]),
  'call-eleven-pinned': () => call(everybody),
  'call-server': () => call([eileen], { phase: { name: 'reconnecting', since: Date.now() - 9000 } }),
  'call-server-five': () =>
    call([eileen, mara, joel, henrik], { phase: { name: 'reconnecting', since: Date.now() - 9000 } }),
  'call-devices': () => call([eileen]),
  'call-microphones': () => call([eileen, mara]),
  'call-sound': () => call([eileen]),
  'call-no-relay': () => call([eileen], { hidesAddress: true }),
  'call-broken': () =>
    call([eileen, mara], { media: { camera: broken('no_device'), microphone: broken('permission_denied') } }),
  'call-more': () => call([eileen]),
  'call-keys': () => call([eileen]),
  'call-muted-speaking': () => call([eileen], { media: { microphone: off } }),
  'call-copied': () => call([eileen, mara]),
  'call-two-weak': () => call([weak]),
  'call-two-paused': () => call([{ ...eileen, quality: 'poor' }], { isPaused: true }),
  'call-five-weak': () => call([weak, mara, { ...joel, quality: 'fair' }, henrik]),
  'call-share': () => call([{ ...mara, sharesScreen: true }, eileen, joel, henrik]),
  'call-share-two': () => call([{ ...mara, sharesScreen: true }]),
  'call-share-both': () => call([{ ...mara, sharesScreen: true }, { ...eileen, sharesScreen: true }, joel]),
  'call-sharing': () => call([eileen, mara], { screen: sharing }),
  'call-hands': () => call([{ ...eileen, isHandUp: true }, mara, { ...joel, isHandUp: true }]),
  'call-two-react': () => call([{ ...eileen, isHandUp: true }]),
  'call-two-chat': () => call([eileen]),
  'call-five-chat': () => call([eileen, mara, joel, long]),
  'call-share-chat': () => call([{ ...mara, sharesScreen: true }, eileen]),
  'call-two-details': () => call([eileen]),
  'call-five-details': () => call([{ ...eileen, quality: 'fair' }, mara, joel, henrik]),
  'call-own-details': () => call([weak, mara]),
  after: () => ended({ reason: 'left', summary }),
  'after-alone': () => ended({ reason: 'left', summary: { seconds: 40, met: [], stillInside: 0 } }),
  'after-replaced': () => ended({ reason: 'replaced', summary }),
  'after-refused': () => ended({ reason: 'refused', problem: { code: 'ticket_expired' }, summary }),
};
