/** Rooms with rules: the door, those who knock, and what hosts and moderators do. By name, made by hand. */
import type { CallState, DoorView } from '../src/call/callState';
import type { HostedRoom, Knock, ListedRoom, Moderated } from '../src/protocol/messages.gen';
import { guest, signedIn, type Shown } from './accounts';
import { call, eileen, ended, found, henrik, joel, lobby, mara, refusedJoin, summary } from './states';

const AGO = Date.UTC(2026, 4, 10, 16, 0) / 1000;
const SOON = Date.UTC(2026, 4, 14, 16, 0) / 1000;

type Make = () => Promise<CallState>;

function knock(id: string, name: string, account: string | null = null): Knock {
  return { id, name, account, at: 1 };
}

const one = [knock('one', 'Amina')];
const many = [
  knock('one', 'Amina', 'amina.r'),
  knock('two', '\u0645\u0631\u064a\u0645'),
  knock('three', 'Wilhelmina Featherstonehaugh-Cholmondeley of Upper Tooting'),
];

const host = { role: 'host' } as const;
const company = [
  { ...eileen, role: 'moderator' as const, isHandUp: true, sharesScreen: true },
  { ...henrik, isHandUp: true },
  joel,
];

function door(view: Partial<DoorView>, change: Partial<CallState> = {}): Make {
  return () => lobby({ lookup: found([], view), ...change });
}

/** Before the door of a room, and after it. */
const doors: Readonly<Record<string, Make>> = {
  'lobby-passcode': door({ hasPasscode: true, title: 'Piano lesson' }),
  'lobby-passcode-wrong': door({ hasPasscode: true }, refusedJoin('passcode_wrong')),
  'lobby-passcode-throttled': door({ hasPasscode: true }, refusedJoin('rate_limited')),
  'lobby-door': door({ hasLobby: true }),
  'lobby-waiting': door(
    { hasLobby: true },
    { phase: { name: 'waiting', since: Date.now() - 42_000, isAttended: true } },
  ),
  'lobby-unattended': door(
    { hasLobby: true },
    { phase: { name: 'waiting', since: Date.now() - 3_000, isAttended: false } },
  ),
  'lobby-denied': door({ hasLobby: true }, refusedJoin('knock_denied')),
  'lobby-door-full': door({ hasLobby: true }, refusedJoin('lobby_full')),
  'lobby-locked': door({ isLocked: true }),
  'lobby-locked-tried': door({ isLocked: true }, refusedJoin('room_locked')),
  'lobby-not-open': door({ time: 'notOpen', opensAt: SOON }),
  'lobby-not-open-tried': door({ time: 'notOpen', opensAt: SOON }, refusedJoin('room_not_open')),
  'lobby-not-open-owner': door({ time: 'notOpen', opensAt: SOON, role: 'host', hasLobby: true }),
  'lobby-door-owner': () =>
    lobby({
      lookup: found(['Mara', 'Eileen'], {
        hasLobby: true,
        hasPasscode: true,
        title: 'Piano lesson',
        role: 'host',
      }),
    }),
  'lobby-over-owner': door({ time: 'over', expiresAt: AGO, role: 'host' }),
  'lobby-over': door({ time: 'over', expiresAt: AGO }),
  'lobby-excluded': door({}, refusedJoin('excluded')),
  'after-removed': () => ended({ reason: 'removed', summary }),
  'after-account': () => ended({ reason: 'account', summary }),
  'after-closed': () => ended({ reason: 'closed', summary }),
};

