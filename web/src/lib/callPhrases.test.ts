import { expect, test } from 'vitest';
import { linkOpens } from './callPhrases';
import { strings } from './callStrings';

test('what the link opens is what holds one up first', () => {
  const words = strings.call.linkOpens;
  expect(linkOpens(undefined)).toBe(words.open);
  expect(linkOpens({})).toBe(words.open);
  expect(linkOpens({ passcode: true })).toBe(words.passcode);
  expect(linkOpens({ passcode: true, lobby: true })).toBe(words.lobby);
  expect(linkOpens({ passcode: true, lobby: true, locked: true })).toBe(words.locked);
});
