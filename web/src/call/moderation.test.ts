import { beforeEach, describe, expect, test } from 'vitest';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Knock, Moderated } from '../protocol/messages.gen';
import type { CallState } from './callState';
import { permitted, roleOf, type Role } from './chair';
import { hearModeration, withKnock } from './moderation';

const knock = (id: string, at: number, name = id): Knock => ({ id, name, account: null, at });

describe('what those who look after a room hear', () => {
  let store: StoreApi<CallState>;
  let done: Moderated[];
  let hear: Map<string, (notice: never) => void>;

  beforeEach(() => {
    store = createStore(() => ({ knocks: [] as readonly Knock[], moderated: null }) as unknown as CallState);
    done = [];
    hear = new Map();
    hearModeration(
      (event, act) => hear.set(event, act),
      store,
      (what) => done.push(what),
    );
  });

  const notice = (event: string, message: object) => hear.get(event)?.(message as never);

  test('those who knock stand in the order in which they came', () => {
    notice('knocked', { knock: knock('late', 20) });
    notice('knocked', { knock: knock('early', 10) });
    expect(store.getState().knocks.map(({ id }) => id)).toEqual(['early', 'late']);
  });

  test('a knock that is told again counts once', () => {
    notice('knocked', { knock: knock('one', 10) });
    notice('knocked', { knock: knock('one', 10) });
    expect(store.getState().knocks).toHaveLength(1);
  });

  test('a knock that ended is gone, and one that nobody knows ends without harm', () => {
    notice('knocked', { knock: knock('one', 10) });
    notice('knockEnded', { knock: 'other' });
    expect(store.getState().knocks).toHaveLength(1);
    notice('knockEnded', { knock: 'one' });
    expect(store.getState().knocks).toEqual([]);
  });

  test('what is done to oneself is handed on, and kept to be said', () => {
    const muted: Moderated = { act: 'mute', by: 'host', name: null, role: null, ticket: null };
    notice('moderated', muted);
    expect(done).toEqual([muted]);
    expect(store.getState().moderated).toBe(muted);
  });

  test('a knock under another name takes the place of the first', () => {
    expect(withKnock([knock('one', 10, 'Ann')], knock('one', 10, 'Anna'))).toEqual([
      knock('one', 10, 'Anna'),
    ]);
  });
});

describe('what a role may do', () => {
  const nothing = { gentle: false, remove: false, host: false };

  test.each<[own: Role, target: Role, may: ReturnType<typeof permitted>]>([
    ['participant', 'participant', nothing],
    ['participant', 'host', nothing],
    ['moderator', 'participant', { gentle: true, remove: true, host: false }],
    ['moderator', 'moderator', { gentle: true, remove: false, host: false }],
    ['moderator', 'host', nothing],
    ['host', 'participant', { gentle: true, remove: true, host: true }],
    ['host', 'moderator', { gentle: true, remove: true, host: true }],
    ['host', 'host', { gentle: true, remove: false, host: false }],
  ])('a %s to a %s', (own, target, may) => {
    expect(permitted(own, target)).toEqual(may);
  });

  test('who has no role is a participant', () => {
    expect(roleOf(undefined)).toBe('participant');
  });
});
