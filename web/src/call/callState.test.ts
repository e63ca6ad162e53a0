import { describe, expect, test } from 'vitest';
import type { Participant, RoomSettings, RoomSnapshot } from '../protocol/messages.gen';
import {
  applyRosterEvent,
  isOpenTo,
  titleOf,
  withAwaited,
  type CallState,
  type DoorView,
  type RosterEvent,
} from './callState';

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

function room(version: number, ...participants: Participant[]): RoomSnapshot {
  return { id: 'garden', capacity: 8, epoch: 'one', version, participants };
}

const joined = (version: number, who: Participant): RosterEvent => ({
  event: 'userJoined',
  message: { version, participant: who },
});
const updated = (version: number, who: Participant): RosterEvent => ({
  event: 'userUpdated',
  message: { version, participant: who },
});
const left = (version: number, participantId: string): RosterEvent => ({
  event: 'userLeft',
  message: { version, participantId, reason: 'left' },
});

test('one who comes back after the grace stands where they stood', () => {
  const [a, b] = [participant('b', { joinedAt: 1 }), participant('a', { joinedAt: 2 })];
  const now = applyRosterEvent(room(4, b), joined(5, a));
  expect(now).toEqual(room(5, a, b));
});

describe('applyRosterEvent', () => {
  test('each event makes the next room', () => {
    const [a, b] = [participant('a'), participant('b')];
    const muted = participant('b', { media: { audio: false, video: true } });
    expect(applyRosterEvent(room(1, a), joined(2, b))).toEqual(room(2, a, b));
    expect(applyRosterEvent(room(2, a, b), updated(3, muted))).toEqual(room(3, a, muted));
    expect(applyRosterEvent(room(3, a, muted), left(4, 'a'))).toEqual(room(4, muted));
  });

  test('what is known already is stale, what comes too early is a gap', () => {
    const now = room(5, participant('a'));
    expect(applyRosterEvent(now, left(5, 'a'))).toBe('stale');
    expect(applyRosterEvent(now, left(4, 'a'))).toBe('stale');
    expect(applyRosterEvent(now, left(7, 'a'))).toBe('gap');
  });

  test('any events in order lead from the old room to the new one, and change no other', () => {
    // The same invariants as on the server: each id once, and versions that grow by one.
    for (let seed = 1; seed <= 50; seed += 1) {
      let random = seed;
      const next = (below: number): number => {
        random = (random * 48_271) % 2_147_483_647;
        return random % below;
      };
      let now = room(0);
      const inside = new Map<string, Participant>();
      for (let version = 1; version <= 60; version += 1) {
        const id = `p${next(6)}`;
        const joinedAt = inside.get(id)?.joinedAt ?? version;
        const who = participant(id, { name: `name ${version}`, joinedAt });
        const event = !inside.has(id)
          ? joined(version, who)
          : next(2)
            ? updated(version, who)
            : left(version, id);
        if (event.event === 'userLeft') inside.delete(id);
        else inside.set(id, who);
        const before = structuredClone(now);
        const after = applyRosterEvent(now, event);
        if (typeof after === 'string') throw new Error(after);
        expect(now).toEqual(before);
        now = after;
      }
      expect(now).toEqual({ ...room(60), participants: [...inside.values()] });
    }
  });
});

describe('withAwaited', () => {
  const before = room(9, participant('a'), participant('b'), participant('c'));

  test('without anybody to wait for the snapshot is the room', () => {
    const snapshot = room(1, participant('c'));
    expect(withAwaited(snapshot, before, new Set())).toBe(snapshot);
  });

  test('those who are awaited keep their places, reconnecting; others go; newcomers come last', () => {
    const snapshot = room(2, participant('c'), participant('d'));
    expect(withAwaited(snapshot, before, new Set(['a'])).participants).toEqual([
      participant('a', { presence: 'reconnecting' }),
      participant('c'),
      participant('d'),
    ]);
  });

  test('one who was awaited comes back to the same place', () => {
    const merged = withAwaited(room(2, participant('c')), before, new Set(['a', 'b']));
    expect(applyRosterEvent(merged, joined(3, participant('b')))).toMatchObject({
      version: 3,
      participants: [{ id: 'a' }, { id: 'b', presence: 'connected' }, { id: 'c' }],
    });
  });
});

test('a room is called as those who made it call it, in the call as it is now', () => {
  const door = { title: 'Lesson', hasPasscode: false, hasLobby: false, isLocked: false } as DoorView;
  const found = { name: 'found', capacity: 8, inside: [], isFull: false, door } as const;
  const before = { roomId: 'garden', room: null, lookup: found } as unknown as CallState;
  expect(titleOf(before)).toBe('Lesson');
  const inside = (settings?: RoomSettings) => titleOf({ ...before, room: { settings } } as CallState);
  expect(inside({ name: 'Choir' })).toBe('Choir');
  expect(inside({})).toBe('garden');
  expect(titleOf({ ...before, lookup: { name: 'looking' } })).toBe('garden');
});

describe('isOpenTo', () => {
  const door: DoorView = {
    title: '',
    hasPasscode: false,
    hasLobby: false,
    isLocked: false,
    time: 'open',
    opensAt: null,
    expiresAt: null,
    role: null,
  };
  const found = (more: Partial<DoorView> = {}, isFull = false): Pick<CallState, 'lookup'> => ({
    lookup: { name: 'found', capacity: 8, inside: [], isFull, door: { ...door, ...more } },
  });

  test('where nothing keeps one out', () => {
    expect(isOpenTo(found())).toBe(true);
  });

  test.each([{ hasPasscode: true }, { hasLobby: true }, { isLocked: true }, { time: 'notOpen' as const }])(
    'with %o only to those who have a role',
    (more) => {
      expect(isOpenTo(found(more))).toBe(false);
      expect(isOpenTo(found({ ...more, role: 'host' }))).toBe(true);
    },
  );

  test('not where it is full, nor where nothing is known of it', () => {
    expect(isOpenTo(found({}, true))).toBe(false);
    expect(isOpenTo({ lookup: { name: 'looking' } })).toBe(false);
  });
});
