/** Rooms with rules: the door, those who knock, and what hosts and moderators do. By name, made by hand. */
import type { CallState, DoorView } from '../src/call/callState';
import type { Knock, Moderated } from '../src/protocol/messages.gen';
import { call, eileen, ended, found, henrik, joel, lobby, mara, refusedJoin, summary } from './states';

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
  'lobby-waiting': door({ hasLobby: true }, { phase: { name: 'waiting', since: Date.now() - 42_000 } }),
  'lobby-denied': door({ hasLobby: true }, refusedJoin('knock_denied')),
  'lobby-door-full': door({ hasLobby: true }, refusedJoin('lobby_full')),
  'lobby-locked': door({ isLocked: true }),
  'lobby-locked-tried': door({ isLocked: true }, refusedJoin('room_locked')),
  'lobby-not-open': door({}, refusedJoin('room_not_open')),
  'lobby-over': door({}, refusedJoin('room_over')),
  'lobby-excluded': door({}, refusedJoin('excluded')),
  'after-removed': () => ended({ reason: 'removed', summary }),
  'after-closed': () => ended({ reason: 'closed', summary }),
};

/** In the call: who knocks, and who may do what. */
const chairs: Readonly<Record<string, Make>> = {
  'call-knock-one': () => call([eileen], { ...host, knocks: one }),
  'call-knock-many': () => call([eileen, mara], { ...host, knocks: many }),
  'call-people': () => call(company.slice(1)),
  'call-host-people': () => call(company, host),
  'call-host-acts-people': () => call(company, host),
  'call-door-people': () => call(company, { ...host, knocks: many, settings: { lobby: true } }),
  'call-moderator-people': () =>
    call([{ ...mara, role: 'host' }, joel], { role: 'moderator', settings: { locked: true } }),
};

const by = { by: 'p0', name: null, role: null, ticket: null };

/** What somebody does to one a moment after the page is shown. */
export const told: Readonly<Record<string, Moderated>> = {
  'call-told-mute': { ...by, act: 'mute' },
  'call-told-ask': { ...by, act: 'askToUnmute' },
  'call-told-share': { ...by, act: 'stopShare' },
  'call-told-hand': { ...by, act: 'lowerHand' },
  'call-told-rename': { ...by, act: 'rename', name: 'Tomas (cello)' },
  'call-told-moderator': { ...by, act: 'appoint', role: 'moderator' },
};

const concerned = Object.fromEntries(
  Object.keys(told).map((name): [string, Make] => [name, () => call([{ ...eileen, role: 'host' }, mara])]),
);

export const rooms: Readonly<Record<string, Make>> = { ...doors, ...chairs, ...concerned };