/** In the call: who knocks, and who may do what. */
const chairs: Readonly<Record<string, Make>> = {
  'call-knock-one': () => call([eileen], { ...host, knocks: one }),
  'call-knock-long': () => call([eileen, mara, joel], { ...host, knocks: many.slice(2) }),
  'call-knock-many': () => call([eileen, mara], { ...host, knocks: many }),
  'call-people': () => call(company.slice(1)),
  'call-host-people': () => call(company, host),
  'call-host-acts-people': () => call(company, host),
  'call-door-people': () => call(company, { ...host, knocks: many, settings: { lobby: true } }),
  'call-host-more': () => call([eileen, joel], host),
  'call-host-leave': () => call([eileen, joel], host),
  'call-invite': () => call([eileen, joel], { ...host, settings: { lobby: true, name: 'Piano lesson' } }),
  'call-host-room': () => call([eileen, joel], host),
  'call-room-over': () => call([eileen, joel], { settings: { expiresAt: AGO } }),
  'call-read-only-chat': () =>
    call([{ ...mara, role: 'host' }, joel], { settings: { share: 'moderators', chat: 'moderators' } }),
  'call-moderator-people': () =>
    call([{ ...mara, role: 'host' }, joel], { role: 'moderator', settings: { locked: true } }),
};

const by = { by: 'p0', name: null, role: null, ticket: null };

/** What somebody does to one a moment after the page is shown. */
export const told: Readonly<Record<string, Moderated>> = {
  'call-told-mute': { ...by, act: 'mute' },
  'call-told-rename': { ...by, act: 'rename', name: 'Tomas (cello)' },
  'call-told-moderator': { ...by, act: 'appoint', role: 'moderator' },
  'call-told-rules': { ...by, by: null, act: 'stopShare' },
};

const concerned = Object.fromEntries(
  Object.keys(told).map((name): [string, Make] => [name, () => call([{ ...eileen, role: 'host' }, mara])]),
);

export const rooms: Readonly<Record<string, Make>> = { ...doors, ...chairs, ...concerned };

function listed(id: string, change: Partial<ListedRoom> = {}): ListedRoom {
  return {
    id,
    name: '',
    capacity: 8,
    createdAt: AGO,
    role: 'host',
    passcode: false,
    lobby: false,
    locked: false,
    once: false,
    share: 'everybody',
    chat: 'everybody',
    answerWhenAlone: 'nobody',
    opensAt: null,
    expiresAt: null,
    state: 'open',
    inside: [],
    waiting: 0,
    lastCallAt: null,
    ...change,
  };
}

const choir = listed('thursday-choir', {
  name: 'Thursday choir',
  inside: ['Joel', 'In\u00eas', 'Amina', 'Eileen', 'Henrik Berg'],
  waiting: 2,
  lobby: true,
  passcode: true,
  lastCallAt: AGO,
});

const listedRooms = [
  choir,
  listed('lusab-babad-gutih-tugad', { lastCallAt: AGO }),
  listed('piano-lesson', { name: 'Piano lesson', state: 'notOpen', opensAt: SOON, expiresAt: SOON + 3600 }),
  listed('interview', { name: 'Interview', once: true, locked: true }),
  listed('committee', { name: 'Committee', role: 'moderator' }),
  listed('a-room-with-a-name-that-is-as-long-as-the-name-of-a-room-can-be0', {
    name: '\u0645\u0631\u064a\u0645',
    state: 'over',
    expiresAt: AGO,
  }),
];

const choirHosted: HostedRoom = {
  ...choir,
  exclusions: [{ id: 'one', name: 'Loud visitor', why: 'banned', at: AGO, until: null }],
  moderators: [{ id: 'joel', name: 'Joel', login: 'joel@example.org' }],
};

const known = {
  me: signedIn,
  rooms: { rooms: listedRooms, more: true },
  'rooms/thursday-choir/settings': choirHosted,
};

/** The pages on which rooms are made and looked after: where each is, and what the server answers there. */
export const roomPages: Readonly<Record<string, Shown>> = {
  'home-options': { path: '/', answers: { me: guest } },
  'rooms-mine': { path: '/rooms', answers: known },
  'rooms-mine-share': { path: '/rooms', answers: known },
  'rooms-mine-settings': { path: '/rooms', answers: known },
  'rooms-mine-delete': { path: '/rooms', answers: known },
  'rooms-none': { path: '/rooms', answers: { me: signedIn, rooms: { rooms: [], more: false } } },
  'rooms-away': { path: '/rooms', answers: {} },
};
