import { describe, expect, test } from 'vitest';
import {
  changesOf,
  draftOf,
  fieldOf,
  localOf,
  newRoom,
  problemOf,
  secondsOf,
  type KnownSettings,
} from './roomDraft';

const choir: KnownSettings = {
  name: 'Choir',
  capacity: 12,
  passcode: true,
  lobby: true,
  locked: false,
  share: 'moderators',
  chat: 'everybody',
  answerWhenAlone: 'participants',
  opensAt: 1_800_000_000,
  expiresAt: 1_800_003_659,
  once: false,
};

describe('what is to change', () => {
  test('nothing, where nothing was touched', () => {
    expect(changesOf(draftOf(choir), choir)).toEqual({});
    expect(changesOf(draftOf(newRoom), newRoom)).toEqual({});
  });

  test('only what was touched', () => {
    const draft = { ...draftOf(choir), name: ' Thursday choir ', locked: true, onlyModeratorsShare: false };
    expect(changesOf(draft, choir)).toEqual({ name: 'Thursday choir', locked: true, share: 'everybody' });
  });

  test('a passcode that is left empty stays; one that is typed takes its place; none takes it away', () => {
    const draft = draftOf(choir);
    expect(changesOf({ ...draft, passcode: '  ' }, choir)).toEqual({});
    expect(changesOf({ ...draft, passcode: ' sesame ' }, choir)).toEqual({ passcode: 'sesame' });
    expect(changesOf({ ...draft, hasPasscode: false }, choir)).toEqual({ passcode: null });
  });

  test('a passcode that was typed and then not wanted is not set', () => {
    const draft = { ...draftOf(newRoom), hasPasscode: false, passcode: 'sesame' };
    expect(changesOf(draft, newRoom)).toEqual({});
  });

  test('times that are taken out are null', () => {
    expect(changesOf({ ...draftOf(choir), opensAt: '', expiresAt: '' }, choir)).toEqual({
      opensAt: null,
      expiresAt: null,
    });
  });

  test('all of it', () => {
    const draft = {
      ...draftOf(newRoom),
      lobby: true,
      anybodyAdmits: true,
      capacity: '3',
      onlyModeratorsChat: true,
      once: true,
    };
    expect(changesOf(draft, newRoom)).toEqual({
      lobby: true,
      answerWhenAlone: 'participants',
      capacity: 3,
      chat: 'moderators',
      once: true,
    });
  });
});

describe('what can be seen to be wrong', () => {
  test.each(['', 'abc', 'x'.repeat(65)])('a new passcode "%s"', (passcode) => {
    const draft = { ...draftOf(newRoom), hasPasscode: true, passcode };
    expect(problemOf(draft, newRoom)).toBe('passcode_invalid');
  });

  test('four characters of any kind are a passcode', () => {
    const draft = { ...draftOf(newRoom), hasPasscode: true, passcode: '\u{1f3b5}'.repeat(4) };
    expect(problemOf(draft, newRoom)).toBeNull();
  });

  test('one that is kept is not wrong', () => {
    expect(problemOf(draftOf(choir), choir)).toBeNull();
  });

  test.each(['', '1', '2.5', 'many'])('"%s" places', (capacity) => {
    expect(problemOf({ ...draftOf(newRoom), capacity }, newRoom)).toBe('capacity_invalid');
  });

  test('an end before the beginning', () => {
    const draft = { ...draftOf(newRoom), opensAt: '2026-05-12T14:05', expiresAt: '2026-05-12T14:05' };
    expect(problemOf(draft, newRoom)).toBe('times_invalid');
    expect(problemOf({ ...draft, expiresAt: '2026-05-12T14:06' }, newRoom)).toBeNull();
  });

  test('each is said at its field, and what belongs to none below them', () => {
    expect(fieldOf('passcode_invalid')).toBe('passcode');
    expect(fieldOf('room_exists')).toBe('link');
    expect(fieldOf('server_unreachable')).toBeNull();
  });
});

test('times go into the field and come back, to the minute', () => {
  const at = secondsOf('2026-05-12T14:05');
  expect(localOf(at)).toBe('2026-05-12T14:05');
  expect(localOf(null)).toBe('');
  expect(secondsOf('2026-05-')).toBeNull();
});
